# SPDX-License-Identifier: GPL-3.0-or-later
"""An update while a scene is open, inside a Blender: ``repository_life.py UPDATES RESULT``.

The extensions are installed and enabled, in the version before. UPDATES is ``update``, or
``offline`` where Blender may not go online. What is seen before and after is written to RESULT, as
JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np

REPOSITORY = "neurons"


def seen() -> dict[str, Any]:
    """What the scene shows at two frames, and which version made it."""
    versions = {}
    for name in ("blender_spike", "blender_brain", "surface_slicer"):
        module = sys.modules.get(f"bl_ext.{REPOSITORY}.{name}")
        versions[name] = "older" if getattr(module, "IS_OLDER", False) else "newer"
    scene, values = bpy.context.scene, []
    for frame in (10, 40):
        scene.frame_set(frame)
        evaluated = bpy.data.objects["demo_neuron"].evaluated_get(
            bpy.context.evaluated_depsgraph_get()
        )
        geometry = evaluated.evaluated_geometry()
        data = geometry.mesh if geometry.mesh is not None else geometry.curves
        voltage = data.attributes["voltage"].data
        found = np.empty(len(voltage), np.float32)
        voltage.foreach_get("value", found)
        values.append([float(found.min()), float(found.max()), len(found)])
    return {"versions": versions, "values": values, "objects": sorted(bpy.data.objects.keys())}


def main() -> None:
    """Make a scene, update, and see that it is the same."""
    updates, result = sys.argv[sys.argv.index("--") + 1 :]
    bpy.ops.blender_spike.import_demo()
    before = seen()
    said = ""
    try:
        bpy.ops.extensions.repo_sync_all()
        bpy.ops.extensions.package_upgrade_all()
    except RuntimeError as problem:
        said = str(problem)
    after = seen()
    if updates == "update":
        bpy.ops.blender_spike.import_demo()
        after_use = seen()
    else:
        after_use = after
    told = {"before": before, "after": after, "after_use": after_use, "said": said}
    Path(result).write_text(json.dumps(told))


main()
