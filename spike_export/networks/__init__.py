# SPDX-License-Identifier: BSD-3-Clause
"""Networks of points: one value for each cell, with connections and layouts.

`point_network` makes a simulation of them, `from_spikes` makes their values of spike times, and
`from_content` takes what an adapter has found in another program's file.
"""
