# SPDX-License-Identifier: BSD-3-Clause
"""SONATA compartment reports, as stored in the file."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from .hdf5 import Group, Hdf5Error, opened
from .sonata_config import Sources
from .sonata_network import SonataError


def read_reports(sources: Sources, wanted: Collection[str] = ()) -> tuple[list[Report], list[str]]:
    """Read the populations of a report that have values at the same times.

    Parameters
    ----------
    wanted : collection of str
        Populations; all if empty, in which case unusable ones are left out.

    Returns
    -------
    reports : list of Report
        By name.
    notes : list of str
        What was left out.

    Raises
    ------
    SonataError, Hdf5Error
        If none is left, or a wanted one cannot be used.
    ModuleNotFoundError
        If h5py is not installed.
    """
    reports: list[Report] = []
    notes: list[str] = []
    faults: list[Hdf5Error] = []
    with opened(sources.report) as root:
        populations = root.group("report")
        names = sorted(populations.names())
        for name in wanted:
            if name not in names:
                raise SonataError(
                    f"Cannot use {sources.report.name}: it has no population {name!r:.60}, but "
                    f"{', '.join(names):.200}."
                )
        for name in wanted or names:
            try:
                reports.append(Report(populations.group(name), name))
            except Hdf5Error as error:
                if wanted or len(names) == 1:
                    raise
                faults.append(error)
                notes.append(f"Population {name!r:.60} was left out: {error}")
    empty = [report.name for report in reports if not report.values.size]
    if faults and len(faults) == len(names):
        raise faults[0]
    reports = [report for report in reports if report.values.size]
    if not reports:
        raise SonataError(f"Cannot use {sources.report.name}: it reports no nodes.")
    notes += [f"Population {name!r:.60} has no values and was left out." for name in empty]
    most = max(reports, key=lambda report: report.values.size)
    for report in reports:
        if not np.array_equal(report.time_ms, most.time_ms):
            if wanted:
                raise SonataError(
                    f"Cannot use {sources.report.name}: the populations {most.name!r:.60} and "
                    f"{report.name!r:.60} have different times."
                )
            notes.append(
                f"Population {report.name!r:.60} has different times from {most.name!r:.60} "
                "and was "
                "left out; use --population to convert it separately."
            )
    return [report for report in reports if np.array_equal(report.time_ms, most.time_ms)], notes


class Report:
    """One population of a report, its values in memory.

    Parameters
    ----------
    group : Group
    name : str

    Raises
    ------
    Hdf5Error
        If something is missing, damaged or malicious.
    """

    def __init__(self, group: Group, name: str) -> None:
        self.name = name
        mapping = group.group("mapping")
        frames, count = group.shape("data")
        self.node_ids: NDArray[np.int64] = mapping.indices("node_ids")
        pointers = "index_pointers" if "index_pointers" in mapping.names() else "index_pointer"
        self.bounds = mapping.indices(pointers)
        if len(self.bounds) == len(self.node_ids):
            self.bounds = np.append(self.bounds, count)
        if len(self.bounds) != len(self.node_ids) + 1:
            raise mapping.error(
                f"has {len(self.bounds)} entries for {len(self.node_ids)} nodes", pointers
            )
        if (np.diff(self.bounds) < 0).any() or not 0 <= self.bounds[0] <= self.bounds[-1] <= count:
            raise mapping.error(f"does not rise from 0 to {count}, the number of values", pointers)
        if len(np.unique(self.node_ids)) != len(self.node_ids):
            raise mapping.error("names a node twice", "node_ids")
        self.element_ids = mapping.indices("element_ids")
        self.element_pos = mapping.optional_array("element_pos", "fiu")
        for entry, array in (("element_ids", self.element_ids), ("element_pos", self.element_pos)):
            if array is not None and len(array) != count:
                raise mapping.error(f"has {len(array)} entries for {count} values", entry)
        self.kinds = mapping.optional_array("seg_types", "iu")
        if self.kinds is not None and len(self.kinds) != count:
            raise mapping.error(f"has {len(self.kinds)} entries for {count} values", "seg_types")
        self.time_ms = _times(mapping, frames)
        self.values = group.matrix("data")
        self.unit = group.text_attribute("data", "units", "unit")
        self.quantity = group.text_attribute("data", "variable", "variable_name")


def _times(mapping: Group, frames: int) -> NDArray[np.float64]:
    time = mapping.array("time", "fiu").astype(np.float64)
    if len(time) != 3 or not np.isfinite(time).all() or not time[2] > 0:
        raise mapping.error("does not hold start, stop and a time step above 0", "time")
    if not frames:
        raise mapping.error("belongs to a report without frames", "time")
    unit = mapping.text_attribute("time", "units", "unit")
    if unit not in ("", "ms"):
        raise mapping.error(f"is in {unit[:20]!r}, not in ms", "time")
    start, stop, step = time.tolist()
    # The stop time is not part of a report, but some programs write that frame too.
    if abs((stop - start) / step - frames) > 1.5:
        raise mapping.error(
            f"announces {(stop - start) / step:,.6g} frames, but there are {frames:,}", "time"
        )
    times: NDArray[np.float64] = start + step * np.arange(frames)
    if not (np.diff(times) > 0).all():
        raise mapping.error("has a time step too small for its start", "time")
    return times
