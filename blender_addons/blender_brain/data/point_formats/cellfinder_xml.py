# SPDX-License-Identifier: GPL-3.0-or-later
"""cells.xml of cellfinder, which ImageJ's Cell Counter reads too: voxels of the raw image."""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

import numpy as np

from ..coordinates import Coordinates
from ..point_set import MOST_POINTS, Peek, PointFormat, PointSet, checked
from ..tables import TableError

_AXES: Final = {"MarkerX": 0, "MarkerY": 1, "MarkerZ": 2}
_TYPE: Final = "Type"
_DEEPEST: Final = 16
_LONGEST: Final = 40
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)


class _Reader:
    """Collects markers; entities, which can grow without bounds, are refused."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._path: list[str] = []
        self._text = ""
        self._marker: dict[int, float] = {}
        self._kind = 0.0
        self.numbers: list[tuple[float, float, float]] = []
        self.kinds: list[float] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._add
        self._parser.EntityDeclHandler = self._refuse
        self._parser.ExternalEntityRefHandler = self._refuse

    def read(self, content: bytes) -> None:
        try:
            self._parser.Parse(content, True)
        except expat.ExpatError as problem:
            what = expat.ErrorString(problem.code)
            raise TableError(
                f"{self._name}, line {problem.lineno}: it is not XML, or it is damaged ({what})."
            ) from None

    def _refuse(self, *_: object) -> int:
        raise TableError(f"{self._where()}: it defines entities, which no list of cells needs.")

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        self._path.append(tag)
        self._text = ""
        if len(self._path) > _DEEPEST:
            raise TableError(f"{self._where()}: its elements are nested too deeply.")
        if tag == "Marker":
            self._marker = {}

    def _add(self, text: str) -> None:
        self._text += text
        if len(self._text) > 65_536:
            raise TableError(f"{self._where()}: a text in it is too long.")

    def _end(self, tag: str) -> None:
        self._path.pop()
        if tag in _AXES and self._path[-1:] == ["Marker"]:
            self._marker[_AXES[tag]] = self._number()
        elif tag == _TYPE:
            self._kind = self._number()
        elif tag == "Marker":
            if len(self._marker) < 3:
                raise TableError(f"{self._where()}: a marker has no MarkerX, MarkerY or MarkerZ.")
            if len(self.numbers) == MOST_POINTS:
                raise TableError(f"{self._where()}: it has more than {MOST_POINTS:,} markers.")
            self.numbers.append((self._marker[0], self._marker[1], self._marker[2]))
            self.kinds.append(self._kind)
        self._text = ""

    def _number(self) -> float:
        text = self._text.strip()
        if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
            raise TableError(f"{self._where()}: '{text[:_LONGEST]}' is not a coordinate.")
        return float(text)

    def _where(self) -> str:
        return f"{self._name}, line {self._parser.CurrentLineNumber}"


def _recognizes(peek: Peek) -> bool:
    return "<CellCounter_Marker_File" in peek.text


def _read(peek: Peek) -> PointSet:
    reader = _Reader(peek.path.name)
    reader.read(peek.content)
    numbers = np.array(reader.numbers, np.float64).reshape(-1, 3)
    return PointSet(
        checked(peek.path, numbers),
        # The image's planes, its rows and its columns are the axes of the array.
        Coordinates("voxel", order="mda"),
        ("MarkerX", "MarkerY", "MarkerZ"),
        "cell",
        values={"Type": np.array(reader.kinds)},
        axes_named=False,
        notes=(
            f"{peek.path.name} has voxels of the raw image, not of an atlas: what they are in an "
            "atlas is in all_points.csv, which brainmapper writes beside it.",
        ),
    )


FORMAT: Final = PointFormat("cellfinder", 40, _recognizes, _read)
