# SPDX-License-Identifier: GPL-3.0-or-later
"""Run all benchmarks, print one table, and write it for the manual."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent.parent
MEASURED = Path(__file__).resolve().parent / "measured.md"
"""What docs/benchmarks.md includes."""


def main() -> None:
    """Measure, then print."""
    parser = argparse.ArgumentParser(description="Measure import, playback and recording.")
    parser.add_argument(
        "--large", action="store_true", help="also 1,000 cells and a million segments: 12 GB"
    )
    large = parser.parse_args().large
    sys.path[:0] = [str(ROOT / "blender_addons"), str(ROOT / "tests")]
    home = tempfile.TemporaryDirectory()
    (Path(home.name) / "config").mkdir()
    os.environ["BLENDER_USER_RESOURCES"] = home.name
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    import blender_brain
    import blender_spike
    import surface_slicer

    blender_spike.register()
    surface_slicer.register()
    blender_brain.register()
    from . import (
        networks,
        playback,
        point_networks,
        recording,
        regions,
        slicing,
        surfaces,
        writing,
    )

    console = Console(highlight=False)
    about = machine(bpy.app.version_string)
    table = Table("Measured", "Result", "Aim", title=about)
    written = []
    table.columns[1].justify = "right"
    for rows in (
        recording.measure(),
        writing.measure(),
        playback.measure(),
        surfaces.measure(),
        slicing.measure(),
        networks.measure(large),
        point_networks.measure(),
        regions.measure(),
    ):
        for row in rows:
            console.print(*row, sep="  ", soft_wrap=True)
            table.add_row(*row)
            written.append(row)
    console.print(table)
    MEASURED.write_text(markdown(about, written), encoding="utf-8")
    console.print(f"Written to {MEASURED.relative_to(ROOT)}.")
    home.cleanup()


def markdown(about: str, rows: list[tuple[str, str, str]]) -> str:
    """Put the table into the words of the manual."""
    lines = [
        f"Measured on {datetime.date.today()}: {about}.",
        "",
        "| Measured | Result | Aim |",
        "| --- | ---: | --- |",
        *(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


def machine(blender: str) -> str:
    """Describe what the figures were measured on."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if sys.platform == "linux" else ():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, Blender {blender}"


main()
