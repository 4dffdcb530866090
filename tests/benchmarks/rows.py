# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of a measurement: a line of the table, and whether an aim was met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .pairs import Pair

HEADS = ("Measured", "Figure", "Compared with", "Ratio", "Aim", "Outcome")


@dataclass(frozen=True)
class Aim:
    """What a ratio should be, or a figure if there is a unit."""

    limit: float
    unit: str = ""
    at_least: bool = False

    def __str__(self) -> str:
        """Put it into words."""
        words = "at least" if self.at_least else "at most"
        return f"{words} {self.limit:g} {self.unit}".rstrip()


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes
    ----------
    what : str
    figure : float
        In `unit`.
    unit : str
    against : str
        What it is compared with.
    other : float, optional
        The figure of that, in `unit`.
    ratio : float, optional
    lowest, highest : float, optional
        Of the ratios of all pairs.
    is_speed : bool
        The ratio says how many times as fast it is, not how many times as long it takes.
    aim : Aim, optional
    """

    what: str
    figure: float
    unit: str
    against: str = ""
    other: float | None = None
    ratio: float | None = None
    lowest: float | None = None
    highest: float | None = None
    is_speed: bool = False
    aim: Aim | None = None

    @property
    def met(self) -> bool | None:
        """Whether the aim was met, by the number as it is shown; None without an aim."""
        value = self.figure if self.aim and self.aim.unit else self.ratio
        if self.aim is None or value is None:
            return None
        shown = float(number(value).replace(",", ""))
        return shown >= self.aim.limit if self.aim.at_least else shown <= self.aim.limit

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands below each of `HEADS`."""
        other = "" if self.other is None else f", {number(self.other)} {self.unit}"
        ratio = "" if self.ratio is None else number(self.ratio)
        if self.is_speed:
            ratio += " x as fast"
        if self.lowest is not None and self.highest is not None:
            ratio += f" ({number(self.lowest)} to {number(self.highest)})"
        return (
            self.what,
            f"{number(self.figure)} {self.unit}",
            f"{self.against}{other}",
            ratio,
            "" if self.aim is None else str(self.aim),
            {True: "met", False: "missed", None: ""}[self.met],
        )


def timed(
    what: str, pair: Pair, against: str, *, unit: str = "s", is_speed: bool = False,
    aim: Aim | None = None,
) -> Row:  # fmt: skip
    """Make a row of times."""
    scale = {"s": 1.0, "ms": 1e3}[unit]
    ratios = [pair.ratio, pair.lowest, pair.highest]
    if is_speed:
        ratios = [1 / pair.ratio, 1 / pair.highest, 1 / pair.lowest]
    return Row(
        what, pair.ours * scale, unit, against, pair.other * scale, *ratios, is_speed, aim
    )  # fmt: skip


def sized(what: str, size: float, against: str, other: float, *, aim: Aim | None = None) -> Row:
    """Make a row of sizes in bytes."""
    return Row(what, size / 1e6, "MB", against, other / 1e6, size / other, aim=aim)


def number(value: float) -> str:
    """Write a number with three digits that count, and no fraction above 100."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def markdown(about: str, rows: Iterable[Row]) -> str:
    """Write the table for the manual."""
    lines = [HEADS, ("---", "---:", "---", "---", "---", "---"), *(row.cells for row in rows)]
    table = [f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines]
    return "\n".join([about, "", *table]) + "\n"


def missed(rows: Iterable[Row]) -> str:
    """Say in a line which aims were missed."""
    names = [row.what for row in rows if row.met is False]
    return f"Aims missed: {'; '.join(names)}." if names else "All aims were met."
