# SPDX-License-Identifier: GPL-3.0-or-later
"""What may happen when a property of the add-ons is set, by a script or in a panel.

Blender writes no undo step after a setter or an update callback of its own accord, so these may
not make, remove or relink a datablock: Undo would leave pointers to what is gone. Nor does it
write one after a field that searches.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.atlases import NAME, write_v3
from helpers.simulations import branched, simulation

from spike_export import write


def classes(kind: str) -> list[Any]:
    import blender_brain
    import blender_spike
    import bpy
    import surface_slicer

    return [
        cls
        for add_on in (blender_spike, blender_brain, surface_slicer)
        for cls in add_on.CLASSES
        if issubclass(cls, getattr(bpy.types, kind))
    ]


def keywords(cls: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """List the properties of a class, each with what it was declared with."""
    for name, declared in typing.get_type_hints(cls).items():
        if hasattr(declared, "keywords"):
            yield f"{cls.__name__}.{name}", declared.keywords


@pytest.fixture
def scene(bpy: Any, tmp_path: Path) -> Any:
    """Something of each add-on: neurons with figures, regions with values, surfaces, a curve."""
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    bpy.ops.blender_spike.add_color_bar()
    write_v3(tmp_path)
    (tmp_path / "rates.csv").write_text("region,value\nCA3,1\nDG,2\n")
    bpy.context.scene.blender_brain.folder = str(tmp_path)
    bpy.ops.blender_brain.import_regions(atlas=NAME, folder=str(tmp_path), acronyms="CA3, DG")
    bpy.ops.blender_brain.color_by_table(filepath=str(tmp_path / "rates.csv"))
    np.save(tmp_path / "hill.npy", np.eye(4))
    np.save(tmp_path / "wave.npy", np.arange(4.0))
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "hill.npy"), axes=True)
    bpy.ops.surface_slicer.create_curve(filepath=str(tmp_path / "wave.npy"))
    bpy.ops.surface_slicer.create_surface()
    bpy.data.images.new("mine", 4, 4)
    return bpy.context.scene


def test_fields_of_panels_do_not_search(bpy: Any):
    """Suggestions stand beside them; in an operator's dialog a field may search."""
    found = {
        name
        for cls in classes("PropertyGroup")
        for name, declared in keywords(cls)
        # Blender calls a None, too, and crashes.
        if "search" in declared
    }
    assert not found
    # So that this cannot pass because nothing was looked at.
    searching = {
        name
        for cls in classes("Operator")
        for name, declared in keywords(cls)
        if declared.get("search") is not None
    }
    assert "BLENDER_SPIKE_OT_add_trace.section" in searching and len(searching) > 5
    assert len([1 for cls in classes("PropertyGroup") for _ in keywords(cls)]) > 100


def test_panels_search_in_no_collection(bpy: Any):
    """Such a field of a text has no undo step either."""
    root = Path(__file__).parents[2] / "blender_addons"
    sources = [path for path in root.glob("*/**/*.py") if "/common/" not in str(path.parent)]
    sources += (root / "common").glob("*.py")
    assert len(sources) > 100
    assert not [path for path in sources if "prop_search(" in path.read_text()]


def owners(bpy: Any) -> Iterator[Any]:
    """Find all groups of properties of the add-ons, and the groups in them."""
    blocks = [b for kind in dir(bpy.data) for b in things(getattr(bpy.data, kind))]
    names = {
        name
        for kind in (bpy.types.Object, bpy.types.Scene, bpy.types.Material, bpy.types.Collection)
        for name in (*vars(kind), *dir(kind))
        if name.startswith(("blender_spike", "blender_brain", "surface_slicer"))
    }
    groups = tuple(classes("PropertyGroup"))
    for block in blocks:
        for name in sorted(names):
            group = getattr(block, name, None)
            if isinstance(group, groups):
                yield group
                for prop in group.bl_rna.properties:
                    if prop.type == "COLLECTION":
                        yield from getattr(group, prop.identifier)


def things(kind: Any) -> list[Any]:
    import bpy

    return list(kind) if isinstance(kind, bpy.types.bpy_prop_collection) else []


def other_values(bpy: Any, owner: Any, prop: Any) -> list[Any]:
    """List values that a property may be given, the present one last."""
    now = getattr(owner, prop.identifier)
    array = getattr(prop, "array_length", 0)
    if prop.type == "POINTER":
        wanted = bpy.data.objects if prop.fixed_type.identifier == "Object" else []
        return [*wanted, now]
    if prop.type == "ENUM":
        return [{i.identifier} if prop.is_enum_flag else i.identifier for i in prop.enum_items]
    if prop.type == "COLLECTION":
        return []
    if prop.type == "STRING":
        return ["magma", "viridis_r", "CA3", "dend[1]", "mine", "", now]
    numbers = {"BOOLEAN": [True, False], "INT": [0, 1, 3, 5], "FLOAT": [0.25, 0.75]}[prop.type]
    if array:
        return [*([number] * array for number in numbers), list(now)]
    return [*numbers, now]


def links(bpy: Any) -> dict[str, Any]:
    """Say which datablocks there are, and which of them uses which, apart from our own groups."""
    found = {
        f"{block.bl_rna.identifier} {block.session_uid}": sorted(
            f"{user.bl_rna.identifier} {user.session_uid}" for user in users
        )
        for block, users in bpy.data.user_map().items()
    }
    for material in bpy.data.materials:
        found[f"nodes of {material.name}"] = [
            getattr(getattr(node, "image", None), "name", None) for node in material.node_tree.nodes
        ]
    return found


@pytest.mark.slow
def test_no_property_makes_removes_or_relinks_a_datablock(bpy: Any, scene: Any):
    """Each property of each datablock of a scene is set to several values."""
    count = 0
    for owner in list(owners(bpy)):
        for prop in owner.bl_rna.properties:
            if prop.identifier in ("rna_type", "name"):
                continue
            for value in other_values(bpy, owner, prop):
                before = links(bpy)
                try:
                    setattr(owner, prop.identifier, value)
                except AttributeError as error:
                    assert "read-only" in str(error)
                    continue
                count += 1
                if prop.type == "POINTER":
                    # What a property refers to is its own; only its users may have changed.
                    assert before.keys() == links(bpy).keys()
                else:
                    assert before == links(bpy), f"{owner} {prop.identifier} = {value!r}"
    assert count > 500


def test_properties_that_react_are_known(bpy: Any):
    """The test above has run them."""
    setters, updates = set(), set()
    for kind in ("PropertyGroup", "Operator"):
        for cls in classes(kind):
            for name, declared in keywords(cls):
                if {"set", "set_transform"} & {k for k, v in declared.items() if v is not None}:
                    setters.add(name)
                if declared.get("update") is not None:
                    updates.add(name)
    # One selects, five set a number of the modifier in another unit.
    assert setters == {
        "BLENDER_BRAIN_PG_scene.row",
        "BLENDER_SPIKE_PG_neuron.minimum_radius_um",
        "BLENDER_SPIKE_PG_neuron.connection_radius_um",
        "BLENDER_SPIKE_PG_neuron.pulse_speed_um_per_ms",
        "BLENDER_SPIKE_PG_neuron.synapse_radius_um",
        "BLENDER_SPIKE_PG_neuron.pulse_radius_um",
    }
    assert not updates
