# SPDX-License-Identifier: GPL-3.0-or-later
"""Node groups written by the extensions, each once per file."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Concatenate, Final, Literal, ParamSpec, cast

import bpy

from ..marks import SHARED, Mark
from .tree import Tree

_GroupKind = Literal["GeometryNodeTree", "CompositorNodeTree", "ShaderNodeTree"]
_DIGEST: Final = Mark(SHARED, "built_from", "built_from", lambda group: "built_as" in group)
# The name under which it was written; it gets another one if a user's group has that name.
_WRITTEN_AS: Final = Mark(SHARED, "built_as", "built_as", lambda group: "built_from" in group)
_built_here: dict[str, str] = {}
_P = ParamSpec("_P")


@contextlib.contextmanager
def geometry_group(name: str) -> Iterator[Tree]:
    """Write a geometry node group that can be used as a modifier.

    Parameters
    ----------
    name : str
        A group of this name that was built from the same lines is reused. An older one is replaced
        wherever it is used, unless that would change the meaning of what is set there: then its
        users keep it, under another name.

    Yields
    ------
    Tree
        Its `tree` is the group, once the ``with`` block has ended.
    """
    with _group(name, "GeometryNodeTree") as tree:
        tree.tree.is_modifier = True
        yield tree


def _find_group(name: str) -> Any:
    """Find a group that this session wrote, so that it need not be rebuilt for comparison."""
    group = _written(name)
    if group is None or name not in _built_here:
        return None
    return group if _DIGEST.of(group) == _built_here[name] else None


def is_written(group: Any) -> bool:
    """Tell whether a group was written here."""
    return _WRITTEN_AS.on(group)


def disown(group: Any) -> None:
    """Hand a changed group over to the user: it keeps its nodes and is never rewritten."""
    if is_written(group):
        _WRITTEN_AS.remove(group)


def _written(name: str) -> Any:
    """Find a group that was written under a name, never a user's own or one of another file."""
    groups = bpy.data.node_groups
    named = groups.get(name)
    candidates = groups if named is None else [named, *groups]
    return next(
        (group for group in candidates if group.library is None and _WRITTEN_AS.of(group) == name),
        None,
    )


def group(
    name: str, kind: Callable[[str], AbstractContextManager[Tree]] = geometry_group
) -> Callable[[Callable[Concatenate[Tree, _P], None]], Callable[_P, bpy.types.NodeTree]]:
    """Turn a function that writes a tree into one that returns the group, written once per session.

    Parameters
    ----------
    name : str
        Of the group; ``{}`` is replaced by the function's argument, if its lines depend on one.
    kind : callable
        `geometry_group`, `shader_group` or `compositor_group`.
    """

    def decorate(
        write: Callable[Concatenate[Tree, _P], None],
    ) -> Callable[_P, bpy.types.NodeTree]:
        @functools.wraps(write)
        def written(*args: _P.args, **kwargs: _P.kwargs) -> bpy.types.NodeTree:
            full_name = name.format(*args)
            found = _find_group(full_name)
            if found is None:
                with kind(full_name) as tree:
                    write(tree, *args, **kwargs)
                found = tree.tree
            return cast(bpy.types.NodeTree, found)

        return written

    return decorate


@contextlib.contextmanager
def shader_group(name: str) -> Iterator[Tree]:
    """Write a shader node group; see `geometry_group`."""
    with _group(name, "ShaderNodeTree") as tree:
        yield tree


@contextlib.contextmanager
def compositor_group(name: str) -> Iterator[Tree]:
    """Write a compositor node group; see `geometry_group`."""
    with _group(name, "CompositorNodeTree") as tree:
        yield tree


@contextlib.contextmanager
def material(name_or_material: str | bpy.types.Material) -> Iterator[Tree]:
    """Write the nodes of a material, replacing existing ones.

    Parameters
    ----------
    name_or_material : str or Material
        A material of this name is reused.

    Yields
    ------
    Tree
        Its `tree` is the material's node tree.
    """
    if isinstance(name_or_material, str):
        found = bpy.data.materials.get(name_or_material)
        target = bpy.data.materials.new(name_or_material) if found is None else found
    else:
        target = name_or_material
    with _embedded(target, f"material {target.name}") as tree:
        yield tree


@contextlib.contextmanager
def world(target: bpy.types.World) -> Iterator[Tree]:
    """Write the nodes of a world, replacing existing ones; see `material`."""
    with _embedded(target, f"world {target.name}") as tree:
        yield tree


@contextlib.contextmanager
def _embedded(owner: Any, name: str) -> Iterator[Tree]:
    owner.node_tree.nodes.clear()
    tree = Tree(owner.node_tree, name)
    yield tree
    tree.finish()


@contextlib.contextmanager
def _group(name: str, kind: _GroupKind) -> Iterator[Tree]:
    groups = bpy.data.node_groups
    older = _written(name)
    # The name may be in use while it is being written, so it is set afterwards.
    tree = Tree(groups.new(f"{name} (new)", kind), name)
    try:
        yield tree
        digest = tree.finish()
    except BaseException:
        groups.remove(tree.tree)
        raise
    if older is not None and older.bl_idname == kind and _DIGEST.of(older) == digest:
        _built_here[name] = digest
        groups.remove(tree.tree)
        tree.tree = older
        return
    _built_here[name] = digest
    _DIGEST.put(tree.tree, digest)
    _WRITTEN_AS.put(tree.tree, name)
    if older is not None and older.bl_idname == kind and not _takes_place_of(older, tree.tree):
        disown(older)
        older.name = f"{name} (older)"
    elif older is not None:
        if older.bl_idname == kind:
            older.user_remap(tree.tree)
        groups.remove(older)
    tree.tree.name = name


def _takes_place_of(older: Any, newer: Any) -> bool:
    """Tell whether what was set in one group means the same in another.

    Blender keeps inputs by their place, and items of menus as well. Where other people's styles or
    looks were installed, or another version, there may be others at these places. Outputs count
    only where nodes are linked to them: a modifier takes the one that there is.
    """
    users = bpy.data.user_map(subset={older})[older]
    linked = not all(isinstance(user, bpy.types.Object) for user in users)
    sockets = _sockets(newer)
    kept = (item for item in _sockets(older).items() if linked or item[1][1] == "INPUT")
    menus = list(_menus(newer))
    return all(sockets.get(key) == socket for key, socket in kept) and all(
        any(menu[: len(items)] == items for menu in menus) for items in _menus(older)
    )


def _sockets(group: Any) -> dict[str, tuple[str, str, str]]:
    return {
        item.identifier: (item.name, item.in_out, item.socket_type)
        for item in group.interface.items_tree
        if item.item_type == "SOCKET"
    }


def _menus(group: Any) -> Iterator[tuple[str, ...]]:
    """Give the items of each menu, also of those in groups within the group."""
    for node in group.nodes:
        if node.bl_idname == "GeometryNodeMenuSwitch":
            yield tuple(item.name for item in node.enum_items)
        elif getattr(node, "node_tree", None) is not None:
            yield from _menus(node.node_tree)
