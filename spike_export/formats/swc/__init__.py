# SPDX-License-Identifier: BSD-3-Clause
"""Morphologies as SWC files: read them, say what is wrong with them, and split them into sections.

NEURON's own reader ends the process at a duplicate id, wires separate trees together, and drops
points without a word, so a file is checked here first, and the sections are made here too. They
are those that NEURON's Import3d makes of the same file. Columns and type codes are those of Cannon
et al. (1998), "An on-line archive of reconstructed hippocampal neurons", and of neuromorpho.org.

`parsing` knows the columns, `trees` who is whose parent, `splitting` the sections; `reading` takes
a file through these, and `findings` gathers what is wrong with it. Only NumPy is imported, so that
BlenderBrain carries this folder as it is.
"""

from __future__ import annotations

from .findings import Finding, SwcError, describe
from .parsing import POINT
from .reading import MAY_LOSE, Morphology, file_content, parse, read
from .splitting import SOMA, Sections, split
from .trees import Extent

__all__ = [
    "MAY_LOSE",
    "POINT",
    "SOMA",
    "Extent",
    "Finding",
    "Morphology",
    "Sections",
    "SwcError",
    "describe",
    "file_content",
    "parse",
    "read",
    "split",
]
