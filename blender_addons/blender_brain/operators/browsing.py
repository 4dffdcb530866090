# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose an atlas, and browse its tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import bpy
from bpy.props import StringProperty

from ..atlas.film_regions import AUTOMATIC
from ..common.suggestions import Field, SuggestionsPopup
from ..download import running
from ..properties import unfolded
from ..settings import fields, search_of

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

    from ..properties import BLENDER_BRAIN_PG_structure

    Structures = bpy.types.bpy_prop_collection_idprop[BLENDER_BRAIN_PG_structure]


class BLENDER_BRAIN_OT_choose_atlas(bpy.types.Operator):
    """Work with this atlas"""  # noqa: D400, D415

    bl_idname = "blender_brain.choose_atlas"
    bl_label = "Choose Atlas"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        atlas: str
    else:
        atlas: StringProperty(
            name="Atlas", description="Name of the atlas, with or without version"
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Store its name in the panel's field."""
        typed = fields(context.scene)
        typed.atlas = self.atlas
        # Ids have a different meaning in another atlas.
        unfolded(context).clear()
        typed.ticked.clear()
        return {"FINISHED"}


def _structures(context: bpy.types.Context) -> list[tuple[str, str]]:
    search = search_of(context)
    return [] if search is None else search.choices()


def _add_structure(context: bpy.types.Context, typed: str, term: str) -> str:
    search = search_of(context)
    return term if search is None else search.with_term(typed, term)


def _typed(context: bpy.types.Context) -> Any:
    return fields(context.scene)


def _instead_of_auto(context: bpy.types.Context, text: str, chosen: str) -> str:
    """Replace a film's automatic choice by a structure, or add it to those named."""
    return chosen if text == AUTOMATIC else _add_structure(context, text, chosen)


class BLENDER_BRAIN_OT_suggest(SuggestionsPopup):
    """List the possible values of a field."""

    bl_idname = "blender_brain.suggest"
    FIELDS: ClassVar = {
        "acronyms": Field(_typed, "acronyms", _structures, _add_structure),
        "region": Field(_typed, "region", _structures),
        **{
            name: Field(_typed, name, _structures, _instead_of_auto)
            for name in ("glass", "glow", "gradient")
        },
        "download": Field(_typed, "download", lambda _context: running.offered()),
    }


class _OnStructure(bpy.types.Operator):
    """An operator for the structure of a row of the tree."""

    if TYPE_CHECKING:
        structure: str
    else:
        structure: StringProperty(name="Structure", description="The structure's id in the atlas")

    def _toggle(self, chosen: Structures) -> set[OperatorReturnItems]:
        place = chosen.find(self.structure)
        if place < 0:
            chosen.add().name = self.structure
        else:
            chosen.remove(place)
        return {"FINISHED"}


class BLENDER_BRAIN_OT_unfold(_OnStructure):
    """Expand or collapse this structure"""  # noqa: D400, D415

    bl_idname = "blender_brain.unfold"
    bl_label = "Unfold"
    # Expanding the tree does not need undo, nor a copy of the whole file.
    bl_options = {"INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Toggle it."""
        return self._toggle(unfolded(context))


class BLENDER_BRAIN_OT_tick(_OnStructure):
    """Tick this structure for import"""  # noqa: D400, D415

    bl_idname = "blender_brain.tick"
    bl_label = "Tick"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Toggle it."""
        return self._toggle(fields(context.scene).ticked)


class BLENDER_BRAIN_OT_untick_all(bpy.types.Operator):
    """Clear all ticks"""  # noqa: D400, D415

    bl_idname = "blender_brain.untick_all"
    bl_label = "Untick All"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Empty the list."""
        fields(context.scene).ticked.clear()
        return {"FINISHED"}


CLASSES = (
    BLENDER_BRAIN_OT_suggest,
    BLENDER_BRAIN_OT_choose_atlas,
    BLENDER_BRAIN_OT_unfold,
    BLENDER_BRAIN_OT_tick,
    BLENDER_BRAIN_OT_untick_all,
)
