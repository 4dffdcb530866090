# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulations that spike-export runs, in a Python of the user's own.

`programs` finds it, `job` is what it is asked for, `process` runs it, and `simulate` is the one
that is running, as the sidebar shows it. Only `simulate` and `simulate_settings` need Blender.
"""
