# SPDX-License-Identifier: BSD-3-Clause
"""A film that plays in a browser: a simulation as one HTML file that loads nothing.

`round_pieces` lays sections out as what is drawn, `packed_values` packs what is shown when,
`traced_places` finds the places whose traces are shown, `page_colormaps` has colors, and
`film_page` puts all into one page with what is in the folders ``page`` (ours) and ``three``
(three.js, unmodified). Only NumPy and the standard library are imported, so that Blender extensions
can bundle this package unchanged.
"""
