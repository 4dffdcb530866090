# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export plot``."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from .console import ABOVE_ZERO, FILE, load, may_write, output_option, progress

if TYPE_CHECKING:
    from ..figures import Frame, TraceFigure

_SMALLEST, _LARGEST = 100, 8192


class _Kind(Enum):
    STILL = auto()
    DRAWING = auto()
    FRAMES = auto()
    FILM = auto()


_KINDS = {
    ".png": _Kind.STILL,
    ".svg": _Kind.DRAWING,
    ".pdf": _Kind.DRAWING,
    ".mp4": _Kind.FILM,
    ".webm": _Kind.FILM,
    ".mov": _Kind.FILM,
}
_NO_ALPHA = ".mp4"


@dataclass(frozen=True, slots=True)
class _Target:
    """Where pictures go: one file, or one for each frame where the name has its number in it."""

    path: Path
    kind: _Kind

    @property
    def holds_one(self) -> bool:
        return self.kind in (_Kind.STILL, _Kind.DRAWING)

    def of(self, frame: int) -> Path:
        if self.kind is not _Kind.FRAMES:
            return self.path
        return self.path.with_name(self.path.name % frame)


def _size(_context: click.Context, _option: click.Parameter, text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,9})x(\d{1,9})", text)
    if not match:
        raise click.BadParameter(f"'{text}' is not a size such as 1920x1080.")
    width, height = int(match[1]), int(match[2])
    if not (_SMALLEST <= width <= _LARGEST and _SMALLEST <= height <= _LARGEST):
        raise click.BadParameter(f"'{text}': both must be {_SMALLEST} to {_LARGEST} pixels.")
    return width, height


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


def _finite(
    _context: click.Context, _option: click.Parameter, number: float | None
) -> float | None:
    if number is not None and not math.isfinite(number):
        raise click.BadParameter(f"{number} is not a finite number.")
    return number


def _patterns(_context: click.Context, _option: click.Parameter, text: str | None) -> list[str]:
    # A comma inside brackets belongs to a regular expression: dend\[[1,2]\], a{1,2}.
    parts = re.split(r",(?![^\[({]*[\])}])", text) if text is not None else []
    if any(not part.strip() for part in parts):
        raise click.BadParameter(f"'{text}' has an empty name in it.")
    return [part.strip() for part in parts]


# Click takes what follows \b as it stands.
_OUTPUTS = """
\b
What -o can name:
  traces.png, .svg, .pdf     one picture of the whole time, or of one of the --frames
  frames/%04d.png            a picture for each frame, with its number in the name
  traces.mp4, .webm, .mov    a film; .webm and .mov (ProRes 4444) hold transparency
"""


@click.command(epilog=_OUTPUTS)
@click.argument("file", type=FILE)
@output_option("traces.png")
@click.option(
    "--sections",
    callback=_patterns,
    metavar="NAMES",
    help="Names or regular expressions, with commas between, such as 'soma,apic.*'; drawn is the "
    "middle of each section. Without: the soma and sections at growing distance from it.",
)
@click.option(
    "--cells",
    callback=_patterns,
    metavar="NAMES",
    help="The same for cells. Without: all cells.",
)
@click.option(
    "--style",
    type=click.Choice(["gradient", "line"]),
    default="gradient",
    show_default=True,
    help="Color the lines by value, or each in one color.",
)
@click.option(
    "--colormap", default="plasma", show_default=True, metavar="NAME", help="Of matplotlib."
)
@click.option(
    "--v-min",
    type=float,
    callback=_finite,
    metavar="MV",
    help="Value at the colormap's lower end. Without: the lowest in the file, as in BlenderSpike.",
)
@click.option(
    "--v-max",
    type=float,
    callback=_finite,
    metavar="MV",
    help="Value at its upper end. Without: the highest in the file.",
)
@click.option("--fill", is_flag=True, help="Fill the ground under the curves.")
@click.option("--draw-on", is_flag=True, help="Draw the curves on as time passes.")
@click.option(
    "--background", type=click.Choice(["black", "white"]), default="black", show_default=True
)
@click.option(
    "--transparent",
    is_flag=True,
    help="Leave the background out, for compositing; --background still says what the text and "
    "the axes are made for.",
)
@click.option(
    "--frames",
    callback=_frames,
    metavar="A-B",
    help="Which frames to draw; the first is 0. One number draws one frame.",
)
@click.option(
    "--ms-per-frame",
    type=ABOVE_ZERO,
    callback=_finite,
    metavar="MS",
    help="Time that passes in a frame, as in BlenderSpike. Without: one frame for each of the "
    "file's, so that frame k here is frame k there.",
)
@click.option(
    "--fps",
    type=click.FloatRange(1, 240),
    callback=_finite,
    default=24.0,
    show_default=True,
    help="Frames a second of a film.",
)
@click.option(
    "--size", callback=_size, default="1920x1080", show_default=True, metavar="WxH",
    help="In pixels.",
)  # fmt: skip
def plot(
    file: Path,
    output: Path,
    force: bool,
    sections: list[str],
    cells: list[str],
    style: Literal["gradient", "line"],
    colormap: str,
    v_min: float | None,
    v_max: float | None,
    fill: bool,
    draw_on: bool,
    background: Literal["black", "white"],
    transparent: bool,
    frames: tuple[int, int] | None,
    ms_per_frame: float | None,
    fps: float,
    size: tuple[int, int],
) -> None:
    """Draw voltage traces of FILE, in step with the rendered neuron."""
    target = _target(output)
    if target.kind is _Kind.FILM and (size[0] % 2 or size[1] % 2):
        raise click.UsageError(f"--size {size[0]}x{size[1]}: a film needs even numbers.")
    if target.holds_one and frames is not None and frames[0] != frames[1]:
        raise click.UsageError(
            f"--frames {frames[0]}-{frames[1]}: {output.name} holds one picture; name a film, "
            "or frames/%04d.png."
        )
    if transparent and output.suffix.lower() == _NO_ALPHA:
        raise click.UsageError(
            "--transparent: .mp4 cannot hold transparency; .webm, .mov and frames/%04d.png can."
        )
    simulation = load(file)
    if ms_per_frame is not None and not simulation.has_time:
        raise click.UsageError(
            f"--ms-per-frame: {file.name} is of the older format, which holds no time."
        )
    with _one_sentence():
        from .. import figures

        if target.kind is _Kind.FILM:
            figures.find_ffmpeg()
        traces, matching = figures.choose_traces(simulation, sections, cells)
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
        _may_write(target, chosen, force=force)
        if matching > len(traces):
            click.echo(f"Drawing {len(traces)} of the {matching:,} sections that match.", err=True)
        try:
            _draw(made, target, chosen, fps=fps, transparent=transparent)
        except OSError as error:
            reason = error.strerror or str(error)
            raise click.ClickException(f"Cannot write {output}: {reason}.") from None
    count = "" if target.holds_one else f"{len(chosen):,} frame{'s' * (len(chosen) > 1)} of "
    click.echo(f"Wrote {output}: {count}{size[0]} x {size[1]} pixels.")


def _target(output: Path) -> _Target:
    kind = _KINDS.get(output.suffix.lower())
    if kind is None:
        raise click.UsageError(f"-o {output}: the name must end in {', '.join(_KINDS)}.")
    if "%" not in str(output):
        return _Target(output, kind)
    if "%" in str(output.parent) or not re.fullmatch(r"[^%]*%(0[1-9])?d[^%]*", output.name):
        raise click.UsageError(f"-o {output}: a name for frames has one %04d, and no other %.")
    if kind is not _Kind.STILL:
        raise click.UsageError(f"-o {output}: frames are written as .png.")
    return _Target(output, _Kind.FRAMES)


def _range(every: list[Frame], first: int, last: int) -> list[Frame]:
    if last >= len(every):
        asked = f"{first}-{last}" if first < last else f"{first}"
        raise click.UsageError(f"--frames {asked}: there are frames 0 to {len(every) - 1}.")
    return every[first : last + 1]


def _may_write(target: _Target, chosen: list[Frame], *, force: bool) -> None:
    """Ask once, however many frames would be replaced."""
    if target.kind is not _Kind.FRAMES:
        may_write(target.path, force=force)
        return
    existing = sum(target.of(frame.number).exists() for frame in chosen)
    if force or not existing:
        return
    found = f"{existing:,} of the {len(chosen):,} files {target.path} exist"
    if not sys.stdin.isatty():
        raise click.ClickException(f"{found}; --force replaces them.")
    click.confirm(f"{found}. Replace them?", abort=True)


def _draw(
    made: TraceFigure, target: _Target, chosen: list[Frame], *, fps: float, transparent: bool
) -> None:
    from .. import figures

    times = [frame.time for frame in chosen]
    if target.kind is _Kind.DRAWING:
        for part in made.parts:
            part.draw_to(times[0])
        figures.save_drawing(target.path, made.figure)
        return
    drawn = figures.pictures(made.figure, made.parts, times)
    if target.kind is _Kind.STILL:
        figures.save_picture(target.path, next(drawn), transparent=transparent)
        return
    if target.kind is _Kind.FILM:
        with (
            figures.film_writer(target.path, made.size, fps, transparent=transparent) as add,
            progress("frames") as bars,
        ):
            for picture in bars.track(drawn, total=len(chosen), description="Drawing"):
                add(picture)
        return
    target.path.parent.mkdir(exist_ok=True)
    with progress("frames") as bars:
        counted = bars.track(drawn, total=len(chosen), description="Drawing")
        for frame, picture in zip(chosen, counted, strict=True):
            figures.save_picture(target.of(frame.number), picture, transparent=transparent)


@contextmanager
def _one_sentence() -> Iterator[None]:
    """End the command with what is wrong with a choice, or with what is not installed."""
    from ..figures import ChoiceError, FilmError

    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "matplotlib":
            raise
        raise click.ClickException(
            "matplotlib is not installed; pip install 'spike-export[plot]' brings it."
        ) from None
    except (ChoiceError, FilmError) as error:
        text = str(error)
        raise click.ClickException(f"{text[0].upper()}{text[1:]}.") from None
