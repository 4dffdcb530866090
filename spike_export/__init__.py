# SPDX-License-Identifier: BSD-3-Clause
"""Export NEURON simulations (morphology and voltages) to one pickle that Blender can play.

>>> from spike_export import Recorder
>>> with Recorder(every_ms=0.1) as recorder:  # doctest: +SKIP
...     h.finitialize(-65)
...     h.continuerun(50)
...     recorder.save("run.pickle")
"""

from __future__ import annotations

from .edit.merge import merge
from .files.from_arrays import simulation_from_arrays
from .files.older_writer import write_older
from .files.writer import write
from .neuron.broadcast import Broadcast
from .neuron.cell_recorder import CellRecorder
from .neuron.recorder import Recorder
from .neuron.recording_error import RecordingError
from .notebook_view import notebook_html
from .simulation_file import (
    SECTION_TYPES,
    Cell,
    Quantity,
    Simulation,
    SimulationFileError,
    Synapses,
    read,
)
from .version import __version__

# Here, since the reader's own package knows nothing of pages.
Simulation._repr_html_ = notebook_html  # type: ignore[attr-defined]

__all__ = [
    "SECTION_TYPES",
    "Broadcast",
    "Cell",
    "CellRecorder",
    "Quantity",
    "Recorder",
    "RecordingError",
    "Simulation",
    "SimulationFileError",
    "Synapses",
    "__version__",
    "merge",
    "read",
    "simulation_from_arrays",
    "write",
    "write_older",
]
