# SPDX-License-Identifier: BSD-3-Clause
"""SWC morphologies: read them, report what is wrong, and split them into sections.

NEURON's own reader crashes on duplicate ids, joins separate trees, and silently drops points, so
files are checked here first, and the sections are made here too. They are the same as those made by
NEURON's Import3d. Columns and type codes are those of Cannon
et al. (1998), "An on-line archive of reconstructed hippocampal neurons", and of neuromorpho.org.

`parsing` handles the columns, `trees` the parents, `splitting` the sections; `reading` runs a file
through these, and `findings` collects what is wrong. Only NumPy is imported, so that BlenderBrain
can bundle this folder unchanged.
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
