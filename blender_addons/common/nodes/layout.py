# SPDX-License-Identifier: GPL-3.0-or-later
"""Lay out the nodes of a tree readably.

Data flows from left to right, in columns; the inputs of a node are close to it. Frames are laid out
inside first and then like nodes of their own size. This is the layered drawing of directed graphs
(Sugiyama, Tagawa and Toda 1981) in its plainest form: longest path for the columns, one barycenter
pass in each direction for the order within them.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

Position = tuple[float, float]

COLUMN_GAP = 60.0
ROW_GAP = 30.0
FRAME_MARGIN = 40.0


class LoopError(ValueError):
    """The links form a cycle."""


@dataclass(slots=True)
class Box:
    """A node or a frame: its size, and the nodes inside if it is a frame."""

    width: float
    height: float
    children: dict[Hashable, Box] = field(default_factory=dict)


def arrange(
    boxes: Mapping[Hashable, Box], links: Sequence[tuple[Hashable, Hashable]]
) -> dict[Hashable, Position]:
    """Find a position for every box, inside frames too.

    Parameters
    ----------
    boxes : mapping
        The nodes that stand alone, and the frames. A frame's size is found here.
    links : sequence of (from, to)
        Between nodes, whether in frames or not.

    Returns
    -------
    dict
        Top left corner of every node, in the coordinates of the whole tree: x to the right, y
        upwards. Frames are not included, since Blender draws them around their nodes.

    Raises
    ------
    LoopError
        If the links form a loop.
    """
    outer: dict[Hashable, Hashable] = {}
    inside: dict[Hashable, dict[Hashable, Position]] = {}
    for name, box in boxes.items():
        outer[name] = name
        if box.children:
            outer.update(dict.fromkeys(box.children, name))
            inner_links = [(a, b) for a, b in links if a in box.children and b in box.children]
            inside[name] = _place(box.children, inner_links)
            box.width, box.height = _extent(inside[name], box.children)
            box.width += 2 * FRAME_MARGIN
            box.height += 2 * FRAME_MARGIN
    outer_links = [(outer[a], outer[b]) for a, b in links if outer[a] != outer[b]]
    result: dict[Hashable, Position] = {}
    for name, (x, y) in _place(boxes, outer_links).items():
        if name not in inside:
            result[name] = (x, y)
            continue
        for child, (dx, dy) in inside[name].items():
            result[child] = (x + FRAME_MARGIN + dx, y - FRAME_MARGIN + dy)
    return result


def _place(
    boxes: Mapping[Hashable, Box], links: Sequence[tuple[Hashable, Hashable]]
) -> dict[Hashable, Position]:
    """Top left corners of boxes, the first column at x = 0 and every column centered on y = 0."""
    columns = _ordered(_columns(boxes, links), links)
    positions: dict[Hashable, Position] = {}
    x = 0.0
    for column in columns:
        height = sum(boxes[name].height for name in column) + ROW_GAP * (len(column) - 1)
        y = height / 2
        for name in column:
            positions[name] = (x, y)
            y -= boxes[name].height + ROW_GAP
        x += max(boxes[name].width for name in column) + COLUMN_GAP
    top = max((y for _, y in positions.values()), default=0.0)
    return {name: (x, y - top) for name, (x, y) in positions.items()}


def _extent(positions: Mapping[Hashable, Position], boxes: Mapping[Hashable, Box]) -> Position:
    right = max(x + boxes[name].width for name, (x, _) in positions.items())
    bottom = min(y - boxes[name].height for name, (_, y) in positions.items())
    return right, -bottom


def _columns(
    boxes: Mapping[Hashable, Box], links: Sequence[tuple[Hashable, Hashable]]
) -> list[list[Hashable]]:
    """Split boxes into columns, each box as far right as what it feeds allows.

    Counting from the end keeps a value beside the node that uses it, where counting from the
    start would line up all constants at the far left.
    """
    targets: dict[Hashable, list[Hashable]] = {name: [] for name in boxes}
    for a, b in links:
        targets[a].append(b)
    distance: dict[Hashable, int] = {}
    under_way: set[Hashable] = set()

    def from_end(name: Hashable) -> int:
        if name not in distance:
            if name in under_way:
                raise LoopError(f"the links through {name} form a loop")
            under_way.add(name)
            distance[name] = max((from_end(target) + 1 for target in targets[name]), default=0)
        return distance[name]

    for name in boxes:
        from_end(name)
    columns: list[list[Hashable]] = [[] for _ in range(max(distance.values(), default=-1) + 1)]
    for name in boxes:
        columns[-1 - distance[name]].append(name)
    return columns


def _ordered(
    columns: list[list[Hashable]], links: Sequence[tuple[Hashable, Hashable]]
) -> list[list[Hashable]]:
    """Order each column by the mean place of its neighbours, right to left and back."""
    forwards: dict[Hashable, list[Hashable]] = {}
    backwards: dict[Hashable, list[Hashable]] = {}
    for a, b in links:
        forwards.setdefault(a, []).append(b)
        backwards.setdefault(b, []).append(a)
    place = {name: float(row) for column in columns for row, name in enumerate(column)}
    for sweep, neighbours in ((reversed(columns), forwards), (iter(columns), backwards)):
        for column in sweep:
            wanted = {
                name: sum(place[n] for n in near) / len(near)
                if (near := neighbours.get(name))
                else place[name]
                for name in column
            }
            column.sort(key=lambda name: wanted[name])
            place.update({name: float(row) for row, name in enumerate(column)})
    return columns
