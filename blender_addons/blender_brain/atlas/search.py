# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the structures of an atlas that the user names.

Acronyms may differ only in case (`cm` and `CM` are two regions), contain slashes and spaces, and
few people know them by heart. So the exact spelling comes first, any case is accepted if it is
unambiguous, ids and full names are understood too, then what people write in other ways
(``VISp layer 4``, ``V1``, ``DG (Dentate gyrus)``), and unknown terms are answered with similar
ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from .common_names import COMMON_NAMES
from .likeness import WORD, Entry, Likeness, entry_of, plain, rank_of
from .wording import described, listed, shown

if TYPE_CHECKING:
    from . import Structure

_SEPARATORS: Final = re.compile(r"[,;\n]")
# As in CA1/CA2, where that is no acronym.
_JOINERS: Final = re.compile(r"\s*[/+&|]\s*")
_LIST: Final = re.compile(r"\s*[\[({](.*)[\])}]\s*", re.DOTALL)
_QUOTED: Final = re.compile(r"""(?<![^\s,;])(["'])(.+?)\1(?=\s*(?:[,;\n]|$))""")
# DG (Dentate gyrus), or the other way round; DG: Dentate gyrus.
_BOTH: Final = re.compile(r"(?P<one>.+?)(?: ?\((?P<two>.+)\)|: (?P<three>.+)| [-–] (?P<four>.+))")
_LAYER: Final = re.compile(
    r"(?P<area>.+?),? (?:layer |l)(?P<layer>\d\S*)"
    r"|(?:layer |l)(?P<first>\d\S*) (?:of )?(?:the )?(?P<where>.+)",
    re.IGNORECASE,
)
# Spelled in two ways.
_SPELLINGS: Final = (
    ("grey", "gray"), ("gray", "grey"), ("coeruleus", "ceruleus"), ("ceruleus", "coeruleus"),
)  # fmt: skip
# As in CA1-CA3; many acronyms have a hyphen of their own.
_RANGE: Final = re.compile(r"\s*[-–—]\s*")
_SIDES: Final = frozenset(("left", "right", "both", "both hemispheres", "hemisphere"))
# No layer has more digits, and few ids have fewer.
_LAYER_DIGITS: Final = 2
_LONGEST_TEXT: Final = 20_000
_LONGEST_TERM: Final = 200
_MOST_EXPLAINED: Final = 5
_MOST_NEAR: Final = 8
_NEAR_BY_NAME: Final = 3
_NEAR_BY_SPELLING: Final = 3
_LEVELS_BELOW: Final = 3


class UnknownStructureError(LookupError):
    """A term that matches no structure, or more than one.

    ``str()`` of the error is a message for the user: a sentence for each such term.

    Attributes
    ----------
    near : tuple of Structure
        Possible matches, best first.
    """

    def __init__(self, message: str, near: Sequence[Structure] = ()) -> None:
        self.near = tuple(near)
        super().__init__(message)


class Search:
    """All ways to ask for a structure, looked up once for each atlas.

    Parameters
    ----------
    structures : sequence of Structure
        In the atlas's order.
    """

    def __init__(self, structures: Sequence[Structure]) -> None:
        self._entries = [entry_of(structure) for structure in structures]
        self._likeness = Likeness(self._entries)
        self._children: dict[int, list[Entry]] = {}
        # One table for each rule, in order of precedence.
        acronyms: dict[str, list[Structure]] = {}
        ids: dict[str, list[Structure]] = {}
        names: dict[str, list[Structure]] = {}
        any_case_acronyms: dict[str, list[Structure]] = {}
        any_case_names: dict[str, list[Structure]] = {}
        for entry in self._entries:
            one = entry.structure
            acronyms.setdefault(plain(one.acronym), []).append(one)
            ids.setdefault(str(one.id), []).append(one)
            names.setdefault(plain(one.name), []).append(one)
            any_case_acronyms.setdefault(entry.acronym, []).append(one)
            any_case_names.setdefault(entry.name, []).append(one)
            # As the Allen Institute's tables of safe names have them.
            if "," in entry.name:
                any_case_names.setdefault(entry.name.replace(",", ""), []).append(one)
            if len(one.path) > 1:
                self._children.setdefault(one.path[-2], []).append(entry)
        self._exact = (acronyms, ids, names)
        self._any_case = (any_case_acronyms, any_case_names)
        self._choices: list[tuple[str, str]] | None = None

    def find(self, text: str) -> list[Structure]:
        """Find what was asked for.

        Commas, semicolons and line ends separate terms. Between them is one acronym, id or full
        name, or several of them separated by spaces; the longest match is taken. A full name may
        contain commas. Lists as Python writes them are read as well, with brackets and quotes.

        Parameters
        ----------
        text : str
            For example ``"CA3, DG"``, ``"CA3 DG grey"`` or ``"Dentate gyrus, 463"``.

        Returns
        -------
        list of Structure
            Each once, in the order in which they were typed.

        Raises
        ------
        UnknownStructureError
            If a term is unknown or ambiguous; the text suggests similar ones.
        """
        if len(text) > _LONGEST_TEXT:
            raise UnknownStructureError(
                f"More than {_LONGEST_TEXT:,} characters; name fewer regions."
            )
        parts = _parts(text)
        found: dict[int, Structure] = {}
        wrong: dict[str, UnknownStructureError] = {}
        for term in self._terms(parts):
            try:
                structure = self.find_one(term)
            except UnknownStructureError as error:
                wrong.setdefault(term, error)
            else:
                found.setdefault(structure.id, structure)
        if wrong:
            raise _joined(list(wrong.values()))
        return list(found.values())

    def find_one(self, term: str) -> Structure:
        """Find one structure.

        Parameters
        ----------
        term : str
            An acronym, an id or a full name, or a usual way to write one: ``VISp 4``,
            ``VISp layer 4``, ``V1``, ``DG (Dentate gyrus)``.

        Raises
        ------
        UnknownStructureError
            If there is none, or if the term is ambiguous.
        """
        written = plain(term)
        if not written:
            raise UnknownStructureError("Give the acronym, id or full name of a region.")
        candidates = self._candidates(written)
        if len(candidates) == 1:
            return candidates[0]
        asked = shown(written)
        if candidates and not self._spelled(written):
            choices = listed([described(one, candidates) for one in candidates[:_MOST_NEAR]])
            raise UnknownStructureError(
                f'"{asked}" has no single counterpart in this atlas; it may be {choices}.',
                candidates,
            )
        if candidates:
            choices = listed([described(one, candidates) for one in candidates[:_MOST_NEAR]])
            raise UnknownStructureError(
                f'"{asked}" may be {choices}: use that exact spelling.'
                if len({one.acronym for one in candidates}) == len(candidates)
                else f'"{asked}" may be {choices}: use the id.',
                candidates,
            )
        if written.casefold() in _SIDES:
            raise UnknownStructureError(
                f'"{asked}" is no structure; Hemisphere, in the import options, chooses sides.'
            )
        near = self.nearest(written)
        message = f'There is no structure "{asked}" in this atlas'
        if near:
            verb = "is" if len(near) == 1 else "are"
            message += f"; the closest {verb} {listed([described(one, near) for one in near])}"
        raise UnknownStructureError(f"{message}.", near)

    def known(self, term: str) -> Structure | None:
        """Find one structure, or None; unlike `find_one` without looking for similar ones."""
        candidates = self._candidates(plain(term))
        return candidates[0] if len(candidates) == 1 else None

    def nearest(self, term: str) -> list[Structure]:
        """List what an unknown term may mean.

        Returns
        -------
        list of Structure
            First layers, and the parts of a list; then those whose names have words of the same
            stem, with what is inside the best one of them; then those that are spelled similarly.
        """
        wanted = plain(term).casefold()[:_LONGEST_TERM]
        near: dict[int, Structure] = {}
        for entry in self._begun_or_listed(wanted)[:_MOST_NEAR]:
            near[entry.structure.id] = entry.structure
        by_name = self._likeness.of_same_stem(wanted)[:_NEAR_BY_NAME]
        by_spelling = list(self._likeness.spelled_alike(wanted))[:_NEAR_BY_SPELLING]
        for entry in by_name:
            near[entry.structure.id] = entry.structure
        if by_name:
            room = _MOST_NEAR - len({entry.structure.id for entry in by_name + by_spelling})
            for entry in self._inside(by_name[0], _LEVELS_BELOW):
                if room and entry.structure.id not in near:
                    near[entry.structure.id] = entry.structure
                    room -= 1
        for entry in by_spelling:
            near[entry.structure.id] = entry.structure
        return list(near.values())[:_MOST_NEAR]

    def complete(self, typed: str, limit: int = 50) -> list[Structure]:
        """List completions of a term, for a field that completes while the user types.

        Parameters
        ----------
        typed : str
            The beginning of an acronym or of words of a name; empty lists the largest structures.
        limit : int
            Length of the list.

        Returns
        -------
        list of Structure
            Best first: acronyms that begin with it, names that begin with it, names with words that
            begin with it, anything that contains it, and then names with words of the same stem.
        """
        exact = plain(typed)
        wanted = exact.casefold()[:_LONGEST_TERM]
        words = WORD.findall(wanted)
        ranked = []
        for place, entry in enumerate(self._entries):
            rank = rank_of(entry, exact, wanted, words)
            if rank is not None:
                ranked.append((rank, *entry.order, place))
        if not ranked:
            return [entry.structure for entry in self._likeness.of_same_stem(wanted)[:limit]]
        return [self._entries[place].structure for *_, place in sorted(ranked)[:limit]]

    def choices(self) -> list[tuple[str, str]]:
        """List an unambiguous term for each structure, with its other name.

        Returns
        -------
        list of (str, str)
            Acronym and full name, in the atlas's order; the id if another structure has the same
            acronym, or if it could not be part of a list of terms.
        """
        if self._choices is None:
            self._choices = [self._choice(entry.structure) for entry in self._entries]
        return self._choices

    def _choice(self, one: Structure) -> tuple[str, str]:
        if self._means(one.acronym, one):
            return one.acronym, one.name
        return self.term(one), f"{one.acronym}  {one.name}"

    def term(self, structure: Structure) -> str:
        """Return a term that `find` takes for just this structure.

        Its id, unless that is another structure's acronym, as in atlases with numbered areas; then
        its acronym or full name.
        """
        number = str(structure.id)
        # Panels ask for many of them in each redraw.
        if number not in self._exact[0]:
            return number
        others = (structure.acronym, structure.name)
        return next((term for term in others if self._means(term, structure)), number)

    def _means(self, text: str, structure: Structure) -> bool:
        try:
            return self.find(text) == [structure]
        except UnknownStructureError:
            return False

    def with_term(self, typed: str, term: str) -> str:
        """Add a term to a list of terms.

        Parameters
        ----------
        typed : str
            As for `find`.
        term : str
            One of `choices`. It replaces the last term if that is unknown or unfinished.

        Returns
        -------
        str
            Terms separated by commas.
        """
        parts = _parts(typed)
        # A full name may contain commas, so its last part alone would be unknown.
        if parts and not self._is_known(parts[-1]) and not self._is_known(", ".join(parts)):
            parts.pop()
        return ", ".join(parts if term in parts else [*parts, term])

    def _is_known(self, text: str) -> bool:
        try:
            return bool(self.find(text))
        except UnknownStructureError:
            return False

    def completions(self, typed: str, limit: int = 50) -> list[tuple[str, str]]:
        """Complete the last term of a list of terms, for Blender's search fields.

        Parameters
        ----------
        typed : str
            The whole text of the field.

        Returns
        -------
        list of (str, str)
            The resulting text of the field, and more about the structure that it ends with. Typing
            part of a name completes to the name: Blender only shows entries that contain the typed
            text.
        """
        separators = list(_SEPARATORS.finditer(typed))
        end = separators[-1].end() if separators else 0
        term = typed[end:].strip()
        before = typed[: len(typed) - len(typed[end:].lstrip())]
        by_acronym = [
            (one, term.casefold() in one.acronym.casefold()) for one in self.complete(term, limit)
        ]
        return [
            (before + one.acronym, one.name) if fits else (before + one.name, one.acronym)
            for one, fits in by_acronym
        ]

    def _terms(self, parts: list[str]) -> Iterator[str]:
        """Find out which parts between commas belong together, and which are separate terms."""
        begin = 0
        while begin < len(parts):
            # Names such as "Primary visual area, layer 1" are typed in full.
            end = next(
                (
                    end
                    for end in range(min(len(parts), begin + 8), begin + 1, -1)
                    if self._candidates(", ".join(parts[begin:end]))
                ),
                begin + 1,
            )
            if end > begin + 1 or self._candidates(parts[begin]):
                yield ", ".join(parts[begin:end])
            elif pieces := self._joined(parts[begin]):
                yield from pieces
            else:
                yield from self._blank_separated(parts[begin].split(" "))
            begin = end

    def _joined(self, part: str) -> list[str]:
        """Take CA1/CA2 apart, if at least the first is known."""
        pieces = [piece for piece in _JOINERS.split(part) if piece]
        known = len(pieces) > 1 and self._candidates(pieces[0])
        return pieces if known else []

    def _blank_separated(self, words: list[str]) -> Iterator[str]:
        begin = 0
        unknown: list[str] = []
        while begin < len(words):
            longest = min(len(words), begin + 24)
            ends = (
                end
                for end in range(longest, begin, -1)
                if self._candidates(" ".join(words[begin:end]))
            )
            end = next(ends, 0)
            if end and self._is_a_layer(words[begin:end], words[end : end + 1]):
                # The number belongs to the word before it, although they are none together.
                yield " ".join(words[begin : end + 1])
                begin = end + 1
                continue
            if not end:
                # Unknown parts are kept together: they may be a misspelled name.
                unknown.append(words[begin])
                begin += 1
                continue
            if unknown:
                yield " ".join(unknown)
                unknown = []
            yield " ".join(words[begin:end])
            begin = end
        if unknown:
            yield " ".join(unknown)

    def _is_a_layer(self, words: list[str], after: list[str]) -> bool:
        """Tell whether a number after a word is meant as a part of it rather than as an id."""
        if not after or not after[0].isdecimal() or " ".join(words).isdecimal():
            return False
        begin = ("".join(words) + after[0]).casefold()
        return len(after[0]) <= _LAYER_DIGITS or any(
            entry.acronym.startswith(begin) for entry in self._entries
        )

    def _candidates(self, written: str) -> list[Structure]:
        return self._spelled(written) or self._written(written)

    def _written(self, written: str) -> list[Structure]:
        """Find what a term means that is no acronym, id or name but usual all the same."""
        if len(written) > _LONGEST_TERM:
            return []
        if " " in written and (joined := self._acronym(written.replace(" ", ""))):
            return joined
        folded = written.casefold()
        for one, other in _SPELLINGS:
            if one in folded and (alike := self._spelled(folded.replace(one, other))):
                return alike
        full = COMMON_NAMES.get(folded.replace("gray", "grey"), ())
        if common := [one for name in full for one in self._any_case[1].get(name, ())]:
            return common
        if both := _BOTH.fullmatch(written):
            first = self._candidates(both["one"])
            second = self._candidates(both["two"] or both["three"] or both["four"])
            # Where they differ, one of them is wrong.
            return first if first == second else []
        if layer := _LAYER.fullmatch(written):
            area, number = layer["area"] or layer["where"], layer["layer"] or layer["first"]
            areas = self._candidates(area)
            return self._layers(areas[0], number) if len(areas) == 1 else []
        return []

    def _acronym(self, written: str) -> list[Structure]:
        return self._exact[0].get(written) or self._any_case[0].get(written.casefold(), [])

    def _layers(self, area: Structure, number: str) -> list[Structure]:
        """Find a layer of an area; all of 6a and 6b for 6, and 2/3 for 2."""
        begin, found = area.acronym.casefold(), []
        for entry in self._children.get(area.id, ()):
            if entry.acronym.startswith(begin):
                layers = entry.acronym[len(begin) :]
                if layers == number.casefold():
                    return [entry.structure]
                if number in (re.sub(r"\D+$", "", one) for one in layers.split("/")):
                    found.append(entry.structure)
        return found

    def _spelled(self, written: str) -> list[Structure]:
        for table in self._exact:
            if written in table:
                return table[written]
        folded = written.casefold()
        for table in self._any_case:
            if folded in table:
                return table[folded]
        return []

    def _begun_or_listed(self, wanted: str) -> list[Entry]:
        """List what begins with "visp6" for "visp 6", and CA1 and CA2 for "ca1/ca2"."""
        begin = wanted.replace(" ", "")
        if begin != wanted and begin[-1:].isdecimal():
            return [entry for entry in self._entries if entry.acronym.startswith(begin)]
        pieces = self._joined(wanted) or _RANGE.split(wanted)
        known = {one.id for piece in pieces for one in self._spelled(piece)}
        return [entry for entry in self._entries if entry.structure.id in known]

    def _inside(self, entry: Entry, levels: int) -> Iterator[Entry]:
        for child in self._children.get(entry.structure.id, ()):
            yield child
            if levels > 1:
                yield from self._inside(child, levels - 1)


def _parts(text: str) -> list[str]:
    """Split a list of terms, as typed or as Python writes it."""
    inside = _LIST.fullmatch(text)
    text = _QUOTED.sub(r"\2", inside[1] if inside else text)
    return [part for part in map(plain, _SEPARATORS.split(text)) if part]


def _joined(errors: list[UnknownStructureError]) -> UnknownStructureError:
    messages = [str(error) for error in errors[:_MOST_EXPLAINED]]
    if (more := len(errors) - _MOST_EXPLAINED) > 0:
        messages.append(f"{more:,} more {'is' if more == 1 else 'are'} unknown.")
    return UnknownStructureError(" ".join(messages), [one for e in errors for one in e.near])
