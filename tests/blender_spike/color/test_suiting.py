# SPDX-License-Identifier: GPL-3.0-or-later
"""What choosing a look changes besides the material: style, background, bloom; and fog."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.pictures import read_pixels
from helpers.simulations import branched, simulation

from spike_export import write

WHITE, BLACK = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)
LOOKS = ("FLAT", "MEMBRANE_GLOW", "WIRE", "GLASS_CELL", "CLAY", "INK_ON_WHITE")


@pytest.fixture
def neuron(bpy, tmp_path):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    path = write(tmp_path / "cell.pickle", simulation(branched(), seed=1))
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS")
    bpy.ops.blender_spike.color_by_voltage(v_min=-80, v_max=40)
    neuron = bpy.context.object
    modifier = find_modifier(neuron)
    set_inputs(modifier, {"Membrane Detail": 0.1})
    return neuron


def style_of(neuron):
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    return input_value(find_modifier(neuron), "Style").value


def choose_style(neuron, style):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    set_inputs(find_modifier(neuron), {"Style": style})


def material(neuron):
    from blender_spike.color.coloring import voltage_material

    return voltage_material(neuron)


def look(neuron):
    from blender_spike.color.coloring import look_of

    return look_of(material(neuron)).identifier


def test_these_are_all_looks(bpy):
    from blender_spike.color.looks import LOOKS as FOUND
    from blender_spike.color.looks import picture_of

    assert tuple(FOUND) == LOOKS
    assert all(picture_of(one).exists() for one in FOUND.values())


@pytest.mark.parametrize("name", LOOKS[1:])
def test_lines_become_a_surface_for_looks_that_need_one(bpy, neuron, capfd, name):
    from blender_spike.color.looks import LOOKS as FOUND

    capfd.readouterr()
    bpy.ops.blender_spike.set_look(look=name)
    wanted = FOUND[name]
    assert look(neuron) == name and style_of(neuron) == wanted.style
    assert f"{wanted.name} on 'cell'; drawn as {wanted.style.lower()}" in capfd.readouterr().out
    # The style that somebody chose stays.
    choose_style(neuron, "Tubes")
    bpy.ops.blender_spike.set_look(look="FLAT")
    bpy.ops.blender_spike.set_look(look=name)
    assert style_of(neuron) == ("Wireframe" if name == "WIRE" else "Tubes")
    bpy.ops.blender_spike.set_look(look="FLAT")
    assert style_of(neuron) == ("Wireframe" if name == "WIRE" else "Tubes")


def test_all_looks_of_a_network(bpy, tmp_path):
    from dataclasses import replace

    points = [{"points": [[10.0 * n, 0, 0, 2]]} for n in range(3)]
    sim = replace(simulation(points), section_types=np.full(3, 4, np.uint8))
    bpy.ops.blender_spike.import_simulation(filepath=str(write(tmp_path / "net.pickle", sim)))
    bpy.ops.blender_spike.color_by_voltage()
    from blender_spike.color.coloring import color_input

    for name in (*LOOKS, "FLAT"):
        assert bpy.ops.blender_spike.set_look(look=name) == {"FINISHED"}
        assert look(bpy.context.object) == name
        added = color_input(material(bpy.context.object), "Add Light").default_value
        # On white, light that is added is not seen; and clay hides what is behind.
        assert added == float(name not in {"CLAY", "INK_ON_WHITE"})


def test_ink_brings_white_and_others_black_back(bpy, neuron, capfd):
    from blender_spike.common import film

    scene = bpy.context.scene
    bpy.ops.blender_spike.film_scene()
    assert film.plain_color(scene) == BLACK and film.bloom_strength(scene) == 1.0
    bpy.ops.blender_spike.set_look(look="INK_ON_WHITE")
    assert film.plain_color(scene) == WHITE and film.bloom_strength(scene) == 0.0
    assert "the world is of one color; bloom is off;" in capfd.readouterr().out
    bpy.ops.blender_spike.film_scene()
    assert film.plain_color(scene) == WHITE and film.bloom_strength(scene) == 0.0
    bpy.ops.blender_spike.set_look(look="GLASS_CELL")
    assert film.plain_color(scene) == BLACK and film.bloom_strength(scene) == 1.0


def test_what_is_hardly_seen_on_white_is_told(bpy, neuron, capfd):
    def said(colormap, look="INK_ON_WHITE"):
        bpy.ops.blender_spike.color_by_voltage(colormap=colormap)
        capfd.readouterr()
        bpy.ops.blender_spike.set_look(look=look)
        return capfd.readouterr().out

    assert "the highest values of inferno are hardly seen on this background: YlOrRd" in said(
        "inferno"
    )
    assert "hardly seen" not in said("YlOrRd")
    assert "hardly seen" not in said("inferno_r")
    assert "values of YlOrRd_r are hardly seen on this background: YlOrRd is" in said("YlOrRd_r")
    assert "hardly seen" not in said("inferno", "FLAT")


def test_a_world_of_somebody_s_own_stays_unless_ink_needs_white(bpy, neuron):
    scene = bpy.context.scene
    own = scene.world = bpy.data.worlds.new("sky")
    for name in LOOKS[:-1]:
        bpy.ops.blender_spike.set_look(look=name)
        assert scene.world == own
    bpy.ops.blender_spike.set_look(look="INK_ON_WHITE")
    assert scene.world != own and own.use_fake_user


def close_up(bpy, neuron, file, size=64):
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 32, False
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.render.dither_intensity = 0
    camera = scene.camera
    camera.data.type, camera.data.ortho_scale = "ORTHO", 0.15
    camera.matrix_world.translation = (0, 0, 5)
    camera.parent = None
    camera.matrix_world = camera.matrix_world.Translation((0, 0, 5))
    scene.render.filepath = str(file)
    bpy.ops.render.render(write_still=True)
    return read_pixels(file)


def linear(pixels):
    part = pixels / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def test_membrane_glow_keeps_the_hue(bpy, neuron, tmp_path):
    """Where it is neither clipped nor shining, a color is a multiple of the colormap's own."""
    from blender_spike.color.coloring import color_input

    bpy.ops.blender_spike.film_scene()
    bpy.ops.blender_spike.bloom(strength=0)
    choose_style(neuron, "Tubes")
    flat = linear(close_up(bpy, neuron, tmp_path / "flat.png"))
    bpy.ops.blender_spike.set_look(look="MEMBRANE_GLOW")
    color_input(material(neuron), "Shine").default_value = 0.0
    glow = linear(close_up(bpy, neuron, tmp_path / "glow.png"))
    soma = (slice(20, 44), slice(20, 44))
    ratio = glow[soma].sum(axis=2) / flat[soma].sum(axis=2)
    assert ratio.min() < 0.8 < 1.0 < ratio.max(), "light and shade"
    unclipped = glow[soma].max(axis=2) < 0.98
    assert unclipped.mean() > 0.5
    wanted = flat[soma] * ratio[..., None]
    assert np.abs(wanted - glow[soma])[unclipped].max() < 0.02


def test_fog_covers_what_is_far_away(bpy, neuron, tmp_path):
    from blender_spike.color.coloring import color_input
    from blender_spike.common import film

    assert bpy.context.scene.camera is None
    with pytest.raises(RuntimeError, match=r"The scene has no camera: Frame Camera adds one\."):
        bpy.ops.blender_spike.fog()
    bpy.ops.blender_spike.film_scene()
    bpy.ops.blender_spike.fog(amount=1.0)
    near, far = film.depths(bpy.context.scene, bpy.context.scene.camera, [neuron])
    found = [color_input(material(neuron), name).default_value for name in ("Fog Start", "Fog End")]
    assert found == pytest.approx([near, far])
    bpy.ops.blender_spike.set_look(look="INK_ON_WHITE")
    assert color_input(material(neuron), "Fog").default_value == 1.0, "it stays"
    bpy.ops.blender_spike.set_look(look="FLAT")
    bpy.ops.blender_spike.bloom(strength=0)
    picture = tmp_path / "fog.png"
    for start, end, covered in ((100.0, 200.0, 0.0), (0.0, 0.1, 1.0)):
        color_input(material(neuron), "Fog Start").default_value = start
        color_input(material(neuron), "Fog End").default_value = end
        color_input(material(neuron), "Fog Color").default_value = (0, 0, 1, 1)
        middle = close_up(bpy, neuron, picture)[32, 32]
        assert (middle.tolist() == [0, 0, 255]) == bool(covered)
    bpy.ops.blender_spike.fog(amount=0.0)
    assert color_input(material(neuron), "Fog").default_value == 0.0


def test_the_camera_focuses_on_the_soma(bpy, neuron):
    from blender_spike.common import film

    with pytest.raises(RuntimeError, match="The scene has no camera"):
        bpy.ops.blender_spike.focus()
    bpy.ops.blender_spike.film_scene()
    neuron.location = (1, 2, 3)
    bpy.ops.blender_spike.frame_camera()
    bpy.ops.blender_spike.focus()
    camera = bpy.context.scene.camera
    dof = camera.data.dof
    bpy.context.view_layer.update()
    empty = dof.focus_object
    assert dof.use_dof and empty.name.startswith(film.FOCUS)
    # In EEVEE, what is in focus has no halo.
    assert bpy.context.scene.eevee.use_bokeh_jittered
    place = neuron.matrix_world @ next(
        one.data.vertices[0].co for one in bpy.data.objects if "spheres" in one.name
    )
    assert tuple(empty.matrix_world.translation) == pytest.approx(tuple(place), abs=1e-5)
    wide = dof.aperture_fstop
    bpy.ops.blender_spike.focus(blur=2.0)
    assert dof.aperture_fstop == pytest.approx(wide / 2) and dof.focus_object == empty
    assert sum(one.name.startswith(film.FOCUS) for one in bpy.data.objects) == 1
    camera.data.type = "ORTHO"
    with pytest.raises(RuntimeError, match="Only a camera in perspective has a depth of field"):
        bpy.ops.blender_spike.focus()


@pytest.mark.slow
def test_a_point_at_the_edge_is_blurred_by_as_much_as_asked(bpy, tmp_path):
    """In a picture by Cycles: a small light behind the place in focus."""
    from blender_spike.common import film
    from mathutils import Vector

    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    film.use_plain_world(scene)
    subject = bpy.data.objects.new("subject", bpy.data.meshes.new("subject"))
    subject.data.from_pydata([(0, 0, 0), (0, 0, -2)], [], [])
    bpy.ops.mesh.primitive_ico_sphere_add(radius=0.02, location=(0, 0, -2))
    from blender_spike.common.glow import plain_light

    bpy.context.object.data.materials.append(plain_light("light", (1, 1, 1), 2000.0))
    scene.collection.objects.link(subject)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.location.z = 6
    scene.collection.objects.link(camera)
    scene.camera = camera
    bpy.context.view_layer.update()
    film.focus_on(scene, camera, subject, Vector((0, 0, 0)), 0.05)
    scene.render.resolution_x = scene.render.resolution_y = 160
    scene.cycles.samples, scene.cycles.use_denoising = 400, False
    scene.cycles.use_adaptive_sampling = False
    scene.render.filepath = str(tmp_path / "blur.png")
    bpy.ops.render.render(write_still=True)
    lit = read_pixels(tmp_path / "blur.png").max(axis=2) > 8
    width = np.ptp(np.flatnonzero(lit.any(axis=0))) + 1
    # The light is 0.007 wide itself.
    assert width / 160 == pytest.approx(0.057, abs=0.012)
