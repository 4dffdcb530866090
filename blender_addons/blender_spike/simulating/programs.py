# SPDX-License-Identifier: GPL-3.0-or-later
"""Where spike-export is installed: on the PATH, by uv or pipx, or in a virtual environment."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

NAME: Final = "spike-export"
HOW_TO_INSTALL: Final = (
    "install it with 'uv tool install spike-export[neuron]' or 'pip install spike-export[neuron]'"
)
_ENVIRONMENTS: Final = (".venv", "venv")
# From the .blend's folder up: films/scenes/neuron.blend in a project.
_MOST_PARENTS: Final = 3


class ProgramError(Exception):
    """There is no spike-export to run; the text is a sentence for the user."""


def command_of(chosen: str, environment: Mapping[str, str], home: Path) -> list[str]:
    """Find the command that runs spike-export.

    Parameters
    ----------
    chosen : str
        What the preferences name: Python, spike-export, or the folder of a virtual environment. If
        empty, what is installed for this user is taken.
    environment : mapping
        The environment's variables.
    home : Path
        The user's folder.

    Returns
    -------
    list of str
        To be followed by spike-export's own arguments.

    Raises
    ------
    ProgramError
    """
    if not chosen.strip():
        for program in installed(environment, home):
            return [str(program)]
        raise ProgramError(
            f"spike-export was not found; {HOW_TO_INSTALL}, or name its Python in Preferences > "
            "Add-ons > BlenderSpike."
        )
    path = Path(chosen.strip())
    if path.is_dir():
        inside = next(_in_environment(path), None)
        if inside is None:
            raise ProgramError(
                f"There is no spike-export in {path}; {HOW_TO_INSTALL} there, or correct the path "
                "in Preferences > Add-ons > BlenderSpike."
            )
        return [str(inside)]
    if not path.is_file():
        raise ProgramError(f"{path}, named in Preferences > Add-ons > BlenderSpike, was not found.")
    name = path.stem.lower()
    if name.startswith(("python", "pypy")):
        return [str(path), "-m", "spike_export"]
    if name == NAME:
        return [str(path)]
    raise ProgramError(
        f"{path}, named in Preferences > Add-ons > BlenderSpike, is neither Python nor "
        "spike-export."
    )


def installed(environment: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Find the programs spike-export that are installed for this user, the first choice first.

    Programs opened from a desktop often have a shorter PATH than a terminal: the folders of uv and
    pipx are looked into as well.
    """
    # Not with `shutil.which`, which on Windows begins with the folder of whatever file is open.
    for place in environment.get("PATH", "").split(os.pathsep):
        if os.path.isabs(place):
            yield from _in_folder(Path(place))
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if environment.get(variable):
            yield from _in_environment(Path(environment[variable]))
    yield from _in_folder(home / ".local" / "bin")
    for folder in _tool_folders(environment, home):
        yield from _in_environment(folder / NAME)


def beside(folder: Path) -> Iterator[Path]:
    """Find spike-export in the virtual environments of a project.

    Such a folder may come from someone else, so nothing in it is run before the user has chosen it.

    Parameters
    ----------
    folder : Path
        A folder of the project, such as that of the .blend; those above it are searched, too.
    """
    for place in (folder, *list(folder.parents)[:_MOST_PARENTS]):
        for name in _ENVIRONMENTS:
            yield from _in_environment(place / name)


def _tool_folders(environment: Mapping[str, str], home: Path) -> Iterator[Path]:
    """List where uv and pipx keep their environments, on each system."""
    if place := environment.get("UV_TOOL_DIR"):
        yield Path(place)
    if place := environment.get("PIPX_HOME"):
        yield Path(place) / "venvs"
    data = environment.get("XDG_DATA_HOME")
    yield (Path(data) if data else home / ".local" / "share") / "uv" / "tools"
    yield home / ".local" / "share" / "pipx" / "venvs"
    yield home / ".local" / "pipx" / "venvs"
    yield home / "Library" / "Application Support" / "pipx" / "venvs"
    yield home / "pipx" / "venvs"
    for variable in ("APPDATA", "LOCALAPPDATA"):
        if place := environment.get(variable):
            folder = Path(place)
            yield folder / "uv" / "tools"
            yield folder / "uv" / "data" / "tools"
            yield folder / "pipx" / "pipx" / "venvs"


def _in_environment(folder: Path) -> Iterator[Path]:
    for name in ("bin", "Scripts"):
        yield from _in_folder(folder / name)


def _in_folder(folder: Path) -> Iterator[Path]:
    for name in (NAME, f"{NAME}.exe"):
        if (folder / name).is_file():
            yield folder / name
