# SPDX-License-Identifier: BSD-3-Clause
"""Classes have matplotlib's palettes, and BlenderSpike's limits."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from helpers.simulations import simulation

from spike_export.simulation_page.class_palettes import about_sharing, class_limits, class_palette
from spike_export.simulation_page.film_page import Showing, film_page

NAMES = ("pyramidal", "basket", "</script><b>")
TYPES = [2, 0, 1, 0, 2, 2]


def cells(names=NAMES, types=TYPES):
    made = simulation(
        [{"points": [[30.0 * i, 0, 0, 14]], "name": f"c{i}"} for i in range(len(types))], frames=1
    )
    values = np.array([types], np.float32)
    return dataclasses.replace(
        made, values=values, quantity="type", unit="", classes={"type": tuple(names)}
    )


@pytest.mark.parametrize("classes", [1, 3, 10, 11, 20, 25])
def test_each_class_has_the_palette_s_color(classes):
    matplotlib = pytest.importorskip("matplotlib")
    name, colors = class_palette(classes)
    assert name == ("tab10" if classes <= 10 else "tab20")
    low, high = class_limits(classes)
    plain = matplotlib.colormaps[name].colors
    for number in range(min(classes, len(plain))):
        share = (number - low) / (high - low)
        found = colors[int(share * 256)]
        assert found.tolist() == [round(255 * one) for one in plain[number]]


def test_limits_are_blenderspike_s(bpy):
    from blender_spike.color import class_colors as in_blender

    for classes in (1, 10, 11, 20, 25):
        assert class_limits(classes) == in_blender.class_limits(classes)
        assert class_palette(classes)[0] == in_blender.palette(classes)


def test_classes_without_a_color_of_their_own():
    assert about_sharing("abc") == ""
    assert about_sharing("x" * 25) == "The last 6 of 25 classes have the same color."
    many = cells([f"type {i}" for i in range(25)], list(range(25)))
    assert film_page(many, Showing()).notes == ["The last 6 of 25 classes have the same color."]


@pytest.mark.slow
def test_names_stand_beside_the_colors_of_the_cells(opened):
    browser = opened(cells(), colormap="", colors=None)
    legend = browser.ask(
        "[...document.querySelectorAll('#classes li')].map((one) => [one.textContent, "
        "getComputedStyle(one.firstElementChild).backgroundColor])"
    )
    assert legend == [
        ["pyramidal", "rgb(31, 119, 180)"],
        ["basket", "rgb(255, 127, 14)"],
        ["</script><b>", "rgb(44, 160, 44)"],
    ]
    assert browser.ask("document.getElementById('scale').getClientRects().length") == 0
    seen = browser.picture()
    for cell, number in enumerate(TYPES):
        box = "film.stage.canvas.getBoundingClientRect()"
        x, y = browser.ask(
            f"[film.stage.seenAt({cell}).x + {box}.left, film.stage.seenAt({cell}).y + {box}.top]"
        )
        expected = [int(one) for one in legend[number][1][4:-1].split(",")]
        assert np.abs(seen[int(y), int(x)].astype(int) - expected).max() <= 1
    browser.ask("film.trace(1), film.draw(), 0")
    assert (
        browser.ask("document.querySelector('#legend li:last-child output').textContent")
        == "pyramidal"
    )
    assert "type: pyramidal, basket" in browser.ask(
        "document.getElementById('class-scale').ariaLabel"
    )
    # Other colors are in the legend as well.
    browser.ask(
        "(() => { const choice = document.getElementById('colormap'); choice.value = 'viridis'; "
        "choice.dispatchEvent(new Event('change')); })()"
    )
    assert (
        browser.ask("getComputedStyle(document.querySelector('#classes i')).backgroundColor")
        != legend[0][1]
    )
    assert not browser.complaints
