# SPDX-License-Identifier: BSD-3-Clause
"""The branching model against its theory, and the command that runs it."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export import read
from spike_export.models.branching import (
    BranchingError,
    _activated,
    branching_model,
    run,
    simulation,
)


@pytest.mark.parametrize(("layers", "neurons", "connections"), [(3, 5, 5), (4, 50, 7), (2, 9, 6)])
def test_each_neuron_has_different_targets_in_the_next_layer(layers, neurons, connections):
    model = branching_model(layers, neurons, 1.0, connections=connections)
    assert model.targets.shape == (layers * neurons, connections)
    for neuron, targets in enumerate(model.targets[:-neurons]):
        assert len(set(targets)) == connections
        assert set(targets // neurons) == {neuron // neurons + 1}
    assert (model.targets[-neurons:] == -1).all()
    assert len(model.connections) == (layers - 1) * neurons * connections
    # Every neuron of a next layer is as likely a target as any other.
    counts = np.bincount(model.connections[:, 1], minlength=layers * neurons)[neurons:]
    assert abs(counts.mean() - connections) < 1e-9


@pytest.mark.parametrize("sigma", [0.6, 1.0, 1.7])
def test_descendants_of_an_active_neuron_average_to_sigma(sigma):
    result = run(branching_model(10, 100, sigma, 0.002, seed=5), 1000, seed=5)
    count = len(result.descendants)
    standard_error = result.descendants.std() / np.sqrt(count)
    assert count > 2000
    assert abs(result.descendants.mean() - sigma) < 3 * standard_error
    # Binomial, for each of the 4 connections passes on its own.
    assert result.descendants.var() == pytest.approx(sigma * (1 - sigma / 4), rel=0.1)


def test_activity_goes_from_layer_to_layer():
    model = branching_model(5, 20, 2.0, 0.01, seed=2)
    active = run(model, 200, seed=3).active
    reachable = np.zeros((100, 100), np.bool_)
    reachable[tuple(model.connections.T)] = True
    fresh = run(branching_model(5, 20, 2.0, 0.0, seed=2), 50).active
    assert not fresh.any()
    # Spontaneous activity is a hundredth, so most activity has an active source the step before.
    later = np.argwhere(active[1:, 20:])
    caused = [bool(reachable[active[step], neuron + 20].any()) for step, neuron in later]
    assert np.mean(caused) > 0.9


def avalanche_sizes(model, avalanches, seed):
    """Numbers of active neurons in avalanches that each begin with one of the first layer."""
    random = np.random.default_rng(seed)
    total = len(model.targets)
    sizes = np.ones(avalanches, np.int64)
    avalanche = np.arange(avalanches)
    neurons = random.integers(model.neurons, size=avalanches)
    while len(neurons):
        activated = _activated(model, neurons, random)
        started = np.repeat(avalanche[model.targets[neurons, 0] >= 0], activated.counts)
        # A neuron activated by several others at once counts once.
        each = np.unique(started * total + activated.targets)
        avalanche, neurons = np.divmod(each, total)
        sizes += np.bincount(avalanche, minlength=avalanches)
    return sizes


@pytest.mark.slow
def test_avalanches_at_criticality_have_the_exponent_of_the_theory():
    """P(size >= s) falls as s^(-1/2) where P(size = s) falls as s^(-3/2)."""
    model = branching_model(200, 1000, 1.0, 0.0, connections=10, seed=1)
    sizes = avalanche_sizes(model, 30_000, seed=1)
    edges = np.array([4, 400])
    above = (sizes[:, None] >= edges).mean(axis=0)
    slope = np.diff(np.log(above)) / np.diff(np.log(edges))
    assert slope[0] - 1 == pytest.approx(-1.5, abs=0.06)


def test_avalanches_below_and_above_criticality():
    def sizes(sigma, avalanches):
        model = branching_model(60, 300, sigma, 0.0, connections=10, seed=1)
        return avalanche_sizes(model, avalanches, seed=2)

    below, above = sizes(0.8, 5000), sizes(1.2, 500)
    # The mean of a sub-critical one is 1 / (1 - sigma).
    assert below.mean() == pytest.approx(5, rel=0.1)
    assert np.percentile(below, 99.9) < 400
    # A share of the super-critical ones never dies out, but fills the network.
    assert 0.2 < (above > 2000).mean() < 0.45


def test_the_same_seed_makes_the_same_run():
    def once(seed):
        model = branching_model(seed=seed)
        return run(model, 300, seed=seed).active

    assert np.array_equal(once(4), once(4))
    assert not np.array_equal(once(4), once(5))


def test_a_run_becomes_a_file(command, tmp_path):
    code, output, errors = command(
        "branching", "-o", "b.pickle", "--layers", 4, "--neurons", 6, "--steps", 50,
        "--spontaneous", 0.05, "--step-ms", 2,
    )  # fmt: skip
    assert (code, errors) == (0, "")
    assert "Each active neuron activated" in output
    made = read(tmp_path / "b.pickle")
    model = branching_model(4, 6, 1.0, 0.05)
    active = run(model, 50).active
    assert np.array_equal(made.values, active)
    assert np.array_equal(made.connections, model.connections)
    assert made.time_ms.tolist() == (np.arange(50) * 2.0).tolist()
    assert list(made.layouts) == ["layers", "shuffled grid"]
    assert made.cells[7].name == "layer 2 neuron 2"
    assert made.cells[7].spikes_ms.tolist() == (np.flatnonzero(active[:, 7]) * 2.0).tolist()
    columns = made.layouts["layers"][:, 0].reshape(4, 6)
    assert (np.ptp(columns, axis=1) == 0).all() and (np.diff(columns[:, 0]) > 0).all()
    shuffled = made.layouts["shuffled grid"]
    assert len(np.unique(shuffled, axis=0)) == 24
    same = simulation(model, run(model, 50), step_ms=2.0)
    assert np.array_equal(same.layouts["shuffled grid"], shuffled)


def test_smoothing_comes_with_it(command, tmp_path):
    options = ("--steps", 60, "--spontaneous", 0.05)
    assert command("branching", "-o", "a.pickle", *options)[0] == 0
    assert command("branching", "-o", "b.pickle", *options, "--rise", 1, "--decay", 5)[0] == 0
    plain, smooth = read(tmp_path / "a.pickle"), read(tmp_path / "b.pickle")
    assert smooth.values.max() > 0.5
    assert not np.isin(smooth.values, (0, 1)).all()
    assert np.array_equal(smooth.connections, plain.connections)


BAD = [
    (("--sigma", -1), "sigma is -1, but must be 0 or more."),
    (("--sigma", "nan"), "nan is not a finite number"),
    (("--sigma", 11), "than it has connections, 10"),
    (("--neurons", 0), "A network needs at least 1 layer of 1 neuron, not 10 of 0."),
    (("--layers", -3), "A network needs at least 1 layer of 1 neuron, not -3 of 10."),
    (("--layers", 10**9, "--neurons", 10**9), "more than 10,000,000 neurons"),
    (("--connections", 11), "A neuron cannot have 11 connections to a layer of 10."),
    (("--connections", 2, "--sigma", 3), "than it has connections, 2"),
    (("--spontaneous", 1.5), "spontaneous activation is 1.5, not between 0 and 1"),
    (("--steps", 0), "A run needs at least 1 step, not 0."),
    (("--steps", 10**12), "the limit is"),
    (("--rise", 3), "--rise and --decay must be given together."),
    (("--rise", 3, "--decay", 2), "The rise, 3 ms, is longer than the decay, 2 ms."),
]


@pytest.mark.parametrize(("options", "reason"), BAD, ids=[" ".join(map(str, o)) for o, _ in BAD])
def test_what_cannot_be_is_a_sentence(command, tmp_path, options, reason):
    code, _, errors = command("branching", *options)
    assert code != 0
    assert reason in " ".join(errors.split())
    assert not list(tmp_path.iterdir())


def test_no_connections_reach_beyond_the_last_layer():
    one = branching_model(1, 5, 1.0, 0.5)
    assert one.connections.shape == (0, 2)
    assert run(one, 10).descendants.size == 0
    with pytest.raises(BranchingError):
        simulation(one, run(one, 10), step_ms=0)
