# SPDX-License-Identifier: GPL-3.0-or-later
"""Neurons to hear: their spikes, or a voltage, as a sound strip in the scene's sequencer.

`film_course` says which time a neuron shows when, `heard_spikes` which spikes it has and where, and
`sound_strip` makes the sound, with `sound`, and keeps it in the .blend.
"""
