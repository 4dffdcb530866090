# SPDX-License-Identifier: GPL-3.0-or-later
"""A curve in a film."""

from __future__ import annotations

from typing import Any, ClassVar

import bpy
import numpy as np
from numpy.typing import NDArray

from ..common.nodes.modifiers import has_input, input_value, set_inputs
from ..common.required import required
from ..common.story import fields
from ..common.story.fields import Field
from ..common.story.thing import PLACING, Number, Thing, View
from ..curve.curve import create_curve, drawn_modifier
from ..curve.curve_axes import add_curve_axes, find_curve_axes
from ..curve.fill import add_fill, find_fill
from ..curve.morph import has_second, morph_to
from ..film import all_places


class CurveThing(Thing):
    """A curve from an array."""

    kind = "curve"
    fields: ClassVar[dict[str, Field]] = {
        "file": Field("an array: values, or x and y", fields.text, needed=True),
        "array": Field("which array of a file that holds several", fields.text, ""),
        "second_file": Field("an array with as many values, for the event morph", fields.text, ""),
        "color_file": Field("an array with as many values, for the colors", fields.text, ""),
        "size": Field("width and height; 0 for half the width", fields.numbers(2, 0, 1e4),
                      (2.0, 0.0)),
        "colormap": Field("from matplotlib, seaborn or cmasher", fields.text, "plasma"),
        "radius": Field("of the line; what suits the size", fields.number(1e-5, 1e3)),
        "fill": Field("fill the area below it", fields.switch, False),
        "axes": Field('draw axes, with names for x and y, as ["time (s)", "Hz"]', fields.texts),
        **PLACING,
    }  # fmt: skip

    curve: bpy.types.Object

    def make(self, context: bpy.types.Context) -> None:
        """Make it, with its fill, its axes and its second shape."""
        values, tell = self.values, self.film.notes.append
        if not values["size"][0]:
            raise fields.FieldError("size", "size: a curve needs a width above 0")
        axes = values["axes"]
        if axes is not None and len(axes) != 2:
            raise fields.FieldError("axes", f"axes: {len(axes)} names are not two, for x and y")
        curve = create_curve(
            context,
            self.file("file"),
            values["array"],
            color_filepath=self.file("color_file"),
            size=values["size"],
            colormap=values["colormap"],
            tell=tell,
        )
        if values["second_file"]:
            morph_to(curve, self.file("second_file"), tell=tell)
        if values["radius"] is not None:
            set_inputs(required(drawn_modifier(curve)), {"Radius": values["radius"]})
        if axes is not None:
            add_curve_axes(curve, axes)
        if values["fill"]:
            add_fill(curve)

    def take(self) -> None:
        """Find the curve among its objects."""
        found = [one for one in self.objects if drawn_modifier(one) is not None]
        if not found:
            raise ValueError(
                f"the curve of '{self.name}' was deleted, but not its other objects; delete these, "
                "too, for the story's"
            )
        self.curve = found[0]

    def subject(self) -> list[bpy.types.Object]:
        """Return the curve, its axes and its fill."""
        others = (find_curve_axes(self.curve), find_fill(self.curve))
        return [self.curve, *(one for one in others if one is not None)]

    def also(self) -> NDArray[np.float64]:
        """Return where its points are and will be."""
        return all_places(self.curve)

    def view(self) -> View:
        """Return the view from the front."""
        return View((0.0, 1.0, 0.0), (0.0, 0.0, 1.0), 0.08)

    def numbers(self) -> dict[str, Number]:
        """Return how much of it is drawn, and which shape it has."""
        modifier: Any = required(drawn_modifier(self.curve))
        names = {"drawn": ("Drawn", 1.0)}
        if has_second(self.curve) and has_input(modifier, "Morph"):
            names["morph"] = ("Morph", 0.0)
        return {
            name: Number(self.curve, input_value(modifier, label).path_from_id("value"), rest)
            for name, (label, rest) in names.items()
        }
