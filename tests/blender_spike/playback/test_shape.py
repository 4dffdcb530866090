# SPDX-License-Identifier: GPL-3.0-or-later
"""What is drawn: tapering and section types, against the file's own numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.playing import spheres
from helpers.simulations import simulation

from spike_export import write

TYPES = ("soma", "dend", "apic", "axon", "other")
SHOWN = ("Show Soma", "Show Dendrites", "Show Apical", "Show Axon", "Show Other")


def cell() -> list[dict]:
    """One section of each type, and one more dendrite; diameters fall from 8 to 2 µm."""
    sections = [{"type": "soma", "points": [[-10, 0, 0, 20], [10, 0, 0, 20]]}]
    for number, kind in enumerate((*TYPES[1:], "dend"), 1):
        y = 50.0 * number
        points = [[30, y, 0, 8], [50, y, 0, 6], [110, y, 0, 2]]
        sections.append({"type": kind, "points": points, "nseg": 3})
    return sections


@pytest.fixture
def file(tmp_path) -> Path:
    return write(tmp_path / "types.pickle", simulation(cell()))


def load(bpy, file, style="STRANDS"):
    bpy.ops.blender_spike.import_simulation(filepath=str(file), style=style, um_per_unit=1)
    return bpy.context.object


def style(neuron, **values):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    set_inputs(find_modifier(neuron), {k.replace("_", " "): v for k, v in values.items()})


def drawn(bpy, neuron):
    """Radii of the strands' points, curve by curve, the tubes' vertices, and the spheres."""
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    curves, radii = geometry.curves, []
    if curves is not None and len(curves.curves):
        row = np.empty(len(curves.points), np.float32)
        curves.attributes["radius"].data.foreach_get("value", row)
        counts = [curve.points_length for curve in curves.curves]
        radii = np.split(row, np.cumsum(counts)[:-1])
    tubes = len(geometry.mesh.vertices) if geometry.mesh else 0
    return radii, tubes + len(spheres(geometry)[0])


@pytest.mark.slow
def test_without_tapering_each_section_has_its_mean_diameter(bpy, file):
    """The mean along the length: 7 over 20 µm and 4 over 60 µm."""
    neuron = load(bpy, file)
    style(neuron, Strand_Smoothing=0.0)
    tapered, _ = drawn(bpy, neuron)
    assert tapered[1].max() == pytest.approx(4) and tapered[1].min() == pytest.approx(1)
    style(neuron, Tapering=False)
    even, vertices = drawn(bpy, neuron)
    mean = (7 * 20 + 4 * 60) / 80 / 2
    # The soma's outline is hidden behind its sphere.
    assert (even[0] == 0).all() and vertices
    for radii in even[1:]:
        np.testing.assert_allclose(radii, mean, rtol=1e-6)
    style(neuron, Thickness=2.0, Soma="As Recorded")
    thick, _ = drawn(bpy, neuron)
    np.testing.assert_allclose(thick[0], 20, rtol=1e-6)
    np.testing.assert_allclose(thick[2], 2 * mean, rtol=1e-6)
    style(neuron, Thickness=1.0, Soma="Sphere", Tapering=True)
    for before, after in zip(tapered, drawn(bpy, neuron)[0], strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHOWN)
def test_section_types_are_hidden_one_by_one(bpy, file, name):
    """Whatever the style; the others stay, and keep their values."""
    neuron = load(bpy, file)
    all_radii, sphere = drawn(bpy, neuron)
    style(neuron, **{name.replace(" ", "_"): False})
    radii, vertices = drawn(bpy, neuron)
    kinds = [section["type"] for section in cell()]
    left = [n for n, kind in enumerate(kinds) if kind != TYPES[SHOWN.index(name)]]
    assert len(radii) == len(left)
    for found, number in zip(radii, left, strict=True):
        np.testing.assert_array_equal(found, all_radii[number])
    assert vertices == (0 if name == "Show Soma" else sphere)
    style(neuron, Style="Tubes", **{name.replace(" ", "_"): True})
    whole = drawn(bpy, neuron)[1]
    style(neuron, **{name.replace(" ", "_"): False})
    assert drawn(bpy, neuron)[1] < whole


@pytest.mark.slow
def test_all_types_hidden(bpy, file):
    """Nothing is drawn, and nothing breaks."""
    neuron = load(bpy, file)
    for kind in ("Strands", "Tubes"):
        style(neuron, Style=kind, **{name.replace(" ", "_"): False for name in SHOWN})
        assert drawn(bpy, neuron) == ([], 0)


def test_mean_radii_of_sections_by_hand():
    """A section without length has the mean of its points."""
    from blender_spike.cells.morphology import section_radii_um

    point = {"points": [[5, 5, 5, 4], [5, 5, 5, 8]]}
    found = section_radii_um(simulation([*cell()[1:3], point, {"points": [[1, 2, 3, 14]]}]))
    np.testing.assert_allclose(found, [2.375, 2.375, 3, 7])
