# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that all films have."""

from __future__ import annotations

import argparse
import math
import re
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from .formats import ENDINGS, FORMATS, PICTURES
from .frames import Film, frame_range, name_ending_in

ENGINES: Final = {"cycles": "CYCLES", "eevee": "BLENDER_EEVEE"}
SIZES: Final = {
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "4k": (3840, 2160),
    "vertical": (1080, 1920),
    "square": (1080, 1080),
}
_NTSC: Final = {Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001)}


def add_film_options(
    parser: argparse.ArgumentParser,
    *,
    orbit: str | None,
    bloom: str,
    resolution: str,
    any_length: bool = True,
) -> None:
    """Add the options that all films have.

    What depends on the film is None if it is not given; its default is described here.

    Parameters
    ----------
    orbit : str or None
        None if the camera has a way of its own.
    any_length : bool
        Whether the film can be made as long as one likes.
    """
    add = parser.add_argument
    add(
        "--frames", type=frame_range, metavar="A-B",
        help="frames to render: a part of the film, which moves as in all of it (default: all)",
    )  # fmt: skip
    if any_length:
        add("--length", type=_count, metavar="FRAMES", help="frames in the whole film")
    add("--bloom", type=float, help=f"glow around bright parts, 0 for none (default: {bloom})")
    if orbit is not None:
        add(
            "--orbit", type=float, metavar="DEGREES",
            help=f"angle of the camera's orbit over the whole film, 0 for none (default: {orbit})",
        )  # fmt: skip
    add("--engine", choices=ENGINES, default="cycles")
    add(
        "--samples", type=_count, metavar="N",
        help="most samples per pixel (default: 128 in Cycles, 16 in EEVEE)",
    )  # fmt: skip
    add(
        "--resolution", type=size, metavar="WxH",
        help=f"or {', '.join(SIZES)} (default: {resolution})",
    )  # fmt: skip
    add(
        "--fps", type=frame_rate, default=Fraction(24), metavar="N",
        help="frames per second of the film, such as 23.976 or 29.97 (default: 24)",
    )  # fmt: skip
    add(
        "--draft", action="store_true",
        help="a quarter of the size, few samples, the frame's number in the picture",
    )  # fmt: skip
    add(
        "--keep", action="store_true",
        help="keep frames that are there: goes on with a film that was stopped",
    )  # fmt: skip
    add(
        "--transparent", action="store_true",
        help="no background, with the glow: for .mov, .webm and frames",
    )  # fmt: skip
    add(
        "--format", choices=FORMATS,
        help="of the film or the frames (default: what the film's name means, png for frames)",
    )  # fmt: skip
    add("--exr", action="store_true", help="frames as OpenEXR: --format exr")
    films = ", ".join(f"{ending} ({film.name})" for ending, film in ENDINGS.items())
    add("--video", type=name_ending_in(*ENDINGS), metavar="FILE", help=f"film to write: {films}")
    add(
        "--voice", type=Path, metavar="FILE",
        help="sound of the film from its first frame on, such as a voice (.wav, .mp3, .m4a)",
    )  # fmt: skip
    add("--blend", type=name_ending_in(".blend"), metavar="FILE", help="scene to save (.blend)")


# Of films, pictures and scenes that somebody may want.
_OTHER_ENDINGS: Final = frozenset({
    ".avi", ".mkv", ".mpg", ".mpeg", ".m4v", ".wmv", ".flv", ".ogv", ".gif", ".webp", ".apng",
    ".png", ".jpg", ".jpeg", ".exr", ".tif", ".tiff", ".blend", ".html",
})  # fmt: skip


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add where the film goes, which comes last."""
    parser.add_argument(
        "outdir", type=Path, metavar="output",
        help="folder for the frames, created if missing; or a film (.mp4, .mov, .webm), whose "
        "frames stay in a folder beside it",
    )  # fmt: skip


def add_quantity_options(parser: argparse.ArgumentParser, *, lower: str, upper: str) -> None:
    """Add the options that choose a quantity, its limits and its pace.

    Parameters
    ----------
    lower, upper : str
        The limits' defaults, as described in the help.
    """
    add = parser.add_argument
    add("--variable", default="", metavar="NAME", help="the quantity to show (default: the first)")
    add("--v-min", type=float, metavar="VALUE", help=f"lower end (default: {lower})")
    add("--v-max", type=float, metavar="VALUE", help=f"upper end (default: {upper})")


def given_limits(options: argparse.Namespace) -> dict[str, float]:
    """Return the limits that were given, by the names that operators have for them."""
    limits = {"v_min": options.v_min, "v_max": options.v_max}
    return {name: value for name, value in limits.items() if value is not None}


def completed(parser: argparse.ArgumentParser, options: argparse.Namespace) -> argparse.Namespace:
    """Check what options mean together, and find the frames' folder of a film.

    Returns
    -------
    Namespace
        The same one; `outdir` is always a folder, `film` a `Film` or None, and `pictures` is what
        frames are written as, a `Pictures`.
    """
    if options.outdir.suffix.lower() in ENDINGS:
        if options.video is not None:
            parser.error(f"--video: the film is {options.outdir} already")
        options.video = options.outdir
        options.outdir = options.video.with_name(f"{options.video.stem}_frames")
    elif options.outdir.suffix.lower() in _OTHER_ENDINGS and not options.outdir.is_dir():
        # It would become a folder of that name.
        parser.error(
            f"{options.outdir} is neither a film ({', '.join(ENDINGS)}) nor a folder for frames; "
            "--format chooses what these are, and --blend saves the scene"
        )
    if options.exr:
        if options.format not in (None, "exr"):
            parser.error(f"--exr: the format is {options.format} already")
        options.format = "exr"
    options.film = _film(parser, options)
    options.pictures = PICTURES["png"]
    if options.film is None:
        options.pictures = PICTURES[options.format or "png"]
    elif options.transparent and not options.film.keeps_alpha:
        endings = ", ".join(ending for ending, one in ENDINGS.items() if one.keeps_alpha)
        parser.error(
            f"--transparent: {options.film.name} does not support transparency; use {endings} or a "
            "folder for frames"
        )
    return options


def _film(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Film | None:
    """Find what a film is encoded as; None if there are only frames."""
    chosen = FORMATS[options.format] if options.format else None
    if options.video is None:
        if isinstance(chosen, Film):
            parser.error(
                f"--format: {chosen.name} is for films; give a name that ends in {chosen.ending}"
            )
        return None
    ending = options.video.suffix.lower()
    if chosen is None:
        return ENDINGS[ending]
    if not isinstance(chosen, Film):
        parser.error(f"--format: a film is made of PNG files; give a folder for {chosen.name}")
    if chosen.ending != ending:
        parser.error(f"--format: the name of a film in {chosen.name} ends in {chosen.ending}")
    return chosen


def fill_in(options: argparse.Namespace, **defaults: Any) -> None:
    """Set options that were not given."""
    for name, value in defaults.items():
        if getattr(options, name) is None:
            setattr(options, name, value)


def part_of(chosen: tuple[int, int] | None, whole: tuple[int, int]) -> range:
    """Find which frames of a film to render.

    Parameters
    ----------
    chosen : tuple of int or None
        First and last frame; None for all.
    whole : tuple of int
        First and last frame of the film.

    Raises
    ------
    RuntimeError
        If the film does not have them.
    """
    first, last = chosen or whole
    if first < whole[0] or last > whole[1]:
        raise RuntimeError(
            f"Cannot render frames {first} to {last}: the film has frames {whole[0]} to {whole[1]}."
            " --length makes it longer or shorter."
        )
    return range(first, last + 1)


def frames_for(duration_ms: float, pace_ms: float) -> int:
    """Count the frames that a simulation needs at a pace, in ms per frame."""
    # Rounding errors add no frame.
    return max(math.ceil(duration_ms / pace_ms - 1e-4) + 1, 2)


def frame_rate(text: str) -> Fraction:
    """Read frames per second: a whole number, a fraction, or a decimal such as 23.976.

    Decimals that are short for one of NTSC's rates, 1000/1001 of a whole number, mean that one.
    """
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError(f"'{text}' is not a frame rate such as 25") from None
    if not 1 <= rate <= 240:
        raise argparse.ArgumentTypeError(f"'{text}': the frame rate must be between 1 and 240")
    return next((exact for exact in _NTSC if abs(exact - rate) < Fraction(1, 200)), rate)


def fps_and_base(rate: Fraction) -> tuple[int, float]:
    """Split a frame rate as Blender stores it: a whole number, and what it is divided by."""
    fps = math.ceil(rate)
    return fps, float(fps / rate)


def size(text: str) -> tuple[int, int]:
    """Read ``WxH`` or a size's name; H.264 needs both even."""
    if text.lower() in SIZES:
        return SIZES[text.lower()]
    match = re.fullmatch(r"(\d+)x(\d+)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}' is not a size such as 1280x720")
    width, height = int(match[1]), int(match[2])
    if width % 2 or height % 2 or not (16 <= width <= 16384 and 16 <= height <= 16384):
        raise argparse.ArgumentTypeError(
            f"'{text}': width and height must be even and between 16 and 16384"
        )
    return width, height


def above_zero(text: str) -> float:
    """Read a finite number above zero."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (number > 0 and math.isfinite(number)):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number above 0")
    return number


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")
    return int(text)
