# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening an atlas of 750 regions and 3.6 million triangles, and importing all of it."""

from __future__ import annotations

import contextlib
import functools
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from helpers.atlases import Rows, obj_with_normals, write_v2, write_v3
from helpers.solids import Mesh, sphere

from .blender import empty, start
from .memory import Found, alone, resident
from .pairs import Pair, in_turn, seconds
from .rows import Aim, Row, sized, timed

REGIONS, CHILDREN = 750, 5


def made_up(regions: int) -> tuple[Rows, dict[int, Mesh]]:
    """A tree of regions, each a bumpy ball of 4,800 triangles with the decimals of real meshes."""
    rng = np.random.default_rng(0)
    points, triangles = sphere(300.0, 41, 60)
    paths: list[tuple[int, ...]] = []
    for number in range(regions):
        paths.append((*(paths[(number - 1) // CHILDREN] if number else ()), number + 1))
    rows = [(p[-1], f"R{p[-1]}", f"region {p[-1]}", "#7ED04B", p[:-1]) for p in paths]
    meshes = {
        path[-1]: (
            (points * rng.uniform(0.9, 1.1, (len(points), 1)) + rng.uniform(1000, 4000, 3)).round(
                2
            ),
            triangles,
        )
        for path in paths
    }
    return rows, meshes


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield what was measured.

    Parameters
    ----------
    quick : bool
        Tiny sizes, only to see that it runs.
    """
    import bpy
    from blender_brain.atlas import open_atlas

    with tempfile.TemporaryDirectory() as temporary:
        rows, meshes = made_up(3 if quick else REGIONS)
        triangles = sum(len(mesh[1]) for mesh in meshes.values())
        # What a mesh cannot do without: positions in single precision, and three corners each.
        bare = sum(12 * len(mesh[0]) + 12 * len(mesh[1]) for mesh in meshes.values())
        folders = {
            "v2": write_v2(Path(temporary), rows, meshes, text=obj_with_normals),
            "v3": write_v3(Path(temporary), rows, meshes),
        }
        ways = [functools.partial(one_by_one, bpy, folders["v2"] / "meshes")]
        ways += [functools.partial(import_all, folder) for folder in folders.values()]
        # What loads late is loaded by a region alone: one more round would take a minute.
        for folder in folders.values():
            import_all(folder, "R3")
        with quiet():
            theirs, *ours = in_turn(ways, [empty] * len(ways), 1 if quick else 3, warm=True)
        for (layout, folder), times in zip(folders.items(), ours, strict=True):
            opening = statistics.median(seconds(lambda f=folder: open_atlas(f)) for _ in range(7))
            name = f"atlas of {len(rows)} regions, layout {layout}"
            yield Row(f"{name}: open", opening * 1e3, "ms", aim=Aim(50, "ms"))
            yield timed(
                f"{name}, {triangles / 1e6:.1f} million triangles: import",
                Pair.of(times, theirs), "one obj_import each",
                is_speed=True, aim=Aim(14, at_least=True),
            )  # fmt: skip
            added = alone(importing, folder)["added"]
            yield sized(f"{name}: memory added by the import", added, "bare meshes", bare)
        empty()


def import_all(folder: Path | str, acronyms: str = "R1") -> None:
    """Open an atlas and import a region with all that is in it."""
    import bpy
    from blender_brain.atlas import open_atlas
    from blender_brain.regions.imported import import_regions

    import_regions(bpy.context, open_atlas(Path(folder)), acronyms, parts="HIERARCHY")


def one_by_one(bpy: Any, folder: Path) -> None:
    """Import each mesh by a call of Blender's own importer, as the older add-on does."""
    for path in sorted(folder.iterdir()):
        bpy.ops.wm.obj_import(filepath=str(path), forward_axis="Z", up_axis="NEGATIVE_Y")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what Blender itself says of each file from the table."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def importing(folder: str) -> Found:
    """Import an atlas, and measure the bytes that takes."""
    start()
    before = resident()
    import_all(folder)
    return {"added": resident() - before}
