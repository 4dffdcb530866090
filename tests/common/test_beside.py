# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing new lies in silence where something else lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import write

pytestmark = pytest.mark.usefixtures("built")


def box(bpy: Any, *things: Any) -> Any:
    """Corners in world space, as Blender itself knows them."""
    graph = bpy.context.evaluated_depsgraph_get()
    corners = []
    for thing in (whole.evaluated_get(graph) for whole in things):
        corners += [np.array(thing.matrix_world)[:3, :3] @ c + thing.matrix_world.translation
                    for c in np.array(thing.bound_box)]  # fmt: skip
    return np.array([np.min(corners, axis=0), np.max(corners, axis=0)])


def overlap(bpy: Any, one: Any, other: Any) -> bool:
    a, b = box(bpy, one), box(bpy, other)
    return bool(((a[0] < b[1] - 1e-5) & (a[1] > b[0] + 1e-5)).all())


def test_surfaces_and_curves_stand_in_a_row(bpy: Any, tmp_path: Path, capfd: Any):
    np.save(tmp_path / "wave.npy", np.arange(9.0))
    ops = bpy.ops.surface_slicer
    made = []
    for _ in range(3):
        ops.create_surface(base_plane=len(made) == 1, axes=len(made) == 1)
        made.append(bpy.context.object)
    told = capfd.readouterr().out
    assert f"; placed beside '{made[0].name}', not at the origin." in told
    for _ in range(2):
        ops.create_curve(filepath=str(tmp_path / "wave.npy"))
        made.append(bpy.context.object)
    assert "in 1" not in (told := capfd.readouterr().out) and told.count("; placed beside") == 2
    assert tuple(made[0].location) == (0, 0, 0)
    things = [*made, *(child for thing in made for child in thing.children)]
    for one in things:
        for other in things:
            if one != other and one not in other.children and other not in one.children:
                related = one.parent is not None and one.parent == other.parent
                assert related or not overlap(bpy, one, other), (one.name, other.name)
    xs = [thing.location.x for thing in made]
    assert xs == sorted(xs)


def test_what_is_free_or_asked_for_is_at_the_origin(bpy: Any, capfd: Any):
    ops = bpy.ops.surface_slicer
    ops.create_surface()
    first = bpy.context.object
    ops.create_surface(at_origin=True)
    assert tuple(bpy.context.object.location) == (0, 0, 0)
    assert "beside" not in capfd.readouterr().out
    bpy.data.objects.remove(bpy.context.object)
    first.location = (3.0, 0, 0)
    ops.create_surface(at_origin=False)
    assert tuple(bpy.context.object.location) == (0, 0, 0)
    first.location = (0, 0, 5.0)
    bpy.data.objects.remove(bpy.context.object)
    ops.create_surface()
    assert tuple(bpy.context.object.location) == (0, 0, 0)
    assert "beside" not in capfd.readouterr().out


def test_undo_and_redo_of_a_second_surface(bpy: Any):
    bpy.ops.surface_slicer.create_surface()
    bpy.ops.ed.undo_push(message="one")
    bpy.ops.surface_slicer.create_surface()
    name, place = bpy.context.object.name, tuple(bpy.context.object.location)
    bpy.ops.ed.undo_push(message="two")
    bpy.ops.ed.undo()
    assert name not in bpy.data.objects
    bpy.ops.ed.redo()
    assert tuple(bpy.data.objects[name].location) == place and place[0] > 2


@pytest.mark.slow
@pytest.mark.parametrize("per_cell", [False, True])
def test_neurons(bpy: Any, tmp_path: Path, capfd: Any, per_cell: bool):
    """The same file twice; where coordinates are the file's own, they stay."""
    path = str(write(tmp_path / "cell.pickle", simulation(branched())))
    load = bpy.ops.blender_spike.import_simulation
    load(filepath=path, object_per_cell=per_cell)
    first = bpy.context.object
    load(filepath=path, object_per_cell=per_cell)
    second = bpy.context.object
    assert first != second and first.location.x == 0
    assert not overlap(bpy, first, second)
    assert f"; placed beside '{first.name}', not at the origin;" in capfd.readouterr().out
    load(filepath=path, at_origin=True)
    assert bpy.context.object.location.x == 0
    load(filepath=path, center=False)
    assert bpy.context.object.location.x == 0
    assert "beside" not in capfd.readouterr().out


def test_networks_without_connections(bpy: Any, tmp_path: Path):
    """Their cells are what is in the way, and each may be one point."""
    points = [{"points": [[0, 0, 0, 10]], "type": "soma"}]
    path = str(write(tmp_path / "net.pickle", simulation(points)))
    xs = []
    for _ in range(3):
        bpy.ops.blender_spike.import_simulation(filepath=path)
        xs.append(bpy.context.object.location.x)
    # Their diameter is 10 µm, at 100 µm to the unit.
    assert xs[0] == 0 and xs[1] >= 0.1 and xs[2] >= xs[1] + 0.1


@pytest.mark.slow
def test_slicers_and_figures_that_lie_on_each_other_say_so(bpy: Any, tmp_path: Path, capfd: Any):
    """They are drawn in one place, so that nobody sees that there are two."""
    bpy.ops.surface_slicer.create_surface()
    surface = bpy.context.object
    bpy.ops.surface_slicer.slice_objects()
    assert "same place" not in capfd.readouterr().out
    bpy.ops.object.select_all(action="DESELECT")
    surface.select_set(True)
    bpy.ops.surface_slicer.slice_objects()
    assert "move, rotate or scale it; 'Slicer' is in the same place." in capfd.readouterr().out
    for slicer in ("Slicer", "Slicer.001"):
        bpy.data.objects[slicer].location.x += 1
    bpy.ops.object.select_all(action="DESELECT")
    surface.select_set(True)
    bpy.ops.surface_slicer.add_slicer()
    assert "same place" not in capfd.readouterr().out
    path = str(write(tmp_path / "cell.pickle", simulation(branched())))
    bpy.ops.blender_spike.import_simulation(filepath=path)
    for placement in ("CAMERA", "SCENE"):
        for name in ("add_time_label", "add_color_bar", "add_scale_bar"):
            capfd.readouterr()
            add = getattr(bpy.ops.blender_spike, name)
            add(placement=placement)
            assert "lies on" not in capfd.readouterr().out
            add(placement=placement)
            assert "; it overlaps 'cell " in capfd.readouterr().out
