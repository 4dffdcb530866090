# SPDX-License-Identifier: GPL-3.0-or-later
"""On which line of a TOML file each key is, which Python's own reader does not tell.

For text that the reader has accepted, so that nothing has to be checked again.
"""

from __future__ import annotations

from typing import Final

Path = tuple[str | int, ...]
_ESCAPES: Final = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


def lines_of(text: str) -> dict[Path, int]:
    """Find the lines of all keys, and of the members of arrays.

    Parameters
    ----------
    text : str
        Of a TOML file that `tomllib` can read.

    Returns
    -------
    dict of int
        By path: names of keys, and places in arrays. Lines count from 1.
    """
    return _Scan(text.replace("\r\n", "\n")).all()


class _Scan:
    def __init__(self, text: str) -> None:
        self._text, self._at, self._line = text, 0, 1
        self._lines: dict[Path, int] = {}
        # How many tables an array of them has so far.
        self._count: dict[Path, int] = {}

    def all(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip():
            if self._next("[["):
                table = self._header("]]", many=True)
            elif self._next("["):
                table = self._header("]", many=False)
            else:
                self._pair(table)
        return self._lines

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, count: int = 1) -> str:
        taken = self._text[self._at : self._at + count]
        self._line += taken.count("\n")
        self._at += count
        return taken

    def _next(self, mark: str) -> bool:
        if self._text.startswith(mark, self._at):
            self._take(len(mark))
            return True
        return False

    def _skip(self, blanks: str = " \t\n\r") -> bool:
        """Pass over blanks and comments, and tell whether anything is left."""
        while self._peek() and (self._peek() in blanks or self._peek() == "#"):
            if self._peek() == "#":
                while self._peek() not in ("", "\n"):
                    self._take()
            else:
                self._take()
        return bool(self._peek())

    def _header(self, end: str, *, many: bool) -> Path:
        line = self._line
        names = self._key()
        self._next(end)
        path: Path = ()
        for place, name in enumerate(names):
            path = (*path, name)
            self._lines.setdefault(path, line)
            if many and place == len(names) - 1:
                self._count[path] = self._count.get(path, -1) + 1
            if path in self._count:
                path = (*path, self._count[path])
                self._lines.setdefault(path, line)
        return path

    def _pair(self, table: Path) -> None:
        line = self._line
        path = table
        for name in self._key():
            path = (*path, name)
            self._lines.setdefault(path, line)
        self._next("=")
        self._value(path)

    def _key(self) -> list[str]:
        names = []
        while True:
            self._skip(" \t")
            if self._peek() in ('"', "'"):
                names.append(self._string())
            else:
                begin = self._at
                while self._peek() and (self._peek().isalnum() or self._peek() in "_-"):
                    self._take()
                names.append(self._text[begin : self._at])
            self._skip(" \t")
            if not self._next("."):
                return names

    def _value(self, path: Path) -> None:
        self._skip()
        if self._peek() in ('"', "'"):
            self._string()
        elif self._next("["):
            self._members(path, "]", inline=False)
        elif self._next("{"):
            self._members(path, "}", inline=True)
        else:
            while self._peek() and self._peek() not in ",]}\n#":
                self._take()

    def _members(self, path: Path, end: str, *, inline: bool) -> None:
        place = 0
        while self._skip() and not self._next(end):
            if self._next(","):
                continue
            if inline:
                self._pair(path)
            else:
                self._lines[(*path, place)] = self._line
                self._value((*path, place))
                place += 1

    def _string(self) -> str:
        mark = self._peek()
        if self._next(mark * 3):
            while not self._next(mark * 3):
                self._take(2 if mark == '"' and self._peek() == "\\" else 1)
            # Up to two more belong to the text.
            while self._next(mark):
                pass
            return ""
        self._take()
        text = ""
        while self._peek() not in ("", mark):
            one = self._take()
            if mark == '"' and one == "\\":
                kind = self._take()
                size = {"u": 4, "U": 8}.get(kind)
                text += chr(int(self._take(size), 16)) if size else _ESCAPES.get(kind, kind)
            else:
                text += one
        self._take()
        return text
