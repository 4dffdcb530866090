# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of points: cells where they should be, with their values, and connections with them."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from helpers.pictures import add_camera, read_pixels

from spike_export import write
from spike_export.networks.point_network import point_network

CELLS = 12
PAIRS = np.array([[0, 1], [1, 2], [2, 0], [5, 7], [7, 7], [11, 3], [0, 1]])
RANDOM = np.random.default_rng(3)
PLACES = RANDOM.uniform(-100, 100, (CELLS, 3))
LAYOUTS = {"line": RANDOM.uniform(-50, 50, (CELLS, 3)), "far": PLACES + [1000, 0, 0]}
VALUES = RANDOM.random((6, CELLS)).astype(np.float32)


def network(**more):
    settings = {"connections": PAIRS, "layouts": LAYOUTS, "diameter_um": 10.0, **more}
    return point_network(PLACES, np.arange(6.0), VALUES, **settings)


@pytest.fixture
def thing(bpy, tmp_path):
    """An imported network."""
    bpy.ops.blender_spike.import_simulation(filepath=str(write(tmp_path / "net.pickle", network())))
    return bpy.context.object


def middle(places):
    """In Blender units of 100 µm, around the middle."""
    return (places - (places.min(axis=0) + places.max(axis=0)) / 2) / 100


def set_inputs(thing, **values):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    set_inputs(find_modifier(thing), {k.replace("_", " "): v for k, v in values.items()})


def drawn(bpy, thing, frame=0.0):
    """Cells' places, sizes and values, and the places and values of connections' ends."""
    whole = int(np.floor(frame))
    bpy.context.scene.frame_set(whole, subframe=frame - whole)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    geometry = thing.evaluated_get(depsgraph).evaluated_geometry()
    points = geometry.instances_pointcloud()

    def row(data, name, kind, width):
        values = np.empty((len(data.attributes[name].data), width), np.float32)
        data.attributes[name].data.foreach_get(kind, values.ravel())
        return values

    matrices = row(points, "instance_transform", "value", 16).reshape(-1, 4, 4)
    cells = {
        "places": matrices[:, 3, :3],
        "scales": np.linalg.norm(matrices[:, :3, :3], axis=2),
        "rotations": matrices[:, :3, :3] / np.linalg.norm(matrices[:, :3, :3], axis=2)[..., None],
        "values": row(points, "voltage", "value", 1)[:, 0],
    }
    if geometry.curves is None or not len(geometry.curves.points):
        return cells, {}
    curves = geometry.curves
    return cells, {
        "places": row(curves, "position", "vector", 3).reshape(-1, 2, 3),
        "values": row(curves, "voltage", "value", 1).reshape(-1, 2),
        "dim": row(curves, "dim", "value", 1)[:, 0],
    }


KEPT = PAIRS[PAIRS[:, 0] != PAIRS[:, 1]]


def test_cells_and_connections_are_where_the_file_says(bpy, thing):
    cells, lines = drawn(bpy, thing)
    assert np.allclose(cells["places"], middle(PLACES), atol=1e-6)
    assert np.allclose(cells["scales"], 0.05)
    assert np.allclose(lines["places"], middle(PLACES)[KEPT], atol=1e-6)


@pytest.mark.parametrize("frame", [0, 2, 3.25, 5, 9])
def test_cells_have_their_values_and_connections_those_of_their_source(bpy, thing, frame):
    cells, lines = drawn(bpy, thing, frame)
    time = min(frame, 5)
    now = np.array([np.interp(time, range(6), column) for column in VALUES.T])
    assert np.allclose(cells["values"], now, atol=1e-6)
    assert np.allclose(lines["values"], now[KEPT[:, :1]], atol=1e-6)
    assert np.allclose(lines["dim"], 0.8)


@pytest.mark.parametrize("mix", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("easing", ["Even", "Smooth"])
def test_layouts_are_mixed_and_connections_follow(bpy, thing, mix, easing):
    set_inputs(thing, From="line", To="", Mix=mix, Easing=easing, Delay=0.0)
    cells, lines = drawn(bpy, thing)
    share = mix if easing == "Even" else mix * mix * (3 - 2 * mix)
    expected = (1 - share) * middle(LAYOUTS["line"]) + share * middle(PLACES)
    assert np.allclose(cells["places"], expected, atol=1e-5)
    assert np.allclose(lines["places"], expected[KEPT], atol=1e-5)


@pytest.mark.parametrize("order", ["Random", "From the Middle", "In Order"])
def test_each_cell_starts_in_its_turn_and_all_arrive(bpy, thing, order):
    set_inputs(thing, From="line", To="far", Easing="Even", Delay=0.6, Order=order)
    begin, end = middle(LAYOUTS["line"]), middle(LAYOUTS["far"])

    def share(mix):
        set_inputs(thing, Mix=mix)
        places = drawn(bpy, thing)[0]["places"]
        return ((places - begin) * (end - begin)).sum(1) / ((end - begin) ** 2).sum(1)

    assert np.allclose(share(0.0), 0, atol=1e-5)
    assert np.allclose(share(1.0), 1, atol=1e-5)
    halfway = share(0.5)
    assert halfway.min() < 0.05 or halfway.min() < halfway.max() - 0.5
    # Each takes 0.4 of the whole, so half a way after it starts is (0.5 - start) / 0.4.
    starts = 0.5 - 0.4 * halfway
    inside = (halfway > 1e-4) & (halfway < 1 - 1e-4)
    assert inside.any()
    if order == "In Order":
        assert np.allclose(starts[inside], 0.6 * np.arange(CELLS)[inside] / CELLS, atol=1e-4)
    if order == "From the Middle":
        away = np.linalg.norm(begin - begin.mean(axis=0), axis=1)
        assert np.allclose(starts[inside], 0.6 * (away / away.max())[inside], atol=1e-4)


def test_a_layout_that_is_not_there_is_the_one_of_the_file(bpy, thing):
    set_inputs(thing, From="no such layout", Mix=0.0)
    assert np.allclose(drawn(bpy, thing)[0]["places"], middle(PLACES), atol=1e-6)


def test_cells_grow_with_their_activity(bpy, thing):
    set_inputs(thing, Soma_Size=2.0, Growth=1.5)
    cells, _ = drawn(bpy, thing, 2)
    active = (VALUES[2] - VALUES.min()) / (VALUES.max() - VALUES.min())
    assert np.allclose(cells["scales"], (0.1 * (1 + 1.5 * active))[:, None], atol=1e-6)


@pytest.mark.parametrize(("shape", "corners"), [("Spheres", 642), ("Cubes", 8), ("Discs", 48)])
def test_shapes_stand_for_cells(bpy, thing, shape, corners):
    set_inputs(thing, Cells=shape)
    bpy.context.scene.frame_set(0)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    found = [
        len(instance.object.data.vertices)
        for instance in depsgraph.object_instances
        # Without faces are the points that tell Blender how far instances reach.
        if instance.object.type == "MESH" and len(instance.object.data.polygons)
    ]
    assert found == [corners] * CELLS


def test_an_object_of_ones_own_stands_for_cells(bpy, thing):
    bpy.ops.mesh.primitive_cone_add(vertices=9)
    set_inputs(thing, Cells="Object", Cell_Object=bpy.context.object)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    found = [
        (len(instance.object.data.vertices), instance.object.material_slots[0].material.name)
        for instance in depsgraph.object_instances
        if instance.is_instance and len(instance.object.data.polygons)
    ]
    assert found == [(10, "net voltage")] * CELLS


def test_discs_face_the_camera(bpy, thing):
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.location = (3, -20, 7)
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = camera
    thing.location = (1, 2, 3)
    set_inputs(thing, Cells="Discs")
    cells, _ = drawn(bpy, thing)
    toward = np.array([3, -20, 7]) - np.array([1, 2, 3]) - cells["places"]
    toward /= np.linalg.norm(toward, axis=1)[:, None]
    assert np.allclose(cells["rotations"][:, 2], toward, atol=1e-4)


def test_connections_can_be_left_out(bpy, thing):
    set_inputs(thing, Connections=False)
    assert drawn(bpy, thing)[1] == {}


def test_a_network_without_connections_or_layouts(bpy, tmp_path):
    path = write(tmp_path / "dots.pickle", network(connections=None, layouts=None))
    bpy.ops.blender_spike.import_simulation(filepath=str(path), center=False)
    cells, lines = drawn(bpy, bpy.context.object, 1)
    assert np.allclose(cells["places"], PLACES / 100, atol=1e-5)
    assert np.allclose(cells["values"], VALUES[1])
    assert lines == {}


@pytest.mark.parametrize(
    "engine", ["CYCLES", pytest.param("BLENDER_EEVEE", marks=pytest.mark.slow)]
)
def test_pixels_of_cells_and_connections_have_the_colors(bpy, tmp_path, engine):
    import matplotlib
    from blender_spike.common.film import use_standard_view

    scene = bpy.context.scene
    sim = point_network(
        [[-100, 0, 0], [100, 0, 0]], [0.0, 1.0], [[0.22, 0.71], [1, 0]], connections=[[0, 1]],
        diameter_um=100,
    )  # fmt: skip
    scene.render.engine = engine
    bpy.ops.blender_spike.import_simulation(filepath=str(write(tmp_path / "two.pickle", sim)))
    bpy.ops.blender_spike.color_by_voltage(colormap="plasma", v_min=0, v_max=1)
    set_inputs(bpy.context.object, Connection_Radius=0.2, Connection_Glow=0.5)
    # The connection's light would be added to that of the cells around its ends.
    add_light(bpy.context.object, 0.0)
    use_standard_view(scene)
    scene.cycles.samples = 4
    add_camera(bpy, 4)
    scene.render.resolution_x, scene.render.resolution_y = 80, 40
    scene.render.filepath = str(tmp_path / "two.png")
    scene.frame_set(0)
    bpy.ops.render.render(write_still=True)
    pixels = read_pixels(tmp_path / "two.png")

    def display(value, strength=1.0):
        color = np.array(matplotlib.colormaps["plasma"](value)[:3])
        linear = np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)
        dimmed = linear * strength
        encoded = np.where(dimmed <= 0.0031308, 12.92 * dimmed, 1.055 * dimmed ** (1 / 2.4) - 0.055)
        return 255 * encoded

    assert np.abs(pixels[20, 20] - display(0.22)).max() <= 2
    assert np.abs(pixels[20, 60] - display(0.71)).max() <= 2
    # On its way to dark, a color passes the display's curve where that is steep.
    assert np.abs(pixels[20, 40] - display(0.22, 0.5)).max() <= 3


def add_light(thing, share):
    from blender_spike.color.coloring import color_input

    color_input(thing.material_slots[0].material, "Add Light").default_value = share


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["CYCLES", "BLENDER_EEVEE"])
def test_no_cell_hides_another(bpy, tmp_path, engine):
    """In linear light, a picture is the sum of both, whichever is in front."""
    from blender_spike.common.film import use_plain_world, use_standard_view

    scene = bpy.context.scene
    scene.render.engine = engine
    use_standard_view(scene)
    use_plain_world(scene)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type, camera.data.ortho_scale, camera.location = "ORTHO", 3, (0, 0, 9)
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.cycles.samples = scene.eevee.taa_render_samples = 4
    scene.render.resolution_x = scene.render.resolution_y = 30
    scene.render.filepath = str(tmp_path / "cells.png")

    def linear(z):
        """Of a lit cell, and a dark one in front of it or behind it."""
        places, row = [[0, 0, 30]], [0.71]
        if z is not None:
            places, row = [*places, [0, 0, 100 * z]], [*row, 0.22]
        sim = point_network(places, [0.0, 1.0], [row, row], diameter_um=100)
        bpy.ops.blender_spike.import_simulation(
            filepath=str(write(tmp_path / "cells.pickle", sim)), center=False, at_origin=True
        )
        thing = bpy.context.object
        bpy.ops.blender_spike.color_by_voltage(colormap="plasma", v_min=0, v_max=1, strength=0.3)
        bpy.ops.render.render(write_still=True)
        bpy.data.objects.remove(thing)
        encoded = read_pixels(tmp_path / "cells.png")[15, 15] / 255
        return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)

    alone, in_front, behind = linear(None), linear(2.0), linear(-2.0)
    dark = in_front - alone
    assert np.allclose(in_front, behind, atol=0.01)
    # plasma at 0.22, times the strength: what a second one adds.
    import matplotlib

    color = np.array(matplotlib.colormaps["plasma"](0.22)[:3])
    added = 0.3 * np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)
    assert np.allclose(dark, added, atol=0.01)


@pytest.mark.parametrize("kind", ["Grid", "Layers", "Circle", "Sphere", "Shuffled"])
def test_layouts_can_be_added(bpy, thing, kind):
    from blender_spike.playback.network import layouts_of, places_of

    assert bpy.ops.blender_spike.add_layout(kind=kind) == {"FINISHED"}
    (name,) = set(layouts_of(thing)) - set(LAYOUTS)
    set_inputs(thing, Mix=1.0)
    places = drawn(bpy, thing)[0]["places"]
    assert np.allclose(places, places_of(thing, name), atol=1e-6)
    assert len(np.unique(places.round(5), axis=0)) == CELLS
    if kind == "Shuffled":
        assert sorted(places[:, 0].tolist()) == pytest.approx(sorted(middle(PLACES)[:, 0]))


def test_layouts_are_chosen_swapped_and_animated(bpy, thing):
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    modifier = find_modifier(thing)
    bpy.ops.blender_spike.choose_layout(end="From", layout_name="line")
    bpy.ops.blender_spike.choose_layout(end="To", layout_name="far")
    bpy.ops.blender_spike.swap_layouts()
    assert [input_value(modifier, n).value for n in ("From", "To")] == ["far", "line"]
    bpy.ops.blender_spike.choose_layout(end="To", layout_name="AS_IN_FILE")
    assert input_value(modifier, "To").value == ""
    bpy.ops.blender_spike.animate_layout(frame_start=90, frame_end=95)
    bpy.ops.blender_spike.animate_layout(frame_start=10, frame_end=20)
    mixes = []
    for frame in (1, 10, 13, 20, 95):
        bpy.context.scene.frame_set(frame)
        mixes.append(input_value(modifier, "Mix").value)
    assert mixes == pytest.approx([0, 0, 0.3, 1, 1])
    with pytest.raises(RuntimeError, match="last frame, 3, is not after the first, 7"):
        bpy.ops.blender_spike.animate_layout(frame_start=7, frame_end=3)


def test_animate_picks_a_layout_that_is_elsewhere(bpy, thing, capfd):
    """From and To are the file's positions after an import."""
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    bpy.ops.blender_spike.animate_layout(frame_start=1, frame_end=11)
    told = capfd.readouterr().out
    assert "move from the file's positions in frame 1 to 'line' in frame 11." in told
    places = [drawn(bpy, thing, frame)[0]["places"] for frame in (1, 11)]
    np.testing.assert_allclose(places[0], middle(PLACES), atol=1e-5)
    assert np.abs(places[1] - places[0]).max() > 0.1
    # What was chosen stays, unless it is the same.
    set_inputs(thing, From="far", To="line")
    bpy.ops.blender_spike.animate_layout(frame_start=1, frame_end=11)
    ends = [input_value(find_modifier(thing), end).value for end in ("From", "To")]
    assert ends == ["far", "line"]
    set_inputs(thing, From="line", To="line")
    bpy.ops.blender_spike.animate_layout(frame_start=1, frame_end=11)
    ends = [input_value(find_modifier(thing), end).value for end in ("From", "To")]
    assert ends == ["line", "far"]


def test_animate_says_when_there_is_nowhere_to_go(bpy, tmp_path):
    path = write(tmp_path / "plain.pickle", network(layouts={"same": PLACES}))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    with pytest.raises(RuntimeError, match="'plain' has no layout in which its cells stand else"):
        bpy.ops.blender_spike.animate_layout(frame_start=1, frame_end=11)
    assert bpy.context.object.animation_data is None


def test_reload_keeps_looks_and_added_layouts(bpy, thing, tmp_path):
    bpy.ops.blender_spike.add_layout(kind="Circle")
    set_inputs(thing, Mix=1.0, Growth=0.7, Cells="Cubes")
    before = drawn(bpy, thing)[0]["places"]
    other = point_network(PLACES * 2, np.arange(6.0), 1 - VALUES, connections=[[0, 1]])
    write(tmp_path / "net.pickle", other)
    assert bpy.ops.blender_spike.reload() == {"FINISHED"}
    cells, lines = drawn(bpy, thing, 3)
    assert np.allclose(cells["places"], before, atol=1e-6)
    assert np.allclose(cells["values"], 1 - VALUES[3], atol=1e-6)
    assert len(lines["places"]) == 1
    set_inputs(thing, Mix=0.0)
    assert np.allclose(drawn(bpy, thing)[0]["places"], middle(PLACES * 2), atol=1e-5)


def test_a_neuron_does_not_become_a_network(bpy, thing, tmp_path):
    from helpers.simulations import branched, simulation

    path = write(tmp_path / "cell.pickle", simulation(branched()))
    with pytest.raises(
        RuntimeError, match="Cannot put cell.pickle into 'net': it holds cells with shape, not a"
    ):
        bpy.ops.blender_spike.relink(filepath=str(path))
    assert np.allclose(drawn(bpy, thing)[0]["values"], VALUES[0])


@pytest.mark.slow
def test_a_saved_network_plays_where_there_is_no_extension(bpy, thing, tmp_path):
    set_inputs(thing, From="line", Mix=0.5, Delay=0.0, Easing="Even")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "net.blend"))
    script = f"""
import bpy, numpy as np
bpy.ops.wm.open_mainfile(filepath={str(tmp_path / "net.blend")!r})
bpy.context.scene.frame_set(4)
thing = bpy.data.objects["net"]
geometry = thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
points = geometry.instances_pointcloud()
print("VALUES", [round(d.value, 5) for d in points.attributes["voltage"].data])
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("VALUES")]
    assert np.allclose(eval(line.removeprefix("VALUES ")), VALUES[4], atol=1e-4)


def test_panels_and_buttons_know_what_they_are_for(bpy, thing):
    import blender_spike
    from blender_spike.panels import look
    from blender_spike.panels import network as layout_panels

    assert layout_panels.BLENDER_SPIKE_PT_layout.poll(bpy.context)
    assert not look.BLENDER_SPIKE_PT_look.poll(bpy.context)
    assert bpy.ops.blender_spike.add_layout.poll()
    bpy.ops.mesh.primitive_cube_add()
    assert not layout_panels.BLENDER_SPIKE_PT_network.poll(bpy.context)
    assert not bpy.ops.blender_spike.add_layout.poll()
    assert layout_panels.BLENDER_SPIKE_PT_network in blender_spike.CLASSES


@pytest.mark.parametrize("more", [{}, {"connections": None}], ids=["connected", "apart"])
def test_traces_are_of_the_cell_nearest_to_the_cursor_as_it_is_drawn(bpy, tmp_path, more):
    path = write(tmp_path / "net.pickle", network(**more))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    thing = bpy.context.object
    thing.location = (1, 2, 3)
    set_inputs(thing, From="", To="line", Mix=1.0)
    bpy.context.view_layer.update()
    for cell, layout in ((1, "line"), (2, "line"), (2, "")):
        set_inputs(thing, To=layout)
        places = middle(LAYOUTS["line"] if layout else PLACES)
        bpy.context.scene.cursor.location = places[cell] + thing.location + [0.0, 0.0, 0.01]
        before = set(bpy.data.objects)
        assert bpy.ops.blender_spike.add_trace(at="CURSOR") == {"FINISHED"}
        made = [t for t in set(bpy.data.objects) - before if t.blender_spike_figure.kind == "TRACE"]
        assert [trace.blender_spike_figure.section for trace in made] == [f"cell {cell}"]
        bpy.context.view_layer.objects.active = thing
