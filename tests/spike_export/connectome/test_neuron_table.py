# SPDX-License-Identifier: BSD-3-Clause
"""Tables as neuPrint, Codex and CAVE give them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spike_export.connectome.neuron_table import read_table
from spike_export.connectome.skeletons import ConnectomeError

NEUPRINT = """bodyId,type,instance,status,pre,post,somaLocation
5813105172,PN,PN_L,Traced,120,340,"[1, 2, 3]"
1734350788,KC,KC_R1,Traced,,55,
1734350908,KC,KC_R2,Traced,7,9,
"""
CODEX = """root_id\tprimary_type\tside
720575940621039145\tKC\tleft
720575940604737708\t\tright
720575940626838909\tPN\tleft
"""
CAVE = """id;pt_root_id;cell_type
1;864691135565870679;BC
2;864691135564974423;23P
3;864691135561699041;23P
"""


@pytest.fixture
def table(tmp_path: Path) -> Any:
    def read(text: str) -> Any:
        path = tmp_path / "n.csv"
        path.write_text(text)
        return read_table(path)

    return read


def test_neuprint_s_columns_are_found(table):
    read = table(NEUPRINT)
    ids = [1734350908, 5813105172, 12, None, 1734350788]
    columns, notes = read.columns(ids)
    assert read.id_column == "bodyId"
    assert [one.name for one in columns] == ["type", "status", "pre", "post"]
    assert columns[0].classes == ("KC", "PN")
    assert np.array_equal(columns[0].values, [0, 1, np.nan, np.nan, 0], equal_nan=True)
    assert np.array_equal(columns[2].values, [7, 120, np.nan, np.nan, np.nan], equal_nan=True)
    assert read.labels(ids) == ("instance", ["KC_R2", "PN_L", "", "", "KC_R1"])
    assert "somaLocation" in notes[0]


def test_codex_s_and_cave_s_columns_are_found(table):
    codex = table(CODEX)
    (kind, side), _ = codex.columns([720575940626838909, 720575940604737708])
    assert (kind.name, kind.values[0], side.classes) == ("primary_type", 0, ("left", "right"))
    assert np.isnan(kind.values[1])
    cave = table(CAVE)
    assert (cave.id_column, list(cave.rows)[0]) == ("pt_root_id", 864691135565870679)


def test_columns_that_are_wanted_come_in_their_order(table):
    columns, _ = table(NEUPRINT).columns([1734350788], ["POST", "instance"])
    assert [one.name for one in columns] == ["post", "instance"]
    with pytest.raises(ConnectomeError, match="no column 'size', but bodyId, type"):
        table(NEUPRINT).columns([1734350788], ["size"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b\n1,2\n", "none of its columns, a, b, is called bodyId"),
        ("bodyId,type\n", "it has no rows below its header"),
        ("", "it has no rows"),
        ("bodyId,type\n1,a\n1,b\n", "line 3: bodyId 1 occurs twice"),
        ("bodyId,type\n1,a,b\n", "line 2 has 3 columns, but line 1 has 2 columns"),
        ("root_id,type\n7.2E+17,a\n", "line 2: the root_id is '7.2E+17', a float"),
    ],
)
def test_other_tables_are_refused(table, text, reason):
    with pytest.raises(ConnectomeError, match=re.escape(reason)):
        table(text)


def test_ids_of_other_things_are_no_measure(table):
    columns, _ = table("bodyId,supervoxel\n1,83434834348343\n2,720575940621039145\n").columns(
        [1, 2]
    )
    assert columns == []
