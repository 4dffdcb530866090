# SPDX-License-Identifier: GPL-3.0-or-later
"""Films that scripts make: ordinary Blender data, of all three extensions together."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from helpers.atlases import write_v2
from helpers.simulations import branched, simulation, typed
from PIL import Image

from spike_export import write


@pytest.fixture
def files(tmp_path):
    write(tmp_path / "run.pickle", simulation(branched(), 21, time_ms=np.arange(21.0)))
    write_v2(tmp_path / "atlases")
    t = np.linspace(0, 6, 40)
    np.save(tmp_path / "wave.npy", np.sin(t))
    np.save(tmp_path / "flat.npy", np.sin(t) / 2)
    np.save(tmp_path / "hill.npy", np.random.default_rng(0).random((9, 12)))
    return tmp_path


@pytest.fixture
def film(bpy, files):
    from blender_spike.api import Film

    return Film(size="64x48", fps=24, folder=files, bloom=0.0)


def curve_of(owner, path, index=0):
    """Read the keyframes of a property."""
    from blender_spike.common.animation import fcurves

    found = [one for one in fcurves(owner, path) if one.array_index == index]
    return found[0] if found else None


def keys_of(owner, path, index=0):
    curve = curve_of(owner, path, index)
    return [] if curve is None else [tuple(key.co) for key in curve.keyframe_points]


def test_all_three_extensions_meet_in_one_film(bpy, film):
    cell = film.neuron("run.pickle")
    brain = film.brain(folder="atlases", glass="root", glow={"CA3": "viridis", "DG": "blue"})
    film.surface("hill.npy", slice="y", at=[9, 0, 0])
    film.curve("wave.npy", at=[0, 9, 0])
    cell.at(brain["CA3"])
    film.finish()
    assert [type(one).__module__.split(".")[0] for one in film.things.values()] == [
        "blender_spike", "blender_brain", "surface_slicer", "surface_slicer",
    ]  # fmt: skip
    # In true proportion, and inside of the region.
    scale = cell.neuron.matrix_world.median_scale
    assert scale == pytest.approx(cell.um_per_unit / brain.um_per_unit)
    region = next(one for one in brain.regions if one.name.startswith("CA3"))
    place = region.matrix_world.inverted() @ cell.neuron.matrix_world.translation
    hit, point, normal, _ = region.closest_point_on_mesh(place)
    assert hit and (place - point).dot(normal) < 0
    assert film.scene.camera is not None and not bpy.app.handlers.frame_change_pre


def test_classes_are_in_their_palette_and_named(bpy, film, files):
    """Unless a colormap is named; what is measured is in plasma."""
    from blender_spike.color.coloring import limits_of, voltage_material
    from blender_spike.common.colormaps.in_material import shown_colormap

    write(files / "types.pickle", typed(simulation(branched())))
    things = {
        "tab10": film.neuron("types.pickle", legend=True),
        "plasma": film.neuron("run.pickle"),
        "Set1": film.neuron("types.pickle", colormap="Set1"),
    }
    film.finish()
    for colormap, thing in things.items():
        assert shown_colormap(voltage_material(thing.neuron).node_tree) == colormap
    assert limits_of([things["tab10"].neuron]) == (-0.5, 9.5)
    assert sum("legend" in one.name for one in bpy.data.objects) == 1


def test_slow_motion_is_keyframes_of_the_time(film):
    cell = film.neuron("run.pickle", pace="0.5 ms")
    film.slow(cell, around="10 ms", width="4 ms", factor=10).hold(cell, at=0.5, seconds=1)
    film.finish()
    modifier = cell.modifier
    from blender_spike.common.nodes.modifiers import input_value

    assert input_value(modifier, "Use Time").value
    keys = keys_of(cell.neuron, input_value(modifier, "Time").path_from_id("value"))
    # 12 frames at 0.5 ms, a second's hold, 2 ms to the slow part at 0.5, 4 ms at 0.05, 8 at 0.5.
    frames = [1, 13, 37, 41, 121, 137]
    assert [frame for frame, _ in keys] == pytest.approx(frames, abs=1e-3)
    assert [time for _, time in keys] == pytest.approx([0, 6, 6, 8, 12, 20], abs=1e-4)
    assert film.last == 137 == film.scene.frame_end


def test_an_orbit_over_the_whole_film_has_the_view_in_its_middle(film):
    film.neuron("run.pickle")
    film.orbit(30).finish()
    pivot = film.scene.camera.parent
    angles = [math.degrees(value) for _, value in keys_of(pivot, "rotation_axis_angle")]
    assert angles == pytest.approx([-15, 15])
    film.scene.frame_set((film.first + film.last) // 2)
    assert math.degrees(pivot.rotation_axis_angle[0]) == pytest.approx(0, abs=1.0)


def test_a_cut_after_an_orbit_is_not_turned(film):
    cell = film.neuron("run.pickle")
    film.orbit(40, seconds=1).frame_on(cell, at=2).orbit(10, at=3, seconds=1)
    film.caption("on", at=4).finish()
    keys = keys_of(film.scene.camera.parent, "rotation_axis_angle")
    assert [frame for frame, _ in keys] == [1, 25, 49, 73, 97]
    assert np.degrees([angle for _, angle in keys]) == pytest.approx([0, 40, 0, 0, 10])
    film.scene.frame_set(40)
    assert math.degrees(film.scene.camera.parent.rotation_axis_angle[0]) == pytest.approx(40)


def test_the_camera_flies_to_what_it_shall_frame(bpy, film):
    from bpy_extras.object_utils import world_to_camera_view
    from mathutils import Vector

    one = film.neuron("run.pickle")
    other = film.neuron("run.pickle", at=[20, 0, 0])
    film.frame_on(one).fly_to(other, at=1, seconds=1).finish()

    def extent(thing, frame):
        film.scene.frame_set(frame)
        place = thing.place()
        corners = [thing.neuron.matrix_world @ Vector(c) for c in thing.neuron.bound_box]
        assert place.objects == [thing.neuron]
        camera = film.scene.camera
        seen = np.array([world_to_camera_view(film.scene, camera, c) for c in corners])
        return seen[:, :2].min(), seen[:, :2].max()

    for thing, frame in ((one, 1), (one, 25), (other, 49), (other, 60)):
        low, high = extent(thing, frame)
        assert -0.02 < low < 0.2 and 0.8 < high < 1.02, (thing.name, frame, low, high)
    low, high = extent(one, 60)
    assert high < 0 or low > 1 or low < -1


def test_what_fades_is_seen_only_while_it_is_there(film):
    cell = film.neuron("run.pickle", strength=1.0, thickness=40.0)
    film.fade(cell, at=1, seconds=1).fade(cell, to=0, at=3, seconds=1).finish()
    light = [pixels(film.frame(n)).mean() for n in (2, 36, 60, 97)]
    # A little dither is in every picture.
    assert max(light[0], light[3]) < 0.5 < light[1] < 0.9 * light[2]
    hidden = keys_of(cell.neuron, "hide_render")
    assert hidden == [(1, 1), (25, 0), (97, 1)]


def pixels(picture):
    return np.array(Image.open(io.BytesIO(picture._repr_png_())).convert("RGB"), float)


def test_a_frame_is_a_picture_and_leaves_the_settings_alone(film):
    film.neuron("run.pickle", thickness=40.0)
    film.finish()
    render = film.scene.render
    before = (render.resolution_percentage, film.scene.cycles.samples, render.filepath)
    picture = film.frame(3, percent=100, samples=1)
    assert pixels(picture).shape == (48, 64, 3) and pixels(picture).max() > 50
    assert before == (render.resolution_percentage, film.scene.cycles.samples, render.filepath)
    with pytest.raises(ValueError, match="has frames 1 to .*, so no 9999"):
        film.frame(9999)


def test_curves_draw_and_morph_and_slices_sweep(film):
    wave = film.curve("wave.npy", second_file="flat.npy")
    hill = film.surface("hill.npy", slice="y", at=[5, 0, 0])
    film.draw(wave, at=1, seconds=1).morph(wave, at=3, seconds=1)
    film.sweep(hill, at=1, seconds=2, return_=True).finish()
    numbers = wave.numbers()
    assert keys_of(*numbers["drawn"][:2]) == [(25, 0), (49, 1)]
    assert keys_of(*numbers["morph"][:2]) == [(73, 0), (97, 1)]
    ys = [value for _, value in keys_of(hill.slicer, "location", 1)]
    assert len(ys) == 3 and ys[0] == ys[2] and abs(ys[0] - ys[1]) > 1


def test_the_film_is_as_long_as_what_happens_or_as_is_said(bpy, files):
    from blender_spike.api import Film

    film = Film("64x48", "29.97", folder=files)
    film.neuron("run.pickle")
    film.caption("so long", at="0:10", seconds=2).finish()
    assert film.scene.frame_end == film.last == 1 + round(12 * 30000 / 1001)
    film = Film("64x48", 25, seconds=3, folder=files)
    film.neuron("run.pickle")
    film.finish()
    assert (film.first, film.last) == (1, 75)


@pytest.mark.parametrize(
    ("do", "sentence"),
    [
        (lambda f: f.neuron("run.pickle", lock="flat"), "a neuron has no 'lock'.*mean look"),
        (lambda f: f.neuron("run.pickle", look="shiny"), "look: there is no 'shiny'; choose from"),
        (lambda f: f.neuron("none.pickle"), "none.pickle"),
        (lambda f: f.network("run.pickle"), r"run.pickle is a neuron: its table is \[neuron"),
        (lambda f: f.neuron("run.pickle", traces=["axon"]), "has no section 'axon'"),
        (lambda f: f.neuron("run.pickle").trace("axon"), "has no section 'axon'"),
        (lambda f: f.neuron("run.pickle", legend=True), "shows mV, not classes such as cell types"),
        (lambda f: f.neuron("run.pickle", at="mouse/CA3"), "there is no 'mouse'; there are none"),
        (lambda f: f.add("nuron"), "there is no 'nuron'; there are neuron.*mean neuron"),
        (lambda f: f.event("fly"), "there is no event 'fly'"),
        (lambda f: f.surface(), "either a file or a formula"),
        (lambda f: f.curve("wave.npy", size=[0, 1]), "size: a curve needs a width above 0"),
        (lambda f: f.finish(), "nothing in the film yet"),
        (lambda f: f.brain(folder="atlases", glow={"CA3": "blu"}), "glow: .*blu.*colors are blue"),
        (lambda f: f.narration("run.pickle"), "not a sound that Blender can read"),
        (lambda f: f.narration(markers="scene"), "has no markers"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(film, do, sentence):
    with pytest.raises((ValueError, RuntimeError), match=sentence):
        do(film)


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        (lambda f: f.draw("cell"), "'cell' is a neuron, which has no drawn; it has time"),
        (lambda f: f.sweep("cell"), "'cell' is a neuron, which cannot be swept"),
        (lambda f: f.reach("cell", time="900 ms"), "goes from 0 to 20 ms, so it has no 900 ms"),
        (lambda f: f.fade("sell"), "there is no 'sell'; there are cell. Did you mean cell"),
        (lambda f: f.hold("cell", at="soon"), "'soon' is not a time such as 0:03.2, and there are"),
        (lambda f: f.fly_to("cell", at=1).fly_to("cell", at=2), "moved in frame 49, before|moved"),
        (lambda f: f.orbit(9, seconds=3).orbit(9, at=1), "an orbit begins in frame 25, before"),
    ],
)
def test_what_cannot_happen_is_told(film, happens, sentence):
    film.add("neuron", "cell", file="run.pickle")
    happens(film)
    if "fly" in str(sentence) or "moved" in sentence:
        film.fly_to("cell", at=1.5)
    with pytest.raises(ValueError, match=sentence):
        film.finish()


def test_another_film_ends_the_one_before(bpy, film, files):
    from blender_spike.api import Film

    Film("64x48", folder=files)
    with pytest.raises(RuntimeError, match="no longer there"):
        film.neuron("run.pickle")


def test_a_missing_extension_is_named(film, monkeypatch):
    from blender_spike.common.story import others

    monkeypatch.setitem(
        others._EXTENSIONS, "blender_brain", ("BlenderBrain", "BLENDER_BRAIN_OT_none")
    )
    monkeypatch.setattr(others.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(RuntimeError, match="A brain needs the extension BlenderBrain: install"):
        film.brain()
