# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes that play values: `playback` and `network` play neurons and point networks.

`shape` is how they are drawn, with the material of `material_slot`; `shown_time` the time they
show, `layouts` places a network's cells, and `sections` tells which values belong to which section.
"""
