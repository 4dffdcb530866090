# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export plot``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from ..simulation_file.spread import color_range
from .console import ABOVE_ZERO, CELLS_HELP, FILE, NUMBER, cells_text, load, say
from .drawing import (
    Kind,
    draw,
    drawing_options,
    may_write_frames,
    one_sentence,
    outputs,
    target_of,
)  # fmt: skip

if TYPE_CHECKING:
    from ..figures import Frame


def _frames(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> tuple[int, int] | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", text)
    if not match:
        raise click.BadParameter(f"'{text}' is not a range of frames such as 0-120.")
    first, last = int(match[1]), int(match[2] or match[1])
    if last < first:
        raise click.BadParameter(f"'{text}' ends before it begins.")
    return first, last


def _patterns(_context: click.Context, _option: click.Parameter, text: str | None) -> list[str]:
    # A comma inside brackets belongs to a regular expression: dend\[[1,2]\], a{1,2}.
    parts = re.split(r",(?![^\[({]*[\])}])", text) if text is not None else []
    if any(not part.strip() for part in parts):
        raise click.BadParameter(f"'{text}' contains an empty name.")
    return [part.strip() for part in parts]


@click.command(epilog=outputs(name="traces", still="the whole run, or of one of the --frames"))
@click.argument("file", type=FILE)
@drawing_options("traces.png")
@click.option(
    "--sections",
    callback=_patterns,
    metavar="NAMES",
    help="Names or regular expressions, separated by commas, such as 'soma,apic.*'; the middle of "
    "each section is drawn.  [default: the soma and sections at increasing distances]",
)
@click.option(
    "--cells",
    callback=cells_text,
    metavar="CELLS",
    help=f"Draw these cells only: {CELLS_HELP}  [default: all]",
)
@click.option(
    "--style",
    type=click.Choice(["gradient", "line"]),
    default="gradient",
    show_default=True,
    help="Color the lines by value, or each in one color.",
)
@click.option(
    "--colormap",
    default="plasma",
    show_default=True,
    metavar="NAME",
    help="Colormap from matplotlib, seaborn or cmasher.",
)
@click.option(
    "--v-min",
    type=NUMBER,
    metavar="MV",
    help="Value at the colormap's lower end.  [default: the lowest in the file, as in "
    "BlenderSpike]",
)
@click.option(
    "--v-max",
    type=NUMBER,
    metavar="MV",
    help="Value at the colormap's upper end.  [default: the highest in the file, except for a few "
    "cells far beyond all others]",
)
@click.option(
    "--variable",
    metavar="NAME",
    help="Quantity to draw from a file that has several.  [default: the first]",
)
@click.option("--fill", is_flag=True, help="Fill the area under the curves.")
@click.option("--draw-on", is_flag=True, help="Reveal the curves as time passes.")
@click.option(
    "--frames",
    callback=_frames,
    metavar="A-B",
    help="Frames to draw, counted from 0; one number draws one frame.  [default: all]",
)
@click.option(
    "--ms-per-frame",
    type=ABOVE_ZERO,
    metavar="MS",
    help="Simulated time per film frame, as in BlenderSpike.  [default: one film frame per file "
    "frame, with the same numbers]",
)
def plot(
    file: Path,
    output: Path,
    force: bool,
    sections: list[str],
    cells: str | None,
    style: Literal["gradient", "line"],
    colormap: str,
    v_min: float | None,
    v_max: float | None,
    variable: str | None,
    fill: bool,
    draw_on: bool,
    background: Literal["black", "white"],
    transparent: bool,
    frames: tuple[int, int] | None,
    ms_per_frame: float | None,
    fps: float,
    size: tuple[int, int],
) -> None:
    """Draw voltage traces of FILE, in sync with the rendered neuron."""
    target = target_of(output, size, transparent=transparent)
    if target.holds_one and frames is not None and frames[0] != frames[1]:
        raise click.UsageError(
            f"--frames {frames[0]}-{frames[1]}: {output.name} is a single picture; name a film, or "
            "frames/%04d.png."
        )
    simulation = load(file)
    if variable is not None:
        try:
            simulation = simulation.showing(variable)
        except ValueError as error:
            raise click.UsageError(f"--variable: {error}") from None
    if ms_per_frame is not None and not simulation.has_time:
        raise click.UsageError(
            f"--ms-per-frame: {file.name} is in the older format, which stores no times; "
            "use spike-export convert --duration to add them."
        )
    with one_sentence():
        from .. import figures

        if target.kind is Kind.FILM:
            figures.find_ffmpeg()
        traces, matching = figures.choose_traces(simulation, sections, cells or "")
        every = figures.frames(simulation.time_ms, ms_per_frame)
        chosen = every if frames is None else _range(every, *frames)
        made = figures.trace_figure(
            simulation,
            traces,
            style=style,
            colormap=colormap,
            limits=figures.color_limits(simulation, v_min, v_max),
            fill=fill,
            draw_on=draw_on,
            moving=not target.holds_one or frames is not None,
            background=background,
            transparent=transparent,
            size=size,
        )
        if target.holds_one:
            chosen = chosen[-1:]
        may_write_frames(target, chosen, force=force)
        if style == "gradient" and v_max is None and (note := color_range(simulation).note):
            say(f"{note}; set another limit with --v-max.")
        if matching > len(traces):
            click.echo(f"Drawing {len(traces)} of the {matching:,} matching sections.", err=True)
        draw(made, target, chosen, fps=fps, transparent=transparent)


def _range(every: list[Frame], first: int, last: int) -> list[Frame]:
    if last >= len(every):
        asked = f"{first}-{last}" if first < last else f"{first}"
        raise click.UsageError(f"--frames {asked}: there are frames 0 to {len(every) - 1}.")
    return every[first : last + 1]
