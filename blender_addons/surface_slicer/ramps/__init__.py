# SPDX-License-Identifier: GPL-3.0-or-later
"""Colormaps on Blender's own color ramps, whose stops can be edited by hand."""
