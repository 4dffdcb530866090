# SPDX-License-Identifier: GPL-3.0-or-later
"""From a simulation file to arrays: `subset` selects cells, `morphology` makes their curves.

Nothing here needs Blender.
"""
