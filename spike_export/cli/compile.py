# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export compile``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click

from ..neuron.mechanisms import MechanismsError, library_folder, source_folder

_COMPILERS = ("c++", "g++", "clang++")


@click.command("compile")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def compile_mechanisms(folder: Path) -> None:
    """Compile the .mod files in DIR, with NEURON's nrnivmodl.

    DIR may also be the folder that holds theirs. The library goes where it is looked for: beside
    the model, if that is in the folder above the .mod files; beside a folder called modfiles, as
    BMTK has it; or else beside the .mod files. NEURON finds it when a model runs there; elsewhere,
    spike-export run --mechanisms DIR loads it.
    """
    try:
        sources = source_folder(folder)
    except MechanismsError as error:
        raise click.ClickException(str(error)) from None
    place = folder if sources != folder else library_folder(folder)
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
    beside = place.resolve() == sources.resolve()
    named = [] if beside else [os.path.relpath(sources.resolve(), place.resolve())]
    done = subprocess.run(
        [nrnivmodl, *named], cwd=place, env={**os.environ, "PATH": path}, check=False
    )
    if not done.returncode:
        click.echo(f"NEURON finds the mechanisms when a model is run in {place.resolve()}.")
    else:
        click.echo(f"Error: nrnivmodl failed on {folder}; its messages are above.", err=True)
    # A negative code is the signal that ended it.
    sys.exit(done.returncode if done.returncode >= 0 else 128 - done.returncode)
