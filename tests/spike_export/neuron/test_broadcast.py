# SPDX-License-Identifier: BSD-3-Clause
"""A run that is watched: nothing of it changes, and what is told is what is recorded."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export import Recorder, read
from spike_export.live.messages import Question, read_frames
from spike_export.live.watcher import Watcher
from spike_export.neuron import broadcast as broadcast_module
from spike_export.neuron.broadcast import Broadcast

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    """The run is short, so those who ask are answered at each step."""
    monkeypatch.setattr(broadcast_module, "_PAUSE_S", 0.0)


class Seen:
    """A watcher that looks at each step, and what it has been told."""

    def __init__(self, port: int, path) -> None:
        self.watcher, self.path = Watcher(port), path
        self.run, self.starts = "", 0
        self.time_ms, self.values = np.empty(0), []

    def look(self) -> None:
        """Ask, or take what has come."""
        answer = self.watcher.look(Question(self.run, len(self.time_ms)), seconds=0.0)
        if answer is None:
            return
        if answer.kind == "start":
            self.path.write_bytes(answer.content)
            self.shape = read(self.path)
            self.run, self.starts = answer.run, self.starts + 1
            self.time_ms, self.values = np.empty(0), []
        elif answer.kind == "frames":
            shape = self.shape
            time_ms, values = read_frames(answer.content, len(shape.quantities), shape.n_segments)
            self.time_ms = np.concatenate((self.time_ms, time_ms))
            self.values.append(values)


def ball(h):
    soma, dend = h.Section(name="soma"), h.Section(name="dend")
    soma.L = soma.diam = 20
    dend.L, dend.diam, dend.nseg = 300, 2, 21
    soma.insert("hh")
    dend.insert("pas")
    dend.connect(soma)
    clamp = h.IClamp(soma(0.5))
    clamp.delay, clamp.dur, clamp.amp = 1, 30, 0.4
    return soma, dend, clamp


@pytest.fixture(params=["fixed", "variable", "local"])
def steps(h, request):
    if request.param != "fixed":
        h.CVode().active(True)
        h.CVode().use_local_dt(request.param == "local")
    yield request.param
    h.CVode().use_local_dt(False)
    h.CVode().active(False)


@pytest.mark.parametrize("mode", ["sample", "peak"])
def test_it_is_told_as_it_is_recorded_and_changes_nothing(h, steps, mode, tmp_path):
    model = ball(h)
    recording = {"every_ms": 0.05, "variable": ["v", "m_hh"], "mode": mode}
    with Recorder(**recording) as recorder:
        h.finitialize(-65)
        while h.t < 20:
            h.fadvance()
        plain = recorder.simulation()
    with Broadcast(0) as live, Recorder(**recording, live=live) as recorder:
        seen = Seen(live.port, tmp_path / "shape.pickle")
        h.finitialize(-65)
        while h.t < 20:
            h.fadvance()
            seen.look()
        watched = recorder.simulation()
        seen.watcher.close()
    assert np.array_equal(watched.time_ms, plain.time_ms)
    for name, one in plain.quantities.items():
        assert np.array_equal(watched.quantities[name].values, one.values, equal_nan=True)
    count = len(seen.time_ms)
    assert seen.starts == 1 and count > 0.6 * plain.n_frames
    assert np.array_equal(seen.time_ms, plain.time_ms[:count])
    values = np.concatenate(seen.values)
    for place, one in enumerate(plain.quantities.values()):
        assert np.array_equal(values[:, place], one.values[:count], equal_nan=True)
    assert seen.shape.section_names == plain.section_names
    assert np.array_equal(seen.shape.points_um, plain.points_um)
    del model


def test_a_second_run_and_frames_that_are_dropped_begin_anew(h, tmp_path):
    model = ball(h)
    with Broadcast(0) as live, Recorder(frames=20, live=live) as recorder:
        seen = Seen(live.port, tmp_path / "shape.pickle")
        for _ in range(2):
            h.finitialize(-65)
            while h.t < 20:
                h.fadvance()
                seen.look()
        kept = recorder.simulation()
        seen.watcher.close()
    # 800 steps leave 80 frames or fewer after four halvings, in each run.
    assert seen.starts == 10
    assert seen.run.split()[1] == "1"
    assert set(kept.time_ms[:-1]) <= set(seen.time_ms)
    del model
