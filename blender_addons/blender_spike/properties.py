# SPDX-License-Identifier: GPL-3.0-or-later
"""What is stored with an imported neuron, and what the panel's fields hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, cast

import bpy
from bpy.props import (
    BoolProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from .common.colormap_choice import ColormapChoice
from .common.colormap_settings import (
    END,
    REVERSE,
    START,
    STEPS,
    STRENGTH,
    colormap_property,
)
from .simulation_file import SECTION_TYPES

SECTION_TYPE_ITEMS: Final = [
    ("soma", "Soma", "Cell bodies"),
    ("dend", "Basal", "Basal dendrites, or all where the model has one kind only"),
    ("apic", "Apical", "Apical dendrites"),
    ("axon", "Axon", "Axons"),
    ("other", "Other", "Sections of unknown type"),
]


class BLENDER_SPIKE_PG_neuron(bpy.types.PropertyGroup):
    """What the file of an imported neuron held."""

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
    else:
        filepath: StringProperty(name="File", subtype="FILE_PATH")
        cells: IntProperty(name="Cells")
        sections: IntProperty(name="Sections")
        segments: IntProperty(name="Segments")
        frames: IntProperty(name="Frames")
        has_time: BoolProperty(name="Has Time", default=True)
        duration_ms: FloatProperty(
            name="Duration",
            description="Milliseconds from the first sample to the last",
        )
        quantity: StringProperty(name="Quantity")
        unit: StringProperty(name="Unit")
        low: FloatProperty(name="Lowest Value")
        high: FloatProperty(name="Highest Value")
        low_percentile: FloatProperty(name="Value Above the Lowest Hundredth")
        high_percentile: FloatProperty(name="Value Below the Highest Hundredth")
        not_finite: IntProperty(name="Values Not Finite")
        um_per_unit: FloatProperty(name="µm per Unit", default=100.0)
        centered: BoolProperty(name="Soma at Origin", default=True)
        chosen_cells: StringProperty(name="Cells")
        chosen_types: EnumProperty(
            name="Section Types",
            items=SECTION_TYPE_ITEMS,
            options={"ENUM_FLAG"},
            default=set(SECTION_TYPES),
        )
        cells_in_file: IntProperty(name="Cells in the File")


class ImportSettings:
    """Settings of an import; the panel keeps them, and the operator takes them."""

    if TYPE_CHECKING:
        um_per_unit: float
        center: bool
        at_origin: bool
        cells: str
        section_types: set[str]
        object_per_cell: bool
        style: Literal["AUTO", "STRANDS", "TUBES"]
        set_frame_range: bool
    else:
        um_per_unit: FloatProperty(
            name="µm per Unit",
            description="Micrometers per Blender unit",
            default=100.0,
            min=1e-3,
            soft_max=1000.0,
        )
        center: BoolProperty(
            name="Soma at Origin",
            description="Put the soma at the object's origin instead of keeping the file's "
            "coordinates",
            default=True,
        )
        at_origin: BoolProperty(
            name="At Origin",
            description="Put its soma at the scene's origin even where another neuron stands",
        )
        # What one file's cells are called says nothing about the next one's.
        cells: StringProperty(
            name="Cells",
            description="Which cells, separated by commas: names, with * and ? for letters that "
            "may differ, or numbers from 0 and ranges, as in 0-99 or 0-999:10. Empty for all",
            options={"SKIP_SAVE"},
        )
        section_types: EnumProperty(
            name="Section Types",
            description="Which types of sections; hold Shift to choose several",
            items=SECTION_TYPE_ITEMS,
            options={"ENUM_FLAG", "SKIP_SAVE"},
            default=set(SECTION_TYPES),
        )
        object_per_cell: BoolProperty(
            name="One Object per Cell",
            description="Make an object of each cell, in a collection, instead of one of all: to "
            "move and style them one by one. Best for up to a hundred cells",
        )
        style: EnumProperty(
            name="Style",
            description="How neurites are drawn; it can be changed at any time",
            items=[
                ("AUTO", "Automatic", "Strands in Cycles and for large files, tubes elsewhere"),
                ("STRANDS", "Strands", "Curves that the render engine draws, fast at any size"),
                ("TUBES", "Tubes", "Meshes, which look the same in every engine"),
            ],
        )
        set_frame_range: BoolProperty(
            name="Set Frame Range",
            description="Make the scene as long as the simulation",
            default=True,
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
        )
        v_max: FloatProperty(
            name="Maximum",
            description="Value at the colormap's upper end; the highest in the file if not given",
            default=40.0,
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
        )


class BLENDER_SPIKE_PG_material(ColormapChoice, bpy.types.PropertyGroup):
    """The colormap of a neuron's material."""


class BLENDER_SPIKE_PG_scene(ImportSettings, bpy.types.PropertyGroup):
    """Fields of the panel."""

    if TYPE_CHECKING:
        filepath: str
        frames: int
    else:
        filepath: StringProperty(
            name="File",
            description="Simulation file to import",
            subtype="FILE_PATH",
            options={"PATH_SUPPORTS_BLEND_RELATIVE"},
        )
        frames: IntProperty(
            name="Frames",
            description="Scene frames that the simulation is spread over",
            default=240,
            min=2,
        )


class BLENDER_SPIKE_PG_figure(bpy.types.PropertyGroup):
    """What a figure in the picture is about."""

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
        position: FloatProperty(name="Position", default=0.5, min=0.0, max=1.0)
        fitted: FloatVectorProperty(name="Limits That Fitted the Data", size=4)


def about(neuron: bpy.types.Object) -> BLENDER_SPIKE_PG_neuron:
    """Return what is stored with a neuron."""
    return cast(BLENDER_SPIKE_PG_neuron, neuron.blender_spike)  # type: ignore[attr-defined]


def fields(scene: bpy.types.Scene) -> BLENDER_SPIKE_PG_scene:
    """Return the fields of the panel."""
    return cast(BLENDER_SPIKE_PG_scene, scene.blender_spike)  # type: ignore[attr-defined]


def about_figure(figure: bpy.types.Object) -> BLENDER_SPIKE_PG_figure:
    """Return what is stored with a figure; its kind is empty on any other object."""
    return cast(BLENDER_SPIKE_PG_figure, figure.blender_spike_figure)  # type: ignore[attr-defined]


def colormap_choice(material: bpy.types.Material) -> BLENDER_SPIKE_PG_material:
    """Return what chooses a material's colormap."""
    return cast(BLENDER_SPIKE_PG_material, material.blender_spike)  # type: ignore[attr-defined]


CLASSES = (
    BLENDER_SPIKE_PG_neuron,
    BLENDER_SPIKE_PG_material,
    BLENDER_SPIKE_PG_scene,
    BLENDER_SPIKE_PG_figure,
)


def attach() -> None:
    """Give objects, materials and scenes their properties; the classes are registered already."""
    bpy.types.Object.blender_spike = PointerProperty(type=BLENDER_SPIKE_PG_neuron)  # type: ignore[attr-defined]
    bpy.types.Material.blender_spike = PointerProperty(type=BLENDER_SPIKE_PG_material)  # type: ignore[attr-defined]
    bpy.types.Scene.blender_spike = PointerProperty(type=BLENDER_SPIKE_PG_scene)  # type: ignore[attr-defined]
    bpy.types.Object.blender_spike_figure = PointerProperty(type=BLENDER_SPIKE_PG_figure)  # type: ignore[attr-defined]


def detach() -> None:
    """Take the properties away again; what files stored in them stays in the files."""
    del bpy.types.Object.blender_spike  # type: ignore[attr-defined]
    del bpy.types.Material.blender_spike  # type: ignore[attr-defined]
    del bpy.types.Scene.blender_spike  # type: ignore[attr-defined]
    del bpy.types.Object.blender_spike_figure  # type: ignore[attr-defined]
