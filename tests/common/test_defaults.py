# SPDX-License-Identifier: GPL-3.0-or-later
"""One truth for a default: a field begins with what the function takes that the operator calls."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


def begins_with(operator: Any) -> dict[str, Any]:
    """The defaults of an operator's fields."""
    found = {}
    for name, field in operator.get_rna_type().properties.items():
        if getattr(field, "is_array", False):
            found[name] = tuple(field.default_array)
        elif hasattr(field, "default"):
            found[name] = field.default
    return found


def handed_over(cls: type) -> Iterator[tuple[Callable[..., Any], str, str]]:
    """Which function an operator calls with which of its fields, and as which parameter."""
    for _, method in inspect.getmembers(cls, inspect.isfunction):
        names = method.__globals__
        for call in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(method)))):
            function = resolved(call.func, names) if isinstance(call, ast.Call) else None
            if not inspect.isfunction(function):
                continue
            given = [*zip(inspect.signature(function).parameters, call.args, strict=False)]
            given += [(keyword.arg, keyword.value) for keyword in call.keywords]
            for parameter, value in given:
                if isinstance(value, ast.Attribute) and ast.unparse(value.value) == "self":
                    yield function, parameter, value.attr


def resolved(named: ast.expr, names: dict[str, Any]) -> Any:
    """What ``name`` or ``module.name`` stands for."""
    if isinstance(named, ast.Attribute) and isinstance(named.value, ast.Name):
        return getattr(names.get(named.value.id), named.attr, None)
    return names.get(named.id) if isinstance(named, ast.Name) else None


def same(a: Any, b: Any) -> bool:
    if isinstance(a, int | float | tuple) and isinstance(b, int | float | tuple):
        # Blender keeps single precision.
        return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-6)
    return bool(a == b)


def test_operators_and_functions_have_the_same_defaults(bpy):
    import blender_brain
    import blender_spike
    import surface_slicer

    compared, differ = 0, []
    for extension in (blender_spike, blender_brain, surface_slicer):
        for cls in extension.CLASSES:
            if not issubclass(cls, bpy.types.Operator):
                continue
            group, name = cls.bl_idname.split(".")
            fields = begins_with(getattr(getattr(bpy.ops, group), name))
            for function, parameter, field in handed_over(cls):
                known = inspect.signature(function).parameters.get(parameter)
                # None leaves what is there as it is.
                if known is None or known.default in (known.empty, None) or field not in fields:
                    continue
                compared += 1
                if not same(fields[field], known.default):
                    differ.append(
                        f"{cls.bl_idname}({field}={fields[field]!r}) calls "
                        f"{function.__name__}({parameter}={known.default!r})"
                    )
    assert not differ, "\n".join(differ)
    assert compared > 60


def test_a_look_s_settings_have_one_default(bpy):
    """The panel's and the operator's fields begin with it, and so does a script that gives none."""
    from blender_brain.regions.look_materials import set_look
    from blender_brain.regions.looks import LOOKS, SETTINGS

    of_operator = begins_with(bpy.ops.blender_brain.set_look)
    of_panel = bpy.context.scene.blender_brain.bl_rna.properties
    for name, setting in SETTINGS.items():
        assert same(of_operator[name], setting.default), name
        field = of_panel[name]
        panels = tuple(field.default_array) if getattr(field, "is_array", False) else field.default
        assert same(panels, setting.default), name
    thing = bpy.data.objects.new("thing", bpy.data.meshes.new("thing"))
    for look in LOOKS.values():
        plain = inputs(set_look([thing], look.identifier))
        given = {name: of_operator[name] for name in look.settings}
        assert inputs(set_look([thing], look.identifier, **given)) == plain
    nodes = set_look([thing], "GLOW").node_tree.nodes
    strength, form = nodes["Strength"].inputs[0], nodes["Form"].inputs["B"]
    assert (strength.default_value, form.default_value) == (1.0, 0.25)


def inputs(material: Any) -> dict[tuple[str, str], Any]:
    """What the unlinked inputs of a material's nodes are."""
    return {
        (node.name, one.identifier): tuple(value) if hasattr(value, "__len__") else value
        for node in material.node_tree.nodes
        for one in node.inputs
        if (value := getattr(one, "default_value", None)) is not None
    }
