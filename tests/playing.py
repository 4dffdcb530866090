# SPDX-License-Identifier: GPL-3.0-or-later
"""What a neuron shows at a frame, and what it should show by a file's own values."""

from __future__ import annotations

import numpy as np
from simulations import sample_at

TOLERANCE_MV = 1e-3
SPHERE_VERTICES = 32 * 15 + 2


def voltages(bpy, neuron, frame):
    """Evaluated voltage at every point of the strands, then of every sphere's first vertex."""
    whole = int(np.floor(frame))
    bpy.context.scene.frame_set(whole, subframe=frame - whole)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    # The set owns its parts, so it has to live for as long as they are read.
    geometry = neuron.evaluated_get(depsgraph).evaluated_geometry()
    data = geometry.curves.attributes["voltage"].data
    found = np.empty(len(data), np.float32)
    data.foreach_get("value", found)
    if not geometry.mesh:
        return found
    data = geometry.mesh.attributes["voltage"].data
    on_spheres = np.empty(len(data), np.float32)
    data.foreach_get("value", on_spheres)
    # Each sphere has one voltage.
    spheres = on_spheres.reshape(-1, SPHERE_VERTICES)
    assert (spheres == spheres[:, :1]).all()
    return np.r_[found, spheres[:, 0]]


def expected(sim, time_ms):
    """The same by hand, for strands and for spheres behind them."""
    from blender_spike.morphology import Role, strands

    lines = strands(sim)
    now = sample_at(sim, time_ms)
    value = (1 - lines.weight_b) * now[lines.segment_a] + lines.weight_b * now[lines.segment_b]
    sphere = np.repeat(lines.roles >= Role.SOMA_SPHERE, lines.point_counts)
    return np.r_[value[~sphere], value[sphere]]
