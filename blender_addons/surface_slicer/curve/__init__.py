# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrays as curves that draw themselves, colored by values along them."""
