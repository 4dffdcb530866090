# SPDX-License-Identifier: GPL-3.0-or-later
"""Cut objects with an empty, and add twins, caps and profiles that follow it."""
