# SPDX-License-Identifier: BSD-3-Clause
"""Regions in a browser: their colors by pixels, what is hidden and found, and what is refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from helpers.browser import film_picture

from spike_export.web import region_page as module
from spike_export.web.page_colormaps import known_colors
from spike_export.web.region_page import (
    RegionShape,
    RegionShowing,
    ValuesOfRegions,
    less_detailed,
    region_page,
)
from spike_export.web.web_error import WebFilmError

HOSTILE = '</script><img src=x onerror="window.bad = 1">\'\u202e'
COLORS = [(59, 126, 240), (233, 157, 54), (0, 0, 0)]


def ball(center, radius, n=12):
    """A sphere as a grid of latitudes and longitudes."""
    theta, phi = np.meshgrid(np.linspace(0, np.pi, n), np.arange(2 * n) * np.pi / n, indexing="ij")
    points = np.stack(
        [np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], axis=-1
    ).reshape(-1, 3)
    rows, columns = np.mgrid[: n - 1, : 2 * n]
    a, b = rows * 2 * n + columns, rows * 2 * n + (columns + 1) % (2 * n)
    triangles = np.concatenate(
        [np.stack([a, a + 2 * n, b], -1), np.stack([b, a + 2 * n, b + 2 * n], -1)]
    ).reshape(-1, 3)
    return (points * radius + center).astype(np.float32), triangles.astype(np.int32)


def brain(names=("Left ball", "Right ball", "Dark ball")):
    """Three balls in a row, seen from the front, in one of glass."""
    shapes = [
        RegionShape(name, f"B{i}", COLORS[i], *ball((3.0 * i - 3, 0, 0), 1))
        for i, name in enumerate(names)
    ]
    return [*shapes, RegionShape("All", "all", (200, 200, 200), *ball((0, 0, 0), 5), is_glass=True)]


FRONT = RegionShowing(title="Balls", view=(0, -1, 0))
VALUES = np.array([[0, 1, 2, 3], [4, 3, np.nan, 1], [2, 0, 1, 4]], np.float32)
TIMES = np.array([0.0, 1.0, 3.0])


def table(**how):
    made = ValuesOfRegions(VALUES, TIMES, "rate", "viridis", known_colors("viridis"))
    return dataclasses.replace(made, **how)


def test_what_is_told_and_refused(monkeypatch):
    page = region_page(brain(), FRONT)
    assert page.told.startswith("4 regions of 2,112 triangles, 0.6") and page.notes == []
    assert page.content == region_page(brain(), FRONT).content
    with pytest.raises(WebFilmError, match=r"would have 0\.\d+ MB for 4 regions of .*--detail"):
        region_page(brain(), dataclasses.replace(FRONT, size_limit_mb=0.1))
    with pytest.raises(WebFilmError, match="There is no region to show"):
        region_page([], FRONT)
    with pytest.raises(WebFilmError, match="its lower limit must be below"):
        region_page(brain(), FRONT, table(low=3.0, high=3.0))
    with pytest.raises(WebFilmError, match="None of the values is a finite number"):
        region_page(brain(), FRONT, table(values=np.full((3, 4), np.nan, np.float32)))
    monkeypatch.setattr(module, "MOST_TRIANGLES", 1000)
    with pytest.raises(WebFilmError, match="2,112 triangles; a browser can show 1,000"):
        region_page(brain(), FRONT)


def test_less_detail_keeps_the_shape():
    points, triangles = ball((4, 5, 6), 2, n=60)
    fewer, kept = less_detailed(points, triangles, 0.3)
    assert len(fewer) < len(points) / 5 and kept.max() == len(fewer) - 1
    away = np.linalg.norm(fewer - (4, 5, 6), axis=1)
    assert away.min() > 1.9 and away.max() < 2.01
    edges = np.sort(np.concatenate([kept[:, [0, 1]], kept[:, [1, 2]], kept[:, [2, 0]]]), axis=1)
    _, times = np.unique(edges, axis=0, return_counts=True)
    assert (times >= 2).all()


# --- in a browser ---


def middles(browser):
    found = browser.ask(
        "(() => { const box = film.stage.canvas.getBoundingClientRect(); return [0, 1, 2].map("
        "(one) => { const at = film.stage.seenAt(one); "
        "return [box.left + at.x, box.top + at.y]; }); })()"
    )
    return [(int(x), int(y)) for x, y in found]


def press(browser, name):
    browser.ask(f"document.getElementById('{name}').click()")


def boxes(browser):
    return browser.ask("[...document.querySelectorAll('#things input')].map((one) => one.checked)")


@pytest.mark.slow
@pytest.mark.parametrize("light", [False, True])
def test_regions_have_their_own_colors_within_glass(opened_page, light):
    browser = opened_page(region_page(brain(), dataclasses.replace(FRONT, light=light)).content)
    press(browser, "form")
    browser.ask("film.stage.body.setShown(3, false), 0")
    seen = film_picture(browser)
    for (x, y), color in zip(middles(browser), COLORS, strict=True):
        assert np.abs(seen[y, x] - color).max() <= 1, color
    # Glass adds light to what is inside, or takes some, and most of it at its own edge.
    browser.ask("film.stage.body.setShown(3, true), 0")
    within = film_picture(browser)
    (left, y), (x, _), _ = middles(browser)
    sign = -1 if light else 1
    assert (sign * (within[y, x] - seen[y, x]) >= 0).all()
    radius = 5 * (x - left) / 3
    ground = within[int(y - 0.5 * radius), x]
    edge = within[int(y - 0.985 * radius), x]
    assert sign * (edge - ground).sum() > 60, (edge, ground)
    assert not browser.complaints
    assert browser.ask("film.stage.renderer.info.render.calls") == 4


@pytest.mark.slow
def test_glass_looks_the_same_from_both_sides(opened_page):
    """Its walls are in no order: seen from behind, a symmetric brain is the mirror image."""
    shapes = [brain()[3], dataclasses.replace(brain()[3], points=brain()[3].points / 2 + (2, 0, 0))]
    shapes[1] = dataclasses.replace(shapes[1], points=shapes[1].points.astype(np.float32))
    pictures = []
    for side in (-1, 1):
        view = dataclasses.replace(FRONT, view=(0, side, 0))
        browser = opened_page(region_page(shapes, view).content)
        box = browser.ask("[film.stage.canvas.clientWidth, film.stage.canvas.clientHeight]")
        browser.ask("document.querySelector('header').hidden = true, 0")
        browser.ask("document.getElementById('hint').hidden = true, 0")
        pictures.append(film_picture(browser)[: int(box[1]), : int(box[0]) // 2 * 2])
    assert pictures[0].max() > 100
    shifted = (np.roll(pictures[1][:, ::-1], by, axis=1) for by in (-1, 0, 1))
    assert min(np.abs(pictures[0] - one).mean() for one in shifted) < 0.6


@pytest.mark.slow
def test_check_boxes_hide_and_show(opened_page):
    browser = opened_page(region_page(brain(), FRONT).content)
    press(browser, "form")
    (x, y), *_ = middles(browser)
    assert film_picture(browser)[y, x].max() > 150
    # By keys: the first box, and the space bar, which plays nothing here.
    browser.ask("document.querySelector('#things input').focus(), 0")
    browser.press(" ")
    browser.wait_for("!document.querySelector('#things input').checked")
    assert film_picture(browser)[y, x].max() < 60
    assert browser.ask(f"film.stage.placeAt({x}, {y})") == -1
    hide = "document.querySelectorAll('#things button')[1].click()"
    browser.ask(hide)
    assert boxes(browser) == [False] * 4
    browser.ask("document.querySelectorAll('#things button')[0].click()")
    assert boxes(browser) == [True] * 4
    assert film_picture(browser)[y, x].max() > 150
    labels = browser.ask(
        "[...document.querySelectorAll('#things label')].map((one) => one.textContent)"
    )
    assert labels == ["Left ballB0", "Right ballB1", "Dark ballB2", "Allall"]
    for name in ("play", "time", "scale", "colormap", "choose"):
        assert browser.ask(f"document.getElementById('{name}').getClientRects().length") == 0


@pytest.mark.slow
def test_what_is_pointed_at_is_named_and_found_in_the_list(opened_page):
    browser = opened_page(region_page(brain(), FRONT).content)
    _, (x, y), _ = middles(browser)
    browser.point(x, y)
    tip = browser.wait_for(
        "!document.getElementById('tip').hidden && document.getElementById('tip').textContent"
    )
    assert tip == "Right ballB1"
    browser.click(x, y)
    browser.wait_for("document.activeElement.parentElement.textContent === 'Right ballB1'")
    assert "4 regions" in browser.ask("document.getElementById('stage').ariaLabel")


@pytest.mark.slow
def test_values_color_regions_over_time(opened_page):
    matplotlib = pytest.importorskip("matplotlib")
    browser = opened_page(region_page(brain(), FRONT, table(low=0.0, high=4.0)).content)
    press(browser, "form")
    browser.ask("film.stage.body.setShown(3, false), 0")
    for time in (0.0, 0.4, 1.0, 2.2, 3.0):
        seen = film_picture(browser, time)
        values = [np.interp(time, TIMES, column) for column in VALUES[:, :3].T]
        if 0 < time < 3:
            values[2] = np.nan
        for (x, y), value in zip(middles(browser), values, strict=True):
            colors = [np.array([127.5] * 3)]
            if np.isfinite(value):
                # A value between two colors may have either.
                near = (value / 4 + slack for slack in (-2e-5, 0, 2e-5))
                colors = [np.array(matplotlib.colormaps["viridis"](one)[:3]) * 255 for one in near]
            off = min(np.abs(seen[y, x] - color).max() for color in colors)
            assert off <= 1, (time, value)
    (x, y), *_ = middles(browser)
    browser.click(x, y)
    browser.wait_for("document.querySelectorAll('#legend bdi').length")
    browser.ask("film.seek(1), film.draw(), 0")
    assert browser.ask("document.querySelector('#legend').textContent") == "Left ball4×"
    assert browser.ask("document.getElementById('scale-name').textContent") == "rate"
    assert browser.ask("document.getElementById('now').textContent") == "1ms"


@pytest.mark.slow
def test_hostile_names_are_only_shown(opened_page):
    browser = opened_page(
        region_page(brain((HOSTILE,) * 3), dataclasses.replace(FRONT, title=HOSTILE)).content
    )
    assert browser.ask("document.querySelector('#things bdi').textContent").startswith("</script>")
    assert browser.ask("[window.bad ?? 0, document.images.length]") == [0, 0]
    assert not browser.complaints


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (640, 400)])
def test_it_fits_windows_of_all_sizes(opened_page, width, height):
    browser = opened_page(region_page(brain(), FRONT).content, width=width, height=height)
    size = browser.ask("[document.body.scrollWidth, document.body.scrollHeight]")
    assert size[0] <= width and size[1] <= height
    view = browser.ask("[film.stage.canvas.clientWidth, film.stage.canvas.clientHeight]")
    assert view[0] * view[1] > 0.3 * width * height
