# SPDX-License-Identifier: GPL-3.0-or-later
"""Tubes: round where they end and meet, and near the recorded points."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import write

UM = 0.01
CORNERS = 12


def load(bpy, tmp_path, sections, **settings):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    path = str(write(tmp_path / "cell.pickle", simulation(sections)))
    bpy.ops.blender_spike.import_simulation(
        filepath=path, style="TUBES", um_per_unit=1 / UM, center=False
    )
    neuron = bpy.context.object
    set_inputs(find_modifier(neuron), {"Tube Resolution": CORNERS, **settings})
    bpy.context.scene.frame_set(3)
    return neuron


def evaluated(bpy, neuron):
    return neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()


def column(data, name, kind="value", width=1, dtype=np.float32):
    found = np.empty(len(data.attributes[name].data) * width, dtype)
    data.attributes[name].data.foreach_get(kind, found)
    return found.reshape(-1, width) if width > 1 else found


def vertices_um(bpy, neuron):
    geometry = evaluated(bpy, neuron)
    return column(geometry.mesh, "position", "vector", 3) / UM


def line(*points, **more):
    return {"points": [list(point) for point in points], "nseg": 2, **more}


@pytest.mark.slow
def test_ends_are_half_balls(bpy, tmp_path):
    """Nearly a radius beyond the last point, and nowhere wider than the ball."""
    um = vertices_um(bpy, load(bpy, tmp_path, [line((0, 0, 0, 4), (50, 0, 0, 4))]))
    assert -2 < um[:, 0].min() < -1.8 and 51.8 < um[:, 0].max() < 52
    for end, way in ((0, -1), (50, 1)):
        cap = um[(um[:, 0] - end) * way > 1e-3]
        assert len(cap) == 3 * CORNERS
        away = np.linalg.norm(cap - [end, 0, 0], axis=1)
        assert away == pytest.approx(2, abs=1e-3)


@pytest.mark.slow
def test_a_start_within_its_parent_stays_flat(bpy, tmp_path):
    """It costs no vertices; one that is thicker, or whose parent is hidden, is round."""
    parent = line((0, 0, 0, 4), (50, 0, 0, 4))

    def beyond(diameter, **settings):
        """How far vertices reach past the joint, away from the child."""
        child = line((25, 0, 0, diameter), (25, 30, 0, 1), parent=0, parent_x=0.5, type="apic")
        neuron = load(bpy, tmp_path, [parent, child], **settings)
        um = vertices_um(bpy, neuron)
        return -um[np.abs(um[:, 0] - 25) < diameter, 1].min(initial=0)

    assert beyond(3) == pytest.approx(0, abs=0.05)
    assert beyond(6) > 2.8
    assert beyond(3, **{"Show Dendrites": False}) > 1.4


_TRUNK = [
    line((0, 0, 0, 4), (0, 50, 0, 4)),
    line((0, 50, 0, 4), (30, 90, 0, 4), parent=0),
    line((30, 90, 0, 4), (30, 150, 0, 4), parent=1),
]


def pieces(mesh):
    """How many closed surfaces a mesh without handles has."""
    return (len(mesh.vertices) - len(mesh.edges) + len(mesh.polygons)) // 2


@pytest.mark.slow
def test_a_trunk_is_one_tube(bpy, tmp_path):
    """With the values of all its sections; what is hidden, deleted or joined to it is apart."""
    neuron = load(bpy, tmp_path, _TRUNK)
    geometry = evaluated(bpy, neuron)
    mesh = geometry.mesh
    assert pieces(mesh) == 1
    strand = column(neuron.data, "position", "vector", 3) / UM
    of_point = column(mesh, "strand_point", dtype=np.int32)
    away = np.linalg.norm(column(mesh, "position", "vector", 3) / UM - strand[of_point], axis=1)
    assert away.max() < 2.3, "each vertex has the value of the point that it is around"
    assert set(of_point) == set(range(len(strand))) - {4, 8}, "but no point is there twice"
    bpy.ops.object.duplicate()
    copy = bpy.context.object
    copy.location.x = 1.0
    neuron.select_set(True)
    bpy.ops.object.join()
    both = evaluated(bpy, copy)
    assert pieces(both.mesh) == 2


@pytest.mark.slow
def test_a_trunk_of_which_a_part_was_deleted_leaves_a_gap(bpy, tmp_path):
    neuron = load(bpy, tmp_path, _TRUNK)
    neuron.data.remove_curves(indices=[1])
    neuron.data.update_tag()
    geometry = evaluated(bpy, neuron)
    mesh = geometry.mesh
    assert pieces(mesh) == 2
    y = column(mesh, "position", "vector", 3)[:, 1] / UM
    assert not ((y > 53) & (y < 87)).any()


@pytest.mark.slow
def test_thick_tubes_do_not_pinch(bpy, tmp_path):
    """Smoothing takes the kinks out of them, and what was recorded stays inside."""
    x = np.arange(0, 100, 4.0)
    aside = np.where(np.arange(len(x)) % 2, 0.9, -0.9)
    aside[[0, -1]] = 0
    points = np.stack([x, aside, 0 * x, np.full(len(x), 2.0)], 1).tolist()

    def kinks(**settings):
        """How far the middles of rings lie off the line through the kinks, away from its ends."""
        neuron = load(bpy, tmp_path, [{"points": points, "nseg": 5}], Thickness=4.0, **settings)
        geometry = evaluated(bpy, neuron)
        um = column(geometry.mesh, "position", "vector", 3) / UM
        of_point = column(geometry.mesh, "strand_point", dtype=np.int32)
        inner = range(3, of_point.max() - 2)
        return max(abs(um[of_point == point, 1].mean()) for point in inner)

    assert kinks() < 0.6
    assert kinks(**{"Tube Smoothing": 0.0}) == pytest.approx(0.9, abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize(("smoothing", "most"), [(0.0, 0.0), (0.2, 0.2), (1.0, 1.0)])
def test_smoothing_stays_near_the_recorded_points(bpy, tmp_path, smoothing, most):
    """By default within 0.2 µm; ends, where others join, do not move."""
    rng = np.random.default_rng(2)
    x = np.arange(0, 200, 4.0)
    points = np.stack([x, *rng.uniform(-1, 1, (2, len(x))), np.full(len(x), 2.0)], 1)
    settings = {} if smoothing == 0.2 else {"Tube Smoothing": smoothing}
    neuron = load(bpy, tmp_path, [{"points": points.tolist(), "nseg": 5}], **settings)
    strand = column(neuron.data, "position", "vector", 3) / UM
    geometry = evaluated(bpy, neuron)
    um = column(geometry.mesh, "position", "vector", 3) / UM
    of_point = column(geometry.mesh, "strand_point", dtype=np.int32)
    centers = um.reshape(-1, CORNERS, 3).mean(axis=1)
    point = of_point[::CORNERS]
    inside = (point > 0) & (point < len(strand) - 1)
    moved = np.linalg.norm(centers[inside] - strand[point[inside]], axis=1)
    assert len(moved) == len(strand) - 2
    assert moved.max() == pytest.approx(most, abs=1e-3) or moved.max() < most
    assert (moved.max() > 0.15) == (smoothing > 0)
    for end in (0, len(strand) - 1):
        distances = np.linalg.norm(centers[point == end] - strand[end], axis=1)
        assert distances.min() < 1e-3


@pytest.mark.slow
def test_somata_as_recorded_have_more_corners(bpy, tmp_path):
    round_ = load(bpy, tmp_path, branched(), Soma="As Recorded")
    mesh = evaluated(bpy, round_)
    section = column(mesh.mesh, "section", dtype=np.int32)
    counts = np.bincount(section)
    assert counts[0] % (4 * CORNERS) == 0 and (counts[1:] % CORNERS == 0).all()


@pytest.mark.slow
def test_lines_that_are_closed_stay_closed(bpy, tmp_path):
    """A loop that was joined to a neuron has no ends."""
    neuron = load(bpy, tmp_path, [line((0, 0, 0, 4), (50, 0, 0, 4))])
    curves = neuron.data
    curves.add_curves([4])
    places = np.array([[1, 0, 0], [2, 0, 0], [2, 1, 0], [1, 1, 0]], np.float32)
    positions = column(curves, "position", "vector", 3)
    positions[-4:] = places
    curves.attributes["position"].data.foreach_set("vector", positions.ravel())
    for name, domain, kind, value in (("radius", "POINT", "FLOAT", 0.1),
                                      ("cyclic", "CURVE", "BOOLEAN", True)):  # fmt: skip
        attribute = curves.attributes.get(name) or curves.attributes.new(name, kind, domain)
        values = [one.value for one in attribute.data]
        last = 4 if domain == "POINT" else 1
        attribute.data.foreach_set("value", [*values[:-last], *[value] * last])
    curves.set_types(type="POLY")
    neuron.data.update_tag()
    geometry = evaluated(bpy, neuron)
    mesh = geometry.mesh
    points = column(mesh, "position", "vector", 3)
    loop = points[:, 0] > 0.7
    assert loop.sum() == 4 * CORNERS
    edges = column(mesh, ".edge_verts", width=2, dtype=np.int32)
    uses = np.bincount(column(mesh, ".corner_edge", dtype=np.int32), minlength=len(edges))
    assert (uses[loop[edges].all(axis=1)] == 2).all()
    assert len(points) - len(edges) + len(mesh.polygons) == 2, "a ball and a ring"
