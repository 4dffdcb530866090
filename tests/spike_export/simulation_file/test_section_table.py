# SPDX-License-Identifier: BSD-3-Clause
"""Format version 3: the same simulation, its sections in a table."""

from __future__ import annotations

import pickle
import re
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from spike_export import Simulation, merge, read, write
from spike_export.simulation_file.section_table import names_by_type


@pytest.fixture
def table(layout, save, tmp_path) -> dict[str, Any]:
    """The hand-made file, as the writer stores it with a table."""
    simulation = replace(read(save(layout)), version=3)
    content = pickle.loads(write(tmp_path / "table.pickle", simulation).read_bytes())
    assert content["version"] == 3
    assert "sections" not in content["cells"][0]
    return content


def same(one: Simulation, other: Simulation) -> None:
    for field in fields(Simulation):
        ours, theirs = getattr(one, field.name), getattr(other, field.name)
        if field.name == "cells":
            assert [cell.name for cell in ours] == [cell.name for cell in theirs]
        elif field.name not in ("version", "created_by"):
            assert np.array_equal(ours, theirs), field.name


def test_it_holds_the_same(layout, save, table, tmp_path):
    expected, found = read(save(layout)), read(save(table))
    same(found, expected)
    assert (found.version, expected.version) == (3, 2)
    again = write(tmp_path / "again.pickle", found)
    same(read(again), expected)
    assert pickle.loads(again.read_bytes())["sections"] == table["sections"]


def test_names_by_type_are_not_stored(save, table, tmp_path):
    found = read(save(table))
    names = names_by_type(found.section_types, found.section_cells)
    assert names == ("soma[0]", "dend[0]", "axon[0]", "soma[0]")
    named = write(tmp_path / "named.pickle", replace(found, section_names=names))
    assert "names" not in pickle.loads(named.read_bytes())["sections"]
    assert read(named).section_names == names


COLUMNS: list[tuple[str, Any, str, str]] = [
    ("cell", [0, 0, 1, 0], "<i4", "not those of 2 cells, one after another"),
    ("cell", [0, 0, 0, 2], "<i4", "not those of 2 cells, one after another"),
    ("cell", [0, 0, 0, 0], "<i4", "not those of 2 cells, one after another"),
    ("cell", [], "<i4", "it holds no sections"),
    ("cell", [0.0, 0, 0, 1], "<f4", "not a whole number for each section"),
    ("type", [0, 1, 9, 0], "|u1", "section 2: its type is unknown"),
    ("type", [0, -1, 1, 0], "|i1", "section 1: its type is unknown"),
    ("type", [0, 1], "|u1", "not a whole number for each of 4 sections"),
    ("parent", [-1, 7, 0, -1], "<i4", "section 1: its parent is not in its cell"),
    ("parent", [-1, 1, 0, -1], "<i4", "section 1: it is its own parent"),
    ("parent", [1, 2, 0, -1], "<i4", "section 0: it is its own ancestor"),
    ("parent", [-2, 0, 0, -1], "<i4", "holds numbers out of range"),
    ("parent_x", [0, 1, 1.5, 0], "<f8", "section 2: its parent_x is not between 0 and 1"),
    ("parent_x", [0, np.nan, 1, 0], "<f8", "section 1: its parent_x is not between 0 and 1"),
    ("parent_x", [0, 1], "<f8", "not a number for each of 4 sections"),
    ("nseg", [1, 0, 1, 1], "<i4", "section 1: its nseg is not above 0"),
    ("nseg", [2**31 - 1] * 4, "<i8", "segments"),
    ("points", [2, 3, 0, 1], "<i4", "section 2: it has no points"),
    ("points", [2, 3, 2**30, 1], "<i4", "x, y, z and diameter of each point"),
    ("coordinates", np.full((8, 4), np.nan), "<f4", "section 0: a point is not finite"),
    ("coordinates", np.full((8, 4), -1), "<f4", "section 0: a point is not finite or has a neg"),
]


@pytest.mark.parametrize(("column", "values", "dtype", "reason"), COLUMNS)
def test_wrong_columns_are_named(table, save, refused, array, column, values, dtype, reason):
    table["sections"][column] = array(values, dtype)
    assert reason in refused(save(table))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sections": None}, "it has no table of sections"),
        ({"sections": {}}, "has no column 'cell'"),
        ({"cells": []}, "it holds no cells"),
        ({"cells": [1, 2]}, "cell 0 is int, not a dict"),
        ({"cells": [{"gid": "x"}, {}]}, "its gid is 'x', not a whole number"),
    ],
)
def test_what_is_missing_is_named(table, save, refused, change, reason):
    assert reason in refused(save({**table, **change}))


def test_names_must_be_one_each(table, save, refused):
    table["sections"]["names"] = ["a"]
    assert "no name for each of 4 sections" in refused(save(table))


def test_a_few_cells_listed_by_reference_do_not_take_a_gigabyte(table, save, refused):
    table["cells"] = [table["cells"][0]] * 1_000_000
    assert re.search("more cells than a file|not those of|one after", refused(save(table)))


CLASSES: list[tuple[Any, str]] = [
    ([1], "not a dict"),
    ({"x": ["a"]}, "it has classes of 'x', but no such quantity"),
    ({"v": []}, "are not a list of 1 to"),
    ({"v": "abc"}, "are not a list of 1 to"),
    ({"v": ["a", "b"]}, "frame 0 of 'v' holds a value that is not one of its 2 classes"),
]


@pytest.mark.parametrize(("classes", "reason"), CLASSES)
def test_wrong_classes_are_named(layout, save, refused, classes, reason):
    assert reason in refused(save({**layout, "classes": classes}))


def test_classes_are_kept_and_counted_alike_when_merged(layout, save, array, tmp_path):
    numbers = [np.nan, 0, 1, 1, 0, 2]
    kind = {"unit": "", "values": array([numbers] * 4, "<f4")}
    one = read(save({**layout, "more": {"type": kind}, "classes": {"type": ["KC", "PN", "LN"]}}))
    other = replace(one, classes={"type": ("LN", "MB", "KC")})
    other = replace(other, cells=tuple(replace(cell, gid=None) for cell in other.cells))
    both = read(write(tmp_path / "both.pickle", merge([one, other])))
    assert both.classes == {"type": ("KC", "PN", "LN", "MB")}
    values = both.more["type"].values[0]
    names = [both.classes["type"][int(x)] if np.isfinite(x) else "" for x in values]
    assert sorted(names) == sorted(
        ["", "KC", "PN", "PN", "KC", "LN", "", "LN", "MB", "MB", "LN", "KC"]
    )
    assert both.showing("type").with_values(lambda rows: rows * 1.0001).values[0, 1] in (0, 1, 2)
