# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of points in a film."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import bpy

from .. import demos
from ..color import coloring
from ..common.nodes.modifiers import set_inputs
from ..common.required import required
from ..common.story import fields
from ..common.story.fields import Field, no_such
from ..common.story.thing import Number
from ..playback.network import layouts_of, make_layout
from .simulation_thing import FIELDS, SimulationThing

# Made in Blender if the file does not have them.
_GENERATED: Final = ("Grid", "Layers", "Circle", "Sphere", "Shuffled")
_CELLS: Final = ("Spheres", "Discs", "Cubes")


class NetworkThing(SimulationThing):
    """A network of points."""

    kind = "network"
    demo = demos.NETWORK
    colormap = "inferno"
    fields: ClassVar[dict[str, Field]] = {
        **FIELDS,
        "colormap": Field(
            "from matplotlib, seaborn or cmasher; inferno, or the palette of classes", fields.text
        ),
        "from": Field("layout at first; the file's own", fields.text, ""),
        "to": Field("layout after the event morph; none", fields.text, ""),
        "cells": Field("what cells are drawn as", fields.choice(*_CELLS), "Spheres"),
        "growth": Field("by how much active cells grow", fields.number(0, 100), 0.6),
        "pulses": Field("let pulses travel along the connections", fields.switch, True),
        "connection_glow": Field("of connections, as a part of cells'", fields.number(0, 10), 0.35),
        "rest": Field("where rest is on the colormap, 0 to 1", fields.number(0, 1), 0.22),
    }

    def colors(self) -> dict[str, Any]:
        """Return what the coloring is told besides."""
        return {"start": self.values["rest"]}

    def make(self, context: bpy.types.Context) -> None:
        """Import its file, color it, and choose its layouts."""
        super().make(context)
        material = required(coloring.voltage_material(self.neuron))
        coloring.color_input(material, "Glow at Rest").default_value = 0.6
        begin, end = self._layout(self.values["from"]), self._layout(self.values["to"])
        set_inputs(
            self.modifier,
            {
                "From": begin,
                "To": end if self.values["to"] else begin,
                "Cells": self.values["cells"],
                "Growth": self.values["growth"],
                "Connection Glow": self.values["connection_glow"],
                "Pulses": self.values["pulses"],
            },
        )

    def numbers(self) -> dict[str, Number]:
        """Return its time, and its way from one layout to the other."""
        if not self.values["to"]:
            return super().numbers()
        return {**super().numbers(), "morph": self.input("Mix")}

    def _layout(self, name: str) -> str:
        """Find a layout by its name, or make it."""
        known = layouts_of(self.neuron)
        if name in known or not name:
            return name
        if name.title() in _GENERATED:
            return make_layout(self.neuron, name.title())
        there = [*known, *(kind.lower() for kind in _GENERATED)]
        raise ValueError(no_such(name, there, "there is no layout", "there are"))
