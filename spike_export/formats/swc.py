# SPDX-License-Identifier: BSD-3-Clause
"""Morphologies as SWC files: read them, say what is wrong with them, and split them into sections.

NEURON's own reader ends the process at a duplicate id, wires separate trees together, and drops
points without a word, so a file is checked here first, and the sections are made here too. They
are those that NEURON's Import3d makes of the same file. Columns and type codes are those of Cannon
et al. (1998), "An on-line archive of reconstructed hippocampal neurons", and of neuromorpho.org.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

POINT: Final = np.dtype(
    [
        ("id", "<i8"),
        ("type", "<i4"),
        ("x", "<f8"),
        ("y", "<f8"),
        ("z", "<f8"),
        ("radius", "<f8"),
        ("parent", "<i4"),
        ("line", "<i4"),
    ]
)
"""A point, in µm; `parent` is the parent's index, or -1 at the root; `line` counts from 1."""

SOMA: Final = 1

_COLUMNS: Final = ("id", "type", "x", "y", "z", "radius", "parent")
_NAMES: Final = {SOMA: "soma", 2: "axon", 3: "dend", 4: "apic"}

_LARGEST_FILE: Final = 100 << 20
_MOST_LINES: Final = 1_000_000
_LONGEST_LINE: Final = 10_000
_MOST_FINDINGS: Final = 10_000
_LARGEST_ID: Final = 2**31 - 1
_LARGEST_TYPE: Final = 999
# A metre: coordinates beyond it are not in µm, and would make millions of segments.
_FARTHEST_UM: Final = 1e6
_THICKEST_UM: Final = 1e4
# Below a nanometre a radius stands for an unknown one, and d_lambda would cut it to dust.
_THINNEST_UM: Final = 1e-3
# NEURON makes a cylinder of its own choice of a section that is shorter than about this.
_SHORTEST_UM: Final = 1e-4

_NUMBER: Final = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_NOT_FINITE: Final = re.compile(rb"[+-]?(?:nan|inf|infinity)(?:\([^)]*\))?", re.IGNORECASE)
_DECIMAL_COMMA: Final = re.compile(rb"[+-]?\d+(?:,\d+)?(?:[eE][+-]?\d+)?")
_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a file.

    Attributes
    ----------
    line : int
        Counted from 1; 0 stands for the whole file.
    problem : str
        What is wrong.
    mend : str or None
        What repairing does about it; None where nothing can be done safely.
    """

    line: int
    problem: str
    mend: str | None = None

    def __str__(self) -> str:
        """One sentence that begins with the line."""
        return f"{f'line {self.line}: ' if self.line else ''}{self.problem}."


class SwcError(ValueError):
    """A file that is no morphology; the text lists the first findings, one sentence in each line.

    Attributes
    ----------
    findings : list of Finding
    """

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        lines = [str(finding) for finding in findings[:_SHOWN]]
        if len(findings) > _SHOWN:
            lines.append(f"{len(findings) - _SHOWN:,} more like these were found.")
        super().__init__("\n".join(lines))


@dataclass(frozen=True, slots=True, eq=False)
class Morphology:
    """One tree of points, each behind its parent, and each branch in one piece.

    Attributes
    ----------
    points : ndarray of `POINT`, shape (N,)
    mends : tuple of Finding
        What had to be repaired.
    """

    points: NDArray[Any]
    mends: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Sections:
    """The unbranched stretches of N sections: soma, axon, basal and apical dendrites, the rest.

    Attributes
    ----------
    names : tuple of str, length N
        As NEURON names them: ``soma[0]``, ``dend[3]``; type codes without a name of their own
        give ``dend_5[0]``.
    parents : ndarray of int32, shape (N,)
        Index of the parent section, -1 at the root.
    parent_x : ndarray of float64, shape (N,)
        Where on the parent the section begins, 0..1.
    point_counts : ndarray of int32, shape (N,)
    points_um : ndarray of float64, shape (P, 4)
        x, y, z and diameter.
    lines : tuple of int, length N
        Where in the file the section begins.
    """

    names: tuple[str, ...]
    parents: NDArray[np.int32]
    parent_x: NDArray[np.float64]
    point_counts: NDArray[np.int32]
    points_um: NDArray[np.float64]
    lines: tuple[int, ...]

    @property
    def points_of(self) -> list[NDArray[np.float64]]:
        """The points of each section."""
        return np.split(self.points_um, np.cumsum(self.point_counts)[:-1])

    @property
    def lengths_um(self) -> NDArray[np.float64]:
        """Arc length of each section, shape (N,)."""
        return np.array([_length(points) for points in self.points_of])


def read(path: Path, repair: bool = False) -> Morphology:
    """Read an SWC file; see `parse`.

    Parameters
    ----------
    path : Path
    repair : bool
        Mend what can be mended safely.

    Returns
    -------
    Morphology

    Raises
    ------
    SwcError
        If the file is too large, or is no morphology.
    OSError
        If it cannot be read.
    """
    if path.is_dir():
        raise SwcError([Finding(0, "it is a folder, not an SWC file")])
    if path.exists() and not path.is_file():
        raise SwcError([Finding(0, "it is not a regular file")])
    with path.open("rb") as stream:
        data = stream.read(_LARGEST_FILE + 1)
    return parse(data, repair)


def parse(data: bytes, repair: bool = False) -> Morphology:
    """Check the content of an SWC file, and put its points into order.

    Line ends of all systems, tabs, leading blanks, comments anywhere, ids with gaps and in any
    order, and any type code up to 999 are taken as they are.

    Parameters
    ----------
    data : bytes
    repair : bool
        Mend what can be mended safely; each mend is listed in the result.

    Returns
    -------
    Morphology

    Raises
    ------
    SwcError
        With everything that is wrong, or, when repairing, everything that cannot be mended.
    """
    if len(data) > _LARGEST_FILE:
        raise SwcError([Finding(0, f"it is larger than {_LARGEST_FILE >> 20} MiB")])
    findings = _Findings(repair)
    rows = _rows(data, findings)
    kept = _unique(rows, findings)
    # Points that could not be read would be missed as parents.
    findings.stop_if_hopeless()
    tree = _Tree(rows, kept, findings)
    findings.stop_if_hopeless()
    points = _in_order(rows, tree, findings)
    findings.stop()
    points = _without_empty_sections(points, findings)
    findings.stop()
    return Morphology(points, tuple(findings.sorted()))


def split(points: NDArray[Any]) -> Sections:
    """Split a tree into sections, as NEURON's Import3d does.

    A section ends where the tree branches and where the type changes. What is special about somata
    is Import3d's too: one point, and three points of one radius whose ends lie a radius from the
    middle (neuromorpho.org's way to write a sphere), become a cylinder as long as it is wide;
    branches from such a soma, or from the inside of one with more points, begin at their own first
    points and are connected to its middle; and a branch that leaves the first point of another one
    beside the soma is connected to the beginning of that one.

    Parameters
    ----------
    points : ndarray of `POINT`, shape (N,)
        From `Morphology.points`.

    Returns
    -------
    Sections
    """
    return _Splitter(points).sections()


def describe(mends: Iterable[Finding]) -> list[str]:
    """Say what was mended, with the lines of equal mends together.

    Parameters
    ----------
    mends : iterable of Finding

    Returns
    -------
    list of str
        For example ``"lines 3-5, 9: a radius of 0; the parent's is taken."``.
    """
    lines_of: dict[tuple[str, str | None], list[int]] = {}
    for mend in mends:
        lines_of.setdefault((mend.problem, mend.mend), []).append(mend.line)
    described = []
    for (problem, what), lines in lines_of.items():
        where = _ranges(lines) if any(lines) else ""
        place = f"line{'s' if len(lines) > 1 else ''} {where}: " if where else ""
        described.append(f"{place}{problem}; {what}.")
    return described


def _ranges(lines: list[int]) -> str:
    lines = sorted(lines)
    gaps = [i for i, (one, next_one) in enumerate(pairwise(lines), 1) if next_one > one + 1]
    return ", ".join(
        f"{lines[begin]}-{lines[end - 1]}" if end - begin > 1 else str(lines[begin])
        for begin, end in zip([0, *gaps], [*gaps, len(lines)], strict=True)
    )


class _Findings:
    """Everything found so far."""

    def __init__(self, repair: bool) -> None:
        self._repair = repair
        self._found: list[Finding] = []
        self._hopeless = 0

    def add(self, line: int, problem: str, mend: str | None = None) -> None:
        self._found.append(Finding(line, problem, mend=mend))
        self._hopeless += mend is None
        # A hostile file could have a million of them.
        if self._hopeless >= _MOST_FINDINGS or (
            not self._repair and len(self._found) >= _MOST_FINDINGS
        ):
            self.stop()

    def sorted(self) -> list[Finding]:
        return sorted(self._found, key=lambda finding: finding.line)

    def stop(self) -> None:
        """Raise what was found, unless it is being repaired."""
        found = self.sorted()
        if self._repair:
            found = [finding for finding in found if finding.mend is None]
        if found:
            raise SwcError(found)

    def stop_if_hopeless(self) -> None:
        """Raise all that was found, if something of it cannot be mended."""
        if self._hopeless:
            self.stop()


def _rows(data: bytes, findings: _Findings) -> NDArray[Any]:
    """All points in the order of the file; `parent` is still an id."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SwcError([Finding(1, "the text is in UTF-16; save it as plain text (UTF-8)")])
    if data.startswith(b"\xef\xbb\xbf"):
        findings.add(
            1, "it begins with a byte-order mark, behind which NEURON loses a point", mend="removed"
        )
        data = data[3:]
    zero = data.find(b"\0")
    if zero >= 0:
        raise SwcError(
            [Finding(data.count(b"\n", 0, zero) + 1, "a zero byte: this is not a text file")]
        )
    lines = re.split(rb"\r\n|\n|\r", data)
    if len(lines) > _MOST_LINES:
        raise SwcError([Finding(0, f"it has more than {_MOST_LINES:,} lines")])
    rows: list[tuple[float, ...]] = []
    for number, line in enumerate(lines, 1):
        if len(line) > _LONGEST_LINE:
            findings.add(number, f"it is longer than {_LONGEST_LINE:,} characters")
            continue
        content = line.split(b"#", 1)[0].strip()
        if content:
            row = _row(content, number, findings)
            if row is not None:
                rows.append((*row, number))
    if not rows and not findings.sorted():
        findings.add(0, "it holds no points")
    return np.array(rows, POINT)


def _row(content: bytes, line: int, findings: _Findings) -> list[float] | None:
    fields = _fields(content, line, findings)
    problem = f"it has {len(fields)} column{'s' * (len(fields) != 1)} instead of {len(_COLUMNS)}"
    if len(fields) < len(_COLUMNS):
        findings.add(line, problem)
        return None
    if len(fields) > len(_COLUMNS):
        findings.add(line, problem, mend="what stands behind the seventh is ignored")
    row: list[float] = []
    for name, field in zip(_COLUMNS, fields, strict=False):
        if _NUMBER.fullmatch(field):
            row.append(float(field))
        elif _NOT_FINITE.fullmatch(field):
            row.append(np.nan)
        else:
            findings.add(line, f"its {name} is {_shown(field)}, not a number")
            return None
    return row if _in_range(row, fields, line, findings) else None


def _fields(content: bytes, line: int, findings: _Findings) -> list[bytes]:
    if b";" in content:
        findings.add(line, "semicolons stand between the columns", mend="they are read as blanks")
        content = content.replace(b";", b" ").replace(b",", b".")
    elif b"," in content:
        fields = content.split()
        if len(fields) == len(_COLUMNS) and all(map(_DECIMAL_COMMA.fullmatch, fields)):
            findings.add(
                line, "numbers have decimal commas", mend="they are read as decimal points"
            )
            content = content.replace(b",", b".")
        else:
            findings.add(line, "commas stand between the columns", mend="they are read as blanks")
            content = content.replace(b",", b" ")
    return content.split()


def _in_range(row: list[float], fields: list[bytes], line: int, findings: _Findings) -> bool:
    shown = dict(zip(_COLUMNS, map(_shown, fields), strict=False))
    point, kind, x, y, z, radius, parent = row
    usable = True
    if not (point.is_integer() and 0 <= point <= _LARGEST_ID):
        findings.add(line, f"its id is {shown['id']}, not a whole number from 0 to {_LARGEST_ID}")
        usable = False
    for name, coordinate in (("x", x), ("y", y), ("z", z)):
        if not abs(coordinate) <= _FARTHEST_UM:
            findings.add(
                line, f"its {name} is {shown[name]}, not within {_FARTHEST_UM:,.0f} µm of 0"
            )
            usable = False
    if radius > _THICKEST_UM:
        findings.add(line, f"its radius is {shown['radius']}, more than {_THICKEST_UM:,.0f} µm")
        usable = False
    if not (parent.is_integer() and abs(parent) <= _LARGEST_ID):
        findings.add(line, f"its parent is {shown['parent']}, not the id of a point, or -1")
        usable = False
    elif parent < -1:
        findings.add(
            line,
            f"its parent is {shown['parent']}, below -1, the root's",
            mend="-1, the root's, is taken for it",
        )
        row[6] = -1
    if not (kind.is_integer() and 0 <= kind <= _LARGEST_TYPE):
        findings.add(
            line,
            f"its type is {shown['type']}, not a whole number from 0 to {_LARGEST_TYPE}",
            mend="0, undefined, is taken for it",
        )
        row[1] = 0
    return usable


def _shown(field: bytes) -> str:
    text = field[:20].decode("latin-1")
    return f"'{''.join(c if c.isprintable() else '?' for c in text)}'"


def _unique(rows: NDArray[Any], findings: _Findings) -> NDArray[np.bool_]:
    """Find points whose id was not given before; those that repeat a point entirely can go."""
    first: dict[int, int] = {}
    keep = np.ones(len(rows), np.bool_)
    ids, lines = rows["id"].tolist(), rows["line"].tolist()
    for index, point in enumerate(ids):
        before = first.setdefault(point, index)
        if before == index:
            continue
        keep[index] = False
        # All but the line.
        same = rows[index].tolist()[:-1] == rows[before].tolist()[:-1]
        findings.add(
            lines[index],
            f"the id {point} was given before, in line {lines[before]}",
            mend="the repeated line is dropped" if same else None,
        )
    return keep


class _Tree:
    """Who is whose parent, by index; `roots` are those without one."""

    def __init__(self, rows: NDArray[Any], kept: NDArray[np.bool_], findings: _Findings) -> None:
        self._findings = findings
        self._lines: list[int] = rows["line"].tolist()
        self._ids: list[int] = rows["id"].tolist()
        index_of = {point: index for index, point in enumerate(self._ids) if kept[index]}
        parent_ids: list[int] = rows["parent"].tolist()
        self.parents = [index_of.get(parent, -1) for parent in parent_ids]
        members = np.flatnonzero(kept).tolist()
        for index in members:
            if parent_ids[index] >= 0 and self.parents[index] < 0:
                findings.add(
                    self._lines[index],
                    f"its parent {parent_ids[index]} is not in the file",
                    mend="it is read as a root",
                )
        self._free_own_parents(members)
        self.roots = [index for index in members if self.parents[index] < 0]
        self.children: list[list[int]] = [[] for _ in self.parents]
        for index in members:
            if self.parents[index] >= 0:
                self.children[self.parents[index]].append(index)
        trees = [self.below(root) for root in self.roots]
        self._check_circles(members, trees)
        self._check_order(trees)
        self.largest = self._check_roots(trees) if trees else []

    def below(self, root: int) -> list[int]:
        """List a point and all below it: each branch to its tip, in the order of the file."""
        order, waiting = [], [root]
        while waiting:
            index = waiting.pop()
            order.append(index)
            waiting.extend(reversed(self.children[index]))
        return order

    def _free_own_parents(self, members: list[int]) -> None:
        own = [index for index in members if self.parents[index] == index]
        safe = len(own) == 1 and all(self.parents[index] >= 0 for index in members)
        for index in own:
            self._findings.add(
                self._lines[index],
                "it is its own parent",
                mend="it is read as the root, as there is no other" if safe else None,
            )
            self.parents[index] = -1

    def _check_circles(self, members: list[int], trees: list[list[int]]) -> None:
        done = {index for tree in trees for index in tree}
        for start in members:
            path: dict[int, None] = {}
            index = start
            while index not in done and index not in path:
                path[index] = None
                index = self.parents[index]
            if index in path:
                walked = list(path)
                circle = sorted(walked[walked.index(index) :])
                lines = [self._lines[member] for member in circle]
                self._findings.add(
                    lines[0],
                    f"it is its own ancestor, by {len(lines)} points in line"
                    f"{'s' if len(lines) > 1 else ''} {_ranges(lines[:_SHOWN])}"
                    f"{' and so on' if len(lines) > _SHOWN else ''}",
                )
            done.update(path)

    def _check_order(self, trees: list[list[int]]) -> None:
        for tree in trees:
            for index in tree:
                parent = self.parents[index]
                if parent > index:
                    self._findings.add(
                        self._lines[index],
                        f"its parent {self._ids[parent]} comes later, in line "
                        f"{self._lines[parent]}",
                        mend="the points are put in order",
                    )

    def _check_roots(self, trees: list[list[int]]) -> list[int]:
        largest = max(trees, key=len)
        total = sum(map(len, trees))
        for tree in trees:
            if tree is not largest:
                points = f"{len(tree):,} point{'s' if len(tree) > 1 else ''}"
                self._findings.add(
                    self._lines[tree[0]],
                    f"a tree of {points} begins here that is not connected to the largest of the "
                    f"{len(trees):,} trees, which has {len(largest):,} of {total:,} points and "
                    f"begins in line {self._lines[largest[0]]}",
                    mend=f"its {points} {'are' if len(tree) > 1 else 'is'} dropped",
                )
        return largest


def _in_order(rows: NDArray[Any], tree: _Tree, findings: _Findings) -> NDArray[Any]:
    order = np.array(tree.largest)
    position = np.full(len(rows), -1, np.int32)
    position[order] = np.arange(len(order), dtype=np.int32)
    points: NDArray[Any] = rows[order]
    parents = np.array(tree.parents, np.int64)[order]
    points["parent"] = np.where(parents < 0, -1, position[parents])
    _mend_radii(points, findings)
    return points


def _mend_radii(points: NDArray[Any], findings: _Findings) -> None:
    radii: list[float] = points["radius"].tolist()
    parents: list[int] = points["parent"].tolist()
    # Also true of those that are not a number.
    unknown = [not radius >= _THINNEST_UM for radius in radii]
    if not any(unknown):
        return
    mend = "that of its parent is taken, or of a child at the root"
    for index in np.flatnonzero(unknown).tolist():
        findings.add(
            int(points["line"][index]),
            "its radius is not a number"
            if np.isnan(radii[index])
            else f"its radius is not above {_THINNEST_UM:g} µm",
            mend=None if all(unknown) else mend,
        )
    if all(unknown):
        return
    # Up to the root first, for it may have to ask its children.
    up = list(unknown)
    for index in range(len(radii) - 1, 0, -1):
        if up[parents[index]] and not up[index]:
            radii[parents[index]], up[parents[index]] = radii[index], False
    for index in range(1, len(radii)):
        if unknown[index]:
            radii[index] = radii[parents[index]]
    points["radius"] = radii


def _without_empty_sections(points: NDArray[Any], findings: _Findings) -> NDArray[Any]:
    """Drop the points of sections without length; what hangs on them moves to their parents."""
    while True:
        splitter = _Splitter(points)
        empty = splitter.empty_runs()
        if not empty:
            return points
        parents: list[int] = points["parent"].tolist()
        gone = np.zeros(len(points), np.bool_)
        for first, last in empty:
            findings.add(
                int(points["line"][first]),
                "the section that begins here has no length: all its points lie in one place",
                mend="one of them is kept" if first == 0 else "they are dropped",
            )
            gone[max(first, 1) : last + 1] = True
        for index in range(1, len(points)):
            if gone[parents[index]]:
                parents[index] = parents[parents[index]]
        position = np.cumsum(~gone) - 1
        points["parent"] = [-1, *(position[parent] for parent in parents[1:])]
        points = points[~gone]


class _Splitter:
    """The rules of `split`, on runs of consecutive points."""

    def __init__(self, points: NDArray[Any]) -> None:
        self._lines: list[int] = points["line"].tolist()
        self._kinds: list[int] = points["type"].tolist()
        self._parents: list[int] = points["parent"].tolist()
        self._points_um = np.column_stack(
            [points["x"], points["y"], points["z"], 2 * points["radius"]]
        )
        self._at_beginning = [False] * len(points)
        self._soma_children = [0] * len(points)
        for kind, parent in zip(self._kinds[1:], self._parents[1:], strict=True):
            self._soma_children[parent] += kind == SOMA == self._kinds[parent]
        self._find_runs()
        self._make_sections()

    def sections(self) -> Sections:
        kept = [run for run in range(len(self._runs)) if not self._removed[run]]
        order = sorted(kept, key=lambda run: (self._kinds[self._runs[run][0]], self._line(run)))
        index_of = {run: index for index, run in enumerate(order)}
        count_of: dict[int, int] = {}
        names = []
        for run in order:
            kind = self._kinds[self._runs[run][0]]
            number = count_of[kind] = count_of.get(kind, -1) + 1
            names.append(f"{_NAMES.get(kind, f'dend_{kind}')}[{number}]")
        points = [self._shape(run) for run in order]
        return Sections(
            names=tuple(names),
            parents=np.array([index_of.get(self._above[run], -1) for run in order], np.int32),
            parent_x=np.array([self._above_x[run] for run in order], np.float64),
            point_counts=np.array([len(shape) for shape in points], np.int32),
            points_um=np.concatenate(points),
            lines=tuple(map(self._line, order)),
        )

    def _line(self, run: int) -> int:
        return self._lines[self._runs[run][0]]

    def empty_runs(self) -> list[tuple[int, int]]:
        """First and last points of the sections that have no length."""
        return [
            run
            for index, run in enumerate(self._runs)
            if not self._removed[index] and _length(self._shape(index)) < _SHORTEST_UM
        ]

    def _find_runs(self) -> None:
        # Import3d counts 1 for each child, and a hundredth for each of what ends a section without
        # being a branch; what comes to exactly 1 goes on.
        hundredths = [0] * len(self._kinds)
        for index in range(1, len(self._kinds)):
            parent = self._parents[index]
            hundredths[parent] += 100
            if parent != index - 1:
                hundredths[parent] += 1
                if self._is_beside_soma(parent):
                    self._at_beginning[index] = True
                    hundredths[parent] = 100
            if self._kinds[parent] != self._kinds[index]:
                hundredths[parent] += 1
        self._sphere = self._is_three_point_sphere(hundredths)
        if self._sphere:
            self._parents[2] = 1
        for index in range(len(self._kinds) - 1):
            if (
                self._kinds[index] == SOMA == self._kinds[index + 1]
                and self._parents[index + 1] == index
                and (index == 0 or self._soma_children[index] < 2)
            ):
                hundredths[index] = 100
        ends = [index for index, count in enumerate(hundredths) if count != 100]
        begins = [0, *(end + 1 for end in ends[:-1])]
        self._runs = list(zip(begins, ends, strict=True))
        self._run_of = np.repeat(
            np.arange(len(ends)), [end - begin + 1 for begin, end in self._runs]
        ).tolist()

    def _is_beside_soma(self, point: int) -> bool:
        if point == 0:
            return self._kinds[0] != SOMA
        return (
            point > 1 and self._kinds[point] != SOMA and self._kinds[self._parents[point]] == SOMA
        )

    def _is_three_point_sphere(self, hundredths: list[int]) -> bool:
        if self._kinds.count(SOMA) != 3 or self._parents[1:3] != [0, 0] or any(hundredths[1:3]):
            return False
        diameters = self._points_um[:3, 3]
        if not (diameters == diameters[0]).all():
            return False
        arms = np.linalg.norm(self._points_um[1:3, :3] - self._points_um[0, :3], axis=1)
        return bool(abs(arms.sum() / diameters[0] - 1) < 0.01)

    def _make_sections(self) -> None:
        count = len(self._runs)
        self._above, self._above_x = [-1] * count, [0.0] * count
        self._from_parent = [False] * count
        self._removed = [False] * count
        for run in range(1, count):
            self._connect(run)
            shape = self._shape(run)
            # As Import3d does; nothing is lost but a joint.
            if len(shape) < 2 or (len(shape) == 2 and (shape[0, :3] == shape[1, :3]).all()):
                self._removed[run] = True
            above = self._above[run]
            if self._removed[above]:
                self._above[run], self._above_x[run] = self._above[above], self._above_x[above]

    def _connect(self, run: int) -> None:
        first, last = self._runs[run]
        parent = self._parents[first]
        above = self._run_of[parent]
        above_first, above_last = self._runs[above]
        is_sphere = above == 0 and self._sphere
        from_soma = self._kinds[above_first] == SOMA
        leaves_soma = from_soma and self._kinds[first] != SOMA
        several = last > first
        x, wire = 1.0, False
        if above == 0 and leaves_soma and (is_sphere or above_last == 0):
            x, wire = 0.5, several
        elif parent == 0:
            x, wire = 0.0, self._kinds[first] != SOMA and self._soma_children[0] > 1
        elif from_soma and parent < above_last:
            x, wire = 0.5, leaves_soma and several
        elif from_soma:
            wire = leaves_soma and several and self._soma_children[parent] > 1
        self._above[run] = above
        self._above_x[run] = 0.0 if self._at_beginning[first] else x
        self._from_parent[run] = not wire

    def _shape(self, run: int) -> NDArray[np.float64]:
        first, last = self._runs[run]
        if run == 0:
            own = self._points_um[:1] if self._sphere else self._points_um[: last + 1]
            if len(own) > 1:
                return own
            ends = np.repeat(own, 3, axis=0)
            ends[[0, 2], 0] += own[0, 3] / 2 * np.array([-1, 1])
            return ends
        own = self._points_um[first : last + 1]
        if not self._from_parent[run]:
            return own
        begin = self._points_um[self._parents[first]].copy()
        above_first = self._runs[self._run_of[self._parents[first]]][0]
        if self._kinds[above_first] == SOMA != self._kinds[first]:
            begin[3] = own[0, 3]
        return np.vstack([begin, own])


def _length(points: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1).sum())
