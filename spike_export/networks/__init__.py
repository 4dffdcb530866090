# SPDX-License-Identifier: BSD-3-Clause
"""Networks of points: one value per cell, with connections and layouts.

`point_network` makes a simulation of them, `from_spikes` computes their values from spike times,
and `from_content` takes what an adapter has read from another program's file.
"""
