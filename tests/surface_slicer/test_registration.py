# SPDX-License-Identifier: GPL-3.0-or-later
"""Enable, disable, enable: nothing is left behind."""

from __future__ import annotations


def test_enable_disable_enable(bpy):
    """Classes and properties come and go together."""
    import surface_slicer

    surface_slicer.unregister()
    try:
        left = [name for name in dir(bpy.types) if name.startswith("SURFACE_SLICER")]
        assert not left and not hasattr(bpy.types.Scene, "surface_slicer")
    finally:
        surface_slicer.register()
    assert hasattr(bpy.types, "SURFACE_SLICER_PT_film")
    assert bpy.context.scene.surface_slicer.filepath == ""
