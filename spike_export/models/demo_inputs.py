# SPDX-License-Identifier: BSD-3-Clause
"""What the demos with synapses share: their kinds, and dendrites that need input to fire."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..section_types import section_type
from ..simulation_file import Simulation

# Active dendrites as in the soma would fire by themselves.
_DENDRITIC_SHARE: Final = 0.07


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of synapses: two exponentials towards a reversal potential."""

    name: str
    rise_ms: float
    decay_ms: float
    reversal_mv: float
    weight_us: float

    def synapse(self, h: Any, place: Any) -> Any:
        """Put a synapse of this kind on a segment; NEURON has it as long as it is kept."""
        made = h.Exp2Syn(place)
        made.tau1, made.tau2, made.e = self.rise_ms, self.decay_ms, self.reversal_mv
        return made


EXCITATORY: Final = Kind("AMPA", 0.3, 1.8, 0.0, 0.00033)
INHIBITORY: Final = Kind("GABA", 0.5, 5.0, -75.0, 0.0012)


def calm_dendrites(sections: Iterable[Any]) -> None:
    """Give all but the soma fewer channels of each type, so that they rest where the soma does."""
    for section in sections:
        if section_type(section.name()) != "soma":
            for segment in section:
                segment.gnabar_hh *= _DENDRITIC_SHARE
                segment.gkbar_hh *= _DENDRITIC_SHARE
                segment.gl_hh *= _DENDRITIC_SHARE


def with_kinds(
    simulation: Simulation, kinds: Sequence[Kind], positions: NDArray[np.floating]
) -> Simulation:
    """Name the synapses' kinds, and put them where they were meant to be.

    Parameters
    ----------
    simulation : Simulation
        With S synapses.
    kinds : sequence of Kind, length S
    positions : ndarray, shape (S,)
        Along their sections, 0..1.
    """
    assert simulation.synapses is not None
    names = tuple(dict.fromkeys(kind.name for kind in kinds))
    synapses = replace(
        simulation.synapses,
        kinds=np.array([names.index(kind.name) for kind in kinds], np.int32),
        kind_names=names,
        positions=positions.astype(np.float32),
    )
    return replace(simulation, synapses=synapses)
