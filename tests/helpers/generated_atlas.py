# SPDX-License-Identifier: GPL-3.0-or-later
"""An atlas made by BrainGlobe's own library, and BlenderBrain's reader without Blender.

Import this before `blender_brain`, and only where that library is installed.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import meshio
import numpy as np
from brainglobe_atlasapi.atlas_generation import wrapup
from helpers.solids import box, sphere, torus

if importlib.util.find_spec("bpy") is None:
    # The extension's folder without its __init__, which registers it in Blender.
    ADDON = Path(__file__).resolve().parents[2] / "blender_addons" / "blender_brain"
    sys.modules["blender_brain"] = ModuleType("blender_brain")
    sys.modules["blender_brain"].__path__ = [str(ADDON)]

SHAPE = (44, 38, 40)
RESOLUTION_UM = 100


def generated(folder: Path, ids: list[int]) -> Path:
    """Have the library itself make an atlas of a root and three parts."""
    root, left, ring, small = ids
    middle = np.array(SHAPE) * RESOLUTION_UM / 2
    solids = {
        root: (sphere(1500.0), 0),
        left: (sphere(300.0), 700),
        ring: (torus(500.0, 150.0), -300),
        small: (box((-50, -60, -70), (80, 90, 100)), 0),
    }
    meshes = {}
    for identity, ((points, triangles), offset) in solids.items():
        path = folder / f"{identity}.obj"
        meshio.write_points_cells(path, points + middle + (0, 0, offset), [("triangle", triangles)])
        meshes[identity] = path
    annotation = np.zeros(SHAPE, np.uint32)
    for place, identity in enumerate(ids):
        annotation[5 + 5 * place : 9 + 5 * place, 10:20, 10:20] = identity
    rows = [
        (root, "root", "root", [root]),
        (left, "VISp2/3", "Primary visual area, layer 2/3", [root, left]),
        (ring, "cm", "Ünïcode ring", [root, ring]),
        (small, "CM", 'A "quoted", one', [root, ring, small]),
    ]
    structures = [
        {
            "id": identity,
            "acronym": acronym,
            "name": name,
            "structure_id_path": path,
            "rgb_triplet": [17 * place, 255 - place, 9],
        }
        for place, (identity, acronym, name, path) in enumerate(rows)
    ]
    made = folder / "made"
    made.mkdir()
    wrapup.wrapup_atlas_from_data(
        atlas_name="generated_mouse",
        atlas_minor_version=0,
        citation="unpublished",
        atlas_link="http://www.example.com",
        species="Mus musculus",
        resolution=(RESOLUTION_UM,) * 3,
        orientation="asr",
        root_id=root,
        reference_stack=np.zeros(SHAPE, np.uint16),
        annotation_stack=annotation,
        structures_list=structures,
        meshes_dict=meshes,
        working_dir=made,
    )
    return made
