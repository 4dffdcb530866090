# SPDX-License-Identifier: GPL-3.0-or-later
"""From a simulation to objects.

`parts` makes the datablocks, `build` a neuron from them, and `combining` one neuron from several.
"""
