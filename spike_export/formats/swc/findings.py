# SPDX-License-Identifier: BSD-3-Clause
"""What is wrong in an SWC file, line by line, and how it is repaired."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

SHOWN: Final = 10
"""How many of many are listed in a message."""

_MOST_FINDINGS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a file.

    Attributes
    ----------
    line : int
        Counted from 1; 0 means the whole file.
    problem : str
        What is wrong.
    mend : str or None
        How it is repaired; None if it cannot be repaired safely.
    """

    line: int
    problem: str
    mend: str | None = None

    def __str__(self) -> str:
        """One sentence that begins with the line."""
        return f"{f'line {self.line}: ' if self.line else ''}{self.problem}."


class SwcError(ValueError):
    """A file that is not a valid morphology; the text lists the first findings, one per line.

    Attributes
    ----------
    findings : list of Finding
    """

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        lines = [str(finding) for finding in findings[:SHOWN]]
        if len(findings) > SHOWN:
            lines.append(f"{len(findings) - SHOWN:,} more like these were found.")
        super().__init__("\n".join(lines))


def describe(mends: Iterable[Finding]) -> list[str]:
    """Describe what was repaired or noted, with equal findings grouped.

    Returns
    -------
    list of str
        For example ``"lines 3-5, 9: a radius of 0; the parent's is taken."``.
    """
    lines_of: dict[tuple[str, str | None], list[int]] = {}
    for mend in mends:
        lines_of.setdefault((mend.problem, mend.mend), []).append(mend.line)
    described = []
    for (problem, what), lines in lines_of.items():
        where = ranges(lines) if any(lines) else ""
        place = f"line{'s' if len(lines) > 1 else ''} {where}: " if where else ""
        described.append(f"{place}{problem}; {what}.")
    return described


def ranges(lines: list[int]) -> str:
    """List integers with consecutive ones grouped: ``3-5, 9``."""
    lines = sorted(lines)
    gaps = [i for i, (one, next_one) in enumerate(pairwise(lines), 1) if next_one > one + 1]
    return ", ".join(
        f"{lines[begin]}-{lines[end - 1]}" if end - begin > 1 else str(lines[begin])
        for begin, end in zip([0, *gaps], [*gaps, len(lines)], strict=True)
    )


class Findings:
    """Everything found so far."""

    def __init__(self, repair: bool) -> None:
        self._repair = repair
        self._found: list[Finding] = []
        self._hopeless = 0
        self.notes: list[Finding] = []

    def note(self, line: int, what: str, how: str) -> None:
        """Note what is read without repair, and how."""
        self.notes.append(Finding(line, what, mend=how))

    def add(self, line: int, problem: str, mend: str | None = None) -> None:
        """Add an error, and raise if there are too many."""
        self._found.append(Finding(line, problem, mend=mend))
        self._hopeless += mend is None
        # A malicious file could have a million of them.
        if self._hopeless >= _MOST_FINDINGS or (
            not self._repair and len(self._found) >= _MOST_FINDINGS
        ):
            self.stop()

    def sorted(self) -> list[Finding]:
        """Return them by line."""
        return sorted(self._found, key=lambda finding: finding.line)

    def stop(self) -> None:
        """Raise the findings, unless they are being repaired."""
        found = self.sorted()
        if self._repair:
            found = [finding for finding in found if finding.mend is None]
        if found:
            raise SwcError(found)

    def stop_if_hopeless(self) -> None:
        """Raise all findings if one of them cannot be repaired."""
        if self._hopeless:
            self.stop()
