# SPDX-License-Identifier: GPL-3.0-or-later
"""Do everything at random for long, with all three add-ons on: ``make soak``.

``python tests/soak.py --minutes 10 --seed 1`` imports, plays, restyles, slices, undoes, saves,
reloads, duplicates and removes: any operator of the add-ons with any settings, on any selection.
An operator of the add-ons may refuse in a sentence; a traceback is a failure, and so are voltages
that are not those of the file, invalid links in node trees, Blender's own operators that do not do
what they are told, or memory that grows from round to round. Ends with exit code 1 if any of that
was seen. The same seed does the same things. What is done is written to a log before it is done, so
that it tells what Blender did last if it is gone.

``--window BLENDER`` does as much with the pointer and the keys in a real Blender's window instead:
random sequences of controls, colormaps among them, with undo and redo in between, as
`tests/gui/scenario_random.py` plays a few of.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import faulthandler
import functools
import os
import random
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "blender_addons")]

ADD_ONS = ("blender_spike", "blender_brain", "surface_slicer")
STEPS_A_ROUND = 60
# A round leaves an empty file behind. What allocators keep rises by up to 20 MB in single rounds
# and falls again, so the lowest tells most: in three runs of 100 rounds, that of the last third of
# any 20 rounds or more in a row was at most 6 MB above that of their middle third.
SLACK = 10e6
# These go to the network, run another program, or take seconds.
LEFT_OUT = (
    "download", "make_demo_atlas", "simulate", "find_program", "render_film", "import_story",
    "rebuild_story", "watch", "stop_watching", "show_run",
)  # fmt: skip
MOST_OBJECTS = 40
# Caches fill in the first rounds, and chance leaves things out: with fewer, nothing can be said of
# memory, nor of what is never done.
TELLING_ROUNDS = 20
TOLERANCE_MV = 1e-3


class RefusalError(Exception):
    """What an operator of the add-ons says instead of doing what it was told."""


class Log:
    """A file that keeps what is done, and what Blender says meanwhile."""

    def __init__(self, path: Path) -> None:
        """Begin anew; what kills the process leaves its traceback in it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.file = path, path.open("w+b", buffering=0)
        faulthandler.enable(self.file)

    def write(self, text: str) -> None:
        """Add a line, which is in the file at once."""
        self.file.write(f"{text}\n".encode())

    @contextlib.contextmanager
    def hearing(self) -> Iterator[list[str]]:
        """Collect what is written to the terminal, by Blender itself too."""
        said: list[str] = []
        sys.stdout.flush()
        sys.stderr.flush()
        begin = self.file.tell()
        kept = {number: os.dup(number) for number in (1, 2)}
        for number in kept:
            os.dup2(self.file.fileno(), number)
        try:
            yield said
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, copy in kept.items():
                os.dup2(copy, number)
                os.close(copy)
            said.append(self.since(begin))

    def since(self, begin: int) -> str:
        """Read what was added behind a place in the file."""
        size = self.file.tell() - begin
        return os.pread(self.file.fileno(), size, begin).decode(errors="replace")


class Soak:
    """A Blender, files to feed it with, and a source of chance."""

    def __init__(self, bpy: Any, folder: Path, seed: int, log: Log) -> None:
        """Make the files, and list what can be done."""
        self.bpy, self.folder, self.chance, self.log = bpy, folder, random.Random(seed), log
        self.rounds, self.doing = 0, ""
        # By the name of the act, and of the operator.
        self.done: collections.Counter[str] = collections.Counter()
        self.refused: collections.Counter[str] = collections.Counter()
        self.refusals: collections.Counter[str] = collections.Counter()
        # How often a neuron was compared with its file, by what it does at the ends.
        self.compared: collections.Counter[str] = collections.Counter()
        self.failures: list[str] = []
        self.files = make_files(folder)
        self.operators = sorted(
            f"{name}.{operator}"
            for name in ADD_ONS
            for operator in dir(getattr(bpy.ops, name))
            if not operator.startswith(LEFT_OUT)
        )
        # In an empty file.
        self.always = {name for name in self.operators if self.can(name)}
        self.acts: list[tuple[int, Callable[[], bool]]] = [
            (10, self.use_operator),
            (3, self.make_something),
            (5, self.select),
            (5, self.play),
            (5, self.change_input),
            (4, self.change_property),
            (2, self.undo),
            (1, self.save_and_open),
            (2, self.duplicate),
            (2, self.remove),
            (1, self.render),
        ]
        self.names = [act.__name__ for _, act in self.acts]

    def round(self) -> int:
        """Begin with an empty file, do many things, and end with an empty file.

        Returns
        -------
        int
            Memory in use after it, in bytes.
        """
        from benchmarks.memory import resident

        self.bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        self.bpy.context.scene.cycles.device = "CPU"
        self.bpy.ops.ed.undo_push(message="begin")
        weights = [weight for weight, _ in self.acts]
        self.rounds += 1
        for step in range(STEPS_A_ROUND):
            ((_, act),) = self.chance.choices(self.acts, weights)
            self.say(f"round {self.rounds}, step {step}: {act.__name__}")
            self.attempt(act)
        self.bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        return resident()

    def say(self, doing: str) -> None:
        """Write down what comes next."""
        self.doing = doing
        self.log.write(doing)

    def attempt(self, act: Callable[[], bool]) -> None:
        """Do one thing, see what came of it, and look whether all is well."""
        faults = []
        with self.log.hearing() as said:
            try:
                if act():
                    self.done[act.__name__] += 1
                    self.bpy.ops.ed.undo_push(message=self.doing)
            except RefusalError as refusal:
                self.refusals[str(refusal)] += 1
            except Exception:
                faults.append(traceback.format_exc())
            try:
                self.look()
            except Exception:
                faults.append(traceback.format_exc())
        if not faults and "Traceback" in said[0]:
            faults.append(said[0])
        self.failures += [f"{self.doing}: {fault}" for fault in faults]
        for fault in faults:
            self.log.write(f"FAILED {fault}")

    def look(self) -> None:
        """See that what plays plays its file, and that no node tree is broken."""
        bpy = self.bpy
        for tree in bpy.data.node_groups:
            assert all(link.is_valid for link in tree.links), f"an invalid link in {tree.name}"
        graph = bpy.context.evaluated_depsgraph_get()
        for thing in self.objects():
            if thing.visible_get() and thing.blender_spike.frames:
                self.compare(thing.evaluated_get(graph))

    def compare(self, neuron: Any) -> None:
        """See that every point of an evaluated neuron shows what its file holds for this moment."""
        from blender_spike.playback.axon_pulses import PULSE
        from blender_spike.playback.playback import find_modifier
        from blender_spike.playback.synapse_nodes import SYNAPSE
        from blender_spike.solid_colors import find_solid_colors
        from common.nodes.modifiers import has_input, input_value

        modifier = find_modifier(neuron)
        if modifier is None or not modifier.show_viewport:
            return
        solid = find_solid_colors(neuron)
        # It leaves out which segments its points belong to; what was combined has no file.
        if solid is not None and solid.show_viewport or neuron.blender_spike.combined > 1:
            return
        low, high = due(neuron, modifier, self.bpy.context.scene.frame_current_final)
        # In a variable, because its parts are gone as soon as it is.
        geometry = neuron.evaluated_geometry()
        # Connections along which pulses run show those, not what their cells do now.
        pulses = has_input(modifier, "Spikes") and input_value(modifier, "Spikes").value
        lines = None if pulses else geometry.curves
        for part in (lines, geometry.mesh, geometry.instances_pointcloud()):
            # What has no points lacks what is stored with them.
            if part is None or not part.attributes.domain_size("POINT"):
                continue
            found = column(part, "voltage")
            if "weight_b" not in part.attributes:
                # Surfaces whose vertices have the values of places along the strands.
                within = found.min() >= low.min() - TOLERANCE_MV
                assert within and found.max() <= high.max() + TOLERANCE_MV, neuron.name
                continue
            plays = np.ones(len(found), bool)
            for name in (SYNAPSE, PULSE):
                # Synapses, and pulses on their way to them, have no segment.
                if name in part.attributes:
                    plays &= column(part, name) == 0
            found = found[plays]
            a, b, weight = (
                column(part, name)[plays] for name in ("segment_a", "segment_b", "weight_b")
            )
            a, b = a.astype(int), b.astype(int)
            at_least = (1 - weight) * low[a] + weight * low[b] - TOLERANCE_MV
            at_most = (1 - weight) * high[a] + weight * high[b] + TOLERANCE_MV
            wrong = ~((found >= at_least) & (found <= at_most))
            assert not wrong.any(), (
                f"{neuron.name} shows {found[wrong][:3]} at frame "
                f"{self.bpy.context.scene.frame_current_final:g}, which should be "
                f"{at_least[wrong][:3]} to {at_most[wrong][:3]}"
            )
            given = input_value(modifier, "Use Time").value
            ends = input_value(modifier, "At the Ends").value
            self.compared["a given time" if given else ends] += 1

    def objects(self) -> Sequence[Any]:
        """List the scene's objects."""
        return list(self.bpy.context.scene.objects)

    # --- Things to do; each tells whether it did anything ---

    def use_operator(self) -> bool:
        """Call an operator, mostly one that suits what is selected."""
        able = [name for name in self.operators if self.can(name)]
        suited = [name for name in able if name not in self.always]
        if suited and self.chance.random() < 0.8:
            return self.call(self.chance.choice(suited))
        return self.call(self.chance.choice(able if able else self.operators))

    def can(self, name: str) -> bool:
        """Ask an operator whether it can be called now."""
        module, _, short = name.partition(".")
        return bool(getattr(getattr(self.bpy.ops, module), short).poll())

    def make_something(self) -> bool:
        """Import or make something, or remove some if there is much."""
        if len(self.objects()) > MOST_OBJECTS:
            return self.remove()
        return self.call(
            self.chance.choice(
                ("blender_spike.import_simulation", "blender_brain.import_regions",
                 "surface_slicer.create_surface", "blender_brain.film_scene")
            )
        )  # fmt: skip

    def call(self, name: str) -> bool:
        """Call an operator with some of its settings at random."""
        module, _, short = name.partition(".")
        operator = getattr(getattr(self.bpy.ops, module), short)
        given: dict[str, Any] = {}
        for prop in operator.get_rna_type().properties:
            if prop.identifier == "rna_type" or prop.is_readonly:
                continue
            needed = prop.identifier in ("filepath", "atlas", "folder", "acronyms", "field")
            if needed or self.chance.random() < 0.3:
                value = self.value(prop, module)
                if value is not None:
                    given[prop.identifier] = value
        listed = ", ".join(f"{key}={value!r}" for key, value in given.items())
        self.say(f"{self.doing} {name}({listed})")
        begin = self.log.file.tell()
        try:
            result = operator(**given)
        except RuntimeError as error:
            if "Traceback" in str(error):
                raise
            result, refusal = {"CANCELLED"}, str(error)
        else:
            # A warning is no exception.
            refusal = self.log.since(begin)
        if result == {"FINISHED"}:
            self.done[name] += 1
            return True
        assert refusal.strip(), f"{result} without a word"
        self.refused[name] += 1
        raise RefusalError(refusal.strip().splitlines()[-1])

    def value(self, prop: Any, module: str) -> Any:
        """Think of a value, sensible or not, that a property accepts."""
        chance, name = self.chance, prop.identifier
        if prop.type == "BOOLEAN" and not prop.is_array:
            return chance.random() < 0.5
        if prop.type == "ENUM":
            names = [item.identifier for item in prop.enum_items]
            if not names:
                return None
            if prop.is_enum_flag:
                return {one for one in names if chance.random() < 0.6}
            return chance.choice(names)
        if prop.type in ("FLOAT", "INT"):
            count = prop.array_length if prop.is_array else 1
            low, high = max(prop.soft_min, -100), min(prop.soft_max, 100)
            if low > high:
                return None
            pick = chance.randint if prop.type == "INT" else chance.uniform
            low, high = (int(low), int(high)) if prop.type == "INT" else (low, high)
            values = [pick(low, high) for _ in range(count)]
            return values if prop.is_array else values[0]
        if prop.type == "STRING":
            return self.text(name, module)
        return None

    def text(self, name: str, module: str) -> str | None:
        """Think of a text for a setting of this name."""
        files = [str(path) for path in self.files[module]]
        wrong = [str(path) for paths in self.files.values() for path in paths]
        choices = {
            "filepath": [*files * 8, *wrong, "/nowhere.pickle", ""],
            "atlas": ["", "made_up_100um", str(self.folder / "atlases/made_up_100um_v1.2"), "rat"],
            "folder": [str(self.folder / "atlases")],
            "acronyms": ["CA3", "CA3, DG", "grey, HPF", "root", "MO DG", "nothing", ""],
            "glass": ["grey", "root", "nowhere"],
            "glow": ["DG", "MO"],
            "gradient": ["CA3", ""],
            "colormap": ["plasma", "viridis", "cmr.ember", "mako", "tab10", "plasam"],
            "ramp_colormap": ["plasma", "jet", "nothing"],
            "formula": ["sin(6*x)*y", "exp(-x**2-y**2)", "x/0", "import os"],
            "quantity": ["", "v", "cai", "ina", "no such"],
            "section": ["", "soma", "dend[1]", "axon"],
            "field": ["section", "acronyms", "region", "array", "image", "ramp_colormap", ""],
            "cells": ["", "0", "0, 2", "1-2", "9", "soma"],
            "name": [thing.name for thing in self.objects()] or [""],
            "region": [thing.name for thing in self.objects()] or [""],
            "slicer": [thing.name for thing in self.objects()] or [""],
        }
        return self.chance.choice(choices[name]) if name in choices else None

    def select(self) -> bool:
        """Select some objects, and make one of them active, selected or not."""
        # Objects of excluded collections are in the scene, but cannot be selected.
        objects = self.bpy.context.view_layer.objects
        for thing in objects:
            thing.select_set(self.chance.random() < 0.4)
        if objects:
            objects.active = self.chance.choice(list(objects))
        return True

    def play(self) -> bool:
        """Go to some frames, beyond the ends too, where neurons hold, repeat or turn back."""
        from common.nodes.modifiers import has_input, input_value

        for thing in self.objects():
            for modifier in thing.modifiers:
                if modifier.type == "NODES" and has_input(modifier, "At the Ends"):
                    ends = self.chance.choice(("Hold", "Loop", "Ping-Pong"))
                    input_value(modifier, "At the Ends").value = ends
                    thing.update_tag()
        for _ in range(8):
            self.bpy.context.scene.frame_set(
                self.chance.randint(-5, 40), subframe=self.chance.choice((0.0, 0.4))
            )
        return True

    def change_input(self) -> bool:
        """Change what a modifier asks for, by its own range."""
        found = [
            item
            for thing in self.objects()
            for modifier in thing.modifiers
            if modifier.type == "NODES" and modifier.node_group
            for item in modifier.node_group.interface.items_tree
            if item.item_type == "SOCKET" and item.in_out == "INPUT" and not item.hide_in_modifier
            and item.socket_type.removeprefix("NodeSocket") in ("Float", "Int", "Bool", "Menu")
            for item in [(thing, modifier, item)]
        ]  # fmt: skip
        if not found:
            return False
        from common.nodes.modifiers import has_input, input_value

        thing, modifier, item = self.chance.choice(found)
        given = input_value(modifier, item.name)
        if not hasattr(given, "value"):
            return False
        if item.socket_type == "NodeSocketBool":
            value: Any = self.chance.random() < 0.5
        elif item.socket_type == "NodeSocketMenu":
            menu = given.bl_rna.properties["value"].enum_items
            value = self.chance.choice([choice.identifier for choice in menu])
        elif item.socket_type == "NodeSocketInt":
            value = self.chance.randint(max(item.min_value, 0), min(item.max_value, 16))
        else:
            value = self.chance.uniform(max(item.min_value, -5), min(item.max_value, 5))
        self.say(f"change_input {thing.name}: {item.name} = {value}")
        given.value = value
        # Fine membranes take minutes, and show no faults that coarse ones do not.
        if has_input(modifier, "Membrane Detail"):
            detail = input_value(modifier, "Membrane Detail")
            detail.value = min(detail.value, 0.3)
        thing.update_tag()
        return True

    def change_property(self) -> bool:
        """Change a field of a panel, or what the add-ons keep with objects and materials."""
        data = self.bpy.data
        # What an object remembers of its file is for reading only, in the panels.
        owners = [*data.scenes, *data.materials]
        groups = [
            getattr(owner, name) for owner in owners for name in ADD_ONS if hasattr(owner, name)
        ]
        group = self.chance.choice(groups)
        names = [
            prop
            for prop in group.bl_rna.properties
            if not prop.is_readonly and prop.identifier not in ("rna_type", "name")
        ]
        if not names:
            return False
        prop = self.chance.choice(names)
        value = self.value(prop, type(group).__name__.partition("_PG_")[0].lower())
        if value is None:
            return False
        self.say(f"change_property {group!r}: {prop.identifier} = {value!r}")
        setattr(group, prop.identifier, value)
        return True

    def undo(self) -> bool:
        """Undo some steps, and sometimes do the last one again."""
        ed, did = self.bpy.ops.ed, False
        for _ in range(self.chance.randint(1, 3)):
            # There is nothing to undo in a file that was opened just now.
            if ed.undo.poll():
                assert ed.undo() == {"FINISHED"}
                did = True
        if did and self.chance.random() < 0.5:
            assert ed.redo() == {"FINISHED"}
        return did

    def save_and_open(self) -> bool:
        """Save the scene and open it again."""
        wm, names = self.bpy.ops.wm, sorted(thing.name for thing in self.objects())
        path = self.folder / "scene.blend"
        path.unlink(missing_ok=True)
        packed = self.chance.random() < 0.5
        assert wm.save_as_mainfile(filepath=str(path), compress=packed) == {"FINISHED"}
        assert wm.open_mainfile(filepath=str(path)) == {"FINISHED"}
        assert sorted(thing.name for thing in self.objects()) == names
        return True

    def duplicate(self) -> bool:
        """Copy what is selected, with or without its data."""
        before = len(self.objects())
        if before > MOST_OBJECTS:
            return self.remove()
        # It is cancelled where nothing is selected.
        if not self.bpy.context.selected_objects:
            return False
        linked = self.chance.random() < 0.5
        assert self.bpy.ops.object.duplicate(linked=linked) == {"FINISHED"}
        assert len(self.objects()) > before
        return True

    def remove(self) -> bool:
        """Delete what is selected, or half of everything, as data or as objects."""
        for thing in self.objects():
            if self.chance.random() < 0.3:
                self.bpy.data.objects.remove(thing)
        if self.chance.random() < 0.5:
            self.bpy.ops.object.delete()
        if self.chance.random() < 0.5:
            self.bpy.data.orphans_purge(do_recursive=True)
        return True

    def render(self) -> bool:
        """Render a tiny picture, if there is a camera."""
        scene = self.bpy.context.scene
        if scene.camera is None:
            return False
        scene.render.engine = "CYCLES"
        scene.cycles.samples = 1
        # Smaller ones Blender refuses where the format is a film's.
        scene.render.resolution_x = scene.render.resolution_y = 16
        scene.render.resolution_percentage = 100
        assert self.bpy.ops.render.render() == {"FINISHED"}
        return True


def column(part: Any, name: str) -> Any:
    """Read an attribute of points as numbers."""
    data = part.attributes[name].data
    values = np.empty(len(data), np.float32 if name in ("voltage", "weight_b") else np.int32)
    data.foreach_get("value", values)
    return values.astype(float)


@functools.cache
def recorded(path: str) -> Any:
    """Read a simulation file, once."""
    from spike_export import read

    return read(path)


def due(neuron: Any, modifier: Any, frame: float) -> tuple[Any, Any]:
    """Find what segments should show, from the file and the timing that the panel shows alone.

    Parameters
    ----------
    neuron : Object
    modifier : NodesModifier
    frame : float

    Returns
    -------
    low, high : ndarray, shape (segments,)
        Between these, because Blender's single precision does not know the moment exactly.
    """
    from blender_spike.cells.subset import wanted_sections
    from common.nodes.modifiers import input_value
    from helpers.simulations import sample_at

    def given(name: str) -> Any:
        return input_value(modifier, name).value

    about = neuron.blender_spike
    file = recorded(about.filepath).showing(about.quantity)
    first, span = file.time_ms[0], file.time_ms[-1] - file.time_ms[0]
    # A file of the older format does not know how long it took; the panel asks.
    slower = 1.0 if file.has_time else about.duration_ms / span
    elapsed = (frame - given("Start Frame")) * given("Milliseconds per Frame")
    if given("Use Time"):
        elapsed = given("Time") - first
    elapsed /= slower
    doubt = 1e-6 * (abs(elapsed) + abs(first) + span)
    ends = {
        "Hold": lambda time: min(max(time, 0.0), span),
        "Loop": lambda time: time % span,
        "Ping-Pong": lambda time: span - abs(time % (2 * span) - span),
    }[given("At the Ends")]
    wanted = wanted_sections(file, about.chosen_cells, about.chosen_types)
    columns = np.repeat(wanted, file.segment_counts)
    rows = [
        sample_at(file, first + ends(time))[columns]
        for time in (elapsed - doubt, elapsed, elapsed + doubt)
    ]
    return np.min(rows, axis=0), np.max(rows, axis=0)


def make_files(folder: Path) -> dict[str, list[Path]]:
    """Write small files for each add-on, and some that are to be refused."""
    from helpers.atlases import write_v2
    from helpers.simulations import branched, several, simulation, typed

    from spike_export import merge, write, write_older
    from spike_export.networks.point_network import grid_um, point_network

    chance = np.random.default_rng(0)
    write(folder / "cell.pickle", simulation(branched(), 20))
    write(folder / "net.pickle", merge([simulation(branched(), seed=seed) for seed in range(3)]))
    times_ms = [1.0, 1.5, 1.6, 2.4, 3.0, 3.1]
    write(folder / "irregular.pickle", simulation(branched(), 6, time_ms=times_ms, seed=3))
    write_older(folder / "older.pickle", simulation(branched(), 8, seed=4))
    points = point_network(
        grid_um(27),
        np.arange(9),
        chance.random((9, 27)),
        connections=chance.integers(27, size=(40, 2)),
    )
    write(folder / "points.pickle", points)
    write(folder / "several.pickle", several(simulation(branched(), 7, seed=5)))
    write(folder / "types.pickle", typed(simulation(branched())))
    (folder / "bad.pickle").write_bytes(b"\x80\x04nonsense")
    x, y = np.meshgrid(np.linspace(-1, 1, 12), np.linspace(-1, 1, 9))
    np.save(folder / "heights.npy", np.exp(-(x**2) - y**2))
    np.save(folder / "animated.npy", np.array([np.sin(3 * x + k) * y for k in range(5)]))
    (folder / "table.csv").write_text("acronym,value\nCA3,1\nDG,2\n")
    (folder / "points.csv").write_text("x,y,z\n1000,2000,3000\n2000,2000,2500\n")
    write_v2(folder / "atlases")
    return {
        "blender_spike": [
            folder / f"{name}.pickle"
            for name in ("cell", "net", "irregular", "older", "points", "several", "types", "bad")
        ],
        "blender_brain": [folder / "table.csv", folder / "points.csv"],
        "surface_slicer": [folder / "heights.npy", folder / "animated.npy"],
    }


def start(home: Path) -> Any:
    """Start Blender with the three add-ons and preferences of its own."""
    (home / "config").mkdir(parents=True)
    os.environ["BLENDER_USER_RESOURCES"] = str(home)
    import bpy  # isort: skip
    import addon_utils  # isort: skip
    import importlib

    bpy.ops.wm.read_factory_settings(use_empty=True)
    addon_utils.enable("cycles")
    for name in ADD_ONS:
        importlib.import_module(name).register()
    return bpy


def main(arguments: Sequence[str] | None = None) -> None:
    """Soak, and judge."""
    parser = argparse.ArgumentParser(description="Do everything at random for long.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, help="as many, however long they take")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, default=ROOT / "out" / "soak.log")
    parser.add_argument("--window", metavar="BLENDER", help="in the window of this Blender")
    options = parser.parse_args(arguments)
    if options.window:
        sys.exit(soak_window(options.window, options.minutes, options.seed, options.rounds))
    end = time.monotonic() + options.minutes * 60
    memory: list[int] = []
    with tempfile.TemporaryDirectory() as temporary:
        bpy = start(Path(temporary) / "home")
        log = Log(options.log)
        print(f"What is done is written to {log.path} before it is done.", flush=True)
        soak = Soak(bpy, Path(temporary), options.seed, log)
        while len(memory) < options.rounds if options.rounds else time.monotonic() < end:
            memory.append(soak.round())
            print(
                f"round {len(memory)}: {sum(soak.done[act] for act in soak.names):,} things done, "
                f"{sum(soak.refusals.values()):,} refused, {len(soak.failures)} failed, "
                f"{memory[-1] / 1e6:.0f} MB",
                flush=True,
            )
    problems = report(soak) + judge(memory)
    if problems:
        sys.exit(f"{' '.join(problems)} The seed is {options.seed}, the log {log.path}.")


def soak_window(blender: str, minutes: float, seed: int, rounds: int | None) -> int:
    """Play random sequences in a window, for some time or as many; return the exit code."""
    how_long = {"SEQUENCES": str(rounds)} if rounds else {"MINUTES": str(minutes)}
    command = [
        sys.executable, str(ROOT / "tests" / "gui" / "run.py"), blender,
        str(ROOT / "out" / "gui"), "--only", "random",
    ]  # fmt: skip
    return subprocess.run(command, env={**os.environ, "SEED": str(seed), **how_long}).returncode


def report(soak: Soak) -> list[str]:
    """Print what was done, and return what is wrong with it."""
    for what, count in sorted(soak.done.items()):
        print(f"{count:6,} {what}")
    print("Refused, each in a sentence:")
    for sentence, count in soak.refusals.most_common():
        print(f"{count:6,} {sentence}")
    undone = [name for name in soak.operators if not soak.done[name]]
    refused = [name for name in undone if soak.refused[name]]
    print(f"Only refused: {', '.join(refused) or 'none'}.")
    print(f"Never tried: {', '.join(sorted(set(undone) - set(refused))) or 'none'}.")
    print("Neurons compared with their files, by what they do at the ends:")
    for ends, count in sorted(soak.compared.items()):
        print(f"{count:6,} {ends}")
    for failure in soak.failures[:10]:
        print(f"FAILED {failure}")
    problems = [f"{len(soak.failures)} things failed."] if soak.failures else []
    if soak.rounds >= TELLING_ROUNDS:
        problems += [f"Never done: {name}." for name in soak.names if not soak.done[name]]
        problems += [] if soak.compared.total() else ["No neuron was compared with its file."]
    return problems


def judge(memory: Sequence[int]) -> list[str]:
    """Print how memory went from round to round, and return what is wrong with it."""
    if len(memory) < TELLING_ROUNDS:
        print(f"Of memory, fewer than {TELLING_ROUNDS} rounds tell nothing.")
        return []
    third = len(memory) // 3
    middle, late = min(memory[-2 * third : -third]), min(memory[-third:])
    print(f"Memory: {middle / 1e6:.0f} MB in the middle at least, {late / 1e6:.0f} MB at the end.")
    return ["Memory grows."] if late - middle > SLACK else []


if __name__ == "__main__":
    main()
