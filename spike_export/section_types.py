# SPDX-License-Identifier: BSD-3-Clause
"""The type of a section, derived from its name: NEURON and SONATA have no other."""

from __future__ import annotations

import re

# The section's own name decides, not its cell's: ``axonless[0].soma`` is a soma.
_TYPE_PATTERNS = (
    ("soma", re.compile(r"soma", re.IGNORECASE)),
    ("axon", re.compile(r"axon|ais|hillock|iseg|myelin|node", re.IGNORECASE)),
    ("apic", re.compile(r"apic|tuft", re.IGNORECASE)),
    ("dend", re.compile(r"dend|basal|oblique", re.IGNORECASE)),
)


def section_type(name: str) -> str:
    """Type of a section, derived from its name.

    Parameters
    ----------
    name : str
        As in NEURON, for example ``"Pyramidal[0].apic[12]"``.

    Returns
    -------
    str
        One of `SECTION_TYPES`.
    """
    own = name.rsplit(".", 1)[-1]
    return next((kind for kind, pattern in _TYPE_PATTERNS if pattern.search(own)), "other")
