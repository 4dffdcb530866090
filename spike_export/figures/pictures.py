# SPDX-License-Identifier: BSD-3-Clause
"""From a figure with moving parts to pictures, and from a picture to a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from ..files.units import UnitError, in_unit
from ..files.whole_file import whole_file
from .curves import Part
from .shown_sections import ChoiceError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Picture = NDArray[np.uint8]

MOST_FRAMES: Final = 1_000_000


@contextmanager
def own_style() -> Iterator[None]:
    """Draw with matplotlib's defaults, whatever the user's settings, while the block runs."""
    import matplotlib.style

    with matplotlib.style.context("default", after_reset=True):
        yield


@dataclass(frozen=True, slots=True)
class MovingFigure:
    """A figure and the parts of it that move with time.

    Attributes
    ----------
    figure : matplotlib Figure
    parts : list of Part
        For `pictures`.
    axes : list of matplotlib Axes
    size : (int, int)
        Width and height in pixels.
    """

    figure: Figure
    parts: list[Part]
    axes: list[Axes]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """One output frame: its number, counted from 0, and the time it shows, in ms."""

    number: int
    time: float


def frames(time_ms: NDArray[np.float64], ms_per_frame: float | None = None) -> list[Frame]:
    """Give each output frame its time.

    Parameters
    ----------
    time_ms : ndarray, shape (F,)
        Of the simulation's frames.
    ms_per_frame : float, optional
        Time from one output frame to the next. Without it, output frame k shows ``time_ms[k]``.

    Returns
    -------
    list of Frame
        From ``time_ms[0]`` on, none beyond ``time_ms[-1]``.

    Raises
    ------
    ChoiceError
        If there would be more than `MOST_FRAMES`.
    """
    try:
        time_ms = np.asarray(in_unit(time_ms, "ms"))
        if ms_per_frame is not None:
            ms_per_frame = float(in_unit(ms_per_frame, "ms"))
    except UnitError as error:
        raise ChoiceError(f"the time of frames {error}") from None
    if ms_per_frame is None:
        times = time_ms
    else:
        steps = float(time_ms[-1] - time_ms[0]) / ms_per_frame
        if steps >= MOST_FRAMES:
            raise ChoiceError(
                f"{ms_per_frame:g} ms per frame would make more than {MOST_FRAMES:,} frames"
            )
        # 0.3 ms is three times 0.1 ms, though the quotient is slightly less than 3.
        count = int(steps + 1e-6) + 1
        times = np.minimum(time_ms[0] + ms_per_frame * np.arange(count), time_ms[-1])
    return [Frame(number, time) for number, time in enumerate(times.tolist())]


def pictures(figure: Figure, parts: Sequence[Part], times: Iterable[float]) -> Iterator[Picture]:
    """Draw a figure at a sequence of times.

    Static content is drawn once; for each picture, only the parts are drawn onto a copy of it.

    Parameters
    ----------
    figure : matplotlib Figure
        Made without pyplot.
    parts : sequence of Part
        Drawn in this order, over everything else.
    times : iterable of float
        Any number, in any order, as often as wanted.

    Yields
    ------
    ndarray of uint8, shape (height, width, 4)
        Red, green, blue and straight alpha. Valid until the next one is requested.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import to_rgb

    # matplotlib has no types for what a canvas does.
    canvas: Any = FigureCanvasAgg(figure)
    ground = np.array(to_rgb(figure.get_facecolor())) * 255
    artists = [artist for part in parts for artist in part.artists]
    # Not by set_animated, which keeps images on the canvas up to matplotlib 3.10.
    shown = [artist for artist in artists if artist.get_visible()]
    for artist in shown:
        artist.set_visible(False)
    try:
        with own_style():
            canvas.draw()
    finally:
        for artist in shown:
            artist.set_visible(True)
    # Empty pixels have the background color, not white: encoders smear it into edges.
    empty = np.asarray(canvas.buffer_rgba())
    empty[empty[..., 3] == 0, :3] = ground
    still = canvas.copy_from_bbox(figure.bbox)
    for t in times:
        canvas.restore_region(still)
        for part in parts:
            part.draw_to(t)
        for artist in artists:
            figure.draw_artist(artist)
        yield np.asarray(canvas.buffer_rgba())


def save_picture(path: Path, picture: Picture, *, transparent: bool = False) -> None:
    """Write a picture as PNG, completely or not at all.

    Parameters
    ----------
    path : Path
        Replaced if it exists.
    picture : ndarray of uint8, shape (height, width, 4)
    transparent : bool
        Write the alpha channel too.

    Raises
    ------
    OSError
        If the folder is missing or read-only, or the disk is full; nothing is left behind.
    """
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(picture if transparent else picture[..., :3]))
    with whole_file(path) as unfinished, unfinished.open("wb") as stream:
        # Level 1 takes a third of the time of level 6 and a few more bytes.
        image.save(stream, format="PNG", compress_level=1)


def save_drawing(path: Path, figure: Figure) -> None:
    """Write a figure as SVG or PDF, by the file's name, completely or not at all.

    Parameters
    ----------
    path : Path
        Replaced if it exists.

    Raises
    ------
    OSError
        As for `save_picture`.
    """
    import matplotlib

    # Text stays text, so it can be searched and edited.
    with (
        whole_file(path) as unfinished,
        own_style(),
        matplotlib.rc_context({"svg.fonttype": "none", "pdf.fonttype": 42}),
    ):
        figure.savefig(unfinished, format=path.suffix.lower()[1:], facecolor=figure.get_facecolor())
