# SPDX-License-Identifier: GPL-3.0-or-later
"""What it costs Blender to show a simulation while it runs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from spike_export import write

from .blender import empty
from .pairs import paired
from .playback import network
from .rows import Aim, Row, timed


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield what was measured.

    Parameters
    ----------
    quick : bool
        Tiny sizes, only to see that it runs.
    """
    import bpy
    from blender_spike.building.build import import_simulation, reload_simulation
    from blender_spike.watching.growing import add_frames

    with tempfile.TemporaryDirectory() as temporary:
        for sections in (20,) if quick else (200, 20_000):
            simulation = network(sections)
            whole = write(Path(temporary) / "whole.pickle", simulation)
            time_ms, values = simulation.time_ms, simulation.values
            first = replace(simulation, time_ms=time_ms[:1], values=values[:1])
            empty()
            (neuron,) = import_simulation(
                bpy.context, write(Path(temporary) / "first.pickle", first), style="STRANDS"
            )
            ends = iter(range(1, len(time_ms)))

            def add(
                neuron: Any = neuron, ends: Any = ends, time_ms: Any = time_ms, values: Any = values
            ) -> None:
                end = next(ends)
                add_frames([neuron], time_ms[: end + 1], values[end : end + 1, None])

            def read_all(path: Path = whole, others: list[Any] = []) -> None:  # noqa: B006
                if not others:
                    others += import_simulation(bpy.context, path, style="STRANDS")
                reload_simulation(others, path)

            result = paired(add, read_all, 1 if quick else 9)
            yield timed(
                f"{sections:,} sections: a frame added while it runs", result,
                "its file read again", unit="ms", is_speed=True, aim=Aim(20, at_least=True),
            )  # fmt: skip
