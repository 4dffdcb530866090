# SPDX-License-Identifier: GPL-3.0-or-later
"""From a simulation file to arrays: `subset` has the wanted cells, `morphology` their curves.

Nothing here needs Blender.
"""
