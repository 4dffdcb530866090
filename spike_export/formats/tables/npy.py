# SPDX-License-Identifier: BSD-3-Clause
"""NumPy's own files, from any source: ``.npy`` and ``.npz``.

A file's claims are checked against its size before memory is allocated, and nothing in a file is
executed: the check must refuse arrays of Python objects, which NumPy stores as pickles.

The formats are described in NumPy's own manual, under ``numpy.lib.format``.
"""

from __future__ import annotations

import contextlib
import math
import os
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from .text import TableError

Check = Callable[[tuple[int, ...], np.dtype[Any]], None]
"""Raises `TableError` for unwanted shapes and types, before memory is allocated for them."""

_MOST_MEMBERS: Final = 10_000
_MOST_HEADER: Final = 10_000
# What NumPy's reader is known to raise for damaged files.
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


def read_npy(file: BinaryIO, check: Check) -> NDArray[Any]:
    """Read an array.

    Parameters
    ----------
    file : binary file
        A real one, whose size is known, or `io.BytesIO`.
    check : callable
        See `Check`.

    Raises
    ------
    TableError
        If it is damaged, or what `check` raises.
    """
    shape, fortran, dtype = _header(file)
    check(shape, dtype)
    expected = math.prod(shape) * dtype.itemsize
    begin = file.tell()
    there = file.seek(0, os.SEEK_END) - begin
    file.seek(begin)
    if there < expected:
        raise TableError(_ends_early(expected, there))
    values = _filled(file, shape, fortran, dtype, expected)
    if file.read(len(npy_format.MAGIC_PREFIX)) == npy_format.MAGIC_PREFIX:
        raise TableError("it holds several arrays, one after another; save each as a file")
    return values


def read_npz(file: BinaryIO, name: str, check: Check) -> NDArray[Any]:
    """Read one array of an archive.

    Parameters
    ----------
    name : str
        If empty, the only one that passes the check.
    check : callable
        See `Check`.

    Raises
    ------
    TableError
        If it is damaged, has no such array or several that pass, or what `check` raises.
    """
    with _sentences_for_archives(), zipfile.ZipFile(file) as archive:
        members = _members(archive)
        if not members:
            raise TableError("it holds no array")

        def check_member(one: str) -> None:
            with archive.open(members[one]) as member:
                shape, _, dtype = _header(member)
            check(shape, dtype)

        return _read_member(
            archive, members[chosen_array(list(members), name, check_member)], check
        )


def chosen_array(names: Sequence[str], name: str, check: Callable[[str], object]) -> str:
    """Choose one of the arrays of a file.

    Parameters
    ----------
    names : sequence of str
        At least one.
    name : str
        If empty, the only one that passes the check; if none does, the first, whose problem is to
        be reported.
    check : callable
        Raises `TableError` for an array that cannot be used.

    Raises
    ------
    TableError
        If there is no such array, or several pass.
    """
    if name:
        if name not in names:
            raise TableError(f"it holds no array '{name}'; it has {_listed(names)}")
        return name
    usable = [one for one in names if _passes(check, one)]
    if len(usable) > 1:
        raise TableError(f"it holds several arrays, choose one: {_listed(usable)}")
    return usable[0] if usable else names[0]


def _passes(check: Callable[[str], object], name: str) -> bool:
    try:
        check(name)
    except TableError:
        return False
    return True


def array_names(filepath: str | os.PathLike[str]) -> list[str]:
    """List the arrays of an ``.npz`` archive.

    Returns
    -------
    list of str
        Empty for other files, and for files that cannot be read.
    """
    if os.path.splitext(os.fspath(filepath))[1].lower() != ".npz":
        return []
    try:
        with zipfile.ZipFile(filepath) as archive:
            return list(_members(archive))
    except (OSError, zipfile.BadZipFile, ValueError):
        return []


def _header(file: Any) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Read the header."""
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
        raise TableError("it is not a NumPy array, or its header is damaged") from None
    raise TableError(
        f"it has version {version[0]}.{version[1]} of the format; 1.0 and 2.0 are read"
    )


def _filled(
    file: Any, shape: tuple[int, ...], fortran: bool, dtype: np.dtype[Any], expected: int
) -> NDArray[Any]:
    content = file.read(expected)
    if len(content) < expected:
        raise TableError(_ends_early(expected, len(content)))
    flat = np.frombuffer(content, dtype)
    return flat.reshape(shape[::-1]).T if fortran else flat.reshape(shape)


def _ends_early(expected: int, there: int) -> str:
    return f"it ends early: its header announces {expected:,} bytes of numbers, {there:,} are there"


@contextlib.contextmanager
def _sentences_for_archives() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise TableError("it is not a NumPy archive, or it is damaged") from None
    except (RuntimeError, NotImplementedError):
        raise TableError("it is encrypted or packed in a way that NumPy does not use") from None


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    listed = archive.infolist()
    if len(listed) > _MOST_MEMBERS:
        raise TableError(f"it holds {len(listed):,} files, more than {_MOST_MEMBERS:,}")
    return {
        info.filename.removesuffix(".npy"): info
        for info in listed
        if info.filename.endswith(".npy")
    }


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, check: Check) -> NDArray[Any]:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise TableError("it is packed in a way that NumPy does not use")
    with archive.open(info) as member:
        try:
            shape, fortran, dtype = _header(member)
            check(shape, dtype)
            expected = math.prod(shape) * dtype.itemsize
            # The limits on the shape bound what is unpacked, whatever the archive claims.
            return _filled(member, shape, fortran, dtype, expected)
        except TableError as error:
            raise TableError(f"'{info.filename}' in it: {error}") from None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name[:40]}'" for name in names[:8]) + (", …" if len(names) > 8 else "")
