# SPDX-License-Identifier: BSD-3-Clause
"""The film's pixels in Chromium, against matplotlib's colors of the interpolated values."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from helpers.browser import film_picture
from helpers.simulations import sample_at, simulation

from spike_export.web.page_colormaps import known_colors

pytestmark = pytest.mark.slow
matplotlib = pytest.importorskip("matplotlib")

LOW, HIGH = -70.0, 20.0
TIMES = [0.0, 0.4, 1.0, 2.5]
# Some values are beyond the limits.
CELLS = simulation(
    [{"points": [[20.0 * (i % 6), 20.0 * (i // 6), 0, 14]], "name": f"c{i}"} for i in range(24)],
    time_ms=TIMES, frames=4,
)  # fmt: skip
# A thick line of two segments: a gradient between their centers.
LINE = simulation(
    [{"points": [[0, 0, 0, 20], [200, 0, 0, 20]], "nseg": 2}], time_ms=TIMES, frames=4
)


def expected(values, name="plasma", slack=0.0):
    share = (np.asarray(values, float) - LOW) / (HIGH - LOW)
    return np.asarray(matplotlib.colormaps[name](share + slack))[..., :3] * 255


def off(pixel, values, name="plasma"):
    """How far a color is from matplotlib's; a value between two colors may have either."""
    slack = 0.51 * 120 / 65534 / (HIGH - LOW)
    return min(np.abs(pixel - expected(values, name, one)).max() for one in (-slack, 0, slack))


def place(browser, point):
    box = browser.ask(
        f"(() => {{ const box = film.stage.canvas.getBoundingClientRect(), "
        f"at = film.stage.seenAt({point}); return [box.left + at.x, box.top + at.y]; }})()"
    )
    return np.array(box)


@pytest.mark.parametrize(("width", "name", "light"), [(920, "plasma", False), (390, "RdBu", True)])
def test_cells_have_matplotlib_s_colors_at_several_times(opened, width, name, light):
    how = {"colormap": name, "colors": known_colors(name), "light": light}
    browser = opened(CELLS, width=width, v_min=LOW, v_max=HIGH, **how)
    places = [place(browser, cell).astype(int) for cell in range(24)]
    for time in (0.0, 0.25, 1.0, 1.9, 2.5):
        picture, values = film_picture(browser, time), sample_at(CELLS, time)
        for (x, y), value in zip(places, values, strict=True):
            assert off(picture[y, x], value, name) <= 1, (time, value)
    assert not browser.complaints


def test_without_form_all_of_a_cell_has_its_color(opened):
    browser = opened(CELLS, v_min=LOW, v_max=HIGH)
    for form, least in ((True, 20), (False, 0)):
        browser.ask(f"film.stage.uniforms.form.value = {int(form)}, 0")
        picture = film_picture(browser, 0.6)
        (x, y), value = place(browser, 9).astype(int), sample_at(CELLS, 0.6)[9]
        # Near its edge, whose radius is some 20 pixels.
        radius = place(browser, 10)[0] - place(browser, 9)[0]
        edge = picture[y, x + int(0.27 * 1.2 * radius) + int(0.1 * radius)]
        assert (off(edge, value) <= 1) == (not form), (form, least)
        assert off(picture[y, x], value) <= 1


def test_glow_is_on_the_ground_only(opened):
    browser = opened(CELLS, v_min=LOW, v_max=HIGH)
    (x, y), (right, _) = place(browser, 0).astype(int), place(browser, 1).astype(int)
    # Radii are 1.4 times 7 µm, of 20 to the next cell.
    value, beside = sample_at(CELLS, 0.6)[0], x - int(0.49 * (right - x)) - 5
    for glow in (True, False):
        browser.ask(f"film.stage.setGlow({str(glow).lower()}), 0")
        picture = film_picture(browser, 0.6)
        assert off(picture[y, x], value) <= 1
        assert (picture[y, beside].max() > 5) == glow


def test_values_between_centers_are_interpolated_before_they_are_colored(opened):
    """Not the colors: these would be off by far more."""
    wide = dataclasses.replace(LINE, values=np.repeat([[-65.0, 15.0]], 4, 0).astype(np.float32))
    browser = opened(wide, v_min=LOW, v_max=HIGH)
    (left, y), (right, _) = place(browser, 1), place(browser, 2)
    picture = film_picture(browser, 1.0)
    assert right - left > 200
    for x in range(int(left) - 40, int(right) + 40, 7):
        # Each pixel is the mean of two that were drawn.
        halves = [
            expected(np.interp([x + 0.25 + slip, x + 0.75 + slip], [left, right], [-65.0, 15.0]))
            for slip in np.linspace(-0.2, 0.2, 9)
        ]
        found = min(np.abs(picture[int(y), x] - both.mean(axis=0)).max() for both in halves)
        assert found <= 1, (x, picture[int(y), x])


@pytest.mark.parametrize("width", [920, 390])
def test_the_color_bar_is_matplotlib_s(opened, width):
    browser = opened(CELLS, width=width, v_min=LOW, v_max=HIGH)
    left, top, wide, high = browser.ask(
        "(() => { const box = document.getElementById('scale-colors').getBoundingClientRect(); "
        "return [box.left, box.top, box.width, box.height]; })()"
    )
    picture = film_picture(browser, 0.0)
    column = picture[:, int(left + wide / 2)]
    for share in np.linspace(0.03, 0.97, 40):
        row = int(top + (1 - share) * high)
        # A pixel of the bar has the color of one of the rows that it covers.
        within = (top + high - row - np.linspace(0, 1, 9)) / high
        values = LOW + within * (HIGH - LOW)
        assert min(off(column[row], value) for value in values) <= 1, share
    texts = browser.ask(
        "[...document.querySelectorAll('#scale-ticks li')].map((one) => one.textContent)"
    )
    assert texts[0] == "−70" and texts[-1] == "20"
    assert browser.ask("document.getElementById('scale-name').textContent") == "v (mV)"
    assert "−70 mV to 20 mV" in browser.ask("document.getElementById('scale').ariaLabel")


def test_what_has_no_value_is_gray(opened):
    values = CELLS.values.copy()
    values[1, 3] = np.nan
    browser = opened(dataclasses.replace(CELLS, values=values), v_min=LOW, v_max=HIGH)
    (x, y) = place(browser, 3).astype(int)
    assert film_picture(browser, 0.2)[y, x] == pytest.approx([127.5] * 3, abs=0.6)
    assert off(film_picture(browser, 1.5)[y, x], np.interp(1.5, TIMES[2:], values[2:, 3])) <= 1


def test_a_colormap_is_chosen_in_the_page(opened):
    browser = opened(CELLS, v_min=LOW, v_max=HIGH)
    browser.ask(
        "(() => { const choice = document.getElementById('colormap'); choice.value = 'viridis'; "
        "choice.dispatchEvent(new Event('change')); })()"
    )
    (x, y) = place(browser, 5).astype(int)
    assert off(film_picture(browser, 0.7)[y, x], sample_at(CELLS, 0.7)[5], "viridis") <= 1
