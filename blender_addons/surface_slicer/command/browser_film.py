# SPDX-License-Identifier: GPL-3.0-or-later
"""The command's other film: ``blender -b -c surface_slicer web density.npy -o film.html``.

It plays in a browser; nothing is made in Blender, so no scene changes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ..arrays.source import Field, Source, read_field
from ..common.rendering import options as common_options
from ..common.rendering import page_options
from ..web.page import ENDING, FPS, SIZE_LIMIT_MB, FilmPage
from ..web.surface_page import HEIGHT, Heights, SurfaceShowing, surface_page


def parse(
    arguments: Sequence[str], *, prog: str = f"blender -b -c surface_slicer {page_options.WORD}"
) -> argparse.Namespace:
    """Read what follows the command's first word."""
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Write an array as a surface that plays in a browser: one HTML file.",
    )
    add = parser.add_argument
    add("file", type=Path, nargs="?", help="array (.npy, .npz, .csv, .txt, …) or picture")
    page_options.add_page_options(parser, SIZE_LIMIT_MB)
    add("--array", default="", help="array in a file that holds several")
    add("--formula", help="formula of x and y from 0 to 1, instead of a file")
    add("--origin", choices=("upper", "lower"), default="upper", help="where row 0 is")
    add("--arrangement", choices=("auto", "frames", "colors", "points"), default="auto",
        help="what the array's dimensions mean (default: auto)")  # fmt: skip
    add("--no-data", default="", metavar="VALUE", help="value that means no data")
    add("--height", type=common_options.above_zero, default=HEIGHT, metavar="SHARE",
        help="from the lowest value to the highest, of the longer side "
        f"(default: {HEIGHT:g})")  # fmt: skip
    add("--colormap", default="plasma", help="from matplotlib, seaborn or cmasher "
        "(default: plasma)")  # fmt: skip
    add("--low", type=float, help="value at the colormap's lower end (default: the lowest)")
    add("--high", type=float, help="value at the colormap's upper end (default: the highest)")
    add("--quantity", default="height", metavar="NAME", help="what the values are")
    add("--unit", default="", help="of the values")
    add("--frames-per-second", type=common_options.above_zero, default=FPS, metavar="FRAMES",
        help=f"of the array (default: {FPS:g})")  # fmt: skip
    add("--precision", type=common_options.above_zero, metavar="VALUE",
        help="largest error of the values, for a smaller page")  # fmt: skip
    options = parser.parse_args(arguments)
    page_options.check_page_options(parser, options, ENDING)
    if (options.file is None) == (options.formula is None):
        parser.error("name either a file or a --formula")
    return options


def _page(options: argparse.Namespace, notes: list[str]) -> FilmPage:
    colormap, colors = page_options.page_colors(options.colormap)
    source = Source(
        filepath=str(options.file.resolve()) if options.file else "",
        array=options.array,
        origin=options.origin.upper(),
        arrangement=options.arrangement.upper(),
        no_data=options.no_data,
        **({} if options.formula is None else {"formula": options.formula}),
    )
    field = read_field(source, notes.append)
    return surface_page(
        _heights(field),
        SurfaceShowing(
            colormap=colormap,
            colors=colors,
            low=options.low,
            high=options.high,
            quantity=options.quantity,
            unit=options.unit,
            height=options.height,
            title=field.title if options.title is None else options.title,
            light=options.light,
            frames_per_s=options.frames_per_second,
            precision=options.precision,
            size_limit_mb=options.size_limit,
        ),
    )


write_page = page_options.page_writer(parse, _page)


def _heights(field: Field) -> Heights:
    heights = field.heights
    last = heights.rows - 1.0
    counted = field.x_range == (0.0, heights.columns - 1.0) and sorted(field.y_range) == [0.0, last]
    return Heights(
        heights.values,
        heights.base,
        None if counted else field.x_range,
        None if counted else field.y_range,
        first_row_behind=field.y_range[0] > field.y_range[1],
    )
