# SPDX-License-Identifier: BSD-3-Clause
"""Films of simulations, opened in a browser from the disk."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from helpers.browser import Browser

from spike_export import Simulation
from spike_export.simulation_page.film_page import Showing, film_page
from spike_export.web.page_colormaps import known_colors


@pytest.fixture
def opened(opened_page: Callable[..., Browser]) -> Callable[..., Browser]:
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
        content = film_page(simulation, showing).content
        return opened_page(content, width=width, height=height, plays=plays)

    return open_film
