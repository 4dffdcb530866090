# SPDX-License-Identifier: BSD-3-Clause
"""An array as a surface in a browser: colors by pixels against matplotlib's, clicks, keys."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import json
import re

import numpy as np
import pytest
from helpers.browser import film_picture

from spike_export.web import surface_page as module
from spike_export.web.page_colormaps import known_colors
from spike_export.web.surface_page import Heights, SurfaceShowing, surface_page
from spike_export.web.web_error import WebFilmError

SHOWING = SurfaceShowing(
    colormap="viridis", colors=known_colors("viridis"), quantity="potential", unit="mV"
)
HOSTILE = '</script><img src=x onerror="window.bad = 1">\'\u202e'
RNG = np.random.default_rng(5)
# Plateaus of 4 x 4 cells, whose middles have one color each.
LEVELS = RNG.uniform(-70, 20, (3, 4, 5)).astype(np.float32)
PLATEAUS = LEVELS.repeat(4, axis=1).repeat(4, axis=2)
RAMP = np.broadcast_to(np.linspace(-1, 3, 9, dtype=np.float32), (1, 6, 9)).copy()


def shown(values, **how):
    return surface_page(Heights(values), dataclasses.replace(SHOWING, **how))


def about(page):
    (text,) = re.findall(r'data-data="about">([^<]*)<', page.content.decode())
    return json.loads(gzip.decompress(base64.b64decode(text)))


def test_what_is_said():
    holed = PLATEAUS.copy()
    assert shown(holed).notes == []
    holed[0, 0, 0] = np.nan
    assert shown(holed).notes == ["1 value is not a number and leaves a hole."]
    holed[0, :2, 0] = np.nan
    page = shown(holed)
    assert page.notes == ["2 values are not numbers and leave holes."]
    assert page.told.startswith("16 x 20 values in 3 frames, 0.6")
    assert shown(RAMP).told.startswith("6 x 9 values in 1 frame, 0.6")
    assert shown(RAMP).content == shown(RAMP).content


def test_values_without_their_base_come_back():
    page = surface_page(Heights(RAMP, base=1e9), SHOWING)
    found = about(page)
    assert found["ends"] == found["limits"] == [1e9 - 1, 1e9 + 3]
    assert found["offset"] == 1e9 - 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"low": 5.0, "high": 5.0}, "its lower limit must be below"),
        ({"high": -1e9}, "would go from -69.* to -1e"),
        ({"low": float("nan")}, "must be finite"),
        ({"size_limit_mb": 0.1}, r"would have 0\.\d+ MB for 16 x 20 values in 3 frames; the limit"),
    ],
)
def test_refused(change, sentence):
    with pytest.raises(WebFilmError, match=sentence):
        shown(PLATEAUS, **change)


def test_nothing_and_too_much(monkeypatch):
    with pytest.raises(WebFilmError, match="None of the values is a finite number"):
        shown(np.full((2, 3, 3), np.nan, np.float32))
    monkeypatch.setattr(module, "MOST_CELLS", 300)
    with pytest.raises(WebFilmError, match="16 x 20 values in 3 frames are too many"):
        shown(PLATEAUS)


# --- in a browser ---


def expected(value, low, high, slack=0.0):
    import matplotlib

    return (
        np.asarray(matplotlib.colormaps["viridis"]((value - low) / (high - low) + slack))[:3] * 255
    )


def off(pixel, value, low, high):
    """How far a color is from matplotlib's; a value between two colors may have either."""
    return min(
        np.abs(pixel - expected(value, low, high, slack)).max() for slack in (-2e-5, 0, 2e-5)
    )


def places(browser, cells):
    return np.array(
        browser.ask(
            "(() => { const box = film.stage.canvas.getBoundingClientRect(); return "
            f"{list(map(int, cells))}.map((one) => {{ const at = film.stage.seenAt(one); "
            "return [box.left + at.x, box.top + at.y]; }); })()"
        )
    )


def without_form(browser):
    browser.ask("document.getElementById('form').click()")


def legend(browser):
    return browser.ask(
        "[...document.querySelectorAll('#legend bdi')].map((one) => one.textContent)"
    )


@pytest.mark.slow
@pytest.mark.parametrize("light", [False, True])
def test_plateaus_have_matplotlib_s_colors_at_several_times(opened_page, light):
    pytest.importorskip("matplotlib")
    browser = opened_page(shown(PLATEAUS, low=-60.0, high=10.0, height=0.02, light=light).content)
    without_form(browser)
    # Row 0 of the page is in front; the middles of the plateaus' inner squares.
    cells = [(4 * row + 1) * 20 + 4 * column + 1 for row in range(4) for column in range(5)]
    for time in (0.0, 0.25, 1.0, 1.7, 2.0):
        seen = film_picture(browser, time)
        before = int(min(time, 1.999))
        share = time - before
        values = (LEVELS[before] * (1 - share) + LEVELS[before + 1] * share).ravel()
        at = (places(browser, cells) + places(browser, [one + 21 for one in cells])) / 2
        for (x, y), value in zip(at.astype(int), values, strict=True):
            assert off(seen[y, x], value, -60, 10) <= 1, (time, value)
    assert not browser.complaints


@pytest.mark.slow
def test_between_cells_the_value_is_interpolated_before_it_is_colored(opened_page):
    """On a flat plane, seen at an angle: four corners say where each pixel is on it."""
    pytest.importorskip("matplotlib")
    browser = opened_page(shown(RAMP, height=1e-6).content)
    without_form(browser)
    seen = film_picture(browser)
    corners = places(browser, [0, 8, 45, 53])
    flat = np.array([[0, 0], [8, 0], [0, 5], [8, 5]], float)
    rows = []
    for (x, y), (column, row) in zip(corners, flat, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -column * x, -column * y, -column])
        rows.append([0, 0, 0, x, y, 1, -row * x, -row * y, -row])
    plane = np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)

    def column_at(x, y):
        found = plane @ (x, y, 1)
        return found[0] / found[2]

    def mean_at(x, y):
        # Each pixel is the mean of four that were drawn.
        drawn = [(x + dx, y + dy) for dx in (0.25, 0.75) for dy in (0.25, 0.75)]
        return np.mean([expected(-1 + column_at(*one) / 2, -1, 3) for one in drawn], axis=0)

    for share in np.linspace(0.1, 0.9, 40):
        x, y = ((1 - share) * corners[0] + share * corners[3]).astype(int)
        slips = np.linspace(-0.2, 0.2, 9)
        best = min(np.abs(seen[y, x] - mean_at(x + slip, y)).max() for slip in slips)
        assert best <= 1, (share, seen[y, x])


@pytest.mark.slow
def test_holes_are_empty_and_have_no_place(opened_page):
    holed = PLATEAUS.copy()
    holed[0, 4:12, 4:12] = np.nan
    browser = opened_page(shown(holed, height=0.02).content)
    above = places(browser, [3 * 20 + 7, 12 * 20 + 7]).mean(axis=0)
    assert film_picture(browser, 0.0)[int(above[1]), int(above[0])].max() == 0
    box = "film.stage.canvas.getBoundingClientRect()"
    pick = f"film.stage.placeAt({above[0]} - {box}.left, {above[1]} - {box}.top)"
    assert browser.ask(pick) == -1
    # It is a hole until the next frame, in which it is none.
    assert film_picture(browser, 0.5)[int(above[1]), int(above[0])].max() == 0
    assert film_picture(browser, 1.0)[int(above[1]), int(above[0])].max() > 30
    assert browser.ask(pick) // 20 in range(4, 12)


@pytest.mark.slow
def test_a_click_traces_a_row_and_a_column(opened_page):
    values = PLATEAUS + np.linspace(0, 1, 320, dtype=np.float32).reshape(16, 20)
    browser = opened_page(shown(values).content)
    cell = 9 * 20 + 13
    x, y = places(browser, [cell])[0]
    browser.point(x, y)
    tip = browser.wait_for(
        "!document.getElementById('tip').hidden && document.getElementById('tip').textContent"
    )
    browser.click(x, y)
    browser.wait_for("document.querySelectorAll('#legend bdi').length")
    # Rows are counted from behind, where the array's first one is.
    assert legend(browser) == ["row 6, column 13"] and tip.startswith("row 6, column 13")
    browser.ask("film.seek(1), film.draw(), 0")
    told = browser.ask("document.querySelector('#legend output').textContent")
    value, unit = told.replace("−", "-").split()
    assert float(value) == pytest.approx(values[1].ravel()[cell], abs=0.007) and unit == "mV"
    browser.ask("document.getElementById('place').focus(), 0")
    browser.type("0, 19")
    browser.ask("document.getElementById('choose').requestSubmit()")
    assert legend(browser)[1] == "row 0, column 19"
    browser.ask("document.getElementById('place').focus(), 0")
    browser.type("16, 0")
    browser.ask("document.getElementById('choose').requestSubmit()")
    assert browser.ask("document.getElementById('chosen').textContent") == (
        "Type a row from 0 to 15 and a column from 0 to 19."
    )
    # A key on the slider of heights is not one of the film's.
    browser.ask("document.getElementById('height').focus(), 0")
    time = browser.ask("film.clock.time")
    browser.press("Home")
    browser.wait_for("film.stage.body.height === 0")
    assert browser.ask("film.clock.time") == time
    assert "16 rows and 20 columns" in browser.ask("document.getElementById('stage').ariaLabel")
    assert not browser.complaints


@pytest.mark.slow
def test_every_cell_is_found_where_it_is_seen(opened_page):
    x = np.linspace(-1, 1, 15)
    hill = np.exp(-3 * (x[:, None] ** 2 + x**2))[None].astype(np.float32)
    low = dataclasses.replace(SHOWING, height=0.05)
    browser = opened_page(surface_page(Heights(hill, x=(2, 4), y=(-1, 1)), low).content)
    cells = [row * 15 + column for row in range(1, 14, 3) for column in range(1, 14, 3)]
    find = (
        f"{cells}.map((one) => {{ const at = film.stage.seenAt(one); "
        "return film.stage.placeAt(at.x, at.y); })"
    )
    assert browser.ask(find) == cells
    # Behind a higher hill, it is the hill that is seen.
    browser.ask("film.stage.body.setHeight(0.45), film.draw(), 0")
    hidden = {a: b for a, b in zip(cells, browser.ask(find), strict=True) if a != b}
    assert 2 <= len(hidden) <= 8 and all(0 <= b // 15 <= a // 15 for a, b in hidden.items())
    assert browser.ask("film.stage.body.placeName(3 * 15 + 14)") == "x 4, y −0.57143"
    assert browser.ask("film.stage.body.placeNamed('4, −0.57')") == 59
    # Of one frame, there is nothing to play.
    for name in ("play", "time", "now"):
        assert browser.ask(f"document.getElementById('{name}').getClientRects().length") == 0


@pytest.mark.slow
def test_what_is_nothing_beside_the_range_is_zero_on_the_scale(opened_page):
    values = RAMP.copy()
    values[values < 0] = 2e-31
    browser = opened_page(shown(values).content)
    ends = browser.ask(
        "[...document.querySelectorAll('#scale-ticks li')].map((one) => one.textContent)"
    )
    assert (ends[0], ends[-1]) == ("0", "3")


def test_hostile_texts_are_only_shown(opened_page):
    page = shown(PLATEAUS, title=HOSTILE, quantity=HOSTILE, unit=HOSTILE)
    browser = opened_page(page.content)
    assert browser.ask("document.title") == HOSTILE.replace("\u202e", "\ufffd")
    browser.ask("film.trace(21), film.draw(), 0")
    assert browser.ask("[window.bad ?? 0, document.images.length]") == [0, 0]
    assert not browser.complaints


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_it_fits_windows_of_all_sizes(opened_page, width, height):
    browser = opened_page(shown(PLATEAUS).content, width=width, height=height)
    size = browser.ask("[document.body.scrollWidth, document.body.scrollHeight]")
    assert size[0] <= width and size[1] <= height
    view = browser.ask("[film.stage.canvas.clientWidth, film.stage.canvas.clientHeight]")
    at = places(browser, [0, 19, 300, 319])
    assert (at > 0).all() and (at[:, 0] < view[0]).all() and (at[:, 1] < view[1]).all()
