# SPDX-License-Identifier: GPL-3.0-or-later
"""How neurites are drawn: `style` defines what a style is, `styles` has one in each file."""
