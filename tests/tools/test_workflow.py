# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflow of GitHub runs what is there: targets, scripts and folders by their names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tomllib

ROOT = Path(__file__).resolve().parent.parent.parent
WORKFLOW = ROOT / ".github" / "workflows" / "check.yml"
TEXT = WORKFLOW.read_text(encoding="utf-8")
RUN = [line.partition("run: ")[2] for line in TEXT.splitlines() if re.match(r"\s+(- )?run: ", line)]


def test_its_make_targets_are_there():
    targets = [target for command in RUN for target in re.findall(r"\bmake ([a-z-]+)", command)]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {"lint", "release"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_its_scripts_and_folders_are_there():
    paths = [p for command in RUN for p in re.findall(r"(?<!\S)(?:tools|tests|\.ci)/\S+", command)]
    assert len(paths) >= 4
    for path in paths:
        assert (ROOT / path).exists()


def test_its_groups_and_extras_are_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [group for command in RUN for group in re.findall(r"--group (\w+)", command)]
    extras = [extra for command in RUN for extra in re.findall(r'"\.\[(\w+)\]"', command)]
    assert groups and set(groups) <= set(project["dependency-groups"])
    assert extras and set(extras) <= set(project["project"]["optional-dependencies"])


def test_it_tests_on_three_systems_and_releases_only_what_has_passed():
    yaml = pytest.importorskip("yaml")
    jobs = yaml.safe_load(TEXT)["jobs"]
    systems = jobs["test"]["strategy"]["matrix"]["system"]
    assert [name.partition("-")[0] for name in systems] == ["ubuntu", "macos", "windows"]
    assert set(jobs["release"]["needs"]) == set(jobs) - {"release"}
    steps = [step.get("run", "") for step in jobs["release"]["steps"]]
    check, make = (
        next(i for i, run in enumerate(steps) if word in run)
        for word in (".ci/run", "make release")
    )
    assert check < make
