# SPDX-License-Identifier: GPL-3.0-or-later
"""What recording adds to a run: the demo cell, one larger cell, and a hundred."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .pairs import paired
from .rows import Aim, Row, timed

BRANCHES, SEGMENTS = 20, 29
EVERY_MS = 0.1


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield what was measured.

    Parameters
    ----------
    quick : bool
        Tiny sizes, only to see that it runs.
    """
    from neuron import h

    from spike_export.models import demo_neuron

    aim = Aim(1.2)
    demo_ms, runs = (1.0, 1) if quick else (500.0, 9)
    step = demo_neuron.build()
    step.dur = demo_ms
    bare = _run(h, demo_ms)
    for every_ms in (0.1, 0.05):
        result = paired(_recorded(bare, every_ms), bare, runs)
        yield timed(f"Demo cell, recorded every {every_ms:g} ms", result, "not recorded", aim=aim)
    yield timed(
        "Demo cell, one Vector.record per segment, every 0.1 ms",
        paired(_one_vector_each(h, bare, 0.1), bare, runs),
        "not recorded",
    )
    for section in list(h.allsec()):
        h.delete_section(sec=section)
    # Cells, simulated time and counted pairs: each takes some seconds.
    sizes = ((1, 1.0, 1),) if quick else ((1, 500.0, 7), (100, 8.0, 5))
    for count, tstop_ms, runs in sizes:
        cells = [_cell(h) for _ in range(count)]
        segments = sum(section.nseg for section in h.allsec())
        name = f"{count} x {segments // count} segments"
        bare = _run(h, tstop_ms)
        recorded = _recorded(bare, EVERY_MS)
        yield timed(
            f"{name}, fixed step, recorded", paired(recorded, bare, runs), "not recorded", aim=aim
        )
        h.cvode.active(True)
        yield timed(
            f"{name}, CVode, recorded", paired(recorded, bare, runs), "not recorded", aim=aim
        )
        # With variable steps NEURON evaluates the model's equations anew for each event, and so
        # for each frame.
        result = paired(recorded, _with_events(h, bare), runs)
        yield timed(f"{name}, CVode, recorded", result, "with events that do nothing", aim=aim)
        h.cvode.active(False)
        # Variable steps leave their last one behind.
        h.dt = 0.025
        cells.clear()


def _run(h: Any, tstop_ms: float) -> Callable[[], None]:
    def run() -> None:
        h.finitialize(-65)
        h.continuerun(tstop_ms)

    return run


def _recorded(run: Callable[[], None], every_ms: float) -> Callable[[], None]:
    from spike_export import Recorder

    def recorded() -> None:
        with Recorder(every_ms=every_ms):
            run()

    return recorded


def _one_vector_each(h: Any, run: Callable[[], None], every_ms: float) -> Callable[[], None]:
    def recorded() -> None:
        kept = [h.Vector().record(seg._ref_v, every_ms) for sec in h.allsec() for seg in sec]
        run()
        kept.clear()

    return recorded


def _with_events(h: Any, run: Callable[[], None]) -> Callable[[], None]:
    def wake() -> None:
        h.cvode.event(h.t + EVERY_MS, wake)

    def with_events() -> None:
        begin = h.FInitializeHandler(2, wake)
        run()
        del begin

    return with_events


def _cell(h: Any) -> list[Any]:
    """Make a soma with branches, Hodgkin-Huxley channels everywhere, and a current step."""
    soma = h.Section(name="soma")
    soma.L = soma.diam = 20
    branches = [h.Section(name=f"dend[{i}]") for i in range(BRANCHES)]
    for branch in branches:
        branch.L, branch.diam, branch.nseg = 300, 2, SEGMENTS
        branch.connect(soma(1))
    for section in (soma, *branches):
        section.insert("hh")
    step = h.IClamp(soma(0.5))
    step.delay, step.dur, step.amp = 0.2, 1e9, 2.0
    return [soma, *branches, step]
