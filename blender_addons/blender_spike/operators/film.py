# SPDX-License-Identifier: GPL-3.0-or-later
"""Set up the scene for a film: single steps, or all of them at once."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, FloatVectorProperty

from ..at_hand import neuron_at_hand
from ..color.suiting import add_fog, look_shown
from ..common import film
from ..common.animation import replaced
from ..common.changes import settings_of, told
from ..common.film.true_colors import UseStandardView
from ..common.required import required
from ..figures.owned import in_picture, traces_of
from ..figures.trace_marks import add_mark
from ..playback.network import way_of
from ..playback.playback import soma_of
from ..playback.sections import UnknownSectionError
from ..views import VIEWS, view_of
from .selection import OnNeurons, neurons_to_work_on, which

# Of the orbit of Film Scene.
_DEGREES = 30.0
NO_CAMERA = "The scene has no camera: Frame Camera adds one."

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class BLENDER_SPIKE_OT_use_standard_view(UseStandardView):
    """Show colors as they are: the default view transform, AgX, shifts those of colormaps"""  # noqa: D400, D415

    bl_idname = "blender_spike.use_standard_view"


class BLENDER_SPIKE_OT_black_world(bpy.types.Operator):
    """Make the scene's background black; the previous world is kept in the file"""  # noqa: D400, D415

    bl_idname = "blender_spike.black_world"
    bl_label = "Black World"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Replace the nodes of the scene's world."""
        scene = context.scene
        before = settings_of(scene)
        film.use_plain_world(scene)
        self.report({"INFO"}, told("The background is black.", before, scene))
        return {"FINISHED"}


class BLENDER_SPIKE_OT_backlight(OnNeurons):
    """Light the selected neurons from behind; visible where Lit Surface > Lit is above 0"""  # noqa: D400, D415

    bl_idname = "blender_spike.backlight"
    bl_label = "Backlight"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        strength: float
        color: tuple[float, float, float]
    else:
        strength: FloatProperty(
            name="Strength",
            description="At 1, edges stand out beside a glow of strength 1",
            default=1.0,
            min=0.0,
            soft_max=10.0,
        )
        color: FloatVectorProperty(
            name="Color",
            description="Color of the light",
            default=(1.0, 1.0, 1.0),
            min=0.0,
            max=1.0,
            size=3,
            subtype="COLOR",
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Make the light, or move the existing one."""
        neurons = neurons_to_work_on(context)
        light = film.add_backlight(
            context.scene,
            neurons,
            strength=self.strength,
            color=(self.color[0], self.color[1], self.color[2]),
        )
        self.report({"INFO"}, f"'{light.name}' is behind {which(neurons)}.")
        return {"FINISHED"}


class BLENDER_SPIKE_OT_bloom(bpy.types.Operator):
    """Make bright parts of the picture glow, in renders and in this window's viewports in Material Preview and Rendered; the previous compositor nodes are kept in the file"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.bloom"
    bl_label = "Bloom"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        strength: float
        figures_glow: bool
    else:
        strength: FloatProperty(
            name="Strength",
            description="How strongly bright parts glow",
            default=1.0,
            min=0.0,
            soft_max=3.0,
        )
        figures_glow: BoolProperty(
            name="Figures Glow",
            description="Let figures glow as well, which makes small text harder to read",
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Put its nodes into the scene's compositor."""
        scene = context.scene
        before = settings_of(scene)
        try:
            film.add_bloom(scene, self.strength, figures_glow=self.figures_glow)
        except film.LayersError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        text = f"Bright parts glow in renders{film.show_bloom(context)}."
        self.report({"INFO"}, told(text, before, scene))
        return {"FINISHED"}


class BLENDER_SPIKE_OT_frame_camera(OnNeurons):
    """Point a camera at the selected neurons so that they fill the picture"""  # noqa: D400, D415

    bl_idname = "blender_spike.frame_camera"
    bl_label = "Frame Camera"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        view: str
        lens: float
    else:
        view: EnumProperty(
            name="View",
            description="Direction of the camera's view",
            items=[
                ("TOP", "Top", "Look down on xy, the plane in which morphologies are traced"),
                ("FRONT", "Front", "Look along y"),
                ("RIGHT", "Right", "Look along x"),
            ],
        )
        lens: FloatProperty(
            name="Focal Length",
            description="Focal length of the camera's lens",
            default=70.0,
            min=1.0,
            unit="CAMERA",
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Make the camera, or move the existing one."""
        direction, up = VIEWS[self.view]
        scene = context.scene
        neurons = neurons_to_work_on(context)
        before = settings_of(scene)
        camera = film.frame_camera(
            scene, neurons, also=way_of(neurons), direction=direction, up=up, lens_mm=self.lens
        )
        text = f"'{camera.name}' frames {which(neurons)}."
        self.report({"INFO"}, told(text, before, scene))
        return {"FINISHED"}


class BLENDER_SPIKE_OT_orbit_camera(OnNeurons):
    """Orbit the camera around the selected neurons over the scene's frames"""  # noqa: D400, D415

    bl_idname = "blender_spike.orbit_camera"
    bl_label = "Orbit Camera"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        degrees: float
    else:
        degrees: FloatProperty(
            name="Degrees",
            description="Angle of the orbit, centered on the current view",
            default=30.0,
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Keyframe the film camera's pivot; frame the camera first if there is none."""
        scene = context.scene
        before = settings_of(scene)
        camera = scene.camera
        if camera is None or not film.is_film_camera(camera):
            neurons = neurons_to_work_on(context)
            camera = _framed(scene, neurons)
        previous = replaced(required(camera.parent), "rotation_axis_angle")
        film.orbit(camera, self.degrees, scene.frame_start, scene.frame_end)
        text = f"{film.way_told(scene, self.degrees)}{previous}."
        self.report({"INFO"}, told(text, before, scene))
        return {"FINISHED"}


class BLENDER_SPIKE_OT_film_scene(OnNeurons):
    """Set up everything for a film: black world, true colors, bloom, backlight, orbiting camera"""  # noqa: D400, D415

    bl_idname = "blender_spike.film_scene"
    bl_label = "Film Scene"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        marks: bool
    else:
        marks: BoolProperty(
            name="Mark Traces",
            description="Mark on the neurons where the traces in the picture are taken",
            default=True,
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Do all of the above with their defaults."""
        scene = context.scene
        before = settings_of(scene)
        neurons = neurons_to_work_on(context)
        film.use_standard_view(scene)
        look = look_shown(neurons)
        film.use_plain_world(scene, look.background)
        film.use_film_sampling(scene)
        film.keep_between_frames(scene)
        film.add_bloom(scene, strength=0.0 if look.needs_background else 1.0)
        camera = _composed(scene, neurons, _DEGREES)
        if self.marks:
            _mark_traces(scene, neurons)
        film.add_backlight(scene, neurons)
        film.orbit(camera, _DEGREES, scene.frame_start, scene.frame_end)
        text = film.stage_told(
            scene, _DEGREES, film.show_bloom(context), lights="a light shines from behind"
        )
        self.report({"INFO"}, told(text, before, scene))
        return {"FINISHED"}


class BLENDER_SPIKE_OT_fog(OnNeurons):
    """Let the selected neurons fade into the background the farther they are from the camera"""  # noqa: D400, D415

    bl_idname = "blender_spike.fog"
    bl_label = "Fog"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        amount: float
    else:
        amount: FloatProperty(
            name="Amount",
            description="How much the farthest parts fade; 0 removes the fog",
            default=0.8,
            min=0.0,
            max=1.0,
            subtype="FACTOR",
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Set the fog of the neurons' materials by the distances of the neurons."""
        scene = context.scene
        camera = film.camera_of(scene)
        if camera is None:
            self.report({"ERROR"}, NO_CAMERA)
            return {"CANCELLED"}
        neurons = neurons_to_work_on(context)
        changed = add_fog(scene, camera, neurons, self.amount)
        if not changed:
            self.report(
                {"ERROR"},
                "These neurons have no fog: color them by voltage, or choose their look again.",
            )
            return {"CANCELLED"}
        what = which(neurons) if changed == len(neurons) else f"{changed} of {len(neurons)} neurons"
        self.report({"INFO"}, f"Fog on {what}, from the nearest to the farthest part.")
        return {"FINISHED"}


class BLENDER_SPIKE_OT_focus(OnNeurons):
    """Focus the camera on the soma of the active neuron, and blur what is nearer and farther"""  # noqa: D400, D415

    bl_idname = "blender_spike.focus"
    bl_label = "Focus on Soma"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        blur: float
    else:
        blur: FloatProperty(
            name="Blur",
            description="Size of a point at the edge of the neuron, in percent of the picture's "
            "width",
            default=1.0,
            min=0.01,
            soft_max=5.0,
            subtype="PERCENTAGE",
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Set the depth of field of the scene's camera."""
        scene = context.scene
        camera = film.camera_of(scene)
        if camera is None:
            self.report({"ERROR"}, NO_CAMERA)
            return {"CANCELLED"}
        if camera.data.type != "PERSP":  # type: ignore[union-attr]
            self.report({"ERROR"}, "Only a camera in perspective has a depth of field.")
            return {"CANCELLED"}
        neurons = neurons_to_work_on(context)
        neuron = neuron_at_hand(context) or neurons[0]
        place, what = soma_of(neuron)
        before = settings_of(scene)
        film.focus_on(scene, camera, neuron, place, self.blur / 100.0)
        text = f"The camera focuses on {what} of '{neuron.name}'."
        self.report({"INFO"}, told(text, before, scene))
        return {"FINISHED"}


def _framed(scene: bpy.types.Scene, neurons: list[bpy.types.Object]) -> bpy.types.Object:
    direction, up = view_of(scene, neurons)
    also = way_of(neurons)
    return film.frame_camera(scene, neurons, also=also, direction=direction, up=up)


def _composed(
    scene: bpy.types.Scene, neurons: list[bpy.types.Object], degrees: float
) -> bpy.types.Object:
    """Frame neurons beside the figures that are in the picture."""
    direction, up = view_of(scene, neurons)
    figures = [one for neuron in neurons for one in in_picture(neuron)]
    return film.compose(
        scene, neurons, figures, direction=direction, up=up, degrees=degrees, also=way_of(neurons)
    )


def _mark_traces(scene: bpy.types.Scene, neurons: list[bpy.types.Object]) -> None:
    for neuron in neurons:
        shown = set(in_picture(neuron))
        for trace in traces_of(neuron):
            # What a file no longer has cannot be marked; its trace was told of when it went.
            if trace in shown:
                with suppress(UnknownSectionError):
                    add_mark(scene, trace)


CLASSES = (
    BLENDER_SPIKE_OT_use_standard_view,
    BLENDER_SPIKE_OT_black_world,
    BLENDER_SPIKE_OT_backlight,
    BLENDER_SPIKE_OT_bloom,
    BLENDER_SPIKE_OT_frame_camera,
    BLENDER_SPIKE_OT_orbit_camera,
    BLENDER_SPIKE_OT_fog,
    BLENDER_SPIKE_OT_focus,
    BLENDER_SPIKE_OT_film_scene,
)
