# SPDX-License-Identifier: GPL-3.0-or-later
"""A thousand skeletons from a connectome, and meshes: to a file, and into Blender."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from helpers.neuron_meshes import ply_bytes, star
from helpers.skeletons import edges_of

from .blender import empty
from .pairs import paired
from .rows import Aim, Row, timed


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield what was measured.

    Parameters
    ----------
    quick : bool
        Tiny sizes, only to see that it runs.
    """
    import bpy
    from blender_spike.building.build import import_simulation

    from spike_export import write
    from spike_export.connectome.cells import simulation_of_cells
    from spike_export.connectome.skeletons import Skeleton, Skeletons, joined
    from spike_export.connectome.stretches import stretches

    count, points = (4, 50) if quick else (1_000, 5_000)
    random = np.random.default_rng(0)

    def grown(number: int) -> Skeleton:
        parents = np.arange(-1, points - 1)
        branches = random.random(points) < 0.03
        branches[:2] = False
        parents[branches] = (random.random(branches.sum()) * np.flatnonzero(branches)).astype(int)
        places = np.cumsum(random.normal(0, 1, (points, 3)), axis=0) + random.normal(0, 200, 3)
        kinds = np.zeros(points, np.uint8)
        return Skeleton(
            str(number), places, np.full(points, 0.2), kinds, edges_of(parents), np.array([0])
        )

    whole = joined([grown(number) for number in range(count)])
    name = f"{count:,} skeletons of {points:,} points"
    with tempfile.TemporaryDirectory() as folder:
        table, lists, bare = (Path(folder) / f"{what}.pickle" for what in ("3", "2", "bare"))

        def convert(skeletons: Skeletons = whole) -> None:
            write(table, simulation_of_cells(skeletons, stretches(skeletons)))

        result = paired(convert, lambda: np.save(bare, whole.points), 1 if quick else 3)
        yield timed(f"{name}: split and written", result, "saving their points", aim=Aim(10, "s"))
        write(lists, replace(simulation_of_cells(whole, stretches(whole)), version=2))
        result = paired(
            lambda: import_simulation(bpy.context, table),
            lambda: import_simulation(bpy.context, lists),
            1 if quick else 2,
            before=empty,
        )
        yield timed(
            f"{name}: import", result, "a dict for each section", is_speed=True, aim=Aim(5, "s")
        )
        yield from _meshes(Path(folder) / "meshes.pickle", quick)
    empty()


def _meshes(path: Path, quick: bool) -> Iterator[Row]:
    """Hundreds of meshes: into Blender, against an import of each as a PLY file."""
    import bpy
    from blender_spike.building.build import import_simulation

    from spike_export import write
    from spike_export.connectome.mesh_cells import simulation_of_meshes
    from spike_export.connectome.neuron_meshes import NeuronMesh, joined_meshes

    count, detail = (3, 1) if quick else (100, 6)
    stars = [star(number, detail) for number in range(count)]
    meshes = joined_meshes(
        [NeuronMesh(str(n), vertices + 40 * n, faces) for n, (vertices, faces) in enumerate(stars)]
    )
    write(path, simulation_of_meshes(meshes))
    files = []
    for number, one in enumerate(stars):
        files.append(path.with_name(f"{number}.ply"))
        files[-1].write_bytes(ply_bytes(*one))

    def each() -> None:
        for file in files:
            bpy.ops.wm.ply_import(filepath=str(file))

    result = paired(
        lambda: import_simulation(bpy.context, path), each, 1 if quick else 3, before=empty,
        clock=time.process_time,
    )  # fmt: skip
    name = f"{count:,} meshes of {len(stars[0][0]):,} vertices"
    what = f"{name}: import, processor time"
    yield timed(what, result, "ply_import of each, an object each")
