"""The ways of pulses, against distances that are known by construction."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from helpers.pulses import connected, shortest

from spike_export.simulation_file.synapses import Synapses


def paths_of(made):
    from blender_spike.cells.axon_paths import pulse_paths
    from blender_spike.cells.synapse_places import synapse_places

    synapses = made.synapses
    places = synapse_places(made, synapses.sections, synapses.positions)
    return pulse_paths(made, synapses, places), places


def each(paths):
    ends = np.cumsum(paths.point_counts)[:-1]
    return np.split(np.c_[paths.positions_um, paths.radii_um], ends)


def test_a_path_runs_along_the_axon_and_leaves_it_where_that_is_nearest():
    paths, places = paths_of(connected())

    assert paths.synapses.tolist() == [0, 1, 2]
    assert paths.on_axon == 3
    for number, (path, synapse) in enumerate(zip(each(paths), paths.synapses, strict=True)):
        np.testing.assert_allclose(path[0, :3], (0, 0, 0), atol=1e-9)
        np.testing.assert_array_equal(path[-1, :3], places.surface_um[synapse])
        along = path[path[:, 3] > 0]
        leaves, length = shortest(number)
        np.testing.assert_allclose(along[-1, :3], leaves, atol=1e-5)
        steps = np.linalg.norm(np.diff(np.r_[[path[0]], along][:, :3], axis=0), axis=1)
        assert steps.sum() == pytest.approx(length, rel=1e-6)
    np.testing.assert_allclose(
        paths.lengths_um,
        [np.linalg.norm(np.diff(path[:, :3], axis=0), axis=1).sum() for path in each(paths)],
    )


def test_a_cell_without_an_axon_sends_arcs_from_its_soma():
    made = connected()
    types = made.section_types.copy()
    types[types == 3] = 4
    paths, places = paths_of(dataclasses.replace(made, section_types=types))

    assert paths.on_axon == 0
    for path, synapse in zip(each(paths), paths.synapses, strict=True):
        np.testing.assert_allclose(path[0, :3], (0, 0, 0), atol=1e-9)
        straight = np.linalg.norm(places.surface_um[synapse])
        length = np.linalg.norm(np.diff(path[:, :3], axis=0), axis=1).sum()
        assert straight < length < 1.5 * straight
        assert not path[:, 3].any()


@pytest.mark.parametrize(
    ("change", "counted"),
    [
        ({"sources": None}, "no_source"),
        ({"sources": [-1, -1, -1, -1]}, "no_source"),
        ({"delays_ms": None}, "no_delay"),
        ({"delays_ms": [0.0, np.nan, 0.0, 1.0]}, "no_delay"),
    ],
)
def test_synapses_without_pulses_are_counted_by_the_reason(change, counted):
    made = connected()
    kinds = {"sources": np.int32, "delays_ms": np.float32}
    change = {n: None if row is None else np.array(row, kinds[n]) for n, row in change.items()}
    paths, _ = paths_of(
        dataclasses.replace(made, synapses=dataclasses.replace(made.synapses, **change))
    )
    # At the last one, nothing arrives.
    assert getattr(paths, counted) == 3
    assert len(paths.synapses) == 0
    assert len(paths.lengths_um) == 0


def test_there_are_limits(monkeypatch):
    from blender_spike.cells import axon_paths

    monkeypatch.setattr(axon_paths, "MOST_PULSES", 5)
    monkeypatch.setattr(axon_paths, "_MOST_POINTS", 9)
    paths, places = paths_of(connected())
    chosen: Synapses = connected().synapses.at(paths.synapses)
    assert len(chosen.event_times_ms) <= 5
    assert paths.over_limit == 3 - len(paths.synapses) > 0
    assert len(paths.positions_um) <= 9
    for path, synapse in zip(each(paths), paths.synapses, strict=True):
        np.testing.assert_allclose(path[-1, :3], places.surface_um[synapse])
