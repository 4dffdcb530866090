# SPDX-License-Identifier: GPL-3.0-or-later
"""Atlases from BrainGlobe's server.

`web` gets files, `brainglobe` knows what the server has; `tasks` has a `worker` do it in a process
of its own, and `running` is the download in progress.
"""
