# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a curve that is drawn so far, as nodes, with both ends between two points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..common.colormaps.cyclic import mixed_around
from ..common.nodes import Linkable, Node, Socket, Tree
from .curve_color import COLOR_VALUE, VALUE

SAMPLE: Final = "sample"
"""The point attribute with the index of a point's value."""
_REMOVED: Final = "removed"


def drawn_part(
    tree: Tree,
    whole: Linkable,
    given: Mapping[str, Socket],
    first: Linkable,
    last: Linkable,
    period: Linkable,
) -> Node:
    """Keep what lies between the inputs *Begin* and *Drawn*.

    Parameters
    ----------
    whole : Socket or Node
        Curves with the attributes `SAMPLE`, `VALUE` and `COLOR_VALUE`.
    given : mapping
        The inputs by name.
    first, last : Socket or Node
        The whole curve's first and last sample.
    period : Socket or Node
        Of the values that color it; see `cyclic.period_of`.
    """
    with tree.frame("Where the drawn part begins and ends, in samples"):
        begin = tree.mix(given["Begin"], first, last, label="Begin")
        end = tree.mix(given["Drawn"], first, last, label="Tip")
    up_to = _cut_off(tree, whole, end, period, before=False)
    return _cut_off(tree, up_to, begin, period, before=True)


def _cut_off(
    tree: Tree, curve: Linkable, place: Linkable, period: Linkable, *, before: bool
) -> Node:
    """Keep what is before or after a position, ending exactly there.

    The first point beyond the position moves back to it along its segment, with its values; points
    farther away are removed.
    """
    with tree.frame("Nothing before the beginning" if before else "Nothing beyond the tip"):
        index = tree.add("GeometryNodeInputIndex")
        neighbor = index + (1.0 if before else -1.0)
        sample = tree.attribute(SAMPLE)

        def beside(value: Linkable, kind: str, label: str) -> Node:
            return tree.sample(curve, value, neighbor, kind, label=label)

        its_sample = beside(sample, "FLOAT", "The neighbor's sample")
        step = sample - its_sample
        # Points of a segment are 1 apart, or less if one was moved; across a gap there is no
        # segment.
        joined = step.equals(-0.5 if before else 0.5, within=1.0).labeled("One segment")
        beyond = sample < place if before else sample > place
        reached = its_sample > place if before else its_sample < place
        is_tip = (joined * reached * beyond).labeled("Tip")
        share = (place - its_sample) / step
        fate = (beyond - is_tip).labeled("To be removed")
        marked = tree.store(curve, _REMOVED, fate, label=_REMOVED)
        position = tree.add("GeometryNodeInputPosition")
        its_position = beside(position, "FLOAT_VECTOR", "The neighbor's place")
        there = tree.mix(share, its_position, position, data_type="VECTOR")
        moved: Linkable = tree.add(
            "GeometryNodeSetPosition",
            {"Geometry": marked, "Selection": is_tip, "Position": there},
        )
        # The sample comes last, since it identifies the tip.
        for name in (VALUE, COLOR_VALUE, SAMPLE):
            own = tree.attribute(name)
            its_own = beside(own, "FLOAT", f"The neighbor's {name}")
            if name == COLOR_VALUE:
                between = mixed_around(tree, share, its_own, own, period)
            else:
                between = tree.mix(share, its_own, own)
            moved = tree.store(moved, name, tree.mix(is_tip, own, between), label=name)
        removed = tree.attribute(_REMOVED) > 0.5
        return tree.add(
            "GeometryNodeDeleteGeometry", {"Geometry": moved, "Selection": removed}, domain="POINT"
        )
