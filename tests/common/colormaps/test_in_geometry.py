# SPDX-License-Identifier: GPL-3.0-or-later
"""Colors among geometry nodes, vertex by vertex against matplotlib."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.colormap_looks import COLORMAPS, LOOKS, WIDTH, check_colors

LOW, HIGH = -0.02, 0.07


@pytest.mark.parametrize("colormap", COLORMAPS)
def test_every_look_is_exact(bpy, colormap):
    """In all that a material's colormap can be set to."""
    from common import nodes
    from common.colormaps import linear_to_srgb
    from common.colormaps.image import colormap_image
    from common.colormaps.in_geometry import COLOR, COLOR_INPUTS, color_group
    from common.nodes.modifiers import add_group_modifier

    with nodes.geometry_group("Colored") as tree:
        geometry = tree.input("Geometry", "Geometry")
        given = tree.inputs(COLOR_INPUTS)
        color = tree.group(color_group(), {"Value": tree.attribute("value"), **given})
        stored = tree.add(
            "GeometryNodeStoreNamedAttribute",
            {"Geometry": geometry, "Name": COLOR, "Value": color},
            data_type="FLOAT_COLOR", domain="POINT",
        )  # fmt: skip
        tree.output("Geometry", stored)
    for look in LOOKS:
        mesh = bpy.data.meshes.new("values")
        mesh.vertices.add(WIDTH + 2)
        x = np.r_[(np.arange(WIDTH) + 0.5) / WIDTH, -1.0, 2.0]
        values = (LOW + (HIGH - LOW) * x).astype(np.float32)
        mesh.attributes.new("value", "FLOAT", "POINT").data.foreach_set("value", values)
        thing = bpy.data.objects.new("values", mesh)
        bpy.context.scene.collection.objects.link(thing)
        limits = {"Colormap": colormap_image(colormap), "Minimum": LOW, "Maximum": HIGH}
        add_group_modifier(thing, "colors", tree.tree, limits | look)
        evaluated = thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
        found = np.empty((WIDTH + 2, 4), np.float32)
        evaluated.attributes[COLOR].data.foreach_get("color", found.ravel())
        shown = 255 * linear_to_srgb(found[:, :3])
        check_colors(shown[:WIDTH], look, colormap)
        # Beyond the limits, the color at the limit.
        assert np.abs(shown[WIDTH] - shown[0]).max() < 0.1
        assert np.abs(shown[WIDTH + 1] - shown[WIDTH - 1]).max() < 0.1
