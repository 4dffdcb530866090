# SPDX-License-Identifier: BSD-3-Clause
"""Simulations made from simulations: other frames, parts or cells, merged, smoothed.

`convert`, `merge` and `rise_and_decay` return new ones; `summary` describes one. None of them reads
or writes files.
"""
