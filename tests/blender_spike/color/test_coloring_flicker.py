# SPDX-License-Identifier: GPL-3.0-or-later
"""From frame to frame, only what plays changes, in Cycles and EEVEE."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.eevee import film_by
from helpers.fast import fast_first
from helpers.pictures import add_camera
from helpers.simulations import simulation

from spike_export import write

FRAMES = range(4)
WIDE, HIGH, CENTER = 160, 90, 80
# On the left nothing happens. Bloom reaches about this many pixels.
STILL = slice(0, CENTER - 20)
# Rim and fine lines are what would flicker first.
_CASES = (
    ("CYCLES", "MEMBRANE_GLOW"),
    ("CYCLES", "WIRE"),
    ("BLENDER_EEVEE", "MEMBRANE_GLOW"),
)


def film(bpy, tmp_path, engine, look):
    """Some frames of what was imported, by a camera that stands still, 160 µm wide."""
    scene = bpy.context.scene
    bpy.ops.blender_spike.film_scene()
    bpy.ops.blender_spike.set_look(look=look)
    camera = add_camera(bpy, 1.6)
    # A little from the side, so that depths differ.
    camera.location, camera.rotation_euler = (1.0, 0.0, 9.95), (0.0, 0.1, 0.0)
    scene.render.resolution_x, scene.render.resolution_y = WIDE, HIGH
    scene.eevee.taa_render_samples = 8
    return film_by(engine, bpy, tmp_path, FRAMES)


def check(pictures):
    changes = np.abs(np.diff(pictures, axis=0)).max(axis=-1)
    plays, still = changes[..., CENTER:], changes[..., STILL]
    shown = pictures[..., STILL, :]
    ground = np.median(shown)
    assert plays.max() > 40, "it plays"
    assert np.abs(shown - ground).max() > 25, "and what rests is seen"
    assert still.max() <= 3, f"{(still > 3).mean():.2%} of what rests changes"


@pytest.mark.slow
@fast_first(("engine", "look"), _CASES)
def test_a_neuron_does_not_flicker(bpy, tmp_path, engine, look):
    """A spike runs along one dendrite, while the other one and the soma rest."""
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    sections = [
        {"type": "soma", "points": [[-10, 0, 0, 20], [10, 0, 0, 20]]},
        {"points": [[-10, 0, 0, 4], [-40, 9, 4, 4], [-70, -9, 9, 2]], "nseg": 3, "parent": 0},
        {"points": [[10, 0, 0, 4], [40, 9, 4, 4], [70, -9, 9, 2]], "nseg": 9, "parent": 0},
    ]
    sim = simulation(sections, frames=8)
    values = np.full_like(sim.values, -60.0)
    for frame, row in enumerate(values):
        row[-1 - frame] = 40.0
    path = write(tmp_path / "cell.pickle", replace(sim, values=values))
    bpy.ops.blender_spike.import_simulation(filepath=str(path), center=False)
    bpy.ops.blender_spike.color_by_voltage(v_min=-80, v_max=40)
    set_inputs(find_modifier(bpy.context.object), {"Membrane Detail": 0.3})
    check(film(bpy, tmp_path, engine, look))


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "look"), _CASES[::2])
def test_a_network_does_not_flicker(bpy, tmp_path, engine, look):
    """A pulse runs between cells on the right; those on the left rest."""
    places = [(-70, -20), (-35, 25), (-50, 0), (20, -20), (70, 25), (45, 0)]
    sim = simulation([{"points": [[x, y, 3 * x / 10, 9]]} for x, y in places], frames=8)
    values = np.zeros_like(sim.values)
    values[1:4, 3] = 1.0
    cells = tuple(
        replace(sim.cells[0], name=f"cell[{n}]", spikes_ms=np.array([0.1] if n == 3 else []))
        for n in range(len(places))
    )
    sim = replace(
        sim,
        cells=cells,
        section_cells=np.arange(len(places), dtype=np.int32),
        section_types=np.full(len(places), 4, np.uint8),
        values=values,
        quantity="activity",
        unit="1",
        connections=np.array([[0, 1], [2, 1], [3, 4], [3, 5]], np.int32),
        delays_ms=np.full(4, 0.4),
    )
    path = write(tmp_path / "net.pickle", sim)
    bpy.ops.blender_spike.import_simulation(filepath=str(path), center=False)
    bpy.ops.blender_spike.color_by_voltage(v_min=-0.5, v_max=1)
    check(film(bpy, tmp_path, engine, look))
