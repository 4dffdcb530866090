# SPDX-License-Identifier: BSD-3-Clause
"""Spikes as two arrays, one of times and one of cells: Kilosort's and Phy's, ``.npz``, MATLAB's."""

from __future__ import annotations

import re
import tokenize
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from . import mat5
from .content import FormatError
from .hdf5 import Hdf5Error, opened
from .peek import Peek
from .spike_files import _CELL, _TIME, TableError
from .spike_tables import Reading, Spikes, gathered, refuse_dense

PHY_TIMES: Final = "spike_times.npy"
_PHY_CELLS: Final = ("spike_clusters.npy", "spike_templates.npy")
_LARGEST_BYTES: Final = 4 << 30
_LARGEST_TEXT: Final = 1 << 20
# An array compressed more than a thousandfold is not genuine.
_UNSUSPICIOUS: Final = 64 << 20
_LARGEST_RATIO: Final = 1000
_RATE: Final = re.compile(
    r"^\s*sample_rate\s*=\s*([0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)\s*$", re.M
)
_NAMES_OF_TIMES: Final = (*_TIME, "spiketimes", "spike_t", "st")
_NAMES_OF_CELLS: Final = (*_CELL, "spikeclusters", "spike_ids", "spike_i", "clu", "units")


def holds_arrays(path: Path) -> bool:
    """Whether something is a folder, or a file of arrays rather than text."""
    if path.is_dir():
        return True
    if not path.is_file():
        return False
    peek = Peek(path)
    return peek.is_npy or peek.head.startswith((b"PK\x03\x04", b"MATLAB "))


def are_named(peek: Peek) -> bool:
    """Whether it is one of Phy's arrays, or a file with arrays of times and cells."""
    if peek.is_npy:
        return peek.path.name in (PHY_TIMES, *_PHY_CELLS)
    try:
        if peek.head.startswith(b"PK\x03\x04"):
            names = {name.casefold() for name in _npz(peek.path)}
        elif peek.head.startswith(b"MATLAB "):
            names = {name.casefold() for name in _matlab(peek.path)}
        else:
            return False
    except (FormatError, Hdf5Error, TableError):
        return False
    return bool(names & set(_NAMES_OF_TIMES)) and bool(names & set(_NAMES_OF_CELLS))


def is_clusters(path: Path) -> bool:
    """Whether a file is the cells file that Kilosort or Phy writes beside the times."""
    return path.name in _PHY_CELLS


def read_spike_arrays(path: Path, reading: Reading) -> Spikes:
    """Read times of spikes, and the cell of each.

    Parameters
    ----------
    path : Path
        Kilosort's or Phy's folder, or its ``spike_times.npy``, whose times are counted in samples
        of the rate in ``params.py``; or an ``.npz`` or MATLAB file that holds two rows with names
        such as ``times`` and ``ids``.
    reading : Reading
        Must give the unit if the files do not.

    Raises
    ------
    TableError, FormatError, Hdf5Error
        If something is missing, damaged or malicious, or the unit is unclear.
    """
    notes: list[str] = []
    unit_ms = reading.unit_ms
    if path.is_dir() or Peek(path).is_npy:
        folder = path if path.is_dir() else path.parent
        times, cells, unit_ms = _phy(path, folder, unit_ms, notes)
    else:
        arrays = _npz(path) if Peek(path).head.startswith(b"PK") else _matlab(path)
        time_name = _pick(path, arrays, _NAMES_OF_TIMES, "times")
        cell_name = _pick(path, arrays, _NAMES_OF_CELLS, "cells")
        notes.append(f"Times are {time_name!r:.60} in {path.name}, cells are {cell_name!r:.60}.")
        times, cells = (_row(path, name, arrays[name]()) for name in (time_name, cell_name))
        by_name = 1.0 if time_name.endswith("_ms") else 1000.0 if time_name.endswith("_s") else None
        if by_name is not None and unit_ms not in (None, by_name):
            raise _unusable(path, f"names its times {time_name!r:.60}, which --unit contradicts")
        unit_ms = by_name if unit_ms is None else unit_ms
    if len(times) != len(cells):
        raise _unusable(path, f"has {len(times):,} times, but cells for {len(cells):,}")
    if unit_ms is None and times.dtype.kind in "iu":
        raise _unusable(
            path, "has whole numbers as times, which may be samples or ms; use --unit 1ms, or give "
            "the sampling rate, such as --unit 30000Hz",
        )  # fmt: skip
    numbers = cells.astype(np.float64)
    if not (np.isfinite(numbers).all() and (numbers == np.round(numbers)).all()):
        raise _unusable(path, "has cell numbers that are not integers")
    ms = times.astype(np.float64) * (unit_ms or 1.0)
    if not np.isfinite(ms).all():
        raise _unusable(path, "has a time that is not finite")
    if ms.size and ms.min() < 0:
        raise _unusable(path, f"has a spike at {ms.min():g} ms, before 0")
    whole = cells.astype(np.int64)
    order = np.lexsort((ms, whole))
    found, firsts = np.unique(whole[order], return_index=True)
    parts = np.split(ms[order], firsts[1:])
    of_cell = {("", str(cell)): part for cell, part in zip(found.tolist(), parts, strict=False)}
    refuse_dense(lambda problem: _unusable(path, problem), of_cell, unit_ms is None)
    return gathered({key: [part] for key, part in of_cell.items()}, notes, path.name)


def _unusable(path: Path, problem: str) -> TableError:
    return TableError(f"Cannot use {path.name or path}: it {problem}.")


def _phy(
    path: Path, folder: Path, unit_ms: float | None, notes: list[str]
) -> tuple[NDArray[Any], NDArray[Any], float]:
    there = next((folder / name for name in _PHY_CELLS if (folder / name).is_file()), None)
    times_path = folder / PHY_TIMES
    is_meant = path.is_dir() or path.name == PHY_TIMES or is_clusters(path)
    if there is None or not times_path.is_file() or not is_meant:
        what = "is a folder" if path.is_dir() else "is an array"
        raise _unusable(
            path, f"{what} without {PHY_TIMES} and {_PHY_CELLS[0]}, as Kilosort and Phy write them"
        )
    if unit_ms is None:
        unit_ms = _sample_ms(folder / "params.py")
        notes.append(
            f"Times are samples, {1000 / unit_ms:,.6g} per second according to params.py; cells "
            f"are from {there.name}."
        )
    else:
        notes.append(f"Cells are from {there.name}.")
    times, cells = (_row(file, file.name, _npy(file)) for file in (times_path, there))
    return times, cells, unit_ms


def _sample_ms(params: Path) -> float:
    """Find the rate in Phy's parameters, which are Python, without executing them."""
    try:
        if params.is_file() and params.stat().st_size <= _LARGEST_TEXT:
            found = _RATE.findall(params.read_text(encoding="utf-8", errors="replace"))
            if len(found) == 1 and float(found[0]) > 0:
                return 1000 / float(found[0])
    except OSError:
        pass
    raise TableError(
        f"Cannot use {PHY_TIMES}: its times are in samples, and no params.py beside it gives the "
        "sampling rate; give it, such as --unit 30000Hz."
    )


def _npy(path: Path) -> NDArray[Any]:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise _unusable(path, "is larger than 4 GiB")
        # Memory-mapped, so that a shape larger than the file is refused before memory is allocated.
        return np.array(np.load(path, mmap_mode="r", allow_pickle=False))
    except OSError as error:
        raise TableError(f"Cannot read {path.name}: {error.strerror or error}.") from None
    except TableError:
        raise
    except (ValueError, EOFError, MemoryError, tokenize.TokenError):
        raise _unusable(path, "is damaged, or holds objects instead of numbers") from None


def _npz(path: Path) -> dict[str, Callable[[], NDArray[Any]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (OSError, zipfile.BadZipFile, ValueError):
        raise _unusable(path, "is damaged") from None
    return {
        member.filename.removesuffix(".npy"): _in_archive(path, member)
        for member in members
        if member.filename.endswith(".npy")
    }


def _in_archive(path: Path, member: zipfile.ZipInfo) -> Callable[[], NDArray[Any]]:
    def read() -> NDArray[Any]:
        largest = min(_LARGEST_BYTES, max(_UNSUSPICIOUS, _LARGEST_RATIO * member.compress_size))
        if member.file_size > largest:
            raise _unusable(path, f"claims {member.file_size / 1e6:,.0f} MB")
        try:
            with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
                version = np.lib.format.read_magic(stream)
                head = (
                    np.lib.format.read_array_header_1_0
                    if version == (1, 0)
                    else np.lib.format.read_array_header_2_0
                )
                shape, _, dtype = head(stream)
                count = int(np.prod(shape, dtype=object)) if shape else 1
                if dtype.kind not in "fiu" or count * dtype.itemsize > member.file_size:
                    raise _unusable(path, f"holds {member.filename!r:.60}, which is not a row")
                return np.frombuffer(stream.read(count * dtype.itemsize), dtype, count)
        except TableError:
            raise
        except (OSError, ValueError, EOFError, MemoryError, zipfile.BadZipFile,
                NotImplementedError, RuntimeError, tokenize.TokenError):  # fmt: skip
            raise _unusable(path, "is damaged, or holds objects instead of numbers") from None

    return read


def _matlab(path: Path) -> Mapping[str, Callable[[], NDArray[Any]]]:
    if not Peek(path).is_hdf5:
        return {
            variable.name: (lambda own=variable: mat5.load(path, own))  # type: ignore[misc]
            for variable in mat5.variables(path)
        }

    def load(name: str) -> NDArray[Any]:
        with opened(path) as root:
            return root.exact_matrix(name)

    with opened(path) as root:
        names = [name for name in root.names() if root.is_matrix(name)]
    return {name: (lambda own=name: load(own)) for name in names}  # type: ignore[misc]


def _pick(path: Path, there: Mapping[str, object], names: Sequence[str], what: str) -> str:
    found = [name for name in there if name.casefold() in names]
    if len(found) != 1:
        listed = ", ".join(name[:60] for name in list(there)[:20]) or "nothing"
        raise _unusable(
            path, f"has {'several arrays' if found else 'no array'} whose name suggests the {what} "
            f"of spikes; it has {listed}",
        )  # fmt: skip
    return found[0]


def _row(path: Path, name: str, array: NDArray[Any]) -> NDArray[Any]:
    row: NDArray[Any] = np.asarray(array).reshape(-1)
    if array.dtype.kind not in "fiu" or row.size != max((1, *array.shape)) * bool(row.size):
        raise FormatError(
            f"Cannot use {path.name}: {name!r:.60} has the shape {list(array.shape)}, and is not a "
            "row of numbers."
        )
    return row
