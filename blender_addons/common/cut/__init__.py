# SPDX-License-Identifier: GPL-3.0-or-later
"""The cut through objects: `slicer_group` follows an empty, `materials` hold it.

What it cuts away is one of the `shapes`, for which `distance` tells how far inside a point lies,
and what is left there one of the `remains`.
Nothing here changes an object's shape; a material leaves out what lies on the empty's far side.
"""
