# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands beside a cut: the wireframe twin, the cap, the profile, and the sweep."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.cut_scene import BLUE, RED, flat_scene, pixel_centers
from helpers.pictures import read_pixels


def hill(x, y):
    return np.exp(-((x - 0.4) ** 2) - 1.5 * (y + 0.3) ** 2)


@pytest.fixture
def surface(bpy):
    """A hill on a grid of 4 x 4 units that a modifier scales, moved and turned."""
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=50, y_subdivisions=40, size=4)
    thing = bpy.context.object
    mesh = thing.data
    positions = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.attributes["position"].data.foreach_get("vector", positions)
    points = positions.reshape(-1, 3)
    points[:, 2] = hill(points[:, 0], points[:, 1])
    mesh.attributes["position"].data.foreach_set("vector", positions)
    mesh.update()
    thing.location, thing.rotation_euler = (0.3, -0.2, 0.5), (0.1, 0.0, 0.4)
    return thing


def points_of(bpy, thing, kind):
    """Points of what an object is drawn as, in world space."""
    bpy.context.view_layer.update()
    geometry = thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    data = getattr(geometry, kind)
    if data is None:
        return np.empty((0, 3))
    attribute = data.attributes["position"].data
    local = np.empty(len(attribute) * 3, np.float32)
    attribute.foreach_get("vector", local)
    matrix = np.array(thing.matrix_world)
    return local.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]


def to_local(thing, points):
    inverse = np.linalg.inv(np.array(thing.matrix_world))
    return points @ inverse[:3, :3].T + inverse[:3, 3]


def line_of(bpy, thing):
    """The curve of a profile itself, without its thickness."""
    from surface_slicer.common.nodes.modifiers import set_inputs

    set_inputs(thing.modifiers[0], {"Thickness": 0.0})
    bpy.context.view_layer.update()
    geometry = thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    counts = [len(curve.points) for curve in geometry.curves.curves]
    return points_of(bpy, thing, "curves"), counts


@pytest.mark.parametrize("moved", [False, True])
def test_profile_is_the_section_of_the_surface(bpy, surface, moved):
    """One unbroken line, on the cut and on the surface's triangles; it follows all of them."""
    from surface_slicer.slicer.profile import add_profile
    from surface_slicer.slicer.slicer import slice_objects

    slicer = slice_objects(bpy.context, [surface]).slicer
    profile = add_profile(bpy.context, surface, slicer)
    profile.location = (5, 6, 7)  # its own place does not matter
    if moved:
        slicer.location.x += 0.55
        slicer.rotation_euler.z += 0.3
        surface.modifiers.new("More", "SIMPLE_DEFORM").deform_method = "TAPER"
        surface.scale.z = 1.5
        surface.modifiers.clear()
    points, counts = line_of(bpy, profile)
    assert len(counts) == 1 and counts[0] > 60
    assert np.abs(to_local(slicer, points)[:, 2]).max() < 1e-5
    on_surface = to_local(surface, points)
    error = np.abs(on_surface[:, 2] - hill(on_surface[:, 0], on_surface[:, 1]))
    # A grid of 0.1 units is flat between its vertices.
    assert error.max() < 0.01
    ends = np.abs(on_surface[[0, -1], :2]).max(axis=1)
    np.testing.assert_allclose(ends, 2.0, atol=1e-5)


def test_graph_is_height_over_the_way(bpy, surface):
    """Cut along y at x = 0.25: the graph's x is y, and its z the height."""
    from surface_slicer.slicer.profile import add_profile
    from surface_slicer.slicer.slicer import slice_objects

    surface.rotation_euler = (0, 0, 0)
    slicer = slice_objects(bpy.context, [surface]).slicer
    slicer.location.x = surface.location.x + 0.25
    graph = add_profile(bpy.context, surface, slicer, graph=True)
    points, _ = line_of(bpy, graph)
    local = to_local(graph, points)
    np.testing.assert_allclose(local[:, 1], 0, atol=1e-5)
    np.testing.assert_allclose(local[:, 2], hill(0.25, local[:, 0]), atol=0.005)
    assert local[:, 0].min() == pytest.approx(-2) and local[:, 0].max() == pytest.approx(2)
    # Upright behind the surface, seen from where the arrow points.
    assert points[:, 0].max() < surface.location.x - 2


def test_wires_lie_on_lines_of_the_grid(bpy, surface):
    """Each fifth line and the last one, in both directions, at any number of rows and columns."""
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.slicer.twin import add_wireframe_twin

    slice_objects(bpy.context, [surface])
    twin = add_wireframe_twin(bpy.context, surface, draw="Lines")
    set_inputs(twin.modifiers[0], {"Every": 5, "Thickness": 1e-4})
    points = points_of(bpy, twin, "mesh")
    local = to_local(surface, points)
    steps = {0: 4 / 50, 1: 4 / 40}
    off = np.full(len(local), np.inf)
    for axis, step in steps.items():
        index = (local[:, axis] + 2) / step
        off = np.minimum(off, np.abs(index / 5 - np.round(index / 5)) * 5 * step)
    assert off.max() < 1e-3
    for axis, step in steps.items():
        lines = np.unique(np.round((local[:, axis] + 2) / step).astype(int))
        # Vertices of all lines of one direction lie on every line of the other.
        assert lines.min() == 0 and lines.max() == round(4 / step)
    assert len(points) > 5 * (9 * 40 + 11 * 50)


def test_wires_are_seen_where_the_surface_is_not(bpy, tmp_path):
    """Red and transparent on one side, wires on the other, for one slicer and for two."""
    from surface_slicer.common.cut.slicer_group import set_settings, slicer_group
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.slicer.twin import add_wireframe_twin

    scene, square = flat_scene(bpy)
    slicer = slice_objects(bpy.context, [square]).slicer
    twin = add_wireframe_twin(bpy.context, square, color=(0, 1, 0), draw="Lines")
    # So thick that they fill the square.
    set_inputs(twin.modifiers[0], {"Thickness": 6.0})
    set_settings(slicer_group(slicer), {"Line Width": 0.0})
    scene.render.filepath = str(tmp_path / "picture.png")

    def check(away):
        bpy.ops.render.render(write_still=True)
        pixels = read_pixels(tmp_path / "picture.png")
        wires = (pixels[..., 1] > 200) & (pixels[..., 0] < 50)
        assert wires[away].mean() > 0.95
        square.hide_render = True
        bpy.ops.render.render(write_still=True)
        alone = read_pixels(tmp_path / "picture.png")
        square.hide_render = False
        assert (alone[~away] == BLUE).all()
        twin.hide_render = True
        bpy.ops.render.render(write_still=True)
        alone = read_pixels(tmp_path / "picture.png")
        twin.hide_render = False
        assert (alone[away] == BLUE).all() and (alone[~away] == RED).all()

    places = pixel_centers()
    x, y = places[..., 0], places[..., 1]
    check(x > 0)
    second = slice_objects(bpy.context, [square], axis="Y").slicer
    set_settings(slicer_group(second), {"Line Width": 0.0})
    check((x > 0) | (y > 0))


@pytest.mark.parametrize("shape", ["Plane", "Box", "Sphere"])
def test_cap_fills_the_cut(bpy, shape):
    """Its area is that of the section, and all of it lies on the cut and inside the object."""
    from surface_slicer.slicer.cap import add_cap
    from surface_slicer.slicer.slicer import set_shape, slice_objects

    bpy.ops.mesh.primitive_cube_add(size=2, location=(1, 0, 0), rotation=(0, 0, 0.3))
    cube = bpy.context.object
    slicer = slice_objects(bpy.context, [cube]).slicer
    slicer.location, slicer.rotation_euler = (1, 0, 0.4), (0, 0, 0)
    cap = add_cap(bpy.context, cube, slicer)
    set_shape(slicer, shape)
    slicer.scale = (0.5, 0.5, 0.3) if shape != "Plane" else (2, 2, 2)
    points = points_of(bpy, cap, "mesh")
    geometry = cap.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    # The mesh is in the scene's units, since the cap's object stands at its origin.
    area = sum(face.area for face in geometry.mesh.polygons)
    local = to_local(slicer, points)
    # Of an oblate spheroid with the half-axes 0.5 and 0.3, whose eccentricity is 0.8.
    spheroid = 2 * np.pi * 0.5**2 * (1 + (1 - 0.8**2) / 0.8 * np.arctanh(0.8))
    expected, distance = {
        "Plane": (4.0, local[:, 2]),
        "Box": (2 * 1.0 + 4 * 0.6, np.abs(local).max(axis=1) - 1),
        "Sphere": (spheroid, np.linalg.norm(local, axis=1) - 1),
    }[shape]
    assert np.abs(distance).max() < 1e-4
    # The oblate ball is made of faces.
    assert area == pytest.approx(expected, rel=0.01 if shape == "Sphere" else 1e-5)
    assert np.abs(to_local(cube, points)).max() < 1 + 1e-5


def test_open_objects_have_no_cap(bpy, surface):
    """A clear word instead of a wrong cap."""
    from surface_slicer.slicer.cap import add_cap
    from surface_slicer.slicer.slicer import slice_objects

    slicer = slice_objects(bpy.context, [surface]).slicer
    with pytest.raises(ValueError, match="'Grid' is open: 180 of its edges"):
        add_cap(bpy.context, surface, slicer)


@pytest.mark.parametrize("back", [False, True])
def test_sweep_goes_through_everything(bpy, surface, back):
    """From where nothing is cut to where all is; a turned, scaled parent does not matter."""
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.slicer.sweep import animate_sweep

    bpy.ops.mesh.primitive_cube_add(location=(3, 1, 0))
    objects = [surface, bpy.context.object]
    slicer = slice_objects(bpy.context, objects).slicer
    parent = bpy.data.objects.new("parent", None)
    bpy.context.collection.objects.link(parent)
    parent.location, parent.rotation_euler, parent.scale = (1, 2, 3), (0.2, 0.3, 0.4), (2, 2, 2)
    slicer.parent = parent
    bpy.context.view_layer.update()
    turn = np.array(slicer.matrix_world)[:3, :3]
    animate_sweep(bpy.context, slicer, 10, 60, easing="SINE", back=back)
    corners = np.concatenate(
        [np.array(thing.bound_box) @ np.array(thing.matrix_world)[:3, :3].T + thing.location
         for thing in objects]
    )  # fmt: skip

    def cut_parts():
        parts = []
        for frame in range(10, 61, 5):
            bpy.context.scene.frame_set(frame)
            np.testing.assert_allclose(np.array(slicer.matrix_world)[:3, :3], turn, atol=1e-5)
            parts.append((to_local(slicer, corners)[:, 2] > 0).mean())
        return parts

    parts = cut_parts()
    assert parts[0] == 0 and max(parts) == 1
    assert parts[5 if back else -1] == 1 and parts[-1] == (0 if back else 1)
    animate_sweep(bpy.context, slicer, 10, 60, reverse=True)
    parts = cut_parts()
    assert parts[0] == 1 and parts[-1] == 0


def test_sweep_needs_something_to_cut(bpy):
    """And a sweep needs time."""
    from surface_slicer.slicer.slicer import add_slicer, slice_objects
    from surface_slicer.slicer.sweep import animate_sweep

    slicer = add_slicer(bpy.context)
    with pytest.raises(ValueError, match="'Slicer' cuts nothing"):
        animate_sweep(bpy.context, slicer, 1, 10)
    bpy.ops.mesh.primitive_cube_add()
    slice_objects(bpy.context, [bpy.context.object], slicer)
    with pytest.raises(ValueError, match="Frames 10 to 10"):
        animate_sweep(bpy.context, slicer, 10, 10)


def test_they_go_with_the_cut(bpy, surface):
    """Removing the slicing removes them, their meshes, materials, groups and the keyframes."""
    from surface_slicer.slicer.profile import add_profile
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects
    from surface_slicer.slicer.sweep import animate_sweep
    from surface_slicer.slicer.twin import add_wireframe_twin

    kinds = ("objects", "meshes", "materials", "node_groups", "actions")

    def names():
        return {kind: [b.name for b in getattr(bpy.data, kind)] for kind in kinds}

    before = names()
    slicer = slice_objects(bpy.context, [surface]).slicer
    add_wireframe_twin(bpy.context, surface)
    other = slice_objects(bpy.context, [surface], axis="Y").slicer
    for one in (slicer, other):
        add_profile(bpy.context, surface, one)
        add_profile(bpy.context, surface, one, graph=True)
        animate_sweep(bpy.context, one, 1, 9)
    remove_slicing(bpy.context, [surface], other)
    assert {"Grid Wireframe", "Grid Profile", "Grid Graph", "Slicer"} < set(names()["objects"])
    remove_slicing(bpy.context, [surface])
    assert names() == before


def test_cap_and_profile_need_a_slicer(bpy, surface):
    """Found through what is selected, whatever is active; a deleted one is a reason to refuse."""
    bpy.ops.surface_slicer.slice_objects()
    bpy.ops.mesh.primitive_cube_add()
    surface.select_set(True)
    assert bpy.context.object != surface
    assert bpy.ops.surface_slicer.add_profile() == {"FINISHED"}
    bpy.ops.object.select_all(action="DESELECT")
    surface.select_set(True)
    bpy.context.view_layer.objects.active = surface
    bpy.data.objects.remove(bpy.data.objects["Slicer"])
    for operator in (bpy.ops.surface_slicer.add_profile, bpy.ops.surface_slicer.add_cap):
        with pytest.raises(RuntimeError, match="The slicer was deleted"):
            operator()
    bpy.ops.surface_slicer.add_wireframe_twin()


def twin_material(twin):
    from surface_slicer.common.nodes.modifiers import input_value

    return input_value(twin.modifiers[0], "Material").value


def test_a_twin_without_or_with_another_material(bpy, surface):
    """It is cut all the same, where its source has lost its material or got one that is whole."""
    from surface_slicer.common.cut.materials import cuts_of
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects
    from surface_slicer.slicer.twin import add_wireframe_twin

    for materials in ([], [bpy.data.materials.new("whole")]):
        slice_objects(bpy.context, [surface])
        surface.data.materials.clear()
        for material in materials:
            surface.data.materials.append(material)
        twin = add_wireframe_twin(bpy.context, surface)
        assert len(cuts_of(twin_material(twin))) == 1
        remove_slicing(bpy.context, [surface])
        assert [thing.name for thing in bpy.data.objects] == [surface.name]


def test_companions_with_other_modifiers_or_none(bpy, surface):
    """A modifier on top changes nothing; what somebody converted is an object of its own."""
    from surface_slicer.common.cut.slicer_group import slicer_groups
    from surface_slicer.slicer.profile import add_profile
    from surface_slicer.slicer.slicer import remove_slicing, set_shape, slice_objects, slicers_of
    from surface_slicer.slicer.twin import add_wireframe_twin

    slicer = slice_objects(bpy.context, [surface]).slicer
    twin = add_wireframe_twin(bpy.context, surface)
    profile = add_profile(bpy.context, surface, slicer)
    profile.modifiers.new("On Top", "SIMPLE_DEFORM")
    profile.modifiers.move(1, 0)
    bpy.ops.object.select_all(action="DESELECT")
    twin.select_set(True)
    bpy.context.view_layer.objects.active = twin
    bpy.ops.object.convert(target="MESH")
    assert not twin.modifiers
    set_shape(slicer, "Sphere")
    assert profile.modifiers[1].properties.inputs.Socket_2.value == "Sphere"
    second = slice_objects(bpy.context, [surface]).slicer
    assert add_wireframe_twin(bpy.context, surface) != twin
    remove_slicing(bpy.context, [surface], second)
    remove_slicing(bpy.context, [surface, twin])
    assert {thing.name for thing in bpy.data.objects} == {surface.name, twin.name}
    assert not slicers_of(twin) and not slicer_groups()


def test_a_sweep_needs_an_arrow(bpy, surface):
    """A scale of 0 leaves none."""
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.slicer.sweep import animate_sweep

    slicer = slice_objects(bpy.context, [surface]).slicer
    slicer.scale = (1, 1, 0)
    bpy.context.view_layer.update()
    with pytest.raises(ValueError, match="'Slicer' has a scale of 0, so it has no arrow"):
        animate_sweep(bpy.context, slicer, 1, 20)
    assert slicer.animation_data is None
