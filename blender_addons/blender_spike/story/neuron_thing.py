# SPDX-License-Identifier: GPL-3.0-or-later
"""A neuron in a film."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from .. import demos
from ..color import coloring
from ..color.looks import LOOKS
from ..color.suiting import suit
from ..common.extent import world_points
from ..common.nodes.modifiers import set_inputs
from ..common.required import required
from ..common.story import fields
from ..common.story.fields import Field, FieldError, no_such
from ..common.story.thing import Place
from ..figures import adding
from ..figures.class_legend import count_rows
from ..figures.kind_legend import count_kinds
from ..lines.styles import STYLES
from ..playback.playback import soma_of
from ..playback.sections import default_section, find_segment, section_names
from ..playback.synapse_kinds import count_synapses, kinds_of, shown_kinds
from ..properties import about
from .simulation_thing import FIELDS, SimulationThing

_NAMES: Final = tuple(one.lower() for one in LOOKS)
_SOMA: Final = "soma"
# Around a place on a cell, in micrometers.
_AROUND_UM: Final = 60.0


class NeuronThing(SimulationThing):
    """A neuron, or several from one file."""

    kind = "neuron"
    demo = demos.NEURON
    fields: ClassVar[dict[str, Field]] = {
        **FIELDS,
        "look": Field("how values are shown", fields.choice(*_NAMES), "flat"),
        "style": Field("how neurites are drawn; what the look needs", fields.choice(*STYLES)),
        "thickness": Field("factor on the neurites' diameter", fields.number(0.01, 1000), 1.4),
        "cells": Field("which cells of the file, as for the import", fields.text, ""),
        "traces": Field("sections whose values are drawn", fields.texts, []),
        "color_bar": Field("show a color bar", fields.switch, False),
        "legend": Field("show a legend of classes, as of cell types", fields.switch, False),
        "synapses": Field("draw the synapses of the file", fields.switch, True),
        "synapse_size": Field(
            "radius of a synapse in µm; what suits the cell", fields.number(0, 1000)
        ),
        "synapse_kinds": Field(
            "kinds of synapses that are drawn, with their pulses; all", fields.texts
        ),
        "synapse_legend": Field("show a legend of the kinds of synapses", fields.switch, False),
        "pulses": Field("let pulses run along axons to synapses", fields.switch, True),
        "time_label": Field("show the simulation's time", fields.switch, False),
        "scale_bar": Field("show a scale bar", fields.switch, False),
    }

    def import_settings(self) -> dict[str, Any]:
        """Return what the import is told."""
        style = self.values["style"]
        return {
            **super().import_settings(),
            "cells": self.values["cells"],
            "style": "AUTO" if style is None else style.upper(),
        }

    def make(self, context: bpy.types.Context) -> None:
        """Import its file, color it, and give it its look."""
        super().make(context)
        set_inputs(self.modifier, {"Thickness": self.values["thickness"], "At the Ends": "Hold"})
        look = LOOKS[self.values["look"].upper()]
        material = required(coloring.voltage_material(self.neuron))
        if coloring.look_of(material) is not look:
            coloring.set_look(material, look.identifier)
        if self.values["style"] is None:
            suit(self.film.scene, [self.neuron], look)
        for section in self.values["traces"]:
            self._check(section)
        if self.values["legend"]:
            count_rows(self.neuron)
        self._show_synapses()

    def take(self) -> None:
        """Find the neuron among its objects."""
        super().take()
        look = LOOKS[self.values["look"].upper()]
        self.ground = look.background if any(look.background) else None
        self.glows = not look.needs_background

    def dress(self, context: bpy.types.Context) -> None:
        """Add its figures."""
        for section in self.values["traces"]:
            adding.add_trace(context, self.neuron, self._check(section), mark=True)
        if self.values["color_bar"]:
            adding.add_color_bar(context, self.neuron)
        if self.values["legend"]:
            adding.add_legend(context, self.neuron)
        if self.values["synapse_legend"]:
            adding.add_synapse_legend(context, self.neuron)
        if self.values["time_label"]:
            adding.add_time_label(context, self.neuron)
        if self.values["scale_bar"]:
            adding.add_scale_bar(context, self.neuron)

    def trace(self, section: str = _SOMA) -> NeuronThing:
        """Draw the values of a section, and return this neuron."""
        self._check(section)
        self.values["traces"] = [*self.values["traces"], section]
        return self._figures()

    def color_bar(self) -> NeuronThing:
        """Show a color bar, and return this neuron."""
        self.values["color_bar"] = True
        return self._figures()

    def legend(self) -> NeuronThing:
        """Show a legend of classes, such as cell types, and return this neuron."""
        count_rows(self.neuron)
        self.values["legend"] = True
        return self._figures()

    def synapse_legend(self) -> NeuronThing:
        """Show a legend of the kinds of synapses, and return this neuron."""
        count_kinds(self.neuron)
        self.values["synapse_legend"] = True
        return self._figures()

    def time_label(self) -> NeuronThing:
        """Show the simulation's time, and return this neuron."""
        self.values["time_label"] = True
        return self._figures()

    def scale_bar(self) -> NeuronThing:
        """Show a scale bar, and return this neuron."""
        self.values["scale_bar"] = True
        return self._figures()

    def _figures(self) -> NeuronThing:
        if not self.is_new:
            raise ValueError(
                f"the figures of '{self.name}' are placed already; add them before the first "
                "picture of the film"
            )
        return self

    def _show_synapses(self) -> None:
        """Draw synapses and pulses as the story says; refuse what needs some if there are none."""
        values, kinds = self.values, kinds_of(self.neuron)
        if not count_synapses(self.neuron):
            for key in ("synapse_size", "synapse_kinds", "synapse_legend"):
                if values[key] is not None and values[key] is not False:
                    raise FieldError(key, f"{key}: its file has no synapses")
            return
        inputs: dict[str, Any] = {}
        if not values["synapses"]:
            inputs["Synapses"] = False
        if not values["pulses"]:
            inputs["Axon Pulses"] = False
        if values["synapse_size"] is not None:
            inputs["Synapse Size"] = values["synapse_size"] / about(self.neuron).um_per_unit
        if values["synapse_kinds"] is not None:
            known = shown_kinds(kinds)
            for name in values["synapse_kinds"]:
                if name not in known:
                    why = no_such(name, known, "there is no kind of synapses", "there are")
                    raise FieldError("synapse_kinds", f"synapse_kinds: {why}")
            inputs |= {
                f"Show Kind {number}": name in values["synapse_kinds"]
                for number, name in enumerate(known, 1)
            }
        set_inputs(self.modifier, inputs)

    def _check(self, section: str) -> str:
        """Return the section's own name; the soma may have another."""
        known = section_names(self.neuron)
        name = (
            default_section(self.neuron) if section == _SOMA and section not in known else section
        )
        find_segment(self.neuron, name, 0.5)
        return name

    def parts(self) -> list[str]:
        """Return the soma and the sections."""
        return list(dict.fromkeys([_SOMA, *section_names(self.neuron)]))

    def part(self, name: str) -> Place:
        """Find the soma or a section."""
        scale = self.neuron.matrix_world.median_scale
        around = _AROUND_UM / (self.um_per_unit or 1.0) * scale
        if name == _SOMA:
            place, _ = soma_of(self.neuron)
            middle = np.array(place)
        else:
            if name not in section_names(self.neuron):
                raise ValueError(
                    no_such(name, self.parts()[:8], f"'{self.name}' has no section", "it has")
                )
            index = section_names(self.neuron).index(name)
            middle = self._points_of(index).mean(axis=0)
        corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
        x, y, z = (float(one) for one in middle)
        return Place((x, y, z), [], middle + corners * around, self.um_per_unit)

    def _points_of(self, section: int) -> NDArray[np.float64]:
        data: Any = self.neuron.data
        points = world_points(self.film.scene, [self.neuron])
        stored = data.attributes.get("section")
        owner = np.empty(len(stored.data), np.int32)
        stored.data.foreach_get("value", owner)
        if stored.domain == "CURVE":
            sizes = [len(curve.points) for curve in data.curves]
            owner = np.repeat(owner, sizes)
        return np.asarray(points[owner == section])
