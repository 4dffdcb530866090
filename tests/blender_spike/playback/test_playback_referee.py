# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluated voltages against interpolation along arc length and time that knows the file alone.

What the import made of the file is not asked: a point's place in its section follows from where it
is in space.
"""

from __future__ import annotations

import numpy as np
import pytest
from helpers.playing import TOLERANCE_MV
from helpers.simulations import sample_at, simulation

from spike_export import read, write

RING = 10
POINTS = 200


def tree(rng):
    """A soma, and sections of random shape, length and number of segments on one another."""
    sections = [{"type": "soma", "points": [[-8, 0, 0, 16], [8, 0, 0, 16]], "nseg": 1}]
    ends = [np.zeros(3)]
    for index in range(1, 24):
        parent = int(rng.integers(0, index))
        # Some begin a little beside their parent.
        begin = ends[parent] + rng.normal(0, 0.5, 3) * (index % 3 == 0)
        steps = rng.normal(0, 6, (rng.integers(2, 12), 3)) + rng.normal(0, 4, 3)
        points = begin + np.vstack([np.zeros(3), np.cumsum(steps, axis=0)])
        ends.append(points[-1])
        sections.append(
            {
                "type": ("dend", "apic", "axon")[index % 3],
                "points": np.c_[points, rng.uniform(0.5, 3, len(points))],
                "nseg": int(rng.choice([1, 2, 3, 7, 20])),
                "parent": parent,
                "parent_x": 0.5 if parent == 0 else 1.0,
            }
        )
    return sections


def arc_length(points, place):
    """Where on a line of points the place nearest to another is, in µm from its beginning."""
    a, b = points[:-1], points[1:]
    lengths = np.linalg.norm(b - a, axis=1)
    along = np.clip(((place - a) * (b - a)).sum(axis=1) / lengths**2, 0, 1)
    nearest = np.argmin(np.linalg.norm(a + along[:, None] * (b - a) - place, axis=1))
    return lengths[:nearest].sum() + along[nearest] * lengths[nearest]


class Referee:
    """Shares of segments at places on sections, from the file."""

    def __init__(self, sim):
        self.sim = sim
        ends = np.cumsum(sim.point_counts)
        self.lines = np.split(sim.points_um[:, :3].astype(float), ends[:-1])

    def shares(self, section, place, begin):
        """The weight of each segment of the file; `begin` is where the section was attached."""
        sim, line = self.sim, self.lines[section]
        lengths = np.linalg.norm(np.diff(line, axis=0), axis=1).sum()
        count, first = sim.segment_counts[section], sim.first_segments[section]
        centers = (np.arange(count) + 0.5) / count * lengths
        arc = arc_length(line, place)
        parent = sim.parents[section]
        weights = np.zeros(sim.n_segments)
        if arc < centers[0] and parent >= 0:
            # From the place of attachment, with the parent's segment there, to the first center.
            of_parent = sim.segment_counts[parent]
            k = min(int(sim.parent_x[section] * of_parent), of_parent - 1)
            way = np.linalg.norm(line[0] - begin)
            if np.linalg.norm(place - begin) < 1e-4:
                way, arc = 1.0, -1.0
            share = (way + arc) / (way + centers[0])
            weights[sim.first_segments[parent] + k] += 1 - share
            weights[first] += share
            return weights
        for k in range(count):
            weights[first + k] = np.interp(arc, centers, np.eye(count)[k])
        return weights


def points_of(neuron, with_soma):
    """Each drawn point's index, position and section, and its curve's first position."""
    positions = np.empty(len(neuron.data.points) * 3, np.float32)
    neuron.data.attributes["position"].data.foreach_get("vector", positions)
    positions = positions.reshape(-1, 3).astype(float)
    rows = []
    sections = neuron.data.attributes["section"].data
    for curve, section in zip(neuron.data.curves, sections, strict=True):
        if section.value or with_soma:
            first = curve.first_point_index
            rows += [(first + k, section.value, first) for k in range(curve.points_length)]
    index, section, first = np.array(rows).T
    return index, positions[index], section, positions[first]


def drawn(bpy, neuron, tubes, index, places):
    """Evaluated positions and voltages of the strands' points, or of the tubes' rings."""
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    data = geometry.mesh if tubes else geometry.curves
    positions = np.empty(len(data.attributes["position"].data) * 3, np.float32)
    data.attributes["position"].data.foreach_get("vector", positions)
    found = np.empty(len(positions) // 3, np.float32)
    data.attributes["voltage"].data.foreach_get("value", found)
    positions = positions.reshape(-1, 3)
    if not tubes:
        return positions, found
    of_points = np.empty(len(found), np.int32)
    data.attributes["strand_point"].data.foreach_get("value", of_points)
    rings = found.reshape(-1, RING)
    assert (rings == rings[:, :1]).all()
    centers, of_points = positions.reshape(-1, RING, 3).mean(axis=1), of_points[::RING]
    # Round ends have rings of the same points, with the same values.
    own = np.empty(len(index), int)
    for number, (point, place) in enumerate(zip(index, places, strict=True)):
        candidates = np.flatnonzero(of_points == point)
        if not len(candidates):
            # A line that goes on from another one has that one's last ring.
            candidates = np.flatnonzero(np.linalg.norm(centers - place, axis=1) < 1e-3)
        assert np.ptp(rings[candidates, 0]) == 0
        own[number] = candidates[np.linalg.norm(centers[candidates] - place, axis=1).argmin()]
    return centers[own], rings[own, 0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("style", "inputs"),
    [
        ("STRANDS", {}),
        ("STRANDS", {"Soma": "As Recorded", "Homogeneity": 0.7, "Thickness": 2.0}),
        ("TUBES", {}),
    ],
)
def test_voltages_are_those_of_the_file(bpy, tmp_path, style, inputs):
    """20 random times, whole frames and between them, at 200 random points."""
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    rng = np.random.default_rng(3)
    sim = read(write(tmp_path / "tree.pickle", simulation(tree(rng), 40, seed=3)))
    bpy.ops.blender_spike.import_simulation(
        filepath=str(tmp_path / "tree.pickle"), style=style, um_per_unit=1, center=False
    )
    neuron = bpy.context.object
    exact = {"Tube Resolution": RING, "Tube Smoothing": 0.0, "Strand Smoothing": 0.0}
    set_inputs(find_modifier(neuron), {**exact, **inputs})
    tubes = style == "TUBES"
    index, places, sections, begins = points_of(neuron, with_soma=not tubes)
    chosen = rng.choice(len(places), POINTS, replace=False)
    referee = Referee(sim)
    shares = np.array([referee.shares(sections[i], places[i], begins[i]) for i in chosen])
    times = np.r_[rng.integers(0, 40, 6), rng.uniform(-2, 42, 14)]
    for frame in times:
        whole = int(np.floor(frame))
        bpy.context.scene.frame_set(whole, subframe=frame - whole)
        positions, found = drawn(bpy, neuron, tubes, index, places)
        np.testing.assert_allclose(positions[chosen], places[chosen], atol=1e-3)
        known = shares @ sample_at(sim, frame * 0.1)
        np.testing.assert_allclose(found[chosen], known, atol=TOLERANCE_MV)
