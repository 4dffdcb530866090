# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulation that is running: `growing` adds its frames to a neuron, `watch` asks for them."""
