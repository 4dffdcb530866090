# SPDX-License-Identifier: GPL-3.0-or-later
"""Colors: the pixels that come out, against matplotlib."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from helpers.pictures import exact_view, read_pixels, render_apart

ROWS, COLUMNS = 6, 9
SCALE = 8
# A plane, so that a pixel's value is known between the vertices as well.
X, Y = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS))
HEIGHTS = 3.0 * X - 2.0 * Y + 7.0
SECOND = -X + 5.0 * Y


def flat_view(bpy, engine):
    """A camera straight above; every cell is `SCALE` x `SCALE` pixels."""
    scene = exact_view(bpy, 2.0, ((COLUMNS - 1) * SCALE, (ROWS - 1) * SCALE))
    scene.render.engine = engine
    scene.eevee.taa_render_samples = 8
    return scene


def render(bpy, picture):
    bpy.context.scene.render.filepath = str(picture)
    bpy.ops.render.render(write_still=True)
    return read_pixels(picture)


def along(values, place):
    """Values at the middles of pixels, for an array whose first row is the top one."""
    rows, columns = place
    return values[0, 0] + rows * (values[1, 0] - values[0, 0]) + columns * (
        values[0, 1] - values[0, 0]
    )  # fmt: skip


PLACE = np.meshgrid(
    (np.arange((ROWS - 1) * SCALE) + 0.5) / SCALE,
    (np.arange((COLUMNS - 1) * SCALE) + 0.5) / SCALE,
    indexing="ij",
)


def expected(values, colormap, low, high):
    position = np.clip((along(values, PLACE) - low) / (high - low), 0, 1)
    return np.array(mpl.colormaps[colormap](position))[..., :3] * 255


def check(pixels, values, colormap, low, high, tolerance):
    # Edges of the surface share their pixels with the background.
    inside = (slice(1, -1), slice(1, -1))
    off = np.abs(pixels[inside] - expected(values, colormap, low, high)[inside])
    assert off.max() <= tolerance
    assert off.mean() <= 1


@pytest.mark.parametrize(
    ("by", "values", "colormap"),
    [
        ("HEIGHT", HEIGHTS, "viridis"),
        ("X", X.astype(float), "plasma"),
        ("Y", Y.astype(float), "coolwarm"),
        ("ARRAY", SECOND, "viridis"),
    ],
)
def test_cycles_shows_the_colormaps_own_colors(bpy, tmp_path, by, values, colormap):
    """A pixel covers up to 3.2 of the colormap's 256 colors, so it is off by those at most."""
    flat_view(bpy, "CYCLES")
    np.save(tmp_path / "a.npy", HEIGHTS)
    np.save(tmp_path / "b.npy", SECOND)
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.npy"))
    if by == "ARRAY":
        bpy.ops.surface_slicer.color_by_array(filepath=str(tmp_path / "b.npy"))
    bpy.ops.surface_slicer.color_surface(by=by, colormap=colormap, relief=0.0)
    pixels = render(bpy, tmp_path / "picture.png")
    check(pixels, values, colormap, values.min(), values.max(), 6)


@pytest.mark.slow
def test_eevee_shows_them_too(bpy, tmp_path):
    scene = flat_view(bpy, "BLENDER_EEVEE")
    np.save(tmp_path / "a.npy", HEIGHTS)
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.npy"))
    bpy.ops.surface_slicer.color_surface(colormap="viridis", relief=0.0)
    scene.render.filepath = str(tmp_path / "picture.png")
    render_apart(bpy, tmp_path / "picture.png")
    check(
        read_pixels(tmp_path / "picture.png"), HEIGHTS, "viridis", HEIGHTS.min(), HEIGHTS.max(), 6
    )


def test_animated_surfaces_and_arrays(bpy, tmp_path):
    """Both arrays move: the color of the second one's own frame, mixed between two."""
    scene = flat_view(bpy, "CYCLES")
    np.save(tmp_path / "a.npy", np.stack([HEIGHTS, HEIGHTS / 2, HEIGHTS]))
    np.savez(tmp_path / "b.npz", c=np.stack([SECOND, 3 * SECOND, -SECOND]))
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.npy"))
    bpy.ops.surface_slicer.color_by_array(filepath=str(tmp_path / "b.npz"), array="c")
    bpy.ops.surface_slicer.color_surface(by="ARRAY", colormap="viridis", relief=0, low=-9, high=60)
    scene.frame_set(1, subframe=0.5)
    check(render(bpy, tmp_path / "between.png"), 2 * SECOND, "viridis", -9, 60, 6)
    np.save(tmp_path / "a.npy", np.stack([HEIGHTS, HEIGHTS]))
    with pytest.raises(RuntimeError, match="in 2 frames, the surface .* in 3 frames"):
        bpy.ops.surface_slicer.color_by_array(filepath=str(tmp_path / "a.npy"), array="")


def test_a_second_array_must_fit(bpy, tmp_path):
    """Both shapes are in the sentence; what there was stays."""
    np.save(tmp_path / "a.npy", HEIGHTS)
    np.save(tmp_path / "b.npy", SECOND.T)
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.npy"))
    with pytest.raises(RuntimeError, match="9 x 6 values, the surface 6 x 9"):
        bpy.ops.surface_slicer.color_by_array(filepath=str(tmp_path / "b.npy"))
    with pytest.raises(RuntimeError, match="no second array"):
        bpy.ops.surface_slicer.color_surface(by="ARRAY")


def test_a_second_array_fits_a_surface_with_holes(bpy, tmp_path):
    """Each vertex that is left has the value of its own cell."""
    heights = HEIGHTS.copy()
    heights[2, 3] = np.nan
    np.save(tmp_path / "a.npy", heights)
    np.save(tmp_path / "b.npy", SECOND)
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.npy"))
    bpy.ops.surface_slicer.color_by_array(filepath=str(tmp_path / "b.npy"))
    for _ in range(2):
        attributes = bpy.context.object.data.attributes
        rows = {}
        for name in ("height", "color_value"):
            rows[name] = np.array([item.value for item in attributes[name].data])
        kept = np.isfinite(heights[::-1])
        np.testing.assert_allclose(rows["height"], heights[::-1][kept], atol=1e-5)
        np.testing.assert_allclose(rows["color_value"], SECOND[::-1][kept], atol=1e-5)
        bpy.ops.surface_slicer.reload()


@pytest.mark.parametrize("relief", [0.0, 0.5, 1.0])
def test_relief_darkens_what_faces_away(bpy, tmp_path, relief):
    """By the cosine to the light over that of level ground, and nothing gets brighter."""
    from surface_slicer.common.colormaps import linear_to_srgb, srgb_to_linear

    flat_view(bpy, "CYCLES")
    np.save(tmp_path / "valley.npy", np.abs(X - 4.0))
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "valley.npy"), height_scale=0.1)
    bpy.ops.surface_slicer.color_surface(colormap="Greys", low=-1e6, high=1e6, relief=relief)
    pixels = render(bpy, tmp_path / "picture.png")[2:-2]
    gray = mpl.colormaps["Greys"](0.5)[0]
    # A column is a quarter of a unit wide, so slopes are 0.4; normals are smooth in the valley.
    for sign, columns in ((1, slice(4, 20)), (-1, slice(44, 60))):
        cosine = (sign * 0.4 * -0.48 + 0.8) / np.sqrt(1 + 0.4**2)
        share = 1 - relief * (1 - min(cosine / 0.8, 1))
        expected = linear_to_srgb(srgb_to_linear(gray) * share) * 255
        assert np.abs(pixels[:, columns] - expected).max() <= 1


def test_recoloring_changes_the_same_material(bpy):
    """And leaves what somebody added to it, and the stops that they moved."""
    bpy.ops.surface_slicer.create_surface()
    surface = bpy.context.object
    material = surface.material_slots[0].material
    material.node_tree.nodes.new("NodeFrame").label = "mine"
    bpy.ops.surface_slicer.color_surface(colormap="viridis", ramp=True, by="X", low=0.2, high=0.9)
    assert [slot.material for slot in surface.material_slots] == [material]
    nodes = material.node_tree.nodes
    assert any(node.label == "mine" for node in nodes)
    assert nodes["Value"].attribute_name == "x"
    assert nodes["Limits"].inputs["From Min"].default_value == pytest.approx(0.2)
    assert len(nodes["Color Ramp"].color_ramp.elements) == 32
    assert nodes["Use Color Ramp"].inputs["Factor"].default_value == 1
    nodes["Color Ramp"].color_ramp.elements[3].color = (1, 0, 1, 1)
    bpy.ops.surface_slicer.color_surface(colormap="magma", by="Y")
    assert tuple(nodes["Color Ramp"].color_ramp.elements[3].color) == (1, 0, 1, 1)
    assert nodes["Use Color Ramp"].inputs["Factor"].default_value == 0


def test_part_steps_and_direction_of_a_colormap(bpy, tmp_path):
    """As matplotlib's own resampled colormap, by the operator and live by the node's inputs."""
    from surface_slicer.common.colormaps.in_material import range_input

    flat_view(bpy, "CYCLES").cycles.samples = 1
    bpy.context.scene.cycles.pixel_filter_type = "BOX"
    bpy.context.scene.render.filter_size = 0.01
    np.save(tmp_path / "a.npy", HEIGHTS)
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.npy"))
    bpy.ops.surface_slicer.color_surface(
        colormap="viridis_r", relief=0, by="X", low=0, high=8, start=0.25, end=0.75, steps=4
    )
    pixels = render(bpy, tmp_path / "steps.png")
    middles = (20, slice(8, None, 16))

    def wanted(colormap):
        return np.array(mpl.colormaps[colormap](np.linspace(0.25, 0.75, 4)))[:, :3] * 255

    assert np.abs(pixels[middles] - wanted("viridis_r")).max() <= 1
    tree = bpy.context.object.active_material.node_tree
    range_input(tree, "Reverse").default_value = False
    turned = render(bpy, tmp_path / "turned.png")
    assert np.abs(turned[middles] - wanted("viridis")).max() <= 1


def test_colormaps_are_chosen_in_the_panel(bpy):
    """By name, also of a reversed one; the material and its limits stay."""
    bpy.ops.surface_slicer.create_surface()
    material = bpy.context.object.active_material
    limits = material.node_tree.nodes["Limits"].inputs
    limits["From Max"].default_value = 0.5
    choice = material.surface_slicer
    assert choice.colormap == "plasma"
    bpy.ops.surface_slicer.choose_colormap(colormap="magma_r")
    assert choice.colormap == "magma" and limits["From Max"].default_value == 0.5
    assert material.node_tree.nodes["Colormap Range"].inputs["Reverse"].default_value
    bpy.ops.surface_slicer.show_values(by="X")
    assert material.node_tree.nodes["Value"].attribute_name == "x"
    assert limits["From Max"].default_value == 1.0 and choice.colormap == "magma"
    with pytest.raises(RuntimeError, match="no second array"):
        bpy.ops.surface_slicer.show_values(by="ARRAY")


def test_one_surface_gives_another_its_look(bpy):
    """What the panel's button hands on: all that is live, and nothing of the data."""
    from surface_slicer.surface.surface_color import color_surface, find_material, look_of

    bpy.ops.surface_slicer.create_surface()
    first = bpy.context.object
    bpy.ops.surface_slicer.color_surface(
        colormap="cividis", start=0.1, steps=5, reverse=True, strength=2, relief=0.25
    )
    bpy.ops.surface_slicer.create_surface(formula="x+y")
    second = bpy.context.object
    color_surface(second, **look_of(find_material(first)))
    assert look_of(find_material(second)) == look_of(find_material(first))
    assert look_of(find_material(second))["colormap"] == "cividis"


def test_mistakes_are_sentences(bpy):
    """Unknown names and limits the wrong way round."""
    bpy.ops.surface_slicer.create_surface()
    with pytest.raises(RuntimeError, match="viridis"):
        bpy.ops.surface_slicer.color_surface(colormap="virids")
    with pytest.raises(RuntimeError, match="not below"):
        bpy.ops.surface_slicer.color_surface(low=2, high=1)


def test_another_shape_where_there_is_a_second_array(bpy, tmp_path):
    """The panel's Color File can be emptied or changed, so it is no dead end."""
    from surface_slicer.surface.surface_color import find_material, shown

    np.save(tmp_path / "a.npy", HEIGHTS)
    np.save(tmp_path / "b.npy", SECOND)
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.npy"))
    surface = bpy.context.object
    data = surface.surface_slicer
    bpy.ops.surface_slicer.color_by_array(filepath=str(tmp_path / "b.npy"))
    np.save(tmp_path / "a.npy", HEIGHTS.T)
    np.save(tmp_path / "c.npy", SECOND.T)
    with pytest.raises(RuntimeError, match="they must be the same"):
        bpy.ops.surface_slicer.reload()
    assert (data.rows, data.columns) == HEIGHTS.shape and data.color_title == "b"
    data.color_filepath = str(tmp_path / "c.npy")
    bpy.ops.surface_slicer.reload()
    assert (data.columns, data.rows) == HEIGHTS.shape and data.color_title == "c"
    assert shown(find_material(surface)) == "ARRAY"
    data.color_filepath = ""
    bpy.ops.surface_slicer.reload()
    assert not data.color_title and "color_value" not in surface.data.attributes
    assert shown(find_material(surface)) == "HEIGHT"


def test_refusals_color_none_of_several(bpy, tmp_path):
    """The first one could be colored, the second one not: both stay as they are."""
    from surface_slicer.surface.surface_color import find_material, shown

    np.save(tmp_path / "a.npy", HEIGHTS)
    np.save(tmp_path / "b.npy", HEIGHTS * 100)
    for name in "ab":
        bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / f"{name}.npy"))
    surfaces = [bpy.data.objects[name] for name in "ab"]
    bpy.context.view_layer.objects.active = surfaces[0]
    surfaces[1].select_set(False)
    surfaces[0].select_set(True)
    bpy.ops.surface_slicer.color_by_array(filepath=str(tmp_path / "b.npy"))
    bpy.ops.surface_slicer.color_surface(colormap="plasma")
    surfaces[1].select_set(True)
    before = [look(find_material(surface)) for surface in surfaces]
    for settings in ({"by": "ARRAY"}, {"low": 60.0}):
        with pytest.raises(RuntimeError, match="no second array|not below"):
            bpy.ops.surface_slicer.color_surface(colormap="viridis", **settings)
        assert [look(find_material(surface)) for surface in surfaces] == before
    with pytest.raises(RuntimeError, match="no second array"):
        bpy.ops.surface_slicer.show_values(by="ARRAY")
    assert [shown(find_material(surface)) for surface in surfaces] == ["HEIGHT", "HEIGHT"]


def look(material):
    from surface_slicer.surface.surface_color import look_of, shown

    return shown(material), look_of(material)


def test_no_array_is_chosen(bpy, tmp_path):
    """As when the file browser is closed on a folder; the default formula is none."""
    np.save(tmp_path / "a.npy", HEIGHTS)
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.npy"))
    with pytest.raises(RuntimeError, match="Choose an array or an image first"):
        bpy.ops.surface_slicer.color_by_array(filepath="")
    assert not bpy.context.object.surface_slicer.color_title
