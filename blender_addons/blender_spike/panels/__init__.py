# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab in the sidebar of the 3D viewport, a module for each subject."""

from __future__ import annotations

from . import (
    adding,
    color,
    exporting,
    field,
    figures,
    film,
    look,
    network,
    output,
    pace,
    simulate,
    simulation,
    sound,
    story,
    synapses,
    time,
)
from .adding import NODES_ENTRY
from .simulation import ADD_ENTRY

__all__ = ["ADD_ENTRY", "CLASSES", "NODES_ENTRY"]

# In the order in which they are shown.
CLASSES = (
    *simulation.CLASSES,
    *simulate.CLASSES,
    *color.CLASSES,
    *time.CLASSES,
    *sound.CLASSES,
    *field.CLASSES,
    *pace.CLASSES,
    *look.CLASSES,
    *synapses.CLASSES,
    *film.CLASSES,
    *story.CLASSES,
    *output.CLASSES,
    *network.CLASSES,
    *figures.CLASSES,
    *exporting.CLASSES,
    *adding.CLASSES,
)
