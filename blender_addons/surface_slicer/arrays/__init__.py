# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers from files, pictures and formulas.

`source` reads any of them; `heightmap` and `polyline` define what an array must be like to become a
surface or a curve.
"""
