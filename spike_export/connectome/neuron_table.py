# SPDX-License-Identifier: BSD-3-Clause
"""Tables about neurons, as neuPrint, Codex and CAVE give them: which columns mean what.

The columns are found by their names, and what was taken is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..formats.tables import Row, TableError, number, read_rows
from .neuron_ids import IdError, parsed_ids
from .skeletons import content_of, unusable

IDS: Final = (
    "bodyid", "rootid", "ptrootid", "segmentid", "segid", "skeletonid", "neuronid", "cellid", "id",
)  # fmt: skip
"""Names of columns of ids, the first found is taken; case, blanks and ``_`` do not matter."""
TYPES: Final = ("type", "celltype", "primarytype", "cellclass", "class", "superclass")
NAMES: Final = ("instance", "name")
MOST_CLASSES: Final = 4096
"""Of a column of words; others are labels of single cells."""
MOST_COLUMNS: Final = 20
_LARGEST_FILE: Final = 1 << 30
_NOTHING: Final = frozenset(["", "nan", "none", "null", "na", "n/a", "<na>"])


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """What a table knows of each cell.

    Attributes
    ----------
    name : str
        As the table has it.
    values : ndarray of float32, shape (C,)
        NaN where the table has nothing.
    classes : tuple of str
        What the values count, the most frequent first; empty if they are measured.
    unit : str
        Empty if the table does not say.
    """

    name: str
    values: NDArray[np.float32]
    classes: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class NeuronTable:
    """Rows of a table by the ids of their neurons.

    Attributes
    ----------
    path : Path
    names : tuple of str
        Of the columns.
    rows : mapping from int to sequence of str
    id_column : str
    """

    path: Path
    names: tuple[str, ...]
    rows: Mapping[int, Sequence[str]]
    id_column: str

    def labels(self, ids: Sequence[int | None]) -> tuple[str, list[str]]:
        """Find what cells are called.

        Returns
        -------
        column : str
            Empty if the table has none.
        labels : list of str
        """
        index = _find(self.names, NAMES)
        if index is None:
            return "", [""] * len(ids)
        return self.names[index], [self._field(one, index) for one in ids]

    def columns(
        self, ids: Sequence[int | None], wanted: Sequence[str] = ()
    ) -> tuple[list[Column], list[str]]:
        """Take columns for cells: the type first, then all others that mean something.

        Parameters
        ----------
        wanted : sequence of str
            Which columns, in this order; by default all of numbers, and all of words that several
            cells share.

        Returns
        -------
        columns : list of Column
        notes : list of str
            What was left out.

        Raises
        ------
        ConnectomeError
            If one that is wanted is not there, or is neither numbers nor classes.
        """
        if wanted:
            return [self._column(self._index(name), ids, is_wanted=True) for name in wanted], []
        found: list[Column] = []
        left_out = []
        order = list(range(len(self.names)))
        first = _find(self.names, TYPES)
        if first is not None:
            order.remove(first)
            order.insert(0, first)
        label = _find(self.names, NAMES)
        skipped = {self.id_column, "" if label is None else self.names[label]}
        for index in order:
            if self.names[index] in skipped:
                continue
            column = self._column(index, ids, is_wanted=False)
            if np.isfinite(column.values).any() and len(found) < MOST_COLUMNS:
                found.append(column)
            else:
                left_out.append(self.names[index])
        notes = []
        if left_out:
            notes.append(
                f"Of {self.path.name}, columns without numbers or classes are left out: "
                f"{', '.join(left_out)[:200]}."
            )
        return found, notes

    def _index(self, name: str) -> int:
        for index, own in enumerate(self.names):
            if own.casefold() == name.casefold():
                return index
        raise unusable(
            self.path, f"it has no column {name!r:.60}, but {', '.join(self.names)[:300]}"
        )

    def _field(self, one: int | None, index: int) -> str:
        row = None if one is None else self.rows.get(one)
        return "" if row is None else row[index]

    def _column(self, index: int, ids: Sequence[int | None], *, is_wanted: bool) -> Column:
        name = self.names[index]
        fields = [self._field(one, index) for one in ids]
        fields = ["" if field.casefold() in _NOTHING else field for field in fields]
        numbers = [np.nan if not field else number(field) for field in fields]
        if None not in numbers:
            # A number beyond float32 becomes infinite, which is no data.
            with np.errstate(over="ignore"):
                values = np.array(numbers, np.float32)
            # Ids of other things are no measure.
            is_measured = not any(
                len(field) > 15 and field.isdigit() for field in fields
            )  # fmt: skip
            if is_measured or is_wanted:
                return Column(name, values)
            return Column(name, np.full(len(ids), np.nan, np.float32))
        counted = Counter(field for field in fields if field)
        # Several neurons of the table have it, even if these cells do not.
        words = [field for row in self.rows.values() if (field := row[index])]
        shared = len(set(words)) < len(words) or index == _find(self.names, TYPES)
        if len(counted) > MOST_CLASSES or (not shared and not is_wanted):
            if is_wanted:
                raise unusable(
                    self.path,
                    f"its column {name!r:.60} has {len(counted):,} different words, more than the "
                    f"{MOST_CLASSES:,} classes that can be shown",
                )
            return Column(name, np.full(len(ids), np.nan, np.float32))
        classes = tuple(sorted(counted, key=lambda one: (-counted[one], one)))
        place = {one: index for index, one in enumerate(classes)}
        values = np.array([place.get(field, np.nan) for field in fields], np.float32)
        return Column(name, values, classes)


def read_table(path: Path) -> NeuronTable:
    """Read a table about neurons.

    Raises
    ------
    ConnectomeError
        If it is not a table with a header, has no column of ids, or these are damaged.
    """
    content = content_of(path, _LARGEST_FILE)
    try:
        rows: list[Row] = list(read_rows(content).rows)
    except TableError as error:
        raise unusable(path, str(error)) from None
    header = rows.pop(0)
    names = tuple(header.fields)
    index = _find(names, IDS)
    if index is None:
        raise unusable(
            path,
            f"none of its columns, {', '.join(names)[:200]}, is called bodyId, root_id, "
            "pt_root_id or id",
        )
    if not rows:
        raise unusable(path, "it has no rows below its header")
    try:
        ids = parsed_ids(
            [row.fields[index] for row in rows], [row.line for row in rows], names[index]
        )
    except IdError as error:
        raise unusable(path, str(error)) from None
    by_id: dict[int, Sequence[str]] = {}
    for one, row in zip(ids, rows, strict=True):
        if by_id.setdefault(one, row.fields) is not row.fields and by_id[one] != row.fields:
            raise unusable(path, f"line {row.line}: {names[index]} {one} occurs twice")
    return NeuronTable(path, names, by_id, names[index])


def _find(names: Sequence[str], known: Sequence[str]) -> int | None:
    plain = ["".join(c for c in name.casefold() if c.isalnum()) for name in names]
    return next((plain.index(one) for one in known if one in plain), None)
