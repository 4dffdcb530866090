# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing a colormap in a panel: by name, or among pictures of all of them.

An add-on whose materials hold the nodes of `colormap_nodes` writes::

    class X_PG_material(ColormapChoice, bpy.types.PropertyGroup): ...

    class X_OT_choose_colormap(ColormapPicker, bpy.types.Operator):
        bl_idname = "x.choose_colormap"

        def choice(self, context): return context.object.active_material.x

registers both, sets ``bpy.types.Material.x = PointerProperty(type=X_PG_material)``, calls
``draw_colormap(layout, material.x, "x.choose_colormap")`` in its panel and
`colormap_previews.free` when it is unregistered.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

import bpy
from bpy.props import EnumProperty, StringProperty

from . import colormap_nodes, colormap_previews, colormaps
from .required import required

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

_ANY: Final = "ANY"
_LIBRARIES: Final = ("matplotlib", "seaborn", "cmasher")
_KINDS: Final = {
    "sequential": "From dark to bright or from bright to dark",
    "diverging": "Two ways from a neutral middle",
    "cyclic": "The end has the color of the beginning",
    "qualitative": "A few colors to tell apart",
    "other": "Lightness goes up and down",
}
# As many as fit the sidebar as wide as Blender opens it.
_ROW_ICONS: Final = 11
_PICTURE_ICONS: Final = 4
_COLUMNS: Final = 5
_WIDTH: Final = 1000


def search_colormaps(
    _owner: bpy.types.bpy_struct, _context: bpy.types.Context, typed: str
) -> list[tuple[str, str]]:
    """Offer the colormaps whose name holds what was typed.

    Returns
    -------
    list of (name, source library)
    """
    return [(name, colormaps.source(name)) for name in matching(typed)]


def matching(typed: str = "", library: str = _ANY, kind: str = _ANY) -> list[str]:
    """Find colormaps.

    Parameters
    ----------
    typed : str
        Part of the name; upper and lower case are the same.
    library : str
        As of `colormaps.source`, or ``"ANY"``.
    kind : str
        As of `colormaps.kind`, or ``"ANY"``.

    Returns
    -------
    list of str
        Names in table order.
    """
    return [
        name
        for name in colormaps.names()
        if typed.strip().casefold() in name.casefold()
        and library in (_ANY, colormaps.source(name))
        and kind in (_ANY, colormaps.kind(name))
    ]


def _tree(owner: Any) -> Any:
    """Return the node tree of the material that holds a choice, if it has a colormap."""
    tree = owner.id_data.node_tree
    return tree if colormap_nodes.has_colormap(tree) else None


def _get_name(owner: Any) -> str:
    tree = _tree(owner)
    return "" if tree is None else colormap_nodes.shown_colormap(tree)


def _set_name(owner: Any, name: str) -> None:
    tree = _tree(owner)
    # Nobody hears an error here; the field goes on to show the colormap that is used.
    with contextlib.suppress(colormaps.UnknownColormapError):
        if tree is not None:
            name, reverse = colormaps.resolve(name)
            turned = bool(colormap_nodes.range_input(tree, "Reverse").default_value)
            colormap_nodes.set_colormap(tree, name, reverse=turned or reverse)


# Blender keeps no text of items that a function gives, so somebody else has to.
_items: list[tuple[str, str, str, int]] = []


def _names(_owner: Any, _context: bpy.types.Context | None) -> list[tuple[str, str, str, int]]:
    if not _items:
        _items.append(("NONE", "None", "An image that is no colormap", 0))
        _items.extend(
            (name, name, f"{colormaps.source(name)}, {colormaps.kind(name)}", number)
            for number, name in enumerate(colormaps.names(), 1)
        )
    return _items


def _get_number(owner: Any) -> int:
    name = _get_name(owner)
    return colormaps.names().index(name) + 1 if name in colormaps.names() else 0


def _set_number(owner: Any, number: int) -> None:
    if number:
        _set_name(owner, colormaps.names()[number - 1])


class ColormapChoice:
    """The colormap of the material that this is a property of.

    It stores nothing: both properties read and change the material's nodes.
    """

    if TYPE_CHECKING:
        colormap: str
        item: str
    else:
        colormap: StringProperty(
            name="Colormap",
            description="A colormap of matplotlib, seaborn or cmasher; type to search",
            get=_get_name,
            set=_set_name,
            search=search_colormaps,
        )
        item: EnumProperty(
            name="Colormap",
            description="Colors of the values from the minimum to the maximum",
            items=_names,
            get=_get_number,
            set=_set_number,
            options=set(),
        )


class ColormapPicker:
    """An operator's window with pictures of all colormaps; it stays open to try several."""

    bl_label = "Choose Colormap"
    bl_description = "Choose among pictures of all colormaps"
    bl_options: Any = {"INTERNAL"}

    if TYPE_CHECKING:
        typed: str
        library: str
        kind: str
        layout: bpy.types.UILayout
    else:
        typed: StringProperty(
            name="Search",
            description="Part of the name",
            options={"TEXTEDIT_UPDATE", "SKIP_SAVE"},
        )
        library: EnumProperty(
            name="Library",
            description="Where the colormap comes from",
            items=[
                (_ANY, "All", "Colormaps of all libraries"),
                *((name, name, f"Colormaps of {name}") for name in _LIBRARIES),
            ],
        )
        kind: EnumProperty(
            name="Kind",
            description="What the colormap is made for",
            items=[
                (_ANY, "All", "Colormaps of any kind"),
                *((name, name.title(), text) for name, text in _KINDS.items()),
            ],
        )

    def choice(self, context: bpy.types.Context) -> Any:
        """Find what is chosen for.

        Parameters
        ----------
        context : Context

        Returns
        -------
        ColormapChoice or None
        """
        raise NotImplementedError

    def invoke(
        self, context: bpy.types.Context | None, _event: bpy.types.Event | None
    ) -> set[OperatorReturnItems]:
        """Open the window."""
        manager = required(required(context).window_manager)
        operator: Any = self
        return manager.invoke_popup(operator, width=_WIDTH)

    def execute(self, _context: bpy.types.Context | None) -> set[OperatorReturnItems]:
        """Do nothing: the window's buttons do what there is to do."""
        return {"FINISHED"}

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw the filters and, for each colormap that passes them, a picture and a button."""
        owner: Any = self
        layout = self.layout
        row = layout.row()
        # Whoever opens the window can type at once.
        row.activate_init = True
        row.prop(owner, "typed", text="", icon="VIEWZOOM", placeholder="Search")
        row.prop(owner, "library", expand=True)
        layout.row().prop(owner, "kind", expand=True)
        layout.separator()
        choice = self.choice(required(context))
        if choice is None:
            layout.label(text="The active object has no colormap", icon="INFO")
            return
        found = matching(self.typed, self.library, self.kind)
        if not found:
            layout.label(text="No colormap has this in its name", icon="INFO")
        grid = layout.grid_flow(columns=_COLUMNS, even_columns=True, even_rows=True)
        for name in found:
            row = grid.row(align=True)
            _draw_icons(row, colormap_previews.colormap_gradient(name, _PICTURE_ICONS))
            row.prop_enum(choice, "item", name)
        # Otherwise a few would fill the whole width.
        for _ in range(len(found), _COLUMNS):
            grid.label()


def draw_colormap(layout: bpy.types.UILayout, choice: Any, picker: str) -> None:
    """Draw the field to choose a colormap with, and the colors as they are used.

    Parameters
    ----------
    layout : UILayout
    choice : ColormapChoice
        Of a material that has a colormap.
    picker : str
        Identifier of the add-on's `ColormapPicker`.
    """
    row = layout.row(align=True)
    row.prop(choice, "colormap", text="", icon="COLOR")
    row.operator(picker, text="", icon="DOWNARROW_HLT")
    tree = _tree(choice)
    name = "" if tree is None else colormap_nodes.shown_colormap(tree)
    if name:
        settings = {
            key.lower(): colormap_nodes.range_input(tree, key).default_value
            for key in ("Start", "End", "Steps", "Reverse")
        }
        positions = colormap_previews.columns(_ROW_ICONS)
        colors = colormaps.shown_colors(name, positions, **settings)
        # Each material has icons of its own, as several may be on the screen.
        key = f"material {choice.id_data.session_uid}"
        row = layout.row(align=True)
        row.alignment = "CENTER"
        _draw_icons(row, colormap_previews.gradient(key, colors))


def draw_range(layout: bpy.types.UILayout, choice: Any) -> None:
    """Draw which part of the colormap is used, and how.

    Parameters
    ----------
    layout : UILayout
    choice : ColormapChoice
        Of a material that has a colormap.
    """
    tree = _tree(choice)
    if tree is None:
        return
    part = layout.column(align=True)
    for name in ("Start", "End"):
        part.prop(colormap_nodes.range_input(tree, name), "default_value", text=name)
    for name in ("Steps", "Reverse"):
        layout.prop(colormap_nodes.range_input(tree, name), "default_value", text=name)


def _draw_icons(row: bpy.types.UILayout, icons: list[int]) -> None:
    for icon in icons:
        row.label(text="", icon_value=icon)
