# SPDX-License-Identifier: GPL-3.0-or-later
"""What it costs to show a simulation while it runs: the run, and Blender."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
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
    yield _watched(quick)


def _watched(quick: bool) -> Row:
    """Time the demo cell's run as somebody watches it, who asks for its frames every 5 ms of it."""
    from neuron import h

    from spike_export import Recorder
    from spike_export.live.messages import Question
    from spike_export.live.watcher import Watcher
    from spike_export.models import demo_neuron
    from spike_export.neuron.broadcast import Broadcast

    demo_ms, runs = (1.0, 1) if quick else (500.0, 25)
    step = demo_neuron.build()
    step.dur = demo_ms
    row = 8 + 4 * sum(section.nseg for section in h.allsec())

    def run(during: Callable[[], object], **recording: Any) -> None:
        with Recorder(every_ms=0.1, **recording):
            h.finitialize(-65)
            while demo_ms - h.t > 1e-9:
                h.continuerun(min(h.t + 5.0, demo_ms))
                during()

    with Broadcast(0) as live:
        watcher, known = Watcher(live.port), Question()

        def look() -> None:
            nonlocal known
            answer = watcher.look(known, 0.0)
            if answer is not None:
                count = len(answer.content) // row if answer.kind == "frames" else 0
                known = Question(answer.run, known.frames * (answer.kind != "start") + count)

        watched = paired(lambda: run(look, live=live), lambda: run(lambda: None), runs)
        watcher.close()
    for section in list(h.allsec()):
        h.delete_section(sec=section)
    return timed("Demo cell, recorded and watched", watched, "only recorded", aim=Aim(1.1))
