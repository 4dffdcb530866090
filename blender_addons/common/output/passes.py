# SPDX-License-Identifier: GPL-3.0-or-later
"""Render passes for editing programs: values, figures, objects, and light without bloom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import bpy
from bpy.props import BoolProperty

from .. import film
from ..changes import listed, settings_of, told
from ..colormaps.in_material import LIMITS
from ..figures.drawing import PASS
from ..figures.frame import COLLECTION
from ..required import required
from .output_settings import format_of

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

FIGURES_LAYER: Final = "Figures"
SUBJECT: Final = "Subject"
VALUE: Final = "Value"
"""Render pass with what is mapped to color: voltage, activity, a region's value, height."""
_SWITCHES: Final = {
    "Emission": "use_pass_emit",
    "Cryptomatte of objects": "use_pass_cryptomatte_object",
    "Depth": "use_pass_z",
}


def add_passes(scene: bpy.types.Scene) -> list[str]:
    """Let all view layers that are rendered have passes for editing programs.

    Materials with a colormap get a node that writes the value. Passes that are there stay.

    Returns
    -------
    list of str
        Their names.
    """
    for material in bpy.data.materials:
        if material.library is None and material.node_tree is not None:
            _write_value(material.node_tree)
    for layer in film.rendered_layers(scene):
        for name in (VALUE, PASS):
            if name not in layer.aovs:
                added = layer.aovs.add()
                added.name, added.type = name, "VALUE"
        for switch in _SWITCHES.values():
            setattr(layer, switch, True)
    return [VALUE, PASS, *_SWITCHES]


def figures_of_scene(scene: bpy.types.Scene) -> bpy.types.Collection | None:
    """Find a scene's collection of figures, if there are any."""
    children = scene.collection.children
    return next(
        (one for one in children if one.name.split(".")[0] == COLLECTION and one.objects), None
    )


def separate_figures(scene: bpy.types.Scene) -> bpy.types.ViewLayer:
    """Put figures on a view layer of their own, above all others; the picture stays.

    Objects in no collection but the scene's own are in every view layer: they go into the
    collection `SUBJECT`. A scene without bloom gets one of strength 0, which puts view layers
    together.

    Returns
    -------
    ViewLayer
        The one of the figures, made here before or now.

    Raises
    ------
    ValueError
        If there are no figures in the collection of figures; nothing has changed then.
    LayersError
        See `film.add_bloom`; nothing has changed then.
    """
    top = scene.collection
    figures = figures_of_scene(scene)
    if figures is None:
        raise ValueError("There are no figures in the camera's picture yet: add some first.")
    film.check_ground(scene)
    if film.bloom_strength(scene) is None:
        film.add_bloom(scene, 0.0)
    _gather(top)
    layer = scene.view_layers.get(FIGURES_LAYER)
    if layer is None:
        layer = scene.view_layers.new(FIGURES_LAYER)
    for one in scene.view_layers:
        for child in required(one.layer_collection).children:
            is_of_figures = child.collection == figures
            if one == layer:
                child.exclude = not is_of_figures
            elif is_of_figures:
                child.exclude = True
    film.cover_layers(scene)
    return layer


def _gather(top: bpy.types.Collection) -> None:
    """Move objects that are directly in a scene into a collection, which a view layer can leave."""
    loose = list(top.objects)
    if not loose:
        return
    subject = next((one for one in top.children if one.name.split(".")[0] == SUBJECT), None)
    if subject is None:
        subject = bpy.data.collections.new(SUBJECT)
        top.children.link(subject)
    for thing in loose:
        if thing.name not in subject.objects:
            subject.objects.link(thing)
        top.objects.unlink(thing)


def _write_value(tree: Any) -> None:
    """Write the number that a material maps to color into the pass `VALUE`, once."""
    limits = tree.nodes.get(LIMITS)
    if limits is None or not limits.inputs["Value"].is_linked:
        return
    source = limits.inputs["Value"].links[0].from_socket
    for node in tree.nodes:
        if node.bl_idname == "ShaderNodeOutputAOV" and node.aov_name == VALUE:
            break
    else:
        node = tree.nodes.new("ShaderNodeOutputAOV")
        node.aov_name = node.label = VALUE
        node.location = limits.location.x, limits.location.y - 260.0
    tree.links.new(source, node.inputs["Value"])


class AddPasses(bpy.types.Operator):
    """An operator that adds passes; each extension has its own."""

    bl_label = "Add Passes"
    bl_options: Any = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        report: Any
        figures_apart: bool
    else:
        figures_apart: BoolProperty(
            name="Figures Apart",
            description="Put figures on a view layer of their own, above the others",
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Add them, and say which format writes them."""
        scene = context.scene
        before = settings_of(scene)
        apart = ""
        if self.figures_apart:
            try:
                layer = separate_figures(scene)
            except ValueError as error:
                self.report({"ERROR"}, str(error))
                return {"CANCELLED"}
            apart = f" Figures are on the view layer '{layer.name}'."
        names = listed(add_passes(scene))
        chosen = format_of(scene)
        writes = chosen is not None and chosen.identifier == "exr_multilayer"
        more = "" if writes else " The format OpenEXR, Multilayer writes them."
        self.report({"INFO"}, told(f"Passes: {names}.{more}{apart}", before, scene))
        return {"FINISHED"}
