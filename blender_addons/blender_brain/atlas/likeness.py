# SPDX-License-Identifier: GPL-3.0-or-later
"""Structures whose names are like a term: of the same stem, mistyped, spelled similarly."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from . import Structure

WORD: Final = re.compile(r"\w+")
# Words of one stem (hippocampus, hippocampal) share at least this many letters, and this part of
# the shorter one.
_STEM_LETTERS: Final = 4
_STEM_PART: Final = 0.6
_SPELLED_ALIKE: Final = 0.7
_MISTYPED: Final = 0.74
# They occur in a third of all names and do not help to tell them apart.
_COMMON_WORDS: Final = frozenset(
    ("a", "and", "area", "areas", "field", "in", "layer", "nuclei", "nucleus", "of", "part")
    + ("region", "regions", "the", "to", "zone")
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A structure, with its names prepared for comparison."""

    structure: Structure
    acronym: str  # case-folded, as are the following
    name: str
    words: tuple[str, ...]

    @property
    def order(self) -> tuple[int, int]:
        """Sort key among equal matches: larger structures first, then shorter acronyms."""
        return len(self.structure.path), len(self.acronym)


def entry_of(structure: Structure) -> Entry:
    """Prepare a structure's names."""
    name = plain(structure.name).casefold()
    return Entry(structure, plain(structure.acronym).casefold(), name, tuple(WORD.findall(name)))


def plain(text: str) -> str:
    """Strip spaces at the ends, and collapse those in between."""
    return " ".join(text.split())


def _telling(words: Iterable[str]) -> list[str]:
    return [word for word in words if word not in _COMMON_WORDS]


def _alike(wanted: str, word: str) -> float:
    """Return the fraction of the longer word shared by both, or 0 without a common stem."""
    shared = 0
    for one, other in zip(wanted, word, strict=False):
        if one != other:
            break
        shared += 1
    shorter, longer = sorted((len(wanted), len(word)))
    enough = max(min(_STEM_LETTERS, len(wanted)), _STEM_PART * shorter)
    return shared / longer if shared >= enough else 0.0


def _mistyped(wanted: str, word: str) -> float:
    """Return how similar two words are, or 0 if they differ by more than a typing error."""
    if min(len(wanted), len(word)) < _STEM_LETTERS:
        return 0.0
    matcher = difflib.SequenceMatcher(None, wanted, word)
    if matcher.real_quick_ratio() < _MISTYPED or matcher.quick_ratio() < _MISTYPED:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= _MISTYPED else 0.0


class Likeness:
    """What is like a term, among some structures.

    Parameters
    ----------
    entries : sequence of Entry
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries

    def of_same_stem(self, wanted: str) -> list[Entry]:
        """List structures whose names have the words' stems, or else similar words; best first."""
        words = _telling(WORD.findall(wanted))
        return self._with_words(words, _alike) or self._with_words(words, _mistyped)

    def _with_words(self, words: list[str], likeness: Callable[[str, str], float]) -> list[Entry]:
        """List structures whose names have a word like each of these, best first."""
        if not words:
            return []
        known = {one for entry in self._entries for one in entry.words}
        scores_of = [{one: likeness(word, one) for one in known} for word in words]
        scored = []
        for place, entry in enumerate(self._entries):
            scores = [max((of[one] for one in entry.words), default=0) for of in scores_of]
            if all(scores):
                unasked = len(_telling(entry.words)) - len(words)
                # In the Allen Institute's atlases, tracts and grooves have lower-case acronyms.
                tract = entry.structure.acronym[:1].islower()
                order = (
                    -round(sum(scores), 6), tract, len(entry.structure.path), unasked, place,
                )  # fmt: skip
                scored.append(order)
        return [self._entries[place] for *_, place in sorted(scored)]

    def spelled_alike(self, wanted: str) -> Iterator[Entry]:
        """Iterate over structures of which acronym or name is spelled similarly, best first."""
        matcher = difflib.SequenceMatcher()
        # The matcher caches what it found out about its second sequence.
        matcher.set_seq2(wanted)
        scored = []
        for place, entry in enumerate(self._entries):
            for spelling in (entry.acronym, entry.name):
                matcher.set_seq1(spelling)
                if (
                    matcher.real_quick_ratio() >= _SPELLED_ALIKE
                    and matcher.quick_ratio() >= _SPELLED_ALIKE
                    and (ratio := matcher.ratio()) >= _SPELLED_ALIKE
                ):
                    scored.append((-ratio, place))
        return (self._entries[place] for _, place in sorted(scored))


def rank_of(entry: Entry, exact: str, wanted: str, words: list[str]) -> int | None:
    """Rate how well an entry fits what was typed so far; lower is better, None is no match."""
    if entry.structure.acronym.startswith(exact):
        return 0 if len(entry.structure.acronym) == len(exact) else 1
    if entry.acronym.startswith(wanted):
        return 2
    if entry.name.startswith(wanted):
        return 3
    if words and all(any(one.startswith(word) for one in entry.words) for word in words):
        return 4
    if wanted in entry.acronym:
        return 5
    return 6 if wanted in entry.name else None
