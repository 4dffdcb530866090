# SPDX-License-Identifier: BSD-3-Clause
"""What a file's first bytes reveal, before anything in it is trusted."""

from __future__ import annotations

import csv
import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from .hdf5 import Hdf5Error, opened

_HEAD_BYTES: Final = 64 << 10
_LARGEST_JSON: Final = 4 << 20
_HDF5: Final = b"\x89HDF\r\n\x1a\n"
_ROWS: Final = 20
_FIRST_KEY: Final = re.compile(r'\s*\{\s*"([^"]{1,100})"\s*:')
_TAG: Final = re.compile(r"<([A-Za-z][\w.:-]*)")
# What may precede an XML document's first element, and how it ends.
_BEFORE_TAG: Final = {"<?": "?>", "<!--": "-->", "<!DOCTYPE": ">"}
_MOST_BEFORE_TAG: Final = 100


class Peek:
    """The beginning of a file; slower checks are made on demand.

    Parameters
    ----------
    path : Path
        A regular file.

    Raises
    ------
    OSError
        If it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as stream:
            self.head = stream.read(_HEAD_BYTES)
        self.is_whole = len(self.head) < _HEAD_BYTES

    @cached_property
    def text(self) -> str:
        """The beginning as text, to the end of its last whole line; empty if it is not text."""
        if self.head.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = self.head.decode("utf-16", "replace")
        elif b"\0" in self.head:
            return ""
        else:
            text = self.head.decode("utf-8-sig", "replace")
        return text if self.is_whole else text[: text.rfind("\n") + 1] or text

    @cached_property
    def rows(self) -> list[list[str]]:
        """Fields of up to 20 lines that are neither empty nor comments."""
        lines = [line.strip() for line in self.text.splitlines()]
        lines = [line for line in lines if line and not line.startswith("#")][:_ROWS]
        mark = next((mark for mark in ",;\t" if lines and mark in lines[0]), None)
        try:
            rows = [line.split() for line in lines] if mark is None else [
                *csv.reader(lines, delimiter=mark)
            ]  # fmt: skip
        except csv.Error:
            return []
        return [[field.strip() for field in row] for row in rows]

    @cached_property
    def number_rows(self) -> list[list[float]]:
        """The `rows` that contain only numbers."""
        return [list(map(float, row)) for row in self.rows if row and all(map(_is_number, row))]

    @cached_property
    def column_names(self) -> list[str]:
        """The first row in lower case, if it contains no numbers and numbers follow."""
        first = self.rows[0] if len(self.rows) > 1 else []
        return [] if any(map(_is_number, first)) else [field.casefold() for field in first]

    @cached_property
    def is_hdf5(self) -> bool:
        """Whether it is HDF5, which may begin after a user block."""
        return any(
            self.head[at : at + 8] == _HDF5 for at in (0, *(512 << n for n in range(7)))
        )  # fmt: skip

    @cached_property
    def hdf5_names(self) -> frozenset[str]:
        """Names in an HDF5 file's root; empty if it cannot be opened. Needs h5py."""
        if not self.is_hdf5:
            return frozenset()
        try:
            with opened(self.path) as root:
                return frozenset(root.names())
        except Hdf5Error:
            return frozenset()

    @cached_property
    def json_keys(self) -> frozenset[str]:
        """Keys of a JSON object; only the first ones if it is large."""
        found = _FIRST_KEY.match(self.text)
        if found is None:
            return frozenset()
        try:
            if self.path.stat().st_size <= _LARGEST_JSON:
                content: Any = json.loads(self.path.read_text(encoding="utf-8-sig"))
                return frozenset(content)
        except (OSError, ValueError, RecursionError):
            pass
        return frozenset([found[1]])

    @cached_property
    def xml_tag(self) -> str:
        """Name of an XML document's outermost element; empty if it is not XML."""
        text = self.text.lstrip()
        for _ in range(_MOST_BEFORE_TAG):
            begin = next((mark for mark in _BEFORE_TAG if text.startswith(mark)), None)
            if begin is None:
                break
            is_defining = begin == "<!DOCTYPE" and "[" in text.partition(">")[0]
            text = text.partition("]>" if is_defining else _BEFORE_TAG[begin])[2].lstrip()
        found = _TAG.match(text)
        return found[1].casefold() if found else ""

    @property
    def is_npy(self) -> bool:
        """Whether it begins like NumPy's ``.npy``."""
        return self.head.startswith(b"\x93NUMPY")

    @property
    def is_pickle(self) -> bool:
        """Whether it begins like a pickle of protocol 2 or newer."""
        return self.head[:1] == b"\x80" and self.head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
