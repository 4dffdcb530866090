# SPDX-License-Identifier: GPL-3.0-or-later
"""What recording adds to a run: the demo cell, one larger cell, and a hundred."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .pairs import paired

Row = tuple[str, str, str]
DEMO_MS = 100.0
# Cells, simulated time and counted pairs: each takes a few seconds.
SIZES = ((1, 100.0, 5), (100, 8.0, 3))
BRANCHES, SEGMENTS = 20, 29
EVERY_MS = 0.1


def measure() -> Iterator[Row]:
    """Yield what was measured, its ratio, and the aim."""
    from neuron import h

    from spike_export import demo_model

    step = demo_model.build()
    step.dur = DEMO_MS
    for every_ms in (0.1, 0.05):
        yield _row(h, f"Demo cell, every {every_ms:g} ms", DEMO_MS, every_ms, 9, "at most 1.2")
    yield _row(
        h,
        "Demo cell, every 0.1 ms, one Vector.record per segment",
        DEMO_MS,
        0.1,
        9,
        "",
        vectors=True,
    )
    for section in list(h.allsec()):
        h.delete_section(sec=section)
    for count, tstop_ms, runs in SIZES:
        cells = [_cell(h) for _ in range(count)]
        segments = sum(section.nseg for section in h.allsec())
        for variable in (False, True):
            h.cvode.active(variable)
            # Variable steps leave their last one behind.
            h.dt = 0.025
            name = (
                f"{count} x {segments // count} segments, {'CVode' if variable else 'fixed step'}"
            )
            yield _row(h, name, tstop_ms, EVERY_MS, runs, "at most 1.2")
            if variable:
                yield _row(
                    h,
                    f"{name}",
                    tstop_ms,
                    EVERY_MS,
                    runs,
                    "at most 1.2",
                    bare_events=True,
                )
        h.cvode.active(False)
        cells.clear()


def _row(
    h: Any,
    name: str,
    tstop_ms: float,
    every_ms: float,
    runs: int,
    aim: str,
    *,
    vectors: bool = False,
    bare_events: bool = False,
) -> Row:
    """Measure a recorded run, or one with a vector for each segment, against a bare one.

    With variable steps NEURON evaluates the model's equations anew for each event, and so for each
    frame; `bare_events` gives the run that is compared with the same events, which do nothing.
    """
    from spike_export import Recorder

    def bare() -> None:
        h.finitialize(-65)
        h.continuerun(tstop_ms)

    def with_events() -> None:
        def wake() -> None:
            h.cvode.event(h.t + every_ms, wake)

        begin = h.FInitializeHandler(2, wake)
        bare()
        del begin

    def recorded() -> None:
        with Recorder(every_ms=every_ms):
            bare()

    def one_vector_each() -> None:
        kept = [h.Vector().record(seg._ref_v, every_ms) for sec in h.allsec() for seg in sec]
        bare()
        kept.clear()

    result = paired(
        one_vector_each if vectors else recorded, with_events if bare_events else bare, runs
    )
    other = "with events that do nothing" if bare_events else "not recorded"
    return (
        f"{name}: recorded / {other} ({result.ours:.3f} s / {result.other:.3f} s)",
        f"{result.ratio:.2f}",
        aim,
    )


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
