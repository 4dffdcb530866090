# SPDX-License-Identifier: GPL-3.0-or-later
"""The field around a neuron, played with it.

`kept_lines` keeps the segments with a neuron's membrane currents, `field_sheet` computes the
potential on a sheet with `potential`, and `field_nodes` and `field_light` play and color it.
"""
