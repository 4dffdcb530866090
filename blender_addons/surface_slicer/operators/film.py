# SPDX-License-Identifier: GPL-3.0-or-later
"""Set up the scene for a film."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import bpy
from bpy.props import EnumProperty, FloatProperty

from ..common import film
from ..common.changes import settings_of, told
from ..common.film.true_colors import UseStandardView
from ..common.placing import leave_edit_mode
from ..curve.curve import drawn_modifier
from ..film import PRESETS, set_curve_scene, set_scene
from ..surface.lift import is_surface
from .selection import chosen_curves, chosen_surfaces

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class SURFACE_SLICER_OT_use_standard_view(UseStandardView):
    """Show colors as they are: the default view transform, AgX, shifts those of colormaps"""  # noqa: D400, D415

    bl_idname = "surface_slicer.use_standard_view"


class SURFACE_SLICER_OT_film_scene(bpy.types.Operator):
    """Set up everything for a film: black world, true colors, light, bloom, and a camera"""  # noqa: D400, D415

    bl_idname = "surface_slicer.film_scene"
    bl_label = "Film Scene"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        preset: str
        orbit: float
        bloom: float
    else:
        preset: EnumProperty(
            name="Preset",
            description="How close the camera is, and what lights the surface",
            items=[(key, one.name, one.description) for key, one in PRESETS.items()],
        )
        orbit: FloatProperty(
            name="Orbit",
            description="Angle of the camera's orbit over the scene's frames; 0 for a still "
            "camera, as in front of curves if not given",
            default=math.radians(60.0),
            subtype="ANGLE",
        )
        bloom: FloatProperty(
            name="Bloom",
            description="Glow around bright parts, in the compositor; 0 for none",
            default=0.5,
            min=0.0,
            soft_max=3.0,
        )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a surface or a curve, selected or not."""
        found = bool(_surfaces(context) or _curves(context))
        if not found:
            cls.poll_message_set("There is no surface and no curve yet; make one first")
        return found

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Do all of it; an existing film camera is reused."""
        scene = context.scene
        surfaces, curves = _surfaces(context), _curves(context)
        if not surfaces and not self.properties.is_property_set("orbit"):
            self.orbit = 0.0
        leave_edit_mode(context)
        before, degrees = settings_of(scene), round(math.degrees(self.orbit), 2)
        if surfaces:
            set_scene(scene, surfaces, preset=self.preset, orbit_degrees=degrees, bloom=self.bloom)
        else:
            set_curve_scene(scene, curves, orbit_degrees=degrees, bloom=self.bloom)
        shown = film.show_bloom(context) if self.bloom else None
        lights = "two suns shine" if surfaces and PRESETS[self.preset].lit > 0 else ""
        text = film.stage_told(scene, degrees, shown, lights=lights)
        self.report({"INFO"}, told(text, before, scene))
        return {"FINISHED"}


def _surfaces(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the selected surfaces, or all if none is selected and no curve is."""
    selected = context.selected_objects
    surfaces = chosen_surfaces(context) if selected else []
    if surfaces or (selected and chosen_curves(context)):
        return surfaces
    return [thing for thing in context.scene.objects if is_surface(thing)]


def _curves(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the selected curves and arrows, or all if none is selected."""
    selected = chosen_curves(context) if context.selected_objects else []
    objects = context.scene.objects
    return selected or [thing for thing in objects if drawn_modifier(thing) is not None]


CLASSES = (SURFACE_SLICER_OT_use_standard_view, SURFACE_SLICER_OT_film_scene)
