# SPDX-License-Identifier: BSD-3-Clause
"""A simulation as a film that plays in a browser.

`round_pieces` lays sections out as what is drawn, `traced_places` finds the places whose traces are
shown, `class_palettes` has colors for cell types, `synapse_flashes` places
synapses and their events, and `film_page` puts them, and values over time,
into a page as `web` makes it. Only NumPy and the standard library are imported, so that
BlenderSpike can bundle this package unchanged.
"""
