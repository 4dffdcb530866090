# SPDX-License-Identifier: BSD-3-Clause
"""Neurodata Without Borders 2: the units' spikes, or the responses of imaged cells.

As the NWB schema has them (https://nwb-schema.readthedocs.io).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..content import Content, FormatError, Request, choose, readable, unusable
from ..hdf5 import Group, Hdf5Error, opened

_IN_UM: Final = {"meters": 1e6, "m": 1e6, "millimeters": 1e3, "micrometers": 1.0, "um": 1.0}
_ELECTRODES: Final = "general/extracellular_ephys/electrodes"


def _read(path: Path, request: Request) -> Content:
    try:
        with opened(path, inner_links=True) as root:
            series = {
                name: group
                for name, group in root.walk()
                if group.text_attribute(".", "neurodata_type") == "RoiResponseSeries"
            }
            there = [*(["units"] if "units" in root.names() else []), *series]
            if not there:
                raise unusable(path, "it contains neither units with spikes nor ROI responses")
            wanted = request.of
            notes: list[str] = []
            if wanted is None and len(there) > 1:
                relative = [name for name in there if "DfOverF" in name.split("/")]
                if len(relative) == 1 and "units" not in there:
                    (wanted,) = relative
                    notes.append(
                        f"Of {', '.join(there)}, {wanted} was read; choose another with "
                        f"{request.option}."
                    )
            name = choose(path, there, wanted, request)
            return _units(root, notes) if name == "units" else _rois(series[name], name, notes)
    except Hdf5Error as error:
        raise FormatError(str(error)) from None


def _units(root: Group, notes: list[str]) -> Content:
    units = root.group("units")
    ids = units.array("id", "iu")
    times_ms = units.array("spike_times", "fiu") * 1000.0
    spikes = [np.sort(row) for row in _ragged(units, "spike_times", times_ms, len(ids))]
    places = None
    table = root
    for step in _ELECTRODES.split("/"):
        found = table.optional_group(step)
        if found is None:
            break
        table = found
    else:
        places = _of_electrodes(units, table, len(ids), notes)
    return Content([f"unit {i}" for i in ids], places, [int(i) for i in ids], spikes,
                   notes=tuple(notes))  # fmt: skip


def _of_electrodes(
    units: Group, table: Group, count: int, notes: list[str]
) -> NDArray[np.float64] | None:
    """Place each unit at the channel of its peak, or at the center of its electrodes."""
    axes = [table.optional_array(axis, "fiu") for axis in "xyz"]
    rows: list[Any]
    if units.kind("peak_channel_id"):
        of_id = {int(i): row for row, i in enumerate(table.array("id", "iu"))}
        rows = [[of_id[int(i)]] for i in units.array("peak_channel_id", "fiu") if int(i) in of_id]
    elif units.kind("electrodes"):
        rows = _ragged(units, "electrodes", units.indices("electrodes"), count)
    else:
        rows = []
    if any(axis is None for axis in axes) or len(rows) != count or not all(map(len, rows)):
        notes.append(
            "Not every unit has an electrode with x, y and z, so electrode positions are not used."
        )
        return None
    xyz = np.stack([axis for axis in axes if axis is not None], axis=1).astype(np.float64)
    if max(int(np.max(row)) for row in rows) >= len(xyz):
        raise units.error("names electrodes that are not in the table", "electrodes")
    several = sum(len(row) > 1 for row in rows)
    if several:
        notes.append(
            f"{several:,} units have several electrodes; they are placed at the center of these."
        )
    places = np.array([xyz[np.asarray(row, np.int64)].mean(axis=0) for row in rows])
    if not np.isfinite(places).all():
        notes.append(
            "Not every electrode has finite x, y and z, so electrode positions are not used."
        )
        return None
    return places


def _ragged(group: Group, name: str, flat: NDArray[Any], count: int) -> list[NDArray[Any]]:
    """Split a column into its rows, each of which ends at its index."""
    ends = (
        group.indices(f"{name}_index") if group.kind(f"{name}_index") else np.arange(1, count + 1)
    )
    if len(ends) != count or (np.diff(ends) < 0).any() or (count and ends[-1] != len(flat)):
        raise group.error(f"does not fit the {count} rows of its table", f"{name}_index")
    return np.split(flat, ends[:-1]) if count else []


def _rois(series: Group, name: str, notes: list[str]) -> Content:
    frames, count = series.shape("data")
    rows = series.indices("rois") if series.kind("rois") else np.arange(count)
    if len(rows) != count:
        raise series.error(f"has {count} columns for {len(rows)} ROIs", "data")
    times_s = series.optional_array("timestamps", "fiu")
    if times_s is None:
        rate = series.number_attribute("starting_time", "rate")
        if not rate or rate < 0:
            raise series.error("has neither timestamps nor a rate")
        times_s = (series.number("starting_time") or 0.0) + np.arange(frames) / rate
    scale = series.number_attribute("data", "conversion")
    values = series.matrix("data") * np.float32(1.0 if scale is None else scale)
    values += np.float32(series.number_attribute("data", "offset") or 0.0)
    unit = series.text_attribute("data", "unit")
    is_relative = "DfOverF" in name.split("/") or "dff" in name.casefold()
    return Content(
        [f"ROI {row}" for row in rows],
        _of_masks(series.referred("rois", "table"), rows, notes),
        time_ms=times_s * 1000.0,
        values=values,
        quantity="ΔF/F" if is_relative else "fluorescence",
        unit="" if is_relative or unit in ("n.a.", "a.u.", "unknown") else unit,
        notes=tuple(notes),
    )


def _of_masks(
    table: Group | None, rows: NDArray[np.int64], notes: list[str]
) -> NDArray[np.float64] | None:
    """Place each ROI at the center of its mask, in µm if the imaging plane gives the pixel size."""
    if table is None:
        return None
    mask = next((name for name in ("pixel_mask", "voxel_mask") if table.kind(name)), "")
    middles: list[NDArray[np.float64]] = []
    if mask:
        pixels = table.array(mask, "V")
        axes = [axis for axis in "xyz" if axis in (pixels.dtype.names or ())]
        weights = pixels["weight"].astype(np.float64)
        flat = np.stack([weights, *(pixels[axis] * weights for axis in axes)], axis=1)
        ids = table.array("id", "iu")
        for row in _ragged(table, mask, flat, len(ids)):
            total, *sums = row.sum(axis=0)
            middles.append(np.array([*sums, 0.0])[:3] / total if total else np.full(3, np.nan))
    elif table.kind("image_mask"):
        for image in table.blocks("image_mask"):
            total = float(image.sum(dtype=np.float64))
            # As in pixel masks, x is along the first axis.
            sums = [np.arange(n) @ image.sum(axis=1 - axis, dtype=np.float64)
                    for axis, n in enumerate(image.shape)]  # fmt: skip
            middles.append(np.array([*sums, 0.0]) / total if total else np.full(3, np.nan))
    if not middles or rows.max() >= len(middles):
        return None
    places = np.array(middles)[rows]
    if not np.isfinite(places).all():
        notes.append("Not every ROI has a mask, so masks are not used for positions.")
        return None
    plane = table.optional_group("imaging_plane")
    pixel = None if plane is None else plane.optional_array("grid_spacing", "fiu")
    unit = "" if plane is None or pixel is None else plane.text_attribute("grid_spacing", "unit")
    if pixel is None or unit not in _IN_UM or not 2 <= len(pixel) <= 3:
        notes.append("The file does not give the pixel size; 1 µm was assumed.")
        return places
    places[:, : len(pixel)] *= pixel * _IN_UM[unit]
    return places


FORMAT: Final = readable(
    "nwb",
    "an NWB file",
    lambda peek: {"session_start_time", "identifier"} <= peek.hdf5_names,
    _read,
)
