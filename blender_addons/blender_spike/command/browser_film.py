# SPDX-License-Identifier: GPL-3.0-or-later
"""The command's other film: ``blender -b -c blender_spike web run.pickle -o film.html``.

It plays in a browser; nothing is imported, so no scene changes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from .. import demos
from ..common.rendering import options as common_options
from ..common.rendering import page_options
from ..simulation_file import read
from ..simulation_page.film_page import Showing, film_page
from ..web.page import ENDING, FPS, SIZE_LIMIT_MB, FilmPage


def parse(
    arguments: Sequence[str], *, prog: str = f"blender -b -c blender_spike {page_options.WORD}"
) -> argparse.Namespace:
    """Read what follows the command's first word."""
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Write a simulation file as a film that plays in a browser: one HTML file.",
    )
    add = parser.add_argument
    add("file", type=Path, help="simulation file, demo, demo_synapses, demo_axons or demo_network")
    page_options.add_page_options(parser, SIZE_LIMIT_MB)
    add("--cells", default="", help="only these cells: names, numbers, ranges, wildcards")
    common_options.add_quantity_options(
        parser, lower="the lowest in the file", upper="the highest; 1 for activity"
    )
    add("--colormap", help="from matplotlib, seaborn or cmasher "
        "(default: plasma; of classes, such as cell types, a palette)")  # fmt: skip
    add("--trace", action="append", default=[], metavar="PLACE",
        help="place whose trace is shown, such as dend[3](0.2); repeatable")  # fmt: skip
    add("--thickness", type=common_options.above_zero, default=1.4, metavar="FACTOR",
        help="on all diameters (default: 1.4)")  # fmt: skip
    add("--ms-per-frame", type=common_options.above_zero, metavar="MS",
        help="simulated time in a 24th of a second (default: one sample)")  # fmt: skip
    add("--precision", type=common_options.above_zero, metavar="VALUE",
        help="largest error of the values, for a smaller page")  # fmt: skip
    options = parser.parse_args(arguments)
    if not options.file.exists():
        known = {
            "demo": demos.NEURON,
            "demo_synapses": demos.SYNAPSES,
            "demo_axons": demos.AXONS,
            "demo_network": demos.NETWORK,
        }
        options.file = known.get(str(options.file), options.file)
    page_options.check_page_options(parser, options, ENDING)
    return options


def _page(options: argparse.Namespace, _notes: list[str]) -> FilmPage:
    colormap, colors = (
        page_options.page_colors(options.colormap) if options.colormap else ("", None)
    )
    simulation = read(options.file)
    if options.variable:
        simulation = simulation.showing(options.variable)
    if options.ms_per_frame and not simulation.has_time:
        raise RuntimeError(f"--ms-per-frame: {options.file.name} stores no times.")
    return film_page(
        simulation,
        Showing(
            colormap,
            colors,
            v_min=options.v_min,
            v_max=options.v_max,
            cells=options.cells,
            traces=tuple(options.trace),
            title=options.file.stem if options.title is None else options.title,
            light=options.light,
            ms_per_s=options.ms_per_frame * FPS if options.ms_per_frame else None,
            thickness=options.thickness,
            precision=options.precision,
            size_limit_mb=options.size_limit,
        ),
    )


write_page = page_options.page_writer(parse, _page)
