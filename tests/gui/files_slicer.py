# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of `scenario_slicer.py`: two surfaces, a curve, and one that is to be refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def make(folder: Path) -> None:
    x, y = np.meshgrid(np.linspace(-2, 2, 60), np.linspace(-2, 2, 50))
    np.save(folder / "hill.npy", np.exp(-((x - 0.4) ** 2) - 1.5 * (y + 0.3) ** 2))
    np.save(folder / "waves.npy", np.sin(3 * x) * np.cos(2 * y))
    np.save(folder / "wave.npy", np.sin(np.linspace(0, 12, 300)))
    (folder / "bad.npy").write_bytes(b"\x93NUMPY nonsense")
