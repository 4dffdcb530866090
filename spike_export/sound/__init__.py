# SPDX-License-Identifier: BSD-3-Clause
"""Spikes to hear, and the voltage as an electrode hears it, on the time of a film.

`spiking` says when there are spikes and where; `course` when a film shows them; `clicks` and
`electrode` make sound of that, and `wave_file` writes it. Only NumPy and the standard library are
imported, so that Blender extensions can bundle this package unchanged.
"""
