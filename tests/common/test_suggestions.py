# SPDX-License-Identifier: GPL-3.0-or-later
"""Suggestions beside the fields of panels: what they offer, and what a choice puts there."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from helpers.atlases import NAME, write_v3
from helpers.libraries import bring, save_as_library
from helpers.simulations import branched, simulation

from spike_export import write

sys.path.append(str(Path(__file__).parents[1] / "gui"))


@pytest.fixture
def surface(bpy: Any, tmp_path: Path) -> Any:
    path = tmp_path / "two.npz"
    np.savez(path, hill=np.eye(4), valley=-np.eye(4))
    bpy.ops.surface_slicer.create_surface(filepath=str(path), array="hill")
    bpy.context.scene.surface_slicer.filepath = str(path)
    return bpy.context.object


@pytest.fixture
def atlas(bpy: Any, tmp_path: Path) -> Any:
    write_v3(tmp_path)
    typed = bpy.context.scene.blender_brain
    typed.folder, typed.atlas = str(tmp_path), NAME
    return typed


def offered(operator: Any, field: str, bpy: Any) -> list[str]:
    """List what an operator's popup would show."""
    return [value for value, _more in operator.FIELDS[field].offered(bpy.context)]


@pytest.mark.slow
def test_sections_and_cells(bpy: Any, tmp_path: Path):
    from blender_spike.operators.figures import BLENDER_SPIKE_OT_suggest as Suggest

    assert offered(Suggest, "section", bpy) == []
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    names = offered(Suggest, "section", bpy)
    assert len(names) == 4 and names[0] == "soma"
    for name in names:
        assert bpy.ops.blender_spike.suggest(field="section", item=name) == {"FINISHED"}
        assert bpy.context.scene.blender_spike_figure.section == name
    with pytest.raises(TypeError, match="not found in"):
        bpy.ops.blender_spike.suggest(field="section", item="no such section")


def test_it_says_why_there_is_nothing_to_choose(bpy: Any, tmp_path: Path):
    bpy.context.scene.blender_brain.folder = str(tmp_path)
    for add_on, field in (
        (bpy.ops.blender_spike, "section"),
        (bpy.ops.blender_brain, "acronyms"),
        (bpy.ops.surface_slicer, "array"),
        (bpy.ops.surface_slicer, "surface_array"),
    ):
        with pytest.raises(RuntimeError, match=r"Nothing can be entered here\."):
            add_on.suggest(field=field)
        with pytest.raises(RuntimeError, match=r"There is no field named 'location'\."):
            add_on.suggest(field="location")


def test_regions_are_added_to_those_that_were_typed(bpy: Any, atlas: Any):
    from blender_brain.atlas import library
    from blender_brain.operators.browsing import BLENDER_BRAIN_OT_suggest as Suggest

    structures = library.opened(NAME, atlas.folder, recheck=False).atlas.structures
    assert len(offered(Suggest, "acronyms", bpy)) == len(structures)
    suggest = bpy.ops.blender_brain.suggest
    for typed, chosen, wanted in (
        ("", "CA3", "CA3"),
        ("CA3", "DG", "CA3, DG"),
        ("CA3, DG,", "DG", "CA3, DG"),
        ("CA3; dent", "DG", "CA3, DG"),
        ("Dentate gyrus", "CA3", "Dentate gyrus, CA3"),
    ):
        atlas.acronyms = typed
        assert suggest(field="acronyms", item=chosen) == {"FINISHED"}
        assert atlas.acronyms == wanted
    suggest(field="region", item="CA3")
    suggest(field="region", item="DG")
    assert atlas.region == "DG"
    # Each term that is offered means what it stands for, also beside others.
    search = library.opened(NAME, atlas.folder, recheck=False).search
    for structure, (term, _more) in zip(structures, search.choices(), strict=True):
        assert search.find(f"CA3, {term}")[-1] == structure or structure.acronym == "CA3"


def test_what_an_acronym_cannot_tell_apart_is_offered_by_its_id(bpy: Any):
    from blender_brain.atlas.search import Search

    def structure(number: int, acronym: str, name: str) -> Any:
        return SimpleNamespace(id=number, acronym=acronym, name=name, path=(1, number))

    found: Any = [
        structure(2, "cm", "central"),
        structure(3, "CM", "medial"),
        structure(4, "A", "first"),
        structure(5, "A", "second"),
        structure(6, "a, b", "comma"),
    ]
    search = Search(found)
    assert search.choices() == [
        ("cm", "central"), ("CM", "medial"), ("4", "A  first"), ("5", "A  second"),
        ("a, b", "comma"),
    ]  # fmt: skip
    for one, (term, _more) in zip(found, search.choices(), strict=True):
        assert search.find(f"cm, {term}")[-1] == one


def test_arrays_images_and_colormaps(bpy: Any, surface: Any, tmp_path: Path):
    from surface_slicer.operators.surface import SURFACE_SLICER_OT_suggest as Suggest

    suggest, typed = bpy.ops.surface_slicer.suggest, bpy.context.scene.surface_slicer
    about = surface.surface_slicer
    bpy.data.images.new("mine", 4, 4)
    about.color_filepath = typed.filepath
    for field, owner, name, item in (
        ("array", typed, "array", "valley"),
        ("image", typed, "image", "mine"),
        ("surface_array", about, "array", "valley"),
        ("surface_image", about, "image", "mine"),
        ("color_array", about, "color_array", "hill"),
        ("ramp_colormap", typed, "ramp_colormap", "cmr.ember"),
    ):
        assert item in offered(Suggest, field, bpy)
        assert suggest(field=field, item=item) == {"FINISHED"}
        assert getattr(owner, name) == item
    assert set(Suggest.FIELDS) == {
        "array", "image", "surface_array", "surface_image", "color_array", "ramp_colormap",
    }  # fmt: skip
    typed.filepath = str(tmp_path / "missing.npz")
    assert offered(Suggest, "array", bpy) == []


def test_a_linked_surface_is_left_alone(bpy: Any, surface: Any, tmp_path: Path):
    """What is put into its field would be gone when this file is opened again."""
    name = surface.name
    (linked,) = bring(bpy, save_as_library(bpy, tmp_path), name, link=True)
    bpy.context.view_layer.objects.active = linked
    assert linked.surface_slicer.array == "hill"
    with pytest.raises(RuntimeError, match=r"is linked from another \.blend; change it in that"):
        bpy.ops.surface_slicer.suggest(field="surface_array", item="valley")
    assert linked.surface_slicer.array == "hill"


def test_each_choice_is_a_step_to_undo(bpy: Any, atlas: Any):
    from scene_state import difference, scene_state

    bpy.ops.ed.undo_push(message="made")
    states = [scene_state()]
    for item in ("CA3", "DG"):
        bpy.ops.blender_brain.suggest("EXEC_DEFAULT", True, field="acronyms", item=item)
        states.append(scene_state())
    for way, state in ((bpy.ops.ed.undo, states[1]), (bpy.ops.ed.undo, states[0])):
        way()
        assert scene_state() == state, difference(state, scene_state())
    bpy.ops.ed.redo()
    assert bpy.context.scene.blender_brain.acronyms == "CA3"
