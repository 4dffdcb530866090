# SPDX-License-Identifier: GPL-3.0-or-later
"""Isosurfaces and volumes show LFPykit's potential, wherever they and their neuron are."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from helpers.lfp import lfpykit_weights
from helpers.panels import drawn
from helpers.pictures import exact_view, read_pixels
from helpers.simulations import branched, simulation, with_currents

from spike_export import read, write
from spike_export.potential.segment_lines import segment_lines

FRAMES = 6


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "cell.pickle", with_currents(simulation(branched(), FRAMES)))


@pytest.fixture
def neuron(bpy, path):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), um_per_unit=50.0)
    return bpy.context.object


def fields(bpy):
    return [one for one in bpy.data.objects if one.blender_spike_figure.kind == "FIELD"]


def add(bpy, shape="SURFACES", **settings):
    settings = {"box_resolution": 24} | settings
    assert bpy.ops.blender_spike.add_field(shape=shape, **settings) == {"FINISHED"}
    return fields(bpy)[-1]


def at(bpy, box, frame):
    """The evaluated geometry in a frame."""
    bpy.context.scene.frame_set(int(frame), subframe=frame % 1)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    return box.evaluated_get(depsgraph).evaluated_geometry()


def surfaces(bpy, box, frame):
    """Potentials and places of the surfaces' vertices, in world space."""
    geometry = at(bpy, box, frame)
    mesh = geometry.mesh
    values, places = np.empty(len(mesh.vertices), np.float32), np.empty(3 * len(mesh.vertices))
    if len(values):
        mesh.attributes["voltage"].data.foreach_get("value", values)
        mesh.vertices.foreach_get("co", places)
    matrix = np.array(box.matrix_world)
    return values, places.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]


def start(neuron):
    from blender_spike.common.nodes.modifiers import input_value

    return input_value(neuron.modifiers[0], "Start Frame").value


def lfpykit_at(sim, neuron, places, sample):
    """LFPykit's potentials from the file, at places in the scene."""
    from blender_spike.cells.morphology import center_um, strands

    inverse = np.array(neuron.matrix_world.inverted())
    local = places @ inverse[:3, :3].T + inverse[:3, 3]
    currents = sim.more["i_membrane_"].values.astype(float)
    before, share = int(sample), sample % 1
    now = (1 - share) * currents[before] + share * currents[min(before + 1, len(currents) - 1)]
    return lfpykit_weights(segment_lines(sim), local * 50 + center_um(sim, strands(sim))) @ now


@pytest.mark.slow
def test_isosurfaces_are_where_lfpykit_has_that_potential(bpy, path, neuron):
    """Between points of the lattice it is interpolated: off by the square of their distance."""
    pytest.importorskip("lfpykit")
    from blender_spike.extracellular.field_box import lattice_of
    from blender_spike.extracellular.field_objects import to_neuron

    sim = read(path)
    neuron.location, neuron.rotation_euler = (1, -2, 3), (0.3, 0.7, -1.1)
    bpy.context.view_layer.update()
    medians = []
    for points in (20, 40):
        box = add(bpy, box_resolution=points)
        assert box.parent == neuron
        off = []
        for sample in (0, 2, 2.5, FRAMES - 1):
            values, places = surfaces(bpy, box, start(neuron) + sample)
            assert len(values) > 300 and (values > 0).any() and (values < 0).any()
            values, places = values[::7], places[::7]
            right = lfpykit_at(sim, neuron, places, sample)
            # No farther off than the potential differs between corners of the cube around the
            # vertex, unless a segment passes through it.
            lattice, matrix = lattice_of(box), np.array(neuron.matrix_world @ to_neuron(box))
            inverse = np.linalg.inv(matrix)
            index = (places @ inverse[:3, :3].T + inverse[:3, 3] - lattice.corner) / lattice.spacing
            assert (
                index.min() > -0.01 and (index.max(axis=0) < np.array(lattice.counts) - 0.99).all()
            )
            low = np.clip(np.floor(index), 0, np.array(lattice.counts) - 2).astype(int)
            corners = np.stack(
                [low + [i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)], axis=1
            ).reshape(-1, 3)
            there = (lattice.corner + lattice.spacing * corners) @ matrix[:3, :3].T + matrix[:3, 3]
            around = lfpykit_at(sim, neuron, there, sample).reshape(-1, 8)
            slack = 2e-3 * np.abs(around).max()
            assert (np.abs(right - values) <= np.ptp(around, axis=1) + slack).mean() > 0.99
            off.append(np.abs(right / values - 1))
        medians.append(np.median(np.concatenate(off)))
        bpy.ops.blender_spike.remove_field()
    assert medians[0] < 0.04 and medians[1] < 0.01
    assert medians[0] / medians[1] > 2.5


def test_a_volume_has_lfpykit_s_potential(bpy, path, neuron):
    """Within 1 % of the largest, at the points of the lattice, at and between samples."""
    pytest.importorskip("lfpykit")
    from blender_spike.extracellular.field_box import lattice_of

    box = add(bpy, "VOLUME", box_resolution=16)
    lattice = lattice_of(box)
    reader = _reader(bpy, box, lattice)
    matrix = np.array(box.matrix_world)
    places = lattice.places() @ matrix[:3, :3].T + matrix[:3, 3]
    sim = read(path)
    peak = max(np.abs(lfpykit_at(sim, neuron, places, f)).max() for f in range(FRAMES))
    for sample in (0, 3, 3.25, FRAMES - 1):
        geometry = at(bpy, reader, start(neuron) + sample)
        mesh = geometry.mesh
        values = np.empty(len(mesh.vertices), np.float32)
        mesh.attributes["read"].data.foreach_get("value", values)
        right = lfpykit_at(sim, neuron, places, sample)
        assert np.abs(values - right).max() < 3e-3 * peak


def _reader(bpy, box, lattice):
    """An object whose points read the box's grid where they are."""
    from blender_spike.common import nodes

    with nodes.geometry_group("Reader") as tree:
        points = tree.input("Geometry", "Geometry")
        thing = tree.input("Box", "Object")
        grid = tree.add(
            "GeometryNodeGetNamedGrid",
            {"Volume": tree.object(thing)["Geometry"], "Name": "voltage"},
        )["Grid"]
        place = tree.add("GeometryNodeInputPosition")
        value = tree.add("GeometryNodeSampleGrid", {"Grid": grid, "Position": place})
        tree.output("Geometry", tree.store(points, "read", value))
    mesh = bpy.data.meshes.new("reader")
    mesh.from_pydata(lattice.places().tolist(), [], [])
    reader = bpy.data.objects.new("reader", mesh)
    bpy.context.collection.objects.link(reader)
    modifier = reader.modifiers.new("reader", "NODES")
    modifier.node_group = tree.tree
    modifier.properties.inputs.Socket_1.value = box
    modifier.node_group = modifier.node_group
    return reader


def test_levels_are_what_is_set(bpy, neuron):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.extracellular.field_objects import find_field

    box = add(bpy)
    for outer, inner, count in ((2.0, 50.0, 3), (4.0, 60.0, 1)):
        set_inputs(find_field(box), {"Outermost": outer, "Innermost": inner, "Surfaces": count})
        values, _ = surfaces(bpy, box, start(neuron) + 2)
        levels = np.geomspace(outer, inner, count) if count > 1 else np.array([outer])
        expected = sorted([*-levels, *levels])
        assert np.unique(values) == pytest.approx(expected, rel=1e-5)


def test_moved_or_reloaded_it_is_computed_again(bpy, path, neuron):
    pytest.importorskip("lfpykit")
    from blender_spike.extracellular.field_objects import material_of_field, outdated

    box = add(bpy, box_resolution=32)
    assert not outdated(box)
    material = material_of_field(box)
    box.location.x += 0.5
    bpy.context.view_layer.update()
    assert outdated(box) == "moved since it was computed"
    assert bpy.ops.blender_spike.update_field() == {"FINISHED"}
    other = with_currents(simulation(branched(), FRAMES + 3, seed=4), seed=5)
    for sim, sample in ((read(path), 2), (other, 7)):
        if sim is other:
            write(path, other)
            assert bpy.ops.blender_spike.reload() == {"FINISHED"}
        assert not outdated(box) and material_of_field(box) == material
        values, places = surfaces(bpy, box, start(neuron) + sample)
        assert np.median(np.abs(lfpykit_at(sim, neuron, places, sample) / values - 1)) < 0.03


def test_it_plays_in_step_with_its_neuron(bpy, neuron):
    from blender_spike.common.nodes.modifiers import set_inputs

    box = add(bpy)
    third = surfaces(bpy, box, start(neuron) + 3)[1]
    set_inputs(neuron.modifiers[0], {"Use Time": True, "Time": 0.3})
    assert np.allclose(surfaces(bpy, box, 1)[1], third, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["SURFACES", "VOLUME"])
def test_it_plays_appended_in_another_blender_without_the_add_on(bpy, neuron, tmp_path, shape):
    box = add(bpy, shape)
    geometry = at(bpy, box, start(neuron) + 3)
    count = len(geometry.mesh.vertices) if geometry.mesh else 0
    blend = tmp_path / "a.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(blend))
    script = f"""
import bpy
with bpy.data.libraries.load({str(blend)!r}) as (there, here):
    here.objects = [{box.name!r}]
box = here.objects[0]
bpy.context.scene.collection.objects.link(box)
bpy.context.scene.frame_set({int(start(neuron)) + 3})
geometry = box.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
assert (len(geometry.mesh.vertices) if geometry.mesh else 0) == {count}
if {shape == "VOLUME"}:
    assert [grid.name for grid in geometry.volume.grids] == ["voltage"]
"""
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("shape", ["SURFACES", "VOLUME"])
def test_removed_nothing_is_left(bpy, neuron, shape):
    def left():
        return {
            (kind, block.name)
            for kind in ("objects", "meshes", "materials", "collections")
            for block in getattr(bpy.data, kind)
        }

    before = left()
    add(bpy, shape)
    assert bpy.ops.blender_spike.remove_field() == {"FINISHED"}
    assert left() == before


def test_at_the_cursor_and_at_the_soma(bpy, neuron, capfd):
    from blender_spike.extracellular.field_box import lattice_of

    bpy.context.scene.cursor.location = (0.5, 1, 0.25)
    box = add(bpy, at="CURSOR", size_um=100.0, box_resolution=11)
    assert tuple(box.matrix_world.translation) == pytest.approx((0.5, 1, 0.25))
    assert lattice_of(box).counts == (11, 11, 11)
    assert lattice_of(box).spacing == pytest.approx(10 / 50)
    said = "".join(capfd.readouterr())
    assert "11 x 11 x 11 points 10 µm apart" in said and "modes, " in said


def test_too_many_points_are_refused(bpy, neuron):
    with pytest.raises(RuntimeError, match="points; the limit is 4,194,304. Choose a lower"):
        bpy.ops.blender_spike.add_field(shape="VOLUME", box_resolution=512, size_um=500.0)
    assert not fields(bpy)


def test_the_panel_shows_its_levels_and_colors(bpy, neuron):
    from blender_spike.panels.field import BLENDER_SPIKE_PT_field as Panel

    box = add(bpy)
    texts = drawn(bpy, Panel)
    assert {box.name, "Outermost (µV)", "Surfaces", "Limit (µV)", "Rim"} <= set(texts)
    assert "Isolines" not in texts
    bpy.ops.blender_spike.remove_field()
    add(bpy, "VOLUME")
    texts = drawn(bpy, Panel)
    assert {"Density", "Contrast"} <= set(texts) and "Outermost (µV)" not in texts
    # What the group is given by other nodes is no setting.
    assert not {"Potential", "Edge"} & set(texts)


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["SURFACES", "VOLUME"])
def test_what_is_rendered_is_red_or_blue_as_the_field_is(bpy, path, neuron, shape, tmp_path):
    """Seen from above, as LFPykit's potential is over the depth of the box."""
    pytest.importorskip("lfpykit")
    from blender_spike.extracellular.field_box import lattice_of

    box = add(bpy, shape, box_resolution=24)
    neuron.hide_render = True
    sides = lattice_of(box).spacing * (np.array(lattice_of(box).counts) - 1)
    matrix, pixels, width = np.array(box.matrix_world), 40, float(sides.max())
    scene = exact_view(bpy, width, (pixels, pixels), (*box.matrix_world.translation[:2], 20))
    scene.cycles.samples = 8
    scene.frame_set(int(start(neuron)) + 2)
    scene.render.filepath = str(tmp_path / "a.png")
    bpy.ops.render.render(write_still=True)
    red, _, blue = read_pixels(tmp_path / "a.png").transpose(2, 0, 1)
    middle = (np.arange(pixels) + 0.5) / pixels - 0.5
    places = np.stack(
        np.meshgrid(-middle * width, middle * width, np.linspace(-0.45, 0.45, 9) * sides[2],
                    indexing="ij"), axis=-1,
    )[..., [1, 0, 2]] + matrix[:3, 3]  # fmt: skip
    field = lfpykit_at(read(path), neuron, places.reshape(-1, 3), 2).reshape(pixels, pixels, 9)
    through = (np.sign(field) * np.log1p(np.abs(field) / 2) ** 3).sum(axis=2)
    strong = (np.abs(through) > np.percentile(np.abs(through), 70)) & (np.abs(red - blue) > 10)
    assert strong.mean() > 0.1
    assert (np.sign(red - blue) == np.sign(through))[strong].mean() > 0.9
