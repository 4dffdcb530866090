# SPDX-License-Identifier: BSD-3-Clause
"""A simulation as a film that plays in a browser.

`round_pieces` lays sections out as what is drawn, `traced_places` finds the places whose traces are
shown, and `film_page` puts both, and values over time, into a page as `web` makes them. Only NumPy
and the standard library are imported, so that BlenderSpike can bundle this package unchanged.
"""
