# SPDX-License-Identifier: GPL-3.0-or-later
"""What recording adds to a run of the demo cell."""

from __future__ import annotations

from collections.abc import Iterator

from .pairs import paired

Row = tuple[str, str, str]
TSTOP_MS = 100.0
RUNS = 9


def measure() -> Iterator[Row]:
    """Yield what was measured, its ratio, and the aim."""
    from neuron import h

    from spike_export import Recorder, demo_model

    step = demo_model.build()
    step.dur = TSTOP_MS

    def bare() -> None:
        h.finitialize(demo_model.RESTING_POTENTIAL_MV)
        h.continuerun(TSTOP_MS)

    def recorded(every_ms: float) -> None:
        with Recorder(every_ms=every_ms):
            bare()

    def one_vector_each() -> None:
        vectors = [
            h.Vector().record(segment._ref_v, 0.1) for section in h.allsec() for segment in section
        ]
        bare()
        vectors.clear()

    for every_ms in (0.1, 0.05):
        result = paired(lambda every_ms=every_ms: recorded(every_ms), bare, RUNS)
        yield (
            f"Demo cell, {TSTOP_MS:g} ms: recorded every {every_ms:g} ms / not recorded "
            f"({result.ours:.3f} s / {result.other:.3f} s)",
            f"{result.ratio:.2f}",
            "at most 1.2",
        )
    result = paired(one_vector_each, bare, RUNS)
    yield (
        "  for comparison: one Vector.record per segment / not recorded",
        f"{result.ratio:.2f}",
        "",
    )
