# SPDX-License-Identifier: BSD-3-Clause
"""SONATA compartment reports, mapped to the circuit's morphologies.

Reports are as in the SONATA developer guide
(https://github.com/AllenInstitute/sonata). Sections are numbered there as `swc.split` orders them:
soma, axon, basal and apical dendrites, each as they begin in the file; or as `sonata_sections` does
where the axon was cut off.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..section_types import section_type
from ..simulation_file import SECTION_TYPES, Cell, Simulation
from ..version import __version__
from . import import3d
from .morphology_h5 import read_points
from .rotation import rotation
from .sonata_config import Sources
from .sonata_network import Nodes, SonataError, read_nodes, read_spikes
from .sonata_report import Report, read_reports
from .sonata_sections import fitting, is_uniform, kinds_of, stub_of, with_stubs
from .swc import SOMA, Sections, SwcError, split
from .swc import read as read_swc

UNKNOWN_SOMA_UM: Final = 10.0
"""Diameter of a soma of unknown size."""

_GAP_UM: Final = 20.0
_MORPHOLOGIES: Final = (".swc", ".h5", ".asc")
_MOST_POINTS: Final = 100_000_000
_LARGEST_VALUES: Final = 16 << 30


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A simulation, and what was assumed about it.

    Attributes
    ----------
    simulation : Simulation
    notes : tuple of str
        Sentences.
    """

    simulation: Simulation
    notes: tuple[str, ...]


def load(sources: Sources, populations: Collection[str] = ()) -> Loaded:
    """Read a compartment report and everything that belongs to it.

    A node with several values gets its morphology, in which each section has as many segments as
    values. A node with one value becomes a point. Nodes without a position are placed in a row.

    Parameters
    ----------
    populations : collection of str
        Those to read; all if empty.

    Raises
    ------
    SonataError, Hdf5Error
        If something is missing, damaged or malicious, or report and morphology do not match.
    ModuleNotFoundError
        If h5py is not installed.
    """
    reports, notes = read_reports(sources, populations)
    circuit = _Circuit(sources)
    circuit.notes += notes
    spikes = {}
    if sources.spikes is not None and sources.spikes.exists():
        spikes = read_spikes(sources.spikes)
    elif sources.spikes is not None:
        circuit.notes.append(f"Spikes are missing, because {sources.spikes.name} was not found.")
    builder = _Builder(circuit, spikes)
    for report in reports:
        builder.add(report)
    return Loaded(builder.simulation(reports, sources), tuple(circuit.notes))


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """A morphology as a circuit uses it."""

    sections: Sections
    centre_um: NDArray[np.float64]
    soma_um: float


class _Circuit:
    """What is known about nodes."""

    def __init__(self, sources: Sources) -> None:
        self.notes: list[str] = []
        self._folder = sources.morphologies
        self._alternatives = sources.alternatives
        self._shapes: dict[tuple[Path, str], _Shape] = {}
        self._populations: dict[str, Nodes] = {}
        for file in sources.nodes:
            self._populations |= read_nodes(file)

    def knows(self, population: str) -> bool:
        return population in self._populations

    def attribute(self, population: str, node: int, name: str) -> object:
        """Return what is known about a node; None if nothing is."""
        nodes = self._populations.get(population)
        return None if nodes is None else nodes.attribute(node, name)

    def number(self, population: str, node: int, name: str) -> float | None:
        nodes = self._populations.get(population)
        return None if nodes is None else nodes.number(node, name)

    def morphology(self, population: str, node: int) -> Path | None:
        """Path of a node's morphology, whether or not it exists; None if none is named."""
        name = self.attribute(population, node, "morphology")
        if not isinstance(name, str) or name in ("", "NULL"):
            return None
        if ".." in PurePosixPath(name).parts + PureWindowsPath(name).parts or (
            PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor or "\0" in name
        ):
            raise SonataError(
                f"Node {node} of {population!r:.60} names the morphology {name!r:.60}, which is "
                "outside the morphologies folder."
            )
        folder = self._populations[population].file.morphologies.get(population, self._folder)
        stem = re.sub(r"\.(swc|h5|asc)$", "", name, flags=re.IGNORECASE)
        places = [] if folder is None else [folder / name, folder / f"{stem}.swc"]
        if "h5v1" in self._alternatives:
            places.append(self._alternatives["h5v1"] / f"{stem}.h5")
        for kind, own in self._alternatives.items():
            if kind.startswith("neurolucida"):
                places.append(own / f"{stem}.asc")
        found = next(
            (p for p in places if p.suffix.casefold() in _MORPHOLOGIES and p.is_file()), None
        )
        return found or (None if not places else places[min(1, len(places) - 1)])

    def stub(self, population: str, node: int) -> str:
        """Name what replaces the node's axon; see `stub_of`."""
        names = ("model_processing", "dynamics_params")
        return stub_of(*(self.attribute(population, node, name) for name in names))

    def shape(self, path: Path, stub: str = "") -> _Shape:
        if (path, stub) not in self._shapes:
            sections, centre = _sections(path)
            if stub:
                sections = with_stubs(sections, stub)
            soma = next((i for i, n in enumerate(sections.names) if n == "soma[0]"), 0)
            self._shapes[path, stub] = _Shape(
                sections,
                centre,
                _sphere_um(sections.points_of[soma]),
            )
        return self._shapes[path, stub]


def _sections(path: Path) -> tuple[Sections, NDArray[np.float64]]:
    """Read a morphology; the middle of its soma is at the cell's position in the circuit."""
    try:
        if path.suffix.casefold() == ".asc":
            sections = import3d.read(path).sections
            return sections, sections.points_of[sections.names.index("soma[0]")][:, :3].mean(axis=0)
        points = read_points(path) if path.suffix == ".h5" else read_swc(path).points
    except SwcError as error:
        raise SonataError(f"Cannot use {path.name}: {error.findings[0]}") from None
    except OSError as error:
        raise SonataError(f"Cannot read {path.name}: {error.strerror}.") from None
    body = points[points["type"] == SOMA] if SOMA in points["type"] else points[:1]
    return split(points), np.array([body[axis].mean() for axis in "xyz"])


def _sphere_um(points: NDArray[np.float64]) -> float:
    """Diameter of the sphere with the area of a section."""
    radii = points[:, 3] / 2
    lengths = np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1)
    slants = np.hypot(lengths, np.diff(radii))
    return float(np.sqrt(((radii[1:] + radii[:-1]) * slants).sum()))


class _Builder:
    """Cells gathered into one list per property, as in `Simulation`."""

    def __init__(
        self, circuit: _Circuit, spikes: dict[str, dict[int, NDArray[np.float64]]]
    ) -> None:
        self._circuit = circuit
        self._spikes = spikes
        self._cells: list[Cell] = []
        self._names: list[str] = []
        self._cell_of: list[NDArray[np.int32]] = []
        self._parents: list[NDArray[np.int32]] = []
        self._parent_x: list[NDArray[np.float64]] = []
        self._segments: list[NDArray[np.int32]] = []
        self._point_counts: list[NDArray[np.int32]] = []
        self._points: list[NDArray[np.float32]] = []
        self._columns: list[NDArray[np.int64]] = []
        self._count = 0
        self._point_total = 0
        self._offset = 0
        self._row_um = 0.0
        self._without: dict[str, int] = {}

    def add(self, report: Report) -> None:
        """Add all nodes of a population that have values."""
        for index, node in enumerate(report.node_ids.tolist()):
            begin, end = report.bounds[index : index + 2].tolist()
            if begin == end:
                self._miss("{} had no values and were left out.")
                continue
            if end - begin == 1:
                self._add_point(report.name, node, begin)
            else:
                self._add_shape(report, node, begin, end)
            spikes = self._spikes.get(report.name)
            times = None if spikes is None else spikes.get(node, np.empty(0))
            self._cells.append(Cell(f"{report.name} {node}", node, times))
        self._offset += report.values.shape[1]

    def simulation(self, reports: list[Report], sources: Sources) -> Simulation:
        """Combine everything."""
        if not self._cells:
            raise SonataError(f"Cannot use {sources.report.name}: it holds no values.")
        for sentence, count in self._without.items():
            self._circuit.notes.append(sentence.format(f"{count:,} of {self._total():,} cells"))
        columns = np.concatenate(self._columns)
        frames = len(reports[0].time_ms)
        if columns.size * frames * 4 > _LARGEST_VALUES:
            raise SonataError(
                f"Cannot use {sources.report.name}: its {frames:,} frames of {columns.size:,} "
                f"segments take {columns.size * frames * 4 / 1e9:,.0f} GB; "
                f"the limit is {_LARGEST_VALUES / 1e9:.0f} GB."
            )
        names = tuple(self._names)
        units = {report.unit for report in reports if report.unit}
        if len(units) > 1:
            raise SonataError(
                f"Cannot use {sources.report.name}: its populations are in different units, "
                f"{' and '.join(sorted(units))}."
            )
        quantities = {report.quantity for report in reports if report.quantity}
        quantity = sources.quantity or (quantities.pop() if len(quantities) == 1 else "")
        unit = units.pop() if units else ""
        if not unit and quantity in ("", "v", "V_m", "soma_v"):
            unit = "mV"
            said = "unit" if quantity else "variable and unit"
            known = quantity or "membrane potential"
            self._circuit.notes.append(f"The report gives no {said}; {known} in mV was assumed.")
        kind_of = {name: SECTION_TYPES.index(section_type(name)) for name in set(names)}
        return Simulation(
            cells=tuple(self._cells),
            section_names=names,
            section_types=np.array([kind_of[name] for name in names], np.uint8),
            section_cells=np.concatenate(self._cell_of),
            parents=np.concatenate(self._parents),
            parent_x=np.concatenate(self._parent_x),
            segment_counts=np.concatenate(self._segments),
            point_counts=np.concatenate(self._point_counts),
            points_um=np.concatenate(self._points),
            time_ms=reports[0].time_ms,
            values=_gather(reports, columns),
            quantity=quantity or ("v" if unit == "mV" else "value"),
            unit=unit,
            created_by=f"spike-export {__version__}",
            source=sources.report.name,
            meta={"report": sources.report.name},
        )

    def _total(self) -> int:
        return len(self._cells) + self._without.get("{} had no values and were left out.", 0)

    def _miss(self, sentence: str) -> None:
        self._without[sentence] = self._without.get(sentence, 0) + 1

    def _add_point(self, population: str, node: int, column: int) -> None:
        diameter = self._soma_um(population, node)
        points = np.array([[0.0, 0.0, 0.0, diameter]])
        self._append(
            ["soma"], np.array([-1]), np.zeros(1), np.ones(1, np.int64), np.ones(1, np.int64),
            self._placed(points, np.zeros(3), population, node), np.array([column]),
        )  # fmt: skip

    def _soma_um(self, population: str, node: int) -> float:
        radius = self._circuit.number(population, node, "radius")
        if radius is not None and radius > 0:
            return 2 * radius
        path = self._circuit.morphology(population, node)
        if path is not None and path.is_file():
            return self._circuit.shape(path).soma_um
        self._miss(f"{{}} have somata of unknown size; {UNKNOWN_SOMA_UM:g} µm was assumed.")
        return UNKNOWN_SOMA_UM

    def _add_shape(self, report: Report, node: int, begin: int, end: int) -> None:
        path = self._circuit.morphology(report.name, node)
        cell = f"Node {node} of {report.name!r:.60}"
        if path is None:
            reason = (
                "no morphology is known for it"
                if self._circuit.knows(report.name)
                else "no nodes file describes it; give one with --nodes and --morphologies"
            )
            raise SonataError(f"{cell} has {end - begin} values, but {reason}.")
        if not path.exists():
            raise SonataError(
                f"{cell} has the morphology {path.name}, which is not in the folder "
                f"{path.parent.name}."
            )
        stub = self._circuit.stub(report.name, node)
        shape = self._circuit.shape(path, stub)
        ids = report.element_ids[begin:end]
        pos = None if report.element_pos is None else report.element_pos[begin:end]
        order, found, counts = _by_section(ids, pos, shape.sections, f"{cell} ({path.name})")
        kinds = None if report.kinds is None else report.kinds[begin:end][order]
        self._check(path, stub, (found, counts), kinds, cell)
        total = len(shape.sections.names)
        segments = np.ones(total, np.int64)
        segments[found] = counts
        columns = np.full(segments.sum(), -1, np.int64)
        reported = np.zeros(total, np.bool_)
        reported[found] = True
        columns[np.repeat(reported, segments)] = begin + order
        if len(found) < total:
            self._miss("{} are reported in part; their other sections have no values.")
        points = self._placed(shape.sections.points_um, shape.centre_um, report.name, node)
        self._append(
            list(shape.sections.names), shape.sections.parents, shape.sections.parent_x,
            segments, shape.sections.point_counts, points, columns,
        )  # fmt: skip

    def _check(
        self,
        path: Path,
        stub: str,
        segments: tuple[NDArray[np.int64], NDArray[np.int64]],
        kinds: NDArray[Any] | None,
        cell: str,
    ) -> None:
        """Refuse sections whose types or lengths contradict the report."""
        found, counts = segments
        sections = self._circuit.shape(path, stub).sections
        if kinds is not None:
            wrong = np.flatnonzero(np.repeat(kinds_of(sections)[found], counts) != kinds)
            if wrong.size:
                section = int(np.repeat(found, counts)[wrong[0]])
                raise SonataError(
                    f"{cell} ({path.name}) has a value of type {kinds[wrong[0]]} in section "
                    f"{section}, which is {sections.names[section]} {_told(stub)}."
                )
        fit = fitting(sections, found, counts)
        if fit < len(found):
            other = "" if stub else "aibs_perisomatic"
            rest = self._circuit.shape(path, other).sections
            n_rest = fitting(rest, found, counts) if found[-1] < len(rest.names) else 0
            hint = (
                f"; {n_rest} would fit {_told(other)}, which a --node-types file can specify"
                if n_rest > fit
                else ""
            )
            raise SonataError(
                f"{cell} ({path.name}): numbers of segments fit the lengths of {fit} of "
                f"{len(found)} sections {_told(stub)}{hint}."
            )
        if stub:
            self._miss(
                "{} have two stubs instead of an axon, as in their model; the "
                "direction of the stubs is made up."
            )
        if is_uniform(counts) and kinds is None and len(found) < len(sections.names):
            self._miss(
                "{} report sections whose order cannot be checked, since all have "
                "the same number of segments."
            )

    def _append(
        self,
        names: list[str],
        parents: NDArray[Any],
        parent_x: NDArray[np.float64],
        segments: NDArray[np.int64],
        point_counts: NDArray[Any],
        points: NDArray[np.float64],
        columns: NDArray[np.int64],
    ) -> None:
        self._point_total += len(points)
        if self._point_total > _MOST_POINTS:
            raise SonataError(f"The cells have more than {_MOST_POINTS:,} points together.")
        self._names += names
        self._cell_of.append(np.full(len(names), len(self._cells), np.int32))
        self._parents.append(np.where(parents < 0, -1, parents + self._count).astype(np.int32))
        self._parent_x.append(parent_x)
        self._segments.append(segments.astype(np.int32))
        self._point_counts.append(point_counts.astype(np.int32))
        self._points.append(points.astype(np.float32))
        self._columns.append(np.where(columns < 0, -1, columns + self._offset))
        self._count += len(names)

    def _placed(
        self, points: NDArray[np.float64], centre: NDArray[np.float64], population: str, node: int
    ) -> NDArray[np.float64]:
        """Points in circuit coordinates, or next in the row of cells without a position."""

        def number(name: str) -> float | None:
            return self._circuit.number(population, node, name)

        placed = points.copy()
        if number("recenter") != 0:
            placed[:, :3] -= centre
        placed[:, :3] = placed[:, :3] @ rotation(number).T
        position = [number(axis) for axis in "xyz"]
        if all(axis is None for axis in position):
            self._miss("{} have no position in the nodes file and are placed in a row.")
            left = float((placed[:, 0] - placed[:, 3] / 2).min())
            right = float((placed[:, 0] + placed[:, 3] / 2).max())
            if self._row_um:
                placed[:, 0] += self._row_um + _GAP_UM - left
                self._row_um += _GAP_UM + right - left
            else:
                self._row_um = right
            return placed
        placed[:, :3] += [axis or 0.0 for axis in position]
        return placed


def _by_section(
    ids: NDArray[np.int64], pos: NDArray[Any] | None, sections: Sections, cell: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Sort values by section and position; return the order, the sections and their counts."""
    total = len(sections.names)
    order = np.argsort(ids, kind="stable") if pos is None else np.lexsort((pos, ids))
    found, counts = np.unique(ids, return_counts=True)
    if found[-1] >= total:
        raise SonataError(
            f"{cell} reports section {found[-1]}, but its morphology has {total} sections, 0 to "
            f"{total - 1}."
        )
    # Programs replace axons, and number the remaining sections as if nothing had been there.
    if len(found) < total and found[0] == 0 and found[-1] == len(found) - 1 > 0:
        raise SonataError(
            f"{cell} reports the sections 0 to {found[-1]}, but its morphology has {total}: the "
            "model seems to be cut, and it is unclear which sections are left."
        )
    if pos is not None:
        sorted_pos = np.asarray(pos, np.float64)[order]
        per_value = np.repeat(counts, counts)
        rank = np.arange(len(ids)) - np.repeat(np.cumsum(counts) - counts, counts)
        off = np.abs(sorted_pos - (rank + 0.5) / per_value) * per_value
        wrong = np.flatnonzero((per_value > 1) & ~(off < 0.1))
        if wrong.size:
            section = int(np.repeat(found, counts)[wrong[0]])
            raise SonataError(
                f"{cell} has a value at {sorted_pos[wrong[0]]:.4g} of section {section} "
                f"({sections.names[section]}), which is not the middle of one of its "
                f"{per_value[wrong[0]]} segments."
            )
    return order, found, counts


def _told(stub: str) -> str:
    return f"after {stub} has cut the axon" if stub else "of the whole morphology"


def _gather(reports: list[Report], columns: NDArray[np.int64]) -> NDArray[np.float32]:
    values = reports[0].values
    if len(reports) > 1:
        values = np.concatenate([report.values for report in reports], axis=1)
    if np.array_equal(columns, np.arange(values.shape[1])):
        return values
    gathered: NDArray[np.float32] = values[:, columns]
    gathered[:, columns < 0] = np.nan
    return gathered
