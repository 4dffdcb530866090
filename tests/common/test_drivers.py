# SPDX-License-Identifier: GPL-3.0-or-later
"""Every driver that the add-ons make gives the exact number, however small or large."""

from __future__ import annotations

import ast
import math
from pathlib import Path

import numpy as np
import pytest
from helpers.atlases import NAME, write_v2
from helpers.simulations import branched, simulation

from spike_export import write

ADD_ONS = Path(__file__).resolve().parent.parent.parent / "blender_addons"
NUMBERS = (5e-5, 1e-9, 0.99995, 1.00005, 0.0, 1.0, -3e-5, -0.7, -60.0, 1e-30, 12345.678, 3e7)


def everything(bpy, folder):
    """Make one of each thing that follows others."""
    from surface_slicer.surface.axes import add_axes
    from surface_slicer.surface.base_plane import add_base_plane

    ops = bpy.ops
    cell = write(folder / "cell.pickle", simulation(branched(), 9))
    ops.blender_spike.import_simulation(filepath=str(cell), set_frame_range=False)
    for figure in ("trace", "color_bar", "time_label", "scale_bar"):
        getattr(ops.blender_spike, f"add_{figure}")()
    write_v2(folder)
    bpy.context.scene.blender_brain.folder = str(folder)
    table = folder / "values.csv"
    table.write_text("region,value\nCA3,1\nDG,4\n")
    ops.blender_brain.import_regions(atlas=NAME, acronyms="CA3, DG", folder=str(folder))
    ops.blender_brain.color_by_table(filepath=str(table))
    ops.blender_brain.add_color_bar()
    ops.blender_brain.add_labels()
    values = np.random.default_rng(0).normal(size=(3, 5, 6))
    for name, heights in (("still", values[0]), ("moving", values)):
        np.save(folder / f"{name}.npy", heights)
        ops.surface_slicer.create_surface(filepath=str(folder / f"{name}.npy"))
        surface = bpy.context.object
        add_axes(surface)
        add_base_plane(surface)
        ops.surface_slicer.color_surface()
        ops.surface_slicer.slice_objects()
    bpy.context.view_layer.update()


def all_drivers(bpy):
    """Each datablock with a driver, and the driver's curve."""
    owners = [*bpy.data.objects, *bpy.data.node_groups, *bpy.data.cameras, *bpy.data.meshes]
    owners += [m.node_tree for m in bpy.data.materials if m.node_tree]
    owners += [*bpy.data.materials, *bpy.data.scenes, *bpy.data.worlds]
    return [
        (owner, curve)
        for owner in owners
        if owner.animation_data
        for curve in owner.animation_data.drivers
    ]


def code_of(path):
    return path if path.startswith("[") else f".{path}"


def get(owner, path):
    return eval(f"owner{code_of(path)}", {"owner": owner})


def put(owner, path, value):
    exec(f"owner{code_of(path)} = value", {"owner": owner, "value": value})


def sources(bpy, curve):
    """For each variable by name: whose property it is, and where that is."""
    found = {}
    for variable in curve.driver.variables:
        target = variable.targets[0]
        if variable.type == "CONTEXT_PROP":
            found[variable.name] = bpy.context.scene, target.data_path
        elif variable.type == "TRANSFORMS":
            assert target.transform_type.startswith("SCALE_")
            axis = "XYZ".index(target.transform_type[-1])
            found[variable.name] = target.id, f"scale[{axis}]"
        else:
            found[variable.name] = target.id, target.data_path
    return found


def driven(owner, curve):
    value = get(owner, curve.data_path)
    return value[curve.array_index] if hasattr(value, "__len__") else value


def limits(owner, curve):
    """What the driven property can be."""
    holder, _, name = curve.data_path.rpartition(".")
    whole = get(owner, holder) if holder else owner
    known = whole.bl_rna.properties[name]
    return (known.hard_min, known.hard_max) if hasattr(known, "hard_min") else (-math.inf, math.inf)


def evaluated(curve, values):
    if curve.driver.type == "SUM":
        # Scales in the world have no sign.
        return abs(sum(values.values()))
    if curve.driver.expression == "value":
        return values["value"]
    return eval(curve.driver.expression, {"min": min, "max": max, **values})


@pytest.mark.slow
def test_every_driver_is_exact(bpy, tmp_path):
    everything(bpy, tmp_path)
    found = all_drivers(bpy)
    # Of the neuron's figures, of bars, labels, axes, planes, the cut and the camera's corners.
    assert len(found) > 40
    assert not any(len(curve.keyframe_points) or len(curve.modifiers) for _, curve in found)
    follow = {(owner.name, curve.data_path) for owner, curve in found}
    given = {
        (giver.name, path): (giver, path)
        for _, curve in found
        for giver, path in sources(bpy, curve).values()
        # What follows something itself is not ours to set.
        if (giver.name, path) not in follow and isinstance(get(giver, path), float)
    }
    assert len(given) > 20
    tried = set()
    for number in NUMBERS:
        for giver, path in given.values():
            put(giver, path, number)
            giver.update_tag()
        bpy.context.view_layer.update()
        for owner, curve in found:
            values = {name: get(*one) for name, one in sources(bpy, curve).items()}
            if not all(isinstance(value, (bool, int, float)) for value in values.values()):
                # Menus and colors are no single numbers.
                continue
            low, high = limits(owner, curve)
            try:
                expected = min(max(evaluated(curve, values), low), high)
            except ZeroDivisionError:
                continue
            # Single precision; an expression of several numbers loses a little more, and the
            # square of a scale is lost sooner.
            close = 2e-7 if len(values) == 1 else 1e-5
            least = 1e-18 if curve.driver.type == "SUM" else 1e-36
            assert driven(owner, curve) == pytest.approx(expected, rel=close, abs=least), (
                owner.name, curve.data_path, number,
            )  # fmt: skip
            tried.add((owner.name, curve.data_path, curve.array_index))
    assert len(tried) > 0.7 * len(found)


def test_one_function_makes_all_drivers():
    """Nobody else calls Blender's, whatever it is called on."""
    callers = {
        path.relative_to(ADD_ONS).as_posix()
        for folder in ("common", "blender_spike", "blender_brain", "surface_slicer")
        for path in sorted((ADD_ONS / folder).rglob("*.py"))
        if not {"common", "simulation_file"} & set(path.relative_to(ADD_ONS).parts[1:-1])
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("driver_add", "from_existing")
    }
    assert callers == {"common/drivers.py"}


def test_drivers_of_older_files_become_exact(bpy):
    """Those that Blender made; what somebody shaped stays."""
    from blender_spike.common.drivers import make_exact

    thing = bpy.data.objects.new("thing", None)
    bpy.context.scene.collection.objects.link(thing)
    thing["given"] = 5e-5
    for axis in range(2):
        curve = thing.driver_add("location", axis)
        variable = curve.driver.variables.new()
        variable.targets[0].id = thing
        variable.targets[0].data_path = '["given"]'
        curve.driver.type = "SUM"
    curve.keyframe_points[1].co = (1.0, 5.0)
    bpy.context.view_layer.update()
    assert thing.location.x == 0.0
    make_exact([thing, None])
    thing.update_tag()
    bpy.context.view_layer.update()
    assert thing.location.x == pytest.approx(5e-5)
    assert len(curve.keyframe_points) == 2
