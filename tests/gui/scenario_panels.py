# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar as the manual shows it: twice as large, with a cell that was really simulated."""

from __future__ import annotations

import bpy
from window import (
    Step,
    check,
    empty_scene,
    open_panel,
    open_tab,
    show_panels,
    sidebar_picture,
    viewport,
    whole_sidebar_picture,
)

# So large that text is sharp on a fine screen.
SCALE = 2.0


def scenario() -> Step:
    yield from empty_scene()
    # Nothing of the viewport behind the panels.
    bpy.context.preferences.system.use_region_overlap = False
    yield from open_tab("BlenderSpike")
    with viewport():
        bpy.ops.blender_spike.import_demo(demo="NEURON")
        bpy.ops.blender_spike.use_standard_view()
    check(len(bpy.context.object.data.curves) == 79, "it is the pyramidal cell")
    yield
    for panel in ("film", "figures", "look"):
        yield from open_panel(f"BLENDER_SPIKE_PT_{panel}")
    bpy.context.preferences.view.ui_scale = SCALE
    yield
    yield from whole_sidebar_picture()
    yield from of_networks()


def of_networks() -> Step:
    """Show the panels that need a network, and the one of films, each by itself."""
    ops = bpy.ops.blender_spike
    with viewport():
        ops.import_demo(demo="NETWORK")
        ops.add_layout(kind="Circle")
    names = ("network", "layout", "output")
    # Before one of them is taken away.
    panels = [getattr(bpy.types, f"BLENDER_SPIKE_PT_{name}") for name in names]
    for name, panel in zip(names, panels, strict=True):
        yield from show_panels("blender_spike", of=panel)
        yield from open_tab("BlenderSpike")
        if name == "output":
            # It was there before, closed.
            yield from open_panel(panel.__name__)
        yield from sidebar_picture(name)
