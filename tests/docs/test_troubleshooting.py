# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences that the troubleshooting page explains are those that the code says."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "troubleshooting.md"
CODE = ("spike_export", "blender_addons", "tools", "examples")
QUOTED = re.findall(r"^\| `(.+?)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def written(node: ast.AST) -> str | None:
    """Put a literal together; a line break stands for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(written(part) or "\n" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (written(node.left) or "\n") + (written(node.right) or "\n")
    return None


@cache
def literals() -> frozenset[str]:
    """Collect all texts in the code that people may be shown."""
    found = set((ROOT / "Makefile").read_text().splitlines())
    for folder in CODE:
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= {text for node in ast.walk(tree) if (text := written(node))}
    return frozenset(found)


def says(quote: str, text: str) -> bool:
    """Tell whether a text has all pieces of a quoted sentence, in order."""
    place = 0
    for piece in quote.split("…"):
        place = text.find(piece.strip(), place)
        if place < 0:
            return False
        place += len(piece.strip())
    return True


def test_page_quotes_sentences():
    assert len(QUOTED) > 60


def test_quotes_are_compared_as_a_whole():
    assert says("it is cut off after … bytes", "it is cut off after \n bytes")
    assert not says("it is cut off after … frames", "it is cut off after \n bytes")
    assert not says("bytes … it is cut off", "it is cut off after \n bytes")


@pytest.mark.parametrize("quote", QUOTED)
def test_sentence_is_in_the_code(quote):
    assert any(says(quote, text) for text in literals())
