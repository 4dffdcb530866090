# SPDX-License-Identifier: BSD-3-Clause
"""Models that we simulate ourselves, without a line of the user's code.

`demo_neuron` is NEURON's pyramidal cell, `swc_neuron` a cell from a tracing, `branching` a network
whose activity spreads by chance; that one needs no NEURON.
"""
