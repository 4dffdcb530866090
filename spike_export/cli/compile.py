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

    DIR may also be their parent folder. The library goes where NEURON looks for it: beside the
    model, if the model is in the folder above the .mod files; beside a folder called modfiles, as
    in BMTK; otherwise beside the .mod files. NEURON finds it when a model runs there; elsewhere,
    load it with spike-export run --mechanisms DIR.
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
            "nrnivmodl was not found; it comes with NEURON: pip install 'spike-export[neuron]'."
        )
    compilers = filter(None, (os.environ.get("CXX"), *_COMPILERS))
    if not any(shutil.which(compiler.split()[0], path=path) for compiler in compilers):
        raise click.ClickException(
            "No C++ compiler was found; install g++ (Linux) or Xcode's command line tools (macOS)."
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
