# SPDX-License-Identifier: BSD-3-Clause
"""Models that know nothing of spike-export, and the command on them."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def model(tmp_path: Path) -> Callable[..., Path]:
    """Write a model; its parts are put one after another."""

    def model(*parts: str, name: str = "model.py") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(textwrap.dedent(part) for part in parts))
        return path

    return model


@pytest.fixture
def spike_export(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command in a folder of its own, with nobody at the keyboard."""

    def spike_export(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "spike_export", *map(str, arguments)],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return spike_export
