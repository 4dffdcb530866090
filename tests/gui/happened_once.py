# SPDX-License-Identifier: GPL-3.0-or-later
"""What a log says of random sequences that failed, were played again, and then passed."""

from __future__ import annotations

from collections.abc import Iterable

AGAIN = "plays again: sequence "
"""Begins the line after a sequence that failed; its number follows."""
ONCE = "did not happen again: sequence "
"""Begins the line after its second play that passed."""


def first_line(number: int, seed: int) -> str:
    """Begin the line with which each play of a sequence begins."""
    return f"sequence {number} of seed {seed}: "


def set_aside(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """Take plays that failed once, and not again, out of a log.

    Parameters
    ----------
    lines : iterable of str
        What Blender and the scenario printed.

    Returns
    -------
    kept : list of str
        All other lines.
    once : list of str
        Those of the plays that failed.
    """
    kept: list[str] = []
    failed: list[str] = []
    once: list[str] = []
    begin = 0
    for line in lines:
        if line.startswith("sequence "):
            begin = len(kept)
        kept.append(line)
        if line.startswith(AGAIN):
            failed = kept[begin:]
            del kept[begin:]
        elif line.startswith(ONCE):
            once += failed
            failed = []
    # A second play that did not end well says nothing of the first.
    return [*failed, *kept], once
