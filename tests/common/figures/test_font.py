# SPDX-License-Identifier: GPL-3.0-or-later
"""Text in films is Inter, which the .blend carries along."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import write


def width(bpy, curve) -> float:
    thing = bpy.data.objects.new("text", curve)
    bpy.context.scene.collection.objects.link(thing)
    bpy.context.view_layer.update()
    found = float(thing.dimensions.x)
    bpy.data.objects.remove(thing)
    return found


def test_all_digits_are_equally_wide(bpy):
    from common.figures.font import new_text

    widths = [width(bpy, new_text("text", f"|{digit}|", 1.0)) for digit in "0123456789"]
    assert np.ptp(widths) < 1e-5
    assert width(bpy, new_text("text", "|i|", 1.0)) < min(widths) - 0.1


def test_words_are_no_wider_than_in_the_built_in_font(bpy):
    """So that they fit where they did, in scenes of older versions, too."""
    from common.figures.font import new_text

    for words in ("−70 mV", "dendrite 1.29", "A spike, and its way into the dendrites", "5×10"):
        ours = new_text("text", words, 1.0)
        own = bpy.data.curves.new("text", "FONT")
        own.body = words
        assert own.font.filepath == "<builtin>"
        assert 0.94 < width(bpy, ours) / width(bpy, own) < 1.03, words


def test_it_has_what_science_writes(bpy):
    """A glyph of its own for each: one from another font would stand out."""
    from common.figures.font import _FILE, _letters
    from fontTools.ttLib import TTFont

    glyphs = TTFont(_FILE).getBestCmap()
    # Of all other letters.
    box = glyphs[ord("海")]
    known = {chr(one) for one, glyph in glyphs.items() if glyph != box}
    assert known.issuperset("−×·°µμΩπαβγΔ±²³⁻⁵₀éüßñžŁЖ≤≥≈→–—“”…")
    assert known == _letters()


@pytest.mark.parametrize("words", ["soma", "|gjpqyÇŞ(β)|", "海馬 CA3", "עצב", "हिन्दी"])
def test_letters_that_it_lacks_come_from_blenders_own(bpy, words):
    """In a text, and where a node writes what somebody may change at any time."""
    from common import nodes
    from common.figures.font import new_text
    from common.figures.numbers import text

    curve = new_text("text", words, 1.0)
    own = bpy.data.curves.new("text", "FONT")
    own.body = words
    lacks = max(words) > "\u0500"
    assert (curve.font == own.font) == lacks
    with nodes.geometry_group("Words") as tree:
        string, size = tree.input("Words", "String"), tree.input("Size", "Float", default=1.0)
        line = text(tree, string, size, "Left")
        # Instances have no bounds of their own.
        tree.output("Geometry", tree.add("GeometryNodeRealizeInstances", {"Geometry": line}))
    thing = bpy.data.objects.new("node", bpy.data.meshes.new("node"))
    bpy.context.scene.collection.objects.link(thing)
    modifier = thing.modifiers.new("Words", "NODES")
    modifier.node_group = tree.tree
    nodes.modifiers.set_inputs(modifier, {"Words": words})
    letters = bpy.data.objects.new("text", curve)
    bpy.context.scene.collection.objects.link(letters)
    bpy.context.view_layer.update()
    assert thing.dimensions.x == pytest.approx(letters.dimensions.x, abs=0.02)
    # Each font has its own outlines.
    assert len(evaluated(bpy, thing)) == len(evaluated(bpy, letters)) > 0


def evaluated(bpy, thing) -> list[object]:
    return list(thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh().vertices)


def test_the_blend_carries_it_along(bpy, tmp_path):
    """Once for all figures, and after the extension's file is gone."""
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    neuron = bpy.context.object
    bpy.ops.blender_spike.add_trace()
    bpy.context.view_layer.objects.active = neuron
    bpy.ops.blender_spike.add_time_label()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))
    (font,) = (one for one in bpy.data.fonts if one.filepath != "<builtin>")
    assert font.name == "Film Text" and font.packed_file.size > 10_000
    from common.figures.font import film_font

    assert film_font() == font
