# SPDX-License-Identifier: GPL-3.0-or-later
"""Text in films is Inter, which the .blend carries along."""

from __future__ import annotations

import numpy as np
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
    from common.figures.font import _FILE
    from fontTools.ttLib import TTFont

    known = TTFont(_FILE).getBestCmap()
    assert all(ord(letter) in known for letter in "−×·°µμΩπαβγΔ±²³⁻⁵₀éüßñžŁЖ≤≥≈→–—“”…")


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
