# SPDX-License-Identifier: GPL-3.0-or-later
"""The potential around the demo cell, beside LFPykit's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from helpers.lfp import lfpykit_weights

from spike_export import read
from spike_export.potential.line_sources import potential
from spike_export.potential.segment_lines import segment_lines
from spike_export.potential.sheet import around, sheet

from .pairs import paired
from .rows import Aim, Row, timed

DEMO = (
    Path(__file__).resolve().parents[2]
    / "blender_addons" / "blender_spike" / "demos" / "demo_neuron.pickle"
)  # fmt: skip


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield what was measured.

    Parameters
    ----------
    quick : bool
        Tiny sizes, only to see that it runs.
    """
    demo = read(DEMO)
    lines = segment_lines(demo)
    currents = demo.more["i_membrane_"].values
    center, size = around(lines, "xy")
    places = sheet("xy", center, size, 10 if quick else 150).places_um

    def theirs() -> None:
        (lfpykit_weights(lines, places) @ currents.T.astype(np.float64)).T.astype(np.float32)

    result = paired(
        lambda: potential(lines, currents, places),
        theirs,
        1 if quick else 3,
        clock=time.process_time,
    )
    what = f"Potential of the demo cell at {len(places):,} places in {len(currents)} frames"
    yield timed(what, result, "LFPykit", is_speed=True, aim=Aim(2, at_least=True))
