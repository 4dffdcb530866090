# SPDX-License-Identifier: GPL-3.0-or-later
"""From voltage to light: `coloring` colors neurons, by materials that `voltage_nodes` writes.

What becomes of the colors is a look: `neuron_look` says what one is, `looks` has one in each file.
"""
