# SPDX-License-Identifier: BSD-3-Clause
"""Skeletons as points and edges, many of them in flat arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MOST_CELLS: Final = 100_000
MOST_POINTS: Final = 100_000_000
SOMA: Final = 1
"""SWC's code of a soma; `Skeleton.kinds` holds such codes."""


class ConnectomeError(ValueError):
    """What cannot be used; the text is one sentence that names the file."""


def unusable(path: Path, problem: str) -> ConnectomeError:
    """Make an error that names the file, followed by the problem."""
    return ConnectomeError(f"Cannot use {path.name or path}: {problem}.")


def content_of(path: Path, largest: int) -> bytes:
    """Read a file, but no more than so many bytes.

    Raises
    ------
    ConnectomeError
        If it is larger, is not a regular file, or cannot be read.
    """
    try:
        if not path.is_file():
            raise unusable(path, "it is not a regular file")
        with path.open("rb") as stream:
            content = stream.read(largest + 1)
    except OSError as error:
        raise unusable(path, str(error.strerror)) from None
    if len(content) > largest:
        size = f"{largest >> 30} GiB" if largest >= 1 << 30 else f"{largest >> 20} MiB"
        raise unusable(path, f"it is larger than {size}")
    return content


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """One skeleton, in the unit of its file.

    Attributes
    ----------
    name : str
        What its file is called, without its suffix.
    points : ndarray of float64, shape (P, 3)
    radii : ndarray of float64, shape (P,)
        NaN where unknown.
    kinds : ndarray of uint8, shape (P,)
        As in SWC: 0 undefined, 1 soma, 2 axon, 3 dendrite, 4 apical dendrite.
    edges : ndarray of int64, shape (E, 2)
        Pairs of points, the one nearer to the root first if the file knows it.
    roots : ndarray of int64, shape (R,)
        Points at which a tree of the file begins.
    unit : str
        As the file itself gives it, such as ``"8 nanometer"``; empty if it does not.
    oddities : tuple of str
        What was found in it that is read all the same, in the same words for all files.
    """

    name: str
    points: NDArray[np.float64]
    radii: NDArray[np.float64]
    kinds: NDArray[np.uint8]
    edges: NDArray[np.int64]
    roots: NDArray[np.int64]
    unit: str = ""
    oddities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Skeletons:
    """C skeletons of P points in all, one after the other.

    Attributes
    ----------
    names : tuple of str, length C
    point_counts : ndarray of int64, shape (C,)
    points, radii, kinds, edges, roots
        As those of `Skeleton`; points are counted from the first of all.
    units : frozenset of str
        All that the files give.
    notes : tuple of str
        Sentences about what was found in them.
    """

    names: tuple[str, ...]
    point_counts: NDArray[np.int64]
    points: NDArray[np.float64]
    radii: NDArray[np.float64]
    kinds: NDArray[np.uint8]
    edges: NDArray[np.int64]
    roots: NDArray[np.int64]
    units: frozenset[str] = frozenset()
    notes: tuple[str, ...] = field(default=())

    @property
    def cell_of(self) -> NDArray[np.int64]:
        """Index of each point's skeleton, shape (P,)."""
        return np.repeat(np.arange(len(self.names)), self.point_counts)

    def scaled(self, um_per_unit: NDArray[np.float64]) -> Skeletons:
        """Convert to micrometers.

        Parameters
        ----------
        um_per_unit : ndarray, shape (3,)
            Of x, y and z; radii get their geometric mean.
        """
        radius_um = float(np.cbrt(np.prod(um_per_unit)))
        return Skeletons(
            self.names, self.point_counts, self.points * um_per_unit, self.radii * radius_um,
            self.kinds, self.edges, self.roots, frozenset(), self.notes,
        )  # fmt: skip

    def extents(self) -> NDArray[np.float64]:
        """Longest side of the box around each skeleton, shape (C,)."""
        firsts = np.cumsum(self.point_counts) - self.point_counts
        low = np.minimum.reduceat(self.points, firsts, axis=0)
        high = np.maximum.reduceat(self.points, firsts, axis=0)
        widest: NDArray[np.float64] = (high - low).max(axis=1)
        return widest


def joined(parts: Sequence[Skeleton]) -> Skeletons:
    """Put skeletons one after the other.

    Parameters
    ----------
    parts : sequence of Skeleton
        At least one.
    """
    counts = np.array([len(part.points) for part in parts], np.int64)
    firsts = (np.cumsum(counts) - counts).tolist()

    def together(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate(arrays)

    found: dict[str, list[str]] = {}
    for part in parts:
        for oddity in part.oddities:
            found.setdefault(oddity, []).append(part.name)
    return Skeletons(
        tuple(part.name for part in parts),
        counts,
        together([part.points for part in parts]),
        together([part.radii for part in parts]),
        together([part.kinds for part in parts]),
        together([part.edges + first for part, first in zip(parts, firsts, strict=True)]),
        together([part.roots + first for part, first in zip(parts, firsts, strict=True)]),
        frozenset(part.unit for part in parts),
        tuple(
            f"In {len(names):,} of {len(parts):,} skeletons, {names[0]:.60} for example, {oddity}."
            for oddity, names in found.items()
        ),
    )
