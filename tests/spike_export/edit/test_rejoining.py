# SPDX-License-Identifier: BSD-3-Clause
"""Pieces of cells that become one cell; NEURON itself is the referee in test_split_cells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spike_export import read
from spike_export.edit.rejoining import Joint, rejoin


@pytest.fixture
def pieces(layout, save):
    """Three pieces: the tuft first, then the cell with its soma, then another cell."""
    tuft = {**layout["cells"][1], "name": "tuft", "gid": None}
    tuft["sections"] = [{**tuft["sections"][0], "name": "apic", "type": "apic"}]
    layout["cells"] = [tuft, *layout["cells"]]
    layout["cells"][2]["gid"] = 1
    values = np.arange(28, dtype="<f4").reshape(4, 7)
    layout["values"].update(shape=[4, 7], data=values.tobytes())
    simulation = read(save(layout))
    pairs = np.array([[0, 2], [2, 1]], np.int32)
    return replace(simulation, connections=pairs, layouts={"ring": np.eye(3, dtype=np.float32)})


TIP, ROOT = Joint("7", "Pyramidal[0]", "dend[0]", 1.0, False), Joint("7", "tuft", "apic", 0.0, True)


def test_the_soma_s_piece_gives_name_identifier_and_spikes(pieces):
    joined, note = rejoin(pieces, [ROOT, TIP])
    assert note == ""
    # In the order of the identifiers, which all cells have now.
    assert [(cell.name, cell.gid) for cell in joined.cells] == [
        ("Basket[0]", 1),
        ("Pyramidal[0]", 7),
    ]
    assert joined.cells[1].spikes_ms.tolist() == [0.125, 0.25]
    assert joined.section_names == ("soma", "soma", "dend[0]", "axon", "apic")
    assert joined.section_cells.tolist() == [0, 1, 1, 1, 1]
    assert joined.parents.tolist() == [-1, -1, 1, 1, 2]
    assert joined.parent_x[4] == 1
    assert joined.values[0].tolist() == [6, 1, 2, 3, 4, 5, 0]
    assert joined.connections.tolist() == [[1, 0], [0, 1]]
    assert joined.layouts["ring"].tolist() == [[0, 0, 1], [0, 1, 0]]
    assert np.array_equal(joined.points_um[-1], pieces.points_um[0]), "real points stay"


def test_a_made_up_piece_is_put_to_the_end_of_its_parent(pieces):
    joined, _ = rejoin(pieces, [ROOT, TIP], made_up=["tuft"])
    assert joined.points_um[-1, :3].tolist() == [45, 20, 0]


@pytest.mark.parametrize(
    "joints",
    [
        [ROOT],
        [ROOT, replace(TIP, identifier="8")],
        [replace(ROOT, is_root=False), TIP],
        [ROOT, TIP, replace(TIP, identifier="8", section="soma", is_root=True),
         replace(ROOT, identifier="8", is_root=False)],
    ],
    ids=["alone", "unlike", "two trunks", "circle"],
)  # fmt: skip
def test_what_does_not_fit_is_told(pieces, joints):
    joined, note = rejoin(pieces, joints)
    assert "does not reveal which pieces were connected" in note
    assert len(joined.cells) == (2 if len(joints) > 2 else 3)


def test_pieces_that_all_begin_there_hang_on_the_soma_s(pieces):
    joined, note = rejoin(pieces, [ROOT, replace(TIP, section="soma", x=0.0, is_root=True)])
    assert note == ""
    assert joined.section_names[joined.parents[4]] == "soma"
    assert joined.parent_x[4] == 0
