# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulations that come with the extension, imported by a button."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from helpers.playing import TOLERANCE_MV, expected, voltages

from spike_export import read


@pytest.mark.slow
@pytest.mark.parametrize("demo", ["NEURON", "SYNAPSES", "AXONS", "NETWORK"])
def test_a_demo_plays_what_is_in_its_file(bpy: Any, demo: str) -> None:
    from blender_spike import demos
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier
    from blender_spike.playback.synapse_kinds import count_synapses

    path = {
        "NEURON": demos.NEURON,
        "SYNAPSES": demos.SYNAPSES,
        "AXONS": demos.AXONS,
        "NETWORK": demos.NETWORK,
    }[demo]
    assert bpy.ops.blender_spike.import_demo(demo=demo) == {"FINISHED"}
    neuron, simulation = bpy.context.object, read(path)
    assert neuron.blender_spike.filepath == str(path)
    # The outline of what is selected would hide its colors; the panels are about what is active.
    assert not bpy.context.selected_objects
    scene, last = bpy.context.scene, len(simulation.time_ms) - 1
    assert (scene.frame_start, scene.frame_end) == (0, last)
    assert (count_synapses(neuron) if demo != "NETWORK" else 0) == len(simulation.synapses or ())
    if demo != "NETWORK":
        # Spheres of synapses are instances, as somata are.
        set_inputs(
            find_modifier(neuron),
            {"Style": "Strands", "Synapse Shape": "Points", "Axon Pulses": False},
        )
        for frame in (0, 40.5, last):
            at = float(np.interp(frame, range(last + 1), simulation.time_ms))
            np.testing.assert_allclose(
                voltages(bpy, neuron, frame), expected(simulation, at), atol=TOLERANCE_MV
            )


@pytest.mark.slow
def test_a_second_demo_is_beside_the_first(bpy: Any) -> None:
    bpy.ops.blender_spike.import_demo()
    first = bpy.context.object
    bpy.ops.blender_spike.import_demo(demo="NETWORK")
    assert first.location.length == 0 and bpy.context.object.location.length > 1


@pytest.mark.slow
def test_undo_takes_it_away(bpy: Any) -> None:
    bpy.context.preferences.edit.use_global_undo = True
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.blender_spike.import_demo()
    bpy.ops.ed.undo_push(message="imported")
    bpy.ops.ed.undo()
    assert "demo_neuron" not in bpy.data.objects
    bpy.ops.ed.redo()
    assert "demo_neuron" in bpy.data.objects


def offered(bpy: Any) -> list[str]:
    """The enums that the first panel draws as buttons."""
    from blender_spike.panels.simulation import BLENDER_SPIKE_PT_simulation

    buttons: list[str] = []

    class Layout:
        def __getattr__(self, _name: str) -> Any:
            return lambda *_, **__: Layout()

        def operator_enum(self, operator: str, field: str) -> None:
            buttons.append(f"{operator}.{field}")

        def panel(self, *_: Any, **__: Any) -> tuple[Layout, None]:
            return Layout(), None

    BLENDER_SPIKE_PT_simulation.draw(SimpleNamespace(layout=Layout()), bpy.context)
    return buttons


@pytest.mark.slow
def test_the_panel_offers_them_until_something_is_imported(bpy: Any) -> None:
    assert offered(bpy) == ["blender_spike.import_demo.demo"]
    bpy.ops.blender_spike.import_demo()
    assert not offered(bpy)
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = None
    assert not offered(bpy)
    bpy.data.objects.remove(bpy.data.objects["demo_neuron"])
    assert offered(bpy)


def test_the_add_menu_has_them(bpy: Any) -> None:
    from blender_spike.panels.simulation import BLENDER_SPIKE_MT_demos

    drawn: list[tuple[Any, ...]] = []
    layout = SimpleNamespace(
        menu=lambda *names, **_: drawn.append(names),
        operator_enum=lambda *names: drawn.append(names),
    )
    ours = [
        draw
        for draw in bpy.types.VIEW3D_MT_add.draw._draw_funcs
        if not draw.__module__.startswith("bl_ui.")
    ]
    for draw in ours:
        draw(SimpleNamespace(layout=layout), bpy.context)
    assert ("BLENDER_SPIKE_MT_demos",) in drawn
    BLENDER_SPIKE_MT_demos.draw(SimpleNamespace(layout=layout), bpy.context)
    assert drawn[-1] == ("blender_spike.import_demo", "demo")
