# SPDX-License-Identifier: GPL-3.0-or-later
"""Inputs of a geometry nodes modifier, by the names that its panel shows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import bpy

from ..drivers import Source, drive


def find_group_modifier(
    thing: bpy.types.Object | None, group: str
) -> bpy.types.NodesModifier | None:
    """Find an object's modifier that has a node group.

    Parameters
    ----------
    group : str
        Prefix of the group's name.
    """
    for modifier in thing.modifiers if thing else ():
        if (
            isinstance(modifier, bpy.types.NodesModifier)
            and modifier.node_group is not None
            and modifier.node_group.name.startswith(group)
        ):
            return modifier
    return None


def add_group_modifier(
    thing: bpy.types.Object,
    name: str,
    group: bpy.types.NodeTree,
    inputs: Mapping[str, Any] | None = None,
) -> bpy.types.NodesModifier:
    """Give an object a modifier that runs a node group.

    Parameters
    ----------
    name : str
        Of the modifier.
    inputs : mapping, optional
        Values by name, as for `set_inputs`.
    """
    modifier = thing.modifiers.new(name, "NODES")
    assert isinstance(modifier, bpy.types.NodesModifier)
    modifier.node_group = group
    set_inputs(modifier, inputs or {})
    return modifier


def input_value(modifier: bpy.types.NodesModifier, name: str) -> Any:
    """Find the struct that holds an input's value.

    Parameters
    ----------
    name : str
        As the modifier panel shows it.

    Returns
    -------
    bpy_struct
        Its ``value`` can be read, set, keyframed and shown in a panel.

    Raises
    ------
    KeyError
        Naming the available inputs.
    """
    inputs = _identifiers(modifier)
    if name not in inputs:
        raise KeyError(f"Modifier '{modifier.name}' has no input '{name}'; it has {list(inputs)}")
    # Each group's inputs form their own struct, which the stubs cannot know.
    properties: Any = modifier.properties
    return getattr(properties.inputs, inputs[name])


def node_inputs(
    thing: bpy.types.Object, kinds: Collection[str]
) -> Iterator[tuple[bpy.types.NodesModifier, str, Any]]:
    """Yield modifier, identifier and holder of an object's node modifier inputs of some kinds.

    Parameters
    ----------
    kinds : collection of str
        Types of sockets, such as ``"NodeSocketMaterial"``.
    """
    for modifier in thing.modifiers:
        if not isinstance(modifier, bpy.types.NodesModifier) or modifier.node_group is None:
            continue
        properties: Any = modifier.properties
        interface: Any = modifier.node_group.interface
        for item in interface.items_tree:
            if getattr(item, "socket_type", "") in kinds and item.in_out == "INPUT":
                yield modifier, item.identifier, getattr(properties.inputs, item.identifier)


def has_input(modifier: bpy.types.NodesModifier, name: str) -> bool:
    """Tell whether a modifier has an input of this name."""
    return name in _identifiers(modifier)


def set_inputs(modifier: bpy.types.NodesModifier, values: Mapping[str, Any]) -> None:
    """Set inputs and have the object re-evaluated.

    Parameters
    ----------
    values : mapping
        By the names that the modifier panel shows.

    Raises
    ------
    KeyError
        If there is no such input.
    """
    relinked = False
    for name, value in values.items():
        holder = input_value(modifier, name)
        relinked |= isinstance(value, bpy.types.ID) and holder.value != value
        holder.value = value
    if relinked:
        # What is linked would be evaluated only once something else changes the relations.
        modifier.node_group = modifier.node_group
    owner = modifier.id_data
    if isinstance(owner, bpy.types.Object):
        owner.update_tag()


def follow(
    modifier: bpy.types.NodesModifier, name: str, owner: bpy.types.ID, data_path: str
) -> None:
    """Make an input always equal a property of something else.

    Parameters
    ----------
    name : str
        Of the input: a number, switch, menu or color.
    owner : ID
        Datablock that has the property.
    data_path : str
        Of the property; that of another modifier's input is
        ``input_value(other, name).path_from_id("value")``.
    """
    drive(input_value(modifier, name), "value", {"value": Source(owner, data_path)}, "value")


def _identifiers(modifier: bpy.types.NodesModifier) -> dict[str, str]:
    """Find the identifiers of inputs by their names."""
    group = modifier.node_group
    items: Any = [] if group is None or group.interface is None else group.interface.items_tree
    return {
        item.name: item.identifier
        for item in items
        if isinstance(item, bpy.types.NodeTreeInterfaceSocket) and item.in_out == "INPUT"
    }


def follow_socket(
    modifier: bpy.types.NodesModifier, name: str, material: bpy.types.Material, socket: Any
) -> None:
    """Make a modifier's input always equal an input of a material's node.

    Parameters
    ----------
    name : str
        Of the modifier's input.
    socket : NodeSocket
        Of a node of the material.
    """
    # Through the material: a reference to its embedded node tree is lost when a file is saved.
    follow(modifier, name, material, f"node_tree.{socket.path_from_id('default_value')}")


def add_viewport_modifier(
    thing: bpy.types.Object, name: str, group: str, build: Callable[[], bpy.types.NodeTree]
) -> bpy.types.NodesModifier:
    """Give an object a viewport-only modifier, or enable its existing one.

    Parameters
    ----------
    name : str
        Of the modifier.
    group : str
        See `find_group_modifier`.
    build : callable
        Makes the group if there is no modifier yet.
    """
    modifier = find_group_modifier(thing, group)
    if modifier is None:
        modifier = add_group_modifier(thing, name, build())
        modifier.show_render = False
    modifier.show_viewport = True
    return modifier


def remove_with_drivers(modifier: bpy.types.Modifier | None) -> None:
    """Remove a modifier, and the drivers of its inputs, which Blender would leave behind.

    Parameters
    ----------
    modifier : Modifier or None
        None if there is nothing to remove.
    """
    if modifier is None:
        return
    owner = modifier.id_data
    assert isinstance(owner, bpy.types.Object)
    path = f"{modifier.path_from_id()}."
    drivers: Any = owner.animation_data.drivers if owner.animation_data else ()
    for driver in [one for one in drivers if one.data_path.startswith(path)]:
        drivers.remove(driver)
    owner.modifiers.remove(modifier)
