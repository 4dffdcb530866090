# SPDX-License-Identifier: BSD-3-Clause
"""The buttons of a model with a NEURON GUI, as defined in its files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_LARGEST_FILE = 4 << 20
_MOST_FILES = 200
_LONGEST_CALL = 10_000
_DEEPEST_CALL = 20

# Strings come first, so that comment marks inside them are ignored.
_STRING = r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
_HOC_COMMENTS = re.compile(rf"({_STRING})|//[^\n]*|/\*.*?\*/", re.DOTALL)
_PYTHON_COMMENTS = re.compile(rf"({_STRING})|#[^\n]*")
_LOADED = re.compile(rf"\b(?:load_file|xopen)\s*\(\s*(?:[01]\s*,\s*)?({_STRING})")
# GUI elements, and which of their arguments is the command.
_BUTTON = re.compile(r"\b(xbutton|xradiobutton|xcheckbox|xstatebutton)\s*\(")
_ACTIONS = {"xbutton": 1, "xradiobutton": 1, "xcheckbox": 2, "xstatebutton": 2}
_TOKEN = re.compile(rf"{_STRING}|[()\[\]{{}},]|[^()\[\]{{}},\"']+|[\"']")


_MOST_BUTTONS = 40
_WAITS = (
    "{} waits for a button to be clicked, so nothing has "
    "run; --call does what a button would: spike-export run "
    "{} --call {}. Its buttons run these commands:"
)
_STILL_WAITS = "{} has not run, even with --call {}. Its buttons run these commands:"


@dataclass(frozen=True, slots=True)
class Button:
    """A button.

    Attributes
    ----------
    label : str
        The text on the button.
    command : str
        The command it runs, in the model's language.
    """

    label: str
    command: str


def find_buttons(model: Path, folders: Sequence[Path] = ()) -> list[Button]:
    """List the buttons in a model's files, without running them.

    Parameters
    ----------
    model : Path
        A ``.py`` or ``.hoc`` file. The hoc files that it loads are searched as well.
    folders : sequence of Path
        Where to search for these, besides the folder of the file that loads them.

    Returns
    -------
    list of Button
        In file order; each command once. Commands constructed at run time are not found.
    """
    buttons: dict[str, Button] = {}
    for path, text in _files(model, folders):
        python = path.suffix.lower() == ".py"
        for label, command in _buttons(text, python=python):
            if python != (model.suffix.lower() == ".py"):
                command = f"h({command!r})"
            buttons.setdefault(command, Button(label, command))
    return list(buttons.values())


def waits_for(model: Path, buttons: Sequence[Button], call: str | None = None) -> str:
    """Say that a model waits for a button, and list its buttons.

    Parameters
    ----------
    call : str, optional
        What was run instead of a button, without success.

    Returns
    -------
    str
        A sentence, and a line for each button; empty if there are none.
    """
    if not buttons:
        return ""
    first = shlex.quote(buttons[0].command)
    said = _WAITS.format(model, shlex.quote(str(model)), first)
    if call is not None:
        said = _STILL_WAITS.format(model, shlex.quote(call))
    width = max(len(button.command) for button in buttons[:_MOST_BUTTONS])
    lines = [f"  {one.command:<{width}}  {one.label}" for one in buttons[:_MOST_BUTTONS]]
    if len(buttons) > _MOST_BUTTONS:
        lines.append(f"  and {len(buttons) - _MOST_BUTTONS:,} more")
    return "\n".join([said, *lines])


def _files(model: Path, folders: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    seen: set[Path] = set()
    waiting = [model.resolve()]
    while waiting and len(seen) < _MOST_FILES:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        try:
            if path.stat().st_size > _LARGEST_FILE:
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        comments = _PYTHON_COMMENTS if path.suffix.lower() == ".py" else _HOC_COMMENTS
        text = comments.sub(lambda match: match[1] or " ", text)
        yield path, text
        named = [_unquoted(match[1]) for match in _LOADED.finditer(text)]
        places = (path.parent, *folders)
        found = (
            next((place / name for place in places if (place / name).is_file()), None)
            for name in named
            if name and "\0" not in name
        )
        waiting[:0] = [one.resolve() for one in found if one is not None]


def _buttons(text: str, *, python: bool) -> Iterator[tuple[str, str]]:
    for match in _BUTTON.finditer(text):
        arguments = _arguments(text, match.end())
        index = _ACTIONS[match[1]]
        if match[1].endswith("button") and len(arguments) == 1 and index == 1:
            index = 0
        if len(arguments) <= index:
            continue
        label, action = _unquoted(arguments[0]), arguments[index]
        command = _unquoted(action)
        if command is not None:
            command = f"h({command!r})" if python else command
        elif python:
            command = _call(action)
        if label is not None and command and command.strip():
            yield label, command.strip()


def _call(action: str) -> str | None:
    """Write the call of a button's Python function, possibly with arguments."""
    if re.fullmatch(r"[\w.]+", action):
        return f"{action}()"
    match = re.fullmatch(r"[(\[]\s*([\w.]+)\s*,\s*(.*?),?\s*[)\]]", action, re.DOTALL)
    return f"{match[1]}({match[2].removeprefix('(').removesuffix(')')})" if match else None


def _arguments(text: str, begin: int) -> list[str]:
    """Split the arguments of a call at its commas; empty if it does not end."""
    arguments, depth = [""], 0
    for match in _TOKEN.finditer(text, begin):
        token = match[0]
        if token in "([{":
            depth += 1
        elif token in ")]}":
            if depth == 0:
                return [argument.strip() for argument in arguments if argument.strip()]
            depth -= 1
        elif token == "," and depth == 0:
            arguments.append("")
            continue
        arguments[-1] += token
        # What is never closed would be read again from each button within it.
        if depth > _DEEPEST_CALL or match.end() - begin > _LONGEST_CALL:
            break
    return []


def _unquoted(text: str) -> str | None:
    """Evaluate a literal; None if it is something else."""
    if re.fullmatch(_STRING, text) is None:
        return None
    return re.sub(r"\\(.)", lambda match: match[1], text[1:-1])
