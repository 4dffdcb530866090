# SPDX-License-Identifier: BSD-3-Clause
"""Figures to go beside a rendered neuron in a film, made with matplotlib.

`shown_sections` chooses what is drawn; `curves` and `fill` draw parts driven by one number, how far
they are drawn, with the arrays of `line_pieces`; `traces` lays them out as a figure; `pictures` and
`film` write it, frame by frame. `morph` has a morphing curve, `shapes` a rotating arrow and a
matrix, for the axes of `stage`; `pace` moves their number; `input_arrays` reads files of numbers
for them.
Each piece works on its own, with any curve:

>>> from spike_export.figures import GradientLine, pictures, trace_axes
>>> figure, (axes,) = trace_axes(["soma"], x_limits=(0, 6), y_limits=(-80, 40))  # doctest: +SKIP
>>> line = GradientLine(axes, time_ms, values)  # doctest: +SKIP
>>> for picture in pictures(figure, [line], time_ms):  # doctest: +SKIP
...     ...

pyplot is not imported, so the figures are not shared with it. matplotlib itself is imported when
the first one is made, because reading and converting files works without it.
"""

from __future__ import annotations

from .curves import Cursor, GradientLine, Head, Part, PlainLine
from .fill import Fill
from .film import FilmError, film_writer, find_ffmpeg
from .input_arrays import read_array
from .morph import Morph
from .pace import keyed, paced, read_pace
from .pace_words import Key
from .pictures import Frame, MovingFigure, frames, pictures, save_drawing, save_picture
from .shapes import MatrixCells, PhaseArrow
from .shown_sections import ChoiceError, Trace, choose_traces
from .stage import Ruling, size_factor, stage
from .traces import color_limits, trace_axes, trace_figure

__all__ = [
    "stage",
    "Ruling",
    "size_factor",
    "read_array",
    "paced",
    "keyed",
    "read_pace",
    "Key",
    "PhaseArrow",
    "Morph",
    "MatrixCells",
    "ChoiceError",
    "Cursor",
    "Fill",
    "FilmError",
    "Frame",
    "GradientLine",
    "Head",
    "Part",
    "PlainLine",
    "Trace",
    "MovingFigure",
    "choose_traces",
    "color_limits",
    "film_writer",
    "find_ffmpeg",
    "frames",
    "pictures",
    "save_drawing",
    "save_picture",
    "trace_axes",
    "trace_figure",
]
