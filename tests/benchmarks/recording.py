# SPDX-License-Identifier: GPL-3.0-or-later
"""What recording adds to a run: the demo cell, one larger cell, and a hundred."""

from __future__ import annotations

import time
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
    demo_ms, runs = (1.0, 1) if quick else (500.0, 25)
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
    yield _watched(h, demo_ms, runs)
    for section in list(h.allsec()):
        h.delete_section(sec=section)
    # Cells, time simulated with fixed and with variable steps, and counted pairs: each takes some
    # seconds, so that finding the values, once a run, counts as it does for whoever runs a model.
    sizes = ((1, 1.0, 1.0, 1),) if quick else ((1, 500.0, 500.0, 51), (100, 24.0, 8.0, 7))
    for count, fixed_ms, variable_ms, runs in sizes:
        cells = [_cell(h) for _ in range(count)]
        segments = sum(section.nseg for section in h.allsec())
        name = f"{count} x {segments // count} segments"
        for method in ("fixed step", "CVode", "CVode with local steps"):
            bare = _run(h, fixed_ms if method == "fixed step" else variable_ms)
            recorded = _recorded(bare, EVERY_MS)
            h.cvode.active(method != "fixed step")
            h.cvode.use_local_dt(method == "CVode with local steps")
            what = f"{name}, {method}, recorded"
            yield timed(what, paired(recorded, bare, runs), "not recorded", aim=aim)
            if method == "CVode":
                # As frames were taken before: NEURON evaluates the model's equations for each.
                result = paired(recorded, _by_events(h, bare), runs)
                yield timed(what, result, "a frame by events")
        if count == 1:
            complete = _recorded(bare, EVERY_MS, put_together=True)
            h.cvode.use_local_dt(False)
            result = paired(complete, bare, runs)
            yield timed(f"{name}, CVode, recorded and put together", result, "not recorded")
        h.cvode.use_local_dt(False)
        h.cvode.active(False)
        # Variable steps leave their last one behind.
        h.dt = 0.025
        if count == 1:
            yield with_synapses(h, quick)
        cells.clear()


def with_synapses(h: Any, quick: bool = False) -> Row:
    """Measure what it adds to record the synapses as well, of the model in memory."""
    count, tstop_ms, runs = (100, 1.0, 1) if quick else (10_000, 200.0, 7)
    segments = [segment for section in h.allsec() for segment in section]
    made = []
    for number in range(count):
        synapse, source = h.ExpSyn(segments[number % len(segments)]), h.NetStim()
        source.start, source.interval, source.number = number % 50, 40, 1e9
        connection = h.NetCon(source, synapse)
        connection.weight[0] = 1e-6
        made.append((synapse, source, connection))
    bare = _run(h, tstop_ms)
    ours = _recorded(bare, EVERY_MS, put_together=True, synapses=True)
    other = _recorded(bare, EVERY_MS, put_together=True)
    result = paired(ours, other, runs, clock=time.process_time)
    return timed(
        f"{count:,} synapses on 1 x {len(segments)} segments, fixed step, recorded with them, CPU",
        result,
        "without them",
    )


def _watched(h: Any, tstop_ms: float, runs: int) -> Row:
    """Time a run that somebody watches, who asks for its frames every 5 ms of it."""
    from spike_export import Broadcast, Recorder
    from spike_export.live.messages import Question
    from spike_export.live.watcher import Watcher

    row = 8 + 4 * sum(section.nseg for section in h.allsec())

    def run(look: Callable[[], object], live: Broadcast | None = None) -> None:
        with Recorder(every_ms=EVERY_MS, live=live):
            h.finitialize(-65)
            while tstop_ms - h.t > 1e-9:
                h.continuerun(min(h.t + 5.0, tstop_ms))
                look()

    with Broadcast(0) as live:
        watcher, known = Watcher(live.port), Question()

        def look() -> None:
            nonlocal known
            answer = watcher.look(known, 0.0)
            if answer is not None:
                count = len(answer.content) // row if answer.kind == "frames" else 0
                known = Question(answer.run, known.frames * (answer.kind != "start") + count)

        result = paired(lambda: run(look, live), lambda: run(lambda: None), runs)
        watcher.close()
    return timed("Demo cell, recorded and watched", result, "only recorded", aim=Aim(1.1))


def _run(h: Any, tstop_ms: float) -> Callable[[], None]:
    def run() -> None:
        h.finitialize(-65)
        h.continuerun(tstop_ms)

    return run


def _recorded(
    run: Callable[[], None],
    every_ms: float,
    *,
    put_together: bool = False,
    synapses: bool = False,
) -> Callable[[], None]:
    from spike_export import Recorder

    def recorded() -> None:
        with Recorder(every_ms=every_ms, synapses=synapses) as recorder:
            run()
        if put_together:
            recorder.simulation()

    return recorded


def _one_vector_each(h: Any, run: Callable[[], None], every_ms: float) -> Callable[[], None]:
    def recorded() -> None:
        kept = [h.Vector().record(seg._ref_v, every_ms) for sec in h.allsec() for seg in sec]
        run()
        kept.clear()

    return recorded


def _by_events(h: Any, run: Callable[[], None]) -> Callable[[], None]:
    def by_events() -> None:
        segments = [segment for section in h.allsec() for segment in section]
        pointers, values = h.PtrVector(len(segments)), h.Vector(len(segments))
        for position, segment in enumerate(segments):
            pointers.pset(position, segment._ref_v)
        frames = []

        def wake() -> None:
            pointers.gather(values)
            frames.append(values.as_numpy().astype("float32"))
            h.cvode.event(h.t + EVERY_MS, wake)

        begin = h.FInitializeHandler(2, wake)
        run()
        del begin

    return by_events


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
