# SPDX-License-Identifier: BSD-3-Clause
"""The embedded default: the pyramidal cell that ships with NEURON, firing one action potential."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .neuron_model import quiet_stderr
from .recorder import Recorder
from .simulation_file import Simulation

STEP_DELAY_MS = 0.5
STEP_DURATION_MS = 2.0
STEP_AMPLITUDE_NA = 3.0
RESTING_POTENTIAL_MV = -65.0


def build() -> Any:
    """Build the cell in NEURON's memory: Hodgkin-Huxley channels everywhere, segments by d_lambda.

    Returns
    -------
    neuron IClamp
        The current step at the soma; the cell fires only while this object lives.
    """
    with quiet_stderr():
        from neuron import h

        h.load_file("stdrun.hoc")
        h.load_file(str(Path(h.neuronhome()) / "demo" / "pyramid.nrn"))
    for section in h.allsec():
        section.insert("hh")
        section.Ra, section.cm = 100.0, 1.0
        # The d_lambda rule: no segment longer than a tenth of the length constant at 100 Hz
        # (Hines and Carnevale 2001), rounded up to an odd number.
        wanted = section.L / (0.1 * h.lambda_f(100.0, sec=section))
        section.nseg = int((wanted + 0.999) / 2) * 2 + 1
    step = h.IClamp(h.soma(0.5))
    step.delay, step.dur, step.amp = STEP_DELAY_MS, STEP_DURATION_MS, STEP_AMPLITUDE_NA
    return step


def simulate(
    tstop_ms: float = 6.0,
    every_ms: float = 0.05,
    progress: Callable[[float], None] = lambda time_ms: None,
) -> Simulation:
    """Simulate the cell from rest, in a NEURON that holds no other model.

    Parameters
    ----------
    tstop_ms : float
        End of the simulation.
    every_ms : float
        Sampling interval.
    progress : callable
        Called with the time reached, in ms.

    Returns
    -------
    Simulation

    Raises
    ------
    ModuleNotFoundError
        If NEURON is not installed.
    """
    step = build()
    from neuron import h

    with Recorder(every_ms=every_ms) as recorder:
        h.finitialize(RESTING_POTENTIAL_MV)
        # As stdrun counts: what is left may be less than the step that would be needed.
        while h.t < tstop_ms - h.dt / 2:
            h.continuerun(min(h.t + 0.25, tstop_ms))
            progress(h.t)
        recorder.close()
        return recorder.simulation(
            source="demo/pyramid.nrn, as shipped with NEURON",
            channels="hh",
            current_step_nA=step.amp,
            temperature_C=h.celsius,
            dt_ms=h.dt,
        )
