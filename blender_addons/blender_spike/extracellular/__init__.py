# SPDX-License-Identifier: GPL-3.0-or-later
"""The field around a neuron, played with it.

`kept_lines` keeps the segments with a neuron's membrane currents, `field_sources` adds those of
several, and `computed` gives the potential. `field_sheet` shows it on a sheet, `field_box` as
isosurfaces or a volume: `field_nodes` and `lattice_nodes` play it, `field_light` and
`lattice_light` color it, and `field_again` computes any of these `field_objects` again.
"""
