# SPDX-License-Identifier: GPL-3.0-or-later
"""Films for the browser: their sizes, how long they take to make, and what a frame takes.

What a frame takes in the page, from its time to the last call that draws, is measured in a headless
Chromium, where there is one. It draws by software, in another process, which is not measured.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from helpers.browser import Browser, find_browser

from spike_export import Cell, Simulation, read
from spike_export.simulation_file.synapses import Synapses
from spike_export.simulation_page.film_page import Showing, film_page
from spike_export.web.page import FilmPage
from spike_export.web.page_colormaps import known_colors
from spike_export.web.region_page import (
    RegionShape,
    RegionShowing,
    ValuesOfRegions,
    region_page,
)
from spike_export.web.surface_page import Heights, SurfaceShowing, surface_page

from . import ROOT
from .rows import Aim, Row

DEMO: Final = ROOT / "blender_addons" / "blender_spike" / "demos" / "demo_neuron.pickle"
_FRAMES: Final = 30
# A cell's own values are as smooth as this, and not noise, which nothing can pack.
_WAVE_UM: Final = 150.0


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield what was measured.

    Parameters
    ----------
    quick : bool
        Tiny sizes, only to see that it runs.
    """
    large = branching(*((20, 10, 5) if quick else (10_000, 10, 100)))
    program = find_browser()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        side, balls, synapses = (32, 5, 50) if quick else (512, 100, 30_000)
        for name, make, limit in (
            ("demo cell", lambda: made(read(DEMO)), 10.0),
            (f"{large.n_segments:,} segments", lambda: made(large), 0.0),
            (f"{synapses:,} synapses", lambda: made(flashing(synapses)), 0.0),
            (f"surface of {side} x {side} values", lambda: surface(side), 0.0),
            (f"brain of {balls} regions", lambda: brain(balls), 0.0),
        ):
            what = f"Film in the browser, {name}"
            begin = time.process_time()
            page = make()
            cost = time.process_time() - begin
            aim = Aim(limit, "MB") if limit else None
            yield Row(f"{what}: its size", len(page.content) / 1e6, "MB", aim=aim)
            yield Row(f"{what}: making it, processor time", cost, "s")
            if program is not None:
                path = Path(folder) / "film.html"
                path.write_bytes(page.content)
                with Browser(program, Path(folder) / f"profile{name}", draws=True) as browser:
                    yield from played(browser, path, what)


def about() -> str:
    """Name the browser, and how it draws."""
    program = find_browser()
    if program is None:
        return "no browser"
    told = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    return f"{' '.join(told.split()[:2])}, no graphics card"


def made(simulation: Simulation) -> FilmPage:
    """Make a film of any size."""
    colors = known_colors("plasma")
    assert colors is not None
    return film_page(simulation, Showing("plasma", colors, size_limit_mb=1000))


def flashing(count: int) -> Simulation:
    """Grow a small cell with synapses, each with ten events."""
    cell = branching(100, 5, _FRAMES)
    rng = np.random.default_rng(0)
    times = np.sort(rng.uniform(0, cell.duration_ms, (count, 10)), axis=1)
    sections = rng.integers(0, cell.n_sections, count).astype(np.int32)
    synapses = Synapses(
        cells=np.zeros(count, np.int32),
        sections=sections,
        positions=rng.random(count).astype(np.float32),
        kinds=np.arange(count, dtype=np.int32) % 2,
        kind_names=("AMPA", "GABA"),
        event_counts=np.full(count, 10, np.int32),
        event_times_ms=times.ravel(),
    )
    return replace(cell, synapses=synapses)


def surface(side: int) -> FilmPage:
    """Make a film of waves on water."""
    colors = known_colors("plasma")
    assert colors is not None
    away = np.hypot(*np.meshgrid(np.linspace(-1, 1, side), np.linspace(-1, 1, side)))
    phases = np.linspace(0, 2 * np.pi, _FRAMES, endpoint=False)
    values = np.stack([np.cos(20 * away - phase) * np.exp(-2 * away) for phase in phases])
    showing = SurfaceShowing(colormap="plasma", colors=colors, size_limit_mb=1000)
    return surface_page(Heights(values.astype(np.float32)), showing)


def brain(count: int) -> FilmPage:
    """Make a film of balls, a thousand triangles each, that change their colors."""
    rng = np.random.default_rng(0)
    turn, rise = np.meshgrid(np.arange(32) * np.pi / 16, np.linspace(-1, 1, 17))
    round_ = np.sqrt(1 - rise**2)
    ball = np.stack([round_ * np.cos(turn), round_ * np.sin(turn), rise], -1).reshape(-1, 3)
    a, b = (np.arange(16)[:, None] * 32 + (np.arange(32) + one) % 32 for one in (0, 1))
    corners = [a, b, a + 32, a + 32, b, b + 32]
    triangles = np.stack(corners, -1).reshape(-1, 3).astype(np.int32)
    regions = [
        RegionShape(f"Ball {one}", f"B{one}", (200, 90, 40),
                    (ball + rng.normal(0, 8, 3)).astype(np.float32), triangles)
        for one in range(count)
    ]  # fmt: skip
    colors = known_colors("plasma")
    assert colors is not None
    values = rng.normal(size=(_FRAMES, count)).astype(np.float32)
    table = ValuesOfRegions(values, np.arange(float(_FRAMES)), "rate", "plasma", colors)
    return region_page(regions, RegionShowing(), table)


def played(browser: Browser, path: Path, what: str) -> Iterator[Row]:
    """Measure frames of a film that is open."""
    browser.look(640, height=400, still=True)
    browser.open(path.as_uri())
    browser.wait_for("!!window.film?.seek")
    for number in range(_FRAMES):
        # What was drawn before is finished first; drawing by software takes long.
        browser.ask(
            "film.stage.renderer.getContext()"
            ".readPixels(0, 0, 1, 1, 6408, 5121, new Uint8Array(4)), "
            f"film.clock.seek(film.clock.begin + (film.clock.end - film.clock.begin) * "
            f"{number / _FRAMES}), film.draw(), 0"
        )
    # The first ones compile.
    cost = float(np.median(browser.ask("film.costs")[-_FRAMES // 2 :]))
    calls = browser.ask("film.stage.renderer.info.render.calls")
    yield Row(f"{what}: a frame, in the page", cost, "ms", aim=Aim(8, "ms"))
    # Each region has its own.
    aim = None if "regions" in what else Aim(4, "calls")
    yield Row(f"{what}: draw calls in a frame", calls, "calls", aim=aim)


def branching(sections: int, nseg: int, frames: int) -> Simulation:
    """Grow a cell at random, through which a wave of voltage runs."""
    rng = np.random.default_rng(0)
    ways = rng.normal(0, 1, (sections, 3))
    ways *= 40 / np.linalg.norm(ways, axis=1)[:, None]
    parents = np.array([-1, *(rng.integers(max(0, i - 400), i) for i in range(1, sections))])
    ends = ways.copy()
    lengths = np.full(sections, 40.0)
    for section in range(1, sections):
        ends[section] += ends[parents[section]]
        lengths[section] += lengths[parents[section]]
    points = np.stack([ends - ways, ends - ways / 2 + rng.normal(0, 2, ways.shape), ends], axis=1)
    points = np.concatenate([points, np.full((sections, 3, 1), 1.5)], axis=2)
    share = (np.arange(nseg) + 0.5) / nseg
    away = (lengths[:, None] - 40 * (1 - share)).ravel()
    time_ms = np.arange(frames) * 0.1
    wave = (away - 100 * time_ms[:, None]) / _WAVE_UM
    return Simulation(
        cells=(Cell("grown"),),
        section_names=tuple(f"dend[{section}]" for section in range(sections)),
        section_types=np.ones(sections, np.uint8),
        section_cells=np.zeros(sections, np.int32),
        parents=parents.astype(np.int32),
        parent_x=np.ones(sections),
        segment_counts=np.full(sections, nseg, np.int32),
        point_counts=np.full(sections, 3, np.int32),
        points_um=points.reshape(-1, 4).astype(np.float32),
        time_ms=time_ms,
        values=(-70 + 100 * np.exp(-(wave**2))).astype(np.float32),
    )
