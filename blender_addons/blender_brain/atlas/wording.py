# SPDX-License-Identifier: GPL-3.0-or-later
"""Structures and lists of them in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import Structure


def described(structure: Structure, among: Sequence[Structure]) -> str:
    """Name a structure, with its id where others have the same acronym."""
    twice = sum(other.acronym == structure.acronym for other in among) > 1
    identity = f", id {structure.id}" if twice else ""
    return f"{structure.acronym} ({structure.name}{identity})"


def listed(words: Sequence[str]) -> str:
    """Put "and" before the last of some words."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def shown(text: str) -> str:
    """Shorten what somebody typed."""
    return text if len(text) <= 40 else f"{text[:39]}…"
