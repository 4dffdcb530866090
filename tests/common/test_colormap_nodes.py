# SPDX-License-Identifier: GPL-3.0-or-later
"""Colormaps in a material, pixel by pixel against matplotlib."""

from __future__ import annotations

import ctypes.util
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from pictures import read_pixels

WIDTH = 250
# Whole colormaps, and parts of them; smooth, in steps, and the other way round.
LOOKS = [
    {},
    {"Steps": 7},
    {"Start": 0.2, "End": 0.85},
    {"Start": 0.15, "End": 0.7, "Steps": 4},
    {"Reverse": True},
    {"Reverse": True, "Steps": 5},
    {"Reverse": True, "Start": 0.33, "Steps": 6},
    {"Start": 1.0, "End": 0.0},
    {"Steps": 2},
]
COLORMAPS = ("plasma", "viridis", "coolwarm", "tab10", "turbo")


def strip(bpy, looks, colormaps, path):
    """Render a row of pixels for each look and colormap, across all positions from 0 to 1."""
    from common import colormap_nodes, nodes
    from common.scene import use_standard_view

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
            color = colormap_nodes.add_colormap(tree, across)
            glow = tree.add("ShaderNodeEmission", {"Color": color})
            tree.add("ShaderNodeOutputMaterial", {"Surface": glow})
        material = bpy.data.materials[f"Row {number}"]
        plane.data.materials.append(material)
        colormap_nodes.set_colormap(material.node_tree, colormap)
        for name, value in look.items():
            colormap_nodes.range_input(material.node_tree, name).default_value = value
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type = "ORTHO"
    camera.data.ortho_scale = WIDTH
    camera.location = (WIDTH / 2, -len(rows) / 2, 5)
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.filepath = str(path)
    return rows


def expected(look, colormap):
    """The same by matplotlib, in 8-bit units."""
    cmap = mpl.colormaps[colormap]
    start, end = look.get("Start", 0.0), look.get("End", 1.0)
    reverse, steps = look.get("Reverse", False), look.get("Steps", 0)
    x = (np.arange(WIDTH) + 0.5) / WIDTH
    if (start, end) == (0.0, 1.0):
        cmap = cmap.reversed() if reverse else cmap
        return 255 * (cmap.resampled(steps) if steps else cmap)(x)[:, :3]
    if steps:
        part = mpl.colors.ListedColormap(cmap(np.linspace(start, end, steps)))
        part = part.reversed() if reverse else part
        return 255 * part(x)[:, :3]
    return 255 * cmap(start + (end - start) * (1 - x if reverse else x))[:, :3]


def check(path, rows):
    pixels = read_pixels(path)
    for row, (look, colormap) in zip(pixels, rows, strict=True):
        away = np.abs(row - expected(look, colormap)).max(axis=1)
        # Colormaps made of line segments are computed anew for each number of steps, where the
        # table has 256 colors. A pixel that a border goes through may have either color.
        listed = isinstance(mpl.colormaps[colormap], mpl.colors.ListedColormap)
        assert np.mean(away > (0.6 if listed else 1.5)) <= 0.01, (
            f"{colormap} {look}: {away.max():.1f}"
        )


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


def test_eevee_shows_it_too(bpy, tmp_path):
    """In a process of its own: without a graphics library EEVEE takes Blender down with it."""
    if ctypes.util.find_library("EGL") is None:
        pytest.skip("EEVEE needs libEGL")
    scene = bpy.context.scene
    scene.render.engine = "BLENDER_EEVEE"
    scene.eevee.taa_render_samples = 1
    rows = strip(bpy, LOOKS, COLORMAPS, tmp_path / "eevee.png")
    blend = str(tmp_path / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=blend, copy=True)
    script = f"""
import bpy
bpy.ops.wm.open_mainfile(filepath={blend!r}, use_scripts=False)
bpy.ops.render.render(write_still=True)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    if not (tmp_path / "eevee.png").exists():
        pytest.skip(f"EEVEE does not run on this machine: {result.stderr[-200:]}")
    check(tmp_path / "eevee.png", rows)
