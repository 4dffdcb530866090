# SPDX-License-Identifier: GPL-3.0-or-later
"""Colors in Solid shading, which the engine Workbench draws as the viewport does."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from helpers.fast import fast_first
from helpers.pictures import add_camera, read_pixels, render_apart
from helpers.simulations import branched, sample_at, simulation

from spike_export import write
from spike_export.networks.point_network import point_network

WIDTH, HEIGHT = 96, 24


@pytest.fixture
def neuron(bpy, tmp_path):
    path = write(tmp_path / "cell.pickle", simulation(branched(), 5, seed=5))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    return bpy.context.object


def geometry(bpy, thing):
    return thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()


def test_nothing_is_stored_until_somebody_wants_it_and_nothing_is_left(bpy, neuron):
    """Playing costs what it did before."""
    plain = [modifier.name for modifier in neuron.modifiers]
    assert "displayColor" not in geometry(bpy, neuron).mesh.attributes
    bpy.ops.blender_spike.show_colors(shading="SOLID")
    assert "displayColor" in geometry(bpy, neuron).mesh.attributes
    assert not neuron.modifiers["Solid Colors"].show_render
    count = len(neuron.animation_data.drivers)
    bpy.ops.blender_spike.show_colors(shading="SOLID")
    assert len(neuron.modifiers) == len(plain) + 1
    assert len(neuron.animation_data.drivers) == count > 0
    bpy.ops.blender_spike.show_colors(shading="PREVIEW")
    assert [modifier.name for modifier in neuron.modifiers] == plain
    assert not neuron.animation_data.drivers


@pytest.mark.slow
@fast_first("style", ["TUBES", "STRANDS"])
def test_pixels_of_solid_shading(bpy, tmp_path, style):
    """A thick dendrite and a soma from above: the colors of their voltages, in two frames."""
    sections = [
        {"points": [[0, 0, 0, 60], [300, 0, 0, 60]], "nseg": 1},
        {"type": "soma", "name": "soma", "points": [[400, 0, 0, 40], [440, 0, 0, 40]]},
    ]
    sim = simulation(sections, 4, seed=3)
    path = write(tmp_path / "dendrite.pickle", sim)
    bpy.ops.blender_spike.import_simulation(filepath=str(path), center=False, style=style)
    neuron = bpy.context.object
    bpy.ops.blender_spike.color_by_voltage(colormap="viridis", v_min=-80, v_max=40)
    bpy.ops.blender_spike.show_colors(shading="SOLID")
    # The engine draws what is rendered, where the modifier has no place.
    neuron.modifiers["Solid Colors"].show_render = True
    scene = bpy.context.scene
    add_camera(bpy, 4.5, (2.25, 0, 10))
    scene.render.engine = "BLENDER_WORKBENCH"
    scene.render.resolution_x, scene.render.resolution_y = WIDTH, HEIGHT
    scene.render.dither_intensity = 0.0
    scene.view_settings.view_transform = "Standard"
    scene.display.shading.light = "FLAT"
    scene.display.shading.color_type = "VERTEX"
    scene.display.shading.show_cavity = False
    scene.frame_start, scene.frame_end, scene.frame_step = 1, 3, 2
    scene.render.filepath = f"{tmp_path}/"
    render_apart(bpy, tmp_path / "0001.png", animation=True)
    for frame in (1, 3):
        row = read_pixels(tmp_path / f"{frame:04}.png")[HEIGHT // 2]
        now = sample_at(sim, sim.time_ms[frame])
        wanted = 255 * mpl.colormaps["viridis"](np.clip((now + 80) / 120, 0, 1))[:, :3]
        for segment, x_um in enumerate((150, 420)):
            assert np.abs(row[int(x_um / 450 * WIDTH)] - wanted[segment]).max() <= 2


def test_a_network_is_shown_in_material_preview_only(bpy, tmp_path):
    random = np.random.default_rng(2)
    sim = point_network(random.uniform(-1, 1, (5, 3)), np.arange(3.0), random.random((3, 5)))
    bpy.ops.blender_spike.import_simulation(filepath=str(write(tmp_path / "net.pickle", sim)))
    with pytest.raises(RuntimeError, match="Solid shading cannot show the colors of networks"):
        bpy.ops.blender_spike.show_colors(shading="SOLID")
    assert len(bpy.context.object.modifiers) == 1


def test_the_other_add_ons_have_the_button_too(bpy):
    """A surface gets its exact colors; a color ramp cannot be shown."""
    bpy.ops.surface_slicer.create_surface()
    surface = bpy.context.object
    bpy.ops.surface_slicer.color_surface(by="HEIGHT", colormap="magma", low=-1, high=1)
    bpy.ops.surface_slicer.show_colors(shading="SOLID")
    for by, attribute in (("HEIGHT", "height"), ("X", "x")):
        bpy.ops.surface_slicer.show_values(by=by)
        mesh = surface.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
        data = next(a for a in mesh.attributes if a.name.casefold().endswith(attribute)).data
        values = np.empty(len(data), np.float32)
        data.foreach_get("value", values)
        found = np.empty((len(values), 4), np.float32)
        mesh.attributes["displayColor"].data.foreach_get("color", found.ravel())
        nodes = surface.material_slots[0].material.node_tree.nodes
        low, high = (nodes["Limits"].inputs[f"From {end}"].default_value for end in ("Min", "Max"))
        along = np.clip((values - low) / (high - low), 0, 1)
        linear = found[:, :3].astype(float)
        shown = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
        away = np.abs(shown - mpl.colormaps["magma"](along)[:, :3]).max(axis=1)
        # What lies where two of the 256 colors meet may have either.
        assert np.mean(away > 0.1 / 255) <= 0.01 and away.max() < 4 / 255
    bpy.ops.surface_slicer.show_colors(shading="PREVIEW")
    assert "Solid Colors" not in surface.modifiers
    bpy.ops.surface_slicer.color_surface(by="HEIGHT", ramp=True)
    with pytest.raises(RuntimeError, match="Solid shading cannot show curves and color ramps"):
        bpy.ops.surface_slicer.show_colors(shading="SOLID")
