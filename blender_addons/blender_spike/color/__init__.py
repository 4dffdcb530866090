# SPDX-License-Identifier: GPL-3.0-or-later
"""From voltage to light: `coloring` colors neurons, by materials that `voltage_nodes` writes."""
