# SPDX-License-Identifier: BSD-3-Clause
"""What is in a simulation, in a few numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..simulation_file import SECTION_TYPES, Quantity, Simulation, Synapses
from ..simulation_file.cell_surfaces import Surfaces
from ..simulation_file.simulation import value_range
from ..simulation_file.spread import percentiles

_SHOWN_CELLS = 4
_SHOWN_CLASSES = 8
_SHOWN_KINDS = 6
_SHARES = (1, 50, 99)


@dataclass(frozen=True, slots=True)
class CellSummary:
    """What is known about a cell; ``spikes`` is `None` if they were not recorded."""

    name: str
    gid: int | None
    sections: int
    spikes: int | None


@dataclass(frozen=True, slots=True)
class QuantitySummary:
    """Limits and percentiles of a quantity; ``percentiles`` is `None` if nothing is finite.

    ``classes`` are the names of what it counts, and empty if it is measured.
    """

    name: str
    unit: str
    lowest: float
    highest: float
    values_not_finite: int
    percentiles: dict[str, float] | None
    classes: list[str]

    @property
    def range_text(self) -> str:
        """Its limits, or how many classes it has, for people."""
        if self.classes:
            return f"in {len(self.classes):,} class{'es' * (len(self.classes) != 1)}"
        return " ".join(f"{self.lowest:.4g} to {self.highest:.4g} {self.unit}".split())


@dataclass(frozen=True, slots=True)
class SynapseSummary:
    """Numbers of synapses, of each kind, of events that arrive, and of synapses without any."""

    count: int
    kinds: dict[str, int]
    events: int
    without_events: int

    @property
    def text(self) -> str:
        """The numbers, for people."""
        if not self.count:
            return "none"
        names = list(self.kinds)[:_SHOWN_KINDS]
        more = len(self.kinds) - len(names)
        kinds = ", ".join(f"{self.kinds[name]:,} {name}" for name in names)
        without = f"; {self.without_events:,} without events" if self.without_events else ""
        return (
            f"{self.count:,} ({kinds}{f' and {more:,} more kinds' if more else ''}), "
            f"{self.events:,} event{'s' * (self.events != 1)}{without}"
        )


@dataclass(frozen=True, slots=True)
class SurfaceSummary:
    """Of how many cells there are meshes, and how large these are in all."""

    cells: int
    vertices: int
    faces: int

    @property
    def text(self) -> str:
        """Put it into words."""
        cells = f"{self.cells:,} cell{'s' * (self.cells != 1)}"
        return f"{cells}, {self.vertices:,} vertices, {self.faces:,} faces"


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers shown by `spike-export info`; `None` where the file does not say."""

    file: str
    size_bytes: int
    format_version: int
    created_by: str
    source: str
    quantity: str
    unit: str
    meta: dict[str, Any]
    cells: list[CellSummary]
    sections: int
    sections_by_type: dict[str, int]
    segments: int
    points: int
    frames: int
    start_ms: float | None
    duration_ms: float | None
    interval_ms: float | None
    lowest: float
    highest: float
    values_not_finite: int
    percentiles: dict[str, float] | None
    classes: list[str]
    more: list[QuantitySummary]
    spikes: int | None
    connections: int
    layouts: list[str]
    synapses: SynapseSummary | None
    surfaces: SurfaceSummary | None

    def as_dict(self) -> dict[str, Any]:
        """All numbers as built-ins, for JSON, which has no non-finite numbers."""
        figures = asdict(self)
        for key, value in self.meta.items():
            if isinstance(value, float) and not math.isfinite(value):
                figures["meta"][key] = None
        return figures

    def rows(self) -> list[tuple[str, str]]:
        """All numbers as label and text, for people."""
        types = ", ".join(f"{count:,} {kind}" for kind, count in self.sections_by_type.items())
        names = ", ".join(cell.name for cell in self.cells[:_SHOWN_CELLS])
        more = len(self.cells) - _SHOWN_CELLS
        rows = [
            ("File", self.file),
            ("Size", _size(self.size_bytes)),
            ("Format", _FORMATS.get(self.format_version, str(self.format_version))),
            ("Created by", self.created_by),
            ("Model", self.source),
            ("Cells", f"{len(self.cells):,} ({names}{f' and {more:,} more' if more > 0 else ''})"),
            ("Sections", f"{self.sections:,} ({types})"),
            ("Segments", f"{self.segments:,}"),
            ("3-D points", f"{self.points:,}"),
            ("Frames", self._frames()),
            ("Duration", self._duration()),
            ("Range", " ".join(self._range().split())),
            ("Percentile", "" if self.classes else self._percentiles()),
            ("Not finite", self._not_finite()),
            ("Also", ", ".join(f"{one.name} {one.range_text}" for one in self.more)),
            ("Spikes", self._spike_counts()),
            ("Connections", f"{self.connections:,}" if self.connections else ""),
            ("Synapses", self.synapses.text if self.synapses is not None else ""),
            ("Surfaces", self.surfaces.text if self.surfaces is not None else ""),
            ("Layouts", ", ".join(self.layouts)),
        ]
        return [(label, text) for label, text in rows if text]

    def _range(self) -> str:
        if self.classes:
            names = ", ".join(name[:40] for name in self.classes[:_SHOWN_CLASSES])
            more = len(self.classes) - _SHOWN_CLASSES
            return f"{names}{f' and {more:,} more' if more > 0 else ''} ({self.quantity})"
        return f"{self.lowest:.4g} to {self.highest:.4g} {self.unit} ({self.quantity})"

    def _percentiles(self) -> str:
        found = self.percentiles or {}
        return ", ".join(f"{share} %: {value:.4g}" for share, value in found.items())

    def _spike_counts(self) -> str:
        if self.spikes is None:
            return "not recorded"
        counts = [cell.spikes for cell in self.cells if cell.spikes is not None]
        if len(counts) < 2:
            return f"{self.spikes:,}"
        most = max(self.cells, key=lambda cell: cell.spikes or 0)
        median = f"{float(np.median(counts)):,.1f}".removesuffix(".0")
        return f"{self.spikes:,} (median {median} per cell, most {most.spikes:,} in {most.name})"

    def _not_finite(self) -> str:
        count = self.values_not_finite
        return f"{count:,} value{'s' * (count != 1)}" if count else ""

    def _frames(self) -> str:
        if self.interval_ms is None:
            return f"{self.frames:,}"
        return f"{self.frames:,}, one every {self.interval_ms:g} ms"

    def _duration(self) -> str:
        if self.duration_ms is None:
            return "unknown: files in the older format store no times"
        text = f"{self.duration_ms:g} ms"
        return f"{text}, from {self.start_ms:g} ms on" if self.start_ms else text


_FORMATS = {1: "older (list of sections)", 2: "2", 3: "3 (sections as a table)"}


def summarize(simulation: Simulation, path: Path) -> Summary:
    """Count what a simulation holds.

    Parameters
    ----------
    path : Path
        The file it was read from or written to.
    """
    sections = np.bincount(simulation.section_cells, minlength=len(simulation.cells))
    quantities = [
        _summary_of(name, one, simulation.classes.get(name, ()))
        for name, one in simulation.quantities.items()
    ]
    shown = quantities[0]
    types = Counter(simulation.section_types.tolist())
    spikes = [cell.spikes_ms.size for cell in simulation.cells if cell.spikes_ms is not None]
    has_time = simulation.has_time
    intervals = np.diff(simulation.time_ms)
    regular = has_time and intervals.size > 0 and np.ptp(intervals) < 1e-6 * intervals[0]
    return Summary(
        file=str(path),
        size_bytes=path.stat().st_size,
        format_version=simulation.version,
        created_by=simulation.created_by,
        source=simulation.source,
        quantity=simulation.quantity,
        unit=simulation.unit,
        meta=dict(simulation.meta),
        cells=[
            CellSummary(
                name=cell.name,
                gid=cell.gid,
                sections=int(count),
                spikes=None if cell.spikes_ms is None else len(cell.spikes_ms),
            )
            for cell, count in zip(simulation.cells, sections, strict=True)
        ],
        sections=simulation.n_sections,
        sections_by_type={
            kind: types[index] for index, kind in enumerate(SECTION_TYPES) if types[index]
        },
        segments=simulation.n_segments,
        points=len(simulation.points_um),
        frames=simulation.n_frames,
        start_ms=float(simulation.time_ms[0]) if has_time else None,
        duration_ms=simulation.duration_ms if has_time else None,
        interval_ms=round(float(intervals.mean()), 9) if regular else None,
        lowest=shown.lowest,
        highest=shown.highest,
        values_not_finite=shown.values_not_finite,
        percentiles=shown.percentiles,
        classes=shown.classes,
        more=quantities[1:],
        spikes=sum(spikes) if spikes else None,
        connections=len(simulation.connections),
        layouts=list(simulation.layouts),
        synapses=None if simulation.synapses is None else _synapse_summary(simulation.synapses),
        surfaces=None if simulation.surfaces is None else _surface_summary(simulation.surfaces),
    )


def _surface_summary(surfaces: Surfaces) -> SurfaceSummary:
    cells = int((surfaces.face_counts > 0).sum())
    return SurfaceSummary(cells, len(surfaces.vertices), len(surfaces.faces))


def _synapse_summary(synapses: Synapses) -> SynapseSummary:
    return SynapseSummary(
        count=len(synapses),
        kinds=synapses.counts_by_kind(),
        events=len(synapses.event_times_ms),
        without_events=synapses.without_events,
    )


def _summary_of(name: str, quantity: Quantity, classes: Sequence[str]) -> QuantitySummary:
    limits = value_range(quantity.values)
    found = percentiles(quantity.values, _SHARES)
    return QuantitySummary(
        name=name,
        unit=quantity.unit,
        lowest=limits.low,
        highest=limits.high,
        values_not_finite=limits.not_finite,
        percentiles=None if found is None else dict(zip(map(str, _SHARES), found, strict=True)),
        classes=list(classes),
    )


def _size(size_bytes: int) -> str:
    size, unit = float(size_bytes), "bytes"
    for larger in ("kB", "MB", "GB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
