# SPDX-License-Identifier: BSD-3-Clause
"""Write a simulation as a version-2 file, completely or not at all."""

from __future__ import annotations

import math
import os
import pickle
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import SECTION_TYPES, Quantity, Simulation
from ..simulation_file.cell_surfaces import check_surfaces
from ..simulation_file.errors import ContentError
from ..simulation_file.section_table import VERSION as TABLE_VERSION
from ..simulation_file.section_table import names_by_type
from ..simulation_file.simulation import starts, value_range
from ..simulation_file.synapses import Synapses, check
from ..simulation_file.version2 import FORMAT, VERSION
from .from_arrays import simulation_from_arrays
from .units import UnitError, without_unit
from .whole_file import whole_file

Precision = Literal["float32", "zlib", "0.01mV"]
PRECISIONS: Final[tuple[Precision, ...]] = ("float32", "zlib", "0.01mV")
"""How values can be stored: unchanged, deflated, or deflated in steps of 0.01 mV."""

_STEP_MV: Final = 0.01
_CURRENT: Final = "nA"
_LARGEST_STORED: Final = 2**16 - 1
# Readers do not trust large arrays that shrank to less than a hundredth.
_SHRINK_LIMIT: Final = 50
_SMALL_BYTES: Final = 1 << 24
_LARGEST_INT: Final = 1 << 63
# Deflate level: a quarter of the default's time, for 1 % more bytes.
_LEVEL: Final = 4
_BLOCK_VALUES: Final = 1 << 17


class PrecisionError(ValueError):
    """Values that cannot be stored as requested; the text says why, and what can be done."""


def write(
    path: str | os.PathLike[str],
    simulation: Simulation | None = None,
    precision: Precision = "float32",
    **arrays: Any,
) -> Path:
    """Write a simulation to a version-2 file.

    The file is written under a temporary name beside its target and renamed when it is complete and
    on disk, so that anyone who opens the target finds either the old file or the complete new one.

    Parameters
    ----------
    path : path-like
        Replaced if it exists.
    precision : {"float32", "zlib", "0.01mV"}
        Values unchanged; the same, deflated; or rounded to 0.01 mV in 16 bits, as differences in
        time, deflated: about a quarter of the size. Currents in nA are then rounded to 65,535 steps
        from the lowest to the highest, and other quantities that are not in mV are only deflated.
    **arrays
        Instead of `simulation`: the arguments of `simulation_from_arrays`, for simulators other
        than NEURON.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OSError
        If the folder is missing or read-only, or the disk is full; nothing is left behind.
    PrecisionError
        If values cannot be stored in steps of 0.01 mV.
    ValueError
        If the arrays or the simulation are inconsistent (the text names the cell and the section),
        if something in ``meta`` is neither text nor a number, or if the simulation was read from a
        file in the older format, which stores no times.

    Examples
    --------
    >>> soma = {"name": "soma", "type": "soma", "points": [[0, 0, 0, 20], [20, 0, 0, 20]]}
    >>> write(  # doctest: +SKIP
    ...     "run.pickle",
    ...     cells=[{"name": "cell", "sections": [soma]}],
    ...     time_ms=[0.0, 0.1],
    ...     values=[[-65.0], [-64.9]],
    ... )
    """
    if simulation is None:
        simulation = simulation_from_arrays(**arrays)
    elif arrays:
        raise TypeError(f"a Simulation and {', '.join(arrays)} were given; give only one of them")
    if not simulation.has_time:
        raise ValueError(
            "The simulation comes from a file in the older format, which stores no times; "
            "use spike-export convert --duration to add them."
        )
    _check(simulation)
    with replacing(path) as stream:
        pickle.dump(_content(simulation, precision), stream, protocol=4)
    return Path(path)


def content_of(simulation: Simulation) -> bytes:
    """Return what `write` would write.

    Raises
    ------
    ValueError
        As there.
    """
    _check(simulation)
    return pickle.dumps(_content(simulation, "float32"), protocol=4)


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file that replaces its target when the ``with`` block ends without an error.

    Parameters
    ----------
    path : path-like
        Replaced if it exists; left unchanged if anything fails.

    Yields
    ------
    binary stream
        A temporary file beside the target, which is on disk before it gets the target's name.

    Raises
    ------
    OSError
        If the folder is missing or read-only, the disk is full, or the target is a device or a
        folder; nothing is left behind.
    """
    with whole_file(path) as unfinished, unfinished.open("wb") as stream:
        yield stream


def pack(array: NDArray[Any], dtype: str) -> dict[str, Any]:
    """Convert an array to the dict of built-ins that represents it in a file.

    Parameters
    ----------
    dtype : str
        Little-endian type it is stored as, for example ``"<f4"``.

    Returns
    -------
    dict
        As `simulation_file.packed_array.unpack` reads it.
    """
    array = np.ascontiguousarray(array, dtype)
    return {
        "dtype": dtype,
        "shape": list(array.shape),
        "encoding": "raw",
        "data": array.tobytes(),
    }


def pack_values(values: NDArray[np.float32], precision: Precision, unit: str) -> dict[str, Any]:
    """Convert the values to their representation in a file.

    Parameters
    ----------
    values : ndarray of float32, shape (F, S)
    precision : {"float32", "zlib", "0.01mV"}
    unit : str
        Of the values.

    Returns
    -------
    dict
        As `simulation_file.packed_array.unpack` reads it.

    Raises
    ------
    PrecisionError
        If steps of 0.01 mV cannot hold the values.
    """
    if precision == "float32":
        return pack(values, "<f4")
    if precision == "zlib":
        return _deflated(
            lambda: (np.ascontiguousarray(rows, "<f4") for rows in _blocks(values)),
            values.shape,
            "<f4",
        )
    if precision != "0.01mV":
        raise PrecisionError(f"The precision {precision!r} is not one of {', '.join(PRECISIONS)}.")
    if unit not in ("mV", _CURRENT):
        raise PrecisionError(
            f"The precision 0.01mV is for values in mV, but these are in {unit or 'another unit'}; "
            "use zlib or float32."
        )
    limits = value_range(values)
    if limits.not_finite:
        raise PrecisionError(
            f"{limits.not_finite:,} of {values.size:,} values are not finite, which the precision "
            "0.01mV cannot store; use float32."
        )
    if unit == _CURRENT:
        step = (limits.high - limits.low) / _LARGEST_STORED or 1.0
        return _in_steps(values, limits.low, step)
    offset = math.floor(limits.low / _STEP_MV) * _STEP_MV
    if round((limits.high - offset) / _STEP_MV) > _LARGEST_STORED:
        raise PrecisionError(
            f"The precision 0.01mV spans {_LARGEST_STORED * _STEP_MV:g} mV, but the values go from "
            f"{limits.low:g} to {limits.high:g} mV; use float32."
        )
    return _in_steps(values, offset, _STEP_MV)


def _in_steps(values: NDArray[np.float32], offset: float, step: float) -> dict[str, Any]:
    """Round values to steps above an offset, and deflate their differences in time."""

    def differences() -> Iterator[NDArray[np.uint16]]:
        before = np.zeros((1, values.shape[1]), np.uint16)
        for rows in _blocks(values):
            stored = np.rint((rows.astype(np.float64) - offset) / step).astype(np.uint16)
            # Modulo 2^16, as unsigned integers wrap around.
            yield np.diff(stored, axis=0, prepend=before).astype("<u2")
            before = stored[-1:]

    packed = _deflated(differences, values.shape, "<u2")
    return {**packed, "encoding": "delta-zlib", "scale": step, "offset": offset}


def _blocks(values: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """Split the values into blocks of frames to avoid a second matrix."""
    frames = max(1, _BLOCK_VALUES // max(1, values.shape[1]))
    for begin in range(0, len(values), frames):
        yield values[begin : begin + frames]


def _deflated(
    blocks: Callable[[], Iterable[NDArray[Any]]], shape: tuple[int, ...], dtype: str
) -> dict[str, Any]:
    size = math.prod(shape) * np.dtype(dtype).itemsize
    for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY):
        deflater = zlib.compressobj(_LEVEL, strategy=strategy)
        data = b"".join([*map(deflater.compress, blocks()), deflater.flush()])
        # Without searching for repetitions, nothing shrinks to less than an eighth.
        if size <= max(_SMALL_BYTES, _SHRINK_LIMIT * len(data)):
            break
    return {"dtype": dtype, "shape": list(shape), "encoding": "zlib", "data": data}


def _check(simulation: Simulation) -> None:
    """Refuse a simulation that no reader would open."""
    try:
        without_unit(simulation.time_ms, "time_ms")
        without_unit([one.values for one in simulation.quantities.values()], "values")
        without_unit(simulation.points_um, "points_um")
    except UnitError as error:
        raise _contradiction(str(error)) from None
    cells, sections = len(simulation.cells), simulation.n_sections
    for name, array in (
        ("section_names", simulation.section_names),
        ("section_types", simulation.section_types),
        ("section_cells", simulation.section_cells),
        ("parents", simulation.parents),
        ("parent_x", simulation.parent_x),
        ("point_counts", simulation.point_counts),
    ):
        if len(array) != sections:
            raise _contradiction(f"{name} has {len(array)} entries for {sections} sections")
    of, parents = simulation.section_cells, simulation.parents
    if not np.array_equal(np.unique(of), np.arange(cells)) or (np.diff(of) < 0).any():
        raise _contradiction(f"its sections are not those of {cells} cells, one after another")
    inside = parents < sections
    own = (parents < 0) | (inside & (of[np.where(inside, parents, 0)] == of))
    if not own.all():
        section = int(np.argmin(own))
        raise _contradiction(
            f"section {simulation.section_names[section]!r} of cell "
            f"{simulation.cells[of[section]].name!r} has a parent outside its cell"
        )
    segments = int(simulation.segment_counts.sum())
    if simulation.quantity in simulation.more:
        raise _contradiction(f"the quantity {simulation.quantity!r:.60} occurs twice")
    for name, one in simulation.quantities.items():
        if one.values.shape != (len(simulation.time_ms), segments):
            what = "values" if name == simulation.quantity else f"the quantity {name!r:.60}"
            raise _contradiction(
                f"{what} has the shape {list(one.values.shape)}, not "
                f"[{len(simulation.time_ms)}, {segments}]"
            )
    points = int(simulation.point_counts.sum())
    if simulation.points_um.shape != (points, 4):
        raise _contradiction(
            f"points_um has the shape {list(simulation.points_um.shape)}, not [{points}, 4]"
        )
    if not len(simulation.time_ms) or not (np.diff(simulation.time_ms) > 0).all():
        raise _contradiction("its times do not increase from frame to frame")
    if simulation.synapses is not None:
        try:
            check(simulation.synapses, cells, of)
        except ContentError as error:
            raise _contradiction(str(error)) from None
    if simulation.surfaces is not None:
        try:
            check_surfaces(simulation.surfaces, cells)
        except ContentError as error:
            raise _contradiction(str(error)) from None


def _contradiction(reason: str) -> ValueError:
    return ValueError(f"This simulation cannot be written: {reason}.")


def _plain(value: object, what: str) -> str | int | float | bool | None:
    """Text or a number as a built-in: for a subclass, the pickle would contain the class's name."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        # Readers accept no larger numbers.
        if not -_LARGEST_INT <= value < _LARGEST_INT:
            raise _contradiction(f"{what} has more than 64 bits")
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    raise _contradiction(f"{what} is {type(value).__name__}, neither text nor a number")


def _content(simulation: Simulation, precision: Precision) -> dict[str, Any]:
    # BlenderSpike 0.1 reads no tables, so only files that began as such stay so.
    as_table = simulation.version == TABLE_VERSION
    content: dict[str, Any] = {
        "format": FORMAT,
        "version": TABLE_VERSION if as_table else VERSION,
        "created_by": _plain(simulation.created_by, "created_by"),
        "source": _plain(simulation.source, "source"),
        "meta": {
            _plain(key, "a key of meta"): _plain(value, f"meta's {key!r}")
            for key, value in simulation.meta.items()
        },
        "quantity": {
            "name": _plain(simulation.quantity, "quantity"),
            "unit": _plain(simulation.unit, "unit"),
        },
        "time": pack(simulation.time_ms, "<f8"),
        "cells": _bare_cells(simulation) if as_table else _cells(simulation),
        "values": pack_values(simulation.values, precision, simulation.unit),
    }
    if as_table:
        content["sections"] = _section_table(simulation)
    if len(simulation.connections):
        content["connections"] = pack(simulation.connections, "<i4")
        if simulation.delays_ms is not None:
            content["delays"] = pack(simulation.delays_ms, "<f4")
    if simulation.layouts:
        content["layouts"] = {
            _plain(name, "a layout's name"): pack(row, "<f4")
            for name, row in simulation.layouts.items()
        }
    if simulation.more:
        content["more"] = {
            _plain(name, "a quantity's name"): {
                "unit": _plain(one.unit, f"the unit of {name}"),
                "values": pack_values(one.values, _precision_of(one, precision), one.unit),
            }
            for name, one in simulation.more.items()
        }
    if simulation.synapses is not None:
        content["synapses"] = _synapses(simulation.synapses, simulation.section_cells)
    if (surfaces := simulation.surfaces) is not None:
        content["surfaces"] = {
            "vertex_counts": pack(surfaces.vertex_counts, "<i8"),
            "face_counts": pack(surfaces.face_counts, "<i8"),
            "vertices": pack(surfaces.vertices, "<f4"),
            "faces": pack(surfaces.faces, "<i4"),
        }
    if simulation.classes:
        content["classes"] = {
            _plain(name, "a quantity's name"): [_plain(one, f"a class of {name}") for one in names]
            for name, names in simulation.classes.items()
            if name in simulation.quantities
        }
    return content


def _synapses(synapses: Synapses, section_cells: NDArray[np.int32]) -> dict[str, Any]:
    firsts = np.searchsorted(section_cells, synapses.cells)
    stored: dict[str, Any] = {
        "cell": pack(synapses.cells, "<i4"),
        "section": pack(synapses.sections - firsts, "<i4"),
        "position": pack(synapses.positions, "<f4"),
        "kind": pack(synapses.kinds, "<i4"),
        "kinds": [_plain(name, "a kind of synapses") for name in synapses.kind_names],
        "event_count": pack(synapses.event_counts, "<i4"),
        "event_times": pack(synapses.event_times_ms, "<f8"),
    }
    if synapses.weights is not None:
        stored["weight"] = pack(synapses.weights, "<f4")
        stored["weight_unit"] = _plain(synapses.weight_unit, "the weights' unit")
    if synapses.sources is not None:
        stored["source"] = pack(synapses.sources, "<i4")
    if synapses.delays_ms is not None:
        stored["delay"] = pack(synapses.delays_ms, "<f4")
    return stored


def _precision_of(one: Quantity, precision: Precision) -> Precision:
    """Round only voltages and currents; other quantities are stored losslessly."""
    in_steps = one.unit in ("mV", _CURRENT) and not value_range(one.values).not_finite
    if precision == "0.01mV" and not in_steps:
        return "zlib"
    return precision


def _bare_cells(simulation: Simulation) -> list[dict[str, Any]]:
    return [
        {
            "name": _plain(cell.name, "a cell's name"),
            "gid": _plain(cell.gid, f"the gid of {cell.name}"),
            "spikes": None if cell.spikes_ms is None else pack(cell.spikes_ms, "<f8"),
        }
        for cell in simulation.cells
    ]


def _section_table(simulation: Simulation) -> dict[str, Any]:
    firsts = np.searchsorted(simulation.section_cells, np.arange(len(simulation.cells)))
    parents = simulation.parents
    table: dict[str, Any] = {
        "cell": pack(simulation.section_cells, "<i4"),
        "type": pack(simulation.section_types, "|u1"),
        "parent": pack(
            np.where(parents < 0, -1, parents - firsts[simulation.section_cells]), "<i4"
        ),
        "parent_x": pack(simulation.parent_x, "<f8"),
        "nseg": pack(simulation.segment_counts, "<i4"),
        "points": pack(simulation.point_counts, "<i4"),
        "coordinates": pack(simulation.points_um, "<f4"),
    }
    names = simulation.section_names
    if names != names_by_type(simulation.section_types, simulation.section_cells):
        table["names"] = [_plain(name, "a section's name") for name in names]
    return table


def _cells(simulation: Simulation) -> list[dict[str, Any]]:
    firsts = np.searchsorted(simulation.section_cells, np.arange(len(simulation.cells)))
    cells: list[dict[str, Any]] = [
        {"name": cell["name"], "gid": cell["gid"], "sections": [], "spikes": cell["spikes"]}
        for cell in _bare_cells(simulation)
    ]
    first_points = starts(simulation.point_counts)
    for index, name in enumerate(simulation.section_names):
        cell = int(simulation.section_cells[index])
        parent = int(simulation.parents[index])
        begin, count = int(first_points[index]), int(simulation.point_counts[index])
        cells[cell]["sections"].append(
            {
                "name": _plain(name, "a section's name"),
                "type": SECTION_TYPES[simulation.section_types[index]],
                "parent": parent if parent < 0 else parent - int(firsts[cell]),
                "parent_x": float(simulation.parent_x[index]),
                "points": pack(simulation.points_um[begin : begin + count], "<f4"),
                "nseg": int(simulation.segment_counts[index]),
            }
        )
    return cells
