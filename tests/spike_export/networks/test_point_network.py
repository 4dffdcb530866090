# SPDX-License-Identifier: BSD-3-Clause
"""Networks of points: connections and layouts in files, and what is wrong with them."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from spike_export import merge, read, simulation_from_arrays, write
from spike_export.edit.convert import take_cells
from spike_export.networks.point_network import grid_um, point_network

PLACES = np.array([[0, 0, 0], [10, 0, 0], [0, 20, 5]], np.float32)
VALUES = np.array([[0, 0.5, 1], [1, 0, 0.25]], np.float32)
PAIRS = np.array([[0, 1], [2, 0], [1, 1]], np.int32)


def network(**more):
    settings = {
        "connections": PAIRS,
        "layouts": {"line": PLACES * 2, "Kreis": PLACES[::-1]},
        "gids": [7, 8, 9],
        **more,
    }
    return point_network(PLACES, [0.0, 1.0], VALUES, **settings)


def test_a_network_comes_back_from_its_file(tmp_path):
    write(tmp_path / "net.pickle", network())
    back = read(tmp_path / "net.pickle")
    assert back.connections.dtype == np.int32
    assert np.array_equal(back.connections, PAIRS)
    assert list(back.layouts) == ["line", "Kreis"]
    assert np.array_equal(back.layouts["line"], PLACES * 2)
    assert np.array_equal(back.points_um[:, :3], PLACES)
    assert np.array_equal(back.values, VALUES)
    assert (back.quantity, back.unit) == ("activity", "")
    assert [cell.gid for cell in back.cells] == [7, 8, 9]


def test_files_without_a_network_have_no_such_keys(tmp_path):
    write(tmp_path / "net.pickle", network(connections=None, layouts=None))
    content = pickle.loads((tmp_path / "net.pickle").read_bytes())
    assert not {"connections", "layouts"} & set(content)
    back = read(tmp_path / "net.pickle")
    assert back.connections.shape == (0, 2)
    assert back.layouts == {}


def test_plain_arrays_make_a_network():
    cells = [
        {"name": name, "sections": [{"name": "p", "type": "soma", "points": [[*place, 5]]}]}
        for name, place in zip("abc", PLACES, strict=True)
    ]
    made = simulation_from_arrays(
        cells, [0, 1], VALUES, unit="", connections=PAIRS.tolist(), layouts={"x": PLACES.tolist()}
    )
    assert np.array_equal(made.connections, PAIRS)
    assert np.array_equal(made.layouts["x"], PLACES)
    with pytest.raises(ValueError, match="connections holds numbers that are not whole"):
        simulation_from_arrays(cells, [0, 1], VALUES, connections=[[0.5, 1]])
    with pytest.raises(ValueError, match="connection 1 goes from cell 0 to cell 3"):
        simulation_from_arrays(cells, [0, 1], VALUES, connections=[[0, 1], [0, 3]])


def test_some_cells_keep_what_is_between_them():
    part = take_cells(network(), np.array([2, 0]))
    assert part.connections.tolist() == [[0, 1]]
    assert np.array_equal(part.layouts["line"], (PLACES * 2)[[2, 0]])


def test_merged_parts_keep_their_connections():
    other = network(gids=[1, 2, 3], layouts={"line": PLACES + 1})
    both = merge([network(), other])
    # Ordered by gid, the second part comes first.
    assert both.connections.tolist() == [[3, 4], [5, 3], [4, 4], [0, 1], [2, 0], [1, 1]]
    assert list(both.layouts) == ["line"]
    assert np.array_equal(both.layouts["line"], np.concatenate([PLACES + 1, PLACES * 2]))


def test_info_counts_them(command, tmp_path):
    write(tmp_path / "net.pickle", network())
    code, output, errors = command("info", "net.pickle")
    assert (code, errors) == (0, "")
    assert "Connections  3\n" in output
    assert "Layouts      line, Kreis" in output
    assert "Range        0 to 1 (activity)" in output


PACKED = {"dtype": "<i4", "encoding": "raw"}
BAD = [
    ("connections", [[0, 1]], "connections should be an array but is [a list]"),
    ("connections", {**PACKED, "shape": [1, 2], "data": b"\0" * 4}, "claims the shape [1, 2]"),
    ("connections", {**PACKED, "shape": [2], "data": b"\0" * 8}, "not pairs of cells' indices"),
    (
        "connections",
        {"dtype": "<f4", "shape": [1, 2], "encoding": "raw", "data": b"\0" * 8},
        "has the shape [1, 2] of float32, not pairs",
    ),
    (
        "connections",
        {**PACKED, "shape": [1, 2], "data": np.array([0, 2], "<i4").tobytes()},
        "connection 0 goes from cell 0 to cell 2, but there are 2 cells",
    ),
    (
        "connections",
        {**PACKED, "shape": [1, 2], "data": np.array([-1, 0], "<i4").tobytes()},
        "connection 0 goes from cell -1 to cell 0",
    ),
    ("layouts", [], "layouts are not a dict"),
    ("layouts", {3: None}, "a layout has the name 3, which is not text"),
    ("layouts", {"grid": None}, "layout 'grid' should be an array but is None"),
    (
        "layouts",
        {"grid": {"dtype": "<f4", "shape": [3, 3], "encoding": "raw", "data": b"\0" * 36}},
        "layout 'grid' has the shape [3, 3], not [2, 3]",
    ),
    (
        "layouts",
        {
            "grid": {
                "dtype": "<f4",
                "shape": [2, 3],
                "encoding": "raw",
                "data": np.array([0, 0, 0, 0, np.nan, 0], "<f4").tobytes(),
            }
        },
        "layout 'grid' has no finite place for cell 1",
    ),
    ("layouts", {str(i): None for i in range(1001)}, "not a dict of at most 1,000 entries"),
]


@pytest.mark.parametrize(("key", "value", "reason"), BAD, ids=[reason for *_, reason in BAD])
def test_damage_is_named(layout, save, refused, key, value, reason):
    layout[key] = value
    assert reason in refused(save(layout))


WRONG = [
    ({"places_um": np.empty((0, 3))}, "A network needs at least one cell"),
    ({"places_um": PLACES[:, :2]}, r"The places have the shape \[3, 2\]"),
    ({"places_um": PLACES * np.nan}, "The places: that of cell 0 is not finite"),
    ({"time_ms": [0.0, 0.0]}, "do not increase"),
    ({"time_ms": [0.0]}, r"The values have the shape \[2, 3\], but there are 1 frames"),
    ({"connections": [[0, 3]]}, "Connection 0 goes from cell 0 to cell 3"),
    ({"connections": [[0.5, 1]]}, "not pairs"),
    ({"layouts": {"x": PLACES[:2]}}, r"layout 'x' have the shape \[2, 3\], not \(3, 3\)"),
    ({"names": ["a"]}, "There are 1 names, but 3 cells"),
    ({"diameter_um": 0.0}, "diameter of a cell is 0"),
]


@pytest.mark.parametrize(("wrong", "reason"), WRONG, ids=[reason for _, reason in WRONG])
def test_what_is_no_network_is_named(wrong, reason):
    given = {"places_um": PLACES, "time_ms": [0.0, 1.0], "values": VALUES, **wrong}
    with pytest.raises(ValueError, match=reason):
        point_network(**given)


def test_a_grid_is_centered_and_regular():
    places = grid_um(7, 10)
    assert places.shape == (7, 3)
    assert places[0].tolist() == [-10, 10, 0]
    assert places[6].tolist() == [-10, -10, 0]
    assert len(np.unique(places, axis=0)) == 7
