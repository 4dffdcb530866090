# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make test-versions` runs, and with which versions."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest
import tomllib

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def tool() -> Any:
    spec = importlib.util.spec_from_file_location("try_versions", ROOT / "tools/try_versions.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("declared", "lowest"),
    [
        ("a>=1.26", "a==1.26.*"),
        ("rich>=13", "rich==13.0.*"),
        ("some-name>=9,<10", "some-name==9.0.*"),
    ],
)
def test_the_lowest_version_of_what_is_declared(tool, declared, lowest):
    assert tool.lowest_version(declared) == lowest


def test_what_declares_no_lowest_version(tool):
    with pytest.raises(ValueError, match="a==2 declares no lowest version"):
        tool.lowest_version("a==2")


def test_all_that_is_declared_has_a_lowest_version(tool, project):
    pinned = tool.wanted(project, tool.EXTRAS, True)
    assert {"numpy==1.26.*", "matplotlib==3.8.*", "h5py==3.10.*", "scipy==1.11.*"} <= set(pinned)
    assert all(any(p.startswith(name) for p in pinned) for name in tool.FOR_TESTS)
    assert "numpy>=1.26" in tool.wanted(project, tool.EXTRAS, False)


def test_the_oldest_declared_python_is_the_required_one(tool, project):
    pythons = tool.declared_pythons(project)
    assert project["project"]["requires-python"] == f">={pythons[0]}"
    assert f"{sys.version_info[0]}.{sys.version_info[1]}" in pythons


def test_a_python_is_found_that_can_make_environments(tool):
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert tool.find_python(version) is not None
    assert tool.find_python("3.99") is None
