# SPDX-License-Identifier: GPL-3.0-or-later
"""A surface in a film."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import bpy

from ..arrays.source import Source
from ..common import film
from ..common.cut.slicer_group import find_group
from ..common.story import fields
from ..common.story.fields import Field
from ..common.story.thing import PLACING, Number, Thing, View
from ..film import PRESETS, add_suns
from ..slicer.companions import is_companion
from ..slicer.profile import add_profile
from ..slicer.slicer import slice_objects
from ..slicer.sweep import location_ends
from ..slicer.twin import add_wireframe_twin
from ..surface.axes import add_axes, find_axes
from ..surface.base_plane import add_base_plane
from ..surface.lift import is_surface
from ..surface.lit import set_lit
from ..surface.surface import create_surface
from ..surface.surface_color import color_surface, find_material

_PRESETS: Final = tuple(one.lower() for one in PRESETS)
# Along y, the camera sees the side that is cut open.
_AXES: Final[dict[str, Any]] = {"x": "X", "y": "-Y", "z": "Z"}
# A surface that leaves the picture would hide what is beside it.
_LEAST_MARGIN: Final = 0.05
# For rays through many parts that are cut away.
_BOUNCES: Final = 32


class SurfaceThing(Thing):
    """A surface, with or without a slice."""

    kind = "surface"
    fields: ClassVar[dict[str, Field]] = {
        "file": Field("an array (.npy, .npz, .csv, .txt) or a picture", fields.text, ""),
        "array": Field("which array of a file that holds several", fields.text, ""),
        "formula": Field("a formula of x and y, instead of a file", fields.text, ""),
        "preset": Field("close and lit, or as a diagram in exact colors", fields.choice(*_PRESETS),
                        "close"),
        "size": Field("extent along x and y; 0 along y for square cells", fields.numbers(2, 0, 1e4),
                      (2.0, 0.0)),
        "height_scale": Field("units for 1 in the data; fits if 0", fields.number(), 0.0),
        "by": Field("what the colors show", fields.choice("height", "x", "y"), "height"),
        "colormap": Field("from matplotlib, seaborn or cmasher", fields.text, "plasma"),
        "low": Field("value at the colormap's lower end; the lowest", fields.number()),
        "high": Field("value at the colormap's upper end; the highest", fields.number()),
        "strength": Field("emission strength", fields.number(0, 1e4), 1.0),
        "relief": Field("darker slopes, 0 to 1", fields.number(0, 1), 0.6),
        "axes": Field("draw axes", fields.switch, False),
        "plane": Field("draw a grid plane", fields.switch, False),
        "slice": Field("axis along which it is cut", fields.choice(*_AXES)),
        "wireframe": Field("show a wireframe where it is cut away", fields.switch, True),
        "graph": Field("draw a graph of the cut behind it", fields.switch, False),
        **PLACING,
    }  # fmt: skip

    surface: bpy.types.Object

    def make(self, context: bpy.types.Context) -> None:
        """Make it, color it and cut it."""
        values = self.values
        if bool(values["file"]) == bool(values["formula"]):
            raise ValueError("a surface needs either a file or a formula")
        source = (
            Source(filepath=self.file("file"), array=values["array"])
            if values["file"]
            else Source(formula=values["formula"])
        )
        surface = create_surface(
            context,
            source,
            size=values["size"],
            height_scale=values["height_scale"],
            set_frame_range=False,
            tell=self.film.notes.append,
        )
        material = color_surface(
            surface,
            values["by"].upper(),
            values["colormap"],
            values["low"],
            values["high"],
            strength=values["strength"],
            relief=values["relief"],
        )
        set_lit(material, PRESETS[values["preset"].upper()].lit)
        if values["axes"]:
            add_axes(surface)
        if values["plane"]:
            add_base_plane(surface)
        if values["slice"]:
            cut = slice_objects(context, [surface], axis=_AXES[values["slice"]])
            if values["wireframe"]:
                add_wireframe_twin(context, surface)
            if values["graph"]:
                add_profile(context, surface, cut.slicer, graph=True)

    def take(self) -> None:
        """Find the surface and its slice among its objects."""
        found = [one for one in self.objects if is_surface(one) and not is_companion(one)]
        if not found:
            raise ValueError(
                f"the surface of '{self.name}' was deleted, but not its other objects; delete "
                "these, too, for the story's"
            )
        self.surface = found[0]
        self.slicer = next((one for one in self.objects if find_group(one) is not None), None)

    def subject(self) -> list[bpy.types.Object]:
        """Return the surface, and its axes."""
        axes = find_axes(self.surface) if self.values["preset"] == "diagram" else None
        return [self.surface] if axes is None else [self.surface, axes]

    def view(self) -> View:
        """Return the view of its preset; alone it may leave the picture."""
        preset = PRESETS[self.values["preset"].upper()]
        alone = len(self.film.things) == 1
        margin = preset.margin if alone else max(preset.margin, _LEAST_MARGIN)
        return View(preset.direction, (0.0, 0.0, 1.0), margin, preset.lens_mm)

    def light(self, scene: bpy.types.Scene) -> None:
        """Add two suns if it is lit."""
        if PRESETS[self.values["preset"].upper()].lit and find_material(self.surface) is not None:
            add_suns(scene)
        if self.slicer is not None:
            film.see_through(scene)

    def numbers(self) -> dict[str, Number]:
        """Return the place of its slice."""
        if self.slicer is None:
            return {}
        return {"sweep": Number(self.slicer, "location")}

    def sweep(self) -> tuple[bpy.types.Object, tuple[float, ...], tuple[float, ...]]:
        """Return the slicer, and where it cuts nothing and everything away."""
        if self.slicer is None:
            raise ValueError(f"'{self.name}' has no slice: give it one, as slice = \"y\"")
        return self.slicer, *location_ends(bpy.context, self.slicer)
