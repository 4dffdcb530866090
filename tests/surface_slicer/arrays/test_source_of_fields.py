# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``spike-export field --plane`` writes is a moving surface over its own coordinates."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner
from helpers.simulations import branched, simulation, with_currents

from spike_export import write
from spike_export.cli import main


def test_a_sheet_keeps_its_coordinates_and_frames(bpy, tmp_path):
    from surface_slicer.arrays.source import Source, read_field

    path = write(tmp_path / "a.pickle", with_currents(simulation(branched(), frames=3)))
    made = tmp_path / "sheet.npz"
    words = ["field", path, "--plane", "xy", "--center", "10,20,0", "--size", "40x20"]
    words += ["--pixels", 5, "-o", made]
    assert CliRunner().invoke(main, list(map(str, words))).exit_code == 0
    field = read_field(Source(filepath=str(made)))
    assert field.x_range == pytest.approx((-10, 30)) and field.y_range == pytest.approx((10, 30))
    assert (field.heights.frames, field.heights.rows, field.heights.columns) == (3, 3, 5)
    with np.load(made) as found:
        highest = found["z"].max()
    assert field.heights.high == pytest.approx(highest, rel=1e-6)
    assert bpy.ops.surface_slicer.create_surface(filepath=str(made)) == {"FINISHED"}
