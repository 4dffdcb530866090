# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of `scenario_brain.py`: a table of regions and values, and one of points."""

from __future__ import annotations

from pathlib import Path


def make(folder: Path) -> None:
    (folder / "rates.csv").write_text("acronym,rate (Hz)\nCA3,2\nDG,12\ngrey,7\n")
    # In µm, inside the demo brain.
    (folder / "cells.csv").write_text(
        "x,y,z,depth\n6000,3000,4000,1\n6400,3400,4600,2\n7000,3600,7000,4\n"
    )
