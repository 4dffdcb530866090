# SPDX-License-Identifier: GPL-3.0-or-later
"""LFPykit's own potentials of line sources, to compare with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spike_export.potential.line_sources import Floats, Lines


def lfpykit_weights(lines: Lines, places_um: Floats, sigma: float = 0.3) -> Floats:
    """In µV for a nA, shape (places, lines)."""
    import lfpykit

    ends = np.stack([lines.starts_um, lines.ends_um], axis=2)
    cell = lfpykit.CellGeometry(x=ends[:, 0], y=ends[:, 1], z=ends[:, 2], d=2 * lines.radii_um)
    x, y, z = np.ascontiguousarray(places_um.T)
    return 1000 * lfpykit.LineSourcePotential(cell, x, y, z, sigma).get_transformation_matrix()


def neuron_lines(sections: list[Any]) -> Lines:
    """NEURON's own segments, cut as LFPy describes it: its points along arc length."""
    starts, ends, radii = [], [], []
    for section in sections:
        count = section.n3d()
        arc = np.array([section.arc3d(i) for i in range(count)])
        at = np.linspace(0, arc[-1], section.nseg + 1)
        places = np.stack(
            [
                np.interp(at, arc, [getattr(section, f"{axis}3d")(i) for i in range(count)])
                for axis in "xyz"
            ],
            axis=1,
        )
        starts.append(places[:-1])
        ends.append(places[1:])
        radii.append([segment.diam / 2 for segment in section])
    return Lines(np.concatenate(starts), np.concatenate(ends), np.concatenate(radii))


def firing_cell(h: Any) -> list[Any]:
    """A bent, tapering cell with channels, and what makes it fire; its sections come first."""
    soma, trunk, tuft, basal = (h.Section(name=n) for n in ("soma", "dend_0", "dend_1", "dend_2"))
    for section, points in (
        (soma, [(-8, 0, 0, 12), (0, 1, 0, 18), (8, 0, 0, 10)]),
        (trunk, [(0, 9, 0, 5), (4, 120, 10, 3), (30, 300, -20, 1.5)]),
        (tuft, [(30, 300, -20, 1.5), (150, 380, 0, 0.6)]),
        (basal, [(8, 0, 0, 2), (60, -60, 30, 1.2), (90, -200, 30, 0.8)]),
    ):
        for point in points:
            section.pt3dadd(*point)
        section.insert("hh")
        section.Ra, section.nseg = 100, 1 + 2 * int(section.L / 60)
    trunk.connect(soma(0.5))
    tuft.connect(trunk(1))
    basal.connect(soma(1))
    step = h.IClamp(soma(0.5))
    step.delay, step.dur, step.amp = 0.5, 2, 1.5
    return [soma, trunk, tuft, basal, step]


def close(found: NDArray[np.floating], right: NDArray[np.floating]) -> float:
    """The largest difference, relative to the largest value."""
    return float(np.abs(found - right).max() / np.abs(right).max())
