# SPDX-License-Identifier: GPL-3.0-or-later
"""Cell types in the colors of a palette: exactly these, and none between them."""

from __future__ import annotations

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from helpers.panels import drawn
from helpers.pictures import exact_view, read_pixels
from helpers.simulations import simulation

from spike_export import Cell, write
from spike_export.simulation_file.simulation import Quantity

SIZE = 20
NAMES = {7: ("tab10", 10), 13: ("tab20", 20), 26: ("tab20", 20)}


def cells(path, count, **more):
    """Cells of two sections each side by side, the last one without a type."""
    sections = []
    for index in range(count + 1):
        x = 40 * index
        parent = 2 * index
        sections += [
            {"points": [[x, 0, 0, 36], [x, 100, 0, 36]], "nseg": 2},
            {"points": [[x, 100, 0, 36], [x, 200, 0, 36]], "parent": parent},
        ]
    sim = simulation(sections, 1)
    of = np.arange(2 * count + 2) // 2
    kinds = np.where(of < count, of, np.nan)[
        np.repeat(np.arange(2 * count + 2), sim.segment_counts)
    ]
    return write(
        path,
        replace(
            sim,
            cells=tuple(Cell(str(index)) for index in range(count + 1)),
            section_cells=of.astype(np.int32),
            values=kinds[None].astype(np.float32),
            quantity="type",
            unit="",
            more={"size": Quantity("µm", sim.values)},
            classes={"type": tuple(f"T{index}" for index in range(count))},
            **more,
        ),
    )


def import_(bpy, path):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), center=False, style="STRANDS")
    return bpy.context.object


def state(neuron):
    from blender_spike.color.coloring import color_input, voltage_material
    from common.colormaps.in_material import shown_colormap

    material = voltage_material(neuron)
    limits = [color_input(material, name).default_value for name in ("Minimum", "Maximum")]
    return shown_colormap(material.node_tree), *limits


@pytest.mark.slow
@pytest.mark.parametrize("count", NAMES)
def test_each_class_has_its_own_color_of_the_palette(bpy, tmp_path, count):
    """Within 1/255 along whole cells; those beyond the palette share its last color."""
    from blender_spike.color.voltage_nodes import NO_DATA_COLOR

    pixels_each = 8
    width = (count + 1) * 0.4
    scene = exact_view(bpy, width, ((count + 1) * pixels_each, SIZE), (width / 2 - 0.2, 1, 10))
    scene.render.filepath = str(tmp_path / "picture.png")
    import_(bpy, cells(tmp_path / "cells.pickle", count))
    bpy.ops.render.render(write_still=True)
    middles = read_pixels(tmp_path / "picture.png")[:, pixels_each // 2 :: pixels_each]
    colormap, size = NAMES[count]
    palette = np.array(mpl.colormaps[colormap].colors) * 255
    expected = palette[np.minimum(np.arange(count), size - 1)]
    inside = slice(SIZE // 2 - 2, SIZE // 2 + 2)
    assert np.abs(middles[inside, :count] - expected).max() <= 1
    grey = 255 * (1.055 * NO_DATA_COLOR[0] ** (1 / 2.4) - 0.055)
    assert np.abs(middles[inside, count] - grey).max() <= 1


def test_switching_between_classes_and_numbers_keeps_the_colormap_of_either(bpy, tmp_path):
    neuron = import_(bpy, cells(tmp_path / "cells.pickle", 7))
    assert state(neuron) == ("tab10", -0.5, 9.5)
    bpy.ops.blender_spike.choose_quantity(quantity="size")
    assert state(neuron)[0] == "plasma"
    bpy.ops.blender_spike.choose_colormap(colormap="viridis_r")
    bpy.ops.blender_spike.choose_quantity(quantity="type")
    assert state(neuron) == ("tab10", -0.5, 9.5)
    path = str(tmp_path / "scene.blend")
    name = neuron.name
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    neuron = bpy.data.objects[name]
    bpy.context.view_layer.objects.active = neuron
    neuron.select_set(True)
    assert state(neuron) == ("tab10", -0.5, 9.5)
    bpy.ops.blender_spike.choose_quantity(quantity="size")
    assert state(neuron)[0] == "viridis"
    from blender_spike.color.coloring import color_input, voltage_material

    assert color_input(voltage_material(neuron), "Reverse").default_value


def test_limits_stay_those_of_the_palette_and_names_are_listed(bpy, tmp_path):
    neuron = import_(bpy, cells(tmp_path / "cells.pickle", 13))
    for kind in ("DATA", "PERCENTILES", "SYMMETRIC"):
        bpy.ops.blender_spike.set_limits(kind=kind)
        assert state(neuron)[1:] == (-0.5, 19.5)
    from blender_spike.panels.color import BLENDER_SPIKE_PT_color

    texts = drawn(bpy, BLENDER_SPIKE_PT_color)
    assert "0: T0" in texts and "12: T12" in texts


def test_many_classes_are_told(bpy, tmp_path):
    from blender_spike.building.build import import_simulation

    told = []
    import_simulation(bpy.context, cells(tmp_path / "cells.pickle", 26), tell=told.append)
    assert told == ["cells.pickle, type: the 7 smallest of 26 classes share the last color."]


def test_neurons_with_other_classes_are_not_combined(bpy, tmp_path):
    from blender_spike.building.combining import CannotCombineError, combine

    neurons = [import_(bpy, cells(tmp_path / f"{n}.pickle", n)) for n in (3, 4)]
    with pytest.raises(CannotCombineError, match="count different classes as type; merge"):
        combine(bpy.context, neurons[0], neurons[1:])
