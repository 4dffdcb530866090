# SPDX-License-Identifier: GPL-3.0-or-later
"""The field around the active neuron."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty, StringProperty
from mathutils import Matrix

from ..at_hand import chosen_neurons, neuron_at_hand
from ..common.colormaps.choice import ColormapPicker
from ..common.nodes.modifiers import has_input, input_value
from ..common.required import required
from ..common.selection import editable
from ..extracellular import field_again, field_box, field_sheet
from ..extracellular.computed import Found, stepwise, work_of
from ..extracellular.field_box import InBox
from ..extracellular.field_light import field_input
from ..extracellular.field_objects import (
    field_at_hand,
    fields_of,
    find_field,
    material_of_field,
    moved,
    neuron_of,
    outdated,
    remove_fields,
    sigma_of,
)
from ..extracellular.field_sheet import Spread
from ..extracellular.field_sources import with_currents
from ..extracellular.kept_lines import lines_of
from ..potential.lattice import Lattice
from ..potential.line_sources import SIGMA_S_PER_M, FieldError
from ..properties import about
from .field_steps import Computing
from .selection import OnActiveNeuron, selected_beside

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

    from ..extracellular.field_sheet import Facing

_NAMED: Final = 4
NO_FIELD: Final = "The neuron has no field"


class BLENDER_SPIKE_OT_add_field(Computing):
    """Show the extracellular potential around the neuron, computed from its membrane currents, on a sheet, as isosurfaces or as a volume that plays in step with it"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.add_field"
    bl_label = "Add Field"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        shape: Literal["SHEET", "SURFACES", "VOLUME"]
        facing: Facing
        at: str
        size_um: float
        resolution: int
        box_resolution: int
        sigma: float
        scale: str
        isolines: int
    else:
        shape: EnumProperty(
            name="Show As",
            description="How the potential is shown",
            items=[
                ("SHEET", "Sheet", "On a plane"),
                (
                    "SURFACES",
                    "Isosurfaces",
                    "Surfaces of equal potential, in a box around the cells",
                ),
                ("VOLUME", "Volume", "A glow in a box around the cells"),
            ],
        )
        facing: EnumProperty(
            name="Facing",
            description="From where one looks straight at the sheet",
            items=[
                ("Z", "Z", "Along the neuron's Z axis: the sheet spans X and Y"),
                ("Y", "Y", "Along the neuron's Y axis: the sheet spans X and Z"),
                ("X", "X", "Along the neuron's X axis: the sheet spans Y and Z"),
                ("VIEW", "View", "As the 3D viewport is turned now"),
                (
                    "OBJECT",
                    "Selected Object",
                    "In the XY plane of another selected object, such as an empty, and at its "
                    "place",
                ),
            ],
        )
        at: EnumProperty(
            name="At",
            description="What the sheet goes through, or where the middle of the box is",
            items=[
                (
                    "SOMA",
                    "Soma",
                    "A sheet: the thickest segment, in depth; the middle of the cells, across. A "
                    "box: the middle of the cells, or with a Size, the thickest segment",
                ),
                ("CURSOR", "3D Cursor", "The 3D cursor"),
            ],
        )
        size_um: FloatProperty(
            name="Size (µm)",
            description="Of all sides; 0 for a little more than the cells",
            default=0.0,
            min=0.0,
            soft_max=5000.0,
        )
        resolution: IntProperty(
            name="Resolution",
            description="Points along the longer side",
            default=240,
            min=2,
            max=field_sheet.MOST_COLUMNS,
        )
        box_resolution: IntProperty(
            name="Resolution",
            description="Points along the longest side of the box",
            default=96,
            min=2,
            max=field_box.MOST_POINTS,
        )
        sigma: FloatProperty(
            name="Conductivity (S/m)",
            description="Of the tissue; 0.3 S/m is usual for gray matter",
            default=SIGMA_S_PER_M,
            min=1e-4,
            soft_max=3.0,
            precision=3,
        )
        scale: EnumProperty(
            name="Scale",
            description="How potentials become colors; can be changed at any time",
            items=[
                ("LOG", "Logarithmic", "To both sides of zero, so that weak fields are seen, too"),
                ("LINEAR", "Linear", "In proportion"),
            ],
        )
        isolines: IntProperty(
            name="Isolines",
            description="Lines of equal potential on each side of zero, on a sheet; can be "
            "changed at any time",
            default=0,
            min=0,
            max=50,
        )

    _placed: tuple[bpy.types.Object, list[bpy.types.Object], Matrix, Spread | Lattice]
    _told = ""

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw only the relevant settings."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "shape")
        is_sheet = self.shape == "SHEET"
        if is_sheet:
            layout.prop(self, "facing")
        if not is_sheet or self.facing != "OBJECT":
            layout.prop(self, "at")
        resolution = "resolution" if is_sheet else "box_resolution"
        for name in ("size_um", resolution, "sigma", "scale", *(["isolines"] * is_sheet)):
            layout.prop(self, name)

    def prepare(self, context: bpy.types.Context) -> float:
        """Find where the sheet or the box lies."""
        neuron, others = self._sources(context)
        center = context.scene.cursor.location.copy() if self.at == "CURSOR" else None
        if self.shape != "SHEET":
            matrix, lattice = field_box.box_around(
                neuron, self.box_resolution, center, self.size_um, others
            )
            self._placed = neuron, others, matrix, lattice
            return field_box.work_in(neuron, lattice.size, others)
        view = other = None
        if self.facing == "VIEW":
            space: Any = context.space_data
            if space is None or space.type != "VIEW_3D":
                raise FieldError("There is no 3D viewport to face; choose X, Y or Z.")
            view = space.region_3d.view_rotation
        if self.facing == "OBJECT":
            center = None
            planes = [one for one in selected_beside(context, neuron) if one not in others]
            if len(planes) != 1:
                raise FieldError(
                    f"{len(planes) or 'No'} other objects are selected; select one, such as an "
                    "empty, beside the neuron."
                )
            (other,) = planes
        matrix, size = field_sheet.placed(
            neuron, self.facing, center, self.size_um, view=view, other=other, beside=others
        )
        grid = field_sheet.spread(size, self.resolution, about(neuron).frames)
        self._placed = neuron, others, matrix, grid
        return work_of(neuron, grid.columns * grid.rows, others)

    def _sources(
        self, context: bpy.types.Context
    ) -> tuple[bpy.types.Object, list[bpy.types.Object]]:
        """Find the neuron at hand, and the others that are selected; note what has no currents."""
        neuron = required(neuron_at_hand(context))
        others, without = with_currents([one for one in chosen_neurons(context) if one != neuron])
        self._told = ""
        if others:
            self._told = f" The currents of {_listed([neuron, *others])} are added."
        if without:
            is_are = "has" if len(without) == 1 else "have"
            self._told += f" {_listed(without)} {is_are} no membrane currents, and no part in it."
        return neuron, others

    def steps(self) -> Generator[float, None, list[Found | InBox]]:
        """Compute the potential there."""
        neuron, others, matrix, grid = self._placed
        if isinstance(grid, Lattice):
            steps = field_box.stepwise_in(neuron, matrix, grid, self.sigma, others)
            return [(yield from steps)]
        places = moved(field_sheet.points_of(grid), matrix)
        return [(yield from stepwise(neuron, places, self.sigma, others))]

    def finish(self, context: bpy.types.Context, found: list[Found | InBox]) -> str:
        """Make what shows it."""
        neuron, others, matrix, grid = self._placed
        (one,) = found
        logarithmic = float(self.scale == "LOG")
        if isinstance(one, InBox):
            assert isinstance(grid, Lattice) and self.shape != "SHEET"
            box = field_box.add_box(
                context, neuron, self.shape, matrix, grid, one, self.sigma, others
            )
            material = required(material_of_field(box))
            field_input(material, "Logarithmic").default_value = logarithmic
            return _box_added(box, grid, one) + self._told
        assert isinstance(grid, Spread)
        sheet = field_sheet.add_sheet(context, neuron, matrix, grid, one, self.sigma, others)
        material = required(material_of_field(sheet))
        field_input(material, "Logarithmic").default_value = logarithmic
        field_input(material, "Isolines").default_value = float(self.isolines)
        low, high = float(one.values_uv.min()), float(one.values_uv.max())
        limit = field_input(material, "Limit").default_value
        return (
            f"Added '{sheet.name}', {grid.columns} x {grid.rows} points: {low:.3g} to {high:.3g} "
            f"µV, with colors up to ±{limit:.3g} µV.{self._told}"
        )


class BLENDER_SPIKE_OT_update_field(Computing):
    """Compute the neuron's fields again that were moved, or whose neuron has other data"""  # noqa: D400, D415

    bl_idname = "blender_spike.update_field"
    bl_label = "Update"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        sigma: float
    else:
        sigma: FloatProperty(
            name="Conductivity (S/m)",
            description="Of the tissue; 0 leaves each field's own",
            default=0.0,
            min=0.0,
            soft_max=3.0,
            precision=3,
        )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a field."""
        return super().poll(context) and _has_fields(cls, context)

    def prepare(self, context: bpy.types.Context) -> float:
        """Find the fields that are out of date, or all if none is."""
        neuron = required(neuron_at_hand(context))
        lines_of(neuron)
        fields = editable(fields_of(neuron))
        self._fields = [field for field in fields if outdated(field)] or fields
        return sum(map(field_again.work_again, self._fields))

    def steps(self) -> Generator[float, None, list[Found | InBox]]:
        """Compute one after the other."""
        found: list[Found | InBox] = []
        for done, field in enumerate(self._fields):
            steps = field_again.again(field, self.sigma or sigma_of(field))
            while True:
                try:
                    yield (done + next(steps)) / len(self._fields)
                except StopIteration as end:
                    found.append(end.value)
                    break
        return found

    def finish(self, _context: bpy.types.Context, found: list[Found | InBox]) -> str:
        """Show it on them."""
        for field, one in zip(self._fields, found, strict=True):
            field_again.put(field, one, self.sigma or sigma_of(field))
        names = ", ".join(f"'{field.name}'" for field in self._fields)
        return f"Computed {names} again."


class BLENDER_SPIKE_OT_remove_field(OnActiveNeuron):
    """Remove what shows the field of the neuron"""  # noqa: D400, D415

    bl_idname = "blender_spike.remove_field"
    bl_label = "Remove Field"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        name: str
    else:
        name: StringProperty(
            name="Name", description="Field to remove; all of the neuron's if empty"
        )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a field."""
        return super().poll(context) and _has_fields(cls, context)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Remove one or all."""
        neuron = required(neuron_at_hand(context))
        fields = editable(fields_of(neuron))
        chosen = [field for field in fields if self.name in ("", field.name)]
        if not chosen:
            self.report({"ERROR"}, f"'{neuron.name}' has no field '{self.name}'.")
            return {"CANCELLED"}
        names = ", ".join(f"'{field.name}'" for field in chosen)
        remove_fields(chosen)
        self.report({"INFO"}, f"Removed {names}.")
        return {"FINISHED"}


class BLENDER_SPIKE_OT_choose_field_colormap(ColormapPicker):
    """Give a field a colormap."""

    bl_idname = "blender_spike.choose_field_colormap"

    @classmethod
    def material(cls, context: bpy.types.Context) -> bpy.types.Material | None:
        """Find the material of the active field, or of the active neuron's first."""
        field = field_at_hand(context.object, neuron_at_hand(context))
        return None if field is None else material_of_field(field)


def _has_fields(operator: Any, context: bpy.types.Context) -> bool:
    if editable(fields_of(required(neuron_at_hand(context)))):
        return True
    operator.poll_message_set(NO_FIELD)
    return False


def _listed(neurons: Sequence[bpy.types.Object]) -> str:
    """Name a few neurons, and count more."""
    names = ", ".join(f"'{one.name}'" for one in neurons[:_NAMED])
    return names if len(neurons) <= _NAMED else f"{names} and {len(neurons) - _NAMED:,} more"


def _box_added(box: bpy.types.Object, lattice: Lattice, found: InBox) -> str:
    """Report a box: what is in it, how exactly, and what of it is shown."""
    modes, unit = found.modes, about(neuron_of(box)).um_per_unit
    across, up, deep = lattice.counts
    modifier = required(find_field(box))
    limit = field_input(required(material_of_field(box)), "Limit").default_value
    shown = f"colors up to ±{limit:.3g} µV"
    if has_input(modifier, "Outermost"):
        outer, inner = (input_value(modifier, name).value for name in ("Outermost", "Innermost"))
        shown = f"surfaces from ±{outer:.3g} to ±{inner:.3g} µV"
    return (
        f"Added '{box.name}', {across} x {up} x {deep} points {lattice.spacing * unit:.3g} µm "
        f"apart: up to {modes.peak_uv:.3g} µV there, {shown}. Kept as {modes.courses.shape[1]} "
        f"modes, {modes.patterns.nbytes / 1e6:.3g} MB, at most {modes.error_uv:.2g} µV off."
    )


CLASSES = (
    BLENDER_SPIKE_OT_add_field,
    BLENDER_SPIKE_OT_update_field,
    BLENDER_SPIKE_OT_remove_field,
    BLENDER_SPIKE_OT_choose_field_colormap,
)
