# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the README's pictures from what ``make demo`` made."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
FRAMES = (36, 46, 56, 70)
WIDTH, HEIGHT, GAP = 360, 640, 4


def main() -> None:
    """Put four frames of the film side by side."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "out", help="of make demo")
    folder: Path = parser.parse_args().out
    try:
        strip = film_strip([folder / "frames" / f"frame_{n:04d}.png" for n in FRAMES])
    except OSError as error:
        sys.exit(f"{error} Run make demo first.")
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
