# SPDX-License-Identifier: GPL-3.0-or-later
"""What a neuron shows at a frame, and what it should show by a file's own values."""

from __future__ import annotations

import numpy as np
from helpers.simulations import sample_at

TOLERANCE_MV = 1e-3


def voltages(bpy, neuron, frame):
    """Evaluated voltage at every point of the strands, then of every sphere."""
    whole = int(np.floor(frame))
    bpy.context.scene.frame_set(whole, subframe=frame - whole)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    # The set owns its parts, so it has to live for as long as they are read.
    geometry = neuron.evaluated_get(depsgraph).evaluated_geometry()
    data = geometry.curves.attributes["voltage"].data
    found = np.empty(len(data), np.float32)
    data.foreach_get("value", found)
    return np.r_[found, spheres(geometry)[0]]


def spheres(geometry):
    """Evaluated voltages and radii of the spheres, which are instances."""
    points = geometry.instances_pointcloud()
    if points is None:
        return np.empty(0), np.empty(0)
    found = np.empty(len(points.points), np.float32)
    points.attributes["voltage"].data.foreach_get("value", found)
    matrices = np.empty((len(found), 4, 4), np.float32)
    points.attributes["instance_transform"].data.foreach_get("value", matrices.ravel())
    return found, np.linalg.norm(matrices[:, 0, :3], axis=1)


def expected(sim, time_ms):
    """The same by hand, for strands and for spheres behind them."""
    from blender_spike.cells.morphology import Role, strands

    lines = strands(sim)
    now = sample_at(sim, time_ms)
    value = (1 - lines.weight_b) * now[lines.segment_a] + lines.weight_b * now[lines.segment_b]
    sphere = np.repeat(lines.roles >= Role.SOMA_SPHERE, lines.point_counts)
    return np.r_[value[~sphere], value[sphere]]
