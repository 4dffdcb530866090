# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures in the picture: ordinary objects, each with one modifier that draws it.

`drawing`, `numbers` and `scales` write their nodes, `frame` puts them into a camera's view.
"""
