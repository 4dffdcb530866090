# SPDX-License-Identifier: GPL-3.0-or-later
"""From a simulation to objects.

`parts` makes the datablocks, `build` a neuron of them, and `combining` one neuron of several.
"""
