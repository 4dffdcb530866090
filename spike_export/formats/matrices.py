# SPDX-License-Identifier: BSD-3-Clause
"""A matrix of cells and times: which side is which, and the times of its frames.

Neither is in the numbers themselves, so both are taken from names, from the number of positions or
from the user, and checked against each other; ambiguous matrices are refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .content import Content, Request, unusable

LARGEST_BYTES: Final = 8_000_000_000
# By what a unit of time is called, in small letters.
_UNITS_MS: Final = {
    **dict.fromkeys(("ns", "nsec", "nanosecond", "nanoseconds"), 1e-6),
    **dict.fromkeys(("us", "μs", "usec", "microsecond", "microseconds"), 1e-3),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 1.0),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1e3),
    **dict.fromkeys(("min", "minute", "minutes"), 6e4),
    **dict.fromkeys(("h", "hour", "hours"), 3.6e6),
}
_TIME_NAME: Final = re.compile(
    r"(?:t|times?|timestamps?|frame[ _]?times?)"
    rf"(?:[ _]*[(\[]?({'|'.join(_UNITS_MS)})[)\]]?)?"
)
_LIKE_TIME: Final = re.compile(r"(?:times?|timestamps?|frame[ _]?times?)(?![a-z]).*")
# Of tables of spikes and of places.
_CELL_NAME: Final = re.compile(
    r"(?:cell|neuron|node|unit)?_?(?:ids?|gids?|names?)|cell|senders?|neuron|unit|population|[xyz]"
)
_FEWEST_TIMES: Final = 5


def is_time_name(name: str) -> bool:
    """Whether a column with this lower-case name contains times."""
    return _TIME_NAME.fullmatch(name) is not None


def is_cell_name(name: str) -> bool:
    """Whether a column with this lower-case name contains cells or positions."""
    return _CELL_NAME.fullmatch(name) is not None


def content_of_matrix(
    path: Path, matrix: NDArray[Any], request: Request, names: Sequence[str] = ()
) -> Content:
    """Make cells and frames of a matrix.

    Parameters
    ----------
    path : Path
        For messages.
    matrix : ndarray, shape (R, C)
    names : sequence of str, length C, optional
        Of its columns.

    Raises
    ------
    FormatError
        If cells or frame times cannot be determined.
    """
    if not matrix.size:
        raise unusable(path, "it holds no values")
    notes: list[str] = []
    time_ms = None
    rows: str | None = request.rows
    if names and is_time_name(names[0].casefold()):
        time_ms = _times(path, matrix[:, 0], names[0], request)
        matrix, names = matrix[:, 1:], names[1:]
        if rows == "cells":
            raise unusable(path, "its first column holds times, so its rows are not cells")
        rows = "times"
    elif names and (_LIKE_TIME.fullmatch(names[0].casefold()) or _counts(matrix[:, 0])):
        raise unusable(
            path, f"its first column, {names[0]!r:.60}, looks like times or an index; name it "
            "time_ms or time_s if it holds times, else remove it",
        )  # fmt: skip
    elif not names and (side := counting_side(matrix)):
        time_ms = _counted_ms(matrix[:, 0], request) if side == "column" else None
        if time_ms is None:
            raise unusable(
                path, f"its first {side} increases evenly, like times or an index; give "
                "--interval, which says in what unit times in a first column are, or remove an "
                "index; or name columns in a first line, as time_ms",
            )  # fmt: skip
        notes.append(f"Its first column was taken to be times, up to {time_ms[-1]:g} ms.")
        matrix, rows = matrix[:, 1:], "times"
    if rows is None:
        rows = _told(path, matrix, request, names, notes)
    if rows == "cells":
        matrix, names = matrix.T, ()
    if time_ms is None:
        if request.interval_ms is None:
            raise unusable(path, "it has no times; give --interval in ms")
        time_ms = np.arange(len(matrix), dtype=np.float64) * request.interval_ms
    if not matrix.size:
        raise unusable(path, "it holds no values beside its times")
    return Content(
        names or [f"cell {index}" for index in range(matrix.shape[1])],
        time_ms=time_ms,
        values=np.ascontiguousarray(matrix, np.float32),
        notes=tuple(notes),
    )


def _told(
    path: Path, matrix: NDArray[Any], request: Request, names: Sequence[str], notes: list[str]
) -> str:
    """Determine what the rows are from the number of positions, or from the column names."""
    n_rows, n_columns = matrix.shape
    fits = [n_rows == request.n_places, n_columns == request.n_places]
    if fits == [True, False]:
        notes.append(f"Its {n_rows:,} rows were taken as cells, since there are as many positions.")
        return "cells"
    if fits == [False, True]:
        notes.append(
            f"Its {n_columns:,} columns were taken as cells, since there are as many positions."
        )
        return "times"
    if names and request.n_places is None:
        notes.append(
            f"Its {n_columns:,} columns have names, so they were taken as cells and the rows as "
            "times."
        )
        return "times"
    raise unusable(
        path, f"it has {n_rows:,} rows and {n_columns:,} columns; use --rows cells or --rows times "
        "to say what its rows are",
    )  # fmt: skip


def _times(path: Path, column: NDArray[Any], name: str, request: Request) -> NDArray[np.float64]:
    """Read times in ms."""
    times = column.astype(np.float64)
    if not (np.isfinite(times).all() and (np.diff(times) > 0).all()):
        raise unusable(
            path, f"its times, in the column {name!r:.60}, do not increase from row to row"
        )
    return times * times_in_ms(path, times, name, request)[0]


def times_in_ms(
    path: Path,
    times: NDArray[np.float64],
    name: str,
    request: Request,
    supposed: float | None = None,
) -> tuple[float, bool]:
    """Tell the unit of times by their column's name or, where it does not, by the interval.

    Parameters
    ----------
    times : ndarray of float64, shape (F,)
        Increasing.
    supposed : float, optional
        The unit in ms where nothing tells.

    Returns
    -------
    scale : float
        The unit in ms.
    is_said : bool
        Whether anything tells.

    Raises
    ------
    FormatError
        If nothing tells the unit, or the interval is another one.
    """
    unit = (_TIME_NAME.fullmatch(name.casefold()) or [None, None])[1]
    scales = [1.0, 1000.0] if unit is None else [_UNITS_MS[unit]]
    if request.interval_ms is not None and len(times) > 1:
        middle = float(np.median(np.diff(times)))
        scales = _fitting(middle, request.interval_ms, scales)
        if not scales:
            raise unusable(
                path, f"its times are {middle:g} apart, which differs from the given --interval"
            )
    if len(scales) == 1:
        return scales[0], True
    if supposed is None:
        raise unusable(
            path, f"the column {name!r:.60} does not say whether it is in ms or in s; name it "
            "time_ms or time_s, or give --interval",
        )  # fmt: skip
    return supposed, False


def _counted_ms(column: NDArray[Any], request: Request) -> NDArray[np.float64] | None:
    """Read a column that increases evenly as times in ms or in s, whichever fits the interval."""
    if request.interval_ms is None or request.rows == "cells":
        return None
    times = column.astype(np.float64)
    scales = _fitting(float(np.median(np.diff(times))), request.interval_ms)
    return times * scales[0] if scales else None


def _fitting(
    step: float, interval_ms: float, scales: Sequence[float] = (1.0, 1000.0)
) -> list[float]:
    """Units in ms in which a step is the interval, to a hundredth."""
    return [scale for scale in scales if math.isclose(step * scale, interval_ms, rel_tol=0.01)]


def counting_side(matrix: NDArray[Any]) -> str:
    """Name a side that rises by the same step all along, as no values of a cell do."""
    sides = (("column", matrix[:, 0]), ("row", matrix[0]))
    return next((side for side, line in sides if _counts(line)), "")


def _counts(line: NDArray[Any]) -> bool:
    with np.errstate(invalid="ignore", over="ignore"):
        steps = np.diff(line.astype(np.float64))
    return bool(
        len(line) >= _FEWEST_TIMES
        and np.isfinite(steps).all()
        and steps[0] > 0
        and np.allclose(steps, steps[0], rtol=1e-3, atol=0)
    )
