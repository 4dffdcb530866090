# SPDX-License-Identifier: BSD-3-Clause
"""The rooms of the package: no circle, no arrow up, nothing too large, tests where they belong."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.import_graph import arrows_up, circle, import_graph

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "spike_export"
TESTS = ROOT / "tests" / "spike_export"

# Each may import from those before it.
ROOMS = (
    "version",
    "section_types",
    "simulation_file",
    "sound",
    "potential",
    "web",
    "simulation_page",
    "live",
    "files",
    "formats",
    "edit",
    "networks",
    "connectome",
    "neuron",
    "models",
    "figures",
    "notebook_view",
    "",
    "cli",
    "__main__",
)


def test_files_do_not_import_each_other_in_a_circle():
    assert not circle(import_graph(PACKAGE))


def test_no_arrow_from_a_lower_room_up():
    assert not arrows_up(import_graph(PACKAGE), ROOMS)


def test_no_module_is_large():
    lines = {
        str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    assert not {name for name, count in lines.items() if count >= 500}


def test_a_module_s_tests_are_found_by_its_name():
    astray = []
    for test in TESTS.glob("*/**/test_*.py"):
        room = PACKAGE / test.parent.relative_to(TESTS)
        # A room's own __init__ is tested under the room's name.
        modules = [room.name, *(path.stem for path in room.iterdir())]
        named = test.stem.removeprefix("test_")
        if not any(named == module or named.startswith(f"{module}_") for module in modules):
            astray.append(str(test))
    assert not astray


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of four files, whose imports are of every form."""
    folder = tmp_path / "made_up"
    for name, text in {
        "__init__.py": "from .high.top import thing\n",
        "low.py": "import numpy\n",
        "high/__init__.py": "",
        "high/top.py": "from ..low import a\nfrom . import beside\n",
        "high/beside.py": "import made_up.low\nif TYPE_CHECKING:\n    from .top import thing\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_imports_of_every_form_are_seen(package):
    assert import_graph(package) == {
        "": {"high.top"},
        "low": set(),
        "high": set(),
        "high.top": {"low", "high.beside"},
        "high.beside": {"low"},
    }
    assert not circle(import_graph(package))
    assert not arrows_up(import_graph(package), ["low", "high", ""])


@pytest.mark.parametrize(
    "line", ["from .high import top", "def late():\n    from made_up.high.top import thing"]
)
def test_a_circle_and_an_arrow_up_are_noticed(package, line):
    (package / "low.py").write_text(f"{line}\n")
    assert set(circle(import_graph(package))) == {"high.beside", "low", "high.top"}
    assert arrows_up(import_graph(package), ["low", "high", ""]) == ["low -> high.top"]


def test_a_room_that_has_no_place_is_noticed(package):
    (package / "cellar.py").write_text("")
    with pytest.raises(ValueError, match="cellar"):
        arrows_up(import_graph(package), ["low", "high", ""])
