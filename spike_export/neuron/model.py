# SPDX-License-Identifier: BSD-3-Clause
"""What stands in NEURON's memory: cells, sections, their shapes.

NEURON is imported when it is needed, so that files can be read and written without it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..section_types import section_type
from ..simulation_file import SECTION_TYPES


@dataclass(frozen=True, slots=True)
class ModelCell:
    """One cell, or those of its sections that are to be recorded.

    Attributes
    ----------
    name : str
        Unlike those of all other cells.
    sections : list of neuron Section
    section_names : list of str
        As NEURON gives them, with the cell's name in place of what its Python object prints.
    soma : neuron Section
        Where its spikes are looked for, whether it is recorded or not.
    whole : list of neuron Section
        All of the cell, whatever is recorded.
    owner : object
        A cell made from a hoc template takes its sections with it when it goes; this keeps it.
    """

    name: str
    sections: list[Any]
    section_names: list[str]
    soma: Any
    whole: list[Any]
    owner: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """The morphology of N sections, as in `spike_export.Simulation`."""

    section_types: NDArray[np.uint8]
    parents: NDArray[np.int32]
    parent_x: NDArray[np.float64]
    point_counts: NDArray[np.int32]
    points_um: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sketch:
    """All that the morphology of N sections follows from, kept without the sections themselves.

    Attributes
    ----------
    names : list of str
    parents : ndarray of int32, shape (N,)
        Index of the parent section among all N, -1 at a root.
    parent_x : ndarray of float64, shape (N,)
        Along the parent's points, which begin where its own parent is.
    lengths_um : list of float
    diameters_um : list of list of float
        One for each segment, in the order of `segments_along`.
    points_um : list of ndarray of float32, shape (P, 4)
        Empty where the model has none.
    """

    names: list[str]
    parents: NDArray[np.int32]
    parent_x: NDArray[np.float64]
    lengths_um: list[float]
    diameters_um: list[list[float]]
    points_um: list[NDArray[np.float32]]


def segments_along(section: Any) -> list[Any]:
    """Segments in the order of the section's points, which begin where its parent is.

    Parameters
    ----------
    section : neuron Section

    Returns
    -------
    list of neuron Segment
        From NEURON's 1 end if that is connected to the parent.
    """
    segments = list(section)
    return segments[::-1] if section.orientation() else segments


def select_cells(
    cells: Iterable[ModelCell], only: str | None = None, names: Collection[str] = ()
) -> list[ModelCell]:
    """Choose sections by their own names and their cells'.

    Parameters
    ----------
    cells : iterable of ModelCell
    only : str, optional
        Regular expression that has to match all of a section's own name, with its index or
        without (``apic`` is ``Pyramidal[0].apic[12]``), or all of its whole name.
    names : collection of str
        Cells to take; all if empty.

    Returns
    -------
    list of ModelCell
        Those of which something is left.

    Raises
    ------
    re.error
        If `only` is not a regular expression.
    """
    pattern = None if only is None else re.compile(only)

    def fits(name: str) -> bool:
        own = name.rsplit(".", 1)[-1]
        forms = (own, own.split("[", 1)[0], name)
        return pattern is None or any(pattern.fullmatch(form) for form in forms)

    chosen = []
    for cell in cells:
        if names and cell.name not in names:
            continue
        kept = [
            pair for pair in zip(cell.sections, cell.section_names, strict=True) if fits(pair[1])
        ]
        if kept:
            sections, section_names = map(list, zip(*kept, strict=True))
            chosen.append(replace(cell, sections=sections, section_names=section_names))
    return chosen


def group_cells(sections: Iterable[Any]) -> list[ModelCell]:
    """Group sections into cells: by the object that owns them, or by connected tree.

    A section that nothing owns belongs to the cell that it hangs on. Which cells there are, what
    they are called and where their somata are follows from the whole model.

    Parameters
    ----------
    sections : iterable of neuron Section

    Returns
    -------
    list of ModelCell
        In the order in which their first sections came; each keeps its sections' order.
    """
    from neuron import h

    every, wanted = list(h.allsec()), list(sections)
    heads = _heads(every + wanted)
    keys = {head: _key(head) for head in heads.values()}
    whole: dict[Any, list[Any]] = {}
    for section in every:
        whole.setdefault(keys[heads[section]], []).append(section)
    names = _cell_names({key: heads[group[0]] for key, group in whole.items()})
    groups: dict[Any, list[Any]] = {}
    for section in wanted:
        groups.setdefault(keys[heads[section]], []).append(section)
    return [
        ModelCell(
            name=names[key],
            sections=group,
            section_names=[_section_name(section, names[key]) for section in group],
            soma=next((s for s in whole[key] if section_type(s.name()) == "soma"), whole[key][0]),
            whole=whole[key],
            owner=_hoc_owner(heads[group[0]]),
        )
        for key, group in groups.items()
    ]


def _heads(sections: Iterable[Any]) -> dict[Any, Any]:
    """For each section, the nearest at or above it that has an owner, or else its root."""
    heads: dict[Any, Any] = {}
    for section in sections:
        way = []
        while section not in heads:
            way.append(section)
            parent = section.parentseg() if section.cell() is None else None
            if parent is None:
                heads[section] = section
            else:
                section = parent.sec
        for below in way:
            heads[below] = heads[section]
    return heads


def _key(head: Any) -> Any:
    """Return what is the same for all sections of a cell, and for no other's."""
    owner = head.cell()
    if owner is None:
        return head
    # Python objects may all print alike; hoc's are wrapped anew each time.
    return id(owner) if _hoc_owner(head) is None else str(owner)


def _hoc_owner(head: Any) -> Any:
    from neuron import hoc

    owner = head.cell()
    return owner if isinstance(owner, hoc.HocObject) else None


def _cell_names(heads: dict[Any, Any]) -> dict[Any, str]:
    """Names of all cells, numbered as hoc does where Python gives them none, or one to several."""
    given: dict[Any, str] = {}
    unnamed = set()
    for key, head in heads.items():
        owner = head.cell()
        given[key] = head.name() if owner is None else str(owner)
        if given[key] == object.__repr__(owner):
            given[key] = type(owner).__name__
            unnamed.add(key)
    counts = Counter(given.values())
    names = {k: name for k, name in given.items() if counts[name] == 1 and k not in unnamed}
    taken = set(names.values())
    numbers: dict[str, Iterator[int]] = {}
    for key, name in given.items():
        if key not in names:
            following = numbers.setdefault(name, itertools.count())
            names[key] = next(
                numbered for number in following if (numbered := f"{name}[{number}]") not in taken
            )
    return names


def _section_name(section: Any, cell_name: str) -> str:
    name: str = section.name()
    prefix = f"{section.cell()}."
    return f"{cell_name}.{name.removeprefix(prefix)}" if name.startswith(prefix) else name


def read_shape(sections: list[Any]) -> Shape:
    """Read the morphology of sections, with points made up where the model has none.

    Parameters
    ----------
    sections : list of neuron Section

    Returns
    -------
    Shape
    """
    if all(section.n3d() for section in sections):
        points = [_points(section) for section in sections]
    else:
        points = _points_with_made_up(sections)
    return _shape([section.name() for section in sections], *_parents(sections), points)


def sketch(sections: list[Any]) -> Sketch:
    """Note what the morphology of sections follows from, and change nothing in the model.

    Parameters
    ----------
    sections : list of neuron Section

    Returns
    -------
    Sketch
    """
    parents, parent_x = _parents(sections)
    return Sketch(
        names=[section.name() for section in sections],
        parents=parents,
        parent_x=parent_x,
        lengths_um=[section.L for section in sections],
        diameters_um=[
            [segment.diam for segment in segments_along(section)] for section in sections
        ],
        points_um=[_points(section) for section in sections],
    )


def shape_of(sketch: Sketch) -> Shape:
    """Morphology of sections that may be gone, with points made up where they had none.

    Parameters
    ----------
    sketch : Sketch

    Returns
    -------
    Shape
        As `read_shape` would have read it.
    """
    if all(len(points) for points in sketch.points_um):
        return _shape(sketch.names, sketch.parents, sketch.parent_x, sketch.points_um)
    from neuron import h

    # Only NEURON knows what it makes up, so it gets the sections back for a moment.
    copies = [h.Section(name=name) for name in sketch.names]
    for index, copy in enumerate(copies):
        if sketch.parents[index] >= 0:
            copy.connect(copies[sketch.parents[index]](float(sketch.parent_x[index])))
        copy.nseg = len(sketch.diameters_um[index])
        for point in sketch.points_um[index]:
            copy.pt3dadd(*point.tolist())
        if not len(sketch.points_um[index]):
            copy.L = sketch.lengths_um[index]
            for segment, diameter in zip(copy, sketch.diameters_um[index], strict=True):
                segment.diam = diameter
    return read_shape(copies)


def _parents(sections: list[Any]) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    index_of = {section: index for index, section in enumerate(sections)}
    parents = np.full(len(sections), -1, np.int32)
    parent_x = np.zeros(len(sections))
    for index, section in enumerate(sections):
        parent = section.parentseg()
        if parent is not None and parent.sec in index_of:
            parents[index] = index_of[parent.sec]
            parent_x[index] = 1 - parent.x if parent.sec.orientation() else parent.x
    return parents, parent_x


def _shape(
    names: list[str],
    parents: NDArray[np.int32],
    parent_x: NDArray[np.float64],
    points: list[NDArray[np.float32]],
) -> Shape:
    return Shape(
        section_types=np.array([SECTION_TYPES.index(section_type(n)) for n in names], np.uint8),
        parents=parents,
        parent_x=parent_x,
        point_counts=np.array([len(p) for p in points], np.int32),
        points_um=np.concatenate(points),
    )


def _points_with_made_up(sections: list[Any]) -> list[NDArray[np.float32]]:
    """Points of sections that do not all have them.

    NEURON's ``define_shape`` makes them up, but would change the areas of tapered sections, and
    with them the next run; and it moves all sections that do have points to where their parents
    end. So all it changed, in the whole model, is put back, and what was made up is moved along.
    """
    from neuron import h

    every = list(h.allsec())
    real = {section: _points(section) for section in every if section.n3d()}
    real_lengths = [section.L for section in real]
    shapeless = [
        (section, section.L, section.rallbranch, [segment.diam for segment in section])
        for section in every
        if section not in real
    ]
    h.define_shape()
    made = {section: _points(section) for section in every}
    for section, length, rallbranch, diameters in shapeless:
        section.pt3dclear()
        section.L, section.rallbranch = length, rallbranch
        for segment, diameter in zip(section, diameters, strict=True):
            segment.diam = diameter
    for (section, points), length in zip(real.items(), real_lengths, strict=True):
        if not np.array_equal(points, made[section]):
            for index, point in enumerate(points):
                section.pt3dchange(index, *point.tolist())
        # A length that was set by hand is more exact than its points are.
        if length != section.L:
            section.L = length

    back = {section: points[0, :3] - made[section][0, :3] for section, points in real.items()}
    for section in sections:
        if section not in real:
            made[section][:, :3] += _way_back(section, back)
    return [real.get(section, made[section]) for section in sections]


def _way_back(section: Any, back: dict[Any, NDArray[np.float32]]) -> NDArray[np.float32]:
    """How far the nearest ancestor with points was moved, or else any section of the tree."""
    while (parent := section.parentseg()) is not None and section not in back:
        section = parent.sec
    nearest = next((s for s in section.subtree() if s in back), None)
    return np.zeros(3, np.float32) if nearest is None else back[nearest]


def _points(section: Any) -> NDArray[np.float32]:
    return np.array(
        [
            (section.x3d(i), section.y3d(i), section.z3d(i), section.diam3d(i))
            for i in range(section.n3d())
        ],
        np.float32,
    ).reshape(-1, 4)


def d_lambda_counts(sections: Iterable[Any], d_lambda: float) -> list[int]:
    """Count the segments that sections need by the d_lambda rule.

    No segment is longer than a share of the length constant at 100 Hz, and counts are odd (Hines
    and Carnevale 2001).

    Parameters
    ----------
    sections : iterable of neuron Section
        With ``stdrun.hoc`` loaded.
    d_lambda : float
        The share.

    Returns
    -------
    list of int
        One for each section.
    """
    from neuron import h

    shares = [section.L / (d_lambda * h.lambda_f(100.0, sec=section)) for section in sections]
    return [int((share + 0.999) / 2) * 2 + 1 for share in shares]


def run_until(tstop_ms: float, progress: Callable[[float], None]) -> None:
    """Run the model that stands in memory, from where it is.

    Parameters
    ----------
    tstop_ms : float
    progress : callable
        Called with the time reached, in ms.
    """
    from neuron import h

    # As stdrun counts: what is left may be less than the step that would be needed.
    while h.t < tstop_ms - h.dt / 2:
        h.continuerun(min(h.t + 0.25, tstop_ms))
        progress(h.t)


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Keep what NEURON says while it starts, that there is no display, out of the terminal.

    NEURON prints it from C, so the file descriptor has to be turned aside.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
