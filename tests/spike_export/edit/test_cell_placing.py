# SPDX-License-Identifier: BSD-3-Clause
"""Cells moved to where a table has them, and what is said of places."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spike_export import read
from spike_export.edit.cell_placing import (
    MadeUp,
    PlacingError,
    in_a_row,
    place,
    said_of_places,
    soma_centers,
)
from spike_export.edit.merge import merge
from spike_export.formats.cell_positions import CellPosition


@pytest.fixture
def simulation(layout, save):
    return read(save(layout))


QUARTER = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])


def test_the_soma_is_put_there_and_the_cell_turned_about_it(simulation):
    positions = {"Pyramidal[0]": CellPosition(np.array([10.0, 20, 30]), QUARTER)}
    placed = place(simulation, positions, "cells.csv")
    points = placed.simulation.points_um
    # By hand: the soma goes from (-5, 0, 0) to (5, 0, 0), the axon to (-95, 0, 0).
    assert points[:2, :3].tolist() == [[10, 15, 30], [10, 25, 30]]
    assert points[6, :3].tolist() == [10, -75, 30]
    assert np.array_equal(points[:, 3], simulation.points_um[:, 3])
    assert np.array_equal(points[7], simulation.points_um[7])
    assert placed.notes == (
        "1 of 2 cells have no row in cells.csv and keep their positions, 'Basket[0]' for example.",
    )
    assert placed.simulation.meta["positions"] == "cells.csv"


def test_a_global_identifier_is_a_name_too_and_rows_of_no_cell_are_counted(simulation):
    positions = {
        label: CellPosition(np.full(3, float(number)))
        for number, label in enumerate(("7", "Basket[0]", "8", "9"))
    }
    placed = place(simulation, positions, "cells.csv")
    assert soma_centers(placed.simulation).tolist() == [[0, 0, 0], [1, 1, 1]]
    assert placed.notes == ("2 of 4 rows of cells.csv name unknown cells, '8' for example.",)
    with pytest.raises(PlacingError, match="none of the cells: its first is '8'"):
        place(simulation, {"8": positions["8"]}, "cells.csv")


def test_cells_in_one_place_are_told(simulation):
    assert said_of_places(simulation) == []
    together = place(
        simulation,
        {name: CellPosition(np.ones(3)) for name in ("Pyramidal[0]", "Basket[0]")},
        "cells.csv",
    ).simulation
    (sentence,) = said_of_places(together)
    assert sentence.startswith("2 of 2 cells share a position with another one, 'Pyramidal[0]'")
    apart = in_a_row(together, ["Pyramidal[0]", "Basket[0]"])
    assert said_of_places(apart) == []
    assert np.diff(soma_centers(apart)[:, 2]) == pytest.approx(100)


def test_what_is_made_up_in_a_part_is_said_of_the_whole_until_it_is_placed(simulation):
    made_up = MadeUp(("Basket[0]",), ("Basket[0]", "Pyramidal[0]"))
    part = replace(simulation, meta=made_up.meta())
    assert said_of_places(part, made_up)[0].startswith("1 of 2 cells have sections without 3-D")
    other = replace(simulation, cells=tuple(replace(c, gid=None) for c in simulation.cells))
    both = merge([other, part])
    shape, place_, shared = said_of_places(both)
    assert shape.startswith("Some cells have sections without 3-D points")
    assert place_.startswith("Some cells are placed in a row")
    assert shared.startswith("4 of 4 cells share a position")
    positions = {
        cell.name: CellPosition(np.array([10.0 * number, 0, 0]))
        for number, cell in enumerate(both.cells)
    }
    assert said_of_places(place(both, positions, "cells.csv").simulation) == [shape]
