# SPDX-License-Identifier: GPL-3.0-or-later
"""Atlases from BrainGlobe's server.

`web` gets files, `brainglobe` knows what the server has, and `running` is the download in progress.
"""
