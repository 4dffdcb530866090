# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Blender runs a script: this Python's bpy module, or the program named by BLENDER."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Whoever calls it may be in another folder.
BLENDER = os.environ.get("BLENDER", "") and os.path.abspath(
    shutil.which(os.environ["BLENDER"]) or os.environ["BLENDER"]
)


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
