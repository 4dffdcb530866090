# SPDX-License-Identifier: BSD-3-Clause
"""Tables of synapses: one row each, with columns found by their names.

Which columns are taken is reported, and what is unclear is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .spike_files import _AXES, _DELAY, _DELAY_S, _DIGITS, _label, _Table

_ROLES: Final = {
    "cell": ("cell", "post", "target", "to", "post_gid", "post_id", "target_id", "target_node_id",
             "post_root_id", "post_pt_root_id", "bodyid_post", "gid", "cell_id", "neuron"),
    "section": ("section", "sec", "section_name", "section_id", "sec_id", "afferent_section_id"),
    "position": ("position", "pos", "section_pos", "sec_x", "loc", "afferent_section_pos"),
    "kind": ("kind", "type", "synapse_type", "syn_type", "transmitter", "nt_type", "nt"),
    "weight": ("weight", "weight_us", "weight_ns", "syn_weight", "conductance_ns"),
    "delay": (*_DELAY, *_DELAY_S),
    "source": ("source", "pre", "from", "pre_gid", "pre_id", "source_id", "source_node_id",
               "pre_root_id", "pre_pt_root_id", "bodyid_pre"),
    "times": ("times", "times_ms", "time", "time_ms", "t", "t_ms", "events", "events_ms",
              "event_times", "event_times_ms", "times_s", "time_s", "t_s", "event_times_s"),
}  # fmt: skip
_PLACE: Final = {
    # Also as neuPrint and CAVE call them.
    axis: (
        *_AXES[number],
        f"{axis}_nm",
        f"post_{axis}",
        f"{axis}_post",
        f"post_pt_position_{axis}",
        f"ctr_pt_position_{axis}",
    )
    for number, axis in enumerate("xyz")
}
_UNITS: Final = {"weight_us": "µS", "weight_ns": "nS", "conductance_ns": "nS"}
_BETWEEN: Final = re.compile(r"[\s;,|]+")
_MOST_EVENTS: Final = 100_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One synapse as it is in the table.

    Attributes
    ----------
    line : int
        From 1.
    cell, section, source : str or None
        None if there is no such column; an empty source is none.
    position : float or None
        0..1 along the section.
    kind : str
    weight, delay_ms : float or None
    """

    line: int
    cell: str | None
    section: str | None
    position: float | None
    kind: str
    weight: float | None
    delay_ms: float | None
    source: str | None


@dataclass(frozen=True, slots=True, eq=False)
class SynapseTable:
    """A table of N synapses.

    Attributes
    ----------
    name : str
        Of the file.
    rows : list of Row, length N
    points_um : ndarray, shape (N, 3), or None
        Where synapses are, if the table says so instead of sections and positions.
    times_ms : list of ndarray, length N, or None
        When events arrive at each.
    weight_unit : str
    notes : tuple of str
        Sentences about what was assumed.
    points_unit : str
        What their columns' names end in, ``"um"`` or ``"nm"``; empty if µm are assumed.
    """

    name: str
    rows: list[Row]
    points_um: NDArray[np.float64] | None
    times_ms: list[NDArray[np.float64]] | None
    weight_unit: str
    notes: tuple[str, ...]
    points_unit: str = ""


def read_synapse_table(path: Path) -> SynapseTable:
    """Read a table of synapses.

    Parameters
    ----------
    path : Path
        Its first line names the columns. A synapse is at a position, 0..1, of a section, or at x, y
        and z in µm (``x_nm`` in nm). Several times are separated by spaces or semicolons.

    Raises
    ------
    TableError
        If the file is missing or not such a table; the text names the line.
    """
    table = _Table(path, numbers=True)
    if not table.is_named:
        raise table.error("has no header line that names its columns")
    present = [field.casefold() for field in table.first]
    twice = next((name for name in present if name and present.count(name) > 1), None)
    if twice:
        raise table.error(f"has two columns called {twice!r:.60}")

    def find(names: tuple[str, ...]) -> int | None:
        return next((present.index(name) for name in names if name in present), None)

    columns = {role: found for role, names in _ROLES.items() if (found := find(names)) is not None}
    axes = {axis: found for axis, names in _PLACE.items() if (found := find(names)) is not None}
    on_section = "section" in columns and "position" in columns
    if not on_section and len(axes) < 3:
        raise table.error(
            f"does not say where synapses are; its columns are {', '.join(table.first):.200}, but "
            "section and position, or x, y and z, are needed"
        )
    if on_section:
        axes = {}
    else:
        columns = {role: c for role, c in columns.items() if role not in ("section", "position")}
    scales = {axis: 1e-3 if present[c].endswith("_nm") else 1.0 for axis, c in axes.items()}
    seconds = {role: _in_seconds(present[c]) for role, c in columns.items()}
    rows: list[Row] = []
    points: list[list[float]] = []
    times: list[NDArray[np.float64]] = []
    events = 0
    for line, fields in table.rows(len(table.first)):
        text = {role: fields[column] for role, column in columns.items()}
        rows.append(_row(table, line, text, seconds))
        if axes:
            points.append([table.number(fields[axes[a]], line, a) * scales[a] for a in "xyz"])
        if "times" in text:
            own = _times(table, line, text["times"]) * (1000.0 if seconds["times"] else 1.0)
            events += len(own)
            if events > _MOST_EVENTS:
                raise table.error(f"has more than {_MOST_EVENTS:,} events", line)
            times.append(own)
    if not rows:
        raise table.error("contains no synapses")
    used = {role: table.first[column] for role, column in {**columns, **axes}.items()}
    notes = [_said(used, table.first)]
    return SynapseTable(
        name=path.name,
        rows=rows,
        points_um=np.array(points) if axes else None,
        times_ms=times if "times" in columns else None,
        weight_unit=_UNITS.get(present[columns["weight"]], "") if "weight" in columns else "",
        notes=tuple(notes),
        points_unit=next(
            (
                u
                for u in ("nm", "um")
                if axes and all(present[column].endswith(f"_{u}") for column in axes.values())
            ),
            "",
        ),
    )


def _row(table: _Table, line: int, text: dict[str, str], seconds: dict[str, bool]) -> Row:
    def number(role: str) -> float | None:
        return table.number(text[role], line, role) if text.get(role) else None

    position, delay_ms = number("position"), number("delay")
    if "position" in text and (position is None or not 0 <= position <= 1):
        raise table.error(
            f"has the position {text['position']!r:.60}, which is not between 0 and 1", line
        )
    if delay_ms is not None and seconds["delay"]:
        delay_ms *= 1000
    if delay_ms is not None and delay_ms < 0:
        raise table.error(f"has the delay {text['delay']:.60}, which is negative", line)
    kind = text.get("kind", "")
    return Row(
        line=line,
        cell=_label(text["cell"]) if "cell" in text else None,
        section=text.get("section"),
        position=position,
        kind=f"type {kind}" if _DIGITS.fullmatch(kind) else kind or "synapse",
        weight=number("weight"),
        delay_ms=delay_ms,
        source=_label(text["source"]) if "source" in text else None,
    )


def _times(table: _Table, line: int, text: str) -> NDArray[np.float64]:
    parts = [part for part in _BETWEEN.split(text.strip("[]() ")) if part]
    return np.sort(np.array([table.number(part, line, "time") for part in parts], np.float64))


def _in_seconds(column: str) -> bool:
    return column.endswith("_s") or column in _DELAY_S


def _said(used: dict[str, str], names: list[str]) -> str:
    taken = ", ".join(
        role if name.casefold() == role else f"{role} ({name})" for role, name in used.items()
    )
    left = [name for name in names if name not in used.values() and name]
    rest = f"; not used: {', '.join(left):.200}" if left else ""
    return f"Columns taken from the table: {taken}{rest}."
