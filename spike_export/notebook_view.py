# SPDX-License-Identifier: BSD-3-Clause
"""How a notebook shows a simulation: as the film that `web` makes, if it is small enough."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Final

from .edit.summary import summarize
from .simulation_file import Simulation
from .simulation_page.film_page import Showing, film_page
from .web.web_error import WebFilmError

MOST_VALUES: Final = 10_000_000
"""More take seconds to pack, for which nobody has asked."""
SIZE_LIMIT_MB: Final = 5.0
"""Of a film in a notebook, which keeps it."""
_HEIGHT: Final = 520


def notebook_html(simulation: Simulation) -> str:
    """Make the HTML by which a notebook shows a simulation.

    Returns
    -------
    str
        The film, in a frame of its own that has access to nothing else; or, if it is too large,
        what is in it, and why there is no film.
    """
    title = simulation.source or "A simulation"
    try:
        if simulation.values.size > MOST_VALUES:
            raise WebFilmError(
                f"{simulation.values.size:,} values are too many for a film in a notebook, which "
                f"shows {MOST_VALUES:,}. Write it to a file with spike-export web."
            )
        page = film_page(simulation, Showing(title=title, size_limit_mb=SIZE_LIMIT_MB))
    except WebFilmError as error:
        return _table(simulation, f"{error}")
    return (
        f'<iframe srcdoc="{html.escape(page.content.decode(), quote=True)}" '
        f'sandbox="allow-scripts" title="{html.escape(title, quote=True)}" '
        f'style="width: 100%; height: {_HEIGHT}px; border: 0; border-radius: 8px"></iframe>'
    )


def _table(simulation: Simulation, sentence: str) -> str:
    """Say what is in it."""
    # It is not known which file it is from.
    rows = [row for row in summarize(simulation, Path()).rows() if row[0] not in ("File", "Size")]
    cells = "".join(
        f"<tr><th style='text-align: left'>{html.escape(name)}</th>"
        f"<td style='text-align: left'>{html.escape(text)}</td></tr>"
        for name, text in rows
    )
    return f"<table>{cells}</table><p>{html.escape(sentence)}</p>"
