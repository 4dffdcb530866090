# SPDX-License-Identifier: GPL-3.0-or-later
"""The wires of a twin: swept once or in each frame, of sections, and in the surface's colors."""

from __future__ import annotations

import tarfile

import numpy as np
import pytest
from helpers.cut_scene import BLUE, flat_scene, pixel_centers
from helpers.pictures import read_pixels
from tools.keep_scenes import SCENES


def evaluated(bpy, thing):
    """Positions of a mesh as drawn, and an attribute of it."""
    bpy.context.view_layer.update()
    geometry = thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    mesh = geometry.mesh
    positions = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.vertices.foreach_get("co", positions.ravel())
    values = {}
    for attribute in mesh.attributes:
        if attribute.data_type == "FLOAT" and attribute.domain == "POINT":
            values[attribute.name] = np.empty(len(positions), np.float32)
            attribute.data.foreach_get("value", values[attribute.name])
    return positions, values


@pytest.mark.parametrize("every", [1, 3, 8])
def test_rings_lie_around_lines_of_the_grid(every):
    """Each n-th line and the last one in both directions, also where cells are missing."""
    from surface_slicer.slicer.grid_wires import SIDES, grid_wires

    there = np.ones((20, 31), bool)
    there[4:9, 10] = False
    wires = grid_wires(there, every)
    row, column = np.divmod(wires.at[::SIDES], 31)
    on_row = (row % every == 0) | (row == 19)
    on_column = (column % every == 0) | (column == 30)
    assert (on_row | on_column).all() and there[row, column].all()
    # All points where lines cross, where there is a face.
    for r in {*range(0, 20, every), 19}:
        for c in {*range(0, 31, every), 30}:
            if not (2 < r < 10 and 8 < c < 12):
                assert ((row == r) & (column == c)).sum() >= 2
    other = np.divmod(wires.beside[::SIDES], 31)
    # The next point is on the same line, and not far.
    apart = abs(other[1] - column) + abs(other[0] - row)
    assert ((other[1] == column) ^ (other[0] == row)).all() and apart.max() <= every
    np.testing.assert_allclose(np.linalg.norm(wires.ring, axis=1), 1, rtol=1e-6)
    assert wires.quads.max() < len(wires.at) and len(np.unique(wires.quads)) == len(wires.at)
    assert not grid_wires(np.zeros((3, 3), bool), 1).at.size


def wave(frames, rows, columns):
    x, y = np.meshgrid(np.linspace(-2, 2, columns), np.linspace(-1, 1, rows))
    return np.stack([np.sin(2 * x + y - 0.5 * k).astype("f4") for k in range(frames)])


@pytest.mark.parametrize("moved", [False, True])
def test_swept_wires_are_those_made_in_each_frame(bpy, moved):
    """At a time between two samples: the same places, thickness and values, up to the chords."""
    from surface_slicer.arrays.source import array_field
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.slicer.twin import add_wireframe_twin
    from surface_slicer.surface.surface import add_surface
    from surface_slicer.surface.surface_color import color_surface

    surface = add_surface(bpy.context, array_field(wave(5, 81, 121), "wave"), size=(4.0, 0.0))
    color_surface(surface)
    if moved:
        surface.location, surface.rotation_euler = (1, 2, 3), (0.3, 0.2, 0.1)
    slice_objects(bpy.context, [surface])
    twin = add_wireframe_twin(bpy.context, surface, lines=30, width=0.02)
    bpy.context.scene.frame_set(3, subframe=0.5)
    fast, values = evaluated(bpy, twin)
    matrix = np.array(surface.matrix_world)
    local = (fast - matrix[:3, 3]) @ matrix[:3, :3]
    centers = local.reshape(-1, 5, 3).mean(axis=1)
    around = np.linalg.norm(local.reshape(-1, 5, 3) - centers[:, None], axis=2)
    # Stretched where the line is steep; the section across it is round.
    assert around.min() == pytest.approx(0.01, rel=1e-3)
    x, y = centers[:, 0], centers[:, 1]
    values_there = np.sin(2 * x - y / (4 / 3) - 0.5 * 2.5)
    # Between two samples it is their mean, a little lower than the wave.
    mean = np.cos(0.25) * values_there
    np.testing.assert_allclose(values["height"].reshape(-1, 5)[:, 0], mean, atol=1e-3)
    low = wave(5, 81, 121).min()
    high = wave(5, 81, 121).max()
    from surface_slicer.surface.lift import height_of

    height, midlevel = height_of(surface)
    lifted = ((mean - low) / (high - low) - midlevel) * height
    np.testing.assert_allclose(centers[:, 2], lifted, atol=1e-3)
    # Something else than was swept is made anew.
    before = len(fast)
    set_inputs(twin.modifiers[0], {"Every": 40})
    now, others = evaluated(bpy, twin)
    assert len(now) < before and "height" in others
    local = (now - matrix[:3, 3]) @ matrix[:3, :3]
    column = (local[:, 0] + 2) / 4 * 120
    row = (local[:, 1] + 4 / 3) / (8 / 3) * 80
    off = np.minimum(abs(column / 40 - np.round(column / 40)), abs(row / 40 - np.round(row / 40)))
    assert off.max() * 40 < 0.5


def test_wires_after_another_array(bpy):
    """As many values in other rows and columns: what was swept before does not fit."""
    from surface_slicer.arrays.source import array_field
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.slicer.twin import add_wireframe_twin
    from surface_slicer.surface.surface import add_surface, replace_heights

    surface = add_surface(bpy.context, array_field(wave(3, 21, 31), "wave"), size=(3.0, 2.0))
    slice_objects(bpy.context, [surface])
    twin = add_wireframe_twin(bpy.context, surface, lines=3, width=1e-3)
    bpy.context.scene.frame_set(2)
    swept, _ = evaluated(bpy, twin)
    replace_heights(surface, array_field(wave(3, 31, 21), "wave"))
    now, _ = evaluated(bpy, twin)
    column, row = (now[:, 0] + 1.5) / 3 * 20, (now[:, 1] + 1.0) / 2 * 30
    off = [abs(place / 10 - np.round(place / 10)) * 10 for place in (column, row)]
    assert np.minimum(*off).max() < 0.02
    assert add_wireframe_twin(bpy.context, surface, lines=3) == twin
    again, _ = evaluated(bpy, twin)
    assert len(again) != len(now) and len(again) == len(swept)


def test_twins_of_older_files(bpy, tmp_path):
    """They keep their look when a new one is made beside them, and nothing of them remains."""
    from surface_slicer.common.cut.slicer_group import SOURCE, empty_of, slicer_groups
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects
    from surface_slicer.slicer.twin import add_wireframe_twin, find_wires, shown_inputs

    with tarfile.open(SCENES / "0.1.0.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "surface_slicer.blend"))
    twin = next(thing for thing in bpy.data.objects if thing.name.endswith("Wireframe"))
    surface = SOURCE.of(twin)
    before, _ = evaluated(bpy, twin)
    assert [name for name, _ in shown_inputs(find_wires(surface))] == ["Thickness", "Every"]
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    slice_objects(bpy.context, [cube], empty_of(slicer_groups()[0]))
    add_wireframe_twin(bpy.context, cube)
    after, _ = evaluated(bpy, twin)
    np.testing.assert_array_equal(after, before)
    assert [name for name, _ in shown_inputs(find_wires(surface))][1:] == ["Draw", "Every"]
    remove_slicing(bpy.context, [surface, cube])
    assert [material.name for material in bpy.data.materials] == ["heights color"]
    assert not [group for group in bpy.data.node_groups if group.name.startswith("Slicer")]


def test_a_scaled_surface_keeps_the_width_of_its_wires(bpy):
    """Wires that were swept in the surface's own units would be three times as thick."""
    from surface_slicer.arrays.source import array_field
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.slicer.twin import add_wireframe_twin
    from surface_slicer.surface.surface import add_surface

    surface = add_surface(bpy.context, array_field(wave(3, 11, 11) * 0 + [[[0.0]]], "flat"))
    surface.scale = (3, 3, 3)
    slice_objects(bpy.context, [surface])
    twin = add_wireframe_twin(bpy.context, surface, lines=2, width=0.1)
    points, _ = evaluated(bpy, twin)
    assert np.ptp(points[:, 2]) < 0.11


@pytest.mark.parametrize("kind", ["ball", "cube"])
def test_sections_lie_on_planes_and_on_the_object(bpy, kind):
    """At equal distances along x, y and z, whatever the faces: large ones are crossed often."""
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.slicer.twin import add_wireframe_twin

    if kind == "ball":
        bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=5)
    else:
        bpy.ops.mesh.primitive_cube_add(size=2)
    thing = bpy.context.object
    thing.scale = (1, 1, 2)
    slice_objects(bpy.context, [thing])
    twin = add_wireframe_twin(bpy.context, thing)
    set_inputs(twin.modifiers[0], {"Spacing": 0.27, "Thickness": 1e-5})
    points, _ = evaluated(bpy, twin)
    off = abs(points / 0.27 - np.round(points / 0.27)) * 0.27
    assert off.min(axis=1).max() < 1e-4
    if kind == "ball":
        radius = np.linalg.norm(points / thing.scale, axis=1)
        assert radius.max() < 1 + 1e-4 and radius.min() > 0.998
    else:
        assert abs((abs(points) / thing.scale).max(axis=1) - 1).max() < 1e-4
    for axis, extent in enumerate((1, 1, 2)):
        level = np.round(points[off[:, axis] < 1e-4, axis] / 0.27)
        assert len(np.unique(level)) == 2 * int(extent / 0.27) + 1


def playing_ball(bpy):
    """A ball whose size is an input, with a value that plays and a part that is an instance."""
    from surface_slicer.common import nodes
    from surface_slicer.common.glow import glowing

    bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=4)
    ball = bpy.context.object
    material = glowing("played")
    with nodes.material(material) as tree:
        color = tree.add("ShaderNodeAttribute", attribute_name="level", attribute_type="GEOMETRY")
        light = tree.add("ShaderNodeEmission", {"Color": color["Fac"], "Strength": 1.0})
        tree.add("ShaderNodeOutputMaterial", {"Surface": light})
    ball.data.materials.append(material)
    with nodes.geometry_group("Playing") as tree:
        geometry = tree.input("Geometry", "Geometry")
        size = tree.input("Size", "Float", default=1.0)
        place = tree.add("GeometryNodeInputPosition")
        now = tree.parts(place)["Z"] + tree.add("GeometryNodeInputSceneTime")["Frame"]
        played = tree.store(geometry, "level", now)
        grown = tree.add("GeometryNodeSetPosition", {"Geometry": played, "Position": place * size})
        cube = tree.add("GeometryNodeMeshCube", {"Size": (0.5, 0.5, 0.5)})["Mesh"]
        valued = tree.store(cube, "level", tree.add("GeometryNodeInputSceneTime")["Frame"])
        aside = tree.add("GeometryNodeTransform", {"Geometry": valued, "Translation": (3, 0, 0)})
        one = tree.add("GeometryNodeGeometryToInstance", {"Geometry": aside})
        tree.output("Geometry", tree.join(grown, one))
    modifier = ball.modifiers.new("Playing", "NODES")
    modifier.node_group = tree.tree
    return ball, modifier


@pytest.mark.parametrize("draw", ["Sections", "Sharp Edges", "Lines"])
def test_wires_of_what_keeps_its_shape_are_swept_once(bpy, draw):
    """They are where they were, with the values of now; another width or place is followed."""
    from surface_slicer.common.nodes.modifiers import input_value, set_inputs
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.slicer.twin import add_wireframe_twin

    ball, _ = playing_ball(bpy)
    ball.rotation_euler, ball.location = (0.3, 0.2, 0.1), (1, 2, 3)
    slice_objects(bpy.context, [ball])
    bpy.context.scene.frame_set(2)
    twin = add_wireframe_twin(bpy.context, ball, draw=draw)
    modifier = twin.modifiers[0]
    for step in ({}, {"Thickness": 0.03}, {"Spacing": 0.3, "Sharp Angle": 0.9, "Every": 1}):
        set_inputs(modifier, step)
        bpy.context.scene.frame_set(7)
        drawn, values = evaluated(bpy, twin)
        geometry = twin.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
        is_swept = "wire_end_1" in geometry.mesh.attributes
        # Something else than was swept is made anew.
        assert is_swept == ("Spacing" not in step or draw == "Lines")
        stored = input_value(modifier, "Still Vertices").value
        set_inputs(modifier, {"Still Vertices": 0})
        made, _ = evaluated(bpy, twin)
        set_inputs(modifier, {"Still Vertices": stored})
        np.testing.assert_allclose(drawn, made, atol=2e-5)
        matrix = np.array(ball.matrix_world)
        local = (drawn - matrix[:3, 3]) @ matrix[:3, :3]
        middles = np.repeat(local.reshape(-1, 5, 3).mean(axis=1), 5, axis=0)
        level = np.where(middles[:, 0] < 2, middles[:, 2], 0) + 7
        if is_swept:
            np.testing.assert_allclose(values["level"], level, atol=1e-4)


def test_another_shape_is_followed(bpy):
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.slicer.twin import add_wireframe_twin

    ball, playing = playing_ball(bpy)
    slice_objects(bpy.context, [ball])
    twin = add_wireframe_twin(bpy.context, ball)
    before, _ = evaluated(bpy, twin)
    set_inputs(playing, {"Size": 1.5})
    after, _ = evaluated(bpy, twin)
    assert before[:, 1].max() < 1.1 < 1.45 < after[:, 1].max()
    # With as many vertices, and once more it is swept.
    assert add_wireframe_twin(bpy.context, ball) == twin
    again, _ = evaluated(bpy, twin)
    np.testing.assert_allclose(again, after, atol=2e-5)


def test_sharp_edges_are_those_of_a_cube(bpy):
    """Twelve of them, however finely its faces are divided."""
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.slicer.twin import add_wireframe_twin

    bpy.ops.mesh.primitive_cube_add(size=2)
    cube = bpy.context.object
    divided = cube.modifiers.new("Divided", "SUBSURF")
    divided.subdivision_type, divided.levels = "SIMPLE", 3
    slice_objects(bpy.context, [cube])
    twin = add_wireframe_twin(bpy.context, cube, draw="Sharp Edges", width=1e-4)
    points, _ = evaluated(bpy, twin)
    at_border = (abs(abs(points) - 1) < 1e-3).sum(axis=1)
    assert at_border.min() == 2 and len(points) >= 12 * 9 * 5
    set_inputs(twin.modifiers[0], {"Sharp Angle": 3.0})
    assert not len(evaluated(bpy, twin)[0])


def test_wires_have_the_surfaces_colors(bpy, tmp_path):
    """Thick ones show, beyond the cut, exactly what the surface shows where nothing is cut."""
    from surface_slicer.arrays.source import array_field
    from surface_slicer.common.cut.slicer_group import set_settings, slicer_group
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.slicer.twin import add_wireframe_twin
    from surface_slicer.surface.surface import add_surface
    from surface_slicer.surface.surface_color import color_surface

    scene, square = flat_scene(bpy)
    bpy.data.objects.remove(square)
    heights = np.tile(np.linspace(0, 1, 49), (49, 1))
    surface = add_surface(bpy.context, array_field(heights, "ramp"), size=(4.0, 4.0))
    surface.scale.z = 0
    color_surface(surface, "X", "viridis", relief=0.0)

    def render():
        scene.render.filepath = str(tmp_path / "picture.png")
        bpy.ops.render.render(write_still=True)
        return read_pixels(tmp_path / "picture.png")

    whole = render()
    slicer = slice_objects(bpy.context, [surface]).slicer
    set_settings(slicer_group(slicer), {"Line Width": 0.0})
    add_wireframe_twin(bpy.context, surface, lines=12, width=0.25)
    pixels = render()
    x = pixel_centers()[..., 0]
    wires = (pixels != BLUE).any(axis=2) & (x > 0)
    assert 0.4 < wires[x > 0].mean() < 0.99
    # The ends of a ring are up to half a width away.
    assert abs(pixels - whole)[wires].mean() < 8
    assert (pixels[x < 0] == whole[x < 0]).all()


@pytest.mark.slow
def test_a_color_of_its_own(bpy):
    """As scripts of version 0.1.0 give it; or the surface's, if they give none."""
    bpy.ops.surface_slicer.create_surface()
    surface = bpy.context.object
    bpy.ops.surface_slicer.color_surface()
    for given, own in (({}, True), ({"color": (0, 1, 0)}, False), ({"own_colors": False}, False)):
        bpy.ops.surface_slicer.slice_objects()
        bpy.ops.surface_slicer.add_wireframe_twin(**given)
        twin = next(one for one in bpy.data.objects if one.name.endswith("Wireframe"))
        inputs = twin.modifiers[0].properties.inputs
        material = inputs.Socket_3.value
        assert (material == surface.active_material) == own
        bpy.ops.surface_slicer.remove_slicing()
        assert len(bpy.data.materials) == 1
        bpy.context.view_layer.objects.active = surface
        surface.select_set(True)


def test_the_panel_shows_what_the_wires_need(bpy):
    """Of each kind its own setting, and pressing the button again changes what is given."""
    from surface_slicer.slicer.twin import find_wires, shown_inputs

    bpy.ops.surface_slicer.create_surface()
    surface = bpy.context.object
    bpy.ops.surface_slicer.slice_objects()
    bpy.ops.surface_slicer.add_wireframe_twin()
    wires = find_wires(surface)
    assert [text for _, text in shown_inputs(wires)] == ["Width", "Along", "Every n-th"]
    for draw, text in (("Sections", "Spacing"), ("Sharp Edges", "Angle"), ("Lines", "Every n-th")):
        bpy.ops.surface_slicer.add_wireframe_twin(along=draw, width=0.03)
        assert shown_inputs(wires)[-1][1] == text
    assert wires.properties.inputs.Socket_1.value == pytest.approx(0.03)
    assert len(surface.users_scene[0].objects) == 3
