# SPDX-License-Identifier: GPL-3.0-or-later
"""The panels of what somebody works on stay, whatever an operator makes active."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.fast import fast_first
from helpers.panels import operators, shown

ADDON = "surface_slicer"
SURFACE = {"SURFACE_SLICER_PT_shape", "SURFACE_SLICER_PT_color", "SURFACE_SLICER_PT_range"}
CUT = {"SURFACE_SLICER_PT_beside", "SURFACE_SLICER_PT_animate"}
# Of a surface, or of one that is sliced and has axes.
ON_SURFACE: dict[str, dict[str, Any]] = {
    "create_surface": {},
    "reload": {},
    "base_plane": {},
    "add_axes": {},
    "color_surface": {"colormap": "viridis"},
    "show_values": {"by": "X"},
    "color_by_array": {"filepath": "hill.npy"},
    "cyclic": {"period": "360"},
    "slice_objects": {},
    "use_standard_view": {},
    "film_scene": {},
    "picture_size": {"size": "square"},
    "frame_rate": {"rate": "25"},
    "output_format": {"format": "prores", "transparent": True},
    "add_passes": {},
    "lit": {},
}
ON_SLICED: dict[str, dict[str, Any]] = {
    "remove_axes": {},
    "set_shape": {"shape": "Box"},
    "add_wireframe_twin": {},
    "add_profile": {"graph": True},
    "animate_sweep": {},
    "set_pace": {},
    "remove_slicing": {},
}
# What is new is worked on from then on: a curve, and a slicer that cuts nothing yet.
NEW = {
    "create_curve": "wave.npy",
    "create_arrow": "wave.npy",
    "draw_on": "",
    "fill_curve": "",
    "add_slicer": "",
}
# Of a curve that is there.
ON_CURVE = {"morph_curve", "add_curve_axes", "remove_curve_axes"}
# These need a window or a story, or are in the shader editor.
ELSEWHERE = {
    "choose_colormap", "suggest", "show_colors", "fill_color_ramp", "add_node_group", "render_film",
    "import_story", "rebuild_story",
}  # fmt: skip
# Where something was deleted.
AFTERWARDS = {"remove_left_behind"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: Any) -> Path:
    np.save(tmp_path / "hill.npy", np.arange(12.0).reshape(3, 4))
    np.save(tmp_path / "wave.npy", np.arange(12.0))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def surface(bpy: Any, folder: Path) -> Any:
    bpy.ops.surface_slicer.create_surface(filepath=str(folder / "hill.npy"))
    return bpy.context.object


def run(name: str, settings: dict[str, Any], bpy: Any, folder: Path) -> None:
    if "filepath" in settings:
        settings = {"filepath": str(folder / settings["filepath"])}
    assert getattr(bpy.ops.surface_slicer, name)(**settings) == {"FINISHED"}


def test_every_operator_is_in_a_table(bpy: Any):
    assert operators(bpy, ADDON) == {
        *ON_SURFACE,
        *ON_SLICED,
        *NEW,
        *ON_CURVE,
        *ELSEWHERE,
        *AFTERWARDS,
        "add_cap",
    }


@pytest.mark.parametrize("name", ON_SURFACE)
def test_after_an_operator_on_a_surface(bpy: Any, folder: Path, name: str):
    surface(bpy, folder)
    assert shown(bpy, ADDON) >= SURFACE
    run(name, ON_SURFACE[name], bpy, folder)
    assert shown(bpy, ADDON) >= SURFACE


@fast_first("name", ON_SLICED, fast=2)
def test_after_an_operator_on_a_sliced_surface(bpy: Any, folder: Path, name: str):
    """The slicer is active when it begins, as *Slice* leaves it."""
    surface(bpy, folder)
    bpy.ops.surface_slicer.add_axes()
    bpy.ops.surface_slicer.slice_objects()
    assert bpy.context.object.type == "EMPTY"
    assert shown(bpy, ADDON) >= SURFACE | CUT
    run(name, ON_SLICED[name], bpy, folder)
    if name == "remove_slicing":
        # The slicer is gone and with it what was selected; what it cut takes its place.
        assert bpy.context.object.name == "hill" and bpy.context.object.select_get()
        assert shown(bpy, ADDON) >= SURFACE
    else:
        assert shown(bpy, ADDON) >= SURFACE | CUT


def test_after_a_cap(bpy: Any):
    """It fills closed bodies, which surfaces are not."""
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.surface_slicer.slice_objects()
    assert bpy.ops.surface_slicer.add_cap() == {"FINISHED"}
    assert shown(bpy, ADDON) >= CUT


def test_after_an_operator_on_a_curve(bpy: Any, folder: Path):
    """The fill is active when it begins, as *Fill* leaves it."""
    bpy.ops.surface_slicer.create_curve(filepath=str(folder / "wave.npy"))
    curve = bpy.context.object
    bpy.ops.surface_slicer.fill_curve()
    assert bpy.context.object.parent == curve
    assert bpy.ops.surface_slicer.draw_on() == {"FINISHED"}
    assert curve.animation_data is not None
    bpy.data.objects.remove(bpy.context.object)
    bpy.context.view_layer.objects.active = curve
    np.save(folder / "other.npy", np.arange(12.0)[::-1])
    run("morph_curve", {"filepath": "other.npy"}, bpy, folder)
    assert bpy.context.object == curve


def test_whatever_belongs_to_the_surface_is_clicked(bpy: Any, folder: Path):
    """Axes, plane, slicer, twin, cap and profile: panels and buttons are about the surface."""
    from surface_slicer.common.placing import select_only
    from surface_slicer.surface.surface_color import find_material, look_of

    hill = surface(bpy, folder)
    ops = bpy.ops.surface_slicer
    ops.add_axes()
    ops.base_plane()
    ops.slice_objects()
    ops.add_wireframe_twin()
    ops.add_profile()
    others = [thing for thing in bpy.context.scene.objects if thing != hill]
    assert len(others) == 5
    for thing, colormap in zip(others, ("jet", "hot", "bone", "gray", "cool"), strict=True):
        select_only(bpy.context, [thing])
        assert shown(bpy, ADDON) >= SURFACE | CUT, thing.name
        assert ops.color_surface(colormap=colormap) == {"FINISHED"}
        assert look_of(find_material(hill))["colormap"] == colormap
        assert ops.reload() == {"FINISHED"}
    cube = bpy.data.objects.new("cube", bpy.data.meshes.new("cube"))
    bpy.context.scene.collection.objects.link(cube)
    select_only(bpy.context, [cube])
    assert not shown(bpy, ADDON) & (SURFACE | CUT)
    assert not ops.color_surface.poll() and not ops.reload.poll()


def test_curve_that_is_sliced(bpy: Any, folder: Path, capfd: Any):
    """Its button works while the slicer is active; the surface's panels are not shown for it."""
    bpy.ops.surface_slicer.create_curve(filepath=str(folder / "wave.npy"))
    curve = bpy.context.object
    bpy.ops.surface_slicer.slice_objects()
    assert bpy.context.object != curve and not shown(bpy, ADDON) & SURFACE
    assert bpy.ops.surface_slicer.draw_on(frame_start=1, frame_end=20) == {"FINISHED"}
    assert curve.animation_data.action is not None


@pytest.mark.slow
def test_a_neuron_has_its_panels_while_its_slicer_is_active(bpy: Any, tmp_path: Path):
    """The other add-ons as well: the slicer works on whatever is selected."""
    from blender_spike.color.coloring import voltage_material
    from blender_spike.common.colormaps.in_material import LIMITS
    from helpers.simulations import branched, simulation

    from spike_export import write

    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    neuron = bpy.context.object
    before = shown(bpy, "blender_spike")
    assert "BLENDER_SPIKE_PT_color" in before
    bpy.ops.surface_slicer.slice_objects()
    assert bpy.context.object != neuron
    assert shown(bpy, "blender_spike") == before
    bpy.ops.blender_spike.color_by_voltage(colormap="viridis", v_min=-70, v_max=10)
    assert voltage_material(neuron).node_tree.nodes[LIMITS].inputs["From Min"].default_value == -70
    assert bpy.ops.blender_spike.add_trace() == {"FINISHED"}
    assert bpy.ops.blender_spike.reload() == {"FINISHED"}
