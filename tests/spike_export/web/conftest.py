# SPDX-License-Identifier: BSD-3-Clause
"""A browser that draws in space, and films opened in it from the disk."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.browser import Browser, find_browser

from spike_export import Simulation
from spike_export.web.film_page import Showing, film_page
from spike_export.web.page_colormaps import known_colors


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = find_browser()
    if program is None:
        pytest.skip("there is no Chromium")
    pytest.importorskip("PIL")
    with Browser(program, tmp_path_factory.mktemp("profile"), draws=True) as one:
        yield one


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Callable[..., Browser]:
    """Open a simulation's film, which stands still unless it is to play."""

    def open_film(
        simulation: Simulation,
        *,
        width: int = 920,
        height: int = 560,
        plays: bool = False,
        **how: Any,
    ) -> Browser:
        showing = dataclasses.replace(Showing("plasma", known_colors("plasma")), **how)
        path = tmp_path / "film.html"
        path.write_bytes(film_page(simulation, showing).content)
        browser.look(width, height=height, still=not plays)
        browser.open(path.as_uri())
        browser.wait_for("!!window.film?.seek || !document.getElementById('problem').hidden")
        # By software it takes long.
        browser.ask("window.film?.stage?.setGlow(false), 0")
        return browser

    return open_film
