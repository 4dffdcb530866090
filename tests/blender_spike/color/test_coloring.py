# SPDX-License-Identifier: GPL-3.0-or-later
"""Colors: the pixels that come out, against the colormap's own library."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from helpers.fast import fast_first
from helpers.pictures import exact_view, read_pixels, render_apart
from helpers.simulations import sample_at, several, simulation

from spike_export import read, write

# The issue of a straight thick dendrite seen from above: its pixels are its voltages.
WIDTH, HEIGHT = 96, 24
LENGTH_UM = 300.0


@pytest.fixture
def dendrite(tmp_path) -> Path:
    sections = [
        {"points": [[0, 0, 0, 60], [LENGTH_UM, 0, 0, 60]], "nseg": 6},
        {"type": "soma", "name": "soma", "points": [[400, 0, 0, 40], [440, 0, 0, 40]]},
    ]
    return write(tmp_path / "dendrite.pickle", simulation(sections, 4, seed=3))


def flat_view(bpy, resolution=(WIDTH, HEIGHT)):
    """A camera straight above, 450 µm wide from x = 0 on, and colors as they are."""
    return exact_view(bpy, 4.5, resolution, (2.25, 0, 10))


def expected_colors(sim, time_ms, colormap, v_min, v_max):
    """8-bit colors of the pixels over the dendrite, and of the soma."""
    x_um = (np.arange(WIDTH) + 0.5) / WIDTH * 450
    now = sample_at(sim, time_ms)
    centers = (np.arange(6) + 0.5) / 6 * LENGTH_UM
    voltage = np.interp(x_um, centers, now[:6])
    inside = (x_um > 10) & (x_um < LENGTH_UM - 10)

    def color(value):
        position = np.clip((value - v_min) / (v_max - v_min), 0, 1)
        return np.array(mpl.colormaps[colormap](position))[..., :3] * 255

    return inside, color(voltage), color(now[6])


def check(picture: Path, sim, time_ms, colormap, v_min, v_max, tolerance):
    pixels = read_pixels(picture)
    middle = pixels[HEIGHT // 2]
    inside, along, soma = expected_colors(sim, time_ms, colormap, v_min, v_max)
    # 7 µm of dendrite in a pixel are up to 2.5 steps of the colormap.
    assert np.abs(middle[inside] - along[inside]).max() <= tolerance
    assert np.abs(middle[int(420 / 450 * WIDTH)] - soma).max() <= 1


@pytest.mark.slow
@fast_first("style", ["STRANDS", "TUBES"])
@pytest.mark.parametrize("colormap", ["plasma", "viridis", "coolwarm"])
def test_cycles_shows_the_colormaps_own_colors(bpy, dendrite, tmp_path, style, colormap):
    """Within 5/255 along a gradient sampled by pixels, within 1/255 on a surface of one value."""
    scene = flat_view(bpy)
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 16
    scene.cycles.use_denoising = False
    bpy.ops.blender_spike.import_simulation(filepath=str(dendrite), style=style, center=False)
    bpy.ops.blender_spike.color_by_voltage(colormap=colormap, v_min=-80, v_max=40)
    scene.frame_set(2)
    scene.render.filepath = str(tmp_path / "picture.png")
    bpy.ops.render.render(write_still=True)
    check(tmp_path / "picture.png", read(dendrite), 0.2, colormap, -80, 40, 5)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["v", "cai", "ina"])
def test_each_quantity_of_a_file_is_rendered_in_its_own_limits(bpy, tmp_path, name):
    """Between the lowest and the highest value of that quantity."""
    sections = [
        {"points": [[0, 0, 0, 60], [LENGTH_UM, 0, 0, 60]], "nseg": 6},
        {"type": "soma", "name": "soma", "points": [[400, 0, 0, 40], [440, 0, 0, 40]]},
    ]
    path = write(tmp_path / "dendrite.pickle", several(simulation(sections, 4, seed=3)))
    scene = flat_view(bpy)
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 16
    scene.cycles.use_denoising = False
    bpy.ops.blender_spike.import_simulation(filepath=str(path), center=False)
    bpy.ops.blender_spike.choose_quantity(quantity=name)
    sim = read(path).showing(name)
    for frame in (1, 3):
        scene.frame_set(frame)
        scene.render.filepath = str(tmp_path / "picture.png")
        bpy.ops.render.render(write_still=True)
        low, high = float(sim.values.min()), float(sim.values.max())
        check(tmp_path / "picture.png", sim, frame * 0.1, "plasma", low, high, 8)


@pytest.mark.slow
def test_eevee_shows_them_too(bpy, dendrite, tmp_path):
    scene = flat_view(bpy)
    scene.render.engine = "BLENDER_EEVEE"
    bpy.ops.blender_spike.import_simulation(filepath=str(dendrite), center=False)
    bpy.ops.blender_spike.color_by_voltage(colormap="plasma", v_min=-80, v_max=40)
    scene.render.filepath = str(tmp_path / "picture.png")
    scene.eevee.taa_render_samples = 8
    scene.frame_set(2)
    render_apart(bpy, tmp_path / "picture.png")
    check(tmp_path / "picture.png", read(dendrite), 0.2, "plasma", -80, 40, 5)


@pytest.mark.slow
def test_values_that_are_not_finite_are_grey(bpy, tmp_path):
    """A segment without data has a color that no colormap of the test has."""
    from blender_spike.color.voltage_nodes import NO_DATA_COLOR

    sim = simulation([{"type": "soma", "points": [[200, 0, 0, 40], [240, 0, 0, 40]]}], 2)
    sim.values[1] = np.nan
    path = write(tmp_path / "hole.pickle", sim)
    scene = flat_view(bpy)
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 4
    scene.cycles.use_denoising = False
    bpy.ops.blender_spike.import_simulation(filepath=str(path), center=False)
    scene.frame_set(1)
    scene.render.filepath = str(tmp_path / "picture.png")
    bpy.ops.render.render(write_still=True)
    pixels = read_pixels(tmp_path / "picture.png")
    linear = NO_DATA_COLOR[0]
    grey = 255 * (1.055 * linear ** (1 / 2.4) - 0.055)
    assert np.abs(pixels[HEIGHT // 2, int(220 / 450 * WIDTH)] - grey).max() <= 1


@pytest.mark.slow
def test_recoloring_changes_the_same_material(bpy, dendrite):
    """And leaves what somebody added to it."""
    from blender_spike.color.coloring import material_of

    bpy.ops.blender_spike.import_simulation(filepath=str(dendrite))

    material = material_of(bpy.context.object)
    note = material.node_tree.nodes.new("NodeFrame")
    note.label = "mine"
    for colormap in ("viridis", "viridis", "cmr.ember"):
        bpy.ops.blender_spike.color_by_voltage(colormap=colormap, v_min=-70, v_max=20, strength=3)
    assert len(bpy.data.materials) == 1
    nodes = material.node_tree.nodes
    assert any(node.label == "mine" for node in nodes)
    assert nodes["Colormap"].image.name == "colormap cmr.ember"
    assert nodes["Limits"].inputs["From Min"].default_value == -70
    assert nodes["Glow"].inputs["Strength"].default_value == 3
    assert len([i for i in bpy.data.images if i.name.startswith("colormap viridis")]) == 1


@pytest.mark.slow
def test_glow_at_rest(bpy, tmp_path):
    """At the lower limit the strength's share is left, at the upper one all of it."""
    sim = simulation([{"type": "soma", "points": [[200, 0, 0, 40], [240, 0, 0, 40]]}], 3)
    sim.values[:, 0] = [-80, -20, 40]
    path = write(tmp_path / "ramp.pickle", sim)
    scene = flat_view(bpy)
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 4
    scene.cycles.use_denoising = False
    scene.render.image_settings.file_format = "OPEN_EXR"
    bpy.ops.blender_spike.import_simulation(filepath=str(path), center=False)
    bpy.ops.blender_spike.color_by_voltage(colormap="gray_r", rest_glow=0.25, strength=2.0)
    for frame, share in ((0, 0.25), (1, 0.625), (2, 1.0)):
        scene.frame_set(frame)
        scene.render.filepath = str(tmp_path / f"{frame}.exr")
        bpy.ops.render.render(write_still=True)
        picture = bpy.data.images.load(scene.render.filepath)
        pixels = np.array(picture.pixels[:]).reshape(HEIGHT, WIDTH, -1)
        position = [0.0, 0.5, 1.0][frame]
        gray = mpl.colormaps["gray_r"](position)[0]
        linear = ((gray + 0.055) / 1.055) ** 2.4 if gray > 0.04045 else gray / 12.92
        found = pixels[HEIGHT // 2, int(220 / 450 * WIDTH), 0]
        assert found == pytest.approx(2.0 * share * linear, abs=2e-3)


def soma_pixel(bpy, tmp_path, samples=4):
    """Render, and give the linear color in the middle of the soma."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = samples, False
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.filepath = str(tmp_path / "pixel.exr")
    bpy.ops.render.render(write_still=True)
    picture = bpy.data.images.load(scene.render.filepath)
    pixels = np.array(picture.pixels[:]).reshape(HEIGHT, WIDTH, -1)
    bpy.data.images.remove(picture)
    return pixels[HEIGHT // 2, int(220 / 450 * WIDTH), :3]


@pytest.fixture
def one_soma(bpy, tmp_path):
    """A resting soma in view, black at rest, and its material."""
    from blender_spike.color.coloring import voltage_material

    sim = simulation([{"type": "soma", "points": [[200, 0, 0, 40], [240, 0, 0, 40]]}], 2)
    sim.values[:, 0] = [-80, 40]
    flat_view(bpy)
    path = write(tmp_path / "soma.pickle", sim)
    bpy.ops.blender_spike.import_simulation(filepath=str(path), center=False, style="STRANDS")
    bpy.ops.blender_spike.color_by_voltage(colormap="gray", rest_glow=0.0)
    bpy.context.scene.frame_set(0)
    return voltage_material(bpy.context.object)


def test_lit_surface_takes_light_and_the_glow_stays_on_top(bpy, one_soma, tmp_path):
    """Under an even sky of brightness 1, a surface has its base color; without Lit it has none."""
    from blender_spike.color.coloring import color_input
    from blender_spike.common.film import use_plain_world

    use_plain_world(bpy.context.scene, (1.0, 1.0, 1.0))
    color_input(one_soma, "Base Color").default_value = (0.6, 0.3, 0.1, 1)
    color_input(one_soma, "Roughness").default_value = 1.0
    assert soma_pixel(bpy, tmp_path).max() == 0
    color_input(one_soma, "Lit").default_value = 1.0
    lit = soma_pixel(bpy, tmp_path, 64)
    # The surface reflects a little of the white sky itself besides.
    assert lit == pytest.approx([0.6, 0.3, 0.1], abs=0.06)
    color_input(one_soma, "Lit").default_value = 0.5
    assert soma_pixel(bpy, tmp_path, 64) == pytest.approx(lit / 2, abs=0.03)
    color_input(one_soma, "Lit").default_value = 1.0
    bpy.context.scene.frame_set(1)
    assert soma_pixel(bpy, tmp_path, 64) == pytest.approx(lit + 1, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("style", ["STRANDS", "TUBES"])
def test_section_types_have_colors_of_their_own(bpy, tmp_path, style):
    """A dendrite, an axon and a soma side by side; halfway, half of the colormap is left."""
    from blender_spike.color.coloring import color_input, voltage_material

    sim = simulation(
        [
            {"type": kind, "points": [[x, 0, 0, 60], [x + 60, 0, 0, 60]]}
            for kind, x in (("dend", 20), ("apic", 100), ("axon", 180), ("other", 260))
        ]
        + [{"type": "soma", "points": [[360, 0, 0, 40], [400, 0, 0, 40]]}],
        2,
    )
    sim.values[:] = 40
    path = write(tmp_path / "types.pickle", sim)
    scene = flat_view(bpy)
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 4, False
    bpy.ops.blender_spike.import_simulation(filepath=str(path), center=False, style=style)
    bpy.ops.blender_spike.color_by_voltage(colormap="gray", v_min=-80, v_max=40)
    material = voltage_material(bpy.context.object)
    colors = {
        "Dendrites": (50, (1.0, 0.0, 0.0)),
        "Apical": (130, (0.0, 1.0, 0.0)),
        "Axon": (210, (0.0, 0.0, 1.0)),
        "Other": (290, (1.0, 1.0, 0.0)),
        "Soma": (380, (0.0, 1.0, 1.0)),
    }
    for name, (_, color) in colors.items():
        color_input(material, name).default_value = (*color, 1.0)
    for tint in (0.0, 0.5, 1.0):
        color_input(material, "Tint").default_value = tint
        scene.render.filepath = str(tmp_path / "picture.png")
        bpy.ops.render.render(write_still=True)
        pixels = read_pixels(scene.render.filepath)
        for name, (x_um, color) in colors.items():
            linear = 1 - tint + tint * np.array(color)
            expected = 255 * np.where(linear > 0, 1.055 * linear ** (1 / 2.4) - 0.055, 0)
            found = pixels[HEIGHT // 2, int(x_um / 450 * WIDTH)]
            assert found == pytest.approx(expected, abs=1), f"{name} at {tint}"


@pytest.mark.slow
def test_materials_are_shared_and_split(bpy, dendrite):
    """With one click each; split ones look the same until somebody changes one."""
    from blender_spike.color.coloring import color_input, voltage_material

    neurons = []
    for colormap in ("viridis", "hot", "plasma"):
        bpy.ops.blender_spike.import_simulation(filepath=str(dendrite))
        neurons.append(bpy.context.object)
        bpy.ops.blender_spike.color_by_voltage(colormap=colormap)
    assert not bpy.ops.blender_spike.share_material.poll()
    # Nobody but neurons counts.
    bpy.ops.mesh.primitive_plane_add()
    bpy.context.object.data.materials.append(voltage_material(neurons[2]))
    bpy.context.view_layer.objects.active = neurons[2]
    bpy.context.object.select_set(True)
    assert not bpy.ops.blender_spike.make_single.poll()
    for neuron in neurons:
        neuron.select_set(True)
    bpy.ops.blender_spike.share_material()
    material = voltage_material(neurons[2])
    assert [voltage_material(neuron) for neuron in neurons] == [material] * 3
    assert material.blender_spike.colormap == "plasma"
    neurons[0].select_set(False)
    bpy.ops.blender_spike.make_single()
    found = [voltage_material(neuron) for neuron in neurons]
    # The last one that is left keeps the material.
    assert len(set(found)) == 3 and found[0] == material
    assert {m.blender_spike.colormap for m in found} == {"plasma"}
    color_input(found[1], "Strength").default_value = 5
    assert color_input(found[0], "Strength").default_value == 1


@pytest.mark.slow
def test_limits_of_all_selected(bpy, tmp_path):
    """One click, one pair for all of them; the rest of the material stays."""
    from blender_spike.color.coloring import color_input, voltage_material

    neurons = []
    for name, values in (("low", [-90, -50]), ("high", [-60, 30])):
        sim = simulation([{"points": [[0, 0, 0, 1], [9, 0, 0, 1]]}], 2)
        sim.values[:, 0] = values
        path = write(tmp_path / f"{name}.pickle", sim)
        bpy.ops.blender_spike.import_simulation(filepath=str(path))
        neurons.append(bpy.context.object)
        bpy.ops.blender_spike.color_by_voltage(colormap="hot", steps=4)
    for neuron in neurons:
        neuron.select_set(True)
    for kind, expected in (("DATA", (-90, 30)), ("SYMMETRIC", (-90, 90))):
        bpy.ops.blender_spike.set_limits(kind=kind)
        for neuron in neurons:
            material = voltage_material(neuron)
            limits = [color_input(material, n).default_value for n in ("Minimum", "Maximum")]
            assert limits == pytest.approx(expected)
            assert color_input(material, "Steps").default_value == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [("DATA", -100.0, 40.0), ("PERCENTILES", -70.0, -60.0), ("SYMMETRIC", -100.0, 100.0)],
)
def test_kinds_of_limits(bpy, tmp_path, kind, low, high):
    """A few outliers decide the data's limits, but not the percentiles."""
    from blender_spike.color.coloring import limits_of

    sim = simulation([{"points": [[0, 0, 0, 1], [9, 0, 0, 1]]}], 1001)
    sim.values[:, 0] = np.linspace(-70.05, -59.95, 1001)
    sim.values[5, 0], sim.values[7, 0] = -100, 40
    path = write(tmp_path / "outliers.pickle", sim)
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    assert limits_of([bpy.context.object], kind) == pytest.approx((low, high), abs=0.11)


@pytest.mark.slow
def test_limits_come_from_the_data(bpy, dendrite):
    """Where none are given: from the lowest value in the file to the highest."""
    from blender_spike.color.coloring import material_of

    values = read(dendrite).values
    bpy.ops.blender_spike.import_simulation(filepath=str(dendrite))
    bpy.ops.blender_spike.color_by_voltage(colormap="viridis")
    material = material_of(bpy.context.object)
    limits = material.node_tree.nodes["Limits"].inputs
    assert limits["From Min"].default_value == pytest.approx(values.min())
    assert limits["From Max"].default_value == pytest.approx(values.max())


@pytest.mark.slow
def test_colormap_is_in_the_saved_file(bpy, dendrite, tmp_path):
    """Packed, float, and with the very stops of the table."""
    from blender_spike.common import colormaps

    bpy.ops.blender_spike.import_simulation(filepath=str(dendrite))
    blend = str(tmp_path / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=blend)
    bpy.ops.wm.open_mainfile(filepath=blend)
    image = bpy.data.images["colormap plasma"]
    pixels = np.empty(256 * 4, np.float32)
    image.pixels.foreach_get(pixels)
    np.testing.assert_allclose(
        pixels.reshape(256, 4)[:, :3], colormaps.linear_stops("plasma"), atol=1e-6
    )
    assert image.is_float and image.colorspace_settings.name == "Non-Color"
