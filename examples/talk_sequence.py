# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a film of a wave's phase, frequency and amplitude, timed to a voice.

An arrow turns on a circle of colors while a wave is drawn in the colors of its phase. Its frequency
is drawn with its fill, then its amplitude; the wave is squeezed into wave x amplitude while a copy
of the amplitude flies down onto it. The camera comes closer, and the curve wiggles.

In Blender, or in a Python that has the bpy module::

    blender -b -P examples/talk_sequence.py -- out/talk --draft --video out/talk.mp4
    python examples/talk_sequence.py out/talk --times wave=2 frequency=11.5 --frames 1-240
    python examples/talk_sequence.py out/talk --voice voice.wav --video out/talk.mp4

Everything moves by ordinary keyframes in a single scene, with a marker at the beginning of each
part: what is saved with ``--blend`` can be retimed by hand. Uses the installed Surface Slicer
extension, or else the one in this source tree. Prints one line per frame.
"""

from __future__ import annotations

import argparse
import importlib
import math
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent))
try:
    rendering: Any = importlib.import_module("rendering")
except ModuleNotFoundError as missing:
    # Blender itself would exit as if nothing had failed.
    sys.exit(f"Cannot find {missing.name}.py: copy the folder examples as a whole.")

# When each part begins, in seconds: put here what you hear in your recording.
TIMES: Final = {
    "circle": 0.4,
    "wave": 1.6,
    "frequency": 8.6,
    "amplitude": 13.2,
    "product": 17.8,
    "zoom": 22.6,
    "wiggle": 25.4,
    "end": 30.0,
}
# How long what begins then takes, in seconds; the wave is drawn until the next part.
DRAWING, FLIGHT, ZOOM, FADE = 3.8, 2.2, 2.4, 0.7

GROUND: Final = (0.0026, 0.0032, 0.0062)
INK: Final = (0.5, 0.54, 0.62)
RAINBOW: Final = "hsv"

# The picture, in Blender units.
VIEW_WIDTH: Final = 17.2
TWO_ROWS_WIDTH: Final = 15.4
CLOSE_WIDTH: Final = 7.8
GRAPH_WIDTH, UNIT = 10.6, 1.45
GRAPH_X: Final = 1.5
# Of the circle beside the wave, and of the graphs with their names.
WITH_CIRCLE_X, WITH_NAMES_X = -0.4, 0.1
CIRCLE: Final = (-6.1, 0.0, 1.55)
# Heights of the rows: where 0 is in each.
FREQUENCY_Z, FREQUENCY_HEIGHT, AMPLITUDE_Z, WAVE_Z = 2.5, 1.55, -0.35, -2.9
# The right end of the rows' names.
NAMES_X: Final = GRAPH_X - GRAPH_WIDTH / 2 - 1.2
RADIUS, THIN = 0.05, 0.03
OPACITY: Final = 0.8
WIGGLE_SIZE, SWINGS = 0.6, 6.0
FEWEST_SAMPLES: Final = 8
# From orange, at low values, to red: autumn begins with red, and ends with yellow.
FIRE: Final[dict[str, Any]] = {"colormap": "autumn_r", "Start": 0.0, "End": 0.42}
# Length of the array, in s.
DURATION: Final = 4.0
# The shortest that a part can be, in s, where that is more than one.
LEAST: Final = {
    "wave": 3.0,
    "frequency": 4.5,
    "amplitude": 4.5,
    "product": 4.2,
    "zoom": 2.5,
    "wiggle": 2.0,
}


class Keys:
    """Writes keyframes at seconds.

    Parameters
    ----------
    fps : Fraction
    """

    def __init__(self, fps: Fraction) -> None:
        self._fps = fps

    def frame(self, second: float) -> int:
        """Return the frame that is shown at a moment."""
        return 1 + round(second * self._fps)

    def set(self, holder: Any, name: str, *moments: tuple[float, Any], ease: str = "SINE") -> None:
        """Animate a property.

        Parameters
        ----------
        holder : bpy_struct
            Has the property.
        name : str
            Of the property.
        *moments : (float, value)
            Seconds, and the value there.
        ease : str
            Blender's name of the way between two of them.
        """
        frames = [self.frame(second) for second, _ in moments]
        for second, value in moments:
            setattr(holder, name, value)
            holder.keyframe_insert(name, frame=self.frame(second))
        path = holder.path_from_id(name)
        for curve in self._curves(holder.id_data):
            if curve.data_path == path:
                for point in curve.keyframe_points:
                    if round(point.co.x) in frames:
                        point.interpolation, point.easing = ease, "EASE_IN_OUT"

    @staticmethod
    def _curves(owner: Any) -> list[Any]:
        animation = owner.animation_data
        bags = (
            strip.channelbag(animation.action_slot)
            for layer in animation.action.layers
            for strip in layer.strips
        )
        return [curve for bag in bags for curve in bag.fcurves]


def main(arguments: list[str]) -> None:
    """Compute, place, animate, render, encode."""
    options = parse(arguments)
    package = rendering.load_extension("surface_slicer", "SURFACE_SLICER_OT_create_curve")
    scene = rendering.empty_scene(options)
    times = TIMES | dict(options.times)
    check_order(times)
    keys = Keys(options.fps)
    scene.frame_start, scene.frame_end = 1, keys.frame(times["end"]) - 1
    for name, second in times.items():
        if name != "end":
            scene.timeline_markers.new(name, frame=keys.frame(second))
    with tempfile.TemporaryDirectory() as folder:
        Sequence(package, keys, times, Path(folder)).make(scene)
    set_ground(scene, package, options.bloom)
    if options.engine == "cycles":
        # None of its lines is thinner than a pixel.
        scene.cycles.adaptive_min_samples = FEWEST_SAMPLES
    if options.frames and options.frames[1] > scene.frame_end:
        raise RuntimeError(
            f"The film ends with frame {scene.frame_end}: --times end=… makes it longer."
        )
    rendering.render_film(scene, options, package)


def rhythm() -> dict[str, NDArray[np.float64]]:
    """Compute a rhythm whose frequency and amplitude change.

    Returns
    -------
    dict of ndarray, shape (M, 2)
        Time in s, and the value then: the phase in radians, the wave that it makes, the frequency
        in Hz, the amplitude, wave x amplitude, and what gives colors.
    """
    t = np.linspace(0.0, DURATION, 2400)
    frequency = (
        2.5 + 0.95 * np.sin(2 * np.pi * (t - 0.45) / 2.9) + 0.3 * np.sin(2 * np.pi * t / 1.1)
    )
    step = t[1] - t[0]
    phase = (
        2 * np.pi * np.concatenate([[0.0], np.cumsum((frequency[1:] + frequency[:-1]) / 2)]) * step
    )
    amplitude = 0.08 + sum(
        height * np.exp(-(((t - middle) / width) ** 2))
        for height, middle, width in ((0.55, 0.75, 0.42), (0.92, 2.3, 0.55), (0.35, 3.45, 0.3))
    )
    wave = np.cos(phase)
    numbers = {
        "phase": phase,
        "color": np.mod(phase, 2 * np.pi),
        "wave": wave,
        "frequency": frequency,
        "amplitude": amplitude,
        "product": wave * amplitude,
        "below": -amplitude,
        "color_below": amplitude,
    }
    return {name: np.stack([t, values], axis=1) for name, values in numbers.items()}


class Sequence:
    """The objects of the film and their keyframes.

    Parameters
    ----------
    package : str
        Of the extension.
    keys : Keys
    times : dict
        See `TIMES`.
    folder : Path
        For the arrays, which the add-on reads.
    """

    def __init__(self, package: str, keys: Keys, times: dict[str, float], folder: Path) -> None:
        self._package, self._keys, self._times, self._folder = package, keys, times, folder
        self._numbers = rhythm()
        for name, values in self._numbers.items():
            # The colors belong to the wave's samples, so they are values alone.
            np.save(folder / f"{name}.npy", values[:, 1] if name.startswith("color") else values)
        self._letters = self._fading_light()

    def make(self, scene: Any) -> None:
        """Make everything, in the order in which it appears."""
        self._circle()
        wave = self._wave()
        self._frequency()
        self._amplitude()
        copies = self._fly(wave)
        self._camera(scene)
        # In step: the same keyframes for all three.
        begin, end = self._times["wiggle"], self._times["end"] - 1.0
        for curve in (wave, *copies):
            self._input(curve, "Wiggle Size").value = WIGGLE_SIZE
            self._input(curve, "Swings").value = SWINGS
            wiggle = self._input(curve, "Wiggle")
            self._keys.set(wiggle, "value", (begin, 0.0), (end, 1.0), ease="LINEAR")

    # --- The parts ---

    def _circle(self) -> None:
        begin, leave = self._times["circle"], self._times["frequency"] - 0.6
        x, z, radius = CIRCLE
        arrow = self._made("create_arrow", "phase", colormap=RAINBOW)
        arrow.location = (x, 0.0, z)
        self._come_and_go(self._input(arrow, "Radius"), "value", radius, begin, leave)
        self._draw(arrow, self._times["wave"], self._drawn())
        self._caption("phase", (x, z - radius - 0.7), begin + 0.4, leave, "CENTER")

    def _wave(self) -> Any:
        begin, away = self._times["wave"], self._times["frequency"] - 0.7
        wave = self._made(
            "create_curve",
            "wave",
            colormap=RAINBOW,
            size=(GRAPH_WIDTH, 2 * UNIT),
            color_filepath=str(self._folder / "color.npy"),
        )
        self._draw(wave, begin, self._drawn())
        places = ((GRAPH_X, 0.0, 0.0), (GRAPH_X, 0.0, WAVE_Z))
        there = away + 1.3
        self._keys.set(wave, "location", (away, places[0]), (there, places[1]), ease="CUBIC")
        self._thin_in_close_up(wave)
        named = self._times["product"] + 0.9
        self._caption("wave", (NAMES_X, WAVE_Z), there - 0.3, named - FADE, "RIGHT")
        leave = self._times["zoom"] + 0.2
        self._caption("wave ×\namplitude", (NAMES_X, WAVE_Z), named, leave, "RIGHT")
        return wave

    def _frequency(self) -> None:
        begin, leave = self._times["frequency"], self._times["product"]
        self._graph("frequency", "Hz", FREQUENCY_Z, FREQUENCY_HEIGHT, begin, leave, colormap="cool")

    def _amplitude(self) -> None:
        begin, leave = self._times["amplitude"], self._times["zoom"]
        self._graph("amplitude", "", AMPLITUDE_Z + self._low() * UNIT, 0.0, begin, leave, **FIRE)

    def _graph(
        self, name: str, unit: str, z: float, height: float, begin: float, leave: float, **look: Any
    ) -> None:
        """Draw a curve with its axes and its fill; one without a height is in the wave's scale."""
        values = self._numbers[name][:, 1]
        height = height or float(np.ptp(values)) * UNIT
        curve = self._made(
            "create_curve", name, colormap=look["colormap"], size=(GRAPH_WIDTH, height)
        )
        curve.location = (GRAPH_X, 0.0, z)
        self._use_part(curve, look)
        self._draw(curve, begin + 0.5, begin + 0.5 + DRAWING)
        radius = self._input(curve, "Radius")
        self._keys.set(radius, "value", (leave, RADIUS), (leave + FADE, 0.0))
        axes = self._module("curve.curve_axes").add_curve_axes(curve, ("time (s)", unit))
        looks = {
            "Text Size": 0.25,
            "Line Width": 0.016,
            "X Ticks": 4,
            "Value Ticks": 2,
            "Grid": 0.16,
        }
        for key, value in looks.items():
            self._input(axes, key).value = value
        self._input(axes, "Ink").value = self._module(
            "common.figures.drawing"
        ).fading_ink_material()
        hidden, shown = (*INK, 0.0), (*INK, 1.0)
        color = self._input(axes, "Color")
        self._come_and_go(color, "value", shown, begin, leave, hidden)
        fill = self._on(curve, "fill_curve", opacity=OPACITY, fade=0.8)
        material = self._module("curve.fill").fill_material(fill)
        opacity = self._module("curve.fill_color").fill_settings(material)["Opacity"]
        self._keys.set(opacity, "default_value", (leave, OPACITY), (leave + FADE, 0.0))
        self._caption(name, (NAMES_X, z + height / 2), begin, leave, "RIGHT")

    def _fly(self, wave: Any) -> list[Any]:
        """Squeeze the wave while copies of the amplitude fly down onto it, one to each side."""
        begin = self._times["product"] + 0.4
        landed = begin + FLIGHT
        self._on(wave, "morph_curve", filepath=str(self._folder / "product.npy"))
        morph = self._input(wave, "Morph")
        self._keys.set(morph, "value", (landed - 0.5 * FLIGHT, 0.0), (landed + 0.3, 1.0))
        foot = self._low() * UNIT
        places = ((GRAPH_X, 0.0, AMPLITUDE_Z + foot), (GRAPH_X, 0.0, WAVE_Z + foot))
        height = float(np.ptp(self._numbers["amplitude"][:, 1])) * UNIT
        copies = []
        for _ in range(2):
            copy = self._made(
                "create_curve",
                "amplitude",
                colormap=FIRE["colormap"],
                size=(GRAPH_WIDTH, height),
                color_filepath=str(self._folder / "color_below.npy"),
            )
            self._use_part(copy, FIRE)
            self._keys.set(copy, "location", (begin, places[0]), (landed, places[1]), ease="CUBIC")
            radius = self._input(copy, "Radius")
            self._keys.set(radius, "value", (0.0, 0.0), (begin, RADIUS), ease="CONSTANT")
            self._thin_in_close_up(copy)
            copies.append(copy)
        # Both land as one; then one of them turns over.
        self._on(copies[1], "morph_curve", filepath=str(self._folder / "below.npy"))
        turned = self._input(copies[1], "Morph")
        self._keys.set(turned, "value", (landed - 0.1, 0.0), (landed + 1.0, 1.0), ease="CUBIC")
        return copies

    def _camera(self, scene: Any) -> None:
        """See everything from the front, and come close to the highest part of the product."""
        data: Any = bpy.data.cameras.new("Film Camera")
        camera: Any = bpy.data.objects.new("Film Camera", data)
        scene.collection.objects.link(camera)
        scene.camera = camera
        data.type = "ORTHO"
        camera.rotation_euler = (math.pi / 2, 0.0, 0.0)
        rows, begin = self._times["frequency"], self._times["zoom"]
        end = begin + ZOOM
        t, amplitude = self._numbers["amplitude"].T
        highest = GRAPH_X + (float(t[amplitude.argmax()]) / DURATION - 0.5) * GRAPH_WIDTH
        lower, below = self._times["product"] + 0.2, (AMPLITUDE_Z + UNIT + WAVE_Z - UNIT) / 2
        places = (
            (rows - 0.7, (WITH_CIRCLE_X, -20.0, 0.0)),
            (rows + 0.6, (WITH_NAMES_X, -20.0, 0.0)),
            (lower, (WITH_NAMES_X, -20.0, 0.0)),
            (lower + 1.6, (WITH_NAMES_X, -20.0, below)),
            (begin, (WITH_NAMES_X, -20.0, below)),
            (end, (highest, -20.0, WAVE_Z)),
        )
        self._keys.set(camera, "location", *places, ease="CUBIC")
        widths = (
            (lower, VIEW_WIDTH),
            (lower + 1.6, TWO_ROWS_WIDTH),
            (begin, TWO_ROWS_WIDTH),
            (end, CLOSE_WIDTH),
        )
        self._keys.set(data, "ortho_scale", *widths, ease="CUBIC")

    # --- What they are made of ---

    def _module(self, name: str) -> Any:
        return importlib.import_module(f"{self._package}.{name}")

    def _input(self, thing: Any, name: str) -> Any:
        """Find the number of the modifier that draws a thing."""
        return self._module("common.nodes.modifiers").input_value(thing.modifiers[0], name)

    def _made(self, operator: str, name: str, **settings: Any) -> Any:
        """Run an operator on one of the arrays, and return the object that it makes."""
        ops: Any = bpy.ops.surface_slicer  # type: ignore[attr-defined]
        path = str(self._folder / f"{name}.npy")
        getattr(ops, operator)(filepath=path, at_origin=True, **settings)
        thing: Any = bpy.context.object
        if operator == "create_arrow":
            return thing
        self._input(thing, "Radius").value = RADIUS
        return thing

    def _on(self, thing: Any, operator: str, **settings: Any) -> Any:
        """Run an operator on a curve, and return what is active then."""
        self._module("common.placing").select_only(bpy.context, [thing])
        getattr(bpy.ops.surface_slicer, operator)(**settings)  # type: ignore[attr-defined]
        return bpy.context.object

    def _low(self) -> float:
        """Return the lowest amplitude, which a curve has at its foot."""
        return float(self._numbers["amplitude"][:, 1].min())

    def _drawn(self) -> float:
        """Return when the wave is complete."""
        return self._times["frequency"] - 1.0

    def _draw(self, thing: Any, begin: float, end: float) -> None:
        """Draw at constant speed: what has the same keyframes is in step."""
        drawn = self._input(thing, "Drawn")
        self._keys.set(drawn, "value", (begin, 0.0), (end, 1.0), ease="LINEAR")

    def _use_part(self, curve: Any, look: dict[str, Any]) -> None:
        """Use a part of a colormap."""
        material = self._module("curve.curve_color").curve_material(curve.modifiers[0])
        for name in ("Start", "End"):
            if name in look:
                found = self._module("common.colormaps.in_material").range_input
                found(material.node_tree, name).default_value = look[name]

    def _thin_in_close_up(self, curve: Any) -> None:
        begin = self._times["zoom"]
        radius = self._input(curve, "Radius")
        self._keys.set(radius, "value", (begin, RADIUS), (begin + ZOOM, THIN), ease="CUBIC")

    def _come_and_go(
        self, holder: Any, name: str, value: Any, begin: float, leave: float, gone: Any = 0.0
    ) -> None:
        moments = ((begin, gone), (begin + FADE, value), (leave, value), (leave + FADE, gone))
        self._keys.set(holder, name, *moments)

    def _caption(
        self, words: str, place: tuple[float, float], begin: float, leave: float, align: str
    ) -> None:
        new_text = self._module("common.figures.font").new_text
        font: Any = new_text(words.replace("\n", " "), words, 0.42)
        font.align_x, font.align_y = align, "CENTER"
        font.materials.append(self._letters)
        text: Any = bpy.data.objects.new(font.name, font)
        bpy.context.scene.collection.objects.link(text)
        text.location, text.rotation_euler = (place[0], 0.0, place[1]), (math.pi / 2, 0.0, 0.0)
        self._come_and_go(text, "color", (*INK, 1.0), begin, leave, (*INK, 0.0))

    def _fading_light(self) -> bpy.types.Material:
        """Make the material of captions: each object's own color, as opaque as that says."""
        material: bpy.types.Material = self._module("common.glow").glowing("Captions")
        with self._module("common.nodes").material(material) as tree:
            own = tree.add("ShaderNodeObjectInfo")
            glow = tree.add("ShaderNodeEmission", {"Color": own["Color"], "Strength": 1.0})
            clear = tree.add("ShaderNodeBsdfTransparent")
            shown = tree.mix_shader(own["Alpha"], clear, glow)
            tree.add("ShaderNodeOutputMaterial", {"Surface": shown})
            # As figures they do not glow, which would blur them.
            self._module("common.figures.drawing").tell_pass(tree, own["Alpha"])
        return material


def set_ground(scene: Any, package: str, bloom: float) -> None:
    """Put a dark ground behind everything, in exact colors, and let what is bright glow."""
    film: Any = importlib.import_module(f"{package}.common.film")
    film.use_standard_view(scene)
    film.use_plain_world(scene, GROUND)
    film.see_through(scene)
    if bloom:
        film.add_bloom(scene, bloom)


def check_order(times: dict[str, float]) -> None:
    """Refuse times with too little room between them.

    Raises
    ------
    RuntimeError
        Naming two parts.
    """
    parts = list(TIMES)
    for before, after in zip(parts, parts[1:], strict=False):
        least = LEAST.get(before, 1.0)
        if times[after] - times[before] < least:
            raise RuntimeError(
                f"'{after}' begins at {times[after]:g} s, but '{before}', from {times[before]:g} s "
                f"on, takes {least:g} s."
            )


def moment(text: str) -> tuple[str, float]:
    """Read ``NAME=SECONDS``."""
    name, _, seconds = text.partition("=")
    try:
        second = float(seconds)
    except ValueError:
        second = math.nan
    if name not in TIMES or not 0 <= second < 36000:
        raise argparse.ArgumentTypeError(
            f"'{text}' is not one of {', '.join(TIMES)} and its time in seconds, such as wave=2"
        )
    return name, second


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="talk_sequence.py", description="Make a film of a wave's phase and amplitude."
    )
    add = parser.add_argument
    add("outdir", type=Path, help="folder for the frames; created if missing")
    add(
        "--times", type=moment, nargs="+", default=[], metavar="NAME=SECONDS",
        help=f"when parts begin: {', '.join(f'{name} {time:g}' for name, time in TIMES.items())}",
    )  # fmt: skip
    rendering.add_film_options(parser, resolution=(1920, 1080), bloom=0.35)
    options: argparse.Namespace = rendering.parsed(parser, arguments)
    return options


if __name__ == "__main__":
    rendering.frames.run(main)
