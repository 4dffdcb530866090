# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences that people are shown when something is wrong, read from the code.

In all of them ``…`` stands for what is filled in.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
CODE: Final = ("spike_export", "blender_addons", "tools", "examples")
GAP: Final = "…"
# What these raise is a mistake in our own code, which no input brings about.
_FOR_AUTHORS: Final = (
    "blender_addons/blender_spike/color/neuron_look.py",
    "blender_addons/blender_spike/watching/growing.py",
    "blender_addons/common/nodes/groups.py",
    "blender_addons/common/nodes/layout.py",
    "blender_addons/common/nodes/modifiers.py",
    "blender_addons/common/nodes/tree.py",
    "blender_addons/common/nodes/sockets.py",
    "blender_addons/common/nodes/writing.py",
    "blender_addons/common/registry.py",
    "tools/build_extension.py",
    "tools/make_release.py",
    "tools/look_sheet.py",
    "tools/make_colormaps.py",
    "tools/try_versions.py",
)
# What shows, raises or collects the text that it is given.
_SHOW: Final = re.compile(
    r"(^|[._])(poll_message_set|error|exit|refuse|failure|say|miss|findings\.add|notes\.append)$"
    r"|(Error|Finding)$"
)
# What an operator reports with these is wrong.
_ALARMS: Final = ("{'ERROR'}", "{'WARNING'}")
# A text put into another one is a sentence's part from here on; fewer words are a name or a place.
_CLAUSE_WORDS: Final = 4


@cache
def shown() -> dict[str, str]:
    """Collect what people are shown when something is wrong, and where the code says it."""
    found: dict[str, str] = {}
    for path, tree in _modules():
        place = path.relative_to(ROOT).as_posix()
        if place in _FOR_AUTHORS:
            continue
        named = _named(tree)
        for node in ast.walk(tree):
            for argument in _arguments(node, tree):
                for text in _texts(argument, named):
                    if " " in text.strip(f" {GAP}"):
                        found.setdefault(text, f"{place}:{argument.lineno}")
    return found


@cache
def literals() -> frozenset[str]:
    """Collect all texts in the code, whatever they are for."""
    found = set((ROOT / "Makefile").read_text().splitlines())
    for _, tree in _modules():
        found |= {text for node in ast.walk(tree) if (text := _written(node))}
    return frozenset(found)


def is_quoted(quote: str) -> bool:
    """Tell whether some text in the code says what is quoted."""
    texts, longest = _together(), max(_pieces(quote), key=len)
    end = 0
    # Where the longest piece is, since there are thousands of both.
    while (place := texts.find(longest, end)) >= 0:
        begin, end = texts.rfind("\0", 0, place) + 1, texts.find("\0", place)
        if says(quote, texts[begin:end]):
            return True
    return False


def says(quote: str, text: str) -> bool:
    """Tell whether a text has all pieces of a quoted sentence, in order."""
    place = 0
    for piece in _pieces(quote):
        place = text.find(piece, place)
        if place < 0:
            return False
        place += len(piece)
    return True


@cache
def _pieces(quote: str) -> tuple[str, ...]:
    return tuple(piece.strip() for piece in quote.split(GAP))


@cache
def _together() -> str:
    return "".join(f"{text}\0" for text in literals())


@cache
def _modules() -> tuple[tuple[Path, ast.Module], ...]:
    return tuple(
        (path, ast.parse(path.read_text(encoding="utf-8")))
        for folder in CODE
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.resolve() == path
    )


def _named(tree: ast.AST) -> dict[str, list[ast.expr]]:
    """Find what is assigned to each name, anywhere in a module or a function."""
    named: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    named.setdefault(target.id, []).append(node.value)
    return named


@cache
def _returned() -> dict[str, list[tuple[ast.expr, dict[str, list[ast.expr]]]]]:
    """Find what functions return that make a text, and what the names in it stand for."""
    returned: dict[str, list[tuple[ast.expr, dict[str, list[ast.expr]]]]] = {}
    for _, tree in _modules():
        constants = {name: values for name, values in _named(tree).items() if name.isupper()}
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and function.returns is not None:
                if ast.unparse(function.returns) != "str":
                    continue
                named = constants | _named(function)
                for node in ast.walk(function):
                    if isinstance(node, ast.Return) and node.value:
                        returned.setdefault(function.name, []).append((node.value, named))
    return returned


def _arguments(node: ast.AST, tree: ast.Module) -> list[ast.expr]:
    """Give the texts in a statement that somebody is shown."""
    if isinstance(node, ast.Call):
        if ast.unparse(node.func).endswith(".label"):
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            noted = "icon" in given and ast.unparse(given["icon"]) in ("'ERROR'", "'INFO'")
            return [given["text"]] if noted and "text" in given else []
        return node.args if _shows(node, tree) else []
    # What somebody else reports.
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        first, rest = node.value.elts[:1], node.value.elts[1:]
        return rest if first and ast.unparse(first[0]) in _ALARMS else []
    return []


def _shows(call: ast.Call, tree: ast.Module) -> bool:
    name = ast.unparse(call.func)
    if name.endswith(".report"):
        return bool(call.args) and ast.unparse(call.args[0]) in _ALARMS
    if name == "click.echo":
        return any(keyword.arg == "err" for keyword in call.keywords)
    return bool(_SHOW.search(name)) or id(call) in _raised(tree)


@cache
def _raised(tree: ast.Module) -> frozenset[int]:
    return frozenset(id(node.exc) for node in ast.walk(tree) if isinstance(node, ast.Raise))


def _texts(node: ast.expr, named: dict[str, list[ast.expr]]) -> Iterator[str]:
    """Find the texts in an argument: literals, what names stand for, both ways of an if."""
    if text := _written(node):
        yield text
        for part in ast.walk(node):
            if isinstance(part, ast.Name | ast.IfExp | ast.Attribute | ast.Call):
                clauses = _texts(part, named)
                yield from (c for c in clauses if len(_own_words(c)) >= _CLAUSE_WORDS)
    elif isinstance(node, ast.Name):
        # Without itself, as in text = f"{text}.", which would go on for ever.
        others = {name: values for name, values in named.items() if name != node.id}
        for value in named.get(node.id, []):
            yield from _texts(value, others)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _texts(value, named)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, named)
        yield from _texts(node.orelse, named)
    elif isinstance(node, ast.List | ast.Tuple):
        for element in node.elts:
            yield from _texts(element, named)
    elif isinstance(node, ast.ListComp):
        yield from _texts(node.elt, named)
        for loop in node.generators:
            yield from _texts(loop.iter, named)
    elif isinstance(node, ast.Attribute):
        yield from _made_by(node.attr)
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):
            yield from _texts(node.func.value, named)
            if node.func.attr == "join":
                yield from _texts(node.args[0], named)
        yield from _made_by(ast.unparse(node.func).rpartition(".")[2])


_looked_at: list[str] = []


def _made_by(function: str) -> Iterator[str]:
    """Find the sentences that a function makes, or one that an attribute is named after."""
    # One may return another's attribute of its own name, which would go on for ever.
    if function in _looked_at:
        return
    _looked_at.append(function)
    try:
        found = [text for value, named in _returned().get(function, [])
                 for text in _texts(value, named)]  # fmt: skip
    finally:
        _looked_at.pop()
    yield from (text for text in found if len(_own_words(text)) >= _CLAUSE_WORDS)


def _own_words(text: str) -> list[str]:
    return text.replace(GAP, " ").split()


def _written(node: ast.AST) -> str | None:
    """Put a literal together."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.replace("{}", GAP)
    if isinstance(node, ast.JoinedStr):
        return "".join(_written(part) or GAP for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (_written(node.left) or GAP) + (_written(node.right) or GAP)
    return None
