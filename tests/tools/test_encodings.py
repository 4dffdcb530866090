# SPDX-License-Identifier: GPL-3.0-or-later
"""Text files are read and written in an encoding that is named: Windows would take its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
# The last are run from the source on Windows, too.
FOLDERS = ("spike_export", "blender_addons", "examples", "tools")


def unnamed(source: str) -> list[int]:
    """Lines that read or write text in an encoding that depends on the system."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        *owner, name = ast.unparse(node.func).split(".")
        given = {word.arg for word in node.keywords}
        if "encoding" in given or None in given:
            continue
        if "errors" not in given and any(
            word.arg == "text" and ast.unparse(word.value) == "True" for word in node.keywords
        ):
            found.append(node.lineno)
        # `files` is a module of our own.
        if name in ("read_text", "write_text") and owner not in ([], ["files"]):
            # As the first argument after what is written.
            if len(node.args) <= (name == "write_text"):
                found.append(node.lineno)
        elif name == "open" and not owner:
            modes = [word.value for word in node.keywords if word.arg == "mode"] + node.args[1:2]
            # What is thrown away has no encoding.
            thrown = node.args and ast.unparse(node.args[0]) == "os.devnull"
            if not thrown and not any(
                isinstance(m, ast.Constant) and "b" in m.value for m in modes
            ):
                found.append(node.lineno)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS)
def test_encodings_are_named(folder):
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in (ROOT / folder).rglob("*.py")
        for line in unnamed(path.read_text(encoding="utf-8"))
    ]
    assert not found


@pytest.mark.parametrize(
    ("source", "is_found"),
    [
        ("open('a')", True), ("open('a', 'w')", True), ("open('a', 'rb')", False),
        ("open('a', mode='ab')", False), ("open('a', encoding='utf-8')", False),
        ("path.read_text()", True), ("path.read_text('utf-8')", False),
        ("path.write_text(text)", True), ("path.write_text(text, 'utf-8')", False),
        ("subprocess.run(a, text=True)", True),
        ("subprocess.run(a, text=True, errors='replace')", False),
    ],
)  # fmt: skip
def test_what_is_found(source, is_found):
    assert bool(unnamed(source)) == is_found
