# SPDX-License-Identifier: BSD-3-Clause
"""Export NEURON simulations, morphology and voltages, to one pickle that Blender can play.

>>> from spike_export import Recorder
>>> with Recorder(every_ms=0.1) as recorder:  # doctest: +SKIP
...     h.finitialize(-65)
...     h.continuerun(50)
...     recorder.save("run.pickle")
"""

from __future__ import annotations

from .recorder import Recorder, RecordingError
from .simulation_file import SECTION_TYPES, Cell, Simulation, SimulationFileError, read
from .writer import write

__version__ = "0.1.0"

__all__ = [
    "SECTION_TYPES",
    "Cell",
    "Recorder",
    "RecordingError",
    "Simulation",
    "SimulationFileError",
    "read",
    "write",
]
