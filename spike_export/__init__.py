# SPDX-License-Identifier: BSD-3-Clause
"""Export NEURON simulations, morphology and voltages, to one pickle that Blender can play.

>>> from spike_export import Recorder
>>> with Recorder(every_ms=0.1) as recorder:  # doctest: +SKIP
...     h.finitialize(-65)
...     h.continuerun(50)
...     recorder.save("run.pickle")
"""

from __future__ import annotations

from .cell_recorder import CellRecorder
from .from_arrays import simulation_from_arrays
from .merge import merge
from .older_writer import write_older
from .recorder import Recorder
from .recording_error import RecordingError
from .simulation_file import SECTION_TYPES, Cell, Simulation, SimulationFileError, read
from .writer import write

__version__ = "0.1.0"

__all__ = [
    "SECTION_TYPES",
    "Cell",
    "CellRecorder",
    "Recorder",
    "RecordingError",
    "Simulation",
    "SimulationFileError",
    "merge",
    "read",
    "simulation_from_arrays",
    "write",
    "write_older",
]
