# SPDX-License-Identifier: GPL-3.0-or-later
"""Neurons and networks in films that scripts and stories make; see `common.story`."""

from __future__ import annotations

from typing import Final

from ..common.story.thing import Thing
from .network_thing import NetworkThing
from .neuron_thing import NeuronThing

THINGS: Final[dict[str, type[Thing]]] = {one.kind: one for one in (NeuronThing, NetworkThing)}
"""By the names of their tables."""
