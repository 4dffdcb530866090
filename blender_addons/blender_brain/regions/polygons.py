# SPDX-License-Identifier: GPL-3.0-or-later
"""Fill closed lines in a plane with triangles.

Libraries for this move, merge or drop points where lines touch or cross, and then the fill no
longer matches the mesh it should close. Here every edge of every line gets exactly one triangle,
whatever the lines look like; where they are proper outlines, with holes and islands, the triangles
cover what is inside once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def closed_loops(edges: Ints) -> tuple[list[list[int]], int]:
    """Chain directed edges into closed lines.

    Parameters
    ----------
    edges : ndarray of int, shape (E, 2)
        From point to point.

    Returns
    -------
    list of list of int
        The points of each line; no line passes a point twice. Edges that run back and forth between
        two points cancel out.
    int
        Number of edges that are not part of a closed line.
    """
    following: dict[int, list[int]] = {}
    surplus: dict[int, int] = {}
    for begin, end in edges.tolist():
        following.setdefault(begin, []).append(end)
        surplus[begin] = surplus.get(begin, 0) + 1
        surplus[end] = surplus.get(end, 0) - 1
    # Open lines first, from their starts, so that they do not split closed ones.
    starts = sorted(following, key=lambda point: -surplus[point])
    loops: list[list[int]] = []
    left_over = 0
    for start in starts:
        while following[start]:
            path = [start]
            place = {start: 0}
            while following.get(path[-1]):
                point = following[path[-1]].pop()
                if point in place:
                    loop = path[place[point] :]
                    del path[place[point] + 1 :]
                    for one in loop[1:]:
                        del place[one]
                    if len(loop) > 2:
                        loops.append(loop)
                else:
                    place[point] = len(path)
                    path.append(point)
            left_over += len(path) - 1
    return loops, left_over


def triangulate(points: NDArray[np.floating[Any]], loops: Sequence[Sequence[int]]) -> Ints:
    """Fill outlines with triangles.

    A line directly inside another one that runs in the opposite direction is a hole in it; a line
    inside a hole is an outline again.

    Parameters
    ----------
    points : ndarray, shape (N, 2)
    loops : sequence of sequence of int
        Points of each closed line, three or more.

    Returns
    -------
    ndarray of int, shape (T, 3)
        Each edge of each line belongs to one triangle and runs in the triangle's own direction.
        There are no new points.
    """
    plane = np.asarray(points, np.float64)
    triangles: list[tuple[int, int, int]] = []
    for outline, holes in _nested(plane, [np.asarray(loop, np.int64) for loop in loops]):
        # Clockwise outlines are filled in the mirror image.
        seen = plane if _area(plane[outline]) >= 0 else plane[:, ::-1]
        triangles += _clip_ears(seen, _bridged(seen, outline, holes))
    return np.array(triangles, np.int64).reshape(-1, 3)


def _area(corners: Floats) -> float:
    """Signed area: positive where the corners run counter-clockwise."""
    x, y = (corners - corners[0]).T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2


def _nested(points: Floats, loops: list[Ints]) -> list[tuple[Ints, list[Ints]]]:
    """Find the holes of each outline."""
    areas = [_area(points[loop]) for loop in loops]
    order = sorted(range(len(loops)), key=lambda i: -abs(areas[i]))
    outlines: dict[int, list[Ints]] = {}
    for rank, index in enumerate(order):
        inside = [other for other in order[:rank] if _contains(points, loops[other], loops[index])]
        # The smallest one around it.
        around = inside[-1] if inside else None
        if around in outlines and areas[around] * areas[index] < 0:
            outlines[around].append(loops[index])
        else:
            outlines[index] = []
    return [(loops[index], holes) for index, holes in outlines.items()]


def _contains(points: Floats, outline: Ints, loop: Ints) -> bool:
    """Tell whether most corners of a line, up to a few, are inside another."""
    ring = points[outline]
    low, high = ring.min(axis=0), ring.max(axis=0)
    if np.any(points[loop].min(axis=0) < low) or np.any(points[loop].max(axis=0) > high):
        return False
    shared = set(outline.tolist())
    own = [point for point in loop.tolist() if point not in shared] or loop.tolist()
    asked = own[:: max(1, len(own) // 7)]
    begin, end = ring, np.roll(ring, -1, axis=0)
    votes = 0
    for x, y in points[asked]:
        passes = (begin[:, 1] > y) != (end[:, 1] > y)
        b, e = begin[passes], end[passes]
        meets = b[:, 0] + (y - b[:, 1]) / (e[:, 1] - b[:, 1]) * (e[:, 0] - b[:, 0])
        votes += 1 if np.count_nonzero(meets > x) % 2 else -1
    return votes > 0


def _bridged(points: Floats, outline: Ints, holes: list[Ints]) -> Ints:
    """Join holes to their outline by bridge edges, into one line.

    The hole that reaches farthest to the right comes first: to the right of its last point there
    is no other hole in the way, so that some point of the line so far can be seen from there
    (Eberly, "Triangulation by Ear Clipping", 2002).
    """
    line = outline
    for hole in sorted(holes, key=lambda hole: -float(points[hole, 0].max())):
        last = int(np.argmax(points[hole, 0]))
        begin = points[hole[last]]
        place = _visible_corner(points[line], begin)
        turned = np.roll(hole, -last)
        line = np.concatenate([line[: place + 1], turned, turned[:1], line[place:]])
    return line


def _visible_corner(ring: Floats, eye: Floats) -> int:
    """Find a corner of a line that is visible from a point inside it; near ones first."""
    order = np.argsort(((ring - eye) ** 2).sum(axis=1), kind="stable")
    following = np.roll(ring, -1, axis=0)
    before = np.roll(ring, 1, axis=0)
    # From within the corner's own angle.
    to_next, to_last = _turn(ring, following, eye), _turn(ring, before, eye)
    convex = _turn(before, ring, following) >= 0
    within = np.where(convex, (to_next > 0) & (to_last < 0), (to_next > 0) | (to_last < 0))
    for corner in order[within[order]].tolist():
        target = ring[corner]
        side_b, side_e = _turn(eye, target, ring), _turn(eye, target, following)
        ends_b, ends_e = _turn(ring, following, eye), _turn(ring, following, target)
        if not np.any((side_b * side_e < 0) & (ends_b * ends_e < 0)):
            return int(corner)
    return int(order[0])


def _turn(a: Floats, b: Floats, c: Floats) -> Floats:
    """Twice the signed area of triangles: positive where a, b, c turn left."""
    ab, ac = b - a, c - a
    return np.asarray(ab[..., 0] * ac[..., 1] - ab[..., 1] * ac[..., 0])


def _clip_ears(points: Floats, line: Ints) -> list[tuple[int, int, int]]:
    """Cut a line of n corners into n - 2 triangles, whatever it looks like."""
    n = len(line)
    x, y = points[line].T
    # Plain Python numbers, which are faster one at a time.
    xs = list(map(float, x))
    ys = list(map(float, y))
    following: list[int] = [*range(1, n), 0]
    before: list[int] = [n - 1, *range(n - 1)]

    def turn(i: int) -> float:
        a, c = before[i], following[i]
        return (xs[i] - xs[a]) * (ys[c] - ys[a]) - (ys[i] - ys[a]) * (xs[c] - xs[a])

    # Only corners that bend inwards can lie in an ear.
    inward = np.array([turn(i) <= 0 for i in range(n)])

    def is_ear(i: int) -> bool:
        a, c = before[i], following[i]
        r = np.flatnonzero(inward)
        rx, ry = x[r], y[r]
        ax, ay, bx, by, cx, cy = xs[a], ys[a], xs[i], ys[i], xs[c], ys[c]
        inside = (bx - ax) * (ry - ay) - (by - ay) * (rx - ax) >= 0
        inside &= (cx - bx) * (ry - by) - (cy - by) * (rx - bx) >= 0
        inside &= (ax - cx) * (ry - cy) - (ay - cy) * (rx - cx) >= 0
        if not inside.any():
            return True
        # Corners at the same place, as at bridges, are no obstacle.
        rx, ry = rx[inside], ry[inside]
        same = ((rx == ax) & (ry == ay)) | ((rx == bx) & (ry == by)) | ((rx == cx) & (ry == cy))
        return bool(same.all())

    triangles = []
    left = n
    i = 0
    waited = 0
    while left > 3:
        # Nothing is an ear where the line crosses itself, or is flat: the flattest corner goes.
        hopeless = waited > left
        if hopeless:
            remaining = [i]
            while (one := following[remaining[-1]]) != i:
                remaining.append(one)
            i = min(remaining, key=lambda one: abs(turn(one)))
        if hopeless or (turn(i) > 0 and is_ear(i)):
            a, c = before[i], following[i]
            triangles.append((int(line[a]), int(line[i]), int(line[c])))
            following[a], before[c] = c, a
            inward[i] = False
            inward[a], inward[c] = turn(a) <= 0, turn(c) <= 0
            left -= 1
            waited = 0
            # Skipping one corner gives rounder triangles.
            i = following[c]
        else:
            i = following[i]
            waited += 1
    triangles.append((int(line[before[i]]), int(line[i]), int(line[following[i]])))
    return triangles
