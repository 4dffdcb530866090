# SPDX-License-Identifier: GPL-3.0-or-later
"""Neurons as colored meshes, for other programs: `mesh_copy` makes, `mesh_export` writes them."""
