# SPDX-License-Identifier: BSD-3-Clause
"""Models that are simulated without any user code.

`demo_neuron` is NEURON's pyramidal cell, `swc_neuron` a cell from a tracing, `branching` a network
whose activity spreads at random; it does not need NEURON.
"""
