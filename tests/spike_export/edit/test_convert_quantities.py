# SPDX-License-Identifier: BSD-3-Clause
"""Whatever is done to a simulation is done to each of its quantities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spike_export import Quantity, Simulation, read
from spike_export.edit.convert import ConversionError, convert, take_cells
from spike_export.edit.merge import MergeError, merge
from spike_export.edit.rejoining import Joint, rejoin
from spike_export.edit.rise_and_decay import Kernel


@pytest.fixture
def simulation(layout, save) -> Simulation:
    """A second quantity unlike the first one, and a third that is on or off."""
    plain = read(save(layout))
    rng = np.random.default_rng(5)
    on_off = rng.integers(0, 2, plain.values.shape).astype(np.float32)
    return replace(
        plain,
        more={
            "cai": Quantity("mM", rng.random(plain.values.shape, np.float32)),
            "open": Quantity("", on_off),
        },
    )


def alone(simulation: Simulation, name: str) -> Simulation:
    return replace(simulation.showing(name), more={})


@pytest.mark.parametrize(
    "change",
    [
        lambda one: convert(one, every_ms=0.07),
        lambda one: convert(one, frames=2, peak=True),
        lambda one: convert(one, start_ms=0.05, stop_ms=0.27),
        lambda one: convert(one, cells="Basket[0]"),
        lambda one: convert(one, frames=5, kernel=Kernel(0.1, 0.3)),
        lambda one: convert(convert(one, frames=5), kernel=Kernel(0.1, 0.3)),
        lambda one: take_cells(one, np.array([1, 0])),
        lambda one: merge([take_cells(one, np.array([0])), take_cells(one, np.array([1]))]),
        lambda one: rejoin(
            one,
            [Joint("1", "Pyramidal[0]", "axon", 1.0, False), Joint("1", "Basket[0]", "soma", 0.0,
             True)],
        )[0],
    ],
)  # fmt: skip
def test_each_quantity_becomes_what_it_becomes_alone(simulation, change):
    together = change(simulation)
    assert list(together.quantities) == ["v", "cai", "open"]
    for name, one in together.quantities.items():
        expected = change(alone(simulation, name))
        assert np.array_equal(one.values, expected.values), name
        assert one.unit == expected.unit


def test_parts_without_a_quantity_have_no_data(simulation):
    first, second = (take_cells(simulation, np.array([cell])) for cell in (0, 1))
    merged = merge([replace(first, more={}), second])
    assert np.isnan(merged.more["cai"].values[:, :5]).all()
    assert np.array_equal(merged.more["cai"].values[:, 5:], second.more["cai"].values)
    # The second part shows another one, but has the first part's as well.
    swapped = merge([first, second.showing("cai")])
    assert np.array_equal(swapped.values, simulation.values)
    assert np.array_equal(swapped.more["cai"].values, simulation.more["cai"].values)


def test_units_that_differ_are_not_merged(simulation):
    first, second = (take_cells(simulation, np.array([cell])) for cell in (0, 1))
    other = replace(second, more={"cai": replace(second.more["cai"], unit="uM")})
    with pytest.raises(MergeError, match="holds cai in uM, but an earlier part in mM"):
        merge([first, other])


def test_some_are_kept(simulation):
    kept = convert(simulation, quantities=["open", "v"])
    assert list(kept.quantities) == ["open", "v"]
    assert np.array_equal(kept.values, simulation.more["open"].values)
    with pytest.raises(ConversionError, match="no quantity 'nai'; there is v, cai, open"):
        convert(simulation, quantities=["nai"])
