# SPDX-License-Identifier: GPL-3.0-or-later
"""Rings on the neuron where traces are taken."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import write
from spike_export.networks.point_network import point_network


@pytest.fixture
def cell(bpy, tmp_path):
    path = write(tmp_path / "cell.pickle", simulation(branched(), 5))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    return bpy.context.object


def add(bpy, neuron, section="", position=0.5):
    from blender_spike.figures.adding import add_trace

    return add_trace(bpy.context, neuron, section, position, mark=True)


def center(bpy, mark):
    """Where a mark is drawn, in world space."""
    evaluated = mark.evaluated_get(bpy.context.evaluated_depsgraph_get())
    geometry = evaluated.evaluated_geometry()
    points = np.empty(len(geometry.mesh.vertices) * 3, np.float32)
    geometry.mesh.vertices.foreach_get("co", points)
    points = points.reshape(-1, 3)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return np.array(mark.matrix_world)[:3, :3] @ middle + np.array(mark.matrix_world.translation)


def mark_of(trace):
    from blender_spike.figures.trace_marks import mark_of

    return mark_of(trace)


def size(mark):
    from blender_spike.common.nodes.modifiers import input_value

    return input_value(mark.modifiers[0], "Size").value


def test_it_rings_the_place_and_goes_with_the_neuron(bpy, cell):
    from blender_spike.playback.sections import find_segment, nearest_segment, section_names

    section = section_names(cell)[2]
    trace = add(bpy, cell, section, 0.9)
    mark = mark_of(trace)
    cell.location, cell.scale = (3, 1, 2), (2, 2, 2)
    cell.name, trace.name = "renamed", "another"
    bpy.context.view_layer.update()
    # It stands before what it marks, by its own radius.
    camera = np.array(bpy.context.scene.camera.matrix_world)[:3, 2]
    place = center(bpy, mark) - camera * size(mark)
    assert nearest_segment(cell, place) == find_segment(cell, section, 0.9)
    assert mark_of(trace) is mark


def test_its_color_is_the_trace_s(bpy, cell):
    from blender_spike.common.nodes.modifiers import input_value

    trace = add(bpy, cell)
    input_value(trace.modifiers[0], "Color").value = (0.1, 0.6, 0.2, 1)
    trace.update_tag()
    bpy.context.view_layer.update()
    mark = mark_of(trace).evaluated_get(bpy.context.evaluated_depsgraph_get())
    # Kept in a variable, because its parts are freed with it.
    geometry = mark.evaluated_geometry()
    color = geometry.mesh.attributes["figure_color"].data[0].color
    assert tuple(color) == pytest.approx((0.1, 0.6, 0.2, 1))


def test_film_scene_marks_what_is_in_the_picture(bpy, cell):
    from blender_spike.figures.trace_marks import marks_of

    bpy.ops.blender_spike.add_trace()
    bpy.ops.blender_spike.add_trace(placement="SCENE", own_axes=True)
    bpy.ops.blender_spike.film_scene(marks=False)
    assert not marks_of(cell)
    bpy.ops.blender_spike.film_scene()
    bpy.ops.blender_spike.film_scene()
    assert len(marks_of(cell)) == 1
    bpy.ops.blender_spike.mark_trace()
    assert len(marks_of(cell)) == 2
    bpy.ops.blender_spike.mark_trace()
    assert not marks_of(cell)
    with pytest.raises(RuntimeError, match="has no trace 'nothing'"):
        bpy.ops.blender_spike.mark_trace(name="nothing")


def test_it_goes_with_its_trace(bpy, cell):
    mark = mark_of(add(bpy, cell))
    name = mark.name
    bpy.ops.blender_spike.remove_figures()
    assert name not in bpy.data.objects


def test_it_follows_another_file(bpy, cell, tmp_path):
    """In which the section is longer."""
    from blender_spike.playback.sections import find_segment, nearest_segment, section_names

    section = section_names(cell)[1]
    trace = add(bpy, cell, section, 0.9)
    before = center(bpy, mark_of(trace))
    longer = branched()
    longer[1]["points"] = [[x, 2 * y, *more] for x, y, *more in longer[1]["points"]]
    path = write(tmp_path / "two.pickle", simulation(longer, 5))
    bpy.ops.blender_spike.relink(filepath=str(path))
    bpy.context.view_layer.update()
    place = center(bpy, mark_of(trace))
    assert np.linalg.norm(place - before) > 0.2
    camera = np.array(bpy.context.scene.camera.matrix_world)[:3, 2]
    there = place - camera * size(mark_of(trace)) / 2
    assert nearest_segment(cell, there) == find_segment(cell, section, 0.9)


def test_it_is_saved_and_appended(bpy, cell, tmp_path):
    trace = add(bpy, cell)
    mark, name = mark_of(trace).name, trace.name
    where = center(bpy, mark_of(trace))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "cell.blend"))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(tmp_path / "cell.blend")) as (there, here):
        here.objects = there.objects
    for thing in here.objects:
        bpy.context.scene.collection.objects.link(thing)
    bpy.context.scene.camera = next(one for one in here.objects if one.type == "CAMERA")
    bpy.context.view_layer.update()
    assert mark_of(bpy.data.objects[name]).name == mark
    assert center(bpy, bpy.data.objects[mark]) == pytest.approx(where, abs=1e-4)


def test_copies_have_their_own(bpy, cell):
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.figures.trace_marks import marks_of

    trace = add(bpy, cell)
    bpy.ops.object.select_all(action="SELECT")
    bpy.ops.object.duplicate()
    copy = next(one for one in bpy.context.selected_objects if one.type == "CURVES")
    (mark,) = marks_of(copy)
    assert mark.parent == copy and mark != mark_of(trace)
    modifier = mark.modifiers[0]
    assert input_value(modifier, "Neuron").value == copy
    assert input_value(modifier, "Trace").value not in (None, trace)
    assert [mark] == [mark_of(input_value(modifier, "Trace").value)]


def test_a_cell_of_a_network_takes_it_along(bpy, tmp_path):
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.network import drawn_places

    network = point_network(np.arange(12.0).reshape(4, 3) * 40, np.arange(3.0), np.eye(3, 4))
    bpy.ops.blender_spike.import_simulation(filepath=str(write(tmp_path / "net.pickle", network)))
    net = bpy.context.object
    bpy.ops.blender_spike.add_layout(kind="Circle")
    from blender_spike.playback.sections import section_names

    mark = mark_of(add(bpy, net, section_names(net)[3]))
    camera = np.array(bpy.context.scene.camera.matrix_world)[:3, 2]
    seen = []
    for mix in (0.0, 0.5, 1.0):
        input_value(net.modifiers[0], "Mix").value = mix
        net.update_tag()
        bpy.context.view_layer.update()
        seen.append(drawn_places(net)[3])
        place = center(bpy, mark) - camera * size(mark) / 2
        world = np.array(net.matrix_world)
        assert place == pytest.approx(world[:3, :3] @ seen[-1] + world[:3, 3], abs=1e-3)
    assert np.linalg.norm(seen[0] - seen[2]) > 0.05


def test_names_are_short():
    from blender_spike.playback.sections import short_name

    names = {
        "dendrite_1[29]": "dendrite 1.29",
        "dend[3]": "dendrite 3",
        "apic": "apical dendrite",
        "L5[0].soma[0]": "L5[0] soma 0",
        "soma (2)": "soma (2)",
        "a5_2": "a5_2",
        "": "",
    }
    assert {name: short_name(name) for name in names} == names


def test_a_short_name_belongs_to_one_section(bpy, tmp_path):
    from blender_spike.playback.sections import holder_of, section_names, short_title_of, store

    path = write(tmp_path / "cell.pickle", simulation(branched(), 5))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    cell = bpy.context.object
    count = len(section_names(cell))
    names = ["dend[3]", "dend_3", "dend[4]", *(f"other[{k}]" for k in range(count - 3))]
    store(holder_of(cell, "Values"), names, np.full(count, 1))
    titles = [short_title_of(cell, name, 0.5) for name in names[:3]]
    assert titles == ["dend[3]", "dend_3", "dendrite 4"]
