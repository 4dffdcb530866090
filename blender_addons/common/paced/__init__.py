# SPDX-License-Identifier: GPL-3.0-or-later
"""The pace of whatever has one number: the time of a neuron, how much is drawn, a sweep.

`paced_number` turns what people type into keyframes, `pace_panel` draws the panel *Pace* and its
operator. Each extension says what its own objects have.
"""
