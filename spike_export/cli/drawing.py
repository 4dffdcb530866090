# SPDX-License-Identifier: BSD-3-Clause
"""What the drawing commands share: where pictures go, their size, and writing them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .console import Finite, may_write, output_option, progress

if TYPE_CHECKING:
    from ..figures import Frame, MovingFigure

Command = TypeVar("Command", bound=Callable[..., Any])

_SMALLEST, _LARGEST = 100, 8192


class Kind(Enum):
    """How pictures are kept."""

    STILL = auto()
    DRAWING = auto()
    FRAMES = auto()
    FILM = auto()


_KINDS = {
    ".png": Kind.STILL,
    ".svg": Kind.DRAWING,
    ".pdf": Kind.DRAWING,
    ".mp4": Kind.FILM,
    ".webm": Kind.FILM,
    ".mov": Kind.FILM,
}
_NO_ALPHA = ".mp4"


def outputs(name: str, still: str) -> str:
    """Write a command's epilog; click leaves what follows the backspace unwrapped.

    Parameters
    ----------
    name : str
        Of a file, as an example.
    still : str
        What a file of one picture shows.
    """
    rows = {
        f"{name}.png, .svg, .pdf": f"one picture of {still}",
        "frames/%04d.png": "one picture per frame, numbered",
        f"{name}.mp4, .webm, .mov": "a film; .webm and .mov (ProRes 4444) hold transparency",
    }
    lines = [f"  {file:<26} {what}" for file, what in rows.items()]
    return "\n".join(["\b", "Output formats for -o:", *lines])


@dataclass(frozen=True, slots=True)
class Target:
    """Where pictures go: one file, or one per frame if the name contains its number."""

    path: Path
    kind: Kind

    @property
    def holds_one(self) -> bool:
        """Whether it is one picture."""
        return self.kind in (Kind.STILL, Kind.DRAWING)

    def of(self, frame: int) -> Path:
        """Path of a frame's picture."""
        if self.kind is not Kind.FRAMES:
            return self.path
        return self.path.with_name(self.path.name % frame)


def drawing_options(default: str) -> Callable[[Command], Command]:
    """Add the output options that all drawing commands share."""

    def decorate(command: Command) -> Command:
        for option in (
            click.option(
                "--size", callback=_size, default="1920x1080", show_default=True, metavar="WxH",
                help="In pixels.",
            ),
            click.option(
                "--fps", type=Finite(1, 240), default=24.0,
                show_default=True, metavar="N", help="Frames per second.",
            ),
            click.option(
                "--transparent", is_flag=True,
                help="Transparent background; --background then only picks light or dark lines.",
            ),
            click.option(
                "--background", type=click.Choice(["black", "white"]), default="black",
                show_default=True, help="Background color.",
            ),
            output_option(default),
        ):  # fmt: skip
            command = option(command)
        return command

    return decorate


def _size(_context: click.Context, _option: click.Parameter, text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,9})x(\d{1,9})", text)
    if not match:
        raise click.BadParameter(f"'{text}' is not a size such as 1920x1080.")
    width, height = int(match[1]), int(match[2])
    if not (_SMALLEST <= width <= _LARGEST and _SMALLEST <= height <= _LARGEST):
        raise click.BadParameter(
            f"'{text}': width and height must be {_SMALLEST} to {_LARGEST} pixels."
        )
    return width, height


def target_of(output: Path, size: tuple[int, int], *, transparent: bool) -> Target:
    """Parse ``-o``, or end the command with the reason it cannot be used."""
    kind = _KINDS.get(output.suffix.lower())
    if kind is None:
        raise click.UsageError(f"-o {output}: the name must end in one of {', '.join(_KINDS)}.")
    if kind is Kind.FILM and (size[0] % 2 or size[1] % 2):
        raise click.UsageError(
            f"--size {size[0]}x{size[1]}: a film needs an even width and height."
        )
    if transparent and output.suffix.lower() == _NO_ALPHA:
        raise click.UsageError(
            "--transparent: .mp4 does not support transparency; use .webm, .mov or frames/%04d.png."
        )
    if "%" not in str(output):
        return Target(output, kind)
    if "%" in str(output.parent) or not re.fullmatch(r"[^%]*%(0[1-9])?d[^%]*", output.name):
        raise click.UsageError(f"-o {output}: a name for frames needs exactly one %04d.")
    if kind is not Kind.STILL:
        raise click.UsageError(f"-o {output}: frames are written as .png.")
    return Target(output, Kind.FRAMES)


def may_write_frames(target: Target, chosen: list[Frame], *, force: bool) -> None:
    """Ask once, however many frames would be overwritten."""
    if target.kind is not Kind.FRAMES:
        may_write(target.path, force=force)
        return
    existing = sum(target.of(frame.number).exists() for frame in chosen)
    if force or not existing:
        return
    found = f"{existing:,} of the {len(chosen):,} files {target.path} exist"
    if not sys.stdin.isatty():
        raise click.ClickException(f"{found}; use --force to overwrite them.")
    click.confirm(f"{found}. Overwrite them?", abort=True)


def draw(
    made: MovingFigure, target: Target, chosen: list[Frame], *, fps: float, transparent: bool
) -> None:
    """Write a figure's frames with a progress bar, and report where they are."""
    try:
        _write(made, target, chosen, fps=fps, transparent=transparent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.ClickException(f"Cannot write {target.path}: {reason}.") from None
    count = "" if target.holds_one else f"{len(chosen):,} frame{'s' * (len(chosen) > 1)} of "
    click.echo(f"Wrote {target.path}: {count}{made.size[0]} x {made.size[1]} pixels.")


def _write(
    made: MovingFigure, target: Target, chosen: list[Frame], *, fps: float, transparent: bool
) -> None:
    from .. import figures

    times = [frame.time for frame in chosen]
    if target.kind is Kind.DRAWING:
        for part in made.parts:
            part.draw_to(times[0])
        figures.save_drawing(target.path, made.figure)
        return
    drawn = figures.pictures(made.figure, made.parts, times)
    if target.kind is Kind.STILL:
        figures.save_picture(target.path, next(drawn), transparent=transparent)
        return
    if target.kind is Kind.FILM:
        with (
            figures.film_writer(target.path, made.size, fps, transparent=transparent) as add,
            progress("frames") as bars,
        ):
            for picture in bars.track(drawn, total=len(chosen), description="Drawing"):
                add(picture)
        return
    target.path.parent.mkdir(parents=True, exist_ok=True)
    with progress("frames") as bars:
        counted = bars.track(drawn, total=len(chosen), description="Drawing")
        for frame, picture in zip(chosen, counted, strict=True):
            figures.save_picture(target.of(frame.number), picture, transparent=transparent)


@contextmanager
def one_sentence() -> Iterator[None]:
    """End the command with a message about a wrong choice or a missing library."""
    from ..figures import ChoiceError, FilmError

    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "matplotlib":
            raise
        raise click.ClickException(
            "matplotlib is not installed; install it with pip install 'spike-export[plot]'."
        ) from None
    except (ChoiceError, FilmError) as error:
        text = str(error)
        raise click.ClickException(f"{text[0].upper()}{text[1:]}.") from None
