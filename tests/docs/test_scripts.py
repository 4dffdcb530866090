# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python on the pages runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from helpers.atlases import write_v2
from helpers.simulations import branched, simulation

from spike_export import read, write

ROOT = Path(__file__).resolve().parent.parent.parent


def scripts(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with the files that the pages name."""
    monkeypatch.chdir(tmp_path)
    write("run.pickle", simulation(branched()))
    np.save("density.npy", np.random.default_rng(0).random((9, 12)))
    np.save("trace.npy", np.arange(5.0))
    np.save("amplitude.npy", np.arange(5.0)[::-1])
    np.save("phase.npy", np.arange(5.0))
    return tmp_path


@pytest.mark.slow
def test_script_of_blender_spike(bpy, here):
    (script,) = scripts("docs/blender-spike-nodes.md")
    exec(compile(script, "blender-spike-nodes.md", "exec"), {})
    assert "run" in bpy.data.objects
    assert bpy.context.scene.camera is not None


def test_script_of_blender_brain(bpy, here):
    # The other one is for BrainGlobe's library.
    _, script = scripts("docs/blender-brain.md")
    atlas = write_v2(here / "atlases")
    script = script.replace("allen_mouse_25um", str(atlas)).replace("CA3, DG", "CA3")
    exec(compile(script, "blender-brain.md", "exec"), {})
    assert "CA3" in bpy.data.objects


@pytest.mark.slow
def test_script_of_surface_slicer(bpy, here):
    (script,) = scripts("docs/surface-slicer.md")
    exec(compile(script, "surface-slicer.md", "exec"), {})
    assert "density" in bpy.data.objects and "trace" in bpy.data.objects
    assert bpy.context.scene.camera is not None


def test_node_tree_of_the_contributors(bpy):
    from common import nodes

    script, *_files = scripts("docs/contributing.md")
    bpy.ops.mesh.primitive_plane_add()
    modifier = bpy.context.object.modifiers.new("Lift", "NODES")
    exec(compile(script, "contributing.md", "exec"), {"nodes": nodes, "modifier": modifier})
    moved = bpy.context.object.evaluated_get(bpy.context.evaluated_depsgraph_get())
    assert {round(vertex.co.z, 6) for vertex in moved.data.vertices} == {1.0}


def test_arrays_of_spike_export(here):
    text = "\n".join(scripts("spike_export/README.md")[1:])
    exec(compile(text, "README.md", "exec"), {})
    assert read("run.pickle").values.shape == (3, 3)
