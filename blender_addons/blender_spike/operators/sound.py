# SPDX-License-Identifier: GPL-3.0-or-later
"""Neurons to hear, in the scene's sequencer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, StringProperty

from ..at_hand import chosen_neurons, neuron_at_hand
from ..common.required import required
from ..playback.sections import default_section
from ..sound.clicks import HIGHEST_HZ, LOWEST_HZ, Voicing
from ..sounding import sound_strip
from .selection import OnActiveNeuron, OnNeurons

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

    from ..sound.clicks import Kind
    from ..sound.spiking import Each
    from ..sounding.sound_strip import Pitch

NO_SOUND = "The scene has no sound of a neuron"


class BLENDER_SPIKE_OT_add_spike_sound(OnNeurons):
    """Let the selected neurons' spikes be heard when the film shows them, as clicks or tones: pitch and place in stereo say where each is in the picture. Press it again after time has changed"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.add_spike_sound"
    bl_label = "Spikes"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        kind: Kind
        each: Each
        pitch: Pitch
        low_hz: float
        high_hz: float
        at_threshold: bool
        threshold: float
    else:
        kind: EnumProperty(
            name="Sound",
            description="What each spike sounds like",
            items=[
                ("click", "Click", "Short, as in a laboratory"),
                ("tone", "Tone", "A tenth of a second, whose pitch is clear"),
            ],
        )
        each: EnumProperty(
            name="Each",
            description="What is heard",
            items=[
                ("auto", "Automatic", "Sections of a single cell, otherwise cells"),
                ("cell", "Cell", "The spikes of each cell"),
                ("section", "Section", "Each section, as a spike passes its middle"),
            ],
        )
        pitch: EnumProperty(
            name="Pitch",
            description="What gives a spike its pitch",
            items=[
                ("height", "Height", "How high it is in the picture, as the camera is now"),
                ("type", "Section Type", "Soma, basal, apical, axon, other, from low to high"),
            ],
        )
        low_hz: FloatProperty(
            name="Lowest (Hz)",
            description="Pitch at the bottom",
            default=220.0,
            min=LOWEST_HZ,
            max=HIGHEST_HZ,
        )
        high_hz: FloatProperty(
            name="Highest (Hz)",
            description="Pitch at the top",
            default=1760.0,
            min=LOWEST_HZ,
            max=HIGHEST_HZ,
        )
        at_threshold: BoolProperty(
            name="At a Threshold",
            description="Take a spike for each rise to a value, instead of the recorded spikes",
        )
        threshold: FloatProperty(
            name="Threshold", description="In the unit of the values", default=-20.0
        )

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw only the relevant settings."""
        layout = self.layout
        layout.use_property_split = True
        for name in ("kind", "each", "pitch", "low_hz", "high_hz", "at_threshold"):
            layout.prop(self, name)
        if self.at_threshold:
            layout.prop(self, "threshold")

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Make it, and put it on the sequencer."""
        try:
            heard = sound_strip.add_spikes(
                context.scene,
                chosen_neurons(context),
                Voicing(self.kind, self.low_hz, self.high_hz),
                each=self.each,
                pitch=self.pitch,
                threshold=self.threshold if self.at_threshold else None,
            )
        except ValueError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, f"'{heard.strip.name}' is in the sequencer: {heard.told}")
        return {"FINISHED"}


class BLENDER_SPIKE_OT_add_voltage_sound(OnActiveNeuron):
    """Let a place's voltage be heard as an electrode would, slowed down as the film is. Press it again after time has changed"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.add_voltage_sound"
    bl_label = "Voltage"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        section: str
        position: float
    else:
        section: StringProperty(name="Section", description="Its name; the soma if empty")
        position: FloatProperty(
            name="Position", description="Along the section", default=0.5, min=0.0, max=1.0
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Make it, and put it on the sequencer."""
        neuron = required(neuron_at_hand(context))
        section = self.section or default_section(neuron)
        try:
            heard = sound_strip.add_voltage(context.scene, neuron, section, self.position)
        except ValueError as error:
            self.report({"ERROR"}, f"{str(error).rstrip('.')}.")
            return {"CANCELLED"}
        self.report({"INFO"}, f"'{heard.strip.name}' is in the sequencer: {heard.told}")
        return {"FINISHED"}


class BLENDER_SPIKE_OT_remove_sound(bpy.types.Operator):
    """Remove the sounds of neurons from the sequencer; others stay"""  # noqa: D400, D415

    bl_idname = "blender_spike.remove_sound"
    bl_label = "Remove Sounds"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a sound that was made here."""
        if sound_strip.strips_of(context.scene):
            return True
        cls.poll_message_set(NO_SOUND)
        return False

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Remove all of them."""
        strips = sound_strip.strips_of(context.scene)
        names = ", ".join(f"'{strip.name}'" for strip in strips)
        sound_strip.remove_strips(context.scene, strips)
        self.report({"INFO"}, f"Removed {names} from the sequencer.")
        return {"FINISHED"}


CLASSES = (
    BLENDER_SPIKE_OT_add_spike_sound,
    BLENDER_SPIKE_OT_add_voltage_sound,
    BLENDER_SPIKE_OT_remove_sound,
)
