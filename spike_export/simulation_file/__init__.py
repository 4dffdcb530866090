# SPDX-License-Identifier: BSD-3-Clause
"""Read simulation files without trusting anything in them.

The data passes the modules in this order: `restricted_pickle` (is it a pickle of plain data?), with
`opcode_walk` to look before anything is loaded and `stand_ins` for NumPy → `version2` or
`older_format` (is it a simulation?), with `packed_array` for the arrays in it and `packed_synapses`
→ `simulation` and `synapses` (the arrays everything else works on). Only NumPy and the standard
library are imported, so that Blender extensions can bundle this package unchanged.
"""

from __future__ import annotations

from .errors import SimulationFileError
from .reader import read
from .simulation import SECTION_TYPES, Cell, Quantity, Simulation
from .synapses import Synapses

__all__ = [
    "SECTION_TYPES",
    "Cell",
    "Quantity",
    "Simulation",
    "SimulationFileError",
    "Synapses",
    "read",
]
