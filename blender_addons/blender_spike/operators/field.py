# SPDX-License-Identifier: GPL-3.0-or-later
"""The field around the active neuron."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty, StringProperty
from mathutils import Matrix

from ..at_hand import neuron_at_hand
from ..common.colormaps.choice import ColormapPicker
from ..common.required import required
from ..common.selection import editable
from ..extracellular import field_sheet
from ..extracellular.field_light import field_input
from ..extracellular.field_sheet import Found, Spread
from ..extracellular.kept_lines import lines_of
from ..potential.line_sources import SIGMA_S_PER_M, FieldError
from ..properties import about
from .selection import OnActiveNeuron, selected_beside

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

    from ..extracellular.field_sheet import Facing

NO_SHEET: Final = "The neuron has no field sheet"
# Shorter work needs no progress: nobody could press Esc.
_LONG_S: Final = 1.0
_INTERVAL_S: Final = 0.01


class _Computing(OnActiveNeuron):
    """An operator that computes, with progress and Esc if it takes longer than a second."""

    _steps: Generator[float, None, list[Found]] | None = None
    _timer: Any = None

    def prepare(self, context: bpy.types.Context) -> float:
        """Check everything, and return the estimated duration in s.

        Raises
        ------
        FieldError
        """
        raise NotImplementedError

    def steps(self) -> Generator[float, None, list[Found]]:
        """Compute what was prepared; nothing in the scene is changed."""
        raise NotImplementedError

    def finish(self, context: bpy.types.Context, found: list[Found]) -> str:
        """Put it into the scene, and return what to report."""
        raise NotImplementedError

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Compute it now, while the pointer shows how far it is."""
        manager = context.window_manager
        manager.progress_begin(0.0, 1.0)
        try:
            self.prepare(context)
            steps = self.steps()
            while True:
                try:
                    manager.progress_update(next(steps))
                except StopIteration as end:
                    return self._done(context, end.value)
        except FieldError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        finally:
            manager.progress_end()

    def invoke(
        self, context: bpy.types.Context, _event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Compute it now, or step by step if it takes long, so that Esc can end it."""
        try:
            takes_s = self.prepare(context)
        except FieldError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if takes_s < _LONG_S or bpy.app.background or context.window is None:
            return self.execute(context)
        self._steps = self.steps()
        manager = context.window_manager
        self._timer = manager.event_timer_add(_INTERVAL_S, window=context.window)
        manager.progress_begin(0.0, 1.0)
        manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[OperatorReturnItems]:
        """Go on; Esc ends it, and nothing has changed."""
        if event.type == "ESC":
            self._stop(context)
            self.report({"INFO"}, "Nothing was changed.")
            return {"CANCELLED"}
        if event.type != "TIMER":
            # Whatever else is done meanwhile could change what is computed.
            return {"RUNNING_MODAL"}
        try:
            share = next(required(self._steps))
        except StopIteration as end:
            self._stop(context)
            return self._done(context, end.value)
        except FieldError as error:
            self._stop(context)
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        context.window_manager.progress_update(share)
        required(context.workspace).status_text_set(f"Field: {share:.0%}. Esc: stop")
        return {"RUNNING_MODAL"}

    def cancel(self, context: bpy.types.Context) -> None:
        """Blender ends, or opens another file."""
        self._stop(context)

    def _stop(self, context: bpy.types.Context) -> None:
        self._steps = None
        manager = context.window_manager
        if self._timer is not None:
            manager.event_timer_remove(self._timer)
            manager.progress_end()
            self._timer = None
        if context.workspace is not None:
            context.workspace.status_text_set(None)

    def _done(self, context: bpy.types.Context, found: list[Found]) -> set[OperatorReturnItems]:
        told = [self.finish(context, found)]
        told += dict.fromkeys(one.told for one in found if one.told)
        self.report({"INFO"}, " ".join(told))
        return {"FINISHED"}


class BLENDER_SPIKE_OT_add_field(_Computing):
    """Show the extracellular potential around the neuron on a sheet that plays in step with it, from its membrane currents"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.add_field"
    bl_label = "Add Field"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        facing: Facing
        at: str
        size_um: float
        resolution: int
        sigma: float
        scale: str
        isolines: int
    else:
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
            description="What the sheet goes through",
            items=[
                ("SOMA", "Soma", "The thickest segment, in depth; the middle of the cells, across"),
                ("CURSOR", "3D Cursor", "The 3D cursor, which is its middle"),
            ],
        )
        size_um: FloatProperty(
            name="Size (µm)",
            description="Of both sides; 0 for a little more than the cells",
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
            description="Lines of equal potential on each side of zero; can be changed at any time",
            default=0,
            min=0,
            max=50,
        )

    _placed: tuple[bpy.types.Object, Matrix, Spread]

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw only the relevant settings."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "facing")
        if self.facing != "OBJECT":
            layout.prop(self, "at")
        for name in ("size_um", "resolution", "sigma", "scale", "isolines"):
            layout.prop(self, name)

    def prepare(self, context: bpy.types.Context) -> float:
        """Find where the sheet lies."""
        neuron = required(neuron_at_hand(context))
        view = other = center = None
        if self.facing == "VIEW":
            space: Any = context.space_data
            if space is None or space.type != "VIEW_3D":
                raise FieldError("There is no 3D viewport to face; choose X, Y or Z.")
            view = space.region_3d.view_rotation
        if self.facing == "OBJECT":
            others = selected_beside(context, neuron)
            if len(others) != 1:
                raise FieldError(
                    f"{len(others) or 'No'} other objects are selected; select one, such as an "
                    "empty, beside the neuron."
                )
            (other,) = others
        elif self.at == "CURSOR":
            center = context.scene.cursor.location.copy()
        matrix, size = field_sheet.placed(
            neuron, self.facing, center, self.size_um, view=view, other=other
        )
        grid = field_sheet.spread(size, self.resolution, about(neuron).frames)
        self._placed = neuron, matrix, grid
        return field_sheet.work_of(neuron, grid.columns * grid.rows)

    def steps(self) -> Generator[float, None, list[Found]]:
        """Compute the potential on the sheet."""
        neuron, matrix, grid = self._placed
        places = field_sheet.moved(field_sheet.points_of(grid), matrix)
        return (yield from _each([(neuron, places, self.sigma)]))

    def finish(self, context: bpy.types.Context, found: list[Found]) -> str:
        """Make the sheet."""
        neuron, matrix, grid = self._placed
        (one,) = found
        sheet = field_sheet.add_sheet(context, neuron, matrix, grid, one, self.sigma)
        material = required(field_sheet.material_of_sheet(sheet))
        field_input(material, "Logarithmic").default_value = float(self.scale == "LOG")
        field_input(material, "Isolines").default_value = float(self.isolines)
        low, high = float(one.values_uv.min()), float(one.values_uv.max())
        limit = field_input(material, "Limit").default_value
        return (
            f"Added '{sheet.name}', {grid.columns} x {grid.rows} points: {low:.3g} to {high:.3g} "
            f"µV, with colors up to ±{limit:.3g} µV."
        )


class BLENDER_SPIKE_OT_update_field(_Computing):
    """Compute the neuron's field sheets again that were moved, or whose neuron has other data"""  # noqa: D400, D415

    bl_idname = "blender_spike.update_field"
    bl_label = "Update"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        sigma: float
    else:
        sigma: FloatProperty(
            name="Conductivity (S/m)",
            description="Of the tissue; 0 leaves each sheet's own",
            default=0.0,
            min=0.0,
            soft_max=3.0,
            precision=3,
        )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a sheet."""
        return super().poll(context) and _has_sheets(cls, context)

    def prepare(self, context: bpy.types.Context) -> float:
        """Find the sheets that are out of date, or all if none is."""
        neuron = required(neuron_at_hand(context))
        lines_of(neuron)
        sheets = editable(field_sheet.sheets_of(neuron))
        self._sheets = [sheet for sheet in sheets if field_sheet.outdated(sheet)] or sheets
        return sum(
            field_sheet.work_of(neuron, grid.columns * grid.rows)
            for grid in map(field_sheet.grid_of, self._sheets)
        )

    def steps(self) -> Generator[float, None, list[Found]]:
        """Compute one after the other."""
        jobs = []
        for sheet in self._sheets:
            (neuron,) = {field_sheet.neuron_of(sheet)}
            sigma = self.sigma or field_sheet.sigma_of(sheet)
            jobs.append((neuron, field_sheet.places_of(sheet), sigma))
        return (yield from _each(jobs))

    def finish(self, _context: bpy.types.Context, found: list[Found]) -> str:
        """Show it on them."""
        for sheet, one in zip(self._sheets, found, strict=True):
            field_sheet.put(sheet, one, self.sigma or field_sheet.sigma_of(sheet))
        names = ", ".join(f"'{sheet.name}'" for sheet in self._sheets)
        return f"Computed {names} again."


class BLENDER_SPIKE_OT_remove_field(OnActiveNeuron):
    """Remove field sheets of the neuron"""  # noqa: D400, D415

    bl_idname = "blender_spike.remove_field"
    bl_label = "Remove Field"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        name: str
    else:
        name: StringProperty(
            name="Name", description="Sheet to remove; all of the neuron's if empty"
        )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a sheet."""
        return super().poll(context) and _has_sheets(cls, context)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Remove one or all."""
        neuron = required(neuron_at_hand(context))
        sheets = editable(field_sheet.sheets_of(neuron))
        chosen = [sheet for sheet in sheets if self.name in ("", sheet.name)]
        if not chosen:
            self.report({"ERROR"}, f"'{neuron.name}' has no field sheet '{self.name}'.")
            return {"CANCELLED"}
        names = ", ".join(f"'{sheet.name}'" for sheet in chosen)
        field_sheet.remove_sheets(chosen)
        self.report({"INFO"}, f"Removed {names}.")
        return {"FINISHED"}


class BLENDER_SPIKE_OT_choose_field_colormap(ColormapPicker):
    """Give a field sheet a colormap."""

    bl_idname = "blender_spike.choose_field_colormap"

    @classmethod
    def material(cls, context: bpy.types.Context) -> bpy.types.Material | None:
        """Find the material of the active sheet, or of the active neuron's first."""
        sheet = field_sheet.sheet_at_hand(context.object, neuron_at_hand(context))
        return None if sheet is None else field_sheet.material_of_sheet(sheet)


def _has_sheets(operator: Any, context: bpy.types.Context) -> bool:
    if editable(field_sheet.sheets_of(required(neuron_at_hand(context)))):
        return True
    operator.poll_message_set(NO_SHEET)
    return False


def _each(
    jobs: list[tuple[bpy.types.Object, Any, float]],
) -> Generator[float, None, list[Found]]:
    """Compute one after the other."""
    found: list[Found] = []
    for done, job in enumerate(jobs):
        steps = field_sheet.stepwise(*job)
        while True:
            try:
                yield (done + next(steps)) / len(jobs)
            except StopIteration as end:
                found.append(end.value)
                break
    return found


CLASSES = (
    BLENDER_SPIKE_OT_add_field,
    BLENDER_SPIKE_OT_update_field,
    BLENDER_SPIKE_OT_remove_field,
    BLENDER_SPIKE_OT_choose_field_colormap,
)
