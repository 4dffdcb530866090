# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of `scenario_brain.py`: a table of regions and values."""

from __future__ import annotations

from pathlib import Path


def make(folder: Path) -> None:
    (folder / "rates.csv").write_text("acronym,rate (Hz)\nCA3,2\nDG,12\ngrey,7\n")
