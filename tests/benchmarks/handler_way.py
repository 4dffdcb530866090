# SPDX-License-Identifier: GPL-3.0-or-later
"""How voltages were shown before: one mesh object per section, recolored by Python every frame.

Only the approach, as small as it can be: each section is a bevelled curve converted to a mesh, and
a frame change handler looks up a color for every vertex.
"""

from __future__ import annotations

import pickle
from typing import Any

import bpy
import numpy as np

from spike_export import Simulation


class HandlerWay:
    """Sections as objects of their own, and the handler that colors them.

    Parameters
    ----------
    older_file : bytes
        From `write_file`; reading it is part of the way.
    """

    def __init__(self, older_file: bytes) -> None:
        self.sections = pickle.loads(older_file)
        voltages = [row for section in self.sections for row in section["Voltage"].values()]
        self.low = min(float(row.min()) for row in voltages)
        self.high = max(float(row.max()) for row in voltages)
        self.parts = [
            self._tube(
                f"section {section['ID']}",
                np.stack([section[key] for key in ("X", "Y", "Z", "DIAM")], axis=1),
            )
            for section in self.sections
        ]
        self(bpy.context.scene)

    @staticmethod
    def write_file(simulation: Simulation) -> bytes:
        """Write a simulation as the older format does: an array for each section and frame."""
        sections = []
        first_points, first_segments = simulation.first_points, simulation.first_segments
        for index, count in enumerate(simulation.point_counts):
            points = simulation.points_um[first_points[index] :][:count].astype(np.float64)
            segments = slice(
                first_segments[index], first_segments[index] + simulation.segment_counts[index]
            )
            voltage = simulation.values[:, segments].astype(np.float64)
            sections.append(
                {
                    "ID": index,
                    "type": "dend",
                    **dict(zip(("X", "Y", "Z", "DIAM"), points.T.copy(), strict=True)),
                    "Voltage": {frame: row.copy() for frame, row in enumerate(voltage)},
                }
            )
        return pickle.dumps(sections, protocol=4)

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
        """Color every vertex of every section for the current frame."""
        for thing, section in zip(self.parts, self.sections, strict=True):
            frames = section["Voltage"]
            row = frames[min(max(scene.frame_current, 0), len(frames) - 1)]
            colors = thing.data.color_attributes["voltage"].data
            count = len(colors)
            for vertex in range(count):
                value = row[vertex * len(row) // count]
                shade = (value - self.low) / (self.high - self.low)
                colors[vertex].color = (shade, 0.0, 1.0 - shade, 1.0)
