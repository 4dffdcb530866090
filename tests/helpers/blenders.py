# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Blender runs a script: this Python's bpy module, or the program named by BLENDER.

Started by itself, it stands in for the program: ``blenders.py -b -P script -- arguments``.
"""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
import traceback
from pathlib import Path

# Whoever calls it may be in another folder.
BLENDER = os.environ.get("BLENDER", "") and os.path.abspath(
    shutil.which(os.environ["BLENDER"]) or os.environ["BLENDER"]
)


def program(folder: Path) -> Path:
    """Name the Blender, or make a program in a folder that takes its words and ends as it does."""
    if BLENDER:
        return Path(BLENDER)
    made = folder / "blender"
    made.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{Path(__file__).resolve()}" "$@"\n')
    made.chmod(0o755)
    return made


def command(script: Path, *arguments: object, factory: bool = True) -> list[str]:
    """Put together what runs a script without a window: ``blender -b -P script -- arguments``.

    With Blender's factory settings, whatever the user's own are, unless they are wanted.
    """
    if not BLENDER:
        return [sys.executable, str(script), "--", *map(str, arguments)]
    return [
        BLENDER, "-b", *["--factory-startup"] * factory, "--offline-mode",
        "-P", str(script), "--", *map(str, arguments),
    ]  # fmt: skip


def run_script(
    script: Path, *arguments: object, home: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a script without a window, to its end.

    Parameters
    ----------
    script : Path
    *arguments : object
        Its own.
    home : Path, optional
        Folder of preferences and extensions, made if it is missing.

    Returns
    -------
    CompletedProcess
        What Blender itself says is in its output as well. Its code is 0 unless the script ends
        Blender by itself: as it is with what people type.
    """
    environment = dict(os.environ)
    if home is not None:
        (home / "config").mkdir(parents=True, exist_ok=True)
        environment["BLENDER_USER_RESOURCES"] = str(home)
    return subprocess.run(
        command(script, *arguments, factory=home is None),
        env=environment, capture_output=True, text=True, errors="replace",
    )  # fmt: skip


def _stand_in(words: list[str]) -> None:
    own = words[: words.index("--")]
    code = own[own.index("--python-exit-code") + 1] if "--python-exit-code" in own else "0"
    try:
        runpy.run_path(own[own.index("-P") + 1], run_name="__main__")
    except Exception:
        traceback.print_exc()
        sys.exit(int(code))


if __name__ == "__main__":
    _stand_in(sys.argv)
