# SPDX-License-Identifier: BSD-3-Clause
"""The film in Chromium as it is used: by mouse, by keys, without motion, and where it cannot be."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import Cell, read

pytestmark = pytest.mark.slow

DEMOS = Path(__file__).resolve().parents[3] / "blender_addons" / "blender_spike" / "demos"
NEURON, NETWORK = (read(DEMOS / f"demo_{name}.pickle") for name in ("neuron", "network"))
SPOKEN = "document.getElementById('time').getAttribute('aria-valuetext')"
HOSTILE = '</script><img src=x onerror="window.bad = 1">\'\u202e{{}}'


def middle(browser, name):
    return browser.ask(
        f"(() => {{ const box = document.getElementById('{name}').getBoundingClientRect(); "
        "return [box.left + box.width / 2, box.top + box.height / 2]; })()"
    )


def time(browser):
    return browser.ask("film.clock.time")


def legend(browser):
    return browser.ask(
        "[...document.querySelectorAll('#legend bdi')].map((one) => one.textContent)"
    )


def test_it_plays_pauses_and_ends(opened):
    browser = opened(NEURON, plays=True)
    assert browser.ask("film.clock.playing")
    assert browser.wait_for("film.clock.time > 0.2")
    assert browser.ask("document.getElementById('play').ariaLabel") == "Pause"
    browser.click(*middle(browser, "play"))
    browser.wait_for("!film.clock.playing && document.getElementById('play').ariaLabel === 'Play'")
    stopped = time(browser)
    browser.ask("document.activeElement.blur(), 0")
    browser.press(" ")
    browser.wait_for(f"film.clock.playing && film.clock.time !== {stopped}")
    # Without loop, it stops at the end, and plays again from the beginning.
    browser.click(*middle(browser, "loop"))
    browser.ask("film.clock.seek(5.9), 0")
    browser.wait_for("!film.clock.playing && film.clock.time === film.clock.end")
    browser.click(*middle(browser, "play"))
    browser.wait_for("film.clock.playing && film.clock.time < 3")
    assert not browser.complaints
    # Nothing came from elsewhere.
    assert browser.ask(
        "performance.getEntriesByType('resource').every((one) => one.name.startsWith('blob:'))"
    )


def test_it_stands_still_for_those_who_ask_for_less_motion(opened):
    browser = opened(NEURON)
    assert not browser.ask("film.clock.playing") and time(browser) == 0


def test_slider_and_keys(opened):
    browser = opened(NEURON)
    browser.click(*middle(browser, "time"))
    assert time(browser) == pytest.approx(3, abs=0.02)
    browser.press("Home")
    assert time(browser) == 0
    browser.press("ArrowRight")
    browser.press("ArrowRight")
    assert time(browser) == pytest.approx(0.1)
    browser.press("ArrowLeft")
    assert time(browser) == pytest.approx(0.05)
    browser.wait_for(f"{SPOKEN} === '0.05 ms'")
    assert browser.ask("document.getElementById('now').textContent") == "0.05ms"
    browser.press("End")
    assert time(browser) == pytest.approx(6)
    browser.press("+")
    assert browser.ask("[film.clock.speed, document.getElementById('speed').value]") == [2, "2"]
    browser.press("-")
    browser.press("-")
    assert browser.ask("film.clock.speed") == 0.5
    before = browser.ask("film.stage.camera.position.toArray()")
    browser.press("ArrowLeft", shift=True)
    after = browser.ask("film.stage.camera.position.toArray()")
    assert abs(before[0] - after[0]) > 10 and before[1] == pytest.approx(after[1])
    # A key in a field of text is text.
    browser.ask("document.getElementById('place').focus(), 0")
    browser.press("Home")
    assert time(browser) == pytest.approx(6)
    browser.wait_for(f"{SPOKEN} === '6.00 ms'")


def test_a_click_traces_what_is_there(opened):
    browser = opened(NEURON)
    assert legend(browser) == ["soma(0.5)"]
    # A place in the trunk, where nothing else is.
    segment = NEURON.section_names.index("dendrite_1[0]")
    segment = int(NEURON.first_segments[segment])
    x, y = browser.ask(
        "(() => { const box = film.stage.canvas.getBoundingClientRect(), at = "
        f"film.stage.seenAt(film.stage.body.pointOf({segment + 1})); "
        "return [box.left + at.x, box.top + at.y]; })()"
    )
    browser.point(x, y)
    tip = browser.wait_for(
        "!document.getElementById('tip').hidden && document.getElementById('tip').textContent"
    )
    browser.click(x, y)
    name = browser.wait_for("document.querySelectorAll('#legend bdi')[1]?.textContent")
    assert name.startswith("dendrite_1[") and tip.startswith(name)
    assert browser.ask("document.querySelectorAll('#marks i').length") == 2
    browser.ask("film.seek(2.3), film.draw(), 0")
    (value,) = NEURON.values[NEURON.time_ms.tolist().index(pytest.approx(2.3)), :1]
    assert browser.ask("document.querySelector('#legend output').textContent") == (
        f"{value:.4g} mV".replace("-", "−")
    )
    # A turn is no click.
    browser.call(
        "Input.dispatchMouseEvent", type="mousePressed", x=x, y=y, button="left", clickCount=1
    )
    browser.call(
        "Input.dispatchMouseEvent", type="mouseMoved", x=x + 60, y=y, button="left", buttons=1
    )
    browser.call(
        "Input.dispatchMouseEvent", type="mouseReleased", x=x + 60, y=y, button="left", clickCount=1
    )
    assert len(legend(browser)) == 2
    browser.ask("document.querySelector('#legend button').click()")
    assert legend(browser) == [name]
    # In the drawing, a click is a time.
    browser.click(*middle(browser, "lines"))
    dot = browser.ask("film.traces.x(film.clock.time) / film.traces.canvas.clientWidth")
    assert dot == pytest.approx(0.5, abs=0.01) and 2 < time(browser) < 3


def test_a_place_is_traced_by_its_name(opened):
    browser = opened(NEURON, traces=("dendrite_1[29](0.5)",))
    assert legend(browser) == ["dendrite_1[29](0.5)"]
    for name, told in (
        ("soma", "soma(0.5) is traced."),
        ("nowhere", "There is no section nowhere."),
    ):
        browser.ask(
            "document.getElementById('place').value = '', "
            "document.getElementById('place').focus(), 0"
        )
        browser.type(name)
        browser.ask("document.getElementById('choose').requestSubmit()")
        assert browser.ask("document.getElementById('chosen').textContent") == told


def test_a_network_with_its_layouts(opened):
    browser = opened(NETWORK, traces=("layer 1 neuron 3",))
    assert browser.ask("film.stage.renderer.info.render.calls") == 3
    assert legend(browser) == ["layer 1 neuron 3"]
    browser.ask(
        "(() => { const choice = document.getElementById('layout'); choice.value = '2'; "
        "choice.dispatchEvent(new Event('change')); })()"
    )
    there = NETWORK.layouts["shuffled grid"][7]
    browser.wait_for(f"Math.abs(film.stage.body.points[28] - {there[0]}) < 1e-3")
    assert browser.ask("[...film.stage.body.points.slice(28, 31)]") == pytest.approx(there)


def test_too_many_to_glow_are_drawn_by_one_call(opened):
    rows = np.repeat([[0.0, 0.0, 0.0, 2.0]], 20_100, axis=0)
    rows[:, :2] = np.transpose(np.divmod(np.arange(20_100), 150))
    rows[:, :2] *= 4
    many = simulation([{"points": [row.tolist()], "name": f"c{i}"} for i, row in enumerate(rows)])
    browser = opened(many, width=640, height=400)
    assert browser.ask("[film.stage.body.glow.visible, film.stage.body.canGlow]") == [False, False]
    assert browser.ask("film.draw(), film.stage.renderer.info.render.calls") == 1


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (640, 400), (320, 480)])
def test_it_fits_windows_of_all_sizes(opened, width, height):
    browser = opened(NETWORK, width=width, height=height)
    size = browser.ask("[document.body.scrollWidth, document.body.scrollHeight]")
    assert size[0] <= width and size[1] <= height
    view = browser.ask("[film.stage.canvas.clientWidth, film.stage.canvas.clientHeight]")
    assert view[0] * view[1] > 0.3 * width * height
    x, y = middle(browser, "play")
    assert 0 < x < width and 0 < y < height


def test_hostile_names_are_only_shown(opened):
    names = (HOSTILE, f"{HOSTILE}b", "c", "d")
    hostile = dataclasses.replace(
        simulation(branched()), cells=(Cell(HOSTILE),), section_names=names, unit=HOSTILE,
        quantity=HOSTILE, layouts={},
    )  # fmt: skip
    browser = opened(hostile, title=HOSTILE, traces=("c",))
    assert browser.ask("document.title") == HOSTILE.replace("\u202e", "\ufffd")
    browser.ask("film.trace(1), film.draw(), 0")
    assert legend(browser)[1].startswith("</script><img src=x")
    assert browser.ask("[window.bad ?? 0, document.images.length]") == [0, 0]
    assert not browser.complaints


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("delete window.DecompressionStream", "too old to unpack"),
        ("HTMLCanvasElement.prototype.getContext = () => null", "it has no WebGL 2"),
    ],
)
def test_a_browser_that_cannot_says_so(opened, missing, sentence):
    browser = opened(NEURON)
    added = browser.call("Page.addScriptToEvaluateOnNewDocument", source=missing)
    try:
        browser = opened(NEURON)
        said = browser.wait_for("document.getElementById('problem').textContent")
    finally:
        browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=added["identifier"])
    assert sentence in said
    assert browser.ask("document.getElementById('page').hidden")
