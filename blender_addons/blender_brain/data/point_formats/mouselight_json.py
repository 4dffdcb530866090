# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON of the MouseLight project: neurons with soma, axon and dendrite; x is ML, z is AP, in µm."""

from __future__ import annotations

import json
from typing import Any, Final

import numpy as np

from ..coordinates import Coordinates
from ..point_set import Peek, PointFormat, PointSet, checked
from ..tables import TableError

_PARTS: Final = ("axon", "dendrite")
_KEYS: Final = ("sampleNumber", "parentNumber", "x", "y", "z", "radius")
_MOST_SAMPLES: Final = 5_000_000


def _recognizes(peek: Peek) -> bool:
    return peek.begin.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") and b'"neuron' in peek.begin


def _read(peek: Peek) -> PointSet:
    name = peek.path.name
    try:
        content = json.loads(peek.content.decode("utf-8-sig"))
    except RecursionError:
        raise TableError(f"{name}: it is nested too deeply.") from None
    except ValueError as problem:
        raise TableError(f"{name}: it is not JSON ({str(problem)[:80]}).") from None
    neurons = content.get("neurons", [content.get("neuron")])
    if not isinstance(neurons, list) or not all(isinstance(one, dict) for one in neurons):
        raise TableError(f"{name}: its neurons are not as MouseLight has them.")
    lines: list[np.ndarray[Any, Any]] = []
    for neuron in neurons:
        for part in _PARTS:
            if samples := neuron.get(part):
                lines += _lines(name, part, samples)
    if not lines:
        raise TableError(f"{name}: none of its neurons has an axon or a dendrite.")
    samples = np.concatenate(lines)
    return PointSet(
        checked(peek.path, samples[:, :3]),
        Coordinates("um", order="mda"),
        ("x", "y", "z"),
        point_counts=np.array([len(line) for line in lines], np.int32),
        radii=np.nan_to_num(samples[:, 3]),
    )


def _lines(name: str, part: str, samples: Any) -> list[np.ndarray[Any, Any]]:
    """Cut a tree of samples into lines from branch point to branch point."""
    if not isinstance(samples, list) or len(samples) > _MOST_SAMPLES:
        raise TableError(f"{name}: its {part} is not a list of samples, or is too long.")
    try:
        rows = np.array([[one[key] for key in _KEYS] for one in samples], np.float64)
    except (KeyError, TypeError, ValueError):
        raise TableError(
            f"{name}: a sample of its {part} lacks one of {', '.join(_KEYS)}."
        ) from None
    place = {number: at for at, number in enumerate(rows[:, 0].tolist())}
    parents = [place.get(number, -1) for number in rows[:, 1].tolist()]
    children: list[list[int]] = [[] for _ in parents]
    for at, parent in enumerate(parents):
        if parent == at:
            raise TableError(f"{name}: a sample of its {part} is its own parent.")
        if parent >= 0:
            children[parent].append(at)
    found, seen = [], 0
    # A line begins at a root or a branch point and ends at a leaf or the next branch point.
    starts = [(-1, at) for at, parent in enumerate(parents) if parent < 0]
    while starts:
        before, at = starts.pop()
        line = [before] if before >= 0 else []
        line.append(at)
        while len(children[at]) == 1:
            at = children[at][0]
            line.append(at)
        starts += [(at, child) for child in children[at]]
        seen += len(line) - (before >= 0)
        if len(line) > 1:
            found.append(rows[line][:, 2:])
    if seen < len(rows):
        raise TableError(f"{name}: samples of its {part} form a circle.")
    return found


FORMAT: Final = PointFormat("MouseLight", 70, _recognizes, _read)
