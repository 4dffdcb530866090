# SPDX-License-Identifier: GPL-3.0-or-later
"""Take a picture of a film for the browser, at one of its times, in a headless Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@click.command()
@click.argument("film", type=click.Path(path_type=Path, exists=True))
@click.argument("picture", type=click.Path(path_type=Path))
@click.option("--time", default=0.0, help="In ms.")
@click.option("--size", default="1280x720", help="Of the window.")
def main(film: Path, picture: Path, time: float, size: str) -> None:
    """Take a PICTURE of a FILM."""
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if program is None:
        sys.exit("There is no Chromium on the PATH to draw the film.")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                program, "--headless", "--no-sandbox", "--hide-scrollbars", "--no-first-run",
                "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
                "--force-device-scale-factor=1", f"--window-size={size.replace('x', ',')}",
                f"--user-data-dir={profile}", "--virtual-time-budget=12000",
                f"--screenshot={picture.resolve()}", f"{film.resolve().as_uri()}#{time:g}",
            ],
            check=True, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    if not picture.exists():
        sys.exit(f"Chromium took no picture of {film}.")


if __name__ == "__main__":
    main()
