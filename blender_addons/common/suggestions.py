# SPDX-License-Identifier: GPL-3.0-or-later
"""A button beside a field of a panel that opens a list of possible values.

A property with ``search=`` would offer the same while typing, but Blender writes no undo step for
such fields in panels: Undo would revert whatever was done before. A plain field gets its undo step,
and so does this operator. In the dialogs and the redo panel of an operator, ``search=`` works.

An add-on writes::

    class X_OT_suggest(SuggestionsPopup, bpy.types.Operator):
        bl_idname = "x.suggest"
        FIELDS = {"region": Field(lambda context: context.scene.x, "region", offered)}

and draws ``draw_field(layout, owner, "region", "x.suggest")`` in its panel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import bpy
from bpy.props import EnumProperty, StringProperty

from .selection import refusal

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


def text_property(search: Any = None, **settings: Any) -> Any:
    """Make a text property, with or without suggestions while typing.

    Parameters
    ----------
    search : callable, optional
        For operators; a field of a panel has none, see above.
    **settings
        Other arguments of ``StringProperty``.
    """
    if search is None:
        # Blender would call the None it is given, and crash as soon as the user clicks the field.
        settings.pop("search_options", None)
        return StringProperty(**settings)
    return StringProperty(search=search, **settings)


@dataclass(frozen=True, slots=True)
class Field:
    """A text field of a panel, and its possible values.

    Attributes
    ----------
    owner : callable
        Finds the owner of the property in a context, or None.
    name : str
        Of the property.
    offered : callable
        Lists values in a context, each with a description, which may be empty.
    put : callable, optional
        Combines the field's text and the chosen value; just that value if not given.
    """

    owner: Callable[[bpy.types.Context], Any]
    name: str
    offered: Callable[[bpy.types.Context], Sequence[tuple[str, str]]]
    put: Callable[[bpy.types.Context, str, str], str] | None = None


# Blender does not keep the texts of dynamic items, so they must be kept here.
_items: dict[tuple[str, str], tuple[Sequence[tuple[str, str]], list[tuple[str, str, str]]]] = {}


def _offered(operator: Any, context: bpy.types.Context) -> list[tuple[str, str, str]]:
    # When asking for items, Blender passes the operator's properties, not the operator.
    fields: Mapping[str, Field] = getattr(bpy.types, operator.bl_rna.identifier).FIELDS
    field = fields.get(operator.field)
    if context is None or field is None:
        return []
    # Each once, since Blender distinguishes items by their text.
    values = list(dict.fromkeys(field.offered(context)))
    key = (operator.bl_rna.identifier, operator.field)
    if key not in _items or _items[key][0] != values:
        shown = [(value, f"{value}  {more}" if more else value, "") for value, more in values]
        _items[key] = (values, shown)
    return _items[key][1]


class SuggestionsPopup(bpy.types.Operator):
    """An operator that lists a field's possible values, searchable, and sets the chosen one."""

    bl_label = "Suggestions"
    bl_description = "Search the possible values"
    bl_options: Any = {"REGISTER", "UNDO", "INTERNAL"}

    FIELDS: ClassVar[Mapping[str, Field]]

    if TYPE_CHECKING:
        field: str
        item: str
        report: Any
    else:
        field: StringProperty(name="Field", options={"SKIP_SAVE"})
        item: EnumProperty(name="Value", items=_offered, options={"SKIP_SAVE"})

    def __init_subclass__(cls) -> None:
        """Tell Blender which property the list is for; it does not search base classes for that."""
        super().__init_subclass__()
        operator: Any = cls
        operator.bl_property = "item"

    def invoke(
        self, context: bpy.types.Context, _event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Open the list; choosing from it is what runs this operator."""
        context, operator = context, self
        if self._owner(context) is None:
            return {"CANCELLED"}
        popup: Any = operator
        context.window_manager.invoke_search_popup(popup)
        # Not finished, which would be a separate undo step.
        return {"CANCELLED"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Put the chosen value into the field."""
        owner = self._owner(context)
        if owner is None:
            return {"CANCELLED"}
        field = self.FIELDS[self.field]
        before = getattr(owner, field.name)
        after = self.item if field.put is None else field.put(context, before, self.item)
        setattr(owner, field.name, after)
        return {"FINISHED"}

    def _owner(self, context: bpy.types.Context) -> Any:
        """Find the owner of the field, or say why nothing can be entered."""
        if self.field not in self.FIELDS:
            self.report({"ERROR"}, f"There is no field named '{self.field}'.")
            return None
        owner = self.FIELDS[self.field].owner(context)
        if owner is None or not _offered(self, context):
            self.report({"ERROR"}, "Nothing can be entered here.")
            return None
        if not owner.id_data.is_editable:
            self.report({"ERROR"}, refusal(owner.id_data))
            return None
        return owner

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the choice as text: a menu of a thousand regions would fill the screen."""
        self.layout.label(text=self.item, translate=False)


def draw_field(
    layout: bpy.types.UILayout,
    owner: Any,
    name: str,
    operator: str,
    *,
    field: str = "",
    **options: Any,
) -> None:
    """Draw a text field with the button that lists its possible values.

    Parameters
    ----------
    owner : bpy_struct
        The owner of the property.
    name : str
        Of the property.
    operator : str
        Identifier of the add-on's `SuggestionsPopup`.
    field : str, optional
        Key of its ``FIELDS``; the property's name if not given.
    **options
        For ``UILayout.prop``.
    """
    row = layout.row(align=True)
    row.prop(owner, name, **options)
    button: Any = row.operator(operator, text="", icon="VIEWZOOM")
    button.field = field or name
