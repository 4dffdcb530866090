# SPDX-License-Identifier: GPL-3.0-or-later
"""Run all benchmarks, print what they measure as it comes, and write it for the manual."""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import itertools
import os
import platform
import sys
from collections.abc import Iterable
from pathlib import Path

from . import ROOT
from .blender import start
from .rows import HEADS, Row, markdown, missed

RECORDING = Path(__file__).resolve().parent / "measured_recording.md"
"""What docs/benchmarks.md includes, of recording from NEURON."""
MEASURED = RECORDING.with_name("measured.md")
"""The same of files and of the add-ons."""
MEASURED_SHAPES = MEASURED.with_name("measured_shapes.md")
"""The same of what is drawn in each frame, in processor time."""
MEASURED_BROWSING = MEASURED.with_name("measured_browsing.md")
"""The same of films for the browser."""
MEASURED_LARGE = MEASURED.with_name("measured_large.md")
"""The same of large networks, which are not measured every time."""


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description="Measure import, playback and recording.")
    parser.add_argument(
        "--recording", action="store_true", help="only recording, which needs no Blender"
    )
    parser.add_argument(
        "--shapes", action="store_true", help="only frames of neurons, in each style"
    )
    parser.add_argument("--browser", action="store_true", help="only films for the browser")
    parser.add_argument(
        "--large", action="store_true", help="also 1,000 cells and a million segments: 12 GB"
    )
    parser.add_argument(
        "--quick", action="store_true", help="only see that all of it runs; nothing is kept"
    )
    options = parser.parse_args()
    if options.shapes or options.browser:
        only = measure_shapes if options.shapes else measure_browsing
        print(missed(only(options)))
        return
    from . import recording

    neuron = machine(f"NEURON {importlib.metadata.version('neuron')}")
    print(neuron, " | ".join(HEADS), sep="\n", flush=True)
    done = keep(recording.measure(options.quick), neuron, None if options.quick else RECORDING)
    if not options.recording:
        done += measure_others(options)
    print(missed(done))


def measure_others(options: argparse.Namespace) -> list[Row]:
    """Measure what takes place in Blender, and the files for it."""
    bpy = start()
    from . import (
        connectomes,
        fields,
        hearing,
        networks,
        playback,
        point_networks,
        regions,
        slicing,
        surfaces,
        watching,
        writing,
    )

    about = machine(f"Blender {bpy.app.version_string}")
    print(about, flush=True)
    parts = (
        writing,
        playback,
        watching,
        surfaces,
        slicing,
        networks,
        point_networks,
        regions,
        hearing,
        connectomes,
        fields,
    )
    rows = itertools.chain.from_iterable(part.measure(options.quick) for part in parts)
    done = keep(rows, about, None if options.quick else MEASURED)
    done += measure_shapes(options)
    done += measure_browsing(options)
    if options.large:
        done += keep(networks.measure_large(), about, MEASURED_LARGE)
    return done


def measure_shapes(options: argparse.Namespace) -> list[Row]:
    """Measure what each frame takes where shapes are made once."""
    # After the others this is the Blender that is there already.
    bpy = sys.modules.get("bpy") or start()
    from . import shapes

    about = machine(f"Blender {bpy.app.version_string}")
    rows = shapes.measure(options.quick)
    return keep(rows, about, None if options.quick else MEASURED_SHAPES)


def measure_browsing(options: argparse.Namespace) -> list[Row]:
    """Measure films for the browser."""
    from . import browsing

    about = machine(browsing.about())
    return keep(
        browsing.measure(options.quick), about, None if options.quick else MEASURED_BROWSING
    )


def keep(rows: Iterable[Row], about: str, path: Path | None) -> list[Row]:
    """Print rows and write them into ``out/`` as they come, and to their place if all did."""
    done = []
    for row in rows:
        done.append(row)
        print(" | ".join(row.cells), flush=True)
        if path is not None:
            (ROOT / "out").mkdir(exist_ok=True)
            begun = ROOT / "out" / path.name
            begun.write_text(markdown(about, done), encoding="utf-8")
    if path is not None:
        begun.replace(path)
        print(f"Written to {path.relative_to(ROOT)}.", flush=True)
    return done


def machine(program: str) -> str:
    """Tell when, on what and with which program figures were measured."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if sys.platform == "linux" else ():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return (
        f"Measured on {datetime.date.today()}: {model}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {program}."
    )


main()
