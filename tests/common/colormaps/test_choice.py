# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing a colormap: names, pictures, where they are, and what a choice does to a material."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import write

sys.path.append(str(Path(__file__).parents[2] / "gui"))

# What the band needs to know of Blender's regions.
WINDOW = SimpleNamespace(type="WINDOW", alignment="NONE", x=0, y=30, width=1200, height=900)


@pytest.fixture
def material(bpy):
    from blender_spike.common import nodes
    from blender_spike.common.colormaps import in_material

    with nodes.material("Any") as tree:
        color = in_material.add_colormap(tree, tree.add("ShaderNodeTexCoord")["UV"])
        glow = tree.add("ShaderNodeEmission", {"Color": color})
        tree.add("ShaderNodeOutputMaterial", {"Surface": glow})
    material = bpy.data.materials["Any"]
    in_material.set_colormap(material.node_tree, "plasma")
    return material


@pytest.fixture
def neuron(bpy, tmp_path):
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    return bpy.context.object


def reverse(material):
    return material.node_tree.nodes["Colormap Range"].inputs["Reverse"].default_value


def test_matching(bpy):
    from common.colormaps import kind, names, source
    from common.colormaps.colormap_settings import matching

    assert matching() == matching("  ") == list(names())
    assert matching(" VIRI") == ["viridis"]
    assert "cmr.ember" in matching("ember cmasher seq")
    assert matching("ember seaborn") == []
    assert set(matching("cyclic")) >= {"twilight", "cmr.infinity"}
    assert {kind(name) for name in matching("cyclic")} == {"cyclic"}
    assert {source(name) for name in matching("seab")} == {"seaborn"}


def test_what_a_material_shows_can_be_read(bpy, material):
    """But not set: Blender writes no undo step after a setter that makes an image."""
    assert material.blender_spike.colormap == "plasma"
    for name in ("blender_spike", "blender_brain", "surface_slicer"):
        with pytest.raises(AttributeError, match="read-only"):
            getattr(material, name).colormap = "viridis"
    assert material.blender_spike.colormap == "plasma"


def test_an_image_of_ones_own(bpy, material):
    """Is no colormap, and does not disturb."""
    material.node_tree.nodes["Colormap"].image = bpy.data.images.new("mine", 4, 4)
    assert material.blender_spike.colormap == ""
    assert bpy.data.materials.new("Other").blender_spike.colormap == ""


def test_a_renamed_image_is_still_known(bpy, material):
    material.node_tree.nodes["Colormap"].image.name = "warm"
    assert material.blender_spike.colormap == "plasma"


def test_the_operator_chooses(bpy, neuron):
    """A direction that is not given stays; a name that ends in _r asks for it."""
    from blender_spike.color.coloring import voltage_material

    choose, material = bpy.ops.blender_spike.choose_colormap, voltage_material(neuron)
    for given, name, turned in (
        ({"colormap": "Viridis"}, "viridis", False),
        ({"colormap": "magma_r"}, "magma", True),
        ({"colormap": "cmr.ember"}, "cmr.ember", True),
        ({"colormap": "grey", "reverse": False}, "gray", False),
        ({"colormap": "hot_r", "reverse": True}, "hot", False),
        ({"colormap": "hot", "reverse": True}, "hot", True),
    ):
        assert choose(**given) == {"FINISHED"}
        assert (material.blender_spike.colormap, reverse(material)) == (name, turned), given
        assert material.node_tree.nodes["Colormap"].image.name == f"colormap {name}"
    with pytest.raises(RuntimeError, match='no colormap named "virids"; the nearest name'):
        choose(colormap="virids")
    assert material.blender_spike.colormap == "hot"


def test_it_says_what_it_cannot_change(bpy, neuron):
    from blender_spike.color.coloring import voltage_material

    bpy.ops.object.empty_add()
    with pytest.raises(RuntimeError, match="The active object has no colormap"):
        bpy.ops.blender_spike.choose_colormap(colormap="hot")
    bpy.context.view_layer.objects.active = neuron
    assert bpy.ops.blender_spike.choose_colormap.poll()
    bpy.data.materials.remove(voltage_material(neuron))
    assert not bpy.ops.blender_spike.choose_colormap.poll()


@pytest.mark.slow
def test_each_choice_is_a_step_to_undo(bpy, neuron, tmp_path):
    """In all three add-ons, with steps between the material's own and the choice."""
    from helpers.atlases import NAME, write_v3
    from scene_state import difference, scene_state

    write_v3(tmp_path)
    (tmp_path / "rates.csv").write_text("region,value\nCA3,1\nDG,2\n")
    bpy.context.scene.blender_brain.folder = str(tmp_path)
    bpy.ops.blender_brain.import_regions(atlas=NAME, folder=str(tmp_path), acronyms="CA3, DG")
    bpy.ops.blender_brain.color_by_table(filepath=str(tmp_path / "rates.csv"))
    bpy.ops.surface_slicer.create_surface()
    things = [neuron.name, "CA3", bpy.context.object.name]
    bpy.ops.ed.undo_push(message="made")
    for step in range(2):
        bpy.context.object.location.x += 1
        bpy.ops.ed.undo_push(message=f"moved {step}")
    states = [scene_state()]
    names = ("magma", "viridis", "magma", "hot")
    addons = (bpy.ops.blender_spike, bpy.ops.blender_brain, bpy.ops.surface_slicer)
    for (addon, thing), name in itertools.product(zip(addons, things, strict=True), names):
        for other in bpy.context.scene.objects:
            other.select_set(other.name == thing)
        bpy.context.view_layer.objects.active = bpy.data.objects[thing]
        bpy.ops.ed.undo_push(message="select")
        states.append(scene_state())
        assert addon.choose_colormap("EXEC_DEFAULT", True, colormap=name) == {"FINISHED"}
        states.append(scene_state())
    for way, order in ((bpy.ops.ed.undo, states[-2::-1]), (bpy.ops.ed.redo, states[1:])):
        for number, state in enumerate(order):
            way()
            assert scene_state() == state, f"{number}: {difference(state, scene_state())}"


def band(**changes):
    from common.colormaps.band import Band

    given = {"left": 60, "right": 920, "bottom": 40, "height": 900, "scale": 1.0, "count": 148}
    return Band(**given | changes)


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.75])
@pytest.mark.parametrize("right", [90, 300, 920, 3000])
@pytest.mark.parametrize("count", [0, 1, 7, 148])
def test_each_seen_picture_has_a_place_of_its_own(bpy, scale, right, count):
    """Within what is free, without a gap between neighbors, and not higher than its share."""
    from dataclasses import replace

    whole = band(scale=scale, right=right, count=count)
    met = set()
    for row in range(max(1, whole.rows - whole.seen_rows + 1)):
        now = replace(whole, first_row=row)
        for number in now.seen():
            left, bottom, right_, top = now.cell(number)
            assert now.left <= left < right_ <= now.right + 1e-6
            assert now.bottom <= bottom < top <= now.top
            assert now.at((left + right_) / 2, (bottom + top) / 2) == number
            assert now.row_to_see(number) == row
            met.add(number)
        assert now.at(now.left - 1, now.top - 30) is None
        assert now.at(now.left + 1, now.top + 1) is None
    assert met == set(range(count))
    assert whole.top - whole.bottom <= max(0.3 * 900 + 31 * scale, 51 * scale)


def test_the_chosen_one_comes_into_view(bpy):
    from dataclasses import replace

    narrow = band(right=400)
    assert narrow.columns == 2 and narrow.seen_rows < narrow.rows
    for number in range(narrow.count):
        for before in (0, 20, narrow.rows - narrow.seen_rows):
            now = replace(narrow, first_row=before)
            assert number in replace(now, first_row=now.row_to_see(number)).seen()


def test_keys_and_wheel_step_through(bpy):
    from common.colormaps.band import step

    def steps(number, *keys):
        for key in keys:
            number = step(number, key, 10, 3, 6)
        return number

    assert steps(None, "RIGHT_ARROW") == 0 and steps(4, "HOME") == 0 and steps(4, "END") == 9
    assert steps(4, "RIGHT_ARROW") == steps(4, "WHEELDOWNMOUSE") == 5
    assert steps(4, "LEFT_ARROW") == steps(4, "WHEELUPMOUSE") == 3
    assert steps(4, "DOWN_ARROW") == 7 and steps(4, "UP_ARROW") == 1
    assert steps(1, "PAGE_DOWN") == 7 and steps(7, "PAGE_UP") == 1
    assert steps(0, "LEFT_ARROW") == 0 and steps(9, "DOWN_ARROW") == 9


def test_the_band_keeps_clear_of_other_regions(bpy):
    from common.colormaps.band import free_part

    def region(kind, alignment, x, y, width, height):
        return SimpleNamespace(type=kind, alignment=alignment, x=x, y=y, width=width, height=height)

    def free(*regions):
        return free_part(SimpleNamespace(regions=[WINDOW, *regions]), WINDOW)

    sidebar = region("UI", "RIGHT", 920, 30, 280, 850)
    toolbar = region("TOOLS", "LEFT", 0, 100, 56, 700)
    assert free() == (0, 1200, 0)
    assert free(sidebar, toolbar) == (56, 920, 0)
    # Flipped, and where regions do not overlap the viewport.
    assert free(region("UI", "LEFT", 0, 30, 280, 850)) == (280, 1200, 0)
    assert free(region("UI", "RIGHT", 1200, 30, 280, 850)) == (0, 1200, 0)
    # Closed ones.
    assert free(region("UI", "RIGHT", 1199, 30, 1, 1)) == (0, 1200, 0)
    # The panel of the last operation: folded, and unfolded.
    assert free(toolbar, region("HUD", "NONE", 60, 34, 200, 30)) == (56, 1200, 34)
    assert free(toolbar, region("HUD", "NONE", 60, 34, 200, 300)) == (260, 1200, 0)


def test_pictures_show_the_colormap(bpy):
    """Icons side by side are the gradient that matplotlib draws."""
    from common.colormaps import previews as previews
    from common.colormaps import shown_colors

    def icons():
        return previews.gradient("any", shown_colors("viridis", previews.columns(4)))

    # Without a window they have no numbers, but pixels they have.
    before = icons()
    assert len(before) == 4 and icons() == before
    rows = []
    for index in range(4):
        preview = previews._previews[f"any {index}"]
        pixels = np.array(preview.icon_pixels[:], np.int32).view(np.uint8).reshape(32, 32, 4)
        assert (pixels == pixels[:1]).all() and (pixels[..., 3] == 255).all()
        rows.append(pixels[0, :, :3])
    expected = mpl.colormaps["viridis"]((np.arange(128) + 0.5) / 128)[:, :3] * 255
    assert np.abs(np.concatenate(rows) - expected).max() <= 0.6
    previews.free()
    assert previews._previews is None
    assert len(icons()) == 4
    previews.free()


def test_pictures_follow_the_settings(bpy):
    """The same icons, with other pixels."""
    from common.colormaps import previews as previews
    from common.colormaps import shown_colors

    at = previews.columns(2)
    before = previews.gradient("mine", shown_colors("gray", at))
    first = list(previews._previews["mine 0"].icon_pixels)
    after = previews.gradient("mine", shown_colors("gray", at, reverse=True))
    assert before == after and list(previews._previews["mine 0"].icon_pixels) != first
    previews.free()
