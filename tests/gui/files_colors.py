# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of `scenario_colors.py`."""

from __future__ import annotations

from pathlib import Path

import files_brain
import files_slicer
import files_spike


def make(folder: Path) -> None:
    for files in (files_spike, files_brain, files_slicer):
        files.make(folder)
