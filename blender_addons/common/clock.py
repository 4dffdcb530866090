# SPDX-License-Identifier: GPL-3.0-or-later
"""From the scene's frame to a sample, the one after it, and the fraction of the way, in nodes."""

from __future__ import annotations

from math import floor
from typing import Any, Final, NamedTuple

from .nodes import Linkable, Socket, Tree

AT_THE_ENDS: Final[dict[str, Any]] = {
    "kind": "Menu",
    "default": "Hold",
    "description": "What is shown before the first and after the last sample",
}
"""Settings of an input for `within`."""


class Moment(NamedTuple):
    """A position between two samples."""

    sample: Linkable
    following: Linkable
    """For the last sample, itself."""
    fraction: Linkable
    """Fraction of the way from one to the other."""


def elapsed(tree: Tree, start_frame: Linkable) -> Linkable:
    """Count the scene's frames since a frame; fractional with motion blur and retiming."""
    frame = tree.add("GeometryNodeInputSceneTime")["Frame"]
    return (frame - start_frame).labeled("Frames elapsed")


def within(tree: Tree, at_the_ends: Linkable, position: Linkable, span: Linkable) -> Socket:
    """Keep a position between the first sample, 0, and the last one.

    Parameters
    ----------
    at_the_ends : Socket
        A menu like `AT_THE_ENDS`: what happens before the first and after the last sample.
    position, span : Socket or Node
        In the same unit; `span` is that of the last sample.
    """
    held = tree.clamp(position, 0.0, span)
    looped = tree.math("WRAP", position, span, 0.0, label="Loop")
    pingponged = tree.math("PINGPONG", position, span, label="Ping-pong")
    items = {"Hold": held, "Loop": looped, "Ping-Pong": pingponged}
    return tree.menu("FLOAT", at_the_ends, items)


def moment(tree: Tree, position: Linkable, samples: Linkable) -> Moment:
    """Find the samples around a position.

    Parameters
    ----------
    position : Socket or Node
        In samples, counted from the first, 0.
    samples : Socket or Node
        Number of samples.
    """
    sample = floor(position).labeled("Sample")
    fraction = (position - sample).labeled("Fraction")
    following = sample + 1.0
    last = (samples - 1.0).labeled("Last sample")
    return Moment(sample, tree.minimum(following, last).labeled("Next sample"), fraction)
