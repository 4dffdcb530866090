# SPDX-License-Identifier: BSD-3-Clause
"""A film that plays in a browser: one HTML file that loads nothing.

`page` assembles what is in the folders ``page`` (ours) and ``three`` (three.js, unmodified) with
what a film shows. `packed_values` packs what is shown when, `page_colormaps` has colors, and
`color_limits` checks what they stand for. `surface_page` makes the film of an array, `region_page`
that of regions of a brain. Only NumPy and
the standard library are imported, so that Blender extensions can bundle this package unchanged.
"""
