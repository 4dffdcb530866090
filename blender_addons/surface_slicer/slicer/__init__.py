# SPDX-License-Identifier: GPL-3.0-or-later
"""Cut objects at an empty, with the twins, caps and profiles that follow it."""
