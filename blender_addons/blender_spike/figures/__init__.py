# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures about a neuron: `adding` makes them, `owned` keeps those that there are in step.

`traces` and `time_label` are kinds of them, and `figure_settings` says what to add.
"""
