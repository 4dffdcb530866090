# SPDX-License-Identifier: GPL-3.0-or-later
"""The cut through objects: `slicer_group` follows an empty, `materials` hold it.

What it cuts away is one of the `shapes`, for which `distance` computes how far inside a point is;
what remains there is one of the `remains`. Nothing here changes an object's shape; materials hide
what is on the empty's far side.
"""
