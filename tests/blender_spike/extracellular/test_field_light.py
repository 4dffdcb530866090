# SPDX-License-Identifier: GPL-3.0-or-later
"""The colors of a sheet, rendered: seaborn's on either scale, and none where it is weak."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.pictures import exact_view, read_pixels

LIMIT, LINEAR = 50.0, 2.0


@pytest.fixture
def rendered(bpy, tmp_path):
    """Render a row of squares with given potentials, on black, and return their sRGB colors."""
    from blender_spike.extracellular.field_light import field_input, field_material
    from blender_spike.extracellular.field_nodes import EDGE, SLOPE

    def render(values, **settings):
        count = len(values)
        mesh = bpy.data.meshes.new("row")
        square = np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], float)
        corners = np.concatenate([square + (x - count / 2, -0.5, 0) for x in range(count)])
        mesh.from_pydata(corners.tolist(), [], [range(4 * x, 4 * x + 4) for x in range(count)])
        for name, column in (("voltage", values), (SLOPE, [0] * count), (EDGE, [1] * count)):
            mesh.attributes.new(name, "FLOAT", "POINT").data.foreach_set(
                "value", np.repeat(np.array(column, np.float32), 4)
            )
        material = field_material("field")
        given = {"Limit": LIMIT, "Linear Up To": LINEAR, "Fade": 0.0, "Opacity": 1.0} | settings
        for name, value in given.items():
            field_input(material, name).default_value = value
        mesh.materials.append(material)
        thing = bpy.data.objects.new("row", mesh)
        bpy.context.collection.objects.link(thing)
        exact_view(bpy, count, (count * 4, 4))
        bpy.context.scene.render.filepath = str(tmp_path / "a.png")
        bpy.ops.render.render(write_still=True)
        return read_pixels(tmp_path / "a.png")[2, 2::4] / 255

    return render


@pytest.mark.slow
@pytest.mark.parametrize("logarithmic", [0.0, 1.0])
def test_colors_are_seaborn_s_on_the_scale(rendered, logarithmic):
    seaborn = pytest.importorskip("seaborn")
    values = np.array([-80, -50, -20, -4, 0, 1, 10, 30, 50, 70.0])
    size = np.abs(values)
    along = size / LIMIT
    if logarithmic:
        along = np.log1p(size / LINEAR) / np.log1p(LIMIT / LINEAR)
    right = seaborn.color_palette("icefire", as_cmap=True)(
        0.5 + 0.5 * np.sign(values) * np.minimum(along, 1)
    )
    found = rendered(values, Logarithmic=logarithmic)
    assert np.abs(found - right[:, :3]).max() < 3 / 255


@pytest.mark.slow
def test_a_weak_field_is_clear(rendered):
    found = rendered([0, 0.01, 50], Fade=0.8, Logarithmic=1.0)
    assert found[:2].max() < 2 / 255 and found[2].max() > 0.5
