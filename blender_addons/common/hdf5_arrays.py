# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrays in HDF5 files from strangers: those of h5py, MATLAB 7.3, netCDF 4 and NWB.

pyfive, whose wheel the extensions that read such files include, finds what is where. It trusts a
file: so it reads through `_Guarded`, which ends circles, and numbers are read here, after their
size was checked. Nothing outside the file is read: external links and data, and virtual datasets
are refused.
"""

from __future__ import annotations

import math
import os
import time
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from .tables import TableError

_START: Final = b"\x89HDF\r\n\x1a\n"
# After a user block, which MATLAB has.
_PLACES: Final = (0, 512, 1024, 2048, 4096)
# What pyfive reads to find arrays, without their values.
_MOST_READS: Final = 1_000_000
_MOST_BYTES: Final = 32 << 20
# Of the processor's time, since pyfive copies what it has read of a header with each part of it.
_MOST_SECONDS: Final = 10.0
_MOST_VISITS: Final = 1_000
_MOST_MEMBERS: Final = 10_000
_DEEPEST: Final = 16
_MOST_VALUES: Final = 300_000_000
# A chunk that is larger than what it is part of.
_LARGEST_CHUNK: Final = 64 << 20
_MOST_TEXTS: Final = 1_000_000
_CONTIGUOUS, _CHUNKED, _COMPACT = 1, 2, 0
_NOWHERE: Final = 2**64 - 1
_DEFLATE, _SHUFFLE, _FLETCHER = 1, 2, 3
_FILTERS: Final = {
    4: "szip", 5: "n-bit", 6: "scale-offset", 307: "bzip2", 32000: "LZF", 32001: "Blosc",
    32004: "LZ4", 32008: "bitshuffle", 32013: "ZFP", 32015: "Zstandard", 32026: "Blosc 2",
}  # fmt: skip
_UNKNOWN: Final = "it is damaged, or stored in a way that is not read"


def hdf5_start(begin: bytes) -> int | None:
    """Tell where HDF5 begins in a file, from its first 8 KB; None if it is no such file."""
    return next((place for place in _PLACES if begin.startswith(_START, place)), None)


@dataclass(frozen=True, slots=True)
class Stored:
    """An array of real numbers in a file.

    Attributes
    ----------
    shape : tuple of int
    dtype : dtype
    attributes : mapping
        By their names: text is a str, and a single number a number.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    attributes: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return an attribute that is a text; empty if it is none."""
        value = self.attributes.get(name)
        return value if isinstance(value, str) else ""


class Hdf5Arrays:
    """The arrays in an open file; made by `opened_hdf5`.

    Attributes
    ----------
    arrays : dict
        Each `Stored` array of real numbers, by its path in the file.
    groups : dict
        The attributes of each group, by its path; the root's is empty.
    unread : dict
        Why other arrays of the file are not read, by their paths.
    """

    def __init__(self, file: BinaryIO, size: int, root: Any) -> None:
        self.arrays: dict[str, Stored] = {}
        self.groups: dict[str, Mapping[str, Any]] = {}
        self.unread: dict[str, str] = {}
        self._found: dict[str, Any] = {}
        self._file, self._size, self._root = file, size, root
        self._members = 0
        self._list(root, "", 0)

    def _list(self, group: Any, path: str, depth: int) -> None:
        if depth > _DEEPEST:
            raise TableError(f"its groups are nested deeper than {_DEEPEST} times, or in a circle")
        self.groups[path] = _attributes(group)
        for name in group:
            self._members += 1
            if self._members > _MOST_MEMBERS:
                raise TableError(f"it has more than {_MOST_MEMBERS:,} members")
            own = f"{path}/{name}" if path else str(name)
            try:
                self._add(group.get_lazy_view(name), own, depth)
            except TableError:
                raise
            except Exception:
                # pyfive raises whatever a damaged file provokes, and NotImplementedError.
                self.unread[own] = "is damaged, or stored in a way that is not read"

    def _add(self, found: Any, own: str, depth: int) -> None:
        # What a soft link leads to has its own name, and is listed there.
        if found is None or str(found.name).lstrip("/") != own:
            return
        if hasattr(found, "keys"):
            self._list(found, own, depth + 1)
        elif hasattr(found, "shape"):
            self._found[own] = found
            dtype, shape = found.dtype, found.shape
            if not isinstance(dtype, np.dtype) or dtype.kind not in "biuf":
                self.unread[own] = "holds no real numbers"
            elif shape is None:
                self.unread[own] = "is empty"
            else:
                self.arrays[own] = Stored(tuple(map(int, shape)), dtype, _attributes(found))

    def read(self, name: str) -> NDArray[Any]:
        """Read an array.

        Raises
        ------
        TableError
            If it is damaged, or stored in a way that is not read.
        """
        stored, dataset = self.arrays[name], self._found[name]
        count = math.prod(stored.shape)
        if count > _MOST_VALUES:
            raise TableError(f"'{name}' in it claims {count:,} values")
        try:
            layout = dataset.id.layout_class
            if layout == _CHUNKED:
                return self._chunks(name, stored, dataset)
            if layout == _CONTIGUOUS:
                content = self._bytes(name, dataset.id.data_offset, count * stored.dtype.itemsize)
                return np.frombuffer(content, stored.dtype).reshape(stored.shape)
            if layout == _COMPACT and count * stored.dtype.itemsize <= 65_536:
                return np.array(dataset[()])
        except TableError:
            raise
        except Exception:
            raise TableError(f"'{name}' in it is damaged") from None
        raise TableError(f"'{name}' in it is virtual or damaged; its values are elsewhere")

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Read a list of texts; None if it is none."""
        dataset = self._found.get(name)
        if dataset is None or name in self.arrays or len(dataset.shape) != 1:
            return None
        if dataset.shape[0] > _MOST_TEXTS:
            raise TableError(f"'{name}' in it claims {dataset.shape[0]:,} texts")
        try:
            values = [v.decode("utf-8") if isinstance(v, bytes) else v for v in dataset[()]]
        except TableError:
            raise
        except Exception:
            return None
        return tuple(values) if all(isinstance(v, str) for v in values) else None

    def dimensions(self, name: str) -> list[str]:
        """Name the arrays that are the scales of an array's dimensions; empty where there is none.

        Those of netCDF 4, or attached by h5py.
        """
        listed = self.arrays[name].attributes.get("DIMENSION_LIST")
        names: list[str] = []
        try:
            for one in [] if listed is None else listed:
                names.append(str(self._root[one[0]].name).lstrip("/") if len(one) else "")
        except TableError:
            raise
        except Exception:
            return []
        return [own if own in self.arrays else "" for own in names]

    def fill_value(self, name: str) -> Any:
        """Return what stands where nothing was stored."""
        return self._found[name].fillvalue

    def _bytes(self, name: str, place: int, length: int) -> bytes:
        if place == _NOWHERE:
            raise TableError(f"'{name}' in it has no values here: never stored, or in another file")
        if place + length > self._size:
            raise TableError(f"it ends early: '{name}' in it is not complete")
        self._file.seek(place)
        return self._file.read(length)

    def _chunks(self, name: str, stored: Stored, dataset: Any) -> NDArray[Any]:
        chunk, itemsize = tuple(map(int, dataset.id.chunks)), stored.dtype.itemsize
        length = math.prod(chunk) * itemsize
        whole = math.prod(stored.shape) * itemsize
        if min(chunk, default=0) < 1 or length > max(_LARGEST_CHUNK, 16 * whole):
            raise TableError(f"'{name}' in it is damaged")
        filters = [one["filter_id"] for one in dataset.id.filter_pipeline or []]
        for one in filters:
            if one not in (_DEFLATE, _SHUFFLE, _FLETCHER):
                how = _FILTERS.get(one, f"filter {one}")
                raise TableError(f"'{name}' in it is packed by {how}, which is not read")
        values = np.full(stored.shape, dataset.fillvalue, stored.dtype)
        # A chunk that is not stored has the fill value, by definition.
        for place, info in dataset.id.index.items():
            if any(p % c or p >= n for p, c, n in zip(place, chunk, stored.shape, strict=True)):
                raise TableError(f"'{name}' in it is damaged: a part of it lies outside")
            packed = self._bytes(name, info.byte_offset, info.size)
            content = _unpacked(packed, filters, info.filter_mask, length, itemsize)
            if len(content) != length:
                raise TableError(f"'{name}' in it is damaged: a part of it has another length")
            part = np.frombuffer(content, stored.dtype).reshape(chunk)
            target = values[tuple(slice(p, p + c) for p, c in zip(place, chunk, strict=True))]
            target[...] = part[tuple(slice(n) for n in target.shape)]
        return values


@contextmanager
def opened_hdf5(path: Path) -> Iterator[Hdf5Arrays]:
    """Open a file and list its arrays.

    Yields
    ------
    Hdf5Arrays

    Raises
    ------
    TableError
        To follow the file's name.
    OSError
    """
    try:
        import pyfive
    except ImportError:
        raise TableError("it is HDF5, which needs pyfive; that is part of the extension") from None
    with path.open("rb") as file, warnings.catch_warnings():
        # pyfive warns of types that it does not know, which are reported here.
        warnings.simplefilter("ignore")
        start = hdf5_start(file.read(_PLACES[-1] + len(_START)))
        if start is None:
            raise TableError("it is not HDF5")
        guarded = _Guarded(file, start)
        try:
            listed = Hdf5Arrays(guarded.unlimited, guarded.size, pyfive.File(guarded))
        except TableError:
            raise
        except Exception:
            raise TableError(_UNKNOWN) from None
        yield listed


class _Guarded:
    """A file without its user block that can only be read so much.

    Whatever leads in a circle in a damaged file has to read it again and again.
    """

    closed = False
    path = ""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._start = start
        self._reads = self._bytes = 0
        self._visits: Counter[int] = Counter()
        self._end = time.process_time() + _MOST_SECONDS
        self._file = file
        self.size = os.fstat(file.fileno()).st_size - start
        self.unlimited: Any = _From(file, start)

    def seek(self, place: int, whence: int = 0) -> int:
        if whence or not 0 <= place <= self.size:
            raise TableError(_UNKNOWN)
        self._visits[place] += 1
        if self._visits[place] > _MOST_VISITS:
            raise TableError("it is damaged: a part of it leads back to itself")
        return self._file.seek(self._start + place) - self._start

    def tell(self) -> int:
        return self._file.tell() - self._start

    def read(self, length: int = -1) -> bytes:
        content = self._file.read(min(length, _MOST_BYTES) if length >= 0 else _MOST_BYTES)
        self._reads += 1
        self._bytes += len(content)
        is_over = time.process_time() > self._end
        if is_over or self._reads > _MOST_READS or self._bytes > _MOST_BYTES:
            raise TableError("it is damaged, or has more parts than can be listed")
        return content


class _From:
    """A file without its user block."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file, self._start = file, start
        self.read: Callable[[int], bytes] = file.read

    def seek(self, place: int) -> int:
        return self._file.seek(self._start + place)


def _attributes(found: Any) -> dict[str, Any]:
    plain = {str(name): _plain(value) for name, value in found.attrs.items()}
    return {
        name: value
        for name, value in plain.items()
        if isinstance(value, str) or (isinstance(value, np.generic | np.ndarray)
                                      and value.dtype.kind in "biufO")
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "biufSO":
        value = value.reshape(-1)[0]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value


def _unpacked(packed: bytes, filters: list[int], mask: int, length: int, itemsize: int) -> bytes:
    """Undo the filters of a chunk, the last first; a bit in its mask says that one was left out."""
    for index in reversed(range(len(filters))):
        if mask >> index & 1:
            continue
        if filters[index] == _DEFLATE:
            # Never more than a chunk, with its checksum, whatever is packed there.
            packed = zlib.decompressobj().decompress(packed, length + 5)
        elif filters[index] == _SHUFFLE:
            whole = len(packed) // itemsize * itemsize
            bytes_of_values = np.frombuffer(packed, np.uint8, whole).reshape(itemsize, -1)
            packed = bytes_of_values.T.tobytes() + packed[whole:]
        else:
            packed, checksum = packed[:-4], packed[-4:]
            if not _fits(packed, checksum):
                raise TableError("it is damaged: a checksum of its values is wrong")
    return packed


def _fits(content: bytes, checksum: bytes) -> bool:
    """Compare with Fletcher's checksum of 32 bits; 0 and 65535 are the same."""
    words = np.frombuffer(content + b"\0" * (len(content) % 2), ">u2").astype(np.uint64)
    weights = np.arange(len(words), 0, -1, dtype=np.uint64) % 65535
    first, second = int(words.sum()) % 65535, int((words * weights % 65535).sum()) % 65535
    low, high = (int(n) % 65535 for n in np.frombuffer(checksum, "<u2"))
    return (first, second) == (low, high)
