# SPDX-License-Identifier: BSD-3-Clause
"""Quantities in the segments of a NEURON model, copied all at once during a run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .model import segments_along
from .recording_error import RecordingError

_INDEXED = re.compile(r"(\w+)\[(\d{1,9})\]")
_OF_POINT_PROCESS = re.compile(r"(\w+)\.(\w+)")


class SegmentValues:
    """Pointers to the values of some quantities in all segments of some sections.

    Parameters
    ----------
    h : neuron's HocObject
    sections : list of neuron Section
    variables : sequence of str
        Names of range variables, with an index if one has several values in a segment; or of point
        process variables, such as ``ExpSyn.i``, summed over each segment. The type may be omitted
        if only one has such a variable.

    Attributes
    ----------
    names : list of str
        The same, including types of point processes after `find`.
    absent : list of str
        Variables that no segment has.
    now : ndarray of float64, shape (R,)
        The values from the last `look`, where they exist: quantity by quantity, segment by segment.
    recorded : ndarray of int, shape (R,)
        Their indices among the values of all quantities in all segments.
    columns : ndarray of int or slice
        The same, as columns of a frame.
    """

    def __init__(self, h: Any, sections: list[Any], variables: Sequence[str]) -> None:
        from neuron import hoc

        self._h = h
        self._scalar = hoc.HocObject
        self._sections = sections
        self.names = list(variables)
        self.absent: list[str] = []
        self.segment_counts = [section.nseg for section in sections]
        # Looked up once: it is used for every sample, and NEURON makes a new object each time.
        self._changes = h.CVode().structure_change_count
        self._copy: Any = None
        self.recorded = np.zeros(0, np.intp)
        self.columns: NDArray[np.intp] | slice = self.recorded

    def find(self) -> bool:
        """Locate the values, which NEURON may have moved since `finitialize` began.

        Returns
        -------
        bool
            Whether there are any.
        """
        found = self._references()
        segments = sum(self.segment_counts)
        self.absent = [
            name
            for begin, name in zip(range(0, len(found), segments or 1), self.names, strict=False)
            if not any(found[begin : begin + segments])
        ]
        recorded = [i for i, references in enumerate(found) if references]
        self.recorded = np.array(recorded, np.intp)
        self.columns = slice(None) if len(recorded) == len(found) else self.recorded
        if not recorded:
            return False
        self._point([found[index] for index in recorded])
        self.look()
        return True

    def look(self) -> None:
        """Copy the values into `now`.

        Raises
        ------
        RecordingError
            If segments changed, or the quantity is gone.
        """
        if self._changes() != self._changes_seen:
            # After any change to the model, even if undone, NEURON may have moved values.
            self.check_unchanged()
            found = self._references()
            references = [found[index] for index in self.recorded]
            if not all(references):
                raise self._gone()
            self._point(references)
        try:
            self._copy(self._gathered)
        except RuntimeError:
            self.check_unchanged()
            raise self._gone() from None
        if self._firsts is not None:
            np.add.reduceat(self._all, self._firsts, out=self.now)

    @property
    def as_found(self) -> bool:
        """Whether the model's structure is unchanged since the last look."""
        return bool(self._changes() == self._changes_seen)

    def check_unchanged(self) -> None:
        """Raise `RecordingError` if a section's number of segments has changed, or it is gone."""
        counts = zip(self._sections, self.segment_counts, counts_of(self._sections), strict=True)
        for section, count, now in counts:
            if now != count:
                raise RecordingError(
                    f"Section {section.name()} had nseg {count} at finitialize but has {now} now; "
                    "set nseg before finitialize."
                )

    def let_go(self) -> None:
        """Release all sections."""
        self._sections = []
        self._copy = None

    def _point(self, found: list[list[Any]]) -> None:
        references = [one for several in found for one in several]
        pointers = self._h.PtrVector(len(references))
        # Looked up once, since this takes three times as long as the rest.
        point = pointers.pset
        for position, reference in enumerate(references):
            point(position, reference)
        self._gathered = self._h.Vector(len(references))
        self._all: NDArray[np.float64] = self._gathered.as_numpy()
        self._firsts: NDArray[np.intp] | None = None
        self.now = self._all
        if len(references) > len(found):
            self._firsts = np.cumsum([0, *(len(several) for several in found[:-1])])
            self.now = np.empty(len(found))
        self._copy = pointers.gather
        self._changes_seen = self._changes()

    def _references(self) -> list[list[Any]]:
        """Pointers to the values that add up to each quantity in each segment."""
        segments = [one for section in self._sections for one in segments_along(section)]
        found: list[list[Any]] = []
        for index, name in enumerate(self.names):
            own = self._of(name, segments)
            types = [] if any(own) else self._types_with(name, segments)
            if len(types) == 1:
                self.names[index] = f"{types[0]}.{name}"
                own = self._of(self.names[index], segments)
            found += own
        return found

    def _of(self, name: str, segments: list[Any]) -> list[list[Any]]:
        of_type = _OF_POINT_PROCESS.fullmatch(name)
        if of_type:
            return [
                [
                    reference
                    for one in segment.point_processes()
                    if _type_of(one) == of_type[1]
                    and (reference := getattr(one, f"_ref_{of_type[2]}", None)) is not None
                ]
                for segment in segments
            ]
        indexed = _INDEXED.fullmatch(name)
        attribute = f"_ref_{indexed[1] if indexed else name}"
        index = int(indexed[2]) if indexed else None
        found = (getattr(segment, attribute, None) for segment in segments)
        return [[] if (one := self._value(each, index)) is None else [one] for each in found]

    def _types_with(self, name: str, segments: list[Any]) -> list[str]:
        """Types of point processes that have a variable, in alphabetical order."""
        if not name.isidentifier():
            return []
        return sorted(
            {
                _type_of(one)
                for segment in segments
                for one in segment.point_processes()
                if isinstance(getattr(one, f"_ref_{name}", None), self._scalar)
            }
        )

    def _value(self, reference: Any, index: int | None) -> Any:
        if index is None:
            return reference if isinstance(reference, self._scalar) else None
        return self._element(reference, index)

    def _element(self, reference: Any, index: int) -> Any:
        """One of several values; None if the segment does not have it."""
        if reference is None or isinstance(reference, self._scalar):
            return None
        try:
            return reference[index]
        except (IndexError, AttributeError):
            # NEURON searches for the mechanism only now.
            return None

    def _gone(self) -> RecordingError:
        what = " or ".join(repr(name) for name in self.names if name not in self.absent)
        return RecordingError(f"The model changed while it was recorded: a {what} is gone.")

    def why_nothing(self) -> str:
        """Why `find` found nothing, or why variables are `absent`."""
        if not self._sections:
            return "Nothing was recorded: there were no sections at finitialize."
        variable = self.absent[0]
        segments = [segment for section in self._sections for segment in section]
        attribute = f"_ref_{(_INDEXED.fullmatch(variable) or [variable] * 2)[1]}"
        found = (getattr(segment, attribute, None) for segment in segments)
        if any(self._element(one, 0) is not None for one in found):
            name = attribute.removeprefix("_ref_")
            return (
                f"Nothing was recorded: {name!r} has several values in each segment, counted from "
                f"0; name one of them, such as '{name}[0]', not {variable!r}."
            )
        types = self._types_with(variable, segments)
        if types:
            return (
                f"Nothing was recorded: {variable!r} is a variable of {', '.join(types)}; name the "
                f"one you mean, such as '{types[0]}.{variable}'."
            )
        return f"Nothing was recorded: no segment has the variable {variable!r}."


def _type_of(point_process: Any) -> str:
    return str(point_process.hname()).partition("[")[0]


def counts_of(sections: list[Any]) -> list[int]:
    """Return the current segment counts of sections; `RecordingError` if one is gone."""
    try:
        return [section.nseg for section in sections]
    except ReferenceError:
        raise RecordingError("A section was deleted while the recording was running.") from None
