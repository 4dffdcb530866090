# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of a neuron: `adding` makes them, `owned` keeps existing ones in sync.

`traces` and `time_label` are kinds of them, and `figure_settings` says what to add.
"""
