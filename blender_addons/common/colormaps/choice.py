# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing a colormap in a panel: from previews, one after the other, or by name.

Every choice is made by one operator and is one undo step. Nothing else may assign another image:
Blender writes no undo step after a property's setter, and Undo would leave the material with a
pointer to a deleted image.

An add-on whose materials hold the nodes of `colormap_nodes` writes::

    class X_PG_material(ColormapChoice, bpy.types.PropertyGroup): ...

    class X_OT_choose_colormap(ColormapPicker, bpy.types.Operator):
        bl_idname = "x.choose_colormap"

        def material(self, context): return context.object.active_material

registers both, sets ``bpy.types.Material.x = PointerProperty(type=X_PG_material)``, calls
``draw_colormap(layout, material, "x.choose_colormap")`` in its panel and
`colormap_previews.free` when it is unregistered.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

import bpy
from bpy.props import BoolProperty, StringProperty

from ..required import required
from ..selection import refusal
from . import band, in_material, previews, table
from .band import Band
from .colormap_settings import colormap_property, offered
from .cyclic import is_cyclic

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

# As many as fit in the sidebar at its default width.
_ROW_ICONS: Final = 11
_STEPS: Final = frozenset(
    ("LEFT_ARROW", "RIGHT_ARROW", "UP_ARROW", "DOWN_ARROW", "HOME", "END", "PAGE_UP", "PAGE_DOWN")
    + ("WHEELUPMOUSE", "WHEELDOWNMOUSE")
)
_HINT: Final = "Type to search; wheel or arrow keys to browse; click to choose, Esc to cancel"
_NONE_FOUND: Final = "No colormap has this name, library or kind"
# What Blender keeps handling meanwhile: navigation and playback.
_PASSED_ON: Final = ("MIDDLEMOUSE", "TRACKPAD", "NDOF", "TIMER")


def _get_name(owner: Any) -> str:
    tree = owner.id_data.node_tree
    return in_material.shown_colormap(tree) if in_material.has_colormap(tree) else ""


class ColormapChoice:
    """The colormap of the material that has this property, read-only.

    It stores nothing. To change it, call `colormap_nodes.set_colormap` or the add-on's operator.
    """

    if TYPE_CHECKING:
        colormap: str
    else:
        colormap: StringProperty(
            name="Colormap",
            description="Colormap that the material shows; empty for a custom image",
            get=_get_name,
        )


class ColormapPicker(bpy.types.Operator):
    """An operator that gives a material a colormap.

    With a name it does that at once. Invoked without one, it shows previews of all colormaps in a
    band along the lower edge of the 3D viewport, and the material shows the one under the pointer
    until one is chosen.
    """

    bl_label = "Choose Colormap"
    bl_description = (
        "Choose from previews of all colormaps, shown live in the viewport; type part of a name, "
        "library or kind to search"
    )
    bl_options: Any = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        colormap: str
        reverse: bool
    else:
        # For this choice, not the previous one.
        colormap: colormap_property("", options={"SKIP_SAVE"})
        reverse: BoolProperty(
            name="Reverse",
            description="Reverse the colormap; unchanged if not given",
            options={"SKIP_SAVE"},
        )

    @classmethod
    def material(cls, context: bpy.types.Context) -> bpy.types.Material | None:
        """Find the material to choose a colormap for.

        Returns
        -------
        Material or None
            With the nodes of `colormap_nodes`.
        """
        raise NotImplementedError

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a material with a colormap that can be changed."""
        material = cls.material(context)
        if material is None or not in_material.has_colormap(material.node_tree):
            cls.poll_message_set("The active object has no colormap")
            return False
        if not material.is_editable:
            cls.poll_message_set(refusal(material).removesuffix("."))
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Use the named colormap."""
        tree: Any = required(self.material(context)).node_tree
        try:
            name, turned = table.resolve(self.colormap)
        except table.UnknownColormapError as error:
            self.report({"ERROR"}, f"{error}")
            return {"CANCELLED"}
        if not self.properties.is_property_set("reverse"):
            # A name that ends in _r reverses it; otherwise it is unchanged.
            self.reverse = turned or _reverse(tree)
        elif turned:
            self.reverse = not self.reverse
        self.colormap = name
        in_material.set_colormap(tree, name, reverse=self.reverse)
        return {"FINISHED"}

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw what can be adjusted after the choice."""
        owner: Any = self
        self.layout.use_property_split = True
        self.layout.prop(owner, "colormap", icon="COLOR")
        self.layout.prop(owner, "reverse")

    # --- choosing from previews ---

    def invoke(
        self, context: bpy.types.Context, _event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Use the named colormap, or show previews of all of them."""
        if self.colormap:
            return self.execute(context)
        window = required(context.window)
        areas = [a for a in (context.area, *window.screen.areas) if a and a.type == "VIEW_3D"]
        if not areas:
            self.report({"ERROR"}, "Colormap previews are shown in a 3D viewport; open one.")
            return {"CANCELLED"}
        self._area = areas[0]
        self._region = next(r for r in self._area.regions if r.type == "WINDOW")
        material = required(self.material(context))
        tree: Any = material.node_tree
        self._tree = tree
        self._image = tree.nodes[in_material.COLORMAP].image
        self._images = {image.session_uid for image in bpy.data.images}
        self._before = self._shown = in_material.shown_colormap(tree)
        self._typed, self._row = "", 0
        self._hovered: int | None = None
        self._see_chosen()
        space: Any = bpy.types.SpaceView3D
        self._handle = space.draw_handler_add(self._draw, (), "WINDOW", "POST_PIXEL")
        required(context.workspace).status_text_set(_HINT)
        context.window_manager.modal_handler_add(self)
        self._area.tag_redraw()
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[OperatorReturnItems]:
        """Show another colormap, choose the current one, or go back to the previous one."""
        context, event = context, event
        kind, value = event.type, event.value
        if kind.startswith(_PASSED_ON):
            return {"PASS_THROUGH"}
        try:
            if kind == "MOUSEMOVE":
                self._hover(event)
            elif value == "PRESS" and kind == "LEFTMOUSE":
                self._hovered = None
                self._hover(event)
                return self._take(context)
            elif value == "PRESS" and kind in ("RET", "NUMPAD_ENTER"):
                return self._take(context)
            elif value == "PRESS" and kind in ("ESC", "RIGHTMOUSE"):
                self._end(context)
                return {"CANCELLED"}
            elif value == "PRESS":
                self._press(event)
        except Exception:
            # Whatever went wrong, no previewed colormap may remain without an undo step.
            self._end(context)
            raise
        self._area.tag_redraw()
        return {"RUNNING_MODAL"}

    def cancel(self, context: bpy.types.Context) -> None:
        """Restore the previous colormap when Blender cancels the operator."""
        # After opening another file, there is nothing left to restore.
        with contextlib.suppress(ReferenceError):
            self._end(context)

    def _names(self) -> list[str]:
        return offered(self._typed, cyclic=is_cyclic(self._tree))

    def _chosen(self) -> int | None:
        names = self._names()
        return names.index(self._shown) if self._shown in names else None

    def _band(self) -> Band:
        free = band.free_part(self._area, self._region)
        scale = bpy.context.preferences.system.ui_scale
        count = len(self._names())
        return Band(*free, self._region.height, scale, count, self._row)

    def _see_chosen(self) -> None:
        chosen = self._chosen()
        self._row = self._band().row_to_see(0 if chosen is None else chosen)

    def _show(self, name: str) -> None:
        """Make the material show a colormap while it is previewed."""
        if name != self._shown:
            in_material.set_colormap(self._tree, name, reverse=_reverse(self._tree))
            self._shown = name

    def _hover(self, event: bpy.types.Event) -> None:
        place = self._band().at(event.mouse_x - self._region.x, event.mouse_y - self._region.y)
        # A pointer at rest does not override the keys.
        if place is not None and place != self._hovered:
            self._show(self._names()[place])
        self._hovered = place

    def _press(self, event: bpy.types.Event) -> None:
        if event.type in _STEPS:
            names, strip = self._names(), self._band()
            if names:
                page = strip.columns * strip.seen_rows
                args = (self._chosen(), event.type, len(names), strip.columns, page)
                self._show(names[band.step(*args)])
                self._see_chosen()
            return
        typed = self._typed
        if event.type == "BACK_SPACE":
            typed = typed[:-1]
        elif event.unicode.isprintable() and not event.ctrl and not event.oskey:
            typed += event.unicode
        if typed != self._typed:
            self._typed, self._hovered = typed.lstrip(), None
            names = self._names()
            if names and self._shown not in names:
                # Names that begin with it come before those that only contain it.
                begins = [n for n in names if n.casefold().startswith(self._typed.casefold())]
                self._show((begins or names)[0])
            self._see_chosen()

    def _take(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        shown = self._shown
        self._end(context)
        if shown == self._before:
            return {"CANCELLED"}
        self.colormap = shown
        return self.execute(context)

    def _end(self, context: bpy.types.Context) -> None:
        """Remove the band and undo all previews."""
        space: Any = bpy.types.SpaceView3D
        if self._handle is not None:
            space.draw_handler_remove(self._handle, "WINDOW")
            self._handle = None
            if context.workspace is not None:
                context.workspace.status_text_set(None)
            self._area.tag_redraw()
        self._tree.nodes[in_material.COLORMAP].image = self._image
        for image in list(bpy.data.images):
            if image.session_uid not in self._images and not image.users:
                bpy.data.images.remove(image)

    def _draw(self) -> None:
        if bpy.context.area != self._area:
            return
        names, chosen = self._names(), self._chosen()
        about = _NONE_FOUND
        if names:
            about = self._shown
            if about:
                about += f"   {table.source(about)}, {table.kind(about)}"
        head = f"{about}   Search: {self._typed}" if self._typed else about
        band.draw(self._band(), names, chosen, head, _HINT)


def _reverse(tree: Any) -> bool:
    return bool(in_material.range_input(tree, "Reverse").default_value)


def draw_colormap(layout: bpy.types.UILayout, material: bpy.types.Material, picker: str) -> None:
    """Draw the button to choose a colormap with, arrows to the next ones, and the colors as used.

    Parameters
    ----------
    material : Material
        With a colormap.
    picker : str
        Identifier of the add-on's `ColormapPicker`.
    """
    tree: Any = material.node_tree
    if not in_material.has_colormap(tree):
        return
    name, names = in_material.shown_colormap(tree), table.names()
    place = names.index(name) if name in names else None
    row = layout.row(align=True)
    _draw_arrow(row, picker, "TRIA_LEFT", None if place is None else place - 1)
    choose = row.row(align=True)
    choose.operator_context = "INVOKE_DEFAULT"
    choose.operator(picker, text=name or "Choose Colormap", icon="COLOR", translate=False)
    _draw_arrow(row, picker, "TRIA_RIGHT", 0 if place is None else place + 1)
    if name:
        colors = in_material.shown_colors(tree, previews.columns(_ROW_ICONS))
        # Each material has its own icons, since several may be on screen.
        key = f"material {material.session_uid}"
        row = layout.row(align=True)
        row.alignment = "CENTER"
        for icon in previews.gradient(key, colors):
            row.label(text="", icon_value=icon)


def _draw_arrow(row: bpy.types.UILayout, picker: str, icon: Any, place: int | None) -> None:
    """Draw a button that uses the colormap at a position in the table, if there is one."""
    names = table.names()
    part = row.row(align=True)
    part.enabled = place is not None and 0 <= place < len(names)
    arrow: Any = part.operator(picker, text="", icon=icon)
    if place is not None and part.enabled:
        arrow.colormap = names[place]


def draw_range(layout: bpy.types.UILayout, material: bpy.types.Material) -> None:
    """Draw which part of the colormap to use, and how.

    Parameters
    ----------
    material : Material
        With a colormap.
    """
    tree: Any = material.node_tree
    if not in_material.has_colormap(tree):
        return
    part = layout.column(align=True)
    for name in ("Start", "End"):
        part.prop(in_material.range_input(tree, name), "default_value", text=name)
    for name in ("Steps", "Reverse"):
        layout.prop(in_material.range_input(tree, name), "default_value", text=name)
