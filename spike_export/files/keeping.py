# SPDX-License-Identifier: BSD-3-Clause
"""Keep a result that took long to compute, wherever there is room."""

from __future__ import annotations

import errno
import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

# A name may have 255 bytes, of which a character has up to four.
_LONGEST_STEM = 50


class KeptElsewhereError(OSError):
    """The target could not be written; the text says why, and where the result was saved instead.

    Attributes
    ----------
    kept : Path
    """

    def __init__(self, reason: OSError, path: Path, kept: Path) -> None:
        text = f"{reason.strerror or reason}; the result is in {kept} instead"
        super().__init__(reason.errno or errno.EIO, text, str(path))
        self.kept = kept


def write_and_keep(path: str | os.PathLike[str], write: Callable[[Path], object]) -> Path:
    """Write a file, under another name if the given one is not possible.

    Parameters
    ----------
    write : callable
        Called with `path` and, if that fails, with unused paths: beside it, in the working folder,
        in the home folder, and in the folder for temporary files.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    KeptElsewhereError
        If the result is under another name.
    OSError
        If it could not be written anywhere; the reason is that of `path`.
    """
    path = Path(path)
    try:
        write(path)
    except OSError as reason:
        for other in _other_places(path):
            try:
                write(other)
            except OSError:
                continue
            raise KeptElsewhereError(reason, path, other) from None
        raise
    return path


def _other_places(path: Path) -> Iterator[Path]:
    real = Path(os.path.realpath(path))
    folders = [Path.cwd(), Path(os.path.expanduser("~")), Path(tempfile.gettempdir())]
    # Nothing is written among the system's devices.
    if real.is_file() or not real.exists():
        folders.insert(0, real.parent)
    for folder in dict.fromkeys(folders):
        if os.access(folder, os.W_OK):
            yield _free(folder, path)


def _free(folder: Path, path: Path) -> Path:
    stem = path.stem[:_LONGEST_STEM]
    names = (f"{stem}-{number}{path.suffix[:_LONGEST_STEM]}" for number in itertools.count(2))
    return next(folder / name for name in names if not os.path.lexists(folder / name))
