# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing a colormap: names, filters, pictures, and what a choice does to a material."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest


@pytest.fixture
def material(bpy):
    from blender_spike.common import colormap_nodes, nodes

    with nodes.material("Any") as tree:
        color = colormap_nodes.add_colormap(tree, tree.add("ShaderNodeTexCoord")["UV"])
        glow = tree.add("ShaderNodeEmission", {"Color": color})
        tree.add("ShaderNodeOutputMaterial", {"Surface": glow})
    material = bpy.data.materials["Any"]
    colormap_nodes.set_colormap(material.node_tree, "plasma")
    return material


def reverse(material):
    return material.node_tree.nodes["Colormap Range"].inputs["Reverse"].default_value


def test_matching(bpy):
    from common.colormap_choice import matching
    from common.colormaps import names

    assert matching() == list(names())
    assert matching(" VIRI") == ["viridis"]
    assert "cmr.ember" in matching("ember", library="cmasher", kind="sequential")
    assert matching("ember", library="seaborn") == []
    assert set(matching(kind="cyclic")) >= {"twilight", "cmr.infinity"}
    assert "viridis" not in matching(kind="cyclic")


def test_a_choice_changes_the_material(bpy, material):
    """By name or by number; nothing is stored beside the nodes."""
    choice = material.blender_spike
    assert choice.colormap == "plasma" == choice.item
    choice.colormap = "Viridis"
    assert choice.colormap == "viridis" == choice.item
    assert material.node_tree.nodes["Colormap"].image.name == "colormap viridis"
    choice.item = "cmr.ember"
    assert choice.colormap == "cmr.ember" and not reverse(material)
    choice.colormap = "magma_r"
    assert choice.colormap == "magma" and reverse(material)
    choice.colormap = "no such colormap"
    assert choice.colormap == "magma"
    copy = material.copy()
    copy.blender_spike.colormap = "hot"
    assert (choice.colormap, copy.blender_spike.colormap) == ("magma", "hot")


def test_an_image_of_ones_own(bpy, material):
    """Is no colormap, and does not disturb."""
    material.node_tree.nodes["Colormap"].image = bpy.data.images.new("mine", 4, 4)
    assert material.blender_spike.colormap == "" and material.blender_spike.item == "NONE"
    other = bpy.data.materials.new("Other")
    assert other.blender_spike.colormap == ""
    other.blender_spike.colormap = "hot"
    assert other.blender_spike.colormap == ""


def test_a_renamed_image_is_still_known(bpy, material):
    material.node_tree.nodes["Colormap"].image.name = "warm"
    assert material.blender_spike.colormap == "plasma"


def test_pictures_show_the_colormap(bpy):
    """Icons side by side are the gradient that matplotlib draws."""
    from common import colormap_previews as previews

    icons = previews.colormap_gradient("viridis", 4)
    # Without a window they have no numbers, but pixels they have.
    assert len(icons) == 4
    assert previews.colormap_gradient("viridis", 4) == icons
    rows = []
    for index in range(4):
        preview = previews._previews[f"colormap viridis {index}"]
        pixels = np.array(preview.icon_pixels[:], np.int32).view(np.uint8).reshape(32, 32, 4)
        assert (pixels == pixels[:1]).all() and (pixels[..., 3] == 255).all()
        rows.append(pixels[0, :, :3])
    expected = mpl.colormaps["viridis"]((np.arange(128) + 0.5) / 128)[:, :3] * 255
    assert np.abs(np.concatenate(rows) - expected).max() <= 0.6
    previews.free()
    assert previews._previews is None
    assert len(previews.colormap_gradient("viridis", 4)) == 4
    previews.free()


def test_pictures_follow_the_settings(bpy):
    """The same icons, with other pixels."""
    from common import colormap_previews as previews
    from common.colormaps import shown_colors

    at = previews.columns(2)
    before = previews.gradient("mine", shown_colors("gray", at))
    first = list(previews._previews["mine 0"].icon_pixels)
    after = previews.gradient("mine", shown_colors("gray", at, reverse=True))
    assert before == after and list(previews._previews["mine 0"].icon_pixels) != first
    previews.free()
