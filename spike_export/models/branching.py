# SPDX-License-Identifier: BSD-3-Clause
"""The branching model: layers of neurons that are on or off, and near criticality at sigma = 1.

In each step, every active neuron activates each connected neuron in the next layer with the same
probability, so that it activates `sigma` of them on average. Activity dies out below sigma = 1 and
spreads above; at 1, avalanche sizes follow a power law with exponent -3/2, as in cortical
networks (J. M. Beggs and D. Plenz, J. Neurosci. 23, 11167, 2003,
https://doi.org/10.1523/JNEUROSCI.23-35-11167.2003).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..networks.point_network import SPACING_UM, grid_um, point_network
from ..simulation_file import Simulation

CONNECTIONS: Final = 4
"""From each neuron to the next layer, if it has that many neurons."""

_MOST_NEURONS: Final = 10_000_000
_MOST_CONNECTIONS: Final = 100_000_000
_LARGEST_BYTES: Final = 8_000_000_000


class BranchingError(ValueError):
    """An impossible model; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class Branching:
    """A branching model of L layers of N neurons with K connections each.

    Attributes
    ----------
    layers, neurons : int
        L and N.
    sigma : float
        Average number of neurons in the next layer that an active neuron activates, 0..K.
    spontaneous : float
        Probability per step that a neuron becomes active spontaneously.
    targets : ndarray of int64, shape (L * N, K)
        Target neurons of each neuron, without repetition; -1 in the last layer. Neurons are
        numbered layer by layer.
    """

    layers: int
    neurons: int
    sigma: float
    spontaneous: float
    targets: NDArray[np.int64]

    @property
    def connections(self) -> NDArray[np.int32]:
        """Pairs of neurons, from and to, shape ((L - 1) * N * K, 2)."""
        sources = np.repeat(np.arange(len(self.targets)), self.targets.shape[1])
        targets = self.targets.reshape(-1)
        return np.stack([sources, targets], axis=1)[targets >= 0].astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A run of a branching model.

    Attributes
    ----------
    active : ndarray of bool, shape (steps, L * N)
    descendants : ndarray of int64, shape (A,)
        How many neurons each active one outside the last layer activated.
    """

    active: NDArray[np.bool_]
    descendants: NDArray[np.int64]


def branching_model(
    layers: int = 10,
    neurons: int = 10,
    sigma: float = 1.0,
    spontaneous: float = 0.001,
    *,
    connections: int | None = None,
    seed: int = 1,
) -> Branching:
    """Connect the layers of a branching model at random.

    Parameters
    ----------
    layers, neurons : int
        Layers, and neurons in each; above 0.
    sigma : float
        Average number of neurons that an active one activates; at most `connections`.
    spontaneous : float
        Probability of spontaneous activation in a step, 0..1.
    connections : int, optional
        From each neuron to the next layer; by default `CONNECTIONS`, or as many as `sigma` needs
        and the layer has.

    Raises
    ------
    BranchingError
        If there are no neurons or too many, or a number is out of range.
    """
    if layers < 1 or neurons < 1:
        raise BranchingError(
            f"A network needs at least 1 layer of 1 neuron, not {layers} of {neurons}."
        )
    if layers * neurons > _MOST_NEURONS:
        raise BranchingError(
            f"{layers:,} layers of {neurons:,} neurons are more than {_MOST_NEURONS:,} neurons."
        )
    if not (math.isfinite(sigma) and sigma >= 0):
        raise BranchingError(f"sigma is {sigma:g}, but must be 0 or more.")
    if not 0 <= spontaneous <= 1:
        raise BranchingError(
            f"The probability of spontaneous activation is {spontaneous:g}, not between 0 and 1."
        )
    if connections is None:
        connections = min(max(CONNECTIONS, math.ceil(sigma)), neurons)
    if not 1 <= connections <= neurons:
        raise BranchingError(
            f"A neuron cannot have {connections} connections to a layer of {neurons}."
        )
    if sigma > connections:
        raise BranchingError(
            f"sigma is {sigma:g}, but a neuron cannot activate more others than it has "
            f"connections, {connections}."
        )
    if layers * neurons * connections > _MOST_CONNECTIONS:
        raise BranchingError(
            f"{layers * neurons:,} neurons with {connections:,} connections each are more than "
            f"{_MOST_CONNECTIONS:,} connections."
        )
    random = np.random.default_rng(seed)
    within = _distinct((layers - 1) * neurons, connections, neurons, random)
    first_of_next = (np.arange((layers - 1) * neurons) // neurons + 1) * neurons
    targets = np.full((layers * neurons, connections), -1)
    targets[: len(within)] = within + first_of_next[:, None]
    return Branching(layers, neurons, sigma, spontaneous, targets)


def run(model: Branching, steps: int = 2000, seed: int = 1) -> Run:
    """Run a branching model, starting from silence.

    Parameters
    ----------
    steps : int
        Above 0; the first one has only spontaneous activity.

    Raises
    ------
    BranchingError
        If there are no steps, or too many to store.
    """
    total = len(model.targets)
    if steps < 1:
        raise BranchingError(f"A run needs at least 1 step, not {steps}.")
    # Each value takes one byte here and four in the file.
    size = steps * total * 4
    if size > _LARGEST_BYTES:
        raise BranchingError(
            f"{steps:,} steps of {total:,} neurons take {size / 1e9:,.0f} GB; "
            f"the limit is {_LARGEST_BYTES / 1e9:.0f} GB."
        )
    random = np.random.default_rng(seed)
    active = np.zeros((steps, total), np.bool_)
    descendants = []
    for step in range(steps):
        now = active[step]
        if model.spontaneous:
            now |= random.random(total) < model.spontaneous
        activated = _activated(model, np.flatnonzero(now), random)
        descendants.append(activated.counts)
        if step + 1 < steps:
            active[step + 1, activated.targets] = True
    return Run(active, np.concatenate(descendants))


def simulation(model: Branching, result: Run, *, step_ms: float = 1.0, seed: int = 1) -> Simulation:
    """Convert a run to a simulation that can be written to a file.

    Parameters
    ----------
    result : Run
        Of this model.
    step_ms : float
        Duration of a step.
    seed : int
        Of the shuffled layout.

    Returns
    -------
    Simulation
        Its values are 1 where a neuron is active, else 0. Cells are placed in layers, one column
        per layer; the layout ``shuffled grid`` hides this.
    """
    if not (math.isfinite(step_ms) and step_ms > 0):
        raise BranchingError(f"A step takes {step_ms:g} ms, but must last more than 0.")
    total = len(model.targets)
    layer, number = np.divmod(np.arange(total), model.neurons)
    time_ms = np.arange(len(result.active)) * step_ms
    layered = layers_um(model.layers, model.neurons)
    shuffled = grid_um(total)[np.random.default_rng(seed).permutation(total)]
    return point_network(
        layered,
        time_ms,
        result.active,
        names=[
            f"layer {a + 1} neuron {b + 1}"
            for a, b in zip(layer.tolist(), number.tolist(), strict=True)
        ],
        gids=range(total),
        spikes_ms=[time_ms[column] for column in result.active.T],
        source="branching model",
        meta={
            "layers": model.layers,
            "neurons": model.neurons,
            "sigma": model.sigma,
            "spontaneous": model.spontaneous,
        },
        connections=model.connections,
        # What a spike causes is active one step later.
        delays_ms=np.full(len(model.connections), step_ms),
        layouts={"layers": layered, "shuffled grid": shuffled},
    )


def layers_um(layers: int, neurons: int, spacing_um: float = SPACING_UM) -> NDArray[np.float64]:
    """Place layers side by side, from left to right, around the origin.

    Parameters
    ----------
    layers, neurons : int
        Layers, and neurons in each.
    spacing_um : float
        Distance between neurons in a layer. Layers are spaced to make the whole about square, but
        never closer than neurons.

    Returns
    -------
    ndarray, shape (layers * neurons, 3)
        Layer by layer, each from the top down; z is 0.
    """
    between_um = spacing_um * max(1.0, (neurons - 1) / max(layers - 1, 1))
    layer, number = np.divmod(np.arange(layers * neurons), neurons)
    x = (layer - (layers - 1) / 2) * between_um
    y = ((neurons - 1) / 2 - number) * spacing_um
    return np.stack([x, y, np.zeros(layers * neurons)], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Activated:
    """Neurons activated by active ones, and the number activated by each outside the last layer."""

    targets: NDArray[np.int64]
    counts: NDArray[np.int64]


def _activated(
    model: Branching, neurons: NDArray[np.int64], random: np.random.Generator
) -> _Activated:
    targets = model.targets[neurons]
    targets = targets[targets[:, 0] >= 0]
    passed = random.random(targets.shape) < model.sigma / targets.shape[1]
    return _Activated(targets[passed], passed.sum(axis=1))


def _distinct(rows: int, count: int, below: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Draw `count` different integers from 0 up to `below` for each row."""
    if 2 * count > below:
        # Too many to redraw until they differ. In parts, because each row takes `below` numbers.
        chunk = max(1, (1 << 22) // below)
        parts = [
            np.argsort(random.random((min(chunk, rows - begin), below)), axis=1)[:, :count]
            for begin in range(0, rows, chunk)
        ]
        return np.concatenate(parts) if parts else np.empty((0, count), np.int64)
    drawn = random.integers(below, size=(rows, count))
    while True:
        ordered = np.sort(drawn, axis=1)
        again = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
        if not again.size:
            return drawn
        drawn[again] = random.integers(below, size=(len(again), count))
