# SPDX-License-Identifier: GPL-3.0-or-later
"""The panels of a neuron or a network stay, whatever an operator makes or makes active."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.fast import fast_first
from helpers.panels import operators, shown
from helpers.simulations import branched, simulation, typed, with_currents
from helpers.synapses import with_synapses

from spike_export import write

ADDON = "blender_spike"
ON_NEURON: dict[str, dict[str, Any]] = {
    "import_simulation": {"filepath": "cell.pickle"},
    "import_demo": {"demo": "NEURON"},
    "reload": {},
    "relink": {"filepath": "cell.pickle"},
    "color_by_voltage": {},
    "choose_quantity": {"quantity": "v"},
    "set_limits": {"kind": "DATA"},
    "fit_time": {"frames": 20},
    "set_pace": {},
    "add_trace": {},
    "mark_trace": {},
    "add_color_bar": {},
    "add_legend": {"rows": 3},
    "add_synapse_legend": {},
    "add_time_label": {},
    "add_scale_bar": {},
    "add_spike_sound": {"at_threshold": True},
    "add_voltage_sound": {},
    "remove_sound": {},
    "add_field": {"resolution": 4},
    "add_electrodes": {},
    "update_field": {},
    "remove_field": {},
    "remove_figures": {},
    "set_look": {"look": "FLAT"},
    "use_standard_view": {},
    "black_world": {},
    "backlight": {},
    "bloom": {},
    "frame_camera": {},
    "orbit_camera": {},
    "film_scene": {},
    "picture_size": {"size": "square"},
    "frame_rate": {"rate": "25"},
    "output_format": {"format": "prores", "transparent": True},
    "add_passes": {},
    "fog": {},
    "focus": {},
    "mesh_copy": {},
    "export_mesh": {"filepath": "cell.ply"},
}
ON_TWO = {"share_material", "make_single", "combine"}
ON_NETWORK: dict[str, dict[str, Any]] = {
    "add_layout": {"kind": "Circle"},
    "choose_layout": {"end": "To"},
    "swap_layouts": {},
    "animate_layout": {},
}
WITHOUT_TIME = {"set_duration"}
# Need a window, a node editor, another program, markers or a story.
ELSEWHERE = {
    "choose_colormap", "suggest", "show_colors", "simulate", "cancel_simulation", "find_program",
    "watch", "stop_watching", "show_run",
    "add_node_group", "render_film", "markers_to_time", "import_story", "rebuild_story",
    "choose_field_colormap",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "cell.pickle", with_currents(simulation(branched())))
    return tmp_path


def imported(bpy: Any, folder: Path) -> Any:
    bpy.ops.blender_spike.import_simulation(filepath=str(folder / "cell.pickle"))
    return bpy.context.object


def test_every_operator_is_in_a_table(bpy: Any):
    tables = {*ON_NEURON, *ON_TWO, *ON_NETWORK, *WITHOUT_TIME, *ELSEWHERE}
    assert operators(bpy, ADDON) == tables


@pytest.mark.slow
@fast_first("name", ON_NEURON, fast=5)
def test_after_an_operator_on_a_neuron(bpy: Any, folder: Path, name: str):
    if name == "add_legend":
        write(folder / "cell.pickle", typed(simulation(branched())))
    elif name == "add_synapse_legend":
        write(folder / "cell.pickle", with_synapses(simulation(branched()), [(1, 0.5, 0)], [[0.1]]))
    imported(bpy, folder)
    if name in ("remove_figures", "mark_trace"):
        bpy.ops.blender_spike.add_trace()
    if name in ("update_field", "remove_field"):
        bpy.ops.blender_spike.add_field(resolution=4)
    if name in ("remove_sound", "add_voltage_sound"):
        bpy.context.scene.render.fps = 240
        bpy.ops.blender_spike.add_spike_sound(at_threshold=True)
    before = shown(bpy, ADDON)
    assert before >= {f"BLENDER_SPIKE_PT_{what}" for what in ("color", "time", "look", "figures")}
    bpy.ops.blender_spike.frame_camera()
    settings = dict(ON_NEURON[name])
    if "filepath" in settings:
        settings["filepath"] = str(folder / settings["filepath"])
    assert getattr(bpy.ops.blender_spike, name)(**settings) == {"FINISHED"}
    assert shown(bpy, ADDON) == before


@pytest.mark.slow
def test_after_materials_are_shared_and_parted(bpy: Any, folder: Path):
    first, second = imported(bpy, folder), imported(bpy, folder)
    first.select_set(True)
    second.select_set(True)
    before = shown(bpy, ADDON)
    for name in ("share_material", "make_single", "combine"):
        assert getattr(bpy.ops.blender_spike, name)() == {"FINISHED"}
        assert shown(bpy, ADDON) == before


@pytest.mark.parametrize("name", ON_NETWORK)
def test_after_an_operator_on_a_network(bpy: Any, tmp_path: Path, name: str):
    points = simulation([{"points": [[x, 0, 0, 10]], "type": "soma"} for x in (0, 50, 90)])
    one = points.cells[0]
    cells = tuple(dataclasses.replace(one, name=f"cell {number}") for number in range(3))
    network = dataclasses.replace(points, cells=cells, section_cells=np.arange(3, dtype=np.int32))
    bpy.ops.blender_spike.import_simulation(filepath=str(write(tmp_path / "net.pickle", network)))
    # There is somewhere to go.
    bpy.ops.blender_spike.add_layout(kind="Grid")
    before = shown(bpy, ADDON)
    assert "BLENDER_SPIKE_PT_layout" in before
    assert getattr(bpy.ops.blender_spike, name)(**ON_NETWORK[name]) == {"FINISHED"}
    assert shown(bpy, ADDON) == before


@pytest.mark.slow
def test_a_figure_is_clicked(bpy: Any, folder: Path):
    """All panels and buttons are about its neuron then."""
    from blender_spike.common.placing import select_only
    from blender_spike.playback.playback import input_value

    neuron = imported(bpy, folder)
    ops = bpy.ops.blender_spike
    ops.add_trace()
    ops.add_time_label()
    before = shown(bpy, ADDON)
    (label,) = (thing for thing in bpy.data.objects if thing.name.endswith(" time"))
    select_only(bpy.context, [label])
    assert shown(bpy, ADDON) == before
    assert ops.fit_time(frames=11) == {"FINISHED"} and ops.reload() == {"FINISHED"}
    pace = input_value(neuron.modifiers[0], "Milliseconds per Frame").value
    assert pace == pytest.approx(0.4 / 10)
    label.blender_spike_figure.neuron = None
    assert "BLENDER_SPIKE_PT_color" not in shown(bpy, ADDON)
