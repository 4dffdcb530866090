# SPDX-License-Identifier: BSD-3-Clause
"""The built-in demo: the pyramidal cell that ships with NEURON, firing one action potential."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..neuron.model import d_lambda_counts, quiet_stderr, run_until
from ..neuron.recorder import Recorder
from ..simulation_file import Simulation

STEP_DELAY_MS = 0.5
STEP_DURATION_MS = 2.0
STEP_AMPLITUDE_NA = 3.0
RESTING_POTENTIAL_MV = -65.0


def build() -> Any:
    """Build the cell in NEURON's memory: Hodgkin-Huxley channels everywhere, segments by d_lambda.

    Returns
    -------
    neuron IClamp
        The current step at the soma; the cell fires only while this object exists.
    """
    with quiet_stderr():
        from neuron import h

        h.load_file("stdrun.hoc")
        h.load_file(str(Path(h.neuronhome()) / "demo" / "pyramid.nrn"))
    sections = list(h.allsec())
    for section in sections:
        section.insert("hh")
        section.Ra, section.cm = 100.0, 1.0
    for section, count in zip(sections, d_lambda_counts(sections, 0.1), strict=True):
        section.nseg = count
    step = h.IClamp(h.soma(0.5))
    step.delay, step.dur, step.amp = STEP_DELAY_MS, STEP_DURATION_MS, STEP_AMPLITUDE_NA
    return step


def simulate(
    tstop_ms: float = 6.0,
    every_ms: float = 0.05,
    progress: Callable[[float], None] = lambda time_ms: None,
    variables: Sequence[str] = ("v",),
) -> Simulation:
    """Simulate the cell from rest, in a NEURON without any other model.

    Parameters
    ----------
    tstop_ms : float
        End of the simulation.
    every_ms : float
        Sampling interval.
    progress : callable
        Called with the time reached, in ms.
    variables : sequence of str
        What is recorded; see `Recorder`.

    Raises
    ------
    ModuleNotFoundError
        If NEURON is not installed.
    """
    step = build()
    from neuron import h

    with Recorder(every_ms=every_ms, variable=variables) as recorder:
        h.finitialize(RESTING_POTENTIAL_MV)
        run_until(tstop_ms, progress)
        recorder.close()
        return recorder.simulation(
            source="demo/pyramid.nrn, as shipped with NEURON",
            channels="hh",
            current_step_nA=step.amp,
            temperature_C=h.celsius,
            dt_ms=h.dt,
        )
