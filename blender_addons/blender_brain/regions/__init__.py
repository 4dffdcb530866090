# SPDX-License-Identifier: GPL-3.0-or-later
"""Structures of an atlas as objects in the scene.

`surfaces` gets their shapes, with `hemispheres` and `polygons` for closed halves, and `orientation`
for the scene's axes; `imported` makes the objects, which `record` describes, `grouping` sorts into
collections, `look_materials` gives one of the `looks` and `visibility` shows. `placing_objects`
moves others among them.
"""
