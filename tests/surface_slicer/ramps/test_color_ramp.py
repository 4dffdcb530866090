# SPDX-License-Identifier: GPL-3.0-or-later
"""Colormaps on color ramps, against the colormaps' own library and against other placements."""

from __future__ import annotations

import itertools

import matplotlib as mpl
import numpy as np
import pytest
from surface_slicer.common.colormaps import linear_stops, linear_to_srgb
from surface_slicer.ramps.ramp_stops import place_stops


def ramp_node(bpy):
    material = bpy.data.materials.new("ramp")
    return material.node_tree.nodes.new("ShaderNodeValToRGB")


def displayed(ramp, positions):
    """What Blender's own ramp gives, in 8-bit steps on a screen."""
    linear = np.array([ramp.evaluate(position)[:3] for position in positions])
    return linear_to_srgb(linear) * 255


MIDDLES = (np.arange(256) + 0.5) / 256


@pytest.mark.parametrize(
    ("colormap", "most"), [("plasma", 0.5), ("viridis", 0.5), ("turbo", 2), ("jet", 3)]
)
def test_blenders_ramp_shows_matplotlibs_colors(bpy, colormap, most):
    """As close as the sentence says, and closer than evenly spaced stops."""
    from surface_slicer.ramps.color_ramp import fill_ramp

    ramp = ramp_node(bpy).color_ramp
    placed = fill_ramp(ramp, linear_stops(colormap))
    expected = mpl.colormaps[colormap](MIDDLES)[:, :3] * 255
    off = np.abs(displayed(ramp, MIDDLES) - expected).max()
    assert off == pytest.approx(placed.error, abs=0.3)
    assert off <= most
    even = np.linspace(0, 1, 32)
    table = linear_stops(colormap)[np.linspace(0, 255, 32).round().astype(int)]
    mixed = np.stack([np.interp(MIDDLES, even, channel) for channel in table.T], axis=1)
    assert off < np.abs(linear_to_srgb(mixed) * 255 - expected).max()


def test_placement_is_the_best_there_is():
    """Against all ways to place four stops on a small colormap."""
    colors = np.random.default_rng(4).random((9, 3)).astype(np.float32)
    placed = place_stops(colors, 4)
    middles = (np.arange(9) + 0.5) / 9

    def error(chosen):
        mixed = np.stack([np.interp(middles, middles[chosen], c[chosen]) for c in colors.T], 1)
        return np.abs(linear_to_srgb(mixed) - linear_to_srgb(colors)).max() * 255

    every = [
        error([0, *inner, 8]) for n in range(3) for inner in itertools.combinations(range(1, 8), n)
    ]
    assert placed.error == pytest.approx(min(every), abs=0.05)


@pytest.mark.parametrize("colormap", ["tab10", "Set1", "Pastel2"])
def test_maps_of_few_colors_are_exact(bpy, colormap):
    """In steps, as they are meant."""
    from surface_slicer.ramps.color_ramp import fill_ramp

    ramp = ramp_node(bpy).color_ramp
    assert fill_ramp(ramp, linear_stops(colormap)).error == 0
    expected = linear_to_srgb(linear_stops(colormap)) * 255
    np.testing.assert_allclose(displayed(ramp, MIDDLES), expected, atol=0.01)
    assert ramp.interpolation == "CONSTANT"


def test_part_reversed_and_fewer_stops(bpy):
    """The ramp's ends are those of the part; a second call leaves nothing of the first."""
    from surface_slicer.ramps.color_ramp import fill_ramp

    ramp = ramp_node(bpy).color_ramp
    fill_ramp(ramp, linear_stops("jet"))
    placed = fill_ramp(ramp, linear_stops("plasma", reverse=True), 6, 0.25, 0.75)
    assert len(ramp.elements) == 6
    positions = (np.arange(128) + 0.5) / 128
    expected = mpl.colormaps["plasma_r"](0.25 + positions / 2)[:, :3] * 255
    off = np.abs(displayed(ramp, positions) - expected).max()
    assert off == pytest.approx(placed.error, abs=0.3) and 1 < off < 8


@pytest.mark.parametrize("settings", [(1,), (33,), (8, 0.5, 0.5), (8, -0.1, 1), (8, 0, 1.1)])
def test_impossible_wishes(settings):
    """Numbers of stops and parts that there are not."""
    with pytest.raises(ValueError, match="stops|is not below"):
        place_stops(linear_stops("plasma"), *settings)
