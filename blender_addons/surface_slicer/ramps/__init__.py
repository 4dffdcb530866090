# SPDX-License-Identifier: GPL-3.0-or-later
"""Colormaps on Blender's own color ramps, whose few stops a person can move."""
