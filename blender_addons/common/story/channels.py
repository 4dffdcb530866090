# SPDX-License-Identifier: GPL-3.0-or-later
"""Keyframes that a story makes, and whether a person changed them since.

They are collected first and written together, so that a property is written once. With each
datablock is kept what was written: what is different the next time is somebody's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import bpy

from ..animation import fcurves
from ..marks import SHARED

_KEYS: Final = f"{SHARED}_story_keys"
Value = float | tuple[float, ...]


class Key(NamedTuple):
    """A keyframe."""

    frame: float
    value: Value
    ease: str = "SINE"
    """How the property goes on from here, as Blender names it."""


@dataclass
class Channels:
    """The keyframes of a film, by datablock and property."""

    found: dict[tuple[bpy.types.ID, str], list[Key]] = field(default_factory=dict)

    def add(self, owner: bpy.types.ID, path: str, keys: Sequence[Key]) -> None:
        """Add keyframes of a property; later ones win in the same frame.

        Parameters
        ----------
        path : str
            Data path, from the datablock.
        """
        there = self.found.setdefault((owner, path), [])
        frames = {key.frame for key in keys}
        there[:] = sorted(
            [*(key for key in there if key.frame not in frames), *keys], key=lambda key: key.frame
        )

    def value(self, owner: bpy.types.ID, path: str, frame: float, default: Value) -> Value:
        """Return what a property is at the last keyframe up to a frame."""
        before = [key for key in self.found.get((owner, path), ()) if key.frame <= frame]
        return before[-1].value if before else default

    def write(self) -> list[str]:
        """Write all keyframes, in place of those written before.

        Returns
        -------
        list of str
            A sentence for each property whose keyframes a person changed, which are left alone.
        """
        kept = []
        for owner in _owners():
            written = _written(owner)
            for path, digest in list(written.items()):
                now = digest_of(owner, path)
                if now and now != digest:
                    # Without any it is free again.
                    if self.found.pop((owner, path), None) is not None:
                        kept.append(
                            f"'{owner.name}': its keyframes of {_label(owner, path)} were changed "
                            "by hand, so they stay; delete them for the story's."
                        )
                    continue
                _remove(owner, path)
                del written[path]
            _remember(owner, written)
        for (owner, path), keys in self.found.items():
            _insert(owner, path, keys)
            _remember(owner, _written(owner) | {path: digest_of(owner, path)})
        return kept


def digest_of(owner: bpy.types.ID, path: str) -> str:
    """Summarize the keyframes of a property; empty if it has none."""
    rows = [
        (
            curve.array_index,
            [(round(k.co.x, 3), round(k.co.y, 4), k.interpolation) for k in curve.keyframe_points],
        )
        for curve in fcurves(owner, path)
    ]
    return hashlib.sha256(json.dumps(sorted(rows)).encode()).hexdigest()[:16] if rows else ""


def story_paths(owner: bpy.types.ID) -> set[str]:
    """List the properties of a datablock that a story animates."""
    return set(_written(owner))


def _owners() -> Iterator[bpy.types.ID]:
    data: Any = bpy.data
    for blocks in (data.objects, data.cameras, data.node_groups, data.scenes):
        yield from (block for block in blocks if _KEYS in block)
    for material in data.materials:
        tree = material.node_tree
        if tree is not None and _KEYS in tree:
            yield tree


def _written(owner: Any) -> dict[str, str]:
    try:
        found = json.loads(owner.get(_KEYS, "{}"))
    except (TypeError, ValueError):
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _remember(owner: Any, written: dict[str, str]) -> None:
    if written:
        owner[_KEYS] = json.dumps(written)
    elif _KEYS in owner:
        del owner[_KEYS]


def _remove(owner: Any, path: str) -> None:
    curves = fcurves(owner, path)
    if curves:
        _own_action(owner)
    for layer in owner.animation_data.action.layers if curves else ():
        for strip in layer.strips:
            bag = strip.channelbag(owner.animation_data.action_slot)
            for curve in [one for one in bag.fcurves if one.data_path == path] if bag else ():
                bag.fcurves.remove(curve)


def _own_action(owner: Any) -> Any:
    """Find the datablock's own action, or make it: others' may be shared."""
    data = owner.animation_data_create()
    if data.action is None:
        data.action = bpy.data.actions.new(f"{owner.name} story")
    elif data.action.users > 1 or not data.action.is_editable:
        data.action = data.action.copy()
    return data.action


def _insert(owner: Any, path: str, keys: Sequence[Key]) -> None:
    _remove(owner, path)
    action = _own_action(owner)
    size = len(keys[0].value) if isinstance(keys[0].value, tuple) else 0
    for index in range(size or 1):
        curve = action.fcurve_ensure_for_datablock(owner, path, index=index)
        curve.keyframe_points.add(len(keys))
        for point, key in zip(curve.keyframe_points, keys, strict=True):
            number = key.value[index] if isinstance(key.value, tuple) else key.value
            point.co = key.frame, number
            point.interpolation, point.easing = key.ease, "EASE_IN_OUT"
            point.handle_left_type = point.handle_right_type = "AUTO_CLAMPED"
        curve.update()


def _label(owner: Any, path: str) -> str:
    """Name a property as people see it."""
    holder, _, last = path.rpartition(".")
    try:
        found = owner.path_resolve(holder) if holder else owner
        modifier = owner.path_resolve(holder.split(".properties")[0]) if holder else None
        group = getattr(modifier, "node_group", None)
        for item in group.interface.items_tree if group is not None else ():
            if holder.endswith(f".{getattr(item, 'identifier', ' ')}"):
                return f"'{item.name}'"
        return f"'{found.bl_rna.properties[last].name}'"
    except (ValueError, KeyError, AttributeError):
        return f"'{last or path}'"
