# SPDX-License-Identifier: GPL-3.0-or-later
"""Do everything at random for long, with all three add-ons on: ``make soak``.

``python tests/soak.py --minutes 10 --seed 1`` imports, plays, restyles, slices, undoes, saves,
reloads, duplicates and removes: any operator of the add-ons with any settings, on any selection.
An add-on may refuse, in a sentence. What may not be seen is a traceback, voltages that are not of
the file, invalid links in node trees, a scene that cannot be saved, or memory that grows from
round to round; any of these ends it with exit code 1. The same seed does the same things. Each is
written down before it is done, so that even a crash of Blender tells which it was.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import faulthandler
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "blender_addons")]

ADD_ONS = ("blender_spike", "blender_brain", "surface_slicer")
STEPS_A_ROUND = 60
# A round leaves an empty file behind. What allocators keep differs by some megabytes from round to
# round, but does not go on growing.
SLACK = 24 << 20
# These open a window, go to the network, or take seconds.
LEFT_OUT = ("choose_colormap", "download", "make_demo_atlas")
MOST_OBJECTS = 40
# Caches fill in the first rounds: with fewer, nothing can be said of memory.
TELLING_ROUNDS = 20
# By then each kind of act has had its chance many times over.
SURE_ROUNDS = 5


class Soak:
    """A Blender, files to feed it with, and a source of chance."""

    def __init__(self, bpy: Any, folder: Path, seed: int, log: TextIO) -> None:
        """Make the files, and list what can be done."""
        self.bpy, self.folder, self.chance = bpy, folder, random.Random(seed)
        self.log = log
        self.done: collections.Counter[str] = collections.Counter()
        self.refused: collections.Counter[str] = collections.Counter()
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
        self.acts: list[tuple[int, Callable[[], str]]] = [
            (10, self.use_operator),
            (3, self.make_something),
            (5, self.select),
            (5, self.play),
            (2, self.compare),
            (5, self.change_input),
            (4, self.change_property),
            (2, self.undo),
            (1, self.save_and_open),
            (2, self.duplicate),
            (2, self.remove),
            (1, self.render),
        ]
        self.may_refuse = (self.use_operator, self.make_something)
        self.succeeded: set[str] = set()

    def round(self) -> int:
        """Begin with an empty file, do many things, and end with an empty file.

        Returns
        -------
        int
            Memory in use after it, in bytes.
        """
        from benchmarks.soak import resident

        self.bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        self.bpy.context.scene.cycles.device = "CPU"
        self.bpy.ops.ed.undo_push(message="begin")
        weights = [weight for weight, _ in self.acts]
        for _ in range(STEPS_A_ROUND):
            ((_, act),) = self.chance.choices(self.acts, weights)
            self.attempt(act)
        self.bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        return resident()

    def attempt(self, act: Callable[[], str]) -> None:
        """Do one thing, see what came of it, and look whether all is well."""
        what, before = act.__name__, len(self.failures)
        self.write_down(what)
        with heard() as said:
            try:
                try:
                    what = act()
                    self.succeeded.add(act.__name__)
                    self.done[what.partition("(")[0]] += 1
                    self.bpy.ops.ed.undo_push(message=what)
                except RuntimeError as refusal:
                    # The add-ons may refuse; saving, undoing or rendering has no reason to fail.
                    if "Traceback" in str(refusal) or act not in self.may_refuse:
                        raise
                    self.refused[str(refusal).strip().splitlines()[-1]] += 1
                self.look()
            except Exception:
                self.failures.append(f"{what}: {traceback.format_exc()}")
        if len(self.failures) == before and any("Traceback" in text for text in said):
            self.failures.append(f"{what}: {''.join(said)}")

    def write_down(self, what: str) -> None:
        """Tell the log what is about to be done."""
        self.log.write(what + "\n")
        self.log.flush()

    def look(self) -> None:
        """See that what plays plays what it should, and that no node tree is broken."""
        bpy = self.bpy
        for tree in bpy.data.node_groups:
            assert all(link.is_valid for link in tree.links), f"an invalid link in {tree.name}"
        graph = bpy.context.evaluated_depsgraph_get()
        for thing in self.objects():
            if thing.type != "CURVES" or "Playback" not in thing.modifiers:
                continue
            if not thing.visible_get() or not thing.modifiers["Playback"].show_viewport:
                continue
            geometry = thing.evaluated_get(graph).evaluated_geometry()
            part = geometry.curves or geometry.mesh
            if part is None or "voltage" not in part.attributes:
                continue
            data = part.attributes["voltage"].data
            values = np.empty(len(data), np.float32)
            data.foreach_get("value", values)
            about = thing.blender_spike
            low, high = about.low - 1e-2, about.high + 1e-2
            inside = (values >= low) & (values <= high)
            assert inside.all(), f"{values[~inside][:3]} of {thing.name} not in {low} to {high}"

    def objects(self) -> Sequence[Any]:
        """List the scene's objects."""
        return list(self.bpy.context.scene.objects)

    # --- Things to do; each returns what it did ---

    def use_operator(self) -> str:
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

    def make_something(self) -> str:
        """Import or make something, or remove some if there is much."""
        if len(self.objects()) > MOST_OBJECTS:
            return self.remove()
        return self.call(
            self.chance.choice(
                ("blender_spike.import_simulation", "blender_brain.import_regions",
                 "surface_slicer.create_surface", "blender_brain.film_scene")
            )
        )  # fmt: skip

    def call(self, name: str) -> str:
        """Call an operator with some of its settings at random."""
        module, _, short = name.partition(".")
        operator = getattr(getattr(self.bpy.ops, module), short)
        given: dict[str, Any] = {}
        for prop in operator.get_rna_type().properties:
            if prop.identifier == "rna_type" or prop.is_readonly:
                continue
            needed = prop.identifier in ("filepath", "atlas", "folder", "acronyms")
            if needed or self.chance.random() < 0.3:
                value = self.value(prop, module)
                if value is not None:
                    given[prop.identifier] = value
        listed = ", ".join(f"{key}={value!r}" for key, value in given.items())
        what = f"{name}({listed})"
        self.write_down(f"  {what}")
        try:
            operator(**given)
        except RuntimeError as refusal:
            if "Traceback" in str(refusal):
                raise RuntimeError(f"{what}: {refusal}") from None
            raise
        return what

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
            "filepath": [*files * 4, *wrong, "/nowhere.pickle", ""],
            "atlas": ["", "made_up_100um", str(self.folder / "atlases/made_up_100um_v1.2"), "rat"],
            "folder": [str(self.folder / "atlases")],
            "acronyms": ["CA3", "CA3, DG", "grey, HPF", "root", "MO DG", "nothing", ""],
            "glass": ["grey", "root", "nowhere"],
            "glow": ["DG", "MO"],
            "gradient": ["CA3", ""],
            "colormap": ["plasma", "viridis", "cmr.ember", "mako", "tab10", "plasam"],
            "ramp_colormap": ["plasma", "jet", "nothing"],
            "formula": ["sin(6*x)*y", "exp(-x**2-y**2)", "x/0", "import os"],
            "section": ["", "soma", "dend[1]", "axon"],
            "cells": ["", "0", "0, 2", "1-2", "9", "soma"],
            "name": [thing.name for thing in self.objects()] or [""],
            "region": [thing.name for thing in self.objects()] or [""],
            "slicer": [thing.name for thing in self.objects()] or [""],
        }
        return self.chance.choice(choices[name]) if name in choices else None

    def select(self) -> str:
        """Select some objects, and make one of them active, selected or not."""
        context = self.bpy.context
        for thing in self.objects():
            with contextlib.suppress(RuntimeError):
                thing.select_set(self.chance.random() < 0.4)
        if self.objects():
            context.view_layer.objects.active = self.chance.choice(self.objects())
        return "select"

    def play(self) -> str:
        """Go to some frames, beyond the ends too."""
        for _ in range(8):
            self.bpy.context.scene.frame_set(
                self.chance.randint(-5, 40), subframe=self.chance.choice((0.0, 0.4))
            )
        return "play"

    def compare(self) -> str:
        """Import a neuron beside all that is there, and hold what it plays against its file."""
        from playing import TOLERANCE_MV, expected, voltages

        from spike_export import read

        path = self.files["blender_spike"][0]
        self.bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS")
        neuron, simulation = self.bpy.context.object, read(path)
        frame = self.chance.randint(0, simulation.n_frames - 2) + self.chance.choice((0.0, 0.4))
        time_ms = np.interp(frame, np.arange(simulation.n_frames), simulation.time_ms)
        wrong = np.abs(voltages(self.bpy, neuron, frame) - expected(simulation, time_ms)).max()
        assert wrong < TOLERANCE_MV, f"{neuron.name} is off by {wrong} mV at frame {frame}"
        return "compare"

    def change_input(self) -> str:
        """Change what a modifier asks for, by its own range."""
        found = [
            item
            for thing in self.objects()
            for modifier in thing.modifiers
            if modifier.type == "NODES" and modifier.node_group
            for item in modifier.node_group.interface.items_tree
            if item.item_type == "SOCKET" and item.in_out == "INPUT"
            and item.socket_type in ("NodeSocketFloat", "NodeSocketInt", "NodeSocketBool")
            for item in [(thing, modifier, item)]
        ]  # fmt: skip
        if not found:
            return "nothing"
        from common.modifiers import input_value

        thing, modifier, item = self.chance.choice(found)
        if item.socket_type == "NodeSocketBool":
            value: Any = self.chance.random() < 0.5
        elif item.socket_type == "NodeSocketInt":
            value = self.chance.randint(max(item.min_value, 0), min(item.max_value, 16))
        else:
            value = self.chance.uniform(max(item.min_value, -5), min(item.max_value, 5))
        given = input_value(modifier, item.name)
        if hasattr(given, "value"):
            given.value = value
            thing.update_tag()
        return "change_input"

    def change_property(self) -> str:
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
        prop = self.chance.choice(names)
        value = self.value(prop, type(group).__name__.partition("_PG_")[0].lower())
        if value is not None:
            setattr(group, prop.identifier, value)
        return "change_property"

    def undo(self) -> str:
        """Undo some steps, and sometimes do the last one again."""
        for _ in range(self.chance.randint(1, 3)):
            if self.bpy.ops.ed.undo.poll():
                self.bpy.ops.ed.undo()
        if self.chance.random() < 0.5 and self.bpy.ops.ed.redo.poll():
            self.bpy.ops.ed.redo()
        return "undo"

    def save_and_open(self) -> str:
        """Save the scene and open it again."""
        path = str(self.folder / "scene.blend")
        self.bpy.ops.wm.save_as_mainfile(filepath=path, compress=self.chance.random() < 0.5)
        self.bpy.ops.wm.open_mainfile(filepath=path)
        return "save_and_open"

    def duplicate(self) -> str:
        """Copy what is selected, with or without its data."""
        if len(self.objects()) > MOST_OBJECTS:
            return self.remove()
        self.bpy.ops.object.duplicate(linked=self.chance.random() < 0.5)
        return "duplicate"

    def remove(self) -> str:
        """Delete what is selected, or half of everything, as data or as objects."""
        for thing in self.objects():
            if self.chance.random() < 0.3:
                self.bpy.data.objects.remove(thing)
        if self.chance.random() < 0.5:
            self.bpy.ops.object.delete()
        if self.chance.random() < 0.5:
            self.bpy.data.orphans_purge(do_recursive=True)
        return "remove"

    def render(self) -> str:
        """Render a tiny picture, if there is a camera."""
        scene = self.bpy.context.scene
        if scene.camera is None:
            return "nothing"
        scene.render.engine = "CYCLES"
        scene.cycles.samples = 1
        scene.render.resolution_x = scene.render.resolution_y = 12
        scene.render.resolution_percentage = 100
        self.bpy.ops.render.render()
        return "render"


@contextlib.contextmanager
def heard() -> Iterator[list[str]]:
    """Collect what is written to the terminal, by Blender itself too."""
    said: list[str] = []
    with tempfile.TemporaryFile() as file:
        sys.stdout.flush()
        sys.stderr.flush()
        kept = {number: os.dup(number) for number in (1, 2)}
        for number in kept:
            os.dup2(file.fileno(), number)
        try:
            yield said
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, copy in kept.items():
                os.dup2(copy, number)
                os.close(copy)
            file.seek(0)
            said.append(file.read().decode(errors="replace"))


def make_files(folder: Path) -> dict[str, list[Path]]:
    """Write small files for each add-on, and some that are to be refused."""
    from atlases import write_v2
    from simulations import branched, simulation

    from spike_export import merge, write

    write(folder / "cell.pickle", simulation(branched(), 20))
    write(folder / "net.pickle", merge([simulation(branched(), seed=seed) for seed in range(3)]))
    (folder / "bad.pickle").write_bytes(b"\x80\x04nonsense")
    x, y = np.meshgrid(np.linspace(-1, 1, 12), np.linspace(-1, 1, 9))
    np.save(folder / "heights.npy", np.exp(-(x**2) - y**2))
    np.save(folder / "animated.npy", np.array([np.sin(3 * x + k) * y for k in range(5)]))
    (folder / "table.csv").write_text("acronym,value\nCA3,1\nDG,2\n")
    (folder / "points.csv").write_text("x,y,z\n1000,2000,3000\n2000,2000,2500\n")
    write_v2(folder / "atlases")
    return {
        "blender_spike": [folder / f"{name}.pickle" for name in ("cell", "net", "bad")],
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
    options = parser.parse_args(arguments)
    end = time.monotonic() + options.minutes * 60
    memory: list[int] = []
    options.log.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, options.log.open("w") as log:
        faulthandler.enable(log)
        print(f"What is done is written to {options.log}.", flush=True)
        soak = Soak(start(Path(temporary) / "home"), Path(temporary), options.seed, log)
        while len(memory) < options.rounds if options.rounds else time.monotonic() < end:
            soak.write_down(f"round {len(memory) + 1} of seed {options.seed}")
            memory.append(soak.round())
            print(
                f"round {len(memory)}: {sum(soak.done.values()):,} things done, "
                f"{sum(soak.refused.values()):,} refused, {len(soak.failures)} failed, "
                f"{memory[-1] / 1e6:.0f} MB",
                flush=True,
            )
        faulthandler.disable()
    for what, count in sorted(soak.done.items()):
        print(f"{count:6,} {what}")
    print("Refused, each in a sentence:")
    for sentence, count in soak.refused.most_common():
        print(f"{count:6,} {sentence}")
    for failure in soak.failures[:10]:
        print(f"FAILED {failure}")
    never = sorted(set(soak.operators) - set(soak.done))
    print(f"Never done, or always refused: {', '.join(never) or 'none'}")
    problems = [f"{len(soak.failures)} things failed."] if soak.failures else []
    missing = {act.__name__ for _, act in soak.acts} - soak.succeeded
    if missing and len(memory) >= SURE_ROUNDS:
        problems.append(f"Not once it was possible to {', '.join(sorted(missing))}.")
    if len(memory) >= TELLING_ROUNDS:
        third = len(memory) // 3
        middle, late = (float(np.median(m)) for m in (memory[-2 * third : -third], memory[-third:]))
        print(f"Memory: {middle / 1e6:.0f} MB in the middle, {late / 1e6:.0f} MB at the end.")
        problems += ["Memory grows."] if late - middle > SLACK else []
    else:
        print(f"Memory is not judged: that takes {TELLING_ROUNDS} rounds.")
    if problems:
        sys.exit(f"{' '.join(problems)} The seed is {options.seed}; see {options.log}.")


if __name__ == "__main__":
    main()
