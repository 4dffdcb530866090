# SPDX-License-Identifier: BSD-3-Clause
"""The figure of traces: one row per section, with a shared time axis below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict

import numpy as np

from ..simulation_file import Simulation
from ..simulation_file.spread import color_range
from .curves import Cursor, GradientLine, Head, Part, PlainLine
from .fill import Fill
from .line_pieces import thinned
from .pictures import MovingFigure, own_style
from .shown_sections import ChoiceError, Trace
from .stage import Background, size_factor

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Style = Literal["line", "gradient"]

PLAIN_COLORS: Final = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00")
"""Distinguishable by color-blind people, on black and on white (Okabe and Ito 2008)."""

_INK: Final = {
    # For names, and what should not stand out.
    "black": ("#F2F2F2", "#9A9A9A"),
    "white": ("#1A1A1A", "#6E6E6E"),
}
# Shipped with matplotlib, so that figures look the same everywhere.
_FONT: Final = "DejaVu Sans"
_LONGEST_NAME: Final = 28
_QUANTITIES: Final = {"v": "Membrane potential"}
# One point is one pixel.
_DPI: Final = 72


class _Colors(TypedDict, total=False):
    """How fills and dots are colored."""

    limits: tuple[float, float]
    colormap: str
    color: str


@own_style()
def trace_figure(
    simulation: Simulation,
    traces: Sequence[Trace],
    *,
    style: Style = "gradient",
    colormap: str = "plasma",
    limits: tuple[float, float] | None = None,
    fill: bool = False,
    draw_on: bool = False,
    moving: bool = True,
    background: Background = "black",
    transparent: bool = False,
    size: tuple[int, int] = (1920, 1080),
) -> MovingFigure:
    """Lay out the traces of chosen sections.

    Parameters
    ----------
    traces : sequence of Trace
        From `choose_traces`.
    style : {"gradient", "line"}
        Colored by value, or one color per section.
    colormap : str
        Of matplotlib.
    limits : (float, float), optional
        Values at the colormap's two ends; see `color_limits`.
    fill : bool
        Fill the area under the curves.
    draw_on : bool
        Draw the curves as time passes; otherwise they are complete from the start.
    moving : bool
        Mark the time with a dot on each curve; a still of the whole curve has none.
    background : {"black", "white"}
        The background, and whether lines and text are light or dark.
    transparent : bool
        Leave the ground out.
    size : (int, int)
        Width and height in pixels.

    Raises
    ------
    ChoiceError
        If there is no such colormap.
    """
    v_min, v_max = limits or color_limits(simulation)
    time_ms = simulation.time_ms
    rows = [simulation.values[:, trace.segment].astype(np.float64) for trace in traces]
    shown = np.concatenate([row[np.isfinite(row)] for row in rows])
    # A narrow range of colors must not cut the curves off.
    y_limits = (min(v_min, shown.min(initial=v_min)), max(v_max, shown.max(initial=v_max)))
    figure, axes = trace_axes(
        [trace.name for trace in traces],
        x_limits=(float(time_ms[0]), float(time_ms[-1])),
        y_limits=y_limits,
        notes=[f"{trace.distance_um:.0f} µm" if trace.distance_um else "" for trace in traces],
        x_label="Time (ms)" if simulation.has_time else "Sample",
        y_label=_QUANTITIES.get(simulation.quantity, simulation.quantity)
        + (f" ({simulation.unit})" if simulation.unit else ""),
        background=background,
        transparent=transparent,
        size=size,
    )
    # Thinner if rows are low.
    scale = size_factor(size) * min(1.0, float(np.sqrt(axes[0].bbox.height / size[1] / 0.15)))
    parts: list[Part] = []
    if moving and not draw_on:
        parts.append(Cursor(axes, color=_INK[background][1], width=1.5 * scale))
    for row, (ax, values) in enumerate(zip(axes, rows, strict=True)):
        # The dot shows the exact value; the line needs no more samples than there are pixels.
        keep = thinned(time_ms, values, int(ax.bbox.width))
        curve, thin = (ax, time_ms[keep], values[keep]), 4 * scale
        drawn: list[Part] = []
        if style == "gradient":
            colors: _Colors = {"colormap": colormap, "limits": (v_min, v_max)}
            line: Part = GradientLine(*curve, colormap=colormap, limits=(v_min, v_max), width=thin)
        else:
            plain = PLAIN_COLORS[row % len(PLAIN_COLORS)]
            colors = {"color": plain, "limits": y_limits}
            line = PlainLine(*curve, color=plain, width=thin)
        if fill:
            drawn.append(Fill(*curve, **colors))
        drawn.append(line)
        if draw_on:
            parts += drawn
        if moving:
            parts.append(Head(ax, time_ms, values, **colors, size=13 * scale))
    return MovingFigure(figure, parts, axes, size)


@own_style()
def trace_axes(
    names: Sequence[str],
    *,
    x_limits: tuple[float, float],
    y_limits: tuple[float, float],
    notes: Sequence[str] | None = None,
    x_label: str = "Time (ms)",
    y_label: str = "Membrane potential (mV)",
    background: Background = "black",
    transparent: bool = False,
    size: tuple[int, int] = (1920, 1080),
) -> tuple[Figure, list[Axes]]:
    """Make rows of axes that share their limits, each labeled at its right end.

    Parameters
    ----------
    names : sequence of str
        One for each row.
    x_limits, y_limits : (float, float)
        First and last, lowest and highest value; the axes reach a little further.
    notes : sequence of str, optional
        Small print under each name.
    background, transparent, size
        As for `trace_figure`.

    Returns
    -------
    figure : matplotlib Figure
        With 72 dots per inch: one point is one pixel.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, ScalarFormatter

    ink, dim = _INK[background]
    scale = size_factor(size)
    width, height = size
    figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI)
    canvas: Any = FigureCanvasAgg(figure)
    figure.patch.set_facecolor(background)
    figure.patch.set_alpha(0.0 if transparent else 1.0)
    large, small = 28 * scale, 22 * scale

    texts = [
        figure.text(
            0, 0, _printable(name, _LONGEST_NAME), color=ink, fontsize=large, family=_FONT,
            parse_math=False, va="center",
        )
        for name in names
    ]  # fmt: skip
    widest = max(text.get_window_extent(canvas.get_renderer()).width for text in texts)
    left, right = 170 * scale, width - min(widest + 84 * scale, width / 2)
    bottom, top = 118 * scale, height - 50 * scale
    pitch = (top - bottom) / len(names)
    gap = min(30 * scale, pitch / 5)

    axes: list[Axes] = []
    for row, text in enumerate(texts):
        low = top - (row + 1) * pitch + gap / 2
        ax = figure.add_axes(
            (left / width, low / height, (right - left) / width, (pitch - gap) / height),
            facecolor="none",
        )
        ax.set_xlim(*_widened(x_limits, 0.0))
        ax.set_ylim(*_widened(y_limits, 0.06))
        last = row == len(names) - 1
        for side, spine in ax.spines.items():
            spine.set_visible(side == "left" or (side == "bottom" and last))
            spine.set_color(dim)
            spine.set_linewidth(1.5 * scale)
        ax.spines["bottom"].set_position(("outward", gap / 2))
        ax.tick_params(
            color=dim, labelcolor=dim, labelsize=small, labelfontfamily=_FONT,
            length=7 * scale, width=1.5 * scale, pad=7 * scale, bottom=last, labelbottom=last,
        )  # fmt: skip
        for axis, bins in ((ax.xaxis, 8), (ax.yaxis, int(np.clip(pitch / large / 2, 1, 4)))):
            axis.set_major_locator(MaxNLocator(bins, steps=[1, 2, 5, 10]))
            axis.set_major_formatter(ScalarFormatter(useOffset=False, useMathText=False))
        note = notes[row] if notes else ""
        middle = (low + (pitch - gap) / 2) / height
        shift = 17 * scale / height if note else 0.0
        text.set_position(((right + 34 * scale) / width, middle + shift))
        if note:
            figure.text(
                (right + 34 * scale) / width, middle - shift, _printable(note, _LONGEST_NAME),
                color=dim, fontsize=small, family=_FONT, parse_math=False, va="center",
            )  # fmt: skip
        axes.append(ax)
    for x, y, label, turn in (
        ((left + right) / 2 / width, 38 * scale / height, x_label, 0),
        (38 * scale / width, (bottom + top) / 2 / height, y_label, 90),
    ):
        figure.text(
            x, y, _printable(label, 2 * _LONGEST_NAME), color=ink, fontsize=large, family=_FONT,
            parse_math=False, rotation=turn, ha="center", va="center",
        )  # fmt: skip
    return figure, axes


def color_limits(
    simulation: Simulation, v_min: float | None = None, v_max: float | None = None
) -> tuple[float, float]:
    """Values at the colormap's two ends: the same as in BlenderSpike.

    Parameters
    ----------
    v_min, v_max : float, optional
        In the file's unit; by default the file's lowest and highest value, without those of a few
        cells that go far beyond all others; see `simulation_file.spread.color_range`.

    Returns
    -------
    v_min, v_max : float
        Different even if all values are equal.

    Raises
    ------
    ChoiceError
        If they are not in order.
    """
    found = color_range(simulation)
    low = found.low if v_min is None else v_min
    end = found.high if found.high > low else found.highest
    low, high = (found.low, end) if found.low < end else (found.low - 1, found.low + 1)
    v_min = low if v_min is None else v_min
    v_max = high if v_max is None else v_max
    if not v_min < v_max:
        raise ChoiceError(f"the lower limit, {v_min:g}, is not below the upper limit, {v_max:g}")
    return v_min, v_max


def _widened(limits: tuple[float, float], share: float) -> tuple[float, float]:
    low, high = limits
    if low == high:
        return low - 0.5, high + 0.5
    return low - share * (high - low), high + share * (high - low)


def _printable(text: str, longest: int) -> str:
    """Keep what the font can draw, on one line."""
    from matplotlib.font_manager import findfont, get_font

    font = get_font(findfont(_FONT))
    shown = "".join(c if c.isprintable() and font.get_char_index(ord(c)) else "?" for c in text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
