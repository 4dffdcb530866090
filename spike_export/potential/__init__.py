# SPDX-License-Identifier: BSD-3-Clause
"""The extracellular potential around cells, from the currents through their membranes.

`segment_lines` makes lines of a simulation's segments, `membrane_currents` takes and checks what
flows out of them, and `line_sources` gives the potential at `sites`, on a `sheet` or a `lattice`;
`modes` gives it at many places as a few patterns. Only NumPy and the standard library are imported,
so that Blender extensions can bundle this package unchanged.
"""
