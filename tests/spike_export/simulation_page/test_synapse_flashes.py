# SPDX-License-Identifier: BSD-3-Clause
"""Synapses on a page: places and colors as in BlenderSpike, flashes by pixels at several times."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from helpers.browser import film_picture
from helpers.simulations import branched, simulation

from spike_export import read
from spike_export.simulation_file.synapses import Synapses
from spike_export.simulation_page import synapse_flashes as module
from spike_export.simulation_page.film_page import Showing, film_page
from spike_export.simulation_page.synapse_flashes import kind_colors, synapse_flashes

DEMOS = Path(__file__).resolve().parents[3] / "blender_addons" / "blender_spike" / "demos"
TIMES = np.linspace(0, 10, 41).tolist()
EVENTS = ([2.0], [1.0, 1.5, 6.0], [], [0.5, 3.0, 3.1, 3.2, 9.0])
WEIGHTS = (1.0, 4.0, np.nan, 1.0)


def on_a_line():
    """Four synapses on a thin line, of two kinds."""
    made = simulation(
        [{"points": [[0, 0, 0, 2], [400, 0, 0, 2]], "nseg": 5}], time_ms=TIMES, frames=41
    )
    synapses = Synapses(
        cells=np.zeros(4, np.int32),
        sections=np.zeros(4, np.int32),
        positions=np.array([0.2, 0.4, 0.6, 0.8], np.float32),
        kinds=np.array([0, 1, 0, 1], np.int32),
        kind_names=("AMPA", "GABA"),
        event_counts=np.array([len(one) for one in EVENTS], np.int32),
        event_times_ms=np.concatenate([np.array(one, float) for one in EVENTS]),
        weights=np.array(WEIGHTS, np.float32),
    )
    return dataclasses.replace(made, synapses=synapses)


ALL = np.ones(1, np.bool_)


def test_places_are_blenderspike_s(bpy):
    """On dendrites and on the soma's sphere."""
    from blender_spike.cells.synapse_places import synapse_places

    for made in (read(DEMOS / "demo_synapses.pickle"), simulation(branched())):
        synapses = made.synapses
        if synapses is None:
            sections = np.arange(made.n_sections).repeat(3)
            where = np.tile([0.0, 0.3, 1.0], made.n_sections).astype(np.float32)
            some = len(sections)
            synapses = Synapses(
                cells=made.section_cells[sections], sections=sections.astype(np.int32),
                positions=where, kinds=np.zeros(some, np.int32), kind_names=("x",),
                event_counts=np.zeros(some, np.int32), event_times_ms=np.zeros(0),
            )  # fmt: skip
            made = dataclasses.replace(made, synapses=synapses)
        found = synapse_flashes(made, np.ones(made.n_sections, np.bool_), [])
        theirs = synapse_places(made, synapses.sections, synapses.positions)
        surface = found.axis_um + found.away_um
        # As far from the axis, or from the sphere's middle, everywhere; and nearly always on the
        # same side, which rounding decides where a neurite runs at the same angle to two axes.
        middle = np.where(theirs.balls[:, None] > 0, theirs.centers_um, theirs.axis_um)
        radii = np.where(theirs.balls > 0, theirs.ball_radii_um, theirs.radii_um)
        away = np.linalg.norm(surface - middle, axis=1)
        np.testing.assert_allclose(away, radii, atol=2e-3)
        same = np.linalg.norm(surface - theirs.surface_um, axis=1) < 2e-3
        assert same.mean() > 0.9


def test_colors_sizes_and_decay_are_blenderspike_s(bpy):
    from blender_spike.building import synapse_parts
    from blender_spike.color.synapse_colors import palette
    from blender_spike.common.colormaps import srgb_to_linear

    names = ["AMPA", "GABA_A", "NMDA", "x", "glyR", "ExpSyn", "inh"]
    ours = [bytes.fromhex(one[1:]) for one in kind_colors(names)]
    linear = srgb_to_linear(np.frombuffer(b"".join(ours), np.uint8).reshape(-1, 3) / 255)
    np.testing.assert_allclose(linear, np.array(palette(names))[:7, :3], atol=0.012)
    found = synapse_flashes(on_a_line(), ALL, [])
    theirs = synapse_parts.weight_sizes(np.array(WEIGHTS, np.float32), 4)
    np.testing.assert_allclose(found.sizes, theirs.clip(0.5, 2), rtol=1e-6)
    assert found.decay_ms == synapse_parts._decay_ms(10.0) == 0.6
    assert found.kinds == [("AMPA", "#d55e00", 2), ("GABA", "#56b4e9", 2)]
    assert found.times_ms.tolist() == pytest.approx(np.concatenate(EVENTS))


def test_what_is_left_out_is_said(monkeypatch):
    demo = read(DEMOS / "demo_synapses.pickle")
    none = np.zeros(demo.n_sections, np.bool_)
    assert synapse_flashes(demo, none, []) is None
    few = none.copy()
    few[demo.synapses.sections[0]] = True
    count = int((demo.synapses.sections == demo.synapses.sections[0]).sum())
    assert len(synapse_flashes(demo, few, []).sizes) == count
    monkeypatch.setattr(module, "MOST_SYNAPSES", 100)
    notes: list[str] = []
    assert synapse_flashes(demo, ~none, notes) is None
    assert notes == ["None of the 340 synapses are shown; 100 are the most."]
    assert "100 are the most" in film_page(demo, Showing()).notes[0]
    points = dataclasses.replace(
        simulation([{"points": [[0, 0, 0, 9]], "name": "p"}], time_ms=TIMES, frames=41),
        synapses=on_a_line().synapses,
    )
    assert film_page(points, Showing()).notes == [
        "Its cells are points, so its 4 synapses are not drawn."
    ]


def test_events_of_any_time_and_many_kinds():
    made = on_a_line()
    names = tuple(f"kind {i}" for i in range(12))
    odd = dataclasses.replace(
        made.synapses, kind_names=names, kinds=np.array([0, 6, 7, 11], np.int32),
        event_times_ms=np.array([-1e300, 1, 2, 3, 4, 5, 6, 7, 1e300]),
        event_counts=np.array([1, 3, 0, 5], np.int32),
    )  # fmt: skip
    found = synapse_flashes(dataclasses.replace(made, synapses=odd), ALL, [])
    assert found.counts.tolist() == [0, 3, 0, 4] and np.isfinite(found.times_ms).all()
    assert found.colors.tolist() == [0, 6, 7, 7] and len(found.kinds) == 8
    assert found.kinds[7] == ("5 other kinds", "#95959a", 2)


# --- in a browser ---


def flash(events, now, decay, rise=0.2):
    """As BlenderSpike's nodes: rise to the 32nd power, then an exponential; 0.7 each, 1 at most."""
    age = now - np.array(events, float)
    age = age[age >= 0]
    left = np.where(age < rise, (age / rise) ** 32, np.exp(-(age - rise) / decay))
    return min(0.7 * left.sum(), 1.0)


def middles(browser):
    return browser.ask(
        "(() => { const box = film.stage.canvas.getBoundingClientRect(); "
        "const { axis } = film.stage.body.synapses.balls.geometry.attributes; "
        "const away = film.stage.body.synapses.balls.geometry.attributes.away; "
        "return [0, 1, 2, 3].map((i) => { const at = film.stage.projected([0, 1, 2].map((k) => "
        "axis.array[3 * i + k] + 1.4 * away.array[3 * i + k])); "
        "return [box.left + at.x, box.top + at.y]; }); })()"
    )


@pytest.mark.slow
@pytest.mark.parametrize("light", [False, True])
def test_they_flash_at_their_events(opened, light):
    browser = opened(on_a_line(), light=light, ms_per_s=1.0)
    browser.ask("document.getElementById('form').click()")
    browser.ask("film.stage.body.uniforms.ballRadius.value = 12, 0")
    at = np.array(middles(browser)).astype(int)
    colors = np.array([[213, 94, 0], [86, 180, 233]] * 2, float)
    for time in (0.0, 0.9, 1.15, 1.6, 2.05, 2.25, 3.3, 5.0, 6.4, 10.0):
        seen = film_picture(browser, time)
        for (x, y), own, events in zip(at, colors, EVENTS, strict=True):
            now = flash(events, time, 0.6)
            body = own * (0.62 + 0.38 * now)
            hot = 0 if light else 0.45 * now
            expected = body * (1 - hot) + 255 * hot
            assert np.abs(seen[y, x] - expected).max() <= 2, (time, events)
    # Far from an event and close to one, they differ by far more.
    assert (
        np.abs(film_picture(browser, 2.25) - film_picture(browser, 0.0))[at[0][1], at[0][0]].max()
        > 40
    )
    assert not browser.complaints


@pytest.mark.slow
def test_kinds_are_shown_and_hidden(opened):
    browser = opened(on_a_line())
    browser.ask("film.stage.body.uniforms.ballRadius.value = 12, 0")
    at = [(int(x), int(y) + 6) for x, y in middles(browser)]
    before = film_picture(browser, 0.0)
    labels = browser.ask(
        "[...document.querySelectorAll('#things label')].map((one) => one.textContent)"
    )
    assert labels == ["AMPA2", "GABA2"]
    assert browser.ask("document.querySelector('#things legend').textContent") == "Synapses"
    browser.ask("document.querySelectorAll('#things input')[1].focus(), 0")
    browser.press(" ")
    after = film_picture(browser, 0.0)
    changed = [bool(np.abs(before[y, x] - after[y, x]).max() > 20) for x, y in at]
    assert changed == [False, True, False, True]
    # They are no places to trace, and cost the film two calls, one without glow.
    assert browser.ask("film.stage.renderer.info.render.calls") == 2
    assert "4 synapses" in browser.ask("document.getElementById('stage').ariaLabel")


@pytest.mark.slow
def test_no_flash_is_missed_at_high_speed(opened):
    browser = opened(on_a_line(), ms_per_s=100.0)
    decay = "film.draw(), film.stage.body.uniforms.decay.value"
    assert browser.ask(decay) == pytest.approx(100 / 24)
    browser.ask("film.clock.speed = 0.1, 0")
    assert browser.ask(decay) == pytest.approx(0.6)
