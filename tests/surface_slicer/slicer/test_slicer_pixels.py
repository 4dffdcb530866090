# SPDX-License-Identifier: GPL-3.0-or-later
"""The cut, as pixels: every color computed by hand from the matrix of the empty."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.atlases import NAME as ATLAS
from helpers.atlases import write_v3
from helpers.cut_scene import (
    BLUE,
    EXTENT,
    LINE,
    POSES,
    RED,
    SIZE,
    along_the_surface,
    expected,
    flat_material,
    flat_scene,
    key_poses,
    pixel_centers,
)
from helpers.fast import fast_first
from helpers.pictures import read_pixels, render_apart
from helpers.simulations import branched, simulation

from spike_export import write


@pytest.fixture
def cut_square(bpy):
    """The square, cut by an empty that has another pose in each frame."""
    from surface_slicer.common.cut import slicer_group
    from surface_slicer.slicer.slicer import slice_objects

    scene, square = flat_scene(bpy)
    slicer = slice_objects(bpy.context, [square]).slicer
    slicer_group.set_settings(slicer_group.slicer_group(slicer), {"Line Width": LINE})
    key_poses(bpy, slicer)
    return scene


def check(folder):
    """Compare all poses' pictures with what they ought to be."""
    for frame, pose in enumerate(POSES):
        colors, clear = expected(along_the_surface(pose))
        pixels = read_pixels(folder / f"{frame:04d}.png")
        assert clear.sum() > SIZE * SIZE / 2
        for color in (RED, BLUE):
            assert (colors[clear] == color).all(axis=-1).any(), f"pose {frame} shows too little"
        assert np.abs(pixels - colors)[clear].max() <= 1, f"pose {frame}"


def test_cycles_cuts_where_the_empty_is(bpy, cut_square, tmp_path):
    """Moved, turned, with a moved, turned and scaled parent; the line's width stays the same."""
    cut_square.render.filepath = f"{tmp_path}/"
    bpy.ops.render.render(animation=True)
    check(tmp_path)


@pytest.mark.slow
def test_eevee_cuts_where_the_empty_is(bpy, cut_square, tmp_path):
    cut_square.render.engine = "BLENDER_EEVEE"
    cut_square.render.filepath = f"{tmp_path}/"
    render_apart(bpy, tmp_path / "0000.png", animation=True)
    check(tmp_path)


def render(bpy, path):
    bpy.context.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    return read_pixels(path)


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("shape", ["Box", "Sphere"])
def test_boxes_and_spheres(bpy, tmp_path, shape, flip):
    """What is inside is cut away, or what is outside; the line has its width all around."""
    from surface_slicer.common.cut import slicer_group
    from surface_slicer.slicer.slicer import slice_objects

    _, square = flat_scene(bpy)
    slicer = slice_objects(bpy.context, [square], shape=shape).slicer
    slicer_group.set_settings(slicer_group.slicer_group(slicer), {"Line Width": 0.3, "Flip": flip})
    slicer.location, slicer.rotation_euler = (0.2, -0.1, 0.0), (0, 0, 0.5)
    slicer.scale = (1.5, 0.8, 1.0) if shape == "Box" else (1.3, 1.3, 1.3)
    x, y = (pixel_centers() - np.array(slicer.location))[..., :2].transpose(2, 0, 1)
    turned = np.stack([np.cos(0.5) * x + np.sin(0.5) * y, np.cos(0.5) * y - np.sin(0.5) * x])
    if shape == "Box":
        beyond = np.abs(turned) - np.array(slicer.scale)[:2, None, None]
        outside = np.hypot(*np.maximum(beyond, 0))
        distance = -(outside + np.minimum(beyond.max(axis=0), 0))
    else:
        distance = 1.3 - np.hypot(*turned)
    colors, clear = expected(-distance if flip else distance, 0.3)
    pixels = render(bpy, tmp_path / "picture.png")
    assert np.abs(pixels - colors)[clear].max() <= 1


@pytest.mark.parametrize("combine", ["ANY", "ALL"])
def test_two_slicers(bpy, tmp_path, combine):
    """Cut away what either cuts, or what both do; each line ends where the other's cut begins."""
    from surface_slicer.common.cut import slicer_group
    from surface_slicer.slicer.slicer import slice_objects

    _, square = flat_scene(bpy)
    places = pixel_centers()
    lines = {"X": (1.0, 1.0, 1.0, 1.0), "Y": (0.0, 1.0, 0.0, 1.0)}
    cuts = {}
    for axis, color in lines.items():
        slicer = slice_objects(bpy.context, [square], axis=axis, combine=combine).slicer
        group = slicer_group.slicer_group(slicer)
        slicer_group.set_settings(group, {"Line Width": 0.4, "Line Color": color})
        cuts[axis] = places[..., "XY".index(axis)]
    away = {"ANY": np.logical_or, "ALL": np.logical_and}[combine](cuts["X"] > 0, cuts["Y"] > 0)
    colors = np.where(away[..., None], BLUE, RED)
    for axis, other in (("X", "Y"), ("Y", "X")):
        seen = cuts[other] < 0 if combine == "ANY" else cuts[other] > 0
        colors[seen & (np.abs(cuts[axis]) < 0.2)] = np.array(lines[axis][:3]) * 255
    clear = np.all([np.abs(np.abs(cuts[a]) - 0.2) > 0.1 for a in "XY"], axis=0)
    # Where the lines meet, the one that cuts later lies on top.
    clear &= (np.abs(cuts["X"]) > 0.3) | (np.abs(cuts["Y"]) > 0.3)
    pixels = render(bpy, tmp_path / "picture.png")
    assert np.abs(pixels - colors)[clear].max() <= 1


def test_others_with_the_same_material_stay_whole(bpy, tmp_path):
    """One of two squares is cut; their material is one, before, while and after."""
    from surface_slicer.slicer.slicer import slice_objects

    _, square = flat_scene(bpy)
    square.scale, square.location = (0.5, 1, 1), (-1.2, 0, 0)
    other = square.copy()
    other.location.x = 1.2
    bpy.context.collection.objects.link(other)
    slice_objects(bpy.context, [square], axis="Y")
    assert other.active_material == square.active_material
    pixels = render(bpy, tmp_path / "picture.png")
    assert (pixels[4, 4] == BLUE).all() and (pixels[-4, 4] == RED).all()
    assert (pixels[:, -8] == RED).all()


def test_soft_edge(bpy, tmp_path):
    """The surface fades along a smooth step over the given distance."""
    from surface_slicer.common.cut import slicer_group
    from surface_slicer.slicer.slicer import slice_objects

    scene, square = flat_scene(bpy)
    scene.cycles.samples = 256
    slicer = slice_objects(bpy.context, [square]).slicer
    slicer_group.set_settings(
        slicer_group.slicer_group(slicer), {"Line Width": 0.0, "Soft Edge": 1.5}
    )
    pixels = render(bpy, tmp_path / "picture.png").mean(axis=0)
    part = np.clip(pixel_centers()[0, :, 0] / 1.5, 0, 1)
    away = part * part * (3 - 2 * part)
    display = np.where(away > 0.0031308, 1.055 * away ** (1 / 2.4) - 0.055, 12.92 * away)
    np.testing.assert_allclose(pixels[:, 2], display * 255, atol=6)


LEFT = {
    "Transparent": (0, 0, 255),
    "Color": (0, 255, 0),
    "Faded": (255 * 0.537, 0, 255 * 0.881),  # a quarter of the red, as displays show it
}


@pytest.mark.parametrize("look", LEFT)
def test_what_is_left(bpy, tmp_path, look):
    """Where the surface is cut away."""
    from surface_slicer.common.cut import slicer_group
    from surface_slicer.slicer.slicer import slice_objects

    scene, square = flat_scene(bpy)
    scene.cycles.samples = 512 if look == "Faded" else 1
    slicer = slice_objects(bpy.context, [square]).slicer
    settings = {"Cut Away": look, "Side B Color": (0, 1, 0, 1), "Side B Opacity": 0.25}
    slicer_group.set_settings(slicer_group.slicer_group(slicer), settings)
    pixels = render(bpy, tmp_path / "picture.png")
    assert (pixels[:, :20] == RED).all()
    found = pixels[:, 30:].reshape(-1, 3).mean(axis=0)
    np.testing.assert_allclose(found, LEFT[look], atol=2)


@pytest.mark.slow
@fast_first("style", ["STRANDS", "TUBES"])
def test_a_region_a_neuron_and_a_cube_agree(bpy, tmp_path, style):
    """Seen along the plane, each reaches it within a pixel, and not one pixel beyond it."""
    from surface_slicer.slicer.slicer import slice_objects

    scene, square = flat_scene(bpy)
    bpy.data.objects.remove(square)
    scene.cycles.samples = 16
    scene.render.resolution_x = scene.render.resolution_y = 2 * SIZE
    bpy.ops.mesh.primitive_cube_add(size=1.2, location=(0, -1.2, 0), rotation=(0.3, 0.2, 0.1))
    cube = bpy.context.object
    cube.data.materials.append(flat_material("cube", (0, 1, 0, 1)))
    write_v3(tmp_path)
    bpy.ops.blender_brain.import_regions(atlas=ATLAS, folder=str(tmp_path), acronyms="CA3")
    region = bpy.data.objects["CA3"]
    region.location, region.rotation_euler = (0.1, 1.1, 0), (0.5, 0.2, 0.3)
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style=style, um_per_unit=60.0)
    neuron = bpy.context.object
    neuron.rotation_euler = (0, 0, -1.2)
    neuron.location = (-1.0, 0.0, 0.0)
    objects = [cube, region, neuron]
    slicer = slice_objects(bpy.context, objects).slicer
    slicer.location, slicer.rotation_euler = (0.1, 0, 0), (0, np.pi / 2, 0.2)
    scene.render.film_transparent = True
    scene.render.image_settings.color_mode = "RGBA"
    steps = ((np.arange(2 * SIZE) + 0.5) / SIZE / 2 - 0.5) * EXTENT
    x, y = np.meshgrid(steps, -steps)
    pixel = EXTENT / SIZE / 2
    in_pixels = ((x - 0.1) * np.cos(0.2) + y * np.sin(0.2)) / pixel
    for thing in objects:
        for other in objects:
            other.hide_render = other is not thing
        render(bpy, tmp_path / "picture.png")
        import PIL.Image

        with PIL.Image.open(tmp_path / "picture.png") as picture:
            seen = np.asarray(picture)[..., 3] > 127
        assert seen.any()
        assert abs(in_pixels[seen].max()) <= 1.0, thing.name
        thing_group = slicer_amount(thing)
        thing[thing_group] = 0.0
        thing.update_tag()
        render(bpy, tmp_path / "whole.png")
        with PIL.Image.open(tmp_path / "whole.png") as picture:
            whole = np.asarray(picture)[..., 3] > 127
        # All that was on the kept side is still there.
        kept = in_pixels < -1.0
        assert (seen[kept] == whole[kept]).all() and (whole & ~kept).sum() > 20


def slicer_amount(thing):
    return next(key for key in thing.keys() if key.startswith("surface_slicer Cut by"))  # noqa: SIM118
