# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages that people read are made of."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted(
    [
        ROOT / "README.md",
        ROOT / "spike_export" / "README.md",
        ROOT / "examples" / "farm" / "README.md",
        *(ROOT / "docs").rglob("*.md"),
    ]
)
# Other blocks are diagrams, data and formats.
_PROGRAM = re.compile(
    r"(?:make|blender|spike-export|pip|brainglobe|openjd|mpiexec|(?:\.venv/bin/)?python[\d.]*) "
)
_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(page: Path) -> Iterator[list[str]]:
    """Read the shell commands of a page's code blocks, as lists of words."""
    for language, block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        if language.strip() in ("", "sh", "shell"):
            for line in block.replace("\\\n", " ").splitlines():
                for command in line.split(" && "):
                    if _PROGRAM.match(command):
                        yield shlex.split(command, comments=True)


def program(words: list[str]) -> str:
    """Name what a command runs."""
    return Path(words[0]).name
