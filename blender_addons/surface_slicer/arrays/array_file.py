# SPDX-License-Identifier: GPL-3.0-or-later
"""Read arrays from files of strangers: ``.npy``, ``.npz`` and numbers as text.

What a file says of itself is checked against its size before memory is taken, and nothing in a
file is run: arrays of Python objects, which NumPy stores as pickles, are refused.

The formats are described in NumPy's own manual, under ``numpy.lib.format``.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from .heightmap import MOST_CELLS, HeightmapError, check_shape

Check = Callable[[tuple[int, ...], np.dtype[Any]], None]

EXTENSIONS: Final = (".npy", ".npz", ".csv", ".txt")
_MOST_MEMBERS: Final = 10_000
_MOST_COLUMNS: Final = 30_000
# Numbers written out need about 25 bytes each.
_MOST_TEXT_BYTES: Final = 25 * MOST_CELLS
_MOST_HEADER: Final = 10_000
# What NumPy's reader, which is not made for damaged files, is known to raise.
_HEADER_ERRORS: Final = (
    ValueError,
    TypeError,
    SyntaxError,
    EOFError,
    RecursionError,
    OverflowError,
    IndexError,
    KeyError,
    tokenize.TokenError,
)


def read_array(
    filepath: str | os.PathLike[str], name: str = "", check: Check = check_shape
) -> NDArray[Any]:
    """Read an array of real numbers.

    Parameters
    ----------
    filepath : path-like
        ``.npy``, ``.npz``; anything else is read as text, a line a row, with commas, semicolons,
        tabs or blanks between the numbers. Empty fields are NaN.
    name : str
        Which array of an ``.npz`` archive; not needed if just one of them passes the check.
    check : callable
        Raises `HeightmapError` for shapes and types that are not wanted, before any memory is
        taken for them; `heightmap.check_shape` wants surfaces.

    Returns
    -------
    ndarray
        Text gives a column for each number of a line, also where there is just one.

    Raises
    ------
    HeightmapError
        One sentence with the file's name and the place in it.
    """
    path = Path(os.fspath(filepath))
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                raise HeightmapError("it is empty (0 bytes)")
            if path.suffix.lower() == ".npy":
                return _read_npy(file, size, check)
            if path.suffix.lower() == ".npz":
                return _read_npz(file, name, check)
            return _read_text(file, size, check)
    except FileNotFoundError:
        problem = "there is no such file"
    except IsADirectoryError:
        problem = "it is a folder"
    except HeightmapError as error:
        problem = str(error)
    except OSError as error:
        problem = error.strerror or str(error)
    except MemoryError:
        problem = "there is not enough memory for it"
    raise HeightmapError(f"Cannot read {path.name}: {problem}.") from None


def array_names(filepath: str | os.PathLike[str]) -> list[str]:
    """List the arrays of an ``.npz`` archive.

    Parameters
    ----------
    filepath : path-like

    Returns
    -------
    list of str
        Empty for other files, and for files that cannot be read.
    """
    if Path(os.fspath(filepath)).suffix.lower() != ".npz":
        return []
    try:
        with zipfile.ZipFile(filepath) as archive:
            return list(_members(archive))
    except (OSError, zipfile.BadZipFile, HeightmapError, ValueError):
        return []


# --- NumPy's own formats ---


def _read_npy(file: BinaryIO, size: int, check: Check) -> NDArray[Any]:
    shape, fortran, dtype = _npy_header(file)
    check(shape, dtype)
    expected = math.prod(shape) * dtype.itemsize
    there = size - file.tell()
    if there < expected:
        raise HeightmapError(
            f"it ends early: its header announces {expected:,} bytes of numbers, "
            f"{there:,} are there"
        )
    return _filled(file, shape, fortran, dtype, expected)


def _npy_header(file: Any) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Read what stands before the numbers."""
    try:
        version = npy_format.read_magic(file)
        with warnings.catch_warnings():
            # NumPy warns of headers that Python 2 wrote, and reads them.
            warnings.simplefilter("ignore")
            if version == (1, 0):
                return npy_format.read_array_header_1_0(file, max_header_size=_MOST_HEADER)
            if version == (2, 0):
                return npy_format.read_array_header_2_0(file, max_header_size=_MOST_HEADER)
    except _HEADER_ERRORS:
        raise HeightmapError("it is not a NumPy array, or its header is damaged") from None
    raise HeightmapError(
        f"it has version {version[0]}.{version[1]} of the format; 1.0 and 2.0 are read"
    )


def _filled(
    file: Any, shape: tuple[int, ...], fortran: bool, dtype: np.dtype[Any], expected: int
) -> NDArray[Any]:
    content = file.read(expected)
    if len(content) < expected:
        raise HeightmapError(
            f"it ends early: its header announces {expected:,} bytes of numbers, "
            f"{len(content):,} are there"
        )
    flat = np.frombuffer(content, dtype)
    return flat.reshape(shape[::-1]).T if fortran else flat.reshape(shape)


def _read_npz(file: BinaryIO, name: str, check: Check) -> NDArray[Any]:
    with _sentences_for_archives(), zipfile.ZipFile(file) as archive:
        members = _members(archive)
        if not members:
            raise HeightmapError("it holds no array")
        if name:
            if name not in members:
                raise HeightmapError(f"it holds no array '{name}'; it has {_listed(members)}")
            return _read_member(archive, members[name], check)
        usable = [info for info in members.values() if _is_wanted(archive, info, check)]
        if len(usable) > 1:
            raise HeightmapError(f"it holds several arrays, choose one: {_listed(members)}")
        # If none can, the first one's problem is the one to tell.
        return _read_member(archive, usable[0] if usable else next(iter(members.values())), check)


@contextlib.contextmanager
def _sentences_for_archives() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise HeightmapError("it is not a NumPy archive, or it is damaged") from None
    except (RuntimeError, NotImplementedError):
        raise HeightmapError("it is encrypted or packed in a way that NumPy does not use") from None


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    listed = archive.infolist()
    if len(listed) > _MOST_MEMBERS:
        raise HeightmapError(f"it holds {len(listed):,} files, more than {_MOST_MEMBERS:,}")
    return {
        info.filename.removesuffix(".npy"): info
        for info in listed
        if info.filename.endswith(".npy")
    }


def _is_wanted(archive: zipfile.ZipFile, info: zipfile.ZipInfo, check: Check) -> bool:
    try:
        with archive.open(info) as member:
            shape, _, dtype = _npy_header(member)
        check(shape, dtype)
    except HeightmapError:
        return False
    return True


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, check: Check) -> NDArray[Any]:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise HeightmapError("it is packed in a way that NumPy does not use")
    with archive.open(info) as member:
        try:
            shape, fortran, dtype = _npy_header(member)
            check(shape, dtype)
            expected = math.prod(shape) * dtype.itemsize
            # What is unpacked is bounded by the limits on the shape, whatever the archive says.
            return _filled(member, shape, fortran, dtype, expected)
        except HeightmapError as error:
            raise HeightmapError(f"'{info.filename}' in it: {error}") from None


def _listed(members: dict[str, zipfile.ZipInfo]) -> str:
    names = [f"'{name[:40]}'" for name in list(members)[:8]]
    return ", ".join(names) + (", …" if len(members) > 8 else "")


# --- Text ---


def _read_text(file: BinaryIO, size: int, check: Check) -> NDArray[np.float64]:
    if size > _MOST_TEXT_BYTES:
        raise HeightmapError(f"its {size / 1e6:,.0f} MB are too many for text; save it as .npy")
    rows: list[NDArray[np.float64]] = []
    separator: str | None = None
    cells = 0
    try:
        with io.TextIOWrapper(file, "utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                text = line.partition("#")[0].strip(" \r\n")
                if not text.strip():
                    continue
                if not rows:
                    separator = next((s for s in ";\t," if s in text), None)
                row = _row(text, separator, number, may_be_names=not rows)
                if row is None:
                    continue
                if rows and len(row) != len(rows[0]):
                    raise HeightmapError(
                        f"line {number} has {len(row):,} number{'s' * (len(row) != 1)}, "
                        f"those before it {len(rows[0]):,}"
                    )
                cells += len(row)
                if cells > MOST_CELLS:
                    raise HeightmapError(f"it has more than {MOST_CELLS:,} numbers")
                rows.append(row)
    except UnicodeDecodeError:
        raise HeightmapError("it is not text") from None
    if not rows:
        raise HeightmapError("it holds no numbers")
    array = np.stack(rows)
    check(array.shape, array.dtype)
    return array


def _row(
    text: str, separator: str | None, number: int, *, may_be_names: bool
) -> NDArray[np.float64] | None:
    """Read a line; None if it holds names of the columns instead of numbers."""
    fields = text.split(separator, _MOST_COLUMNS)
    if len(fields) > _MOST_COLUMNS:
        raise HeightmapError(f"line {number} has more than {_MOST_COLUMNS:,} numbers")
    if separator == ";":
        # Commas are those of decimal fractions then.
        fields = [field.replace(",", ".") for field in fields]
    parsed = [_number(field) for field in fields]
    if None not in parsed:
        return np.array(parsed, np.float64)
    if may_be_names and not any(parsed):
        return None
    column = parsed.index(None)
    shown = fields[column].strip()[:30]
    raise HeightmapError(f"line {number}, field {column + 1}: '{shown}' is no number")


def _number(field: str) -> float | None:
    """Read a field; empty ones are NaN, others that are no number None."""
    try:
        return float(field)
    except ValueError:
        return None if field.strip() else float("nan")
