# SPDX-License-Identifier: BSD-3-Clause
"""The rooms of the add-ons: no circle, no arrow up, nothing too large, one name for one thing."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest
from helpers.import_graph import arrows_up, circle, import_graph

TESTS: Final = Path(__file__).resolve().parent
SOURCE: Final = TESTS.parent / "blender_addons"
# Each may import from those before it.
ROOMS: Final = {
    "common": (
        "required registry limits marks file_entries tables hdf5_arrays pace_words animation "
        "changes geometry frame_range viewport drivers placing holders extent beside nodes glow "
        "cut selection suggestions colormaps blocks figures value_color clock film rendering "
        "output paced story"
    ),
    "blender_spike": (
        "common simulation_file sound potential web simulation_page live cells lines properties "
        "simulating playback blocks color meshes at_hand solid_colors views sounding extracellular "
        "figures building watching demos operators panels story command api"
    ),
    "blender_brain": (
        "common web swc atlas demo_atlas download regions data figures settings properties film "
        "operators panels story command api"
    ),
    "surface_slicer": (
        "common web arrays ramps curve properties surface slicer film blocks operators panels "
        "story command api"
    ),
}
# What the pip package has as well: the exceptions and the opening of what a room reads; the same
# figures, drawn by matplotlib, and the films of them.
IN_THE_PACKAGE_TOO: Final = {
    "errors", "reader", "fill", "morph", "traces", "film", "pace", "stage"
}  # fmt: skip
# What is written for each extension, under the name that it has in all of them.
SAME_IN_ALL: Final = {
    "api",
    "properties",
    "film",
    "solid_colors",
    "selection",
    "showing",
    "tab",
    "blocks",
    "adding",
    "browser_film",
}


@pytest.mark.parametrize("package", ROOMS)
def test_files_do_not_import_each_other_in_a_circle(package):
    assert not circle(import_graph(SOURCE / package))


@pytest.mark.parametrize("package", ROOMS)
def test_no_arrow_from_a_lower_room_up(package):
    # The package itself, which registers all there is, is the roof; `common` registers nothing.
    rooms = ["", *ROOMS[package].split()] if package == "common" else [*ROOMS[package].split(), ""]
    assert not arrows_up(import_graph(SOURCE / package), rooms)


def modules() -> dict[Path, list[str]]:
    """The extensions' own modules, without what is linked into them."""
    return {
        path: path.read_text(encoding="utf-8").splitlines()
        for package in ROOMS
        for path in (SOURCE / package).rglob("*.py")
        if path.resolve() == path
    }


def test_no_module_is_large():
    assert not {str(path): len(lines) for path, lines in modules().items() if len(lines) >= 500}


def test_each_folder_says_what_is_in_it():
    silent = [
        str(p) for p, lines in modules().items() if p.name == "__init__.py" and len(lines) < 2
    ]
    assert not silent


def test_a_module_s_tests_are_found_by_its_name():
    astray = []
    for test in (path for package in ROOMS for path in TESTS.glob(f"{package}/*/**/test_*.py")):
        room = SOURCE / test.parent.relative_to(TESTS)
        # Operators and panels are tested together as well, under the room's name.
        modules = [room.name, room.name.rstrip("s"), *(path.stem for path in room.iterdir())]
        named = test.stem.removeprefix("test_")
        if not any(named == module or named.startswith(f"{module}_") for module in modules):
            astray.append(str(test))
    assert not astray


def named() -> dict[str, set[str]]:
    """The paths of the extensions' modules by their names; operators and panels may repeat one."""
    found = defaultdict(set)
    for path in modules():
        if path.parent.name not in ("operators", "panels") and path.stem != "__init__":
            found[path.stem].add(path.relative_to(SOURCE).as_posix())
    return found


def test_one_name_for_one_thing():
    assert not {
        name: sorted(paths)
        for name, paths in named().items()
        if len(paths) > 1 and name not in SAME_IN_ALL
    }


def test_the_package_and_the_extensions_name_different_things_differently():
    """Commands are named by what they do, as operators are."""
    package = SOURCE.parent / "spike_export"
    names = {path.stem for path in package.rglob("*.py") if path.parent.name != "cli"}
    assert (names & set(named())) - {"__init__"} == IN_THE_PACKAGE_TOO
