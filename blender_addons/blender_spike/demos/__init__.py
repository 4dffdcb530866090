# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulation files that come with the extension; `tools/make_demos.py` rewrites them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).resolve().parent
NEURON: Final = _FOLDER / "demo_neuron.pickle"
"""A spike in the pyramidal cell that ships with NEURON."""
SYNAPSES: Final = _FOLDER / "demo_synapses.pickle"
"""The same cell, which fires because of volleys of input at its synapses."""
AXONS: Final = _FOLDER / "demo_axons.pickle"
"""Three cells whose axons make synapses on it, along which pulses run."""
NETWORK: Final = _FOLDER / "demo_network.pickle"
"""Activity that spreads at random through layers of neurons."""
