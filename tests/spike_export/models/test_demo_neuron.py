# SPDX-License-Identifier: BSD-3-Clause
"""The demo: one action potential, from the soma out into the dendrites."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export import SECTION_TYPES, read
from spike_export.models.demo_neuron import STEP_DELAY_MS, STEP_DURATION_MS


@pytest.fixture(scope="module")
def demo(demo_file):
    return read(demo_file)


@pytest.fixture(scope="module")
def path_um(demo) -> np.ndarray:
    """Distance along the branches from the soma to the middle of each section."""
    lengths = np.array(
        [
            np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1).sum()
            for points in np.split(demo.points_um, demo.first_points[1:])
        ]
    )
    begins = np.zeros(demo.n_sections)
    for section, parent in enumerate(demo.parents):
        assert parent < section, "each parent comes before its children"
        if parent >= 0:
            begins[section] = begins[parent] + demo.parent_x[section] * lengths[parent]
    return begins + lengths / 2


def section_values(demo, section: int) -> np.ndarray:
    """Voltage in the middle segment of a section, over time."""
    return demo.values[:, demo.first_segments[section] + demo.segment_counts[section] // 2]


def test_the_cell_is_the_one_that_ships_with_neuron(demo):
    assert demo.n_sections == 79
    assert len(demo.cells) == 1
    types = [SECTION_TYPES[i] for i in demo.section_types]
    assert types.count("soma") == 1
    assert types.count("dend") == 78
    assert (demo.parents == -1).sum() == 1
    assert (demo.segment_counts % 2 == 1).all()
    assert demo.n_segments == demo.segment_counts.sum() > 79
    assert (demo.point_counts >= 2).all()
    assert demo.source == "demo/pyramid.nrn, as shipped with NEURON"


def test_times(demo):
    assert demo.has_time
    assert np.allclose(demo.time_ms, np.arange(121) * 0.05, atol=1e-9)


def test_the_soma_fires_once_and_because_of_the_step(demo):
    soma = section_values(demo, int(np.argmin(demo.section_types)))
    above = soma > 0
    assert (above[1:] & ~above[:-1]).sum() == 1
    assert soma[0] == -65
    assert 20 < soma.max() < 60
    assert soma[-1] < -50
    (spike_ms,) = demo.cells[0].spikes_ms
    assert STEP_DELAY_MS < spike_ms < STEP_DELAY_MS + STEP_DURATION_MS
    crossing = demo.time_ms[np.argmax(soma > -20)]
    assert crossing - 0.076 < spike_ms < crossing + 0.001, "within a frame and a step"


def test_all_is_at_rest_until_the_step(demo):
    at_rest = demo.values[demo.time_ms < STEP_DELAY_MS]
    assert np.abs(at_rest + 65).max() < 0.2


def test_the_peak_comes_later_the_farther_out(demo, path_um):
    peaks_ms = np.array(
        [demo.time_ms[section_values(demo, i).argmax()] for i in range(demo.n_sections)]
    )
    soma = int(np.argmin(demo.section_types))
    far = np.argsort(path_um)[-10:]
    assert (peaks_ms[far] > peaks_ms[soma] + 0.5).all()
    assert all(section_values(demo, i).max() > -20 for i in far)
    assert np.corrcoef(path_um, peaks_ms)[0, 1] > 0.8
