# SPDX-License-Identifier: BSD-3-Clause
"""The command that hands over to Blender: which one, with what, and what it says without."""

from __future__ import annotations

import importlib.util
import sys

import pytest
from click.testing import CliRunner

from spike_export.cli import main

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")


@pytest.fixture(autouse=True)
def nothing_around(monkeypatch):
    monkeypatch.delenv("BLENDER", raising=False)
    monkeypatch.setenv("PATH", "")


def program(path, commands: str):
    """Write a stand-in that lists commands, or writes down its words and ends with 7."""
    path.write_text(
        f"#!/bin/sh\n"
        f'if [ "$3" = help ]; then printf "Blender Command Listing:\\n{commands}"; exit 0; fi\n'
        f'printf "%s\\n" "$@" > "{path}.words"\nexit 7\n'
    )
    path.chmod(0o755)
    return path


def run(*words: object):
    return CliRunner().invoke(main, ["film", *map(str, words)])


@pytest.mark.parametrize("way", ["option", "option at the end", "variable", "path"])
def test_all_words_are_handed_over_and_the_code_comes_back(tmp_path, monkeypatch, way):
    blender = program(tmp_path / "blender", "\\tblender_spike\\n\\textension\\n")
    before, after = [], []
    if way.startswith("option"):
        (before if way == "option" else after)[:] = ["--blender", blender]
    elif way == "variable":
        monkeypatch.setenv("BLENDER", str(blender))
    else:
        monkeypatch.setenv("PATH", str(tmp_path))
    given = ["run.pickle", "film.mp4", "--frames", "2-3", "--v-min", "-80", "--transparent"]
    result = run(*before, *given, *after)
    assert result.exit_code == 7, result.output
    words = (tmp_path / "blender.words").read_text().split("\n")[:-1]
    assert words == ["-b", "-c", "blender_spike", *given]


def test_the_options_are_those_of_the_extension(tmp_path):
    blender = program(tmp_path / "blender", "\\tblender_spike\\n")
    assert run("--blender", blender, "--options").exit_code == 7
    assert (tmp_path / "blender.words").read_text().split() == [
        "-b", "-c", "blender_spike", "--help",
    ]  # fmt: skip


def test_a_blender_without_the_extension_is_named(tmp_path):
    blender = program(tmp_path / "blender", "\\textension\\n")
    result = run("--blender", blender, "run.pickle", "film.mp4")
    assert result.exit_code == 1
    assert f"BlenderSpike is not enabled in {blender}: drop the zip" in result.output
    assert not (tmp_path / "blender.words").exists()


def test_what_is_missing_is_said_in_a_sentence(tmp_path, monkeypatch):
    missing = run("--blender", tmp_path / "blender", "run.pickle", "film.mp4")
    assert missing.exit_code == 1 and "There is no program" in missing.output
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    without = run("run.pickle", "film.mp4")
    assert without.exit_code == 1
    assert "There is no Blender: install Blender 5.2 or newer" in without.output
    assert run().exit_code == 2


@pytest.mark.slow
def test_a_bpy_module_without_the_extension_is_named(tmp_path, monkeypatch):
    if importlib.util.find_spec("bpy") is None:
        pytest.skip("needs the bpy module")
    monkeypatch.setenv("BLENDER_USER_RESOURCES", str(tmp_path))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    (tmp_path / "config").mkdir()
    result = run("run.pickle", "film.mp4")
    assert result.exit_code == 1
    assert (
        "There is no BlenderSpike for this Python's bpy module: pip install neuro-films."
        in result.output
    )
