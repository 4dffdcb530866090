# SPDX-License-Identifier: BSD-3-Clause
"""What stands in NEURON's memory: cells, sections, their shapes.

NEURON is imported when it is needed, so that files can be read and written without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .simulation_file import SECTION_TYPES

# The section's own name decides, not its cell's: ``axonless[0].soma`` is a soma.
_TYPE_PATTERNS = (
    ("soma", re.compile(r"soma", re.IGNORECASE)),
    ("axon", re.compile(r"axon|ais|hillock|iseg|myelin|node", re.IGNORECASE)),
    ("apic", re.compile(r"apic|tuft", re.IGNORECASE)),
    ("dend", re.compile(r"dend|basal|oblique", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class ModelCell:
    """One cell: its name, its sections, and the one where its spikes are looked for."""

    name: str
    sections: list[Any]
    soma: Any


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """The morphology of N sections, as in `spike_export.Simulation`."""

    section_types: NDArray[np.uint8]
    parents: NDArray[np.int32]
    parent_x: NDArray[np.float64]
    point_counts: NDArray[np.int32]
    points_um: NDArray[np.float32]


def section_type(name: str) -> str:
    """Type of a section, told from its name.

    Parameters
    ----------
    name : str
        As NEURON gives it, for example ``"Pyramidal[0].apic[12]"``.

    Returns
    -------
    str
        One of `SECTION_TYPES`.
    """
    own = name.rsplit(".", 1)[-1]
    return next((kind for kind, pattern in _TYPE_PATTERNS if pattern.search(own)), "other")


def group_cells(sections: Iterable[Any]) -> list[ModelCell]:
    """Group sections into cells: by the object that owns them, or by connected tree.

    Parameters
    ----------
    sections : iterable of neuron Section

    Returns
    -------
    list of ModelCell
        In the order in which their first sections came; each keeps its sections' order.
    """
    from neuron import hoc

    groups: dict[Any, list[Any]] = {}
    for section in sections:
        owner = section.cell()
        if owner is None:
            key = (_root(section).name(), None)
        else:
            # Python objects may all print alike; hoc's are wrapped anew each time.
            key = (str(owner), None if isinstance(owner, hoc.HocObject) else id(owner))
        groups.setdefault(key, []).append(section)
    return [
        ModelCell(
            name=name,
            sections=group,
            soma=next((s for s in group if section_type(s.name()) == "soma"), group[0]),
        )
        for (name, _), group in groups.items()
    ]


def read_shape(sections: list[Any]) -> Shape:
    """Read the morphology of sections, with points made up where the model has none.

    NEURON's ``define_shape`` would change the areas of tapered sections, and with them the next
    run. So what it changed is put back as it was.

    Parameters
    ----------
    sections : list of neuron Section

    Returns
    -------
    Shape
    """
    shapeless = [section for section in sections if section.n3d() == 0]
    before = [(s.L, s.rallbranch, [seg.diam for seg in s]) for s in shapeless]
    if shapeless:
        from neuron import h

        h.define_shape()
    points = [_points(section) for section in sections]
    for section, (length, rallbranch, diameters) in zip(shapeless, before, strict=True):
        section.pt3dclear()
        section.L, section.rallbranch = length, rallbranch
        for segment, diameter in zip(section, diameters, strict=True):
            segment.diam = diameter

    index_of = {section: index for index, section in enumerate(sections)}
    parents = np.full(len(sections), -1, np.int32)
    parent_x = np.zeros(len(sections))
    for index, section in enumerate(sections):
        parent = section.parentseg()
        if parent is not None and parent.sec in index_of:
            parents[index] = index_of[parent.sec]
            parent_x[index] = parent.x
    return Shape(
        section_types=np.array(
            [SECTION_TYPES.index(section_type(s.name())) for s in sections], np.uint8
        ),
        parents=parents,
        parent_x=parent_x,
        point_counts=np.array([len(p) for p in points], np.int32),
        points_um=np.concatenate(points),
    )


def _points(section: Any) -> NDArray[np.float32]:
    return np.array(
        [
            (section.x3d(i), section.y3d(i), section.z3d(i), section.diam3d(i))
            for i in range(section.n3d())
        ],
        np.float32,
    )


def _root(section: Any) -> Any:
    while (parent := section.parentseg()) is not None:
        section = parent.sec
    return section
