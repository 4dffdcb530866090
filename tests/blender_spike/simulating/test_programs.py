# SPDX-License-Identifier: GPL-3.0-or-later
"""Where spike-export is found, and what is said where it is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from blender_spike.simulating.programs import ProgramError, beside, command_of, installed


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


@pytest.mark.parametrize(
    ("variable", "place", "below"),
    [
        ("PATH", "bin", "spike-export"),
        ("PATH", "bin", "spike-export.exe"),
        ("VIRTUAL_ENV", "project/.venv", "bin/spike-export"),
        ("VIRTUAL_ENV", "project/.venv", "Scripts/spike-export.exe"),
        ("CONDA_PREFIX", "conda", "bin/spike-export"),
        ("UV_TOOL_DIR", "tools", "spike-export/bin/spike-export"),
        ("XDG_DATA_HOME", "data", "uv/tools/spike-export/bin/spike-export"),
        ("PIPX_HOME", "pipx", "venvs/spike-export/bin/spike-export"),
        ("APPDATA", "roaming", "uv/tools/spike-export/Scripts/spike-export.exe"),
        ("APPDATA", "roaming", "uv/data/tools/spike-export/Scripts/spike-export.exe"),
        ("LOCALAPPDATA", "local", "pipx/pipx/venvs/spike-export/Scripts/spike-export.exe"),
    ],
)
def test_what_a_variable_leads_to(tmp_path, variable, place, below):
    found = program(tmp_path / place / below)
    environment = {variable: str(tmp_path / place)}
    assert command_of("", environment, tmp_path / "home") == [str(found)]


@pytest.mark.parametrize(
    "below",
    [
        ".local/bin/spike-export",
        ".local/share/uv/tools/spike-export/bin/spike-export",
        ".local/share/pipx/venvs/spike-export/bin/spike-export",
        ".local/pipx/venvs/spike-export/bin/spike-export",
        "Library/Application Support/pipx/venvs/spike-export/bin/spike-export",
        "pipx/venvs/spike-export/Scripts/spike-export.exe",
    ],
)
def test_what_is_in_the_user_s_folder_is_found_without_a_path(tmp_path, below):
    """As for a Blender that was opened from a desktop."""
    found = program(tmp_path / below)
    assert command_of("", {}, tmp_path) == [str(found)]


def test_the_path_comes_first_and_only_absolute_folders_of_it(tmp_path, monkeypatch):
    first = program(tmp_path / "b" / "spike-export")
    program(tmp_path / "a" / "spike-export")
    program(tmp_path / "home" / ".local" / "bin" / "spike-export")
    monkeypatch.chdir(tmp_path)
    path = os.pathsep.join(["", ".", "a", str(tmp_path / "b")])
    assert command_of("", {"PATH": path}, tmp_path / "home") == [str(first)]
    assert len(list(installed({"PATH": path}, tmp_path / "home"))) == 2


def test_what_the_preferences_name(tmp_path):
    python = program(tmp_path / "python3.13")
    assert command_of(str(python), {}, tmp_path) == [str(python), "-m", "spike_export"]
    windows = program(tmp_path / "Python.exe")
    assert command_of(f" {windows} ", {}, tmp_path) == [str(windows), "-m", "spike_export"]
    own = program(tmp_path / "project" / ".venv" / "bin" / "spike-export")
    assert command_of(str(own), {}, tmp_path) == [str(own)]
    assert command_of(str(own.parent.parent), {}, tmp_path) == [str(own)]


def test_what_is_said_where_there_is_none(tmp_path):
    with pytest.raises(ProgramError, match="^spike-export was not found; install it with"):
        command_of("", {"PATH": str(tmp_path)}, tmp_path)
    with pytest.raises(ProgramError, match=r"^There is no spike-export in .*; install it .* there"):
        command_of(str(tmp_path), {}, tmp_path)
    with pytest.raises(ProgramError, match="gone, named in Preferences .*, was not found"):
        command_of(str(tmp_path / "gone"), {}, tmp_path)
    other = program(tmp_path / "blender")
    with pytest.raises(ProgramError, match="is neither Python nor spike-export"):
        command_of(str(other), {}, tmp_path)


def test_a_project_s_own_is_found_but_never_by_itself(tmp_path):
    """It may come from somebody else, with the files beside it."""
    own = program(tmp_path / "project" / ".venv" / "bin" / "spike-export")
    scenes = tmp_path / "project" / "films" / "scenes"
    scenes.mkdir(parents=True)
    assert list(beside(scenes)) == [own]
    assert not list(installed({"PATH": "."}, tmp_path / "home"))
    assert not list(beside(scenes / "far" / "below"))
