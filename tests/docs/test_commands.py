# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command on every page: its options, scripts and targets are there."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import tomllib

from spike_export.cli import main

sys.path.insert(0, str(Path(__file__).resolve().parent))
from pages import PAGES, ROOT, commands, program  # noqa: E402

COMMANDS = [
    (f"{page.relative_to(ROOT)}: {' '.join(words)}", page, words)
    for page in PAGES
    for words in commands(page)
]


def those(name: str) -> list[Any]:
    return [
        pytest.param(page, words, id=title)
        for title, page, words in COMMANDS
        if name in (program(words), *map(lambda word: Path(word).name, words[3:4]))
    ]


def test_pages_have_commands():
    programs = {program(words) for _, _, words in COMMANDS}
    assert {"make", "spike-export", "blender", "openjd"} <= programs
    assert len(COMMANDS) > 50


@pytest.mark.parametrize(("page", "words"), those("spike-export"))
def test_options_of_spike_export(page, words):
    start = next(i for i, word in enumerate(words) if word == "spike-export")
    command: click.Command = main
    rest = words[start + 1 :]
    while isinstance(command, click.Group):
        assert rest and rest[0] in command.commands, f"there is no command {rest[:1]}"
        command = command.commands[rest.pop(0)]
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    own = rest[: rest.index("--")] if "--" in rest else rest
    for word in own:
        if word.startswith("-"):
            assert word in known or command.name == "film", f"{command.name} has no option {word}"


def parse_by_extension_command(words: list[str]) -> None:
    """Have Blender's own parser take a command for extensions."""
    from bl_pkg import bl_extension_cli

    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    for name, add in vars(bl_extension_cli).items():
        if name.startswith("cli_extension_args_") and not name.endswith("_extra"):
            add(commands)
    assert words[0] == "extension" and parser.parse_args(words[1:])


@pytest.mark.parametrize(("page", "words"), those("blender"))
def test_commands_of_blender_are_understood(bpy, page, words, monkeypatch):
    """The script's own parser takes all of it."""
    if "--command" in words:
        parse_by_extension_command(words[words.index("--command") + 1 :])
        return
    if "-c" in words:
        # The command of one of the extensions.
        module = {
            "blender_spike": "simulation_film",
            "blender_brain": "brain_film",
            "surface_slicer": "surface_film",
        }[words[3]]
        film = importlib.import_module(f"{words[3]}.command.{module}")
        if words[4] == "web":
            page = importlib.import_module(f"{words[3]}.command.browser_film")
            assert page.parse(words[5:]).output
            return
        if words[4].endswith(".toml"):
            story = importlib.import_module(f"{words[3]}.common.story.story_command")
            assert story.parse(words[4:], prog=f"blender -b -c {words[3]}").outdir
            return
        assert words[:3] == ["blender", "-b", "-c"] and film.parse(words[4:]).outdir
        return
    assert words[:3] == ["blender", "-b", "-P"] and words[4] == "--"
    script = next(p for p in (ROOT / words[3], page.parent / words[3]) if p.is_file())
    monkeypatch.syspath_prepend(str(script.parent))
    spec = importlib.util.spec_from_file_location(f"script_{script.stem}", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    options = module.parse(words[5:])
    assert vars(options)["outdir"]


@pytest.mark.parametrize(("page", "words"), those("python"))
def test_python_scripts_exist(page, words):
    for word in words[1:]:
        if word.endswith(".py"):
            assert (ROOT / word).is_file()


@pytest.mark.parametrize(("page", "words"), those("make"))
def test_targets_of_make(page, words):
    text = (ROOT / "Makefile").read_text()
    for word in words[1:]:
        name, is_variable, _ = word.partition("=")
        if is_variable:
            assert re.search(rf"\$\((?:or |if )*\$?\(?{name}[,)]|\$\({name}\)", text), name
        else:
            assert re.search(rf"^{name}:", text, re.MULTILINE), name


@pytest.mark.parametrize(("page", "words"), those("openjd"))
def test_parameters_of_the_farm(page, words):
    template = (ROOT / "examples" / "farm" / "template.yaml").read_text()
    given = [words[i + 1].partition("=")[0] for i, word in enumerate(words) if word == "-p"]
    assert given
    for name in given:
        assert f"- name: {name}\n" in template


def test_groups_and_extras_that_are_named_exist():
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    extras = project["project"]["optional-dependencies"]
    named = set()
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        named |= set(re.findall(r"spike-export\[(\w+)\]", text))
        for group in re.findall(r"--group (\w+)", text):
            assert group in project["dependency-groups"]
    assert named and named <= set(extras)


def test_targets_and_tools_in_the_text_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for name in re.findall(r"`make ([a-z-]+)", text):
            assert name in targets, f"{page.name}: make {name}"
        for path in re.findall(r"`((?:tools|examples|tests|docs|blender_addons)/[\w./-]*)`", text):
            assert (ROOT / path).exists(), f"{page.name}: {path}"
