# SPDX-License-Identifier: BSD-3-Clause
"""Cells that a model splits between threads or processes, as they were before.

NEURON's ``multisplit`` disconnects the pieces of a cell, and does not reveal which were connected.
This is known here if ``ParallelComputeTool`` splits, which keeps a list, or if a Python model calls
`multisplit` or `splitcell_connect` while `watched_splits` listens. Calls from hoc can be detected,
but not for which sections; if only some of the calls are, by the pieces that are left over.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from ..edit.rejoining import NOT_REJOINED
from ..section_types import section_type
from .cell_names import cell_key


@dataclass(frozen=True, slots=True)
class _Cut:
    """An end of a piece, as a hoc SectionRef, which does not keep the section alive."""

    reference: Any
    x: float
    identifier: str


@dataclass(frozen=True, slots=True)
class End:
    """A place that pieces in other processes may share; see `rejoining.Joint`."""

    identifier: str
    section: Any
    x: float
    is_root: bool


@dataclass(frozen=True, slots=True)
class Joins:
    """How sections were connected before the cells were split.

    Attributes
    ----------
    parents : dict
        From a section to its former parent section, and the position on it, in NEURON's x.
    ends : list of End
    note : str
        Says that some are not known; empty if all are, or if the model splits nothing.
    """

    parents: dict[Any, tuple[Any, float]] = field(default_factory=dict)
    ends: list[End] = field(default_factory=list)
    note: str = ""

    def parent_of(self, section: Any) -> tuple[Any, float] | None:
        """Parent section and position on it; None at a root."""
        if section in self.parents:
            return self.parents[section]
        parent = section.parentseg()
        return None if parent is None else (parent.sec, parent.x)


NOTHING_SPLIT: Final = Joins()

_cuts: list[_Cut] = []


@contextmanager
def watched_splits() -> Iterator[None]:
    """Record the splits that a Python model makes while the ``with`` block runs."""
    from neuron import h

    kind = type(h.ParallelContext())
    try:
        for name, note in _LISTENERS.items():
            _listen(kind, name, note)
    except TypeError:
        # Older versions of NEURON have one class for all hoc objects.
        yield
        return
    try:
        yield
    finally:
        for name in _LISTENERS:
            delattr(kind, name)


def _listen(kind: Any, name: str, note: Any) -> None:
    def listening(context: Any, *arguments: Any, **named: Any) -> Any:
        # NEURON looks up its own method only if the class has none.
        delattr(kind, name)
        try:
            method = getattr(context, name)
        finally:
            setattr(kind, name, listening)
        result = method(*arguments, **named)
        note(context, arguments, named)
        return result

    setattr(kind, name, listening)


def _note_multisplit(context: Any, arguments: Any, named: Any) -> None:
    if len(arguments) >= 2:
        _note(float(arguments[0]), str(int(arguments[1])), named)


def _note_splitcell(context: Any, arguments: Any, named: Any) -> None:
    pair = sorted((int(context.id()), int(arguments[0])))
    _note(None, f"splitcell {pair[0]} {pair[1]}", named)


def _note_clear(context: Any, arguments: Any, named: Any) -> None:
    if not arguments or int(arguments[0]) in (0, 2):
        _cuts.clear()


_LISTENERS: Final = {
    "multisplit": _note_multisplit,
    "splitcell_connect": _note_splitcell,
    "gid_clear": _note_clear,
}


def _note(x: float | None, identifier: str, named: Any) -> None:
    from neuron import h

    section = named.get("sec") or h.cas()
    if x is None:
        while (parent := section.parentseg()) is not None:
            section = parent.sec
        x = float(section.orientation())
    _cuts.append(_Cut(h.SectionRef(sec=section), x, identifier))


def find_joins() -> Joins:
    """Find the former connections in cells that are now split."""
    from neuron import h

    listed = _from_tool(h)
    is_split = _in_neuron(ctypes.c_int, "nrn_multisplit_active_")
    if is_split is None:
        is_split = bool(listed or _cuts)
    is_between = any(cut.identifier.startswith("splitcell") for cut in _cuts)
    # A function that NEURON has once a cell is split between processes, whoever called it.
    is_unwatched = bool(_in_neuron(ctypes.c_void_p, "nrnmpi_splitcell_compute_")) > is_between
    if not is_split and not is_between and not is_unwatched:
        _cuts.clear()
        return NOTHING_SPLIT
    joins = Joins(dict(listed))
    several = int(h.ParallelContext().nhost()) > 1
    lost = is_unwatched or (not listed and not _cuts)
    groups: dict[str, list[tuple[Any, float, bool]]] = {}
    for cut in _cuts:
        if cut.reference.exists():
            groups.setdefault(cut.identifier, []).append(_node(cut.reference.sec, cut.x))
    for identifier, nodes in groups.items():
        lost |= not _join(joins, identifier, nodes, several)
    lost = lost or _leaves_pieces(h, joins, several)
    return Joins(joins.parents, joins.ends, NOT_REJOINED) if lost else joins


def _join(
    joins: Joins, identifier: str, nodes: list[tuple[Any, float, bool]], several: bool
) -> bool:
    """Join pieces that share a place; return whether these are all."""
    nodes = list(dict.fromkeys(nodes))
    trunk = [node for node in nodes if not node[2]]
    trunk = trunk or [node for node in nodes if _holds_soma(node[0])]
    # If all of them begin there, their parent may be in another process.
    if len(trunk) > 1 or (not trunk and not several and len(nodes) < 2):
        return False
    if not trunk and several:
        joins.ends.extend(End(identifier, *node) for node in nodes)
        return True
    on = trunk[0] if trunk else nodes[0]
    beyond = [node[0] for node in nodes if node != on]
    for root in beyond:
        if root in joins.parents or _hangs_on(joins, on[0], root):
            return False
        joins.parents[root] = on[0], on[1]
    if several:
        joins.ends.append(End(identifier, *on))
    return bool(beyond) or several


def _leaves_pieces(h: Any, joins: Joins, several: bool) -> bool:
    """Whether pieces seem to be left over that no known split explains.

    They have no soma, while other cells do, or share a template's object with another piece.
    """
    heads = {root: _head(h, joins, root) for root in h.allsec() if root.parentseg() is None}
    with_soma = {head for root, head in heads.items() if _holds_soma(root)}
    elsewhere = {end.section for end in joins.ends if end.is_root}
    left = set(heads.values()) - elsewhere
    if left - with_soma and (with_soma or several):
        return True
    cells = [cell_key(head) for head in left]
    return len(set(cells)) < len(cells)


def _head(h: Any, joins: Joins, root: Any) -> Any:
    while root in joins.parents:
        root = h.SectionRef(sec=joins.parents[root][0]).root
    return root


def _hangs_on(joins: Joins, section: Any, other: Any) -> bool:
    parent: tuple[Any, float] | None = (section, 0.0)
    while parent is not None and parent[0] != other:
        parent = joins.parent_of(parent[0])
    return parent is not None


def _holds_soma(root: Any) -> bool:
    return any(section_type(section.name()) == "soma" for section in root.wholetree())


def _node(section: Any, x: float) -> tuple[Any, float, bool]:
    """Return NEURON's position of an end, and whether its piece begins there."""
    while x == float(section.orientation()):
        parent = section.parentseg()
        if parent is None:
            return section, x, True
        section, x = parent.sec, float(parent.x)
    return section, x, False


def _from_tool(h: Any) -> dict[Any, tuple[Any, float]]:
    """Read the splits of NEURON's ParallelComputeTool, with or without its window."""
    name = "ParallelComputeToolSplitInfo"
    if not hasattr(h, name):
        return {}
    found = {}
    for info in h.List(name):
        section, parent = info.sec.sec, info.psec.sec
        # With its other end, a section would not begin at its parent.
        if float(section.orientation()) == info.x:
            found[section] = parent, float(info.px)
    return found


def _in_neuron(kind: type[ctypes.c_int | ctypes.c_void_p], name: str) -> int | None:
    """Read a variable of NEURON's library, 0 for a null pointer; None if it is not exported."""
    from neuron import hoc

    try:
        # This depends on NEURON's library, wherever it is.
        library = ctypes.CDLL(hoc.__file__)
        return kind.in_dll(library, name).value or 0
    except (AttributeError, OSError, TypeError, ValueError):
        return None
