# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of the extensions, where they are given a story: ``… story.toml film.mp4``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import bpy

from ..rendering import options as common_options
from ..rendering import page_options
from ..rendering.commands import Command
from . import staging
from .telling import tell

ENDING: Final = ".toml"


class StoryCommand(Command):
    """A command that makes the film of a story, too, if its first word is one.

    Parameters
    ----------
    name, parse, build
        See `Command`.
    page : callable, optional
        Given what follows the word ``web``, writes a film for browsers and tells what was done.
    """

    def __init__(
        self,
        name: str,
        parse: Callable[[list[str]], argparse.Namespace],
        build: Callable[[argparse.Namespace], bpy.types.Scene],
        page: Callable[[list[str]], str] | None = None,
    ) -> None:
        super().__init__(name, parse, build)
        self._page = page

    def make(self, arguments: list[str]) -> None:
        """Write a page, or build the scene, render, encode."""
        if self._page is not None and arguments[:1] == [page_options.WORD]:
            print(self._page(arguments[1:]), flush=True)
        elif arguments and arguments[0].lower().endswith(ENDING):
            main(arguments, prog=f"blender -b -c {self.name}")
        else:
            super().make(arguments)


def main(arguments: Sequence[str], *, prog: str) -> None:
    """Make the film of a story, render, encode."""
    options = parse(arguments, prog=prog)
    # Checked here already: importing takes time.
    film = tell(
        options.file,
        scene=_opened(options.onto),
        size="x".join(map(str, options.resolution)) if options.resolution else "",
        fps=str(options.fps) if options.fps else "",
        engine=options.engine or "",
    )
    for note in film.notes:
        print(note, flush=True)
    staging.render_with(film, options)


def parse(arguments: Sequence[str], *, prog: str) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog=f"{prog} story{ENDING}", description="Render the film of a story."
    )
    parser.add_argument("file", type=Path, help="the story")
    common_options.add_output(parser)
    parser.add_argument(
        "--onto", type=Path, metavar="FILE",
        help="a .blend with an earlier version of the film, to bring up to date: what was changed "
        "in it by hand stays",
    )  # fmt: skip
    own = "as the story says"
    common_options.add_film_options(parser, orbit=None, bloom=own, resolution=own, any_length=False)
    parser.set_defaults(fps=None, engine=None)
    return common_options.completed(parser, parser.parse_args(arguments))


def _opened(path: Path | None) -> Any:
    if path is None:
        return None
    if not path.is_file():
        raise RuntimeError(f"There is no file {path}.")
    bpy.ops.wm.open_mainfile(filepath=str(path.resolve()), load_ui=False)
    return bpy.context.scene
