# SPDX-License-Identifier: GPL-3.0-or-later
"""Spikes find their points."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from blender_brain.data.coordinates import Coordinates
from blender_brain.data.point_set import PointSet
from blender_brain.data.spike_times import NEVER, own_times_ms, read_spikes
from blender_brain.data.tables import TableError


def points(**values: list[float]) -> PointSet:
    columns = {name: np.array(one) for name, one in values.items()}
    return PointSet(np.zeros((2, 3)), Coordinates(), "", values=columns)


@pytest.mark.parametrize(
    ("name", "factor"), [("time", 1), ("time_ms", 1), ("spike_time (s)", 1000), ("times_s", 1000)]
)
def test_a_column_of_times(name: str, factor: float):
    found = own_times_ms(points(**{name: [2.0, np.nan]}))
    assert found is not None and found.tolist() == [2 * factor, NEVER]
    assert own_times_ms(points(timer=[1.0, 2.0])) is None


@pytest.mark.parametrize(
    ("content", "which"),
    [
        ("unit_id,time_ms\n20,1\n10,2\n20,3\n", [1, 0, 1]),
        ("time_s,unit_id\n0.001,20\n0.002,10\n0.003,20\n", [1, 0, 1]),
        ("1,1\n0,2\n1,3\n", [1, 0, 1]),
    ],
)
def test_spikes(tmp_path: Path, content: str, which: list[int]):
    path = tmp_path / "spikes.csv"
    path.write_text(content)
    found, times_ms, note = read_spikes(path, points(unit_id=[10.0, 20.0]))
    assert found.tolist() == which and times_ms == pytest.approx([1, 2, 3])
    assert ("by their 'unit_id'" in note) == ("unit_id" in content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("1,2,3\n", "spikes.csv should have two columns, point and time, and at most"),
        ("0,1\n2,1\n", "spikes.csv, line 2: there is no point '2'."),
        ("0,1\n0,soon\n", "spikes.csv, line 2: 'soon' is not a time."),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: str, sentence: str):
    path = tmp_path / "spikes.csv"
    path.write_text(content)
    with pytest.raises(TableError) as error:
        read_spikes(path, points())
    assert str(error.value).startswith(sentence)
