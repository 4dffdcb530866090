# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences that people are shown when something is wrong, read from the code.

In all of them ``…`` stands for what is filled in.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
CODE: Final = ("spike_export", "blender_addons", "tools", "examples")
GAP: Final = "…"
# What these raise is a mistake in our own code, which no input brings about.
_FOR_AUTHORS: Final = (
    "blender_addons/common/modifiers.py",
    "blender_addons/common/node_layout.py",
    "blender_addons/common/nodes.py",
    "tools/build_extension.py",
    "tools/look_sheet.py",
    "tools/make_colormaps.py",
)
# Functions that show, or raise, the text they are given.
_SHOW: Final = frozenset({"poll_message_set", "error", "exit", "_refuse", "_failure"})


@cache
def shown() -> dict[str, str]:
    """Collect what people are shown when something is wrong, and where the code says it."""
    found: dict[str, str] = {}
    for path, tree in _modules():
        place = path.relative_to(ROOT).as_posix()
        if place in _FOR_AUTHORS:
            continue
        constants = {
            target.id: statement.value
            for statement in tree.body
            if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value
            for target in getattr(statement, "targets", [getattr(statement, "target", None)])
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _shows(node, tree):
                for argument in node.args:
                    for text in _texts(argument, constants):
                        if " " in text.strip(f" {GAP}"):
                            found.setdefault(text, f"{place}:{node.lineno}")
    return found


@cache
def literals() -> frozenset[str]:
    """Collect all texts in the code, whatever they are for."""
    found = set((ROOT / "Makefile").read_text().splitlines())
    for _, tree in _modules():
        found |= {text for node in ast.walk(tree) if (text := _written(node))}
    return frozenset(found)


def says(quote: str, text: str) -> bool:
    """Tell whether a text has all pieces of a quoted sentence, in order."""
    place = 0
    for piece in quote.split(GAP):
        place = text.find(piece.strip(), place)
        if place < 0:
            return False
        place += len(piece.strip())
    return True


def _modules() -> Iterator[tuple[Path, ast.Module]]:
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.resolve() == path:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def _shows(call: ast.Call, tree: ast.Module) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    if name == "report":
        return bool(call.args) and ast.unparse(call.args[0]) in ("{'ERROR'}", "{'WARNING'}")
    return name in _SHOW or id(call) in _raised(tree)


@cache
def _raised(tree: ast.Module) -> frozenset[int]:
    return frozenset(id(node.exc) for node in ast.walk(tree) if isinstance(node, ast.Raise))


def _texts(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    """Find the texts in an argument: literals, constants of the module, both ways of an if."""
    if text := _written(node):
        yield text
    elif isinstance(node, ast.Name) and node.id in constants:
        yield from _texts(constants[node.id], {})
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, constants)
        yield from _texts(node.orelse, constants)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield from _texts(node.func.value, constants)


def _written(node: ast.AST) -> str | None:
    """Put a literal together."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_written(part) or GAP for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (_written(node.left) or GAP) + (_written(node.right) or GAP)
    return None
