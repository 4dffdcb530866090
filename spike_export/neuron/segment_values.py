# SPDX-License-Identifier: BSD-3-Clause
"""One quantity in the segments of a NEURON model, copied all at once while it runs."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .model import segments_along
from .recording_error import RecordingError

_INDEXED = re.compile(r"(\w+)\[(\d{1,9})\]")


class SegmentValues:
    """Where NEURON keeps a quantity's values in all segments of some sections.

    Parameters
    ----------
    h : neuron's HocObject
    sections : list of neuron Section
    variable : str
        Name of a range variable, with an index where it has several values in a segment.

    Attributes
    ----------
    now : ndarray of float64, shape (R,)
        What `look` saw last, in those segments that have the quantity.
    recorded : ndarray of int, shape (R,)
        Which of all segments those are.
    columns : ndarray of int or slice
        The same, all segments being the columns of a frame.
    """

    def __init__(self, h: Any, sections: list[Any], variable: str) -> None:
        from neuron import hoc

        self._h = h
        self._scalar = hoc.HocObject
        self._sections = sections
        self._variable = variable
        indexed = _INDEXED.fullmatch(variable)
        self._attribute = f"_ref_{indexed[1] if indexed else variable}"
        self._index = int(indexed[2]) if indexed else None
        self.segment_counts = [section.nseg for section in sections]
        # Looked up once: it is used for every sample, and NEURON makes a new object each time.
        self._changes = h.CVode().structure_change_count
        self._copy: Any = None
        self.recorded = np.zeros(0, np.intp)
        self.columns: NDArray[np.intp] | slice = self.recorded

    def find(self) -> bool:
        """Find the values, which NEURON may have moved since `finitialize` began.

        Returns
        -------
        bool
            Whether there are any.
        """
        references = self._references()
        recorded = [i for i, reference in enumerate(references) if reference is not None]
        self.recorded = np.array(recorded, np.intp)
        self.columns = slice(None) if len(recorded) == len(references) else self.recorded
        if not recorded:
            return False
        self._point([references[index] for index in recorded])
        self._gathered = self._h.Vector(len(recorded))
        self.now: NDArray[np.float64] = self._gathered.as_numpy()
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
            # Whatever the model has changed, and maybe changed back, NEURON may have moved values.
            self.check_unchanged()
            references = self._references()
            if len(self.recorded) < len(references):
                references = [references[index] for index in self.recorded]
            if None in references:
                raise self._gone()
            self._point(references)
        try:
            self._copy(self._gathered)
        except RuntimeError:
            self.check_unchanged()
            raise self._gone() from None

    @property
    def as_found(self) -> bool:
        """Whether the model has the structure in which it was looked at last."""
        return bool(self._changes() == self._changes_seen)

    def check_unchanged(self) -> None:
        """Raise `RecordingError` if a section has another number of segments, or is gone."""
        counts = zip(self._sections, self.segment_counts, counts_of(self._sections), strict=True)
        for section, count, now in counts:
            if now != count:
                raise RecordingError(
                    f"Section {section.name()} had nseg {count} at finitialize but has {now} now; "
                    "set nseg before finitialize."
                )

    def let_go(self) -> None:
        """Keep no section alive any more."""
        self._sections = []
        self._copy = None

    def _point(self, references: list[Any]) -> None:
        pointers = self._h.PtrVector(len(references))
        # Looked up once, which would take three times as long as the rest.
        point = pointers.pset
        for position, reference in enumerate(references):
            point(position, reference)
        self._copy = pointers.gather
        self._changes_seen = self._changes()

    def _references(self) -> list[Any]:
        """Where NEURON keeps each segment's value; None where there is none."""
        return [
            self._reference(segment)
            for section in self._sections
            for segment in segments_along(section)
        ]

    def _reference(self, segment: Any) -> Any:
        reference = getattr(segment, self._attribute, None)
        if self._index is None:
            return reference if isinstance(reference, self._scalar) else None
        return self._element(reference, self._index)

    def _element(self, reference: Any, index: int) -> Any:
        """One of several values; None where the segment has no such."""
        if reference is None or isinstance(reference, self._scalar):
            return None
        try:
            return reference[index]
        except (IndexError, AttributeError):
            # NEURON looks for the mechanism only now.
            return None

    def _gone(self) -> RecordingError:
        return RecordingError(
            f"The model changed while it was recorded: a {self._variable!r} is gone."
        )

    def why_nothing(self) -> str:
        """Why `find` has found nothing."""
        if not self._sections:
            return "Nothing was recorded: there were no sections at finitialize."
        found = (
            getattr(segment, self._attribute, None)
            for section in self._sections
            for segment in section
        )
        if any(self._element(one, 0) is not None for one in found):
            name = self._attribute.removeprefix("_ref_")
            return (
                f"Nothing was recorded: {name!r} has several values in each segment, counted from "
                f"0; name one of them, such as '{name}[0]', not {self._variable!r}."
            )
        return f"Nothing was recorded: no segment has the variable {self._variable!r}."


def counts_of(sections: list[Any]) -> list[int]:
    """How many segments sections have now; `RecordingError` if one is gone."""
    try:
        return [section.nseg for section in sections]
    except ReferenceError:
        raise RecordingError("A section was deleted while the recording was running.") from None
