# SPDX-License-Identifier: BSD-3-Clause
"""Make a simulation from plain dicts and arrays: from LFPy, Arbor, Brian2 or your own script.

The dicts are those of a version-2 file, with plain arrays instead of packed ones, so the reader's
own rules check them. Arrays with units are converted to the units of the file.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..simulation_file import Simulation
from ..simulation_file.errors import ContentError, shown, text
from ..simulation_file.version2 import FORMAT, VERSION, parse
from ..version import __version__
from .units import UnitError, in_unit

_CELL_KEYS: Final = ("name", "gid", "sections", "spikes")
_SYNAPSE_KEYS: Final = (
    "cell",
    "section",
    "position",
    "kind",
    "times",
    "weight",
    "weight_unit",
    "source",
    "delay",
)
_SECTION_KEYS: Final = ("name", "type", "parent", "parent_x", "points", "nseg")
# The minimum size in a file of the keys of a section or of the whole.
_BYTES_PER_DICT: Final = 64


def simulation_from_arrays(
    cells: Sequence[Mapping[str, Any]],
    time_ms: ArrayLike,
    values: ArrayLike,
    *,
    quantity: str = "v",
    unit: str = "mV",
    source: str = "",
    meta: Mapping[str, str | int | float | bool | None] | None = None,
    connections: ArrayLike | None = None,
    delays_ms: ArrayLike | None = None,
    layouts: Mapping[str, ArrayLike] | None = None,
    more: Mapping[str, Mapping[str, Any]] | None = None,
    synapses: Mapping[str, Any] | None = None,
) -> Simulation:
    """Make a simulation from plain dicts and arrays, which any simulator can provide.

    Arrays with units from pint, quantities, Neo, Brian2, astropy or unyt are converted.

    Parameters
    ----------
    cells : sequence of dict
        Each has ``name``, ``sections`` and, if known, ``gid`` and ``spikes`` (times in ms). Each
        section has ``name``, ``type`` (one of `SECTION_TYPES`), ``points`` (x, y, z and diameter
        in µm, shape (P, 4); one point is a cell without a shape) and, unless they are -1, 1.0 and
        1, ``parent`` (index in this cell's sections, -1 for a root), ``parent_x``
        (0..1 along the parent's arc length) and ``nseg``.
    time_ms : array-like, shape (F,)
        Strictly increasing.
    values : array-like, shape (F, S)
        S counts all segments: cell by cell, section by section, segment by segment; segment k of
        ``nseg`` lies at arc length (k + 0.5) / nseg. Non-finite values mean no data. Not copied if
        float32 in row-major order.
    quantity, unit : str
        Name and unit of the values.
    source : str
        Name of the model.
    meta : mapping, optional
        Free text and numbers to keep in the file.
    connections : array-like of int, shape (M, 2), optional
        Indices of cells: from, to.
    delays_ms : array-like, shape (M,), optional
        How long a spike takes along each connection.
    layouts : mapping from str to array-like, shape (cells, 3), optional
        Other cell positions, in µm, by name.
    more : mapping from str to dict, optional
        Other quantities by name, each with ``values``, as above, and its ``unit``.
    synapses : mapping from str to sequence, optional
        One entry per synapse in each: ``cell``, index of the postsynaptic cell; ``section``, index
        in that cell's sections; ``position``, 0..1 along its arc length; ``kind``, a name such as
        ``"AMPA"``; and ``times``, each a sequence of the times in ms at which something arrives, in
        any order. If known, ``weight`` and its ``weight_unit``, a single text; ``source``, index of
        the presynaptic cell, -1 for none; and ``delay`` in ms.

    Raises
    ------
    ValueError
        If something is missing, unknown, inconsistent or out of range; the text names the cell and
        the section.
    """
    try:
        packed_cells = [_packed_cell(cell, f"cell {i}") for i, cell in enumerate(cells)]
        packed_time = _packed(time_ms, "<f8", "the array time_ms", "ms")
        packed_values = _packed(values, "<f4", "the array values", unit)
        content: dict[str, Any] = {
            "format": FORMAT,
            "version": VERSION,
            "created_by": f"spike-export {__version__}",
            "source": source,
            "meta": dict(meta or {}),
            "quantity": {"name": quantity, "unit": unit},
            "time": packed_time,
            "cells": packed_cells,
            "values": packed_values,
        }
        packed = [packed_time, packed_values]
        if connections is not None:
            content["connections"] = _packed_pairs(connections)
            packed.append(content["connections"])
        if delays_ms is not None:
            content["delays"] = _packed(delays_ms, "<f8", "the array delays_ms", "ms")
            packed.append(content["delays"])
        if layouts is not None:
            content["layouts"] = {
                name: _packed(row, "<f4", f"the layout {text(name)!r:.60}", "um")
                for name, row in layouts.items()
            }
            packed += content["layouts"].values()
        if more is not None:
            content["more"] = {name: _packed_quantity(name, one) for name, one in more.items()}
            packed += [one["values"] for one in content["more"].values()]
        if synapses is not None:
            content["synapses"], sizes = _packed_synapses(synapses)
            packed += sizes
        dicts = 1
        for cell in packed_cells:
            packed += [section["points"] for section in cell["sections"]]
            packed += [cell["spikes"]] if cell["spikes"] is not None else []
            dicts += 1 + len(cell["sections"])
        return parse(content, sum(len(p["data"]) for p in packed) + dicts * _BYTES_PER_DICT)
    except ContentError as error:
        raise ValueError(f"These arrays are not a simulation: {error}.") from None


def _packed_cell(cell: Mapping[str, Any], where: str) -> dict[str, Any]:
    _check_keys(cell, _CELL_KEYS, ("name", "sections"), where)
    where += f" {text(cell['name'])!r:.60}"
    gid, spikes = cell.get("gid"), cell.get("spikes")
    sections = cell["sections"]
    if not isinstance(sections, list | tuple):
        raise ContentError(f"{where}: its sections are {type(sections).__name__}, not a list")
    packed_spikes = None
    if spikes is not None:
        times_ms = _numbers(spikes, "<f8", f"{where}: its spikes", "ms")
        if not np.isfinite(times_ms).all():
            raise ContentError(f"{where}: a spike has no finite time")
        packed_spikes = _packed(times_ms, "<f8", "")
    return {
        "name": cell["name"],
        "gid": None if gid is None else _whole(gid, f"{where}: its gid"),
        "spikes": packed_spikes,
        "sections": [
            _packed_section(section, f"{where}, section {number}")
            for number, section in enumerate(sections)
        ],
    }


def _packed_section(section: Mapping[str, Any], where: str) -> dict[str, Any]:
    _check_keys(section, _SECTION_KEYS, ("name", "type", "points"), where)
    where += f" {text(section['name'])!r:.60}"
    parent_x = section.get("parent_x", 1.0)
    points = _packed(section["points"], "<f4", f"{where}: its points", "um")
    return {
        "name": section["name"],
        "type": section["type"],
        "parent": _whole(section.get("parent", -1), f"{where}: its parent"),
        # NumPy numbers are not Python floats or ints.
        "parent_x": parent_x.item() if isinstance(parent_x, np.generic) else parent_x,
        "points": {**points, "data": bytes(points["data"])},
        "nseg": _whole(section.get("nseg", 1), f"{where}: its nseg"),
    }


def _packed_quantity(name: str, one: Mapping[str, Any]) -> dict[str, Any]:
    where = f"quantity {text(name)!r:.60}"
    _check_keys(one, ("unit", "values"), ("values",), where)
    unit = one.get("unit", "")
    return {"unit": unit, "values": _packed(one["values"], "<f4", f"the array of {where}", unit)}


def _packed_synapses(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    _check_keys(given, _SYNAPSE_KEYS, _SYNAPSE_KEYS[:5], "synapses")
    names: list[str] = []
    for number, kind in enumerate(given["kind"]):
        if not isinstance(kind, str) or not kind:
            raise ContentError(f"synapse {number} has the kind {shown(kind)}, not a name")
        names.append(kind)
    kinds = list(dict.fromkeys(names))
    number_of = {name: number for number, name in enumerate(kinds)}
    times = [
        np.sort(_numbers(times, "<f8", f"the array of synapse {number}'s times", "ms"), axis=None)
        for number, times in enumerate(given["times"])
    ]
    arrays = {
        **{
            key: _packed_whole(given[key], f"the array {key} of synapses")
            for key in ("cell", "section", "source")
            if given.get(key) is not None
        },
        **{
            key: _packed(given[key], "<f4", f"the array {key} of synapses", unit)
            for key, unit in (("position", ""), ("weight", _weight_unit(given)), ("delay", "ms"))
            if given.get(key) is not None
        },
        "kind": _packed([number_of[name] for name in names], "<i4", "the synapses' kinds"),
        "event_count": _packed([len(row) for row in times], "<i4", "the synapses' events"),
        "event_times": _packed(
            np.concatenate([*times, np.zeros(0)]), "<f8", "the synapses' times", "ms"
        ),
    }
    whole = {**arrays, "kinds": kinds, "weight_unit": _weight_unit(given)}
    return whole, list(arrays.values())


def _weight_unit(given: Mapping[str, Any]) -> str:
    unit = given.get("weight_unit", "")
    if not isinstance(unit, str):
        raise ContentError(f"the unit of the synapses' weights is {shown(unit)}, not text")
    return unit


def _packed_whole(values: ArrayLike, what: str) -> dict[str, Any]:
    numbers = _numbers(values, "<i8", what)
    if not np.array_equal(numbers, np.asarray(values)):
        raise ContentError(f"{what} holds numbers that are not whole")
    return _packed(numbers, "<i8", what)


def _packed_pairs(connections: ArrayLike) -> dict[str, Any]:
    what = "the array connections"
    pairs = _numbers(connections, "<i8", what)
    if not np.array_equal(pairs, np.asarray(connections)):
        raise ContentError(f"{what} holds numbers that are not whole")
    return _packed(pairs.reshape(-1, 2) if not pairs.size else pairs, "<i8", what)


def _check_keys(
    given: Mapping[str, Any], known: tuple[str, ...], needed: tuple[str, ...], where: str
) -> None:
    if not isinstance(given, Mapping):
        raise ContentError(f"{where} is {type(given).__name__}, not a dict")
    for key in needed:
        if key not in given:
            raise ContentError(f"{where}: the key {key!r} is missing")
        if key == "name" and not isinstance(given[key], str):
            raise ContentError(f"{where}: its name is {shown(given[key])}, not text")
    for key in given:
        if key not in known:
            raise ContentError(f"{where}: the key {shown(key)} is not one of {', '.join(known)}")


def _whole(number: Any, what: str) -> int:
    try:
        return operator.index(number)
    except TypeError:
        raise ContentError(f"{what} is {shown(number)}, not a whole number") from None


def _numbers(values: ArrayLike, dtype: str, what: str, unit: str = "") -> NDArray[Any]:
    try:
        values = in_unit(values, unit)
    except UnitError as error:
        raise ContentError(f"{what} {error}") from None
    if isinstance(values, np.ma.MaskedArray):
        if np.ma.is_masked(values) and dtype[1] != "f":
            raise ContentError(f"{what} holds masked numbers")
        # Masked values are not data.
        values = np.ma.filled(values.astype(np.float64) if dtype[1] == "f" else values, np.nan)
    try:
        array = np.asarray(values)
    except ValueError:
        raise ContentError(f"{what} has rows of different lengths") from None
    if array.dtype.kind not in "biuf" and array.size:
        raise ContentError(f"{what} holds {array.dtype}, not numbers")
    # A float64 beyond float32 becomes infinite, which is refused or marked later.
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(array, dtype)


def _packed(values: ArrayLike, dtype: str, what: str, unit: str = "") -> dict[str, Any]:
    array = _numbers(values, dtype, what, unit)
    # The array's own memory, not a copy: values may take gigabytes.
    data = memoryview(array.reshape(-1).view(np.uint8))
    return {"dtype": dtype, "shape": list(array.shape), "encoding": "raw", "data": data}
