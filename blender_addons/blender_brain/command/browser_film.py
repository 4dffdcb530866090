# SPDX-License-Identifier: GPL-3.0-or-later
"""The command's other film: ``blender -b -c blender_brain web allen_mouse_25um "CA3, DG"``.

It is turned in a browser; nothing is imported, so no scene changes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from ..atlas import Atlas, AtlasError, Structure, library
from ..atlas.film_regions import AUTOMATIC
from ..atlas.search import Search, UnknownStructureError
from ..common.rendering import options as common_options
from ..common.rendering import page_options
from ..data.region_values import RegionValues, read_region_values
from ..demo_atlas import make_demo_atlas
from ..film import film_structures
from ..regions.film_view import DIRECTION
from ..regions.hemispheres import Side
from ..regions.imported import chosen_parts
from ..regions.orientation import DEFAULT_UM_PER_UNIT, placement
from ..regions.surfaces import shapes
from ..web.page import ENDING, SIZE_LIMIT_MB, FilmPage
from ..web.region_page import (
    RegionShape,
    RegionShowing,
    ValuesOfRegions,
    less_detailed,
    region_page,
)

DEMO: Final = "demo"
_SIDES: Final[dict[str, tuple[Side | None, ...]]] = {
    "both": (None,),
    "left": ("LEFT",),
    "right": ("RIGHT",),
}
_MOST_NAMED: Final = 6


def parse(
    arguments: Sequence[str], *, prog: str = f"blender -b -c blender_brain {page_options.WORD}"
) -> argparse.Namespace:
    """Read what follows the command's first word."""
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Write regions of a brain atlas as a page to turn in a browser: one HTML file.",
    )
    add = parser.add_argument
    add("atlas", help="its name, with or without version, or demo")
    add("regions", nargs="?", help="what is shown in colors (default: what suits the atlas)")
    page_options.add_page_options(parser, SIZE_LIMIT_MB)
    add("--folder", type=Path, help="folder of atlases besides BrainGlobe's own")
    add("--glass", default=AUTOMATIC, metavar="REGIONS",
        help="regions of glass (default: auto, what suits the atlas)")  # fmt: skip
    add("--leaves", action="store_true", help="of each region in colors, the innermost parts")
    add("--hemisphere", choices=tuple(_SIDES), default="both", help="of the regions in colors")
    add("--values", type=Path, metavar="FILE", help="table of regions and values, for colors; of "
        "several times, it plays")  # fmt: skip
    add("--column", default="", help="of the table (default: the first)")
    add("--colormap", default="viridis", help="of the values (default: viridis)")
    add("--low", type=float, help="value at the colormap's lower end (default: the lowest)")
    add("--high", type=float, help="value at the colormap's upper end (default: the highest)")
    add("--detail", type=common_options.above_zero, metavar="UM",
        help="merge points closer than this, for a smaller page")  # fmt: skip
    options = parser.parse_args(arguments)
    page_options.check_page_options(parser, options, ENDING)
    return options


def _page(options: argparse.Namespace, notes: list[str]) -> FilmPage:
    try:
        return _film(options, notes)
    except (AtlasError, UnknownStructureError) as error:
        raise RuntimeError(str(error)) from None


def _film(options: argparse.Namespace, notes: list[str]) -> FilmPage:
    with tempfile.TemporaryDirectory() as temporary:
        folder = str(options.folder.resolve()) if options.folder else ""
        name = options.atlas
        if name == DEMO:
            make_demo_atlas(Path(temporary))
            name, folder = "", temporary
        atlas = library.opened(name, folder).atlas
        table = None
        if options.values is not None:
            table = read_region_values(options.values, atlas.structures, options.column)
        glass, solid = _structures(atlas, options, table)
        notes += [] if table is None else [*table.notes, table.unknown]
        regions, structures = _regions(atlas, glass, solid, options, notes)
        title = atlas.full_name if options.title is None else options.title
    x, y, z = DIRECTION
    return region_page(
        regions,
        RegionShowing(
            title=title,
            view=(-x, -y, -z),
            light=options.light,
            size_limit_mb=options.size_limit,
        ),
        None if table is None else _values(table, structures, options),
    )


write_page = page_options.page_writer(parse, _page)


def _structures(
    atlas: Atlas, options: argparse.Namespace, table: RegionValues | None
) -> tuple[list[Structure], list[Structure]]:
    """Choose what is of glass, and what is in colors."""
    automatic = options.regions is None and table is None
    shown = AUTOMATIC if automatic else options.regions or ""
    parts = film_structures(
        atlas, Search(atlas.structures), options.glass, shown, AUTOMATIC if automatic else ""
    )
    solid = list(dict.fromkeys([*parts[1], *parts[2]]))
    if options.regions is None and table is not None:
        solid = list(dict.fromkeys(table.structures))
    if options.leaves:
        solid = chosen_parts(atlas, solid, "LEAVES", 1)
    known = {one.id for one in solid}
    return [one for one in parts[0] if one.id not in known], solid


def _regions(
    atlas: Atlas,
    glass: list[Structure],
    solid: list[Structure],
    options: argparse.Namespace,
    notes: list[str],
) -> tuple[list[RegionShape], list[Structure]]:
    """Read the meshes that there are."""
    wanted = [(one, side) for one in solid for side in _SIDES[options.hemisphere]]
    wanted += [(one, None) for one in glass]
    missing = [one.acronym for one, _ in wanted if not one.has_mesh]
    if missing:
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        notes.append(f"No mesh on this disk of {', '.join(missing[:_MOST_NAMED])}{more}; left out.")
    wanted = [(one, side) for one, side in wanted if one.has_mesh]
    if not wanted:
        raise AtlasError(
            f"{atlas.full_name}: none of the regions has a mesh on this disk; import them in "
            "BlenderBrain first, which downloads them."
        )
    place = placement("BRAINGLOBE", DEFAULT_UM_PER_UNIT, atlas.extent_um)
    regions, structures = [], []
    found = shapes(atlas, wanted, place, "ATLAS")
    for number, ((structure, _), shape) in enumerate(zip(wanted, found, strict=True)):
        if isinstance(shape, AtlasError):
            notes.append(str(shape))
        elif shape is not None:
            points, triangles = shape.points, shape.triangles
            if options.detail:
                size = options.detail / DEFAULT_UM_PER_UNIT
                points, triangles = less_detailed(points, triangles, size)
            if len(triangles):
                is_glass = number >= len(wanted) - sum(one.has_mesh for one in glass)
                regions.append(
                    RegionShape(
                        structure.name, structure.acronym, structure.color, points, triangles,
                        is_glass,
                    )
                )  # fmt: skip
                structures.append(structure)
    return regions, structures


def _values(
    table: RegionValues, structures: list[Structure], options: argparse.Namespace
) -> ValuesOfRegions:
    """Arrange a table's values by the regions on the page."""
    halves = table.halves or ("BOTH",) * len(table.structures)
    wanted = options.hemisphere.upper()
    columns = {
        one.id: number
        for number, (one, half) in enumerate(zip(table.structures, halves, strict=True))
        if half in ("BOTH", wanted)
    }
    if not columns:
        raise ValueError(
            f"{table.source} has values of single hemispheres: choose one with --hemisphere."
        )
    values = np.full((len(table.times_ms), len(structures)), np.nan, np.float32)
    for number, structure in enumerate(structures):
        if structure.id in columns:
            values[:, number] = table.values[:, columns[structure.id]]
    colormap, colors = page_options.page_colors(options.colormap)
    return ValuesOfRegions(
        values, table.times_ms, table.name or "value", colormap, colors, options.low, options.high
    )
