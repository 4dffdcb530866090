# SPDX-License-Identifier: GPL-3.0-or-later
"""What neurons and networks have in common in a film."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..building.build import import_simulation
from ..color import coloring
from ..color.class_colors import palette
from ..common import colormaps
from ..common.nodes.modifiers import input_value, set_inputs
from ..common.required import required
from ..common.story import fields
from ..common.story.fields import Field
from ..common.story.pacing import Pacing
from ..common.story.thing import PLACING, Number, Thing, View
from ..playback.marked_time import show_time
from ..playback.network import is_network, way_of
from ..playback.playback import find_modifier
from ..playback.quantities import classes_of
from ..properties import about
from ..sound.clicks import DECAYS_S, Voicing
from ..sound.spiking import SoundError
from ..sounding import sound_strip
from ..views import view_of

DEMO: Final = "demo"
FIELDS: Final[dict[str, Field]] = {
    "file": Field(f'a simulation file, or "{DEMO}"', fields.text, needed=True),
    "quantity": Field("which of the file's quantities is shown; its first one", fields.text, ""),
    "colormap": Field(
        "from matplotlib, seaborn or cmasher; plasma, or the palette of classes", fields.text
    ),
    "v_min": Field("value at the colormap's lower end; what suits the data", fields.number()),
    "v_max": Field("value at the colormap's upper end; what suits the data", fields.number()),
    "strength": Field("emission strength", fields.number(0, 1e4), 1.0),
    "start": Field("second of the film in which it begins to play", fields.SECONDS, 0.0),
    "sound": Field("what its spikes sound like: click or tone; silent", fields.choice(*DECAYS_S)),
    "pace": Field('simulated time per frame, as "0.05 ms"; one sample', fields.SIMULATED),
    **PLACING,
}


class SimulationThing(Thing):
    """A neuron or a network."""

    neuron: bpy.types.Object
    demo: Path
    colormap: ClassVar[str] = "plasma"
    """Of values that are measured."""

    def make(self, context: bpy.types.Context) -> None:
        """Import its file, and color it."""
        file = str(self.demo) if self.values["file"] == DEMO else self.file("file")
        colormaps.resolve(self.values["colormap"] or self.colormap)
        settings = self.import_settings()
        neurons = import_simulation(
            context, file, set_frame_range=False, tell=self.film.notes.append, **settings
        )
        (self.neuron,) = neurons
        wanted = self.kind == "network"
        if is_network(self.neuron) != wanted:
            is_one, other = (
                ("a network", "[network.…]") if not wanted else ("a neuron", "[neuron.…]")
            )
            raise ValueError(f"{Path(file).name} is {is_one}: its table is {other}")
        pacing = self.pacing()
        set_inputs(
            self.modifier,
            {"Start Frame": pacing.start, "Milliseconds per Frame": pacing.pace_ms},
        )
        values = self.values
        material = required(coloring.voltage_material(self.neuron))
        # Those of the import leave out a few cells far beyond all others.
        low, high = (
            float(coloring.color_input(material, name).default_value)
            for name in ("Minimum", "Maximum")
        )
        coloring.color_by_voltage(
            self.neuron,
            values["colormap"] or palette(len(classes_of(self.neuron)), self.colormap),
            low if values["v_min"] is None else values["v_min"],
            high if values["v_max"] is None else values["v_max"],
            values["strength"],
            **self.colors(),
        )

    def import_settings(self) -> dict[str, Any]:
        """Return what the import is told."""
        return {"quantity": self.values["quantity"]}

    def colors(self) -> dict[str, Any]:
        """Return what the coloring is told besides."""
        return {}

    def take(self) -> None:
        """Find the neuron among its objects."""
        found = [thing for thing in self.objects if find_modifier(thing) is not None]
        if not found:
            raise ValueError(
                f"the {self.kind} of '{self.name}' was deleted, but not its figures; delete these, "
                "too, for the story's"
            )
        self.neuron = found[0]
        self.um_per_unit = about(self.neuron).um_per_unit

    @property
    def modifier(self) -> bpy.types.NodesModifier:
        """Return what plays it."""
        return required(find_modifier(self.neuron))

    def subject(self) -> list[bpy.types.Object]:
        """Return the neuron."""
        return [self.neuron]

    def also(self) -> NDArray[np.float64]:
        """Return where the cells of a network go."""
        return way_of([self.neuron])

    def view(self) -> View:
        """Return the view that shows it best."""
        return View(*view_of(self.film.scene, [self.neuron]))

    def numbers(self) -> dict[str, Number]:
        """Return its time."""
        return {"time": self.input("Time")}

    def input(self, name: str, rest: float = 0.0) -> Number:
        """Return an input of what plays it, to be animated."""
        return Number(self.neuron, input_value(self.modifier, name).path_from_id("value"), rest)

    def be_heard(self) -> None:
        """Let its spikes be heard, or remove what an earlier version of the film had."""
        kind, scene = self.values["sound"], self.film.scene
        if kind is None:
            earlier = sound_strip.strips_of(scene, [self.neuron], by_story=True)
            sound_strip.remove_strips(scene, earlier)
            return
        try:
            sound_strip.add_spikes(scene, [self.neuron], Voicing(kind), by_story=True)
        except SoundError as error:
            raise ValueError(f"the sound of '{self.name}': {error}") from None

    def use_time(self) -> None:
        """Show the time that is keyframed."""
        show_time(self.neuron)

    def pacing(self) -> Pacing:
        """Return how it plays."""
        data = about(self.neuron)
        begin = float(input_value(self.modifier, "First Time").value)
        pace = self.values["pace"]
        if pace is not None and pace <= 0:
            raise fields.FieldError("pace", f"pace: {pace:g} ms per frame is not above 0")
        if pace is None:
            pace = data.duration_ms / max(data.frames - 1, 1) or 1.0
        start = self.film.first + round(self.values["start"] * self.film.fps)
        return Pacing(begin, begin + data.duration_ms, pace, float(start))
