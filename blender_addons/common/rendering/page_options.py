# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the commands that write films for a browser, which all extensions have."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..colormaps import table
from . import options as common_options

WORD = "web"
"""By which a command is told to write one."""


class Page(Protocol):
    """A film for browsers."""

    @property
    def content(self) -> bytes:
        """The HTML."""

    @property
    def told(self) -> str:
        """What is in it, and how large it is."""

    @property
    def notes(self) -> Sequence[str]:
        """Sentences about what is to be known about it."""


def add_page_options(parser: argparse.ArgumentParser, size_limit_mb: float) -> None:
    """Add them to a parser."""
    add = parser.add_argument
    add("-o", "--output", type=Path, default=Path("film.html"), metavar="FILE",
        help="output file (default: film.html)")  # fmt: skip
    add("--force", action="store_true", help="overwrite an existing file")
    add("--title", metavar="TEXT", help="above the film (default: the file's name)")
    add("--light", action="store_true", help="on white, for papers")
    add("--size-limit", type=common_options.above_zero, default=size_limit_mb, metavar="MB",
        help=f"refuse to write a larger page (default: {size_limit_mb:g})")  # fmt: skip


def check_page_options(
    parser: argparse.ArgumentParser, options: argparse.Namespace, ending: str
) -> None:
    """Refuse a name of another kind of file."""
    if options.output.suffix.lower() != ending:
        parser.error(f"-o {options.output}: the name must end in {ending}")


def page_writer(
    parse: Callable[[Sequence[str]], argparse.Namespace],
    make: Callable[[argparse.Namespace, list[str]], Page],
) -> Callable[[Sequence[str]], str]:
    """Make the part of a command that writes films for browsers.

    Parameters
    ----------
    parse : callable
        Reads what follows `WORD`.
    make : callable
        Makes the page by these options, and appends what it finds to a list of sentences. What it
        raises is a RuntimeError or ValueError.

    Returns
    -------
    callable
        Given what follows `WORD`, writes the page, and returns what was done and what is to be
        known about it. Raises RuntimeError, too, if there is such a file already, and OSError if it
        cannot be written.
    """

    def write_page(arguments: Sequence[str]) -> str:
        options = parse(arguments)
        if options.output.exists() and not options.force:
            raise RuntimeError(f"{options.output} already exists; use --force to overwrite it.")
        notes: list[str] = []
        page = make(options, notes)
        options.output.write_bytes(page.content)
        told = [*notes, *page.notes, f"Wrote {options.output}: {page.told}"]
        return "\n".join(filter(None, told))

    return write_page


def page_colors(name: str) -> tuple[str, NDArray[np.uint8]]:
    """Find a colormap in the table, by a name as users write it.

    Returns
    -------
    name : str
        As pages call it.
    colors : ndarray of uint8, shape (256, 3)
        sRGB-encoded.
    """
    found, reverse = table.resolve(name)
    stops = table.display_stops(found, reverse=reverse)
    colors: NDArray[np.uint8] = np.rint(np.clip(stops, 0, 1) * 255).astype(np.uint8)
    return (f"{found}_r" if reverse else found), colors
