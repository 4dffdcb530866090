# SPDX-License-Identifier: GPL-3.0-or-later
"""Keyframes that a story makes, and whether a person changed them since.

They are collected first and written together, so that a property is written once. With each
datablock is kept what was written: what is different the next time is somebody's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import bpy

from ..animation import Key, Value, digest_of, remove_fcurves, write_keys
from ..marks import SHARED

_KEYS: Final = f"{SHARED}_story_keys"


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
                remove_fcurves(owner, path)
                del written[path]
            _remember(owner, written)
        for (owner, path), keys in self.found.items():
            write_keys(owner, path, keys)
            _remember(owner, _written(owner) | {path: digest_of(owner, path)})
        return kept


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
