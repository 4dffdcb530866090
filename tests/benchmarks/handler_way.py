# SPDX-License-Identifier: GPL-3.0-or-later
"""How voltages were shown before: one mesh object per section, recoloured by Python every frame.

Only the approach, as small as it can be: each section is a bevelled curve converted to a mesh, and
a frame change handler looks up a colour for every vertex.
"""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from spike_export import Simulation


class HandlerWay:
    """Sections as objects of their own, and the handler that colours them."""

    def __init__(self, simulation: Simulation) -> None:
        self.values = simulation.values
        self.low, self.high = float(self.values.min()), float(self.values.max())
        self.parts: list[tuple[Any, np.ndarray[Any, Any]]] = []
        first_points, first_segments = simulation.first_points, simulation.first_segments
        for index, count in enumerate(simulation.point_counts):
            begin = first_points[index]
            points = simulation.points_um[begin : begin + count]
            segments = first_segments[index] + np.arange(simulation.segment_counts[index])
            self.parts.append((self._tube(f"section {index}", points), segments))

    def _tube(self, name: str, points: np.ndarray[Any, Any]) -> Any:
        curve = bpy.data.curves.new(name, "CURVE")
        curve.dimensions, curve.bevel_depth, curve.bevel_resolution = "3D", 1.0, 2
        spline = curve.splines.new("POLY")
        spline.points.add(len(points) - 1)
        for target, (x, y, z, diameter) in zip(spline.points, points, strict=True):
            target.co = (x, y, z, 1.0)
            target.radius = diameter / 2
        thing = bpy.data.objects.new(name, curve)
        bpy.context.collection.objects.link(thing)
        bpy.ops.object.select_all(action="DESELECT")
        thing.select_set(True)
        bpy.context.view_layer.objects.active = thing
        bpy.ops.object.convert(target="MESH")
        thing = bpy.context.object
        thing.data.color_attributes.new("voltage", "FLOAT_COLOR", "POINT")
        return thing

    def __call__(self, scene: Any, _depsgraph: object = None) -> None:
        """Colour every vertex of every section for the current frame."""
        row = self.values[min(max(scene.frame_current, 0), len(self.values) - 1)]
        for thing, segments in self.parts:
            colors = thing.data.color_attributes["voltage"].data
            count = len(colors)
            for vertex in range(count):
                value = row[segments[vertex * len(segments) // count]]
                shade = (value - self.low) / (self.high - self.low)
                colors[vertex].color = (shade, 0.0, 1.0 - shade, 1.0)
