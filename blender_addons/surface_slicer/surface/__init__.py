# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrays as surfaces.

`datablocks` holds the heights, `lift` and `motion` are the modifier that shows them, `surface`
makes the object, `surface_color` and `solid_colors` color it; `axes` and `base_plane` accompany it.
"""
