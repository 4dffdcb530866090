# SPDX-License-Identifier: BSD-3-Clause
"""Tables of synapses: columns by their names, and what is wrong with a line."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export.formats.spike_files import TableError
from spike_export.formats.synapse_tables import read_synapse_table


@pytest.fixture
def table(tmp_path):
    def table(*lines: str):
        path = tmp_path / "syn.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return read_synapse_table(path)

    return table


def test_sections_and_positions(table):
    found = table(
        "# made by hand",
        "Post,Section,Pos,Type,weight_nS,delay_s,pre,times_ms,colour",
        'A,dend[3],0.25,AMPA,0.5,0.001,B,"3; 1 2.5",red',
        "7.0,2,1,2,,,,,blue",
    )
    one, two = found.rows
    assert (one.cell, one.section, one.position, one.kind) == ("A", "dend[3]", 0.25, "AMPA")
    assert (one.weight, one.delay_ms, one.source) == (0.5, 1.0, "B")
    assert (two.cell, two.section, two.kind, two.weight) == ("7", "2", "type 2", None)
    assert (two.delay_ms, two.source) == (None, "")
    assert found.weight_unit == "nS"
    assert [times.tolist() for times in found.times_ms] == [[1, 2.5, 3], []]
    assert found.points_um is None
    assert found.notes == (
        "Columns taken from the table: cell (Post), section, position (Pos), kind (Type), weight "
        "(weight_nS), delay (delay_s), source (pre), times (times_ms); not used: colour.",
    )


def test_points_in_um_and_nm(table):
    found = table("x_nm;y_nm;z_nm;time_s", "1000;-2000;500;0.002")
    assert found.points_um.tolist() == [[1, -2, 0.5]]
    assert found.times_ms[0].tolist() == [2]
    assert found.rows[0].cell is None
    assert found.rows[0].kind == "synapse"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("1,2,3", "1,2,3"), "it has no header line that names its columns"),
        (("",), "it has no header line that names its columns"),
        (("x,y,kind", "1,2,AMPA"), "it does not say where synapses are; its columns are x, y"),
        (("x,y,z,x", "1,2,3,4"), "it has two columns called 'x'"),
        (("x,y,z",), "it contains no synapses"),
        (("x,y,z", "1,2,nan"), "line 2 has the z 'nan', which is not finite"),
        (("x,y,z", "1,b,2"), "line 2 has the y 'b', which is not a number"),
        (("x,y,z", "1,2"), "line 2 has 2 columns, but 3 are needed"),
        (("section,position", "a,1.5"), "line 2 has the position '1.5', which is not between"),
        (("section,position", "a,"), "line 2 has the position '', which is not between 0 and 1"),
        (("x,y,z,delay", "1,2,3,-1"), "line 2 has the delay -1, which is negative"),
        (("x,y,z,times", "1,2,3,4 x"), "line 2 has the time 'x', which is not a number"),
        (("x,y,z,times", "1,2,3,4 inf"), "line 2 has the time 'inf', which is not finite"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(table, lines, reason):
    with pytest.raises(TableError) as caught:
        table(*lines)
    assert str(caught.value).startswith(f"Cannot use syn.csv: {reason}")


def test_more_events_than_memory_are_refused(table, monkeypatch):
    monkeypatch.setattr("spike_export.formats.synapse_tables._MOST_EVENTS", 3)
    with pytest.raises(TableError, match="line 3 has more than 3 events"):
        table("x,y,z,times", "0,0,0,1 2", "0,0,0,1 2")


def test_a_file_that_is_not_a_table(tmp_path):
    (tmp_path / "syn.csv").write_bytes(np.arange(99, dtype="u1").tobytes() + b"\xff\xfe")
    with pytest.raises(TableError):
        read_synapse_table(tmp_path / "syn.csv")
    with pytest.raises(TableError, match="file not found"):
        read_synapse_table(tmp_path / "no.csv")
