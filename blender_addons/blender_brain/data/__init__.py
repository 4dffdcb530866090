# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's own data: numbers in `tables` and `region_values`, and `points`.

`value_colors` shows the former on regions, `point_objects` the latter among them.
"""
