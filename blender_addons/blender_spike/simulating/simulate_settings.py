# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of a simulation, and the program that the preferences name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, PointerProperty

from ..common.suggestions import text_property
from ..live.messages import PORT

ADDON: Final = __package__.rpartition(".")[0]
"""As Blender's preferences name this extension."""


class SimulateSettings:
    """What is simulated, and how; stored by the panel, used by the operator."""

    if TYPE_CHECKING:
        channels: str
        stimulus: str
        place: str
        amplitude_nA: float  # noqa: N815
        delay_ms: float
        duration_ms: float
        synapses: int
        rate_hz: float
        seed: int
        repair: bool
        length_ms: float
        model_length_ms: float
        every_ms: float
        currents: bool
        live: bool
    else:
        channels: EnumProperty(
            name="Channels",
            description="What is in the membrane, everywhere",
            items=[
                ("hh", "Hodgkin-Huxley", "Sodium and potassium channels: it spikes"),
                ("pas", "Passive", "Only a leak: the voltage spreads and fades"),
            ],
            options=set(),
        )
        stimulus: EnumProperty(
            name="Input",
            description="What excites the cell",
            items=[
                ("STEP", "Current Step", "A current at one position"),
                ("SYNAPSES", "Synapses", "At random positions on the dendrites, at random times"),
            ],
            options=set(),
        )
        place: text_property(
            name="At",
            description="Section and position of the current: soma(0.5) or apic[3](0.9); the soma "
            "if empty",
            options=set(),
        )
        amplitude_nA: FloatProperty(  # noqa: N815
            name="Current (nA)",
            description="Amplitude of the step in nA; large cells need more",
            default=1.0,
            soft_min=-5.0,
            soft_max=20.0,
            options=set(),
        )
        delay_ms: FloatProperty(
            name="Start (ms)",
            description="When the current begins, in ms",
            default=5.0,
            min=0.0,
            soft_max=100.0,
            options=set(),
        )
        duration_ms: FloatProperty(
            name="Duration (ms)",
            description="How long the current lasts, in ms",
            default=2.0,
            min=0.001,
            soft_max=100.0,
            options=set(),
        )
        synapses: IntProperty(
            name="Synapses",
            description="Number of excitatory synapses",
            default=200,
            min=1,
            max=100_000,
            options=set(),
        )
        rate_hz: FloatProperty(
            name="Rate (Hz)",
            description="How often each of them is active, on average",
            default=20.0,
            min=0.01,
            max=10_000.0,
            soft_max=100.0,
            options=set(),
        )
        seed: IntProperty(
            name="Seed",
            description="Another seed gives other positions and times",
            default=0,
            min=0,
            options=set(),
        )
        repair: BoolProperty(
            name="Repair",
            description="Repair what can be repaired safely in an SWC file with errors",
            options=set(),
        )
        length_ms: FloatProperty(
            name="Length (ms)",
            description="Duration of the simulation, in ms",
            default=50.0,
            min=0.1,
            soft_max=1000.0,
            options=set(),
        )
        model_length_ms: FloatProperty(
            name="Length (ms)",
            description="When the run ends, in ms, for models that use NEURON's tstop; 0 is the "
            "model's own",
            default=0.0,
            min=0.0,
            soft_max=1000.0,
            options=set(),
        )
        every_ms: FloatProperty(
            name="Interval (ms)",
            description="Time between the recorded samples, in ms",
            default=0.1,
            min=0.001,
            soft_max=10.0,
            precision=3,
            options=set(),
        )
        currents: BoolProperty(
            name="Membrane Currents",
            description="Record them beside the voltages, for the field around the cell",
            options=set(),
        )
        live: BoolProperty(
            name="Show While It Runs",
            description="Show the neuron as soon as it is built, and its voltages as they come",
            default=True,
            options=set(),
        )


SETTINGS: Final = tuple(SimulateSettings.__annotations__)


class BLENDER_SPIKE_PG_simulate(SimulateSettings, bpy.types.PropertyGroup):
    """Fields of the panel."""

    if TYPE_CHECKING:
        filepath: str
        port: int
    else:
        port: IntProperty(
            name="Port",
            description="Where the simulation is watched: the number after --port, if spike-export "
            "was started with it",
            default=PORT,
            min=1,
            max=65535,
            options=set(),
        )
        filepath: text_property(
            name="Tracing or Model",
            description="A tracing (.swc, .asc, .xml) or a NEURON model (.py, .hoc). A model is a "
            "program: simulate only those that you trust",
            subtype="FILE_PATH",
            options={"PATH_SUPPORTS_BLEND_RELATIVE"},
        )


class BLENDER_SPIKE_AP_preferences(bpy.types.AddonPreferences):
    """What the extension remembers for this user."""

    bl_idname = ADDON

    if TYPE_CHECKING:
        program: str
    else:
        program: text_property(
            name="Python with spike-export",
            description="Python, or the folder of the virtual environment, where spike-export is "
            "installed; if empty, it is looked for on the PATH and among the programs of uv and "
            "pipx",
            subtype="FILE_PATH",
            options=set(),
        )

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the field, with a button that fills it."""
        layout: Any = self.layout
        row = layout.row()
        row.prop(self, "program", placeholder="Found by itself")
        row.operator("blender_spike.find_program", text="", icon="VIEWZOOM")


def fields(scene: bpy.types.Scene) -> BLENDER_SPIKE_PG_simulate:
    """Return the fields of the panel."""
    kept: Any = scene
    return cast(BLENDER_SPIKE_PG_simulate, kept.blender_spike_simulate)


def own_preferences(context: bpy.types.Context) -> BLENDER_SPIKE_AP_preferences | None:
    """Return what this user has set; None where the extension was registered by a script."""
    kept: Any = context.preferences
    addon = kept.addons.get(ADDON)
    return None if addon is None else cast(BLENDER_SPIKE_AP_preferences, addon.preferences)


def chosen_program(context: bpy.types.Context) -> str:
    """Return the program that the preferences name; empty if none."""
    kept = own_preferences(context)
    return "" if kept is None else bpy.path.abspath(kept.program)


CLASSES = (BLENDER_SPIKE_PG_simulate, BLENDER_SPIKE_AP_preferences)


def attach() -> None:
    """Add the property to scenes; the classes must be registered first."""
    kept: Any = bpy.types.Scene
    kept.blender_spike_simulate = PointerProperty(type=BLENDER_SPIKE_PG_simulate)


def detach() -> None:
    """Remove the property; values stored in files are kept there."""
    kept: Any = bpy.types.Scene
    del kept.blender_spike_simulate
