# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export compile``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click

_COMPILERS = ("c++", "g++", "clang++")


@click.command("compile")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def compile_mechanisms(folder: Path) -> None:
    """Compile the .mod files in DIR, with NEURON's nrnivmodl.

    The result stays in DIR, where NEURON finds it when a model runs there; elsewhere, spike-export
    run --mechanisms DIR loads it.
    """
    if not folder.is_dir():
        raise click.ClickException(f"There is no folder {folder}.")
    if not any(folder.glob("*.mod")):
        raise click.ClickException(f"{folder} holds no .mod files; name the folder they are in.")
    # Beside the interpreter first, for it may run without its environment being activated.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    nrnivmodl = shutil.which("nrnivmodl", path=path)
    if nrnivmodl is None:
        raise click.ClickException(
            "nrnivmodl is missing; it comes with NEURON: pip install 'spike-export[neuron]'."
        )
    compilers = filter(None, (os.environ.get("CXX"), *_COMPILERS))
    if not any(shutil.which(compiler.split()[0], path=path) for compiler in compilers):
        raise click.ClickException(
            "There is no C++ compiler; the package g++ (Linux) or Xcode's command line tools "
            "(macOS) bring one."
        )
    done = subprocess.run([nrnivmodl], cwd=folder, env={**os.environ, "PATH": path}, check=False)
    if done.returncode:
        click.echo(f"Error: nrnivmodl failed on {folder}; its messages are above.", err=True)
    # A negative code is the signal that ended it.
    sys.exit(done.returncode if done.returncode >= 0 else 128 - done.returncode)
