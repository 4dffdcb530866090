# SPDX-License-Identifier: BSD-3-Clause
"""What an adapter for another program's files is, what it is asked for, and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import Quantity
from .peek import Peek


class FormatError(ValueError):
    """A file that cannot be used; the text is one sentence that names it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the user has specified about the file.

    Attributes
    ----------
    of : str or None
        Which of the things in the file to read.
    rows : {"cells", "times"} or None
        What a matrix's rows are.
    interval_ms : float or None
        Between two columns or rows of a matrix.
    n_places : int or None
        How many places there are in another file.
    option : str
        What `of` is called on the command line.
    """

    of: str | None = None
    rows: Literal["cells", "times"] | None = None
    interval_ms: float | None = None
    n_places: int | None = None
    option: str = "--of"


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What is in a file: C cells with their spikes or values.

    Attributes
    ----------
    names : sequence of str
        The cells' own names; empty if the file does not name them.
    places_um : ndarray, shape (C, 3), or None
    gids : sequence of int or None
    spikes_ms : sequence of ndarray, or None
        In order.
    time_ms : ndarray, shape (F,), or None
    values : ndarray, shape (F, C), or None
        With `sections`, the shape may be (F, S), for S segments in the sections' order.
    quantity, unit : str
        What the values are.
    connections : ndarray of int, shape (M, 2), or None
        Indices of cells: from, to.
    delays_ms : ndarray, shape (M,), or None
        How long a spike takes along each of them; see `common_delays`.
    sections : sequence of sequences of dict, or None
        Each cell's shape, as `simulation_from_arrays` takes it.
    notes : tuple of str
        Sentences about what had to be supposed or left out.
    more : mapping from str to Quantity
        Further values, of the shape of `values`; of cells without `sections` only.
    """

    names: Sequence[str]
    places_um: NDArray[Any] | None = None
    gids: Sequence[int] | None = None
    spikes_ms: Sequence[NDArray[np.float64]] | None = None
    time_ms: NDArray[np.float64] | None = None
    values: NDArray[Any] | None = None
    quantity: str = "activity"
    unit: str = ""
    connections: NDArray[Any] | None = None
    delays_ms: NDArray[np.float64] | None = None
    sections: Sequence[Sequence[Mapping[str, Any]]] | None = None
    notes: tuple[str, ...] = ()
    more: Mapping[str, Quantity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file, and the command for it.

    Attributes
    ----------
    name : str
    what : str
        With its article: ``"an SWC file"``.
    command : str
        With FILE as a placeholder; empty if no command reads it.
    matches : callable
        Whether a file is of this kind, by its content.
    """

    name: str
    what: str
    command: str
    matches: Callable[[Peek], bool]


@dataclass(frozen=True, slots=True)
class Format(Kind):
    """A kind of file that ``spike-export read`` reads.

    Attributes
    ----------
    read : callable
        Takes the file and the request, and returns its content; raises `FormatError`.
    """

    read: Callable[[Path, Request], Content]


def readable(
    name: str,
    what: str,
    matches: Callable[[Peek], bool],
    read: Callable[[Path, Request], Content],
) -> Format:
    """Make the entry of a format for ``spike-export read``; see `Kind` and `Format`."""
    return Format(name, what, "read FILE", matches, read)


def unusable(path: Path, problem: str) -> FormatError:
    """Make an error that names the file, followed by the problem."""
    return FormatError(f"Cannot use {path.name or path}: {problem}.")


def common_delays(
    delays_ms: Iterable[float | None],
) -> tuple[NDArray[np.float64] | None, tuple[str, ...]]:
    """Take the delays of connections if all of them have one.

    Parameters
    ----------
    delays_ms : iterable of float or None
        One for each connection; None where the file gives none.

    Returns
    -------
    ndarray of float64, shape (M,), or None
    notes : tuple of str
        What was left out, if only some have one.
    """
    given = np.array([np.nan if delay is None else delay for delay in delays_ms], np.float64)
    known = np.isfinite(given) & (given >= 0)
    if known.all():
        return (given if given.size else None), ()
    if not known.any() and np.isnan(given).all():
        return None, ()
    return None, (
        f"{known.sum():,} of {len(given):,} connections have a delay of at least 0 ms; since not "
        "all have one, delays were left out.",
    )


def choose(path: Path, there: Iterable[str], wanted: str | None, request: Request) -> str:
    """Take what was asked for, or the only one that there is.

    Parameters
    ----------
    wanted : str or None
        What the request is of, or what is taken if it does not say.

    Raises
    ------
    FormatError
        If there are several and none was named, or none has that name; the last part of a name with
        slashes is enough.
    """
    names = list(there)
    short = [name for name in names if name.rpartition("/")[2] == wanted]
    if len(short) == 1 and wanted not in names:
        return short[0]
    listed = ", ".join(name[:60] for name in names[:20])
    if wanted is None and len(names) != 1:
        raise unusable(path, f"choose one of these with {request.option}: {listed}")
    if wanted is not None and wanted not in names:
        raise unusable(path, f"it has no {wanted!r:.60}, but {listed}")
    return names[0] if wanted is None else wanted
