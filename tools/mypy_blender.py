# SPDX-License-Identifier: GPL-3.0-or-later
"""A plugin of mypy: what Blender's stubs call optional, but operators and panels always have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mypy.plugin import AttributeContext, Plugin
from mypy.typeops import make_simplified_union
from mypy.types import NoneType, Type, UnionType, get_proper_type

ALWAYS_THERE: Final = {
    f"bpy.types.{name}"
    for name in (
        "Context.scene",
        "Context.view_layer",
        "Context.window_manager",
        "Context.preferences",
        "Menu.layout",
        "Operator.layout",
        "Panel.layout",
        "UIList.layout",
        "Scene.collection",
        "Scene.render",
        "Scene.view_settings",
        "ViewLayer.depsgraph",
        "Window.screen",
    )
}


class _Blender(Plugin):
    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        return _without_none if fullname in ALWAYS_THERE else None


def _without_none(context: AttributeContext) -> Type:
    declared = get_proper_type(context.default_attr_type)
    if not isinstance(declared, UnionType):
        return declared
    there = [one for one in declared.items if not isinstance(get_proper_type(one), NoneType)]
    return make_simplified_union(there)


def plugin(_version: str) -> type[Plugin]:
    """Return the plugin; mypy calls this."""
    return _Blender
