# SPDX-License-Identifier: GPL-3.0-or-later
"""What is stored with an imported neuron, and the panel's fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, cast

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from .common.colormaps.choice import ColormapChoice
from .common.colormaps.colormap_settings import (
    END,
    REVERSE,
    START,
    STEPS,
    STRENGTH,
    colormap_property,
)
from .common.nodes.modifiers import find_group_modifier, has_input, input_value, set_inputs
from .lines.styles import AUTOMATIC, STYLES
from .simulation_file import SECTION_TYPES

SECTION_TYPE_ITEMS: Final = [
    ("soma", "Soma", "Cell bodies"),
    ("dend", "Basal", "Basal dendrites, or all dendrites if the model has only one kind"),
    ("apic", "Apical", "Apical dendrites"),
    ("axon", "Axon", "Axons"),
    ("other", "Other", "Sections of unknown type"),
]


LARGEST_UM_PER_UNIT: Final = 10_000.0
"""Above this, Cycles draws strands in wrong colors, and figures disappear."""
PLAYBACK_GROUP: Final = "BlenderSpike Playback"
"""What the node group's name begins with that plays a simulation."""
_OVERRIDABLE: Final[set[Literal["LIBRARY_OVERRIDABLE"]]] = {"LIBRARY_OVERRIDABLE"}


def _in_um(name: str, title: str, description: str, soft_max: float = 100.0) -> Any:
    """Define a field that shows an input of the modifier, which is in Blender units, in µm."""

    def get(data: BLENDER_SPIKE_PG_neuron) -> float:
        modifier = find_group_modifier(_owner(data), PLAYBACK_GROUP)
        if modifier is None or not has_input(modifier, name):
            return 0.0
        return float(input_value(modifier, name).value) * data.um_per_unit

    def set_(data: BLENDER_SPIKE_PG_neuron, value_um: float) -> None:
        modifier = find_group_modifier(_owner(data), PLAYBACK_GROUP)
        if modifier is not None and has_input(modifier, name):
            set_inputs(modifier, {name: value_um / data.um_per_unit})

    return FloatProperty(
        name=title,
        description=description,
        min=0.0,
        soft_max=soft_max,
        precision=3,
        get=get,
        set=set_,
        options=set(),
        override=_OVERRIDABLE,
    )


def _owner(data: bpy.types.PropertyGroup) -> bpy.types.Object:
    return cast(bpy.types.Object, data.id_data)


class BLENDER_SPIKE_PG_neuron(bpy.types.PropertyGroup):
    """What the file of an imported neuron held.

    Of an object that holds values, what these are: the quantity and what follows, and the frames.
    """

    if TYPE_CHECKING:
        filepath: str
        cells: int
        sections: int
        segments: int
        frames: int
        has_time: bool
        duration_ms: float
        quantity: str
        unit: str
        classes: str
        low: float
        high: float
        low_percentile: float
        high_percentile: float
        not_finite: int
        um_per_unit: float
        centered: bool
        chosen_cells: str
        chosen_types: set[str]
        cells_in_file: int
        holders: bpy.types.Collection | None
        combined: int
        run: str
        minimum_radius_um: float
        connection_radius_um: float
        pulse_speed_um_per_ms: float
        synapse_radius_um: float
        pulse_radius_um: float
    else:
        filepath: StringProperty(name="File", subtype="FILE_PATH")
        cells: IntProperty(name="Cells", options=set())
        sections: IntProperty(name="Sections", options=set())
        segments: IntProperty(name="Segments", options=set())
        frames: IntProperty(name="Frames", options=set())
        has_time: BoolProperty(name="Has Time", default=True, options=set())
        duration_ms: FloatProperty(
            name="Duration",
            description="Milliseconds from the first sample to the last",
            options=set(),
        )
        quantity: StringProperty(name="Quantity", override=_OVERRIDABLE)
        unit: StringProperty(name="Unit", override=_OVERRIDABLE)
        classes: StringProperty(
            name="Classes",
            description="What the values count, a line for each; empty if they are measured",
            override=_OVERRIDABLE,
        )
        low: FloatProperty(name="Lowest Value", options=set(), override=_OVERRIDABLE)
        high: FloatProperty(name="Highest Value", options=set(), override=_OVERRIDABLE)
        low_percentile: FloatProperty(
            name="Value Above the Lowest Hundredth", options=set(), override=_OVERRIDABLE
        )
        high_percentile: FloatProperty(
            name="Value Below the Highest Hundredth", options=set(), override=_OVERRIDABLE
        )
        not_finite: IntProperty(name="Values Not Finite", options=set(), override=_OVERRIDABLE)
        um_per_unit: FloatProperty(name="µm per Unit", default=100.0, options=set())
        centered: BoolProperty(name="Soma at Origin", default=True, options=set())
        chosen_cells: StringProperty(name="Cells")
        chosen_types: EnumProperty(
            name="Section Types",
            items=SECTION_TYPE_ITEMS,
            options={"ENUM_FLAG"},
            default=set(SECTION_TYPES),
        )
        cells_in_file: IntProperty(name="Cells in the File", options=set())
        holders: PointerProperty(name="Data Objects", type=bpy.types.Collection)
        combined: IntProperty(name="Combined Neurons", options=set())
        run: StringProperty(name="Running Simulation")
        minimum_radius_um: _in_um(
            "Minimum Radius", "Thinnest (µm)", "Radius that each neurite has at least"
        )
        connection_radius_um: _in_um(
            "Connection Radius", "Radius (µm)", "Radius of the connections"
        )
        pulse_speed_um_per_ms: _in_um(
            "Pulse Speed",
            # With its unit, it would be cut off in a sidebar of the usual width.
            "Speed",
            "Speed of pulses along connections in µm/ms; 0 for the delays in the file. 1 m/s is "
            "1000 µm/ms",
            soft_max=10_000.0,
        )
        synapse_radius_um: _in_um(
            "Synapse Size",
            "Size (µm)",
            "Radius of a synapse at rest that has the median weight",
            soft_max=20.0,
        )
        pulse_radius_um: _in_um(
            "Axon Pulse Size",
            "Size (µm)",
            "Radius of the head of a pulse along an axon, which it is thicker than in any case",
            soft_max=20.0,
        )


class ImportSettings:
    """Settings of an import; stored by the panel, used by the operator."""

    if TYPE_CHECKING:
        um_per_unit: float
        center: bool
        at_origin: bool
        cells: str
        section_types: set[str]
        object_per_cell: bool
        style: str
        set_frame_range: bool
    else:
        um_per_unit: FloatProperty(
            name="µm per Unit",
            description="Micrometers per Blender unit. Above 10,000, cells are too small for "
            "render engines; scale the object instead",
            default=100.0,
            min=1e-3,
            soft_max=1000.0,
            options=set(),
        )
        center: BoolProperty(
            name="Soma at Origin",
            description="Put the soma at the object's origin instead of keeping the file's "
            "coordinates",
            default=True,
            options=set(),
        )
        at_origin: BoolProperty(
            name="At Origin",
            description="Put the soma at the scene's origin even if another neuron is there",
            options=set(),
        )
        # Cell names of one file do not apply to the next.
        cells: StringProperty(
            name="Cells",
            description="Cells to import, separated by commas: names, with * and ? as wildcards, "
            "or numbers from 0 and ranges, such as 0-99 or 0-999:10. Empty for all",
            options={"SKIP_SAVE"},
        )
        section_types: EnumProperty(
            name="Section Types",
            description="Section types to import; hold Shift to choose several",
            items=SECTION_TYPE_ITEMS,
            options={"ENUM_FLAG", "SKIP_SAVE"},
            default=set(SECTION_TYPES),
        )
        object_per_cell: BoolProperty(
            name="One Object per Cell",
            description="Make an object for each cell, in a collection, instead of one for all, "
            "to move and style them one by one. Best for up to a hundred cells",
            options=set(),
        )
        style: EnumProperty(
            name="Style",
            description="How neurites are drawn; can be changed at any time",
            items=[
                (
                    AUTOMATIC,
                    "Automatic",
                    "Strands in Cycles and for large files, otherwise tubes",
                    0,
                ),
                *(
                    (name.upper(), name, style.description, style.number)
                    for name, style in STYLES.items()
                ),
            ],
            options=set(),
        )
        set_frame_range: BoolProperty(
            name="Set Frame Range",
            description="Make an empty scene as long as the simulation, and extend any other if "
            "needed",
            default=True,
            options=set(),
        )


IMPORT_SETTINGS: Final = (
    "um_per_unit",
    "center",
    "at_origin",
    "cells",
    "section_types",
    "object_per_cell",
    "style",
    "set_frame_range",
)


class ColorSettings:
    """Settings of coloring by voltage."""

    if TYPE_CHECKING:
        colormap: str
        reverse: bool
        v_min: float
        v_max: float
        strength: float
        start: float
        end: float
        steps: int
        rest_glow: float
    else:
        colormap: colormap_property()
        reverse: REVERSE
        v_min: FloatProperty(
            name="Minimum",
            description="Value at the colormap's lower end; the lowest in the file if not given",
            default=-80.0,
            options=set(),
        )
        v_max: FloatProperty(
            name="Maximum",
            description="Value at the colormap's upper end; the highest in the file if not given",
            default=40.0,
            options=set(),
        )
        strength: STRENGTH
        start: START
        end: END
        steps: STEPS
        rest_glow: FloatProperty(
            name="Glow at Rest",
            description="Glow at the lower limit, as a fraction of Strength; at 0 only spikes glow",
            default=1.0,
            min=0.0,
            max=1.0,
            subtype="FACTOR",
            options=set(),
        )


class BLENDER_SPIKE_PG_limits(bpy.types.PropertyGroup):
    """The color limits of a quantity, which is its name, for when it is shown."""

    if TYPE_CHECKING:
        low: float
        high: float
    else:
        low: FloatProperty(name="Minimum", options=set())
        high: FloatProperty(name="Maximum", options=set())


class BLENDER_SPIKE_PG_material(ColormapChoice, bpy.types.PropertyGroup):
    """The colormap of a neuron's material, and its limits for each quantity."""

    if TYPE_CHECKING:
        quantity: str
        limits: Any
        classes_shown: bool
        measured_colormap: str
    else:
        quantity: StringProperty(
            name="Quantity", description="Whose limits the nodes have; empty if nobody knows"
        )
        limits: CollectionProperty(name="Limits", type=BLENDER_SPIKE_PG_limits)
        classes_shown: BoolProperty(name="Classes Shown", options=set())
        measured_colormap: StringProperty(
            name="Colormap of What Is Measured",
            description="The colormap before classes were shown in a palette",
        )


KEEP_START: Final[Any] = BoolProperty(
    name="Keep Start Frames",
    description="Each neuron keeps its own start frame; otherwise all start at the scene's first",
    options=set(),
)


class BLENDER_SPIKE_PG_scene(ImportSettings, bpy.types.PropertyGroup):
    """Fields of the panel."""

    if TYPE_CHECKING:
        filepath: str
        frames: int
        keep_start: bool
    else:
        filepath: StringProperty(
            name="File",
            description="Simulation file to import",
            subtype="FILE_PATH",
            options={"PATH_SUPPORTS_BLEND_RELATIVE"},
        )
        frames: IntProperty(
            name="Frames",
            description="Number of scene frames to spread the simulation over",
            default=240,
            min=2,
            options=set(),
        )
        keep_start: KEEP_START


class BLENDER_SPIKE_PG_figure(bpy.types.PropertyGroup):
    """What a figure belongs to."""

    if TYPE_CHECKING:
        kind: str
        neuron: bpy.types.Object | None
        section: str
        position: float
        fitted: list[float]
    else:
        kind: StringProperty(name="Kind")
        neuron: PointerProperty(name="Neuron", type=bpy.types.Object)
        section: StringProperty(name="Section")
        position: FloatProperty(name="Position", default=0.5, min=0.0, max=1.0, options=set())
        fitted: FloatVectorProperty(name="Limits That Fit the Data", size=4, options=set())


def about(neuron: bpy.types.Object) -> BLENDER_SPIKE_PG_neuron:
    """Return what is stored with a neuron."""
    return cast(BLENDER_SPIKE_PG_neuron, neuron.blender_spike)  # type: ignore[attr-defined]


def fields(scene: bpy.types.Scene) -> BLENDER_SPIKE_PG_scene:
    """Return the fields of the panel."""
    return cast(BLENDER_SPIKE_PG_scene, scene.blender_spike)  # type: ignore[attr-defined]


def about_figure(figure: bpy.types.Object) -> BLENDER_SPIKE_PG_figure:
    """Return what is stored with a figure; its kind is empty on any other object."""
    return cast(BLENDER_SPIKE_PG_figure, figure.blender_spike_figure)  # type: ignore[attr-defined]


CLASSES = (
    BLENDER_SPIKE_PG_neuron,
    BLENDER_SPIKE_PG_limits,
    BLENDER_SPIKE_PG_material,
    BLENDER_SPIKE_PG_scene,
    BLENDER_SPIKE_PG_figure,
)


def about_colors(material: bpy.types.Material) -> BLENDER_SPIKE_PG_material:
    """Return what is stored with a material."""
    return cast(BLENDER_SPIKE_PG_material, material.blender_spike)  # type: ignore[attr-defined]


def attach() -> None:
    """Add the properties to objects, materials and scenes; the classes must be registered first."""
    bpy.types.Object.blender_spike = PointerProperty(  # type: ignore[attr-defined]
        type=BLENDER_SPIKE_PG_neuron, override=_OVERRIDABLE
    )
    bpy.types.Material.blender_spike = PointerProperty(type=BLENDER_SPIKE_PG_material)  # type: ignore[attr-defined]
    bpy.types.Scene.blender_spike = PointerProperty(type=BLENDER_SPIKE_PG_scene)  # type: ignore[attr-defined]
    bpy.types.Object.blender_spike_figure = PointerProperty(type=BLENDER_SPIKE_PG_figure)  # type: ignore[attr-defined]


def detach() -> None:
    """Remove the properties; values stored in files are kept there."""
    del bpy.types.Object.blender_spike  # type: ignore[attr-defined]
    del bpy.types.Material.blender_spike  # type: ignore[attr-defined]
    del bpy.types.Scene.blender_spike  # type: ignore[attr-defined]
    del bpy.types.Object.blender_spike_figure  # type: ignore[attr-defined]
