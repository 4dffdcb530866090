# SPDX-License-Identifier: GPL-3.0-or-later
"""Legends of classes: names in order, colors as matplotlib's and the cells' own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from helpers.pictures import exact_view, read_pixels, render_apart
from helpers.simulations import simulation, typed

from spike_export import write

DOT_VERTICES = 48


def classified(count, shown=None):
    """Cells side by side, each a line of its own class, and a measured quantity."""
    shown = list(range(count)) if shown is None else shown
    sections = [
        {"points": [[30 * at, 0, 0, 20], [30 * at, 200, 0, 20]], "nseg": 1}
        for at in range(len(shown))
    ]
    names = [f"type {chr(ord('a') + number)}" for number in range(count)]
    values = np.array([shown], np.float32)
    return replace(typed(simulation(sections, 1), names), values=values)


def load(bpy, path, sim, **settings):
    bpy.ops.blender_spike.import_simulation(
        filepath=str(write(path / "cells.pickle", sim)), style="STRANDS", **settings
    )
    return bpy.context.object


def inputs_of(legend):
    from blender_spike.common.nodes.modifiers import input_value

    return lambda name: input_value(legend.modifiers[0], name).value


def set_inputs(legend, **values):
    from blender_spike.common.nodes import modifiers

    named = {key.replace("_", " "): value for key, value in values.items()}
    modifiers.set_inputs(legend.modifiers[0], named)


def drawn(bpy, legend):
    """Values of the dots from top to bottom, and how many rows have words."""
    geometry = legend.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    mesh = geometry.mesh
    if mesh is None or not len(mesh.vertices):
        return [], 0
    rows = {}
    for name in ("voltage", "figure"):
        rows[name] = np.zeros(len(mesh.vertices), np.float32)
        mesh.attributes[name].data.foreach_get("value", rows[name])
    points = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", points)
    y = points.reshape(-1, 3)[:, 1]
    dots = rows["figure"] == 1
    order = np.argsort(-y[dots], kind="stable")[::DOT_VERTICES]
    assert dots.sum() == DOT_VERTICES * len(order)
    pitch = 1.5 * inputs_of(legend)("Text Size")
    return rows["voltage"][dots][order].tolist(), len(np.unique(np.floor(-y[~dots] / pitch)))


@pytest.mark.parametrize(
    "engine", ["CYCLES", pytest.param("BLENDER_EEVEE", marks=pytest.mark.slow)]
)
def test_dots_have_the_palettes_colors_and_so_have_the_cells(bpy, tmp_path, engine):
    """To 1/255 of matplotlib's, whatever the glow is; and after another palette is chosen."""
    scene = exact_view(bpy, 1.0, (200, 200))
    scene.render.engine = engine
    neuron = load(bpy, tmp_path, classified(3), um_per_unit=500)
    bpy.ops.blender_spike.add_legend(placement="SCENE")
    legend = bpy.data.objects["cells legend"]
    legend.matrix_world.identity()
    legend.location = (-0.45, 0.45, 0)
    set_inputs(legend, Text_Size=0.1)
    neuron.location = (0.0, -0.25, 0.0)
    for number, palette in enumerate(("tab10", "Set1")):
        size = 10 if palette == "tab10" else 9
        bpy.ops.blender_spike.color_by_voltage(colormap=palette, v_min=-0.5, v_max=size - 0.5)
        scene.render.filepath = str(tmp_path / f"{number}.png")
        if engine == "CYCLES":
            bpy.ops.render.render(write_still=True)
        elif palette == "tab10":
            # Another process takes its time.
            continue
        else:
            render_apart(bpy, tmp_path / f"{number}.png")
        pixels = read_pixels(tmp_path / f"{number}.png")
        expected = np.array(mpl.colormaps[palette].colors[:3]) * 255
        # Dots are 0.072 wide, in rows of 0.15; cells are 0.06 apart.
        for row, color in enumerate(expected):
            dot = pixels[int((0.05 + 0.15 * (row + 0.5)) * 200), int((0.05 + 0.036) * 200)]
            assert np.abs(dot - color).max() <= 1, (row, dot, color)
            cell = pixels[150, int(round((0.5 + 0.06 * (row - 1)) * 200))]
            assert np.abs(cell - color).max() <= 1, (row, cell, color)


def test_rows_are_named_in_order_and_the_rest_is_counted(bpy, tmp_path):
    load(bpy, tmp_path, classified(12))
    bpy.ops.blender_spike.add_legend()
    legend = bpy.data.objects["cells legend"]
    value = inputs_of(legend)
    assert [value(f"Name {n}") for n in (1, 2, 12)] == ["type a", "type b", "type l"]
    assert drawn(bpy, legend) == (list(range(12)), 12)
    set_inputs(legend, Rows=5)
    legend.update_tag()
    # The fifth row counts eight, in no color.
    assert drawn(bpy, legend) == ([0, 1, 2, 3], 5)


def test_classes_that_share_a_color_are_counted_beside_it(bpy, tmp_path):
    """A palette of 20 leaves one color for the 20th and all after it; absent ones do not count."""
    load(bpy, tmp_path, classified(26, [*range(2, 26)]))
    bpy.ops.blender_spike.add_legend()
    legend = bpy.data.objects["cells legend"]
    value = inputs_of(legend)
    assert value("Name 1") == "type c" and value("Count") == 24 and value("Shared From") == 17
    set_inputs(legend, Rows=18)
    legend.update_tag()
    assert drawn(bpy, legend) == ([*range(2, 20)], 18)


def test_as_many_rows_as_fit(bpy):
    from blender_spike.figures.class_legend import SIZE, SMALLEST, fitting

    assert fitting(3, 0.8) == (17, SIZE)
    rows, size = fitting(20, 0.8)
    assert rows == 20 and size * 20 * 1.5 == pytest.approx(0.8)
    assert fitting(20, 0.4) == (12, SMALLEST) and 12 * SMALLEST * 1.5 <= 0.4
    assert fitting(500, 0.01) == (1, SMALLEST)


def test_it_follows_what_the_cells_show(bpy, tmp_path):
    """Nothing while a number is shown; then the classes are back, with the user's own words."""
    neuron = load(bpy, tmp_path, classified(3))
    bpy.ops.blender_spike.add_legend()
    legend = bpy.data.objects["cells legend"]
    set_inputs(legend, Name_2="Pyramidal cells")
    bpy.ops.blender_spike.choose_quantity(quantity="depth")
    assert drawn(bpy, legend) == ([], 0)
    bpy.ops.blender_spike.choose_quantity(quantity="type")
    assert drawn(bpy, legend)[0] == [0, 1, 2]
    assert inputs_of(legend)("Name 2") == "Pyramidal cells"
    other = replace(classified(3), classes={"type": ("x", "y", "z")})
    write(tmp_path / "cells.pickle", other)
    bpy.context.view_layer.objects.active = neuron
    bpy.ops.blender_spike.reload()
    assert [inputs_of(legend)(f"Name {n}") for n in (1, 2, 3)] == ["x", "y", "z"]


def test_what_is_measured_has_none(bpy, tmp_path):
    load(bpy, tmp_path, classified(3))
    bpy.ops.blender_spike.choose_quantity(quantity="depth")
    before = set(bpy.data.objects)
    with pytest.raises(RuntimeError, match=r"shows depth \(µm\), not classes such as cell types"):
        bpy.ops.blender_spike.add_legend()
    assert set(bpy.data.objects) == before


@pytest.mark.slow
def test_saved_legends_are_drawn_without_the_extension(bpy, tmp_path):
    """And undo takes one back in a step, and removing leaves nothing."""
    load(bpy, tmp_path, classified(3))
    bpy.ops.ed.undo_push(message="imported")
    bpy.ops.blender_spike.add_legend()
    bpy.ops.ed.undo_push(message="legend")
    blend = tmp_path / "legend.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(blend), copy=True)
    bpy.ops.ed.undo()
    assert "cells legend" not in bpy.data.objects and "cells" in bpy.data.objects
    bpy.ops.ed.redo()
    bpy.ops.blender_spike.remove_figures()
    assert "cells legend" not in bpy.data.objects
    script = f"""
import bpy
bpy.ops.wm.open_mainfile(filepath={str(blend)!r}, use_scripts=False)
assert not hasattr(bpy.types, "BLENDER_SPIKE_OT_import_simulation")
legend = bpy.data.objects["cells legend"]
geometry = legend.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
mesh = geometry.mesh
dots = [item.value for item in mesh.attributes["figure"].data].count(1.0)
assert dots == {3 * DOT_VERTICES} and len(mesh.vertices) > dots + 100, dots
assert legend.modifiers[0].node_group and "Film Text" in bpy.data.fonts
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_a_list_of_names_and_colors_is_enough(bpy):
    """Without a neuron and its material: for anything else that has kinds."""
    from blender_spike.common.figures.drawing import new_figure
    from blender_spike.common.figures.legend import PLAIN, legend_group, legend_rows

    rows = [("AMPA", (1.0, 0.0, 0.0, 1.0)), ("GABA" * 20, (0.0, 0.0, 1.0, 1.0))]
    legend = new_figure("kinds", legend_group(PLAIN), legend_rows(rows))
    bpy.context.scene.collection.objects.link(legend)
    geometry = legend.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    mesh = geometry.mesh
    colors = [tuple(item.color) for item in mesh.attributes[PLAIN].data]
    assert [colors.count(color) for _, color in rows] == [DOT_VERTICES] * 2
    assert inputs_of(legend)("Name 2").endswith("B…") and len(inputs_of(legend)("Name 2")) == 40
