# SPDX-License-Identifier: BSD-3-Clause
"""How long a drawn film is, and which part of it is drawn; shared by the scripts that draw."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

# What is meant by decimals that are short for 1000/1001 of a whole number.
_NTSC = (24000 / 1001, 30000 / 1001, 60000 / 1001)


def add_length_options(parser: argparse.ArgumentParser, *, length: int) -> None:
    """Add ``--length``, with a default, ``--frames`` and ``--fps``."""
    add = parser.add_argument
    add(
        "--length", type=_count, default=length, metavar="FRAMES",
        help=f"frames in the whole film (default: {length})",
    )  # fmt: skip
    add("--frames", type=_part, metavar="A-B", help="draw only these frames of it, from 0")
    add("--fps", type=frame_rate, default=24.0, metavar="N", help="such as 29.97 (default: 24)")


def part_of(every: Sequence[T], options: argparse.Namespace) -> list[T]:
    """Choose the frames to draw, or end with a sentence."""
    if options.frames is None:
        return list(every)
    first, last = options.frames
    if last >= len(every):
        raise SystemExit(
            f"Cannot draw frames {first} to {last}: the film has frames 0 to {len(every) - 1}."
        )
    return list(every[first : last + 1])


def frame_rate(text: str) -> float:
    """Read frames per second."""
    try:
        rate = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a frame rate such as 25") from None
    if not 1 <= rate <= 240:
        raise argparse.ArgumentTypeError(f"'{text}': the frame rate must be between 1 and 240")
    return next((exact for exact in _NTSC if abs(exact - rate) < 0.005), rate)


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,5}", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")
    return int(text)


def _part(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", text)
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}' is not a frame range such as 1-60")
    first, last = int(match[1]), int(match[2] or match[1])
    if last < first:
        raise argparse.ArgumentTypeError(f"'{text}' ends before it begins")
    return first, last
