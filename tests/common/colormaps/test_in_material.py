# SPDX-License-Identifier: GPL-3.0-or-later
"""Colormaps in a material, pixel by pixel against matplotlib."""

from __future__ import annotations

import pytest
from helpers.colormap_looks import COLORMAPS, LOOKS, WIDTH, check_colors
from helpers.pictures import add_camera, read_pixels, render_apart


def strip(bpy, looks, colormaps, path):
    """Render a row of pixels for each look and colormap, across all positions from 0 to 1."""
    from common import nodes
    from common.colormaps import in_material
    from common.film import use_standard_view

    scene = bpy.context.scene
    use_standard_view(scene)
    scene.render.dither_intensity = 0.0
    scene.render.filter_size = 0.01
    rows = [(look, colormap) for look in looks for colormap in colormaps]
    scene.render.resolution_x, scene.render.resolution_y = WIDTH, len(rows)
    for number, (look, colormap) in enumerate(rows):
        bpy.ops.mesh.primitive_plane_add(location=(WIDTH / 2, -number - 0.5, 0))
        plane = bpy.context.object
        plane.scale = (WIDTH / 2, 0.5, 1)
        with nodes.material(f"Row {number}") as tree:
            place = tree.add("ShaderNodeTexCoord")["UV"]
            across = tree.add("ShaderNodeSeparateXYZ", {"Vector": place})["X"]
            color = in_material.add_colormap(tree, across)
            glow = tree.add("ShaderNodeEmission", {"Color": color})
            tree.add("ShaderNodeOutputMaterial", {"Surface": glow})
        material = bpy.data.materials[f"Row {number}"]
        plane.data.materials.append(material)
        in_material.set_colormap(material.node_tree, colormap)
        for name, value in look.items():
            in_material.range_input(material.node_tree, name).default_value = value
    add_camera(bpy, WIDTH, (WIDTH / 2, -len(rows) / 2, 5))
    scene.render.filepath = str(path)
    return rows


def check(path, rows):
    pixels = read_pixels(path)
    for row, (look, colormap) in zip(pixels, rows, strict=True):
        check_colors(row, look, colormap)


def test_cycles_shows_what_matplotlib_does(bpy, tmp_path):
    """Five colormaps, each smooth, stepped, in part and reversed: the same 8-bit numbers."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.cycles.use_denoising = False
    rows = strip(bpy, LOOKS, COLORMAPS, tmp_path / "cycles.png")
    scene.cycles.pixel_filter_type = "BOX"
    bpy.ops.render.render(write_still=True)
    check(tmp_path / "cycles.png", rows)


@pytest.mark.slow
def test_eevee_shows_it_too(bpy, tmp_path):
    scene = bpy.context.scene
    scene.render.engine = "BLENDER_EEVEE"
    scene.eevee.taa_render_samples = 1
    rows = strip(bpy, LOOKS, COLORMAPS, tmp_path / "eevee.png")
    render_apart(bpy, tmp_path / "eevee.png")
    check(tmp_path / "eevee.png", rows)
