# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the README's pictures from what ``make demo`` made."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from spike_export import SimulationFileError, read

ROOT = Path(__file__).resolve().parent.parent
FRAMES = (36, 46, 56, 70)
WIDTH, HEIGHT, GAP = 360, 640, 4


def main() -> None:
    """Put four frames of the film side by side, each with its time."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "out", help="of make demo")
    folder: Path = parser.parse_args().out
    try:
        time_ms = read(folder / "demo.pickle").time_ms
        strip = film_strip([folder / "frames" / f"frame_{n:04d}.png" for n in FRAMES])
    except (SimulationFileError, OSError) as error:
        sys.exit(f"{error} Run make demo first.")
    draw = ImageDraw.Draw(strip)
    font = ImageFont.load_default(size=20)
    for index, number in enumerate(FRAMES):
        place = (index * (WIDTH + GAP) + WIDTH - 18, HEIGHT - 18)
        draw.text(place, f"{time_ms[number]:.1f} ms", (150, 150, 150), font=font, anchor="rs")
    target = ROOT / "docs" / "pictures" / "demo.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    strip.save(target, optimize=True)
    print(target.relative_to(ROOT))


def film_strip(paths: list[Path]) -> Image.Image:
    """Put pictures side by side, all at one size."""
    strip = Image.new("RGB", (len(paths) * (WIDTH + GAP) - GAP, HEIGHT), (40, 40, 40))
    for index, path in enumerate(paths):
        with Image.open(path) as frame:
            small = frame.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
            strip.paste(small, (index * (WIDTH + GAP), 0))
    return strip


if __name__ == "__main__":
    main()
