# SPDX-License-Identifier: GPL-3.0-or-later
"""Points and values along the curves, against a plain reading of the definition."""

from __future__ import annotations

import numpy as np
import pytest
from blender_spike.cells import morphology
from blender_spike.cells.morphology import Role, Strands, center_um, section_radii_um, strands
from helpers.simulations import branched, simulation

from spike_export.edit.merge import merge


def curve(lines: Strands, index: int) -> slice:
    ends = np.cumsum(lines.point_counts)
    return slice(ends[index] - lines.point_counts[index], ends[index])


def test_segments_lie_at_their_arc_length():
    """Segment k of n is at (k + 0.5) / n of the arc length, wherever the points are."""
    points = [[0, 0, 0, 2], [1, 0, 0, 2], [100, 0, 0, 4]]
    lines = strands(simulation([{"points": points, "nseg": 4}]))
    x = lines.positions_um[:, 0]
    assert x.tolist() == pytest.approx([0, 1, 12.5, 37.5, 62.5, 87.5, 100])
    values = np.array([10.0, 20.0, 30.0, 40.0])
    mixed = (1 - lines.weight_b) * values[lines.segment_a] + lines.weight_b * values[
        lines.segment_b
    ]
    assert mixed.tolist() == pytest.approx([10, 10, 10, 20, 30, 40, 40])
    assert lines.radii_um[[0, -1]].tolist() == pytest.approx([1, 2])
    assert lines.radii_um[4] == pytest.approx((1 + 61.5 / 99), rel=1e-6)


def test_values_follow_arc_length_on_a_bent_section():
    """Every point's mix is linear interpolation between segment centers along the arc."""
    rng = np.random.default_rng(1)
    points = np.c_[np.cumsum(rng.normal(size=(30, 3)) * 5, axis=0), np.ones(30)]
    sim = simulation([{"points": points, "nseg": 9}])
    lines = strands(sim)
    arc = np.r_[0, np.cumsum(np.linalg.norm(np.diff(lines.positions_um, axis=0), axis=1))]
    centers = (np.arange(9) + 0.5) / 9 * arc[-1]
    expected = np.interp(arc, centers, sim.values[0])
    found = (1 - lines.weight_b) * sim.values[0][lines.segment_a] + lines.weight_b * sim.values[0][
        lines.segment_b
    ]
    # Points and centers lie on the same polyline, so its arc length is the section's.
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_children_begin_on_their_parents():
    """No gap at any joint: a child's first point is on its parent's line."""
    lines = strands(simulation(branched()))
    parent = lines.positions_um[curve(lines, 1)]
    for child in (2, 3):
        first = lines.positions_um[curve(lines, child)][0]
        assert np.linalg.norm(parent - first, axis=1).min() < 1e-4
    soma_center = lines.positions_um[curve(lines, 4)][0]
    np.testing.assert_allclose(lines.positions_um[curve(lines, 1)][0], soma_center, atol=1e-6)


def test_a_trunk_goes_on_past_its_branches():
    """In the child of its own thickness; neither in thin ones, nor backward, nor in other types."""
    trunk = {"points": [[0, 0, 0, 4], [0, 50, 0, 4]], "nseg": 2}
    # As in many tracings, its first diameter is that of the trunk.
    thin = {"points": [[0, 50, 0, 4], [1, 60, 0, 1], [2, 99, 0, 1]], "parent": 0}
    thick = {"points": [[0, 50, 0, 4], [30, 90, 0, 4]], "parent": 0}
    last = {"points": [[30, 90, 0, 4], [30, 150, 0, 3]], "parent": 2}
    lines = strands(simulation([trunk, thin, thick, last]))
    assert lines.chain_place.tolist() == [0, 0, 1, 2]
    firsts = np.cumsum(lines.point_counts) - lines.point_counts
    assert (firsts - lines.chain_back).tolist() == [0, firsts[1], 0, 0]
    back = thick | {"points": [[0, 50, 0, 4], [1, 10, 0, 4]]}
    halfway = thick | {"points": [[0, 25, 0, 4], [30, 90, 0, 4]], "parent_x": 0.5}
    for other in (thick | {"type": "apic"}, back, halfway):
        assert strands(simulation([trunk, other])).chain_place.tolist() == [0, 0]


def test_values_pass_joints_without_a_step():
    """A child's first point has its parent's value, and from there it runs to its own."""
    sim = simulation(branched())
    lines = strands(sim)
    value = (1 - lines.weight_b) * sim.values[0][lines.segment_a] + lines.weight_b * sim.values[0][
        lines.segment_b
    ]
    assert value[curve(lines, 2)][0] == pytest.approx(value[curve(lines, 1)][-1])
    # The dendrite is attached to the soma's middle segment.
    assert value[curve(lines, 1)][0] == pytest.approx(sim.values[0][1])


def test_sections_attached_to_a_beginning_take_the_value_from_there():
    """A child at x = 0 of a child is, electrically, a child of the grandparent."""
    sections = branched()
    sections[3]["parent"], sections[3]["parent_x"] = 1, 0.0
    sim = simulation(sections)
    lines = strands(sim)
    first = curve(lines, 3).start
    assert (lines.segment_a[first], lines.weight_b[first]) == (1, 0)


def test_soma_becomes_a_sphere_of_its_own_area():
    """A cylinder of 20 x 20 µm has the area of a sphere of the same diameter."""
    lines = strands(simulation(branched()))
    sphere = curve(lines, 4)
    assert lines.roles.tolist() == [Role.SOMA_AS_RECORDED, *[Role.NEURITE] * 3, Role.SOMA_SPHERE]
    assert lines.radii_um[sphere].tolist() == pytest.approx([10.0])
    np.testing.assert_allclose(lines.positions_um[sphere], [[0, 0, 0]], atol=1e-9)


def test_connected_soma_sections_share_one_sphere():
    """Two halves of a soma make the sphere of the whole."""
    halves = [
        {"type": "soma", "points": [[-10, 0, 0, 20], [0, 0, 0, 20]]},
        {"type": "soma", "points": [[0, 0, 0, 20], [10, 0, 0, 20]], "parent": 0},
        {"points": [[10, 0, 0, 1], [50, 0, 0, 1]], "parent": 1},
    ]
    lines = strands(simulation(halves))
    spheres = np.flatnonzero(lines.roles == Role.SOMA_SPHERE)
    assert spheres.size == 1
    assert lines.radii_um[curve(lines, int(spheres[0]))].tolist() == pytest.approx([10.0])


def test_soma_area_is_neurons_own():
    """NEURON's area of the demo cell's soma, a stack of very different discs."""
    pytest.importorskip("neuron")
    from neuron import h

    from spike_export.models import demo_neuron

    sim = demo_neuron.simulate(tstop_ms=0.1)
    lines = strands(sim)
    radius = lines.radii_um[-1]
    assert lines.roles[-1] == Role.SOMA_SPHERE
    assert 4 * np.pi * radius**2 == pytest.approx(sum(seg.area() for seg in h.soma), rel=1e-5)


def test_point_cells_are_spheres():
    """A section of one point is a cell without shape."""
    sim = simulation([{"points": [[1, 2, 3, 12]], "nseg": 1}, {"points": [[9, 9, 9, 6]]}])
    lines = strands(sim)
    assert lines.roles.tolist() == [Role.POINT_CELL] * 2
    assert lines.radii_um.tolist() == [6, 3]
    assert lines.segment_a.tolist() == lines.segment_b.tolist() == [0, 1]


def test_repeated_points_are_dropped_but_ends_stay():
    """EEVEE draws gaps at coincident points."""
    points = [[0, 0, 0, 1], [0, 0, 0, 1], [5, 0, 0, 1], [5, 0, 0, 1], [10, 0, 0, 1], [10, 0, 0, 1]]
    lines = strands(simulation([{"points": points, "nseg": 1}]))
    assert lines.positions_um[:, 0].tolist() == pytest.approx([0, 5, 10])


def test_center_is_the_somas():
    """With a soma, its center; without one, the middle of everything."""
    sim = simulation(branched())
    np.testing.assert_allclose(center_um(sim, strands(sim)), [0, 0, 0], atol=1e-9)
    bare = simulation([{"points": [[0, 0, 0, 1], [10, 20, 40, 1]]}])
    np.testing.assert_allclose(center_um(bare, strands(bare)), [5, 10, 20])


def test_cells_in_parts_are_laid_out_as_all_at_once(monkeypatch):
    """Large files are laid out a few cells at a time: somata, points and attachments included."""
    cells = [simulation(branched()) for _ in range(4)]
    cells.insert(2, simulation([{"points": [[1, 2, 3, 12]], "nseg": 1}]))
    for at, cell in enumerate(cells):
        cell.points_um[:, :3] += 100 * at
    sim = merge(cells)
    whole, radii = strands(sim), section_radii_um(sim)
    monkeypatch.setattr(morphology, "_POINTS_AT_ONCE", 10)
    assert len(list(morphology._runs_of_cells(sim))) == 4
    parts = strands(sim)
    for name in Strands.__slots__:
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), 0, 1e-9, True, name)
    np.testing.assert_allclose(section_radii_um(sim), radii, 1e-12)
