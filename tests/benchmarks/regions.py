# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening an atlas of 750 regions and 3.6 million triangles, and importing all of it."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from atlases import Rows, write_v2, write_v3
from solids import Mesh, sphere

from .pairs import give_back_memory, seconds

REGIONS, CHILDREN = 750, 5
Row = tuple[str, str, str]


def made_up() -> tuple[Rows, dict[int, Mesh]]:
    """A tree of regions, each a bumpy ball of 4,800 triangles with the decimals of real meshes."""
    rng = np.random.default_rng(0)
    points, triangles = sphere(300.0, 41, 60)
    paths: list[tuple[int, ...]] = []
    for number in range(REGIONS):
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


def measure() -> Iterator[Row]:
    """Yield what was measured, its ratio or figure, and the aim."""
    import bpy
    from blender_brain.atlas import open_atlas
    from blender_brain.regions import import_regions

    def empty() -> None:
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)

    with tempfile.TemporaryDirectory() as temporary:
        rows, meshes = made_up()
        triangles = sum(len(mesh[1]) for mesh in meshes.values())
        folders = {
            layout: write(Path(temporary), rows, meshes)
            for layout, write in (("v2", write_v2), ("v3", write_v3))
        }

        empty()
        with quiet():
            # Once only: it takes longer than everything else here.
            theirs = seconds(lambda: one_by_one(bpy, folders["v2"] / "meshes"))
        for layout, folder in folders.items():
            opening = statistics.median(seconds(lambda f=folder: open_atlas(f)) for _ in range(7))
            name = f"atlas of {REGIONS} regions, layout {layout}"
            yield f"{name}: open", f"{opening * 1000:.0f} ms", "below 50 ms"
            times = []
            for _ in range(3):
                empty()
                give_back_memory()
                times.append(
                    seconds(
                        lambda f=folder: import_regions(
                            bpy.context, open_atlas(f), "R1", parts="HIERARCHY"
                        )
                    )
                )
            ours = statistics.median(times)
            yield (
                f"{name}, {triangles / 1e6:.1f} million triangles: one obj_import each / ours "
                f"({theirs:.1f} s / {ours:.2f} s)",
                f"{theirs / ours:.1f}",
                "at least 14",
            )
            yield f"{name}: memory added by the import", f"{_memory_added(folder):.0f} MB", ""
        empty()


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


_IMPORT = """
import sys, bpy
sys.path[:0] = ["blender_addons"]
import blender_brain
from blender_brain.atlas import open_atlas
from blender_brain.regions import import_regions
def resident():
    return next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmRSS")) << 10
blender_brain.register()
before = resident()
import_regions(bpy.context, open_atlas(sys.argv[1]), "R1", parts="HIERARCHY")
print("added", resident() - before)
"""


def _memory_added(folder: Path) -> float:
    result = subprocess.run(
        [sys.executable, "-c", _IMPORT, str(folder)],
        capture_output=True, text=True, check=True, env=os.environ,
    )  # fmt: skip
    lines = result.stdout.splitlines()
    return next(int(line.split()[1]) for line in lines if "added" in line) / 1e6
