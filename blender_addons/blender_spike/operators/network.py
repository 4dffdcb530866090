# SPDX-License-Identifier: GPL-3.0-or-later
"""Layouts of the active network: add, choose, and move from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import bpy
from bpy.props import EnumProperty, IntProperty

from ..at_hand import neuron_at_hand
from ..common.animation import replaced
from ..common.nodes.modifiers import input_value, set_inputs
from ..common.required import required
from ..common.selection import refusal
from ..playback.network import animate_mix, ends_apart, is_network, layouts_of, make_layout
from ..playback.playback import find_modifier
from .selection import neuron_to_work_on

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

_AS_IN_FILE: Final = "AS_IN_FILE"
# Blender does not keep references to the texts of a dynamic list.
_kept: list[tuple[str, str, str]] = []


def _layout_items(
    _operator: bpy.types.Operator, context: bpy.types.Context
) -> list[tuple[str, str, str]]:
    network = neuron_at_hand(context) if context is not None else None
    names = layouts_of(network) if network is not None and is_network(network) else []
    _kept[:] = [
        (_AS_IN_FILE, "As in the File", "Cell positions from the file"),
        *((name, name, f"Layout '{name}'") for name in names),
    ]
    return _kept


class _OfNetwork(bpy.types.Operator):
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an active network."""
        network = neuron_at_hand(context)
        if network is not None and is_network(network):
            if not network.is_editable:
                cls.poll_message_set(refusal(network))
            return network.is_editable
        cls.poll_message_set("Make a network active: a simulation whose cells are points")
        return False


class BLENDER_SPIKE_OT_add_layout(_OfNetwork):
    """Add a layout for the network's cells, and choose it as the one they move to"""  # noqa: D400, D415

    bl_idname = "blender_spike.add_layout"
    bl_label = "Add Layout"

    if TYPE_CHECKING:
        kind: str
        seed: int
    else:
        kind: EnumProperty(
            name="Layout",
            description="Where the cells stand",
            items=[
                ("Grid", "Grid", "A square grid, row by row"),
                (
                    "Layers",
                    "Layers",
                    "Columns, by the number of connections from the cells where they begin",
                ),
                ("Circle", "Circle", "A circle, clockwise from the top"),
                ("Sphere", "Sphere", "Evenly on a sphere"),
                ("Shuffled", "Shuffled", "The current positions, randomly shuffled"),
            ],
        )
        seed: IntProperty(name="Seed", description="Random seed of the shuffle", min=0)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Compute the places and store them with the cells."""
        network = neuron_to_work_on(context)
        name = make_layout(network, self.kind, seed=self.seed)
        set_inputs(required(find_modifier(network)), {"To": name})
        self.report({"INFO"}, f"Added the layout '{name}'; Mix moves the cells there.")
        return {"FINISHED"}


class BLENDER_SPIKE_OT_choose_layout(_OfNetwork):
    """Choose one of the network's layouts"""  # noqa: D400, D415

    bl_idname = "blender_spike.choose_layout"
    bl_label = "Choose Layout"
    bl_property = "layout_name"

    if TYPE_CHECKING:
        end: str
        layout_name: str
    else:
        end: EnumProperty(
            name="End",
            description="Start or end of the movement",
            items=[("From", "From", "At the start"), ("To", "To", "At the end")],
            options={"SKIP_SAVE"},
        )
        layout_name: EnumProperty(
            name="Layout", description="Where the cells stand", items=_layout_items
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Set the modifier's input."""
        network = neuron_to_work_on(context)
        name = "" if self.layout_name == _AS_IN_FILE else self.layout_name
        set_inputs(required(find_modifier(network)), {self.end: name})
        return {"FINISHED"}


class BLENDER_SPIKE_OT_swap_layouts(_OfNetwork):
    """Swap the layouts at the start and the end"""  # noqa: D400, D415

    bl_idname = "blender_spike.swap_layouts"
    bl_label = "Swap"

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Swap the modifier's inputs."""
        modifier = required(find_modifier(neuron_to_work_on(context)))
        first, second = (input_value(modifier, name).value for name in ("From", "To"))
        set_inputs(modifier, {"From": second, "To": first})
        return {"FINISHED"}


class BLENDER_SPIKE_OT_animate_layout(_OfNetwork):
    """Animate the cells from one layout to the other between two frames; if both are the same places, to the next layout that is elsewhere"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.animate_layout"
    bl_label = "Animate"

    if TYPE_CHECKING:
        frame_start: int
        frame_end: int
    else:
        frame_start: IntProperty(
            name="First Frame",
            description="Frame at which the first cells start; the scene's first if below 0",
            default=-1,
        )
        frame_end: IntProperty(
            name="Last Frame",
            description="Frame at which the last cells have arrived; the scene's last if below 0",
            default=-1,
        )

    def invoke(
        self, context: bpy.types.Context, _event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Suggest two seconds from the current frame on."""
        scene = context.scene
        self.frame_start = scene.frame_current
        self.frame_end = scene.frame_current + 2 * scene.render.fps
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Keyframe the mix."""
        network = neuron_to_work_on(context)
        scene = context.scene
        first = scene.frame_start if self.frame_start < 0 else self.frame_start
        last = scene.frame_end if self.frame_end < 0 else self.frame_end
        if last <= first:
            self.report({"ERROR"}, f"The last frame, {last}, is not after the first, {first}.")
            return {"CANCELLED"}
        modifier = required(find_modifier(network))
        ends = ends_apart(network)
        if ends is None:
            self.report(
                {"ERROR"},
                f"'{network.name}' has no layout in which its cells stand elsewhere: Add Layout "
                "makes one.",
            )
            return {"CANCELLED"}
        set_inputs(modifier, dict(zip(("From", "To"), ends, strict=True)))
        mix = input_value(modifier, "Mix")
        previous = replaced(network, mix.path_from_id("value"))
        animate_mix(network, first, last)
        here, there = (f"'{end}'" if end else "the file's positions" for end in ends)
        self.report(
            {"INFO"},
            f"The cells move from {here} in frame {first} to {there} in frame {last}{previous}.",
        )
        return {"FINISHED"}


CLASSES = (
    BLENDER_SPIKE_OT_add_layout,
    BLENDER_SPIKE_OT_choose_layout,
    BLENDER_SPIKE_OT_swap_layouts,
    BLENDER_SPIKE_OT_animate_layout,
)
