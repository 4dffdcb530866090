# SPDX-License-Identifier: GPL-3.0-or-later
"""From voltage to light: `coloring` colors neurons, by materials that `voltage_nodes` writes.

How the colors are displayed is a look: `neuron_look` defines what one is, `looks` has one in each
file.
"""
