# SPDX-License-Identifier: BSD-3-Clause
"""NetPyNE results (``.json``, ``.pkl``): spikes, traces, and cells with their morphologies.

As ``sim.saveData`` writes them (http://www.netpyne.org).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...section_types import section_type
from ...simulation_file.stand_ins import PickledArray
from .. import foreign_pickle
from ..content import Content, FormatError, Request, choose, common_delays, readable, unusable
from ..peek import Peek

_KEYS: Final = (b"netpyne_version", b"netpyne_changeset", b"simConfig", b"simData", b"netParams")
_LARGEST_JSON: Final = 1 << 30
_LARGEST_VALUES: Final = 8_000_000_000
# NEURON's own limit for a section.
_MOST_SEGMENTS: Final = 32767
_UNITS: Final = {"v": "mV"}


def _matches(peek: Peek) -> bool:
    if peek.is_pickle:
        return any(key in peek.head[:200] for key in _KEYS)
    names = {key.decode() for key in _KEYS}
    return bool(peek.json_keys & names) or ({"net"} == peek.json_keys and "pops" in peek.text)


def _read(path: Path, request: Request) -> Content:
    size = path.stat().st_size
    try:
        if Peek(path).is_pickle:
            data = foreign_pickle.load(path, size)
        elif size > _LARGEST_JSON:
            raise unusable(path, "it is JSON of more than 1 GiB")
        else:
            data = json.loads(path.read_text(encoding="utf-8"))
        return _content(path, data, request)
    except FormatError:
        raise
    except (
        ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError
    ) as error:  # fmt: skip
        problem = (
            f"it is damaged, or not as NetPyNE saves it ({type(error).__name__}: {error!s:.80})"
        )
        raise unusable(path, problem) from None


def _content(path: Path, data: Any, request: Request) -> Content:
    cells, config = data.get("net", {}).get("cells") or [], data.get("simConfig", {})
    results, notes = data.get("simData", {}), []
    if not cells:
        raise unusable(path, "it holds no cells; NetPyNE saves them with saveDataInclude = ['net']")
    gids = [int(cell["gid"]) for cell in cells]
    index = {gid: i for i, gid in enumerate(gids)}
    if len(index) < len(gids):
        twice = next(gid for i, gid in enumerate(gids) if index[gid] != i)
        raise unusable(path, f"it has two cells with the gid {twice}")
    sections = [_sections(cell, config) for cell in cells]
    spikes = _spikes(path, results, index)
    traces: dict[str, dict[str, Any]] = {}
    for name, how in config.get("recordTraces", {}).items():
        if "var" in how and isinstance(results.get(name), dict) and results[name]:
            place = "".join(f"{how[key]}." for key in ("mech", "synMech") if key in how)
            traces.setdefault(f"{place}{how['var']}", {})[name] = how
    there = [*traces, *(["spikes"] if spikes is not None else [])]
    if not there:
        raise unusable(path, "it holds neither spikes nor traces of cells")
    taken = request.of
    if taken is None and "v" in traces and _cells_with(results, traces["v"]) >= _real(cells):
        taken = "v"
    elif taken is None and spikes is not None:
        taken = "spikes"
    taken = choose(path, there, taken, request)
    if request.of is None and len(there) > 1:
        notes.append(
            f"Of {', '.join(there):.200}, {taken} was read; choose another with {request.option}."
        )
    rows = {} if taken == "spikes" else traces[taken]
    pairs, delays_ms, left_out = _connections(cells, config, index)
    values, time_ms = _values(cells, data, rows, index, sections, notes) if rows else (None, None)
    return Content(
        [f"{cell['tags'].get('pop', 'cell')}[{cell['gid']}]" for cell in cells],
        np.array([cell[0]["points"][0][:3] for cell in sections], np.float64),
        gids,
        spikes,
        time_ms,
        values,
        "activity" if taken == "spikes" else taken,
        _UNITS.get(taken, ""),
        pairs,
        delays_ms,
        sections,
        (*notes, *left_out),
    )


def _real(cells: list[Any]) -> int:
    return sum(bool(cell.get("secs")) for cell in cells) or len(cells)


def _cells_with(results: Any, traces: Mapping[str, Any]) -> int:
    return len(set().union(*(results[name] for name in traces)))


def _spikes(path: Path, results: Any, index: Mapping[int, int]) -> list[NDArray[np.float64]] | None:
    if "spkt" not in results or "spkid" not in results:
        return None
    times, gids = _array(results["spkt"]), _array(results["spkid"])
    if times.shape != gids.shape:
        raise unusable(path, f"it has {len(times):,} spike times for {len(gids):,} cells")
    lost = set(gids.tolist()) - index.keys()
    if lost:
        raise unusable(path, f"cell {min(lost):.12g} spikes, but is not among its cells")
    rows: list[list[float]] = [[] for _ in index]
    for time, gid in zip(times.tolist(), gids.tolist(), strict=True):
        rows[index[int(gid)]].append(time)
    return [np.sort(np.array(row, np.float64)) for row in rows]


def _sections(cell: Any, config: Any) -> list[dict[str, Any]]:
    """Sections from the root on; a single point if not all of them have 3-D points."""
    tags, secs = cell["tags"], cell.get("secs") or {}
    sign = -1.0 if config.get("invertedYCoord", True) else 1.0
    place = np.array([tags.get("x", 0.0), sign * tags.get("y", 0.0), tags.get("z", 0.0)])
    offset = place if config.get("pt3dRelativeToCellLocation", True) else np.zeros(3)
    parents = {name: sec.get("topol", {}).get("parentSec") or "" for name, sec in secs.items()}
    children: dict[str, list[str]] = {}
    for name, parent in parents.items():
        children.setdefault(parent, []).append(name)
    order: dict[str, int] = {}
    waiting = children.get("", [])[::-1]
    while waiting:
        name = waiting.pop()
        order[name] = len(order)
        waiting += children.get(name, [])[::-1]
    if len(order) < len(secs):
        raise ValueError("sections whose parents are missing")
    shapes = {name: np.array(_plain(secs[name]["geom"].get("pt3d") or []), float) for name in order}
    if not order or not all(shape.ndim == 2 and len(shape) > 1 for shape in shapes.values()):
        soma = secs.get("soma", {}).get("geom", {}).get("diam") or 10.0
        name = next(iter(order), "soma")
        return [{"name": name, "type": "soma", "points": [[*place, float(soma)]]}]
    return [
        {
            "name": name,
            "type": section_type(name),
            "parent": order[parents[name]] if parents[name] else -1,
            "parent_x": float(secs[name]["topol"].get("parentX", 1.0)) if parents[name] else 0.0,
            "nseg": _segments(name, secs[name]["geom"].get("nseg", 1)),
            "points": shapes[name][:: -1 if _is_reversed(cell, name) else 1] + [*offset, 0.0],
        }
        for name in order
    ]


def _segments(name: str, nseg: Any) -> int:
    if not 1 <= int(nseg) <= _MOST_SEGMENTS:
        raise ValueError(f"{name:.40} has nseg {nseg!s:.20}, and NEURON at most {_MOST_SEGMENTS:,}")
    return int(nseg)


def _values(
    cells: list[Any], data: Any, rows: Mapping[str, Any], index: Mapping[int, int],
    sections: list[list[dict[str, Any]]], notes: list[str],
) -> tuple[NDArray[Any], NDArray[np.float64]]:  # fmt: skip
    """Put each trace into the segment it was recorded in; the others have no values."""
    results = data["simData"]
    counts = [sum(section.get("nseg", 1) for section in cell) for cell in sections]
    firsts = np.cumsum([0, *counts])
    frames = len(_array(next(iter(results[next(iter(rows))].values()))))
    if frames * int(firsts[-1]) * 4 > _LARGEST_VALUES:
        raise ValueError(f"{frames:,} frames of {firsts[-1]:,} segments are too many")
    values = np.full((frames, int(firsts[-1])), np.nan, np.float32)
    lost, differing = 0, 0
    filled = np.zeros(values.shape[1], np.bool_)
    for name, how in rows.items():
        for label, trace in results[name].items():
            cell = index[int(label.removeprefix("cell_"))]
            first = firsts[cell]
            for section in sections[cell]:
                n = section.get("nseg", 1)
                if section["name"] == how.get("sec", "soma"):
                    x = float(how.get("loc", 0.5))
                    x = 1.0 - x if _is_reversed(cells[cell], section["name"]) else x
                    place = first + min(int(x * n), n - 1)
                    row = _array(trace).astype(np.float32)
                    if not filled[place]:
                        values[:, place] = row
                    elif not np.array_equal(values[:, place], row, equal_nan=True):
                        differing += 1
                    filled[place] = True
                    break
                first += n
            else:
                lost += 1
    if lost:
        notes.append(f"{lost:,} traces were left out, because their cells have no morphology.")
    if differing:
        notes.append(
            f"{differing:,} of its traces were left out, because an earlier one is of the same "
            "segment."
        )
    if not filled.all():
        notes.append(
            f"{filled.sum():,} of {len(filled):,} segments were recorded; the others are empty."
        )
    time = _array(results.get("t", []))
    if len(time) != frames:
        step_ms = float(data["simConfig"]["recordStep"])
        if len(time):
            notes.append(
                f"It has {len(time):,} times for {frames:,} frames; they were taken to be "
                f"{step_ms:g} ms apart, as its recordStep is."
            )
        time = np.arange(frames, dtype=np.float64) * step_ms
    return values, time


def _is_reversed(cell: Any, name: str) -> bool:
    """Whether a section joins its parent with its 1 end; here all do with their first point."""
    return float(cell["secs"].get(name, {}).get("topol", {}).get("childX", 0.0)) > 0.5


def _connections(
    cells: list[Any], config: Any, index: Mapping[int, int]
) -> tuple[NDArray[np.int64] | None, NDArray[np.float64] | None, tuple[str, ...]]:
    """Pairs of cells, delays in ms, and what was left out."""
    pairs: list[tuple[int, int]] = []
    delays: list[float | None] = []
    # The order of fields in compact connections.
    fields = list(config.get("compactConnFormat") or [])
    for i, cell in enumerate(cells):
        for source in cell.get("conns") or []:
            of = source if isinstance(source, dict) else dict(zip(fields, source, strict=False))
            if of["preGid"] in index:
                pairs.append((index[of["preGid"]], i))
                delay = of.get("delay")
                delays.append(float(delay) if isinstance(delay, int | float) else None)
    if not pairs:
        return None, None, ()
    return (np.array(pairs, np.int64), *common_delays(delays))


def _array(values: Any) -> NDArray[np.float64]:
    return np.asarray(_plain(values), np.float64).reshape(-1)


def _plain(values: Any) -> Any:
    return values.array if isinstance(values, PickledArray) else values


FORMAT: Final = readable("netpyne", "a NetPyNE results file", _matches, _read)
