# SPDX-License-Identifier: BSD-3-Clause
"""Simulations made from simulations: other frames, parts or cells, merged, smoothed.

`convert`, `merge` and `smoothing` return new ones; `summary` describes one. None of them reads or
writes files.
"""
