# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the manual's pages of operators from their classes, as Blender itself registers them.

Run by ``make reference``. A test compares the pages with the classes, so that they cannot go stale.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "docs" / "operators"
ADDONS: Final = {
    "blender_spike": "BlenderSpike",
    "blender_brain": "BlenderBrain",
    "surface_slicer": "Surface Slicer",
}
# What every add-on registers under its own name, and is the same in all of them.
SHARED: Final = ("story", "output")
# Modules whose operators have a second page, since a page may not be too high.
FURTHER: Final = {"blender_spike": ("timing", "film", "sound", "field", "pace", "exporting")}
_WIDE: Final = 1e18
_HEAD: Final = """---
description: Operators of {title}, with their arguments
---

# Operators: {title}

Each is called as `bpy.ops.{addon}.NAME(…)`, with the arguments by name; all have defaults. They are
what the buttons call, and need what these need, such as an active object. In quotes are the choices
of an argument. This page is generated from the classes.{more}
"""
_MORE: Final = " Those about stories and *Output* are on [a page of their own](output.md)."


def pages() -> dict[str, str]:
    """Write the page of each add-on.

    Returns
    -------
    dict
        Text by the file's name.
    """
    sys.path.insert(0, str(ROOT / "blender_addons"))
    found: dict[str, str] = {}
    shared: set[str] = set()
    for addon, title in ADDONS.items():
        package = importlib.import_module(addon)
        package.register()
        try:
            groups = dict(_groups(package))
        finally:
            package.unregister()
        shared.add("".join(groups.pop(module) for module in SHARED))
        name = addon.replace("_", "-")
        further = {module: groups.pop(module) for module in FURTHER.get(addon, ())}
        more = _MORE
        if further:
            more += f" Those about films are [on another page]({name}-films.md)."
            head = _HEAD.format(
                addon=addon,
                title=f"{title}, films",
                more=f" All others are on [the first page]({name}.md).",
            )
            found[f"{name}-films.md"] = head + "".join(further.values())
        head = _HEAD.format(addon=addon, title=title, more=more)
        found[f"{name}.md"] = head + "".join(groups.values())
    (same,) = shared
    names = ", ".join(f"`{addon}`" for addon in ADDONS)
    found["output.md"] = (
        _HEAD.format(
            addon="ADDON",
            title="stories and output",
            more=f" ADDON is any of {names}: all three have them.",
        )
        + same
    )
    return found


def _groups(package: Any) -> Iterator[tuple[str, str]]:
    """Describe the operators of each module, in the order in which they are registered."""
    bpy = importlib.import_module("bpy")
    modules: dict[str, list[Any]] = {}
    for cls in package.CLASSES:
        if issubclass(cls, bpy.types.Operator) and "INTERNAL" not in cls.bl_options:
            modules.setdefault(cls.__module__.rpartition(".")[2], []).append(cls)
    for module, classes in modules.items():
        parts = [f"\n## {module.replace('_', ' ').capitalize()}"]
        for cls in classes:
            name = cls.bl_idname.partition(".")[2]
            kind = getattr(getattr(bpy.ops, package.__name__), name).get_rna_type()
            parts.append(f"\n### {name}\n\n*{kind.name}.* {_sentence(kind.description)}")
            rows = [
                f"| `{one.identifier}` | {_default(one)} | {_meaning(one)} |"
                for one in kind.properties
                if one.identifier != "rna_type" and not one.is_hidden
            ]
            if rows:
                parts += ["\n| | | |\n| --- | --- | --- |", *rows]
        yield module, "\n".join(parts) + "\n"


def _sentence(text: str) -> str:
    text = re.sub(r"([][|*<])", r"\\\1", text.strip())
    return f"{text}." if text and text[-1] not in ".!?)" else text


def _default(one: Any) -> str:
    if one.type in ("FLOAT", "INT") and one.is_array:
        return f"`({', '.join(f'{value:g}' for value in one.default_array)})`"
    if one.type == "FLOAT":
        return f"`{one.default:g}`"
    if one.type == "STRING":
        return f'`"{one.default}"`'
    if one.type == "ENUM" and one.is_enum_flag:
        return f"`{{{', '.join(repr(name) for name in sorted(one.default_flag))}}}`"
    if one.type == "ENUM":
        # What a file offers is not known before it is read.
        return f"`'{one.default}'`" if one.default else ""
    return f"`{one.default}`"


def _meaning(one: Any) -> str:
    parts = [_sentence(one.description or one.name)]
    if one.type in ("FLOAT", "INT"):
        low = one.hard_min if one.hard_min > -min(_WIDE, 2**31 - 1) else None
        high = one.hard_max if one.hard_max < min(_WIDE, 2**31 - 1) else None
        if low is not None and high is not None:
            parts.append(f"{low:g} to {high:g}.")
        elif low is not None:
            parts.append(f"At least {low:g}.")
        elif high is not None:
            parts.append(f"At most {high:g}.")
    if one.type == "ENUM":
        parts.append(", ".join(f"`'{item.identifier}'`" for item in one.enum_items_static))
    return " ".join(part for part in parts if part)


def main() -> None:
    """Write them into the manual, or into the given folder."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
        print(folder / name)


if __name__ == "__main__":
    main()
