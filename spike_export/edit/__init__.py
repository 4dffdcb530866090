# SPDX-License-Identifier: BSD-3-Clause
"""Simulations made of simulations: other frames, parts or cells, merged, smoothed.

`convert`, `merge` and `smoothing` return new ones; `summary` says what one holds. None reads or
writes a file.
"""
