# SPDX-License-Identifier: BSD-3-Clause
"""A rhythm and its phase: a wave draws itself, and an arrow rotates with it on a circle.

    python examples/draw_phase.py phase.mp4
    python examples/draw_phase.py frames/%04d.png --transparent

Built from the parts of `spike_export.figures`; each is driven by time alone, so they stay in sync.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np

from spike_export import figures
from spike_export.cli import drawing
from spike_export.figures.pictures import own_style

sys.path.insert(0, str(Path(__file__).resolve().parent))
length: Any = importlib.import_module("length")

SIZE = (1920, 1080)
SECONDS, CYCLES = 6.0, 5
COLORMAP = "twilight_shifted"


def main() -> None:
    """Compute, lay out, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path, help="film, picture, or frames/%%04d.png")
    length.add_length_options(parser, length=144)
    parser.add_argument("--transparent", action="store_true")
    options = parser.parse_args()
    target = drawing.target_of(options.output, SIZE, transparent=options.transparent)
    every = figures.paced(0.0, SECONDS, options.length)
    chosen = every[-1:] if target.holds_one else length.part_of(every, options)
    made = phase_figure(transparent=options.transparent)
    drawing.draw(made, target, chosen, fps=options.fps, transparent=options.transparent)


@own_style()
def phase_figure(*, transparent: bool = False) -> figures.MovingFigure:
    """Put a wave and an arrow on the same axes.

    Returns
    -------
    MovingFigure
        Driven by the time, 0 to `SECONDS`.
    """
    t = np.linspace(0.0, SECONDS, 2000)
    # A theta rhythm whose frequency and amplitude wander a little.
    phase = 2 * np.pi * CYCLES * t / SECONDS + 0.6 * np.sin(1.1 * t)
    wave = np.cos(phase) * (0.8 + 0.2 * np.sin(0.7 * t + 1))
    figure, axes = figures.stage((-2.6, SECONDS), (-1.9, 1.9), transparent=transparent, size=SIZE)
    circle = figure.add_axes((0.03, 0.25, 0.26, 0.5))
    circle.set_axis_off()
    circle.set_aspect("equal")
    circle.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1))
    parts: list[figures.Part] = [
        figures.GradientLine(
            axes, t, wave, color_by=phase % (2 * np.pi), limits=(0, 2 * np.pi),
            colormap=COLORMAP, width=8,
        ),
        figures.Head(axes, t, wave, size=20),
        figures.PhaseArrow(circle, t, phase, colormap=COLORMAP, width=9),
    ]  # fmt: skip
    return figures.MovingFigure(figure, parts, [axes, circle], SIZE)


if __name__ == "__main__":
    main()
