# SPDX-License-Identifier: GPL-3.0-or-later
"""Surfaces: where each vertex is, against the array itself."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

ASYMMETRIC = np.random.default_rng(7).normal(size=(5, 8))


def drawn(bpy, surface):
    """Positions of the evaluated vertices, (V, 3), and how many faces there are."""
    evaluated = surface.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = evaluated.data
    positions = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.attributes["position"].data.foreach_get("vector", positions.ravel())
    return positions, len(mesh.polygons)


def drawn_attribute(bpy, surface, name):
    data = surface.evaluated_get(bpy.context.evaluated_depsgraph_get()).data.attributes[name].data
    values = np.empty(len(data), np.float32)
    data.foreach_get("value", values)
    return values


def as_seen(bpy, surface, rows, columns):
    """Heights as an array whose first row has the highest y and first column the lowest x."""
    positions, _ = drawn(bpy, surface)
    order = np.lexsort((positions[:, 0], -positions[:, 1].round(5)))
    return positions[order, 2].reshape(rows, columns)


def test_heights_equal_the_array(bpy, tmp_path):
    """Every vertex and so every corner, within 1e-6; seen from above as imshow shows it."""
    np.save(tmp_path / "a.npy", ASYMMETRIC)
    path = str(tmp_path / "a.npy")
    bpy.ops.surface_slicer.create_surface(filepath=path, height_scale=1.0)
    np.testing.assert_allclose(as_seen(bpy, bpy.context.object, 5, 8), ASYMMETRIC, atol=1e-6)
    bpy.ops.surface_slicer.create_surface(filepath=path, height_scale=1.0, origin="LOWER")
    np.testing.assert_allclose(as_seen(bpy, bpy.context.object, 5, 8), ASYMMETRIC[::-1], atol=1e-6)


@pytest.mark.parametrize("scale", [1e-9, 1e6])
def test_heights_are_exact_at_any_magnitude(bpy, scale):
    """To seven digits, fitted and to scale: a texture by itself keeps none of 1e-9."""
    from surface_slicer.arrays.source import array_field
    from surface_slicer.surface.surface import add_surface

    field = array_field(ASYMMETRIC * scale, "a")
    surface = add_surface(bpy.context, field, height_scale=3.0 / scale)
    np.testing.assert_allclose(as_seen(bpy, surface, 5, 8), 3 * ASYMMETRIC, atol=2e-6)
    fitted = add_surface(bpy.context, field)
    span = np.ptp(ASYMMETRIC)
    expected = ASYMMETRIC / span * 0.9
    np.testing.assert_allclose(as_seen(bpy, fitted, 5, 8), expected, atol=1e-6)


def write_image(bpy, path, array):
    """A picture of one channel, by somebody else's writer."""
    if path.suffix == ".exr":
        image = bpy.data.images.new(
            "out", array.shape[1], array.shape[0], float_buffer=True, is_data=True
        )
        pixels = np.ones((*array.shape, 4), np.float32)
        pixels[..., :3] = array[::-1, :, None]
        image.pixels.foreach_set(pixels.ravel())
        image.filepath_raw, image.file_format = str(path), "OPEN_EXR"
        image.save()
        bpy.data.images.remove(image)
    else:
        Image.fromarray(array).save(path)


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("a.png", np.uint8),
        ("a.png", np.uint16),
        ("a.tif", np.uint8),
        ("a.tif", np.uint16),
        ("a.tif", np.float32),
        ("a.exr", np.float32),
        ("a.bmp", np.uint8),
    ],
)
def test_pictures(bpy, tmp_path, name, dtype):
    """Integers within half a step, floating point within 1e-6, the top row at the top."""
    array = ASYMMETRIC.astype(np.float32)
    step = 1e-6
    if dtype != np.float32:
        most = np.iinfo(dtype).max
        # Integers of a TIFF keep their values.
        scale = 1 if name == "a.tif" else most
        array = np.random.default_rng(1).integers(0, most, (5, 8), dtype, endpoint=True)
        array[0, 0], array[-1, -1], array[0, -1] = 0, most, 1
        step = 0.01 / most
    write_image(bpy, tmp_path / name, array)
    # EXR files from Blender hold half floats unless asked otherwise.
    step = 2e-3 if name == "a.exr" else step
    height_scale = 1.0 / most if dtype != np.float32 and scale == 1 else 1.0
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / name), height_scale=height_scale)
    if dtype != np.float32:
        assert bpy.context.object.surface_slicer.high == most / scale
    expected = array if dtype == np.float32 else array / most
    np.testing.assert_allclose(as_seen(bpy, bpy.context.object, 5, 8), expected, atol=step)
    assert [image.name for image in bpy.data.images if not image.packed_file] == []


def test_color_and_transparency_of_pictures(bpy, tmp_path):
    """The mean of the colors; holes where they are transparent, however little elsewhere."""
    array = np.random.default_rng(2).integers(0, 256, (4, 3, 4), np.uint8)
    array[..., 3] = 1
    Image.fromarray(array).save(tmp_path / "a.png")
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.png"), height_scale=1.0)
    expected = array[..., :3].mean(axis=2) / 255
    np.testing.assert_allclose(as_seen(bpy, bpy.context.object, 4, 3), expected, atol=1e-6)
    array[0, 0, 3] = 0
    Image.fromarray(array).save(tmp_path / "a.png")
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.png"))
    assert bpy.context.object.surface_slicer.holes == 1
    array[..., 3] = 0
    Image.fromarray(array).save(tmp_path / "a.png")
    with pytest.raises(RuntimeError, match="all of its pixels are transparent"):
        bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.png"))


def test_tiff_of_an_older_file_keeps_its_shape(bpy, tmp_path):
    """0.1.0 read its integers as 0..1; reloading keeps height and colors, and says so."""
    from common.value_color import limit_inputs
    from surface_slicer.surface.lift import height_of
    from surface_slicer.surface.surface import reload_surface
    from surface_slicer.surface.surface_color import find_material

    array = np.add.outer(np.arange(9), np.arange(7)).astype(np.uint16) * 30 + 100
    Image.fromarray(array).save(tmp_path / "a.tif")
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.tif"))
    surface = bpy.context.object
    data, material = surface.surface_slicer, find_material(surface)
    height = height_of(surface)
    data.low, data.high = data.low / 65535, data.high / 65535
    for socket in limit_inputs(material):
        socket.default_value /= 65535
    said: list[str] = []
    reload_surface(surface, tell=said.append)
    assert "not 65,535 times smaller" in said[0]
    np.testing.assert_allclose(height_of(surface), height, rtol=1e-5)
    limits = [socket.default_value for socket in limit_inputs(material)]
    np.testing.assert_allclose(limits, [array.min(), array.max()], rtol=1e-5)
    reload_surface(surface, tell=said.append)
    assert len(said) == 1
    np.testing.assert_allclose(height_of(surface), height, rtol=1e-5)


def test_typed_ranges_and_no_data(bpy, tmp_path):
    """On the axes, in the panel's numbers and in the colors along x and y."""
    from surface_slicer.surface.axes import add_axes, axes_input

    array = np.add.outer(np.arange(5.0), np.arange(8.0))
    array[2, 2:5] = -9999
    np.save(tmp_path / "a.npy", array)
    bpy.ops.surface_slicer.create_surface(
        filepath=str(tmp_path / "a.npy"), no_data="-9999", own_ranges=True,
        x_range=(-4.0, 10.0), y_range=(100.0, 300.0), size=(2.0, 0.0),
    )  # fmt: skip
    surface = bpy.context.object
    data = surface.surface_slicer
    assert (data.holes, data.low, data.high) == (3, 0, 11)
    assert (tuple(data.x_limits), tuple(data.y_limits)) == ((-4, 10), (100, 300))
    axes = add_axes(surface)
    assert [axes_input(axes, f"X {end}").value for end in ("From", "To")] == [-4, 10]
    y = np.empty(len(surface.data.vertices), np.float32)
    surface.data.attributes["y"].data.foreach_get("value", y)
    places = np.empty((len(y), 3), np.float32)
    surface.data.attributes["position"].data.foreach_get("vector", places.ravel())
    assert (y[places[:, 1].argmax()], y[places[:, 1].argmin()]) == (300, 100)
    bpy.ops.surface_slicer.reload()
    assert (data.holes, tuple(data.y_limits)) == (3, (100, 300))
    for more, words in (
        ({"no_data": "none"}, "No Data is 'none', not a number"),
        ({"own_ranges": True, "x_range": (2.0, 2.0)}, "x goes from 2 to 2; they must differ"),
    ):
        with pytest.raises(RuntimeError, match=words):
            bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.npy"), **more)


def test_heights_beyond_what_blender_takes(bpy, tmp_path):
    """Its Displace modifier would silently stop at 10,000."""
    np.save(tmp_path / "a.npy", np.arange(12.0).reshape(3, 4) * 1e4)
    with pytest.raises(RuntimeError, match="110,000 Blender units high; .* 10,000"):
        bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.npy"), height_scale=1.0)
    assert not bpy.data.meshes


def test_image_in_the_file(bpy):
    """By name; an image that is not there is a sentence."""
    image = bpy.data.images.new("painted", 6, 4, float_buffer=True, is_data=True)
    pixels = np.ones((4, 6, 4), np.float32)
    heights = np.random.default_rng(3).normal(size=(4, 6))
    pixels[..., :3] = heights[..., None]
    image.pixels.foreach_set(pixels.ravel())
    bpy.ops.surface_slicer.create_surface(image="painted", height_scale=1.0)
    np.testing.assert_allclose(as_seen(bpy, bpy.context.object, 4, 6), heights[::-1], atol=1e-6)
    with pytest.raises(RuntimeError, match="no image named 'lost'"):
        bpy.ops.surface_slicer.create_surface(image="lost")


def test_formula(bpy):
    """Heights, and x and y as attributes, on the formula's own range."""
    bpy.ops.surface_slicer.create_surface(
        formula="x - 2*y + x*y", x_range=(-1, 3), y_range=(0, 2), resolution=(9, 7),
        height_scale=1.0,
    )  # fmt: skip
    surface = bpy.context.object
    x, y = np.meshgrid(np.linspace(-1, 3, 9), np.linspace(0, 2, 7))
    np.testing.assert_allclose(as_seen(bpy, surface, 7, 9)[::-1], x - 2 * y + x * y, atol=2e-6)
    for name, expected in (("x", x), ("y", y), ("height", x - 2 * y + x * y)):
        np.testing.assert_allclose(drawn_attribute(bpy, surface, name), expected.ravel(), atol=2e-6)


def test_resolution_and_size(bpy):
    """More or fewer vertices than the array has, from corner to corner."""
    from surface_slicer.arrays.source import array_field
    from surface_slicer.surface.surface import add_surface

    x, y = np.meshgrid(np.linspace(0, 1, 8), np.linspace(0, 1, 5))
    field = array_field(x + 2 * y, "a", origin="LOWER", resolution=(15, 3))
    surface = add_surface(bpy.context, field, size=(4.0, 3.0), height_scale=1.0)
    positions, faces = drawn(bpy, surface)
    assert len(positions) == 45 and faces == 28
    np.testing.assert_allclose(np.ptp(positions[:, :2], axis=0), (4, 3), atol=1e-6)
    expected = (positions[:, 0] / 4 + 0.5) + 2 * (positions[:, 1] / 3 + 0.5)
    np.testing.assert_allclose(positions[:, 2], expected, atol=1e-6)
    square = add_surface(bpy.context, array_field(x, "b"), size=(7.0, 0.0))
    assert tuple(square.dimensions)[:2] == pytest.approx((7, 4))


def test_holes(bpy):
    """No face touches a NaN, all others are there, and other heights stay exact."""
    from surface_slicer.arrays.source import array_field
    from surface_slicer.surface.surface import add_surface

    array = ASYMMETRIC.copy()
    array[1, 2] = array[4, 7] = np.nan
    surface = add_surface(bpy.context, array_field(array, "a", origin="LOWER"), height_scale=1.0)
    positions, faces = drawn(bpy, surface)
    # One vertex between the hole and the edge belongs to no face any more.
    assert faces == 28 - 4 - 1 and len(positions) == 40 - 3
    column = ((positions[:, 0] + 1) / 2 * 7).round().astype(int)
    row = ((positions[:, 1] / (2 * 4 / 7) + 0.5) * 4).round().astype(int)
    np.testing.assert_allclose(positions[:, 2], array[row, column], atol=1e-6)


ANIMATED = np.random.default_rng(8).normal(size=(4, 5, 3))


@pytest.mark.parametrize(
    ("ends", "scene_frame", "sample"),
    [
        ("Hold", -5, 0), ("Hold", 10, 0), ("Hold", 11, 0.5), ("Hold", 13.5, 1.75),
        ("Hold", 16, 3), ("Hold", 99, 3), ("Loop", 17, 0.5), ("Loop", 9, 2.5),
        ("Ping-Pong", 17, 2.5), ("Ping-Pong", 22, 0),
    ],
)  # fmt: skip
def test_animated_heights(bpy, ends, scene_frame, sample):
    """At each moment the mixture of the two frames around it, as computed by hand."""
    from surface_slicer.arrays.source import array_field
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.surface.motion import find_modifier
    from surface_slicer.surface.surface import add_surface

    surface = add_surface(bpy.context, array_field(ANIMATED, "a"), height_scale=1.0)
    assert (bpy.context.scene.frame_start, bpy.context.scene.frame_end) == (1, 4)
    set_inputs(
        find_modifier(surface), {"Start Frame": 10, "Frames per Sample": 2, "At the Ends": ends}
    )
    whole = int(np.floor(scene_frame))
    bpy.context.scene.frame_set(whole, subframe=scene_frame - whole)
    before = int(sample)
    after = min(before + 1, 3)
    share = sample - before
    expected = ANIMATED[before] * (1 - share) + ANIMATED[after] * share
    np.testing.assert_allclose(as_seen(bpy, surface, 5, 3), expected, atol=2e-6)
    height = drawn_attribute(bpy, surface, "height").reshape(5, 3)[::-1]
    np.testing.assert_allclose(height, expected, atol=2e-6)


def test_a_sample_can_be_keyframed(bpy):
    """Slow motion and freezing, without another array."""
    from surface_slicer.arrays.source import array_field
    from surface_slicer.common.nodes.modifiers import input_value, set_inputs
    from surface_slicer.surface.motion import find_modifier
    from surface_slicer.surface.surface import add_surface

    surface = add_surface(bpy.context, array_field(ANIMATED, "a"), height_scale=1.0)
    modifier = find_modifier(surface)
    set_inputs(modifier, {"Use Sample": True})
    for frame, sample in ((1, 3.0), (3, 1.0)):
        holder = input_value(modifier, "Sample")
        holder.value = sample
        holder.keyframe_insert("value", frame=frame)
    bpy.context.scene.frame_set(2)
    np.testing.assert_allclose(as_seen(bpy, surface, 5, 3), ANIMATED[2], atol=2e-6)


def test_animated_holes_come_and_go(bpy):
    """And are there between two frames if one of them has them."""
    from surface_slicer.arrays.source import array_field
    from surface_slicer.surface.surface import add_surface

    array = ANIMATED.copy()
    array[1, 2, 1] = np.nan
    surface = add_surface(bpy.context, array_field(array, "a"))
    faces = {}
    for frame, subframe in ((1, 0), (1, 0.5), (2, 0), (2, 0.9), (3, 0)):
        bpy.context.scene.frame_set(frame, subframe=subframe)
        faces[frame + subframe] = drawn(bpy, surface)[1]
    assert faces == {1: 8, 1.5: 4, 2: 4, 2.9: 4, 3: 8}


def test_one_value_everywhere(bpy, tmp_path):
    """A flat surface at that height, and a sentence about it."""
    np.save(tmp_path / "flat.npy", np.full((3, 4), 5.0))
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "flat.npy"), height_scale=0.5)
    np.testing.assert_allclose(drawn(bpy, bpy.context.object)[0][:, 2], 2.5)


def counts(bpy):
    kinds = ("objects", "meshes", "textures", "images", "materials", "node_groups", "actions")
    return {kind: len(getattr(bpy.data, kind)) for kind in kinds}


def test_reload_keeps_the_look(bpy, tmp_path):
    """Another array in the file: new heights at the old scale, and all styling as it was."""
    path = tmp_path / "a.npy"
    np.save(path, ASYMMETRIC)
    bpy.ops.surface_slicer.create_surface(filepath=str(path), height_scale=1.0)
    surface = bpy.context.object
    surface.modifiers.new("Mine", "WIREFRAME")
    material = surface.material_slots[0].material
    twin = surface.copy()
    bpy.context.scene.collection.objects.link(twin)
    twin.modifiers.remove(twin.modifiers["Mine"])
    surface.modifiers.remove(surface.modifiers["Mine"])
    surface.modifiers.new("Mine", "EDGE_SPLIT")
    before = counts(bpy)
    other = np.random.default_rng(11).normal(size=(6, 4)) * 10
    for array in (other, np.stack([other, ASYMMETRIC[:4, :6].T]), ASYMMETRIC):
        np.save(path, array)
        bpy.ops.surface_slicer.reload()
        shape = array.shape[-2:]
        expected = array if array.ndim == 2 else array[0]
        np.testing.assert_allclose(as_seen(bpy, twin, *shape), expected, atol=2e-5)
        assert [m.name for m in surface.modifiers][1] == "Mine"
        assert surface.material_slots[0].material == material
    after = counts(bpy)
    # The node group of animated surfaces stays.
    assert {**after, "node_groups": 0} == {**before, "node_groups": 0}


def test_failed_reload_changes_nothing(bpy, tmp_path):
    """The file has become a bad one."""
    path = tmp_path / "a.npy"
    np.save(path, ASYMMETRIC)
    bpy.ops.surface_slicer.create_surface(filepath=str(path), height_scale=1.0)
    before = counts(bpy)
    path.write_bytes(b"nothing")
    with pytest.raises(RuntimeError, match="a.npy"):
        bpy.ops.surface_slicer.reload()
    np.testing.assert_allclose(as_seen(bpy, bpy.context.object, 5, 8), ASYMMETRIC, atol=1e-6)
    assert counts(bpy) == before


def test_saved_file_needs_no_source(bpy, tmp_path):
    """Heights, settings and the animation come back from the .blend alone."""
    np.save(tmp_path / "a.npy", ASYMMETRIC)
    np.save(tmp_path / "b.npy", ANIMATED)
    for name in "ab":
        bpy.ops.surface_slicer.create_surface(
            filepath=str(tmp_path / f"{name}.npy"), height_scale=1.0
        )
        (tmp_path / f"{name}.npy").unlink()
    blend = str(tmp_path / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=blend)
    bpy.ops.wm.open_mainfile(filepath=blend)
    bpy.context.scene.frame_set(3)
    a, b = bpy.data.objects["a"], bpy.data.objects["b"]
    np.testing.assert_allclose(as_seen(bpy, a, 5, 8), ASYMMETRIC, atol=1e-6)
    np.testing.assert_allclose(as_seen(bpy, b, 5, 3), ANIMATED[2], atol=2e-6)
    assert a.surface_slicer.filepath.endswith("a.npy") and a.surface_slicer.rows == 5


def test_base_plane_follows_the_height(bpy):
    """It lies just below the lowest value, also when the height changes."""
    from surface_slicer.surface.lift import set_height

    bpy.ops.surface_slicer.create_surface(formula="x - .25", base_plane=True)
    surface = bpy.context.object
    (plane,) = surface.children
    for height, midlevel in ((1.0, 0.25), (3.0, 0.5), (-1.0, 0.0)):
        set_height(surface, height, midlevel)
        bpy.context.view_layer.update()
        lowest = drawn(bpy, surface)[0][:, 2].min()
        below = plane.evaluated_get(bpy.context.evaluated_depsgraph_get()).matrix_world[2][3]
        assert below == pytest.approx(lowest - 0.01, abs=1e-5)
    bpy.ops.surface_slicer.base_plane()
    assert len(surface.children) == 1


def test_reload_keeps_what_was_made_of_the_base_plane(bpy, tmp_path):
    """Its size is the new one; its color, its cut and what was built onto it stay."""
    from surface_slicer.common.cut.materials import cuts_of
    from surface_slicer.slicer.slicer import slice_objects

    np.save(tmp_path / "a.npy", ASYMMETRIC)
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.npy"), base_plane=True)
    surface = bpy.context.object
    (plane,) = surface.children
    material = plane.data.materials[0]
    nodes = material.node_tree.nodes
    nodes["Emission"].inputs["Strength"].default_value = 7.0
    slice_objects(bpy.context, [plane])
    names = set(nodes.keys())
    spacing = nodes["Spacing of the Lines"].outputs[0].default_value
    assert spacing == pytest.approx(0.2)
    surface.surface_slicer.size = (4.0, 0.0)
    bpy.context.view_layer.objects.active = surface
    bpy.ops.surface_slicer.reload()
    assert nodes["Spacing of the Lines"].outputs[0].default_value == pytest.approx(0.4)
    assert nodes["Half Width"].outputs[0].default_value == pytest.approx(2.8)
    assert nodes["Half Depth"].outputs[0].default_value == pytest.approx(2 * 4 / 7 + 0.8)
    assert set(nodes.keys()) == names and len(cuts_of(material)) == 1
    assert nodes["Emission"].inputs["Strength"].default_value == 7.0
    # Its thin lines would be dotted if they were dithered.
    assert material.surface_render_method == "BLENDED"


def test_reload_where_somebody_removed_the_image(bpy, tmp_path):
    """The texture gets a new one."""
    np.save(tmp_path / "a.npy", ASYMMETRIC)
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.npy"), height_scale=1.0)
    surface = bpy.context.object
    bpy.data.images.remove(surface.modifiers[0].texture.image)
    bpy.ops.surface_slicer.reload()
    np.testing.assert_allclose(as_seen(bpy, surface, 5, 8), ASYMMETRIC, atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"filepath": "/nowhere/a.npy"}, "no such file"),
        ({"filepath": "/nowhere/a.png"}, "no such file"),
        ({"formula": "import os"}, "cannot be read"),
        ({"formula": "log(-1)"}, "no value anywhere"),
        ({"formula": "1e300*x"}, "no face"),
        ({"x_range": (1, 1)}, "x goes from 1 to 1"),
        ({"size": (0, 1)}, "size along x"),
        ({"resolution": (10000, 10000)}, "too large"),
    ],
)
def test_refusals_leave_nothing(bpy, settings, words):
    """One sentence, and the file is as it was."""
    before = counts(bpy)
    with pytest.raises(RuntimeError, match=words):
        bpy.ops.surface_slicer.create_surface(**settings)
    assert counts(bpy) == before


def test_several_files_at_once(bpy, tmp_path):
    """As the file browser and a drop hand them over; a bad one does not stop the others."""
    np.save(tmp_path / "a.npy", ASYMMETRIC)
    (tmp_path / "b.npy").write_bytes(b"nothing")
    np.savetxt(tmp_path / "c.csv", ASYMMETRIC, delimiter=",")
    files = [{"name": name} for name in ("a.npy", "b.npy", "c.csv")]
    with pytest.raises(RuntimeError, match="b.npy"):
        bpy.ops.surface_slicer.create_surface(directory=str(tmp_path), files=files)
    assert {"a", "c"} <= set(bpy.data.objects.keys()) and "b" not in bpy.data.objects
    assert bpy.data.objects["c"].surface_slicer.filepath == str(tmp_path / "c.csv")


def test_pictures_that_are_none(bpy, tmp_path):
    """Damaged and of one pixel."""
    (tmp_path / "bad.png").write_bytes(b"\x89PNG nothing")
    Image.fromarray(np.zeros((1, 1), np.uint8)).save(tmp_path / "dot.png")
    before = counts(bpy)
    for name in ("bad.png", "dot.png"):
        with pytest.raises(RuntimeError, match=name):
            bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / name))
    assert counts(bpy) == before
