# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export figure``: moving curves from arrays, for compositing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
import numpy as np

from .console import FILE, NUMBER, Finite
from .curve_arrays import (
    cyclic_limits_of,
    limits_around,
    limits_of,
    read_curve,
    read_numbers,
    read_row,
    tell_gaps,
    tell_points,
    turning_short,
)
from .drawing import (
    Kind,
    draw,
    may_write_frames,
    one_sentence,
    outputs,
    target_of,
)
from .figure_options import axes_options, colored, comes_round, moving, plain

if TYPE_CHECKING:
    from ..figures import Frame, Part

# Widths in points, for 1920 x 1080 pixels.
_LINE, _CIRCLE, _HEAD = 7.0, 12.0, 24.0
# Options that one color replaces.
_OF_COLORMAPS = "colormap", "color_by", "v_min", "v_max", "period"
_MOST_CELLS = 100_000


@click.group(epilog=outputs(name="curve", still="the last moment"))
def figure() -> None:
    """Draw animated curves from arrays: .npy files or text tables.

    Each command plays its array over --frames frames on a black, white or transparent background,
    with nothing else in the picture.
    """


@figure.command(short_help="Animate a line being drawn, colored by its value.")
@click.argument("array", type=FILE)
@click.option(
    "--color-by", type=FILE, metavar="ARRAY", help="Values that color the line.  [default: y]"
)
@moving("wave.mp4")
@axes_options
@plain("One color instead of a colormap's")
@comes_round
@colored("plasma")
def wave(
    array: Path,
    color_by: Path | None,
    colormap: str,
    v_min: float | None,
    v_max: float | None,
    period: float | None,
    color: str | None,
    **common: Any,
) -> None:
    """Animate a line being drawn, colored by its value or by another array.

    ARRAY holds y, or two columns, x and y.
    """
    from .. import figures

    with one_sentence():
        _one_color(color, *_OF_COLORMAPS)
        x, y = read_curve(array)
        colors = y if color_by is None else read_row(color_by, len(y))
        limits, cyclic = (0.0, 1.0), False
        if color is None:
            limits, cyclic = cyclic_limits_of(
                color_by or array, colors, v_min, v_max, period, colormap
            )

        def parts(axes: Any, scale: float) -> list[Part]:
            if color is not None:
                return [figures.PlainLine(axes, x, y, color=color, width=_LINE * scale)]
            line = figures.GradientLine(
                axes, x, y, colormap=colormap, limits=limits, width=_LINE * scale,
                color_by=colors, cyclic=cyclic,
            )  # fmt: skip
            return [line]

        _film(parts, limits_around(x), limits_around(y), (x[0], x[-1]), **common)


@figure.command()
@click.argument("array", type=FILE)
@moving("fill.mp4")
@axes_options
@click.option("--line-color", metavar="COLOR", help="Color of the line.  [default: as the fill]")
@click.option(
    "--base",
    type=NUMBER,
    metavar="X",
    help="Value from which the fill reaches to the curve, up or down.  [default: --v-min]",
)
@click.option(
    "--opacity",
    type=Finite(0, 1),
    metavar="0-1",
    help="Opacity everywhere.  [default: fading out toward the base]",
)
@click.option(
    "--gradient",
    type=click.Choice(["y", "x", "value"]),
    default="y",
    show_default=True,
    help="What the colormap shows: heights, the position along x, or the curve's value at each x.",
)
@plain("One color instead of a colormap's")
@colored("plasma")
def fill(
    array: Path,
    colormap: str,
    v_min: float | None,
    v_max: float | None,
    color: str | None,
    gradient: Literal["x", "y", "value"],
    opacity: float | None,
    base: float | None,
    line_color: str | None,
    **common: Any,
) -> None:
    """Fill the area between a curve and its base as it is drawn.

    ARRAY holds y, or two columns, x and y.
    """  # fmt: skip
    from .. import figures

    with one_sentence():
        _one_color(color, "colormap", "gradient")
        _one_color(line_color)
        x, y = read_curve(array)
        limits = limits_of(y, v_min, v_max)
        # Like the fill, the line begins and ends where the curve has values.
        along = x if gradient == "x" else y
        ends = limits_of(x[np.isfinite(y)], None, None) if gradient == "x" else limits

        def parts(axes: Any, scale: float) -> list[Part]:
            line: Part
            if one_color := line_color or color:
                line = figures.PlainLine(axes, x, y, color=one_color, width=_LINE * scale)
            else:
                line = figures.GradientLine(
                    axes, x, y, colormap=colormap, limits=ends, width=_LINE * scale, color_by=along
                )
            area = figures.Fill(
                axes, x, y, limits=limits, colormap=None if color else colormap,
                color=color or "white", gradient=gradient, opacity=opacity, base=base,
            )  # fmt: skip
            return [area, line]

        foot = limits[0] if base is None else base
        y_limits = limits_around(np.append(y, (foot, *limits)))
        _film(parts, limits_around(x), y_limits, (x[0], x[-1]), **common)


@figure.command()
@click.argument("array", type=FILE)
@moving("arrow.mp4")
@click.option(
    "--color",
    metavar="COLOR|angle",
    help="Color of the arrow; angle for that of the circle where it points.",
)
@click.option(
    "--colormap",
    default="twilight_shifted",
    show_default=True,
    metavar="NAME",
    help="Colormap of the circle; a cyclic one shows no seam.",
)
def arrow(array: Path, color: str | None, colormap: str, **common: Any) -> None:
    """Show a phase as an arrow on a colored circle.

    ARRAY holds phases in radians, counterclockwise from the right; or two columns, time and phase.
    Between two samples the arrow turns by their difference, or the short way round if the phases
    come round after 2π.
    """  # fmt: skip
    from .. import figures

    with one_sentence():
        if color != "angle":
            _one_color(color)
        t, phase = read_curve(array, "a phase")
        phase = turning_short(array, phase)

        def parts(axes: Any, scale: float) -> list[Part]:
            own = None if color == "angle" else color or _ink(common["background"])
            return [
                figures.PhaseArrow(
                    axes, t, phase, colormap=colormap, color=own, width=_CIRCLE * scale
                )
            ]

        _film(parts, (-1.1, 1.1), (-1.1, 1.1), (t[0], t[-1]), equal=True, **common)


@figure.command()
@click.argument("first", type=FILE)
@click.argument("second", type=FILE)
@click.option(
    "--second-color-by",
    type=FILE,
    metavar="ARRAY",
    help="Values that color the second curve, if they differ from --color-by.",
)
@click.option(
    "--color-by", type=FILE, metavar="ARRAY", help="Values that color the curve.  [default: y]"
)
@moving("morph.mp4", pace="smooth")
@axes_options
@click.option("--equal", is_flag=True, help="Use the same scale for x and y.")
@click.option("--second-color", metavar="COLOR", help="Color of the second curve.")
@plain("Color of the first curve")
@comes_round
@colored(None)
def morph(
    first: Path,
    second: Path,
    color_by: Path | None,
    second_color_by: Path | None,
    colormap: str | None,
    v_min: float | None,
    v_max: float | None,
    period: float | None,
    color: str | None,
    second_color: str | None,
    equal: bool,
    **common: Any,
) -> None:
    """Morph one curve into another.

    FIRST and SECOND hold y, or two columns, x and y; both with the same number of points. With
    --colormap or --color-by, the curve has the colors of its values.
    """  # fmt: skip
    from .. import figures

    with one_sentence():
        _one_color(color, *_OF_COLORMAPS)
        _one_color(second_color, *_OF_COLORMAPS)
        if second_color_by and not color_by:
            raise figures.ChoiceError("give --color-by with --second-color-by")
        curves = [np.stack(read_curve(path, growing=False), axis=1) for path in (first, second)]
        if len(curves[0]) != len(curves[1]):
            raise figures.ChoiceError(
                f"both curves need the same number of points, but {first.name} has "
                f"{len(curves[0]):,} and {second.name} {len(curves[1]):,}"
            )
        both = np.concatenate(curves)
        colors: dict[str, Any] = {
            "color": color or _ink(common["background"]),
            "second_color": second_color,
        }
        if color_by or _typed("colormap", "v_min", "v_max", "period"):
            colormap = colormap or "plasma"
            files = [path for path in (color_by, second_color_by) if path]
            ends = [read_row(path, len(curves[0])) for path in files] or list(both[:, 1:].T)
            limits, cyclic = cyclic_limits_of(
                color_by or first, np.concatenate(ends), v_min, v_max, period, colormap
            )
            colors = {"colormap": colormap, "limits": limits, "cyclic": cyclic}
            if files:
                colors |= {"color_by": ends[0], "second_color_by": ends[-1]}

        def parts(axes: Any, scale: float) -> list[Part]:
            return [figures.Morph(axes, *curves, width=_LINE * scale, **colors)]

        x_limits, y_limits = limits_around(both[:, 0]), limits_around(both[:, 1])
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
@moving("matrix.mp4")
@comes_round
@colored("plasma")
def matrix(
    array: Path,
    cells: Literal["square", "circle"],
    colormap: str,
    v_min: float | None,
    v_max: float | None,
    period: float | None,
    **common: Any,
) -> None:
    """Show a matrix whose colors change smoothly.

    ARRAY holds frames of rows and columns, (F, R, C); or one row per frame, (F, C).
    """
    from .. import figures

    with one_sentence():
        values = read_numbers(array)
        tell_points(array, values)
        tell_gaps(array, ~np.isfinite(values))
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
        limits, cyclic = cyclic_limits_of(array, values, v_min, v_max, period, colormap)

        def parts(axes: Any, _scale: float) -> list[Part]:
            t = np.arange(len(values))
            return [
                figures.MatrixCells(
                    axes, t, values, colormap=colormap, limits=limits, shape=cells, cyclic=cyclic
                )
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
    pace: str,
    background: Literal["black", "white"],
    transparent: bool,
    fps: float,
    size: tuple[int, int],
    equal: bool = False,
    axes: bool = False,
    grid: bool = False,
    x_label: str = "",
    y_label: str = "",
) -> None:
    """Put parts on a stage, animate them and write the pictures."""
    from .. import figures

    way = figures.read_pace(pace)
    if not isinstance(way, str) and _typed("frames"):
        raise figures.ChoiceError("give --frames or a --pace with times, not both")
    target = target_of(output, size, transparent=transparent)
    if target.kind is Kind.FILM:
        figures.find_ffmpeg()
    ends = float(run[0]), float(run[1])
    if isinstance(way, str):
        every = figures.paced(*ends, frames, way)
    else:
        every = figures.keyed(*ends, way, fps)
    chosen: list[Frame] = every[-1:] if target.holds_one else every
    may_write_frames(target, chosen, force=force)
    ruled = figures.Ruling(grid, x_label, y_label) if axes or grid or x_label or y_label else None
    made, area = figures.stage(
        x_limits, y_limits, equal=equal, background=background, transparent=transparent, size=size,
        ruling=ruled,
    )  # fmt: skip
    own = parts(area, figures.size_factor(size))
    moving = figures.MovingFigure(made, own, [area], size)
    draw(moving, target, chosen, fps=fps, transparent=transparent)


def _ink(background: str) -> str:
    return "white" if background == "black" else "black"


def _one_color(color: str | None, *instead_of: str) -> None:
    """Check a color, and that no option is given which it replaces."""
    from matplotlib.colors import is_color_like

    from .. import figures

    if color is None:
        return
    if not is_color_like(color):
        raise figures.ChoiceError(
            f"there is no color {color[:50]!r}; write a name such as orange, or '#ff8800'"
        )
    if instead_of and _typed(*instead_of):
        raise figures.ChoiceError("give one color or a colormap and its values, not both")


def _typed(*options: str) -> bool:
    """Whether one of some options was given, rather than left at its default."""
    context = click.get_current_context()
    sources = {context.get_parameter_source(option) for option in options}
    return bool(sources - {None, click.core.ParameterSource.DEFAULT})
