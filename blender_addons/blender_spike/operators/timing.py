# SPDX-License-Identifier: GPL-3.0-or-later
"""Spread the selected neurons' simulations over frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty

from ..at_hand import neuron_at_hand
from ..common import film
from ..common.animation import replaced
from ..common.changes import listed, settings_of, told
from ..common.required import required
from ..common.selection import about_linked, editable, refusal, tell
from ..figures.owned import refresh
from ..playback.marked_time import follow_times, marked_times, time_path, times_of
from ..playback.playback import find_modifier, fit_time, last_frame, set_duration
from ..properties import KEEP_START, about, about_figure
from .selection import NO_NEURON, ChangesNeurons, neurons_to_work_on, which

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

_MOST_TOLD: Final = 6


class BLENDER_SPIKE_OT_fit_time(bpy.types.Operator):
    """Play the whole simulation in a number of frames, starting at the scene's first frame or at its own; a scene that ended with it, and the camera's orbit, go along"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.fit_time"
    bl_label = "Fit to Frames"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        frames: int
        keep_start: bool
        move_end: bool
    else:
        frames: IntProperty(
            name="Frames",
            description="Number of frames; 0 for as many as the scene has",
            default=0,
            min=0,
        )
        keep_start: KEEP_START
        move_end: BoolProperty(
            name="Move the Scene's End",
            description="A scene that ends with the simulation, and the camera's orbit over it, "
            "end with it afterwards, too; one with other things is only lengthened",
            default=True,
        )

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the settings, and what 0 means."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "frames", text="Frames" if self.frames else "Frames (Scene's)")
        layout.prop(self, "keep_start")
        layout.prop(self, "move_end")

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Set when it starts and how fast it plays."""
        scene = context.scene
        chosen = neurons_to_work_on(context)
        neurons = editable(chosen)
        frames = self.frames or scene.frame_end - scene.frame_start + 1
        if not neurons:
            self.report({"ERROR"}, about_linked(chosen) or f"{NO_NEURON}.")
            return {"CANCELLED"}
        if frames < 2:
            self.report({"ERROR"}, "A simulation needs at least two frames to play.")
            return {"CANCELLED"}
        before, ended = settings_of(scene), _last_frame(scene)
        for neuron in neurons:
            fit_time(neuron, None if self.keep_start else scene.frame_start, frames)
        pace = about(neurons[0]).duration_ms / (frames - 1)
        text = f"Plays in {frames} frames, {pace:.4g} ms each"
        ends = _last_frame(scene)
        # A scene that ends elsewhere, or shows other things, is somebody else's: nothing in it is
        # cut off.
        own = ended == scene.frame_end and not _shows_others(scene)
        if self.move_end and (own or ends > scene.frame_end):
            scene.frame_end = ends
            spans = before.frames, (scene.frame_start, ends)
            text += "; the camera's orbit ends with them" * film.move_orbit(scene, *spans)
        tell(self, {"INFO"}, told(f"{text}.", before, scene), chosen)
        return {"FINISHED"}


def _last_frame(scene: bpy.types.Scene) -> int:
    """Find the frame in which the last of a scene's simulations ends."""
    imported = [thing for thing in scene.objects if find_modifier(thing) is not None]
    return max((round(last_frame(thing)) for thing in imported), default=scene.frame_end)


def _shows_others(scene: bpy.types.Scene) -> bool:
    """Tell whether a scene shows anything but simulations and their figures."""
    return any(
        thing.type not in ("CAMERA", "LIGHT", "EMPTY")
        and find_modifier(thing) is None
        and about_figure(thing).neuron is None
        and thing.visible_get()
        for thing in scene.objects
    )


class BLENDER_SPIKE_OT_set_duration(bpy.types.Operator):
    """Set the duration of a simulation whose file stores no times, as in the older format"""  # noqa: D400, D415

    bl_idname = "blender_spike.set_duration"
    bl_label = "Set Duration"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        duration_ms: float
    else:
        duration_ms: FloatProperty(
            name="Duration (ms)",
            description="Milliseconds from the first sample to the last",
            default=100.0,
            min=1e-3,
        )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an active neuron without times."""
        neuron = neuron_at_hand(context)
        if neuron is not None and not about(neuron).has_time and about(neuron).frames > 1:
            if not neuron.is_editable:
                cls.poll_message_set(refusal(neuron))
            return neuron.is_editable
        cls.poll_message_set("Make a neuron active whose file stores no times")
        return False

    def invoke(
        self, context: bpy.types.Context, _event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Ask for the duration."""
        self.duration_ms = about(required(neuron_at_hand(context))).duration_ms
        manager = context.window_manager
        return manager.invoke_props_dialog(self)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Set the sample interval; samples per frame are unchanged."""
        neuron = required(neuron_at_hand(context))
        set_duration(neuron, self.duration_ms)
        refresh(neuron)
        self.report(
            {"INFO"}, f"'{neuron.name}' lasts {self.duration_ms:g} ms, in as many frames as before."
        )
        return {"FINISHED"}


class BLENDER_SPIKE_OT_markers_to_time(ChangesNeurons):
    """Let the selected neurons show the times that the scene's markers are named after, such as 2.1 ms or 0.5 s; hold keeps the time of the marker before until there"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.markers_to_time"
    bl_label = "Markers to Time"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Keyframe the time, and name the markers that were skipped."""
        scene = context.scene
        chosen = neurons_to_work_on(context)
        markers = [(marker.frame, marker.name) for marker in scene.timeline_markers]
        try:
            found = {one: marked_times(markers, *times_of(one)) for one in editable(chosen)}
        except ValueError as error:
            self.report({"ERROR"}, f"{error}.")
            return {"CANCELLED"}
        rows, skipped = next(iter(found.values()))
        if not any(rows for rows, _ in found.values()):
            named = f": {_some(skipped)}" if skipped else ""
            self.report(
                {"ERROR"},
                "The scene has no marker named after a time of the simulation, such as '2.1 ms'"
                f"{named}.",
            )
            return {"CANCELLED"}
        previous = ""
        for neuron, (rows, skipped_here) in found.items():
            if rows:
                previous = previous or replaced(neuron, time_path(neuron))
                follow_times(neuron, rows)
            skipped += [one for one in skipped_here if one not in skipped]
        scene.frame_set(scene.frame_current)
        told_rows = _some([row.told for row in rows])
        text = f"Time of {which(list(found))}: {told_rows}{previous}."
        if skipped:
            text += f" Skipped {_some(skipped)}."
        tell(self, {"WARNING" if skipped else "INFO"}, text, chosen)
        return {"FINISHED"}


def _some(parts: list[str]) -> str:
    more = len(parts) - _MOST_TOLD
    return listed([*parts[:_MOST_TOLD], f"{more} more"] if more > 0 else parts)


CLASSES = (
    BLENDER_SPIKE_OT_fit_time,
    BLENDER_SPIKE_OT_set_duration,
    BLENDER_SPIKE_OT_markers_to_time,
)
