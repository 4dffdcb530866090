# SPDX-License-Identifier: BSD-3-Clause
"""Cells from connectomes: skeletons on disk and tables about them, as one simulation file.

`swc_folder` and `precomputed` read skeletons, `skeletons` joins them, `stretches` splits them where
they branch, `neuron_table` reads what is known about each, and `cells` makes a simulation of all.
"""
