# SPDX-License-Identifier: GPL-3.0-or-later
"""What editing programs get: the values themselves, and light without bloom."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from helpers.eevee import ENGINES, use_engine
from helpers.pictures import exact_view, read_pixels
from helpers.simulations import branched, simulation

from spike_export import write

SIZE = (32, 32)


def passes_of(path):
    """Read all channels of an OpenEXR file of one part, without compression."""
    data = path.read_bytes()
    assert data[:4] == b"\x76\x2f\x31\x01"
    place, header = 8, {}
    while data[place]:
        name, kind = data[place:].split(b"\0", 2)[:2]
        place += len(name) + len(kind) + 2
        (size,) = struct.unpack_from("<i", data, place)
        header[name.decode()] = data[place + 4 : place + 4 + size]
        place += 4 + size
    left, low, right, high = struct.unpack("<4i", header["dataWindow"])
    width, height = right - left + 1, high - low + 1
    channels, rest = [], header["channels"]
    while rest[0]:
        name, rest = rest.split(b"\0", 1)
        channels.append((name.decode(), {0: "<u4", 1: "<f2", 2: "<f4"}[rest[0]]))
        rest = rest[16:]
    found = {name: np.empty((height, width)) for name, _ in channels}
    for offset in struct.unpack_from(f"<{height}Q", data, place + 1):
        row, size = struct.unpack_from("<2i", data, offset)
        at = offset + 8
        for name, kind in channels:
            found[name][row - low] = np.frombuffer(data, kind, width, at)
            at += width * np.dtype(kind).itemsize
        assert at == offset + 8 + size
    return found


@pytest.mark.parametrize("engine", ENGINES)
def test_values_are_as_in_the_file(bpy, tmp_path, engine):
    """Of a surface whose height is its value, seen from above; figures and emission beside it."""
    from common.output.passes import add_passes

    heights = np.full((8, 8), 0.25)
    heights[:, 4:] = 0.75
    np.save(tmp_path / "steps.npy", heights)
    scene = exact_view(bpy, 0.8, SIZE, (0, 0, 10))
    use_engine(scene, engine, 16)
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "steps.npy"))
    bpy.context.object.location = (0, 0, 0)
    bpy.ops.surface_slicer.color_surface(by="HEIGHT", colormap="gray")
    bpy.ops.surface_slicer.output_format(format="exr_multilayer")
    settings = scene.render.image_settings
    settings.exr_codec, settings.use_exr_interleave = "NONE", True
    names = add_passes(scene)
    assert add_passes(scene) == names
    (material,) = (one for one in bpy.data.materials if one.node_tree.nodes.get("Limits"))
    written = [n for n in material.node_tree.nodes if n.bl_idname == "ShaderNodeOutputAOV"]
    assert sum(node.aov_name == "Value" for node in written) == 1
    from common import film

    film.add_bloom(scene, 1.0, threshold=0.0)
    scene.render.filepath = str(tmp_path / "frame.exr")
    bpy.ops.render.render(write_still=True)
    found = passes_of(tmp_path / "frame.exr")
    (value,) = (one for name, one in found.items() if ".Value." in name)
    width = SIZE[0]
    left, right = value[width // 2, width // 4], value[width // 2, -width // 4]
    assert sorted((round(float(left), 2), round(float(right), 2))) == [0.25, 0.75]
    emission = next(one for name, one in found.items() if ".Emission.R" in name)
    composite = next(one for name, one in found.items() if name.startswith("Composite.Combined.R"))
    assert (composite - emission).max() > 0.01
    assert any("CryptoObject" in name for name in found)
    assert all(".Figures." not in name or not one.any() for name, one in found.items())


def test_the_button_says_what_writes_them(bpy):
    from common.output.passes import VALUE

    layer = bpy.context.view_layer
    assert bpy.ops.blender_brain.add_passes() == {"FINISHED"}
    assert {VALUE, "Figures"} <= {one.name for one in layer.aovs}
    assert layer.use_pass_emit and layer.use_pass_cryptomatte_object and layer.use_pass_z


@pytest.mark.parametrize("engine", ENGINES)
def test_voltage_is_a_pass(bpy, tmp_path, engine):
    """In mV, whatever its colors' limits are: as the points of the neuron have it."""
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="TUBES")
    neuron = bpy.context.object
    bpy.ops.blender_spike.color_by_voltage(v_min=-5.0, v_max=5.0)
    bpy.ops.blender_spike.frame_camera()
    scene = bpy.context.scene
    use_engine(scene, engine, 1)
    scene.render.resolution_x, scene.render.resolution_y = 64, 64
    bpy.ops.blender_spike.output_format(format="exr_multilayer")
    settings = scene.render.image_settings
    settings.exr_codec, settings.use_exr_interleave = "NONE", True
    bpy.ops.blender_spike.add_passes()
    scene.frame_set(scene.frame_start + 2)
    scene.render.filepath = str(tmp_path / "frame.exr")
    bpy.ops.render.render(write_still=True)
    found = passes_of(tmp_path / "frame.exr")
    value = next(one for name, one in found.items() if ".Value." in name)
    drawn = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    data = (drawn.mesh or drawn.curves).attributes["voltage"].data
    true = np.empty(len(data), np.float32)
    data.foreach_get("value", true)
    (seen,) = (one for name, one in found.items() if name.endswith(".Combined.R"))
    assert value[seen > 0].size > 50 and np.ptp(value[value != 0]) > 0.3 * np.ptp(true)
    # Along edges a pixel shows but a part of the neuron, beside the 0 of the ground.
    assert min(true.min(), 0) - 0.01 <= value.min() and value.max() <= max(true.max(), 0) + 0.01


@pytest.mark.slow
def test_another_world_is_refused_before_anything_changes(bpy, tmp_path):
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    neuron = bpy.context.object
    bpy.ops.blender_spike.add_trace()
    bpy.context.view_layer.objects.active = neuron
    scene = bpy.context.scene
    scene.world = bpy.data.worlds.new("own")
    before = {kind: list(getattr(bpy.data, kind)) for kind in ("node_groups", "collections")}
    with pytest.raises(RuntimeError, match="without a background that is of one color"):
        bpy.ops.blender_spike.add_passes(figures_apart=True)
    assert {kind: list(getattr(bpy.data, kind)) for kind in before} == before
    assert scene.compositing_node_group is None and len(scene.view_layers) == 1
    scene.render.film_transparent = True
    assert bpy.ops.blender_spike.add_passes(figures_apart=True) == {"FINISHED"}


@pytest.mark.parametrize("engine", ENGINES)
def test_figures_apart_leave_the_picture_as_it_is(bpy, tmp_path, engine):
    """They are alone on their view layer, and not on the other."""
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    neuron = bpy.context.object
    with pytest.raises(RuntimeError, match="There are no figures in the camera's picture yet"):
        bpy.ops.blender_spike.add_passes(figures_apart=True)
    bpy.ops.blender_spike.add_trace()
    bpy.context.view_layer.objects.active = neuron
    bpy.ops.blender_spike.film_scene()
    scene = bpy.context.scene
    use_engine(scene, engine, 32)
    scene.render.resolution_x, scene.render.resolution_y = 240, 160
    scene.render.dither_intensity = 0.0
    scene.frame_set(scene.frame_start + 2)

    def picture(name):
        scene.render.filepath = str(tmp_path / f"{name}.png")
        bpy.ops.render.render(write_still=True)
        return read_pixels(scene.render.filepath)

    together = picture("together")
    assert bpy.ops.blender_spike.add_passes(figures_apart=True) == {"FINISHED"}
    assert bpy.ops.blender_spike.add_passes(figures_apart=True) == {"FINISHED"}
    apart = picture("apart")
    assert np.abs(apart - together).mean() < 0.5 and together.max() > 150
    first, figures = scene.view_layers
    assert [one.name for one in scene.view_layers] == [first.name, "Figures"]
    assert neuron.name in first.objects and neuron.name not in figures.objects
    traces = [one.name for one in bpy.data.objects if one.name.startswith("cell soma")]
    assert traces and all(n in figures.objects and n not in first.objects for n in traces)
    figures.use = False
    without = picture("without")
    assert np.abs(without - together).max() > 100
