# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields of panels: what cannot be animated has no dot for keyframes, and lengths have units."""

from __future__ import annotations

import pytest
from helpers.simulations import branched, simulation

from spike_export import write

PREFIXES = ("BLENDER_SPIKE_", "BLENDER_BRAIN_", "SURFACE_SLICER_")


@pytest.fixture
def cell(tmp_path):
    return write(tmp_path / "cell.pickle", simulation(branched()))


def load(bpy, path, **settings):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS", **settings)
    return bpy.context.object


def test_no_property_of_the_extensions_can_be_animated(bpy):
    """Nothing reads them while a film plays: keyframes would do nothing."""
    groups = [
        g for g in bpy.types.PropertyGroup.__subclasses__() if g.__name__.startswith(PREFIXES)
    ]
    assert len(groups) > 10
    found = {
        f"{group.__name__}.{field.identifier}"
        for group in groups
        for field in group.bl_rna.properties
        if field.is_animatable
    }
    assert found == set()


@pytest.mark.slow
def test_radii_are_in_micrometers(bpy, cell):
    """Of the file, whatever the scale of the scene; the modifier keeps Blender's units."""
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    neuron = load(bpy, cell, um_per_unit=50.0)
    data = neuron.blender_spike
    assert data.minimum_radius_um == 0.0
    data.minimum_radius_um = 4.0
    assert input_value(find_modifier(neuron), "Minimum Radius").value == pytest.approx(0.08)
    # Round ends are thinner.
    input_value(find_modifier(neuron), "Strand Smoothing").value = 0.0
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    thin = min(p.radius for p in list(geometry.curves.points)[5:])
    assert thin * 50 == pytest.approx(4.0)
    input_value(find_modifier(neuron), "Minimum Radius").value = 0.1
    assert data.minimum_radius_um == pytest.approx(5.0)
    # On what is no neuron it is nothing.
    camera = bpy.data.objects.new("camera", None)
    camera.blender_spike.minimum_radius_um = 3.0
    assert camera.blender_spike.minimum_radius_um == 0.0


def test_labels_of_lengths_fit_a_narrow_sidebar(bpy):
    """As many letters as `Minimum (mV)` has and two more; a longer one is cut off."""
    from blender_spike.properties import BLENDER_SPIKE_PG_neuron

    known = BLENDER_SPIKE_PG_neuron.bl_rna.properties
    names = [known[f"{what}_radius_um"].name for what in ("minimum", "connection")]
    assert all(name.endswith("(µm)") and len(name) <= 14 for name in names)


def test_a_network_s_connections_are_in_micrometers(bpy, tmp_path):
    import numpy as np
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    from spike_export.networks.point_network import point_network

    net = point_network(np.eye(3) * 90, np.arange(2.0), np.ones((2, 3)), connections=[[0, 1]])
    neuron = load(bpy, write(tmp_path / "net.pickle", net))
    neuron.blender_spike.connection_radius_um = 2.5
    assert input_value(find_modifier(neuron), "Connection Radius").value == pytest.approx(0.025)


@pytest.mark.slow
@pytest.mark.parametrize("keep", [True, False])
def test_fit_keeps_start_frames_where_that_is_asked_for(bpy, cell, keep):
    """Copies that begin one after the other go on doing so."""
    from blender_spike.common.nodes.modifiers import input_value, set_inputs
    from blender_spike.playback.playback import find_modifier

    first = load(bpy, cell)
    copies = [first, first.copy(), first.copy()]
    for index, one in enumerate(copies):
        if index:
            bpy.context.collection.objects.link(one)
        set_inputs(find_modifier(one), {"Start Frame": 10.0 * index})
        one.select_set(True)
    bpy.ops.blender_spike.fit_time(frames=41, keep_start=keep)
    starts = [input_value(find_modifier(one), "Start Frame").value for one in copies]
    assert starts == ([0, 10, 20] if keep else [0, 0, 0])
    pace = {input_value(find_modifier(one), "Milliseconds per Frame").value for one in copies}
    assert list(pace) == [pytest.approx(0.01)]


@pytest.mark.slow
def test_a_scale_that_is_too_small_to_render_is_said(bpy, cell, capfd):
    load(bpy, cell, um_per_unit=10_000.0)
    assert "too small" not in capfd.readouterr().out
    load(bpy, cell, um_per_unit=1e5)
    assert "At 100,000 µm per unit it is too small for render engines" in capfd.readouterr().out
