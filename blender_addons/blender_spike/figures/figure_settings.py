# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of new figures; stored by the panel, used by the operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, PointerProperty

from ..at_hand import neuron_at_hand
from ..common.suggestions import text_property
from ..playback.sections import section_names
from .adding import Placement

_MOST_OFFERED: Final = 500


def search_sections(
    _owner: bpy.types.bpy_struct, context: bpy.types.Context, typed: str
) -> list[str]:
    """Suggest the first few hundred sections whose names contain the typed text."""
    neuron = neuron_at_hand(context)
    if neuron is None:
        return []
    wanted = typed.casefold()
    found = []
    for name in section_names(neuron):
        if wanted in name.casefold():
            found.append(name)
            if len(found) == _MOST_OFFERED:
                break
    return found


def _section(search: Any = None) -> Any:
    return text_property(
        search,
        name="Section",
        description="Section, or cell of a network, to show; if empty, the soma or the first cell",
    )


class PlacementSetting:
    """Where figures go."""

    if TYPE_CHECKING:
        placement: Placement
    else:
        placement: EnumProperty(
            name="Placement",
            description="Where to place the figure",
            items=[
                ("CAMERA", "Camera", "In a corner of the camera's picture, following the camera"),
                ("SCENE", "Scene", "Beside the neuron, facing the camera as it is now"),
            ],
            options=set(),
        )


class TraceSettings:
    """Settings of a trace."""

    if TYPE_CHECKING:
        section: str
        position: float
        own_axes: bool
    else:
        section: _section(search_sections)
        position: FloatProperty(
            name="Position",
            description="Position along the section, from 0 at its start to 1 at its end",
            default=0.5,
            min=0.0,
            max=1.0,
            subtype="FACTOR",
            options=set(),
        )
        own_axes: BoolProperty(
            name="Separate Axes",
            description="Draw the trace in new axes instead of the existing ones",
            options=set(),
        )


class BLENDER_SPIKE_PG_new_figure(TraceSettings, PlacementSetting, bpy.types.PropertyGroup):
    """Fields of the panel; `suggestions` accompany those that search elsewhere."""

    if not TYPE_CHECKING:
        section: _section()


def new_figure_fields(scene: bpy.types.Scene) -> BLENDER_SPIKE_PG_new_figure:
    """Return the fields of the panel."""
    kept: Any = scene
    return cast(BLENDER_SPIKE_PG_new_figure, kept.blender_spike_figure)


CLASSES = (BLENDER_SPIKE_PG_new_figure,)


def attach() -> None:
    """Add the property to scenes; the class must be registered first."""
    kept: Any = bpy.types.Scene
    kept.blender_spike_figure = PointerProperty(type=BLENDER_SPIKE_PG_new_figure)


def detach() -> None:
    """Remove the property; values stored in files are kept there."""
    kept: Any = bpy.types.Scene
    del kept.blender_spike_figure
