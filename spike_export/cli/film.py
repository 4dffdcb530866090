# SPDX-License-Identifier: BSD-3-Clause
"""`spike-export film`: hand a simulation file over to BlenderSpike, which renders a film of it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click

_EXTENSION = "blender_spike"
# In a Python that has the bpy module, an extension is found and enabled by hand; or it is a package
# of this Python, from the pip package neuro-films.
_IN_MODULE = f"""
import importlib, importlib.util, sys
import bpy, addon_utils
found = [one.__name__ for one in addon_utils.modules() if one.__name__.endswith(".{_EXTENSION}")]
if found:
    addon_utils.enable(found[0])
elif importlib.util.find_spec("{_EXTENSION}"):
    found = ["{_EXTENSION}"]
    importlib.import_module(found[0]).register()
else:
    sys.exit(3)
sys.exit(importlib.import_module(found[0] + ".command").COMMAND.run(sys.argv[1:]))
"""
_MISSING = 3


@click.command(
    context_settings={"ignore_unknown_options": True},
    epilog="All other options are BlenderSpike's: spike-export film --options lists them.",
)
@click.option(
    "--blender", type=click.Path(path_type=Path), metavar="PATH",
    help="Blender to render with (default: the variable BLENDER, blender on the PATH, or the bpy "
    "module of this Python).",
)  # fmt: skip
@click.option("--options", "list_options", is_flag=True, help="List BlenderSpike's options.")
@click.argument("words", metavar="FILE OUTPUT [OPTIONS]...", nargs=-1, type=click.UNPROCESSED)
def film(blender: Path | None, list_options: bool, words: tuple[str, ...]) -> None:
    """Render a film of a simulation in Blender.

    OUTPUT is a film (.mp4, .mov, .webm) or a folder for frames.
    """
    if not words and not list_options:
        raise click.UsageError("Missing FILE and OUTPUT.")
    arguments = ["--help"] if list_options else list(words)
    program = _program(blender)
    if program is None:
        code = subprocess.run([sys.executable, "-c", _IN_MODULE, *arguments]).returncode
        if code == _MISSING:
            raise click.ClickException(
                "There is no BlenderSpike for this Python's bpy module: pip install neuro-films."
            )
        sys.exit(code)
    listing = _run_quietly(program)
    if _EXTENSION not in listing.split():
        raise click.ClickException(
            f"BlenderSpike is not enabled in {program}: drop the zip blender_spike onto Blender's "
            "window, or install it in Preferences > Get Extensions > Install from Disk."
        )
    sys.exit(subprocess.run([program, "-b", "-c", _EXTENSION, *arguments]).returncode)


def _program(chosen: Path | None) -> str | None:
    """Find a Blender; None for the bpy module."""
    given = str(chosen) if chosen is not None else os.environ.get("BLENDER", "")
    if given:
        if given.rstrip("/").endswith(".app"):
            # What looks like a file on a Mac is a folder.
            given = str(Path(given) / "Contents" / "MacOS" / "Blender")
        found = shutil.which(given)
        if found is None:
            raise click.ClickException(f"There is no program {given}: give Blender's full path.")
        return found
    found = shutil.which("blender")
    if found is None and importlib.util.find_spec("bpy") is None:
        raise click.ClickException(
            "There is no Blender: install Blender 5.2 or newer and give its path with --blender, "
            "or pip install bpy."
        )
    return found


def _run_quietly(program: str) -> str:
    """List the commands of a Blender."""
    try:
        listed = subprocess.run(
            [program, "-b", "-c", "help"], capture_output=True, text=True, errors="replace"
        )
    except OSError as error:
        raise click.ClickException(f"Cannot run {program}: {error.strerror}.") from None
    return listed.stdout
