# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left where something is cut away: glass, wires, and the twin of a surface with holes."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.cut_scene import BLUE, RED, flat_scene, pixel_centers
from helpers.pictures import read_pixels


def render(bpy, path):
    bpy.context.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    return read_pixels(path)


def cut(bpy, square, **settings):
    from surface_slicer.common.cut import slicer_group
    from surface_slicer.slicer.slicer import slice_objects

    slicer = slice_objects(bpy.context, [square]).slicer
    group = slicer_group.slicer_group(slicer)
    slicer_group.set_settings(group, {name.replace("_", " "): v for name, v in settings.items()})
    return group


def test_glass_tints_what_is_behind_it(bpy, tmp_path):
    """Seen straight on, the ground's blue times the glass's; a darker glass is darker."""
    scene, square = flat_scene(bpy)
    scene.cycles.samples = 256
    scene.cycles.max_bounces = scene.cycles.transmission_bounces = 4
    group = cut(bpy, square, Cut_Away="Glass", Side_B_Color=(1, 1, 0.5, 1))
    from surface_slicer.common.colormaps import linear_to_srgb
    from surface_slicer.common.cut import slicer_group

    for share in (0.5, 0.1):
        slicer_group.set_settings(group, {"Side B Color": (1, 1, share, 1)})
        pixels = render(bpy, tmp_path / f"{share}.png")
        assert (pixels[:, :20] == RED).all()
        seen = pixels[:, 30:].reshape(-1, 3).mean(axis=0)
        # A fiftieth is reflected.
        expected = linear_to_srgb(np.array([0.0, 0.0, share])) * 255
        np.testing.assert_allclose(seen, expected, atol=5)


def test_wires_run_along_the_triangles(bpy, tmp_path):
    """Along the diagonal of the square, as thick as asked for; between them the ground is seen."""
    _, square = flat_scene(bpy)
    cut(
        bpy, square, Cut_Away="Wireframe", Side_B_Color=(0, 1, 0, 1), Wire_Thickness=0.5,
        Line_Width=0.0,
    )  # fmt: skip
    square.data.calc_loop_triangles()
    corners = np.array([vertex.co[:2] for vertex in square.data.vertices])
    shared = set(square.data.loop_triangles[0].vertices) & set(
        square.data.loop_triangles[1].vertices
    )
    a, b = (corners[i] for i in shared)
    pixels = render(bpy, tmp_path / "wires.png")
    place = pixel_centers()[..., :2]
    along = (b - a) / np.linalg.norm(b - a)
    distance = np.abs((place[..., 0] - a[0]) * along[1] - (place[..., 1] - a[1]) * along[0])
    pixel = 4.0 / len(pixels)
    away = place[..., 0] > pixel
    on_wire, between = away & (distance < 0.25 - pixel), away & (distance > 0.25 + pixel)
    assert on_wire.sum() > 100 and between.sum() > 400
    assert (pixels[on_wire] == (0, 255, 0)).all()
    # The square reaches beyond the picture, and so do the wires along its edges.
    assert (pixels[between] == BLUE).all()
    assert (pixels[place[..., 0] < -pixel] == RED).all()


@pytest.mark.parametrize("frames", [1, 2])
def test_the_twin_of_a_surface_with_holes(bpy, tmp_path, frames):
    """Each n-th line of the whole grid, as far as there is a surface; also where it moves."""
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.slicer.twin import add_wireframe_twin

    heights = np.zeros((21, 31))
    heights[3:8, 2:9] = heights[12, 20] = np.nan
    heights[0, 0] = np.nan
    np.save(tmp_path / "a.npy", heights if frames == 1 else np.stack([heights] * frames))
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.npy"), size=(30.0, 20.0))
    surface = bpy.context.object
    slice_objects(bpy.context, [surface])
    twin = add_wireframe_twin(bpy.context, surface)
    set_inputs(twin.modifiers[0], {"Every": 5, "Thickness": 1e-3})
    depsgraph = bpy.context.evaluated_depsgraph_get()
    geometry = twin.evaluated_get(depsgraph).evaluated_geometry()
    mesh = geometry.mesh
    positions = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.vertices.foreach_get("co", positions.ravel())
    column, row = positions[:, 0] + 15, 10 - positions[:, 1]
    # Rows are counted from below, and the last line is drawn as well.
    on_line = [np.abs(place / 5 - np.round(place / 5)) * 5 < 0.01 for place in (column, 20 - row)]
    assert (on_line[0] | on_line[1]).all()
    seen = np.zeros(heights.shape, bool)
    seen[np.round(row).astype(int), np.round(column).astype(int)] = True
    there = np.isfinite(heights)
    # A vertex needs a whole face around it.
    quads = there[:-1, :-1] & there[1:, :-1] & there[:-1, 1:] & there[1:, 1:]
    used = np.zeros_like(there)
    for down in (slice(None, -1), slice(1, None)):
        for right in (slice(None, -1), slice(1, None)):
            used[down, right] |= quads
    rows, columns = np.indices(heights.shape)
    wanted = used & ((columns % 5 == 0) | ((20 - rows) % 5 == 0))
    assert (seen == wanted).all()


def test_wires_of_what_is_no_grid(bpy):
    """All edges, whatever the number of vertices: they are in no order to choose by."""
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.slicer.twin import add_wireframe_twin

    bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=5)
    ball = bpy.context.object
    slice_objects(bpy.context, [ball])
    twin = add_wireframe_twin(bpy.context, ball, draw="Lines")
    geometry = twin.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    # Five sides to each end of a wire.
    assert len(geometry.mesh.polygons) == len(ball.data.edges) * 5
