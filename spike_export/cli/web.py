# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export web``."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from ..edit.convert import ConversionError
from ..edit.convert import convert as convert_simulation
from ..simulation_file import Simulation
from ..simulation_page.film_page import Showing, film_page
from ..web.page import ENDING, FPS, SIZE_LIMIT_MB
from ..web.page_colormaps import as_bytes, known_colors, page_colormaps
from ..web.web_error import WebFilmError
from .console import (
    ABOVE_ZERO,
    CELLS_HELP,
    FILE,
    NUMBER,
    Finite,
    behind_colon,
    cells_text,
    keep,
    load,
    may_write,
    output_option,
    say,
)
from .convert import may_miss_spikes


@click.command()
@click.argument("file", type=FILE)
@output_option("film.html")
@click.option(
    "--cells", callback=cells_text, metavar="CELLS", help=f"Show these cells only: {CELLS_HELP}"
    "  [default: all]",
)  # fmt: skip
@click.option(
    "--variable", metavar="NAME",
    help="Quantity to show from a file that has several.  [default: the first]",
)  # fmt: skip
@click.option(
    "--colormap", metavar="NAME",
    help=f"One of {', '.join(page_colormaps())}, any of these backwards with _r; with matplotlib "
    "installed, also any of matplotlib, seaborn or cmasher. The page offers the former as well.  "
    "[default: plasma; of classes, such as cell types, a palette]",
)  # fmt: skip
@click.option(
    "--v-min", type=NUMBER, metavar="VALUE",
    help="Value at the colormap's lower end.  [default: as in BlenderSpike]",
)  # fmt: skip
@click.option(
    "--v-max", type=NUMBER, metavar="VALUE",
    help="Value at the colormap's upper end.  [default: as in BlenderSpike]",
)  # fmt: skip
@click.option(
    "--trace", "traces", multiple=True, metavar="PLACE",
    help="Place whose trace is shown from the beginning: a section, with the position on it in "
    "brackets, if it is not the middle, as 'dend[3](0.2)'; may be repeated.  [default: the soma "
    "of a single cell]",
)  # fmt: skip
@click.option("--title", metavar="TEXT", help="Above the film.  [default: FILE's name]")
@click.option("--light", is_flag=True, help="On white, for papers; the page can change it.")
@click.option(
    "--thickness", type=Finite(0.01, 1000), default=1.4, show_default=True, metavar="FACTOR",
    help="On all diameters.",
)  # fmt: skip
@click.option(
    "--ms-per-frame", type=ABOVE_ZERO, metavar="MS",
    help="Simulated time per film frame, of which 24 are a second: the pace at which the page "
    "begins.  [default: one film frame per file frame]",
)  # fmt: skip
@click.option(
    "--every", type=ABOVE_ZERO, metavar="MS",
    help="New time between frames, for a smaller page.",
)  # fmt: skip
@click.option(
    "--precision", type=ABOVE_ZERO, metavar="VALUE",
    help="Largest error of the values, in their unit, for a smaller page.  [default: a 131,068th "
    "of their range]",
)  # fmt: skip
@click.option(
    "--size-limit", type=Finite(0.1, 1000), default=SIZE_LIMIT_MB, show_default=True,
    metavar="MB", help="Refuse to write a larger page.",
)  # fmt: skip
def web(
    file: Path,
    output: Path,
    force: bool,
    cells: str | None,
    variable: str | None,
    colormap: str | None,
    v_min: float | None,
    v_max: float | None,
    traces: tuple[str, ...],
    title: str | None,
    light: bool,
    thickness: float,
    ms_per_frame: float | None,
    every: float | None,
    precision: float | None,
    size_limit: float,
) -> None:
    """Write FILE as a film that plays in a browser: one HTML file.

    It needs neither a server nor a network, and can be turned, slowed down and clicked on.
    """
    if output.suffix.lower() != ENDING:
        raise click.UsageError(f"-o {output}: the name must end in {ENDING}.")
    colors = None if colormap is None else _colors(colormap)
    may_write(output, force=force, inputs=[file])
    simulation = load(file)
    if not simulation.has_time and (every is not None or ms_per_frame is not None):
        raise click.UsageError(
            f"{'--every' if every else '--ms-per-frame'}: {file.name} is in the older format, "
            "which stores no times; use spike-export convert --duration to add them."
        )
    if every is not None:
        simulation = _thinned(simulation, every)
    try:
        if variable is not None:
            simulation = simulation.showing(variable)
        page = film_page(
            simulation,
            Showing(
                colormap or "",
                colors,
                v_min=v_min,
                v_max=v_max,
                cells=cells or "",
                traces=traces,
                title=file.stem if title is None else title,
                light=light,
                ms_per_s=ms_per_frame * FPS if ms_per_frame else None,
                thickness=thickness,
                precision=precision,
                size_limit_mb=size_limit,
            ),
        )
    except WebFilmError as error:
        raise click.ClickException(f"{file.name}: {error}") from None
    except ValueError as error:
        raise click.UsageError(f"--variable: {error}") from None
    for note in page.notes:
        say(note.removesuffix("."))
    keep(output, lambda place: place.write_bytes(page.content))
    click.echo(f"Wrote {output}: {page.told}")


def _colors(name: str) -> NDArray[np.uint8]:
    """Find a colormap, without matplotlib if possible."""
    if (known := known_colors(name)) is not None:
        return known
    try:
        from ..figures import ChoiceError
        from ..figures.named_colormap import colormap_named

        bins = (np.arange(256) + 0.5) / 256
        return as_bytes(np.asarray(colormap_named(name)(bins))[:, :3])
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "matplotlib":
            raise
        raise click.ClickException(
            f"--colormap {name}: without matplotlib there are only {', '.join(page_colormaps())}; "
            "install it with pip install 'spike-export[plot]'."
        ) from None
    except ChoiceError as error:
        text = str(error)
        raise click.ClickException(f"{text[0].upper()}{text[1:]}.") from None


def _thinned(simulation: Simulation, every: float) -> Simulation:
    try:
        thinned = convert_simulation(simulation, every_ms=every)
    except ConversionError as error:
        raise click.UsageError(f"--every: {behind_colon(error)}") from None
    if may_miss_spikes(simulation, thinned):
        say(
            "A spike lasts about 1 ms, less than the time between the new frames, which may miss "
            "spikes; spike-export convert --peak keeps every spike"
        )
    return thinned
