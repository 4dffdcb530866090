# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cells and sections are imported, and as how many objects."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from helpers.playing import TOLERANCE_MV, expected, voltages
from helpers.simulations import branched, simulation

from spike_export import Cell, merge, read, write
from spike_export.edit.convert import take_cells

NAMES = ("Pyr[0]", "Pyr[1]", "Bask(0,1)", "7", "twin", "twin")
FRAMES = 6


def network(seed=0):
    """Six branched cells beside each other, each with values of its own."""
    cells = []
    for index in range(len(NAMES)):
        cell = simulation(branched(), FRAMES, seed=seed + index)
        points = cell.points_um.copy()
        points[:, 0] += 300 * index
        cells.append(replace(cell, points_um=points))
    return replace(
        merge(cells),
        cells=tuple(Cell(name) for name in NAMES),
        connections=np.array([[0, 3], [3, 5], [2, 1], [5, 5]], np.int32),
        layouts={"grid": np.arange(18, dtype=np.float32).reshape(6, 3)},
    )


@pytest.fixture
def path(tmp_path) -> Path:
    return write(tmp_path / "net.pickle", network())


def imported(bpy, path, **settings):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS", **settings)
    return list(bpy.context.selected_objects)


@pytest.mark.parametrize(
    ("wanted", "cells"),
    [
        ("", [0, 1, 2, 3, 4, 5]),
        (" , ", [0, 1, 2, 3, 4, 5]),
        ("Pyr[1]", [1]),
        ("Pyr*", [0, 1]),
        ("Pyr[?], 2", [0, 1, 2]),
        ('"Bask(0,1)",0', [0, 2]),
        ("twin", [4, 5]),
        ("1-3", [1, 2, 3]),
        ("4 - 99", [4, 5]),
        ("0-5:2", [0, 2, 4]),
        # A name comes before a number.
        ("7", [3]),
        ("3, 3, 1-3, Pyr[1]", [1, 2, 3]),
        ("*", [0, 1, 2, 3, 4, 5]),
        ("Pyr", [0, 1]),
        ("/Pyr.[1-9]./, twin", [1, 4, 5]),
    ],
)
def test_cells_as_people_type_them(bpy, wanted, cells):
    from blender_spike.cells.subset import chosen_cells

    assert chosen_cells(NAMES, wanted).tolist() == cells


@pytest.mark.parametrize("wanted", ["8", "pyr*", "9-12", "5-2", '"3"', "Pyr[0-1]", "0, nobody"])
def test_cells_that_are_not_there_are_named(bpy, path, wanted):
    """In one sentence with the file's name, and with those that are there."""
    with pytest.raises(RuntimeError) as caught:
        imported(bpy, path, cells=wanted)
    sentence = str(caught.value).strip()
    assert "net.pickle: no cell is" in sentence and '6, "Pyr[0]", "Pyr[1]"' in sentence
    assert not bpy.data.objects and not bpy.data.meshes


def test_types_that_are_not_there_are_named(bpy, path):
    with pytest.raises(RuntimeError, match="no sections of type apic or axon.*only soma, dend"):
        imported(bpy, path, section_types={"apic", "axon"})
    with pytest.raises(RuntimeError, match="no section type"):
        imported(bpy, path, section_types=set())


@pytest.mark.parametrize("cells", [[2], [0, 1, 2], [0, 3, 5]])
def test_subset_of_cells_is_the_package_s_own(bpy, path, cells):
    """Held against `spike-export convert --cells`, whether values lie together or not."""
    from blender_spike.cells.subset import subset
    from blender_spike.simulation_file import read as read_in_blender

    whole = read_in_blender(path)
    wanted = np.isin(whole.section_cells, cells)
    ours, theirs = subset(whole, wanted), take_cells(read(path), cells)
    for field in fields(theirs):
        if field.name not in ("cells", "layouts"):
            np.testing.assert_array_equal(getattr(ours, field.name), getattr(theirs, field.name))
    assert [cell.name for cell in ours.cells] == [cell.name for cell in theirs.cells]
    np.testing.assert_array_equal(ours.layouts["grid"], theirs.layouts["grid"])


@pytest.mark.slow
def test_the_report_says_how_many_of_the_cells_came_in(bpy, path, capfd):
    imported(bpy, path, cells="0", object_per_cell=True)
    imported(bpy, path)
    printed = capfd.readouterr().out
    assert "Imported net.pickle: 1 of 6 cells, 4 sections, 19 segments" in printed
    assert "Imported net.pickle: 6 cells, 24 sections" in printed


@pytest.mark.slow
def test_chosen_cells_play_their_own_values(bpy, path):
    from blender_spike.properties import about

    (neuron,) = imported(bpy, path, cells="Pyr[0], 3-4")
    sim = take_cells(read(path), [0, 3, 4])
    np.testing.assert_allclose(voltages(bpy, neuron, 2.5), expected(sim, 0.25), atol=TOLERANCE_MV)
    assert (about(neuron).cells, about(neuron).cells_in_file) == (3, 6)
    cell = [item.value for item in neuron.data.attributes["cell"].data]
    assert sorted(set(cell)) == [0, 1, 2]


@pytest.mark.slow
def test_chosen_types_play_their_own_values(bpy, path):
    """Dendrites without their soma begin where they were recorded, and hold their own values."""
    from blender_spike.properties import about

    (neuron,) = imported(bpy, path, cells="0", section_types={"dend"}, center=False)
    sim = read(path)
    found = voltages(bpy, neuron, 4)
    # The first dendrite's seven segments; its first point has the first one's value.
    assert set(sim.values[4, 3:10]) <= set(found)
    assert found[0] == sim.values[4, 3]
    assert not np.isin(sim.values[4, :3], found).any()
    np.testing.assert_allclose(neuron.data.points[0].position, (0, 0.09, 0), atol=1e-6)
    assert about(neuron).chosen_types == {"dend"} and about(neuron).sections == 3


@pytest.mark.slow
def test_an_object_for_each_cell(bpy, path):
    """In a collection, named after the cells, with one material, each playing alone."""
    from blender_spike.color.coloring import material_of
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    neurons = imported(bpy, path, object_per_cell=True, cells="0-3, 5")
    collection = bpy.data.collections["net"]
    assert [neuron.name for neuron in collection.objects] == [*NAMES[:4], "twin"]
    assert set(neurons) == set(collection.objects)
    assert bpy.context.object.name == "Pyr[0]"
    materials = {material_of(neuron) for neuron in neurons}
    assert [material.name for material in materials] == ["net voltage"]
    for neuron, cell in zip(collection.objects, (0, 1, 2, 3, 5), strict=True):
        sim = take_cells(read(path), [cell])
        values = input_value(find_modifier(neuron), "Values").value.data
        assert len(values.vertices) == sim.n_segments
        np.testing.assert_allclose(
            voltages(bpy, neuron, 3.5), expected(sim, 0.35), atol=TOLERANCE_MV
        )


@pytest.mark.slow
@pytest.mark.parametrize("center", [True, False])
def test_objects_of_cells_lie_as_the_cells_do(bpy, path, center):
    """300 µm apart; centered, each around its own soma and all around the world's origin."""
    imported(bpy, path, object_per_cell=True, center=center)
    neurons = bpy.data.collections["net"].objects
    somata = [neuron.matrix_world @ neuron.data.points[2].position for neuron in neurons]
    np.testing.assert_allclose(np.diff([soma.x for soma in somata]), 3.0, atol=1e-5)
    assert somata[0].x == pytest.approx(-7.5 if center else 0.0, abs=1e-5)
    assert [neuron.location.length > 1 for neuron in neurons] == [center] * 6
    if center:
        assert neurons[2].data.points[2].position.length == pytest.approx(0, abs=1e-5)


@pytest.mark.slow
def test_reload_keeps_the_choice(bpy, path, tmp_path):
    """Of cells and of types, also from a file that has more cells."""
    from blender_spike.properties import about

    imported(bpy, path, cells="Pyr*, 7", section_types={"soma", "dend"})
    write(path, network(seed=50))
    bpy.ops.blender_spike.reload()
    neuron = bpy.context.object
    sim = take_cells(read(path), [0, 1, 3])
    np.testing.assert_allclose(voltages(bpy, neuron, 2), expected(sim, 0.2), atol=TOLERANCE_MV)
    assert about(neuron).chosen_cells == "Pyr*, 7"
    other = write(tmp_path / "other.pickle", simulation(branched(), FRAMES))
    with pytest.raises(RuntimeError, match='other.pickle: no cell is "Pyr'):
        bpy.ops.blender_spike.relink(filepath=str(other))
    np.testing.assert_allclose(voltages(bpy, neuron, 2), expected(sim, 0.2), atol=TOLERANCE_MV)


@pytest.mark.slow
def test_reload_of_all_cells(bpy, path):
    """Selected together, the objects of one file follow the active one, each with its own cell."""
    imported(bpy, path, object_per_cell=True)
    neurons = list(bpy.data.collections["net"].objects)
    neurons[1].location = (1, 2, 3)
    neurons[5].select_set(False)
    write(path, network(seed=50))
    before = len(bpy.data.meshes)
    bpy.ops.blender_spike.reload()
    assert len(bpy.data.meshes) == before
    for cell, neuron in enumerate(neurons[:5]):
        sim = take_cells(read(path), [cell])
        np.testing.assert_allclose(voltages(bpy, neuron, 1), expected(sim, 0.1), atol=TOLERANCE_MV)
    old = take_cells(network(), [5])
    np.testing.assert_allclose(voltages(bpy, neurons[5], 1), expected(old, 0.1), atol=TOLERANCE_MV)
    assert tuple(neurons[1].location) == (1, 2, 3)


@pytest.mark.slow
def test_failure_half_way_leaves_nothing(bpy, path, monkeypatch):
    """The third of six objects cannot be made."""
    from blender_spike.building import build

    made = build.playback.add_modifier
    calls = []

    def fail(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise RuntimeError("planted")
        return made(*arguments)

    monkeypatch.setattr(build.playback, "add_modifier", fail)
    with pytest.raises(RuntimeError, match="planted"):
        build.import_simulation(bpy.context, path, object_per_cell=True)
    for kind in ("objects", "meshes", "hair_curves", "collections", "materials"):
        assert not len(getattr(bpy.data, kind)), kind


def test_panel_and_operator_begin_alike(bpy):
    """The panel's fields are what the button passes on to the operator."""
    from blender_spike.properties import IMPORT_SETTINGS
    from blender_spike.properties import fields as fields_of

    typed = fields_of(bpy.context.scene)
    operator = bpy.ops.blender_spike.import_simulation.get_rna_type().properties
    for name in IMPORT_SETTINGS:
        default = operator[name]
        value = default.default_flag if name == "section_types" else default.default
        assert getattr(typed, name) == value


@pytest.mark.slow
def test_values_that_cannot_be_shown(bpy, path, tmp_path):
    """A sentence with the range, and nothing is made or changed; what is not finite is no data."""
    sim = read(path)
    values = sim.values.copy()
    values[1, 0] = -1e25
    write(tmp_path / "wrong.pickle", replace(sim, values=values))
    sentence = r"Cannot import wrong.pickle: its values go from -1e\+25 to .*; those beyond 1e\+20"
    with pytest.raises(RuntimeError, match=sentence):
        imported(bpy, tmp_path / "wrong.pickle")
    assert not bpy.data.objects and not bpy.data.hair_curves
    imported(bpy, path)
    with pytest.raises(RuntimeError, match=sentence):
        bpy.ops.blender_spike.relink(filepath=str(tmp_path / "wrong.pickle"))


def test_one_busy_cell_does_not_darken_a_network(bpy, tmp_path):
    """The colors end before it."""
    from blender_spike.color.coloring import color_input, voltage_material

    from spike_export.networks.point_network import point_network

    values = np.random.default_rng(2).uniform(0, 3, (4, 50)).astype(np.float32)
    values[:, 7] = 400
    places = np.random.default_rng(3).uniform(0, 100, (50, 3))
    path = write(tmp_path / "net.pickle", point_network(places, np.arange(4.0), values))
    (network,) = imported(bpy, path)
    material = voltage_material(network)
    assert color_input(material, "Maximum").default_value < 4
    assert color_input(material, "Minimum").default_value < 1


def test_further_quantities_do_not_disturb_a_choice_of_cells(bpy, tmp_path, path):
    """A file with several quantities shows the first, of the chosen cells."""
    from blender_spike.cells.subset import subset, wanted_sections

    from spike_export.simulation_file.simulation import Quantity

    sim = read(path)
    sim = replace(sim, more={"cai": Quantity("mM", sim.values * 2)})
    part = subset(sim, wanted_sections(sim, "0"))
    assert part.more["cai"].values.shape == part.values.shape
    assert np.array_equal(part.more["cai"].values, part.values * 2)
