# SPDX-License-Identifier: GPL-3.0-or-later
"""Which panels of an add-on the sidebar shows, and which operators it has."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any


def shown(bpy: Any, addon: str) -> set[str]:
    """Name the panels of an add-on's tab that are there for what is active and selected."""
    classes = importlib.import_module(addon).CLASSES
    panels = [c for c in classes if issubclass(c, bpy.types.Panel)]
    return {
        panel.__name__
        for panel in panels
        if panel.bl_space_type == "VIEW_3D"
        and (not hasattr(panel, "poll") or panel.poll(bpy.context))
    }


def operators(bpy: Any, addon: str) -> set[str]:
    """Name the operators of an add-on, without its prefix."""
    classes = importlib.import_module(addon).CLASSES
    found = [c for c in classes if issubclass(c, bpy.types.Operator)]
    return {operator.bl_idname.partition(".")[2] for operator in found}


class _Rows:
    """A layout that keeps the texts that are drawn into it."""

    def __init__(self, texts: list[str]) -> None:
        self.__dict__["texts"] = texts

    def __setattr__(self, name: str, value: Any) -> None:
        """Take any setting, as of an operator that is drawn."""

    def __getattr__(self, name: str) -> Any:
        def draw(*_args: Any, **settings: Any) -> _Rows:
            if settings.get("text"):
                self.texts.append(settings["text"])
            return self

        return draw


def drawn(bpy: Any, panel: Any) -> list[str]:
    """List the texts that a panel or a menu draws, in their order."""
    texts: list[str] = []
    panel.draw(SimpleNamespace(layout=_Rows(texts)), bpy.context)
    return texts
