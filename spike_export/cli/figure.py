# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export figure``: moving curves from arrays, for compositing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click
import numpy as np
from numpy.typing import NDArray

from .console import FILE, NUMBER, expect_kind, say
from .drawing import (
    Kind,
    draw,
    drawing_options,
    may_write_frames,
    one_sentence,
    outputs,
    target_of,
)

if TYPE_CHECKING:
    from ..figures import Frame, Part

Command = TypeVar("Command", bound=Callable[..., Any])
Points = NDArray[np.float64]

# Widths in points, for 1920 x 1080 pixels.
_LINE, _CIRCLE, _HEAD = 7.0, 12.0, 24.0
_MOST_CELLS = 100_000
_LARGEST_VALUE = 1e100


@click.group(epilog=outputs(name="curve", still="the last moment"))
def figure() -> None:
    """Draw animated curves from arrays: .npy files or text tables.

    Each command plays its array over --frames frames on a black, white or transparent background,
    with nothing else in the picture.
    """


def _moving(default: str, pace: str = "linear") -> Callable[[Command], Command]:
    """Add the options that all figure commands share."""

    def decorate(command: Command) -> Command:
        for option in (
            click.option(
                "--pace", type=click.Choice(["linear", "smooth"]), default=pace,
                show_default=True, help="Constant speed, or easing in and out.",
            ),
            click.option(
                "--frames", type=click.IntRange(1, 1_000_000), default=120, show_default=True,
                metavar="N", help="Total number of frames.",
            ),
            drawing_options(default),
        ):  # fmt: skip
            command = option(command)
        return command

    return decorate


def _colored(command: Command) -> Command:
    """Add the options for a colormap and its limits."""
    for option in (
        click.option(
            "--v-max", type=NUMBER, metavar="X",
            help="Value at the colormap's upper end.  [default: the highest]",
        ),
        click.option(
            "--v-min", type=NUMBER, metavar="X",
            help="Value at the colormap's lower end.  [default: the lowest]",
        ),
        click.option(
            "--colormap", default="plasma", show_default=True, metavar="NAME",
            help="Colormap from matplotlib, seaborn or cmasher.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@figure.command(short_help="Animate a line being drawn, colored by its value.")
@click.argument("array", type=FILE)
@click.option(
    "--color-by", type=FILE, metavar="ARRAY", help="Values that color the line.  [default: y]"
)
@_moving("wave.mp4")
@_colored
def wave(
    array: Path,
    color_by: Path | None,
    colormap: str,
    v_min: float | None,
    v_max: float | None,
    **common: Any,
) -> None:
    """Animate a line being drawn, colored by its value or by another array.

    ARRAY holds y, or two columns, x and y.
    """
    from .. import figures

    with one_sentence():
        x, y = _curve(array)
        colors = y if color_by is None else _row(color_by, len(y))
        limits = _limits(colors, v_min, v_max)

        def parts(axes: Any, scale: float) -> list[Part]:
            line = figures.GradientLine(
                axes, x, y, colormap=colormap, limits=limits, width=_LINE * scale, color_by=colors
            )
            return [line]

        _film(parts, _around(x), _around(y), (x[0], x[-1]), **common)


@figure.command()
@click.argument("array", type=FILE)
@_moving("fill.mp4")
@_colored
def fill(
    array: Path, colormap: str, v_min: float | None, v_max: float | None, **common: Any
) -> None:
    """Fill the area under a curve as it is drawn, fading out downward.

    ARRAY holds y, or two columns, x and y. The fill begins at --v-min.
    """
    from .. import figures

    with one_sentence():
        x, y = _curve(array)
        limits = _limits(y, v_min, v_max)

        def parts(axes: Any, scale: float) -> list[Part]:
            return [
                figures.Fill(axes, x, y, limits=limits, colormap=colormap),
                figures.GradientLine(
                    axes, x, y, colormap=colormap, limits=limits, width=_LINE * scale
                ),
            ]

        y_limits = (min(limits[0], _around(y)[0]), max(limits[1], _around(y)[1]))
        _film(parts, _around(x), y_limits, (x[0], x[-1]), **common)


@figure.command()
@click.argument("array", type=FILE)
@_moving("arrow.mp4")
@click.option(
    "--colormap", default="twilight_shifted", show_default=True, metavar="NAME",
    help="Colormap of the circle; a cyclic one shows no seam.",
)  # fmt: skip
def arrow(array: Path, colormap: str, **common: Any) -> None:
    """Show a phase as an arrow on a colored circle.

    ARRAY holds phases in radians, counterclockwise from the right; or two columns, time and phase.
    """
    from .. import figures

    with one_sentence():
        t, phase = _curve(array, "a phase")

        def parts(axes: Any, scale: float) -> list[Part]:
            color = "white" if common["background"] == "black" else "black"
            return [
                figures.PhaseArrow(
                    axes, t, phase, colormap=colormap, color=color, width=_CIRCLE * scale
                )
            ]

        _film(parts, (-1.1, 1.1), (-1.1, 1.1), (t[0], t[-1]), equal=True, **common)


@figure.command()
@click.argument("first", type=FILE)
@click.argument("second", type=FILE)
@_moving("morph.mp4", pace="smooth")
@click.option("--equal", is_flag=True, help="Use the same scale for x and y.")
def morph(first: Path, second: Path, equal: bool, **common: Any) -> None:
    """Morph one curve into another.

    FIRST and SECOND hold y, or two columns, x and y; both with the same number of points.
    """
    from .. import figures

    with one_sentence():
        curves = [np.stack(_curve(path, growing=False), axis=1) for path in (first, second)]
        if len(curves[0]) != len(curves[1]):
            raise figures.ChoiceError(
                f"both curves need the same number of points, but {first.name} has "
                f"{len(curves[0]):,} and {second.name} {len(curves[1]):,}"
            )
        both = np.concatenate(curves)

        def parts(axes: Any, scale: float) -> list[Part]:
            color = "white" if common["background"] == "black" else "black"
            return [figures.Morph(axes, *curves, color=color, width=_LINE * scale)]

        x_limits, y_limits = _around(both[:, 0]), _around(both[:, 1])
        _film(parts, x_limits, y_limits, (0.0, 1.0), equal=equal, **common)


@figure.command()
@click.argument("array", type=FILE)
@click.option(
    "--cells",
    type=click.Choice(["square", "circle"]),
    default="square",
    show_default=True,
    help="Shape of the cells.",
)
@_moving("matrix.mp4")
@_colored
def matrix(
    array: Path,
    cells: Literal["square", "circle"],
    colormap: str,
    v_min: float | None,
    v_max: float | None,
    **common: Any,
) -> None:
    """Show a matrix whose colors change smoothly.

    ARRAY holds frames of rows and columns, (F, R, C); or one row per frame, (F, C).
    """
    from .. import figures

    with one_sentence():
        values = _numbers(array)
        values = values[:, None, :] if values.ndim == 2 else values
        if values.ndim != 3:
            raise figures.ChoiceError(
                f"cannot use {array.name}: it has the shape {values.shape}, not frames of rows "
                "and columns"
            )
        _, rows, columns = values.shape
        if rows * columns > _MOST_CELLS:
            raise figures.ChoiceError(
                f"cannot use {array.name}: {rows:,} x {columns:,} cells are more than "
                f"{_MOST_CELLS:,}"
            )
        limits = _limits(values, v_min, v_max)

        def parts(axes: Any, _scale: float) -> list[Part]:
            t = np.arange(len(values))
            return [
                figures.MatrixCells(axes, t, values, colormap=colormap, limits=limits, shape=cells)
            ]

        last = float(len(values) - 1)
        # Rows go down, as matrices are written.
        edges = (-0.5, columns - 0.5), (rows - 0.5, -0.5)
        _film(parts, *edges, (0.0, last), equal=True, **common)


def _film(
    parts: Callable[[Any, float], list[Part]],
    x_limits: tuple[float, float],
    y_limits: tuple[float, float],
    run: tuple[float, float],
    *,
    output: Path,
    force: bool,
    frames: int,
    pace: Literal["linear", "smooth"],
    background: Literal["black", "white"],
    transparent: bool,
    fps: float,
    size: tuple[int, int],
    equal: bool = False,
) -> None:
    """Put parts on a stage, animate them and write the pictures."""
    from .. import figures

    target = target_of(output, size, transparent=transparent)
    if target.kind is Kind.FILM:
        figures.find_ffmpeg()
    every = figures.paced(float(run[0]), float(run[1]), frames, pace)
    chosen: list[Frame] = every[-1:] if target.holds_one else every
    may_write_frames(target, chosen, force=force)
    made, axes = figures.stage(
        x_limits, y_limits, equal=equal, background=background, transparent=transparent, size=size
    )
    own = parts(axes, figures.size_factor(size))
    moving = figures.MovingFigure(made, own, [axes], size)
    draw(moving, target, chosen, fps=fps, transparent=transparent)


def _curve(path: Path, what: str = "y", *, growing: bool = True) -> tuple[Points, Points]:
    """Read x and y; with a single column, x counts from 0."""
    from .. import figures

    array = _numbers(path)
    if array.ndim == 1:
        array = np.stack([np.arange(len(array)), array], axis=1)
    if array.ndim != 2 or array.shape[1] != 2:
        raise figures.ChoiceError(
            f"cannot use {path.name}: it has the shape {array.shape}, neither {what} alone nor two "
            "columns"
        )
    x, y = array.T
    if not np.isfinite(x).all():
        row = int(np.argmin(np.isfinite(x))) + 1
        raise figures.ChoiceError(f"cannot use {path.name}: the x in row {row} is not finite")
    if growing and (np.diff(x) <= 0).any():
        raise figures.ChoiceError(
            f"cannot use {path.name}: its first column does not increase from row to row"
        )
    if not np.isfinite(y).any():
        raise figures.ChoiceError(f"cannot use {path.name}: it has no finite value")
    if not growing and not np.isfinite(y).all() or (what != "y" and not np.isfinite(y).all()):
        row = int(np.argmin(np.isfinite(y))) + 1
        raise figures.ChoiceError(f"cannot use {path.name}: the value in row {row} is not finite")
    return x, y


def _numbers(path: Path) -> Points:
    from .. import figures

    expect_kind(path, "npy", "matrix", "places", "table", "text", "data")
    numbers = figures.read_array(path, say)
    largest = np.abs(numbers, where=np.isfinite(numbers), out=np.full(numbers.shape, -1.0)).max()
    if largest < 0:
        raise figures.ChoiceError(f"cannot use {path.name}: it has no finite value")
    if largest > _LARGEST_VALUE:
        raise figures.ChoiceError(
            f"cannot use {path.name}: its values beyond {_LARGEST_VALUE:g} cannot be drawn"
        )
    return numbers


def _row(path: Path, count: int) -> Points:
    from .. import figures

    row = _numbers(path)
    if row.shape != (count,):
        raise figures.ChoiceError(
            f"cannot use {path.name}: it has the shape {row.shape}, not one value for each of the "
            f"{count:,} points"
        )
    return row


def _limits(
    values: NDArray[np.float64], v_min: float | None, v_max: float | None
) -> tuple[float, float]:
    from .. import figures

    found = values[np.isfinite(values)]
    low, high = (float(found.min()), float(found.max())) if found.size else (0.0, 1.0)
    low, high = (low - 1.0, high + 1.0) if low == high else (low, high)
    low, high = low if v_min is None else v_min, high if v_max is None else v_max
    if not low < high:
        raise figures.ChoiceError(
            f"the lower limit, {low:g}, is not below the upper limit, {high:g}"
        )
    return low, high


def _around(values: Points) -> tuple[float, float]:
    """Return the lowest and the highest value, made different if they are equal."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return (low, high) if low < high else (low - 1.0, high + 1.0)
