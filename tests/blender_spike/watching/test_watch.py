# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulation is watched from its first frame to its file, left and taken up again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.playing import TOLERANCE_MV, expected, voltages
from helpers.simulations import branched, simulation

from spike_export import write
from spike_export.files.writer import content_of
from spike_export.live.messages import Answer
from spike_export.neuron.broadcast import Broadcast

FRAMES = 12
WHOLE = simulation(branched(), frames=FRAMES)


class Run:
    """A simulation that has come as far as it is told to, watched in a scene."""

    def __init__(self, bpy, path: Path) -> None:
        self.bpy, self.path, self.count = bpy, path, 1
        self.live = Broadcast(0)
        self.live.path = str(path)
        self.begin("0")

    def begin(self, number: str, sim=WHOLE) -> None:
        """Begin a run."""
        self.sim, self.count = sim, 1
        first = replace(sim, time_ms=sim.time_ms[:1], values=sim.values[:1])
        self.live.begin(
            f"{self.live.name} {number}",
            lambda: content_of(first),
            lambda begin, end: (sim.time_ms[begin:end], sim.values[begin:end]),
            8 + 4 * sim.n_segments,
        )

    def reach(self, count: int) -> None:
        """Let it come to a number of frames, and both sides look a few times."""
        from blender_spike.watching import watch

        self.count = count
        for _ in range(12):
            watch.look()
            self.live.serve(count, float(count), 12.0, at_once=True)

    @property
    def neurons(self):
        """All that are in the scene."""
        from blender_spike.playback.playback import find_modifier

        return [one for one in self.bpy.context.scene.objects if find_modifier(one) is not None]


@pytest.fixture
def run(bpy, tmp_path, monkeypatch):
    from blender_spike.watching import watch

    # The module has no viewport, in which a real window calls operators.
    monkeypatch.setattr(watch, "viewport_of", lambda _scene: {})
    made = Run(bpy, tmp_path / "cell.pickle")
    yield made
    watch.unregister()
    made.live.close()


def start(run) -> None:
    assert run.bpy.ops.blender_spike.watch(port=run.live.port) == {"FINISHED"}


def plays(run, count: int, frame: float) -> None:
    (neuron,) = run.neurons
    assert neuron.blender_spike.frames == count
    sim = replace(run.sim, time_ms=run.sim.time_ms[:count], values=run.sim.values[:count])
    shown = voltages(run.bpy, neuron, frame)
    want = expected(sim, min(frame, count - 1) * 0.1)
    np.testing.assert_allclose(shown, want, rtol=0, atol=TOLERANCE_MV)


@pytest.fixture(autouse=True)
def _in_cycles(bpy):
    # Strands, whose points can be compared.
    bpy.context.scene.render.engine = "CYCLES"


def test_from_the_first_frame_to_the_file(run):
    from blender_spike.watching import watch

    start(run)
    run.reach(5)
    assert watch.progress() == (5.0, 12.0, 5)
    scene = run.bpy.context.scene
    assert scene.frame_current == 4 and scene.frame_end == 4
    plays(run, 5, 2.5)
    # Whoever looks at another frame is left there.
    scene.frame_set(1)
    run.reach(9)
    assert scene.frame_current == 1 and scene.frame_end == 8
    write(run.path, WHOLE)
    run.live._ended = Answer("ended", path=str(run.path))
    run.reach(12)
    assert not watch.is_watching()
    assert watch.last() == ("cell is complete.", False)
    plays(run, 12, 10.5)
    (neuron,) = run.neurons
    assert (neuron.blender_spike.run, neuron.blender_spike.filepath) == ("", str(run.path))


def test_left_and_taken_up_again_it_has_all_frames(run):
    from blender_spike.watching import watch

    start(run)
    run.reach(4)
    assert run.bpy.ops.blender_spike.stop_watching() == {"FINISHED"}
    assert watch.look() is None
    run.count = 8
    start(run)
    run.reach(11)
    plays(run, 11, 9.5)


def test_the_next_run_takes_the_place_of_the_one_before_and_another_simulation_does_not(run):
    start(run)
    run.reach(7)
    run.begin("1", replace(WHOLE, values=WHOLE.values[::-1].copy()))
    run.reach(6)
    plays(run, 6, 3.5)
    run.bpy.ops.blender_spike.stop_watching()
    run.live.close()
    run.live = Broadcast(0)
    run.begin("0")
    start(run)
    run.reach(3)
    assert sorted(one.blender_spike.frames for one in run.neurons) == [3, 6]


@pytest.mark.parametrize("error", ["It ended without a file.", None])
def test_frames_of_a_run_without_a_file_are_kept(run, error):
    from blender_spike.watching import watch

    start(run)
    run.reach(5)
    if error is None:
        # As when the process is killed.
        run.live.close()
        for _ in range(3):
            watch.look()
    else:
        run.live._ended = Answer("ended", error=error)
        run.reach(5)
    told, failed = watch.last()
    assert failed and "5 frames are kept" in told
    plays(run, 5, 3.5)


def test_a_neuron_that_is_deleted_is_not_made_again(run):
    from blender_spike.watching import watch

    start(run)
    run.reach(3)
    run.bpy.data.objects.remove(run.neurons[0])
    run.reach(5)
    assert "was deleted" in watch.last()[0]
    assert not run.neurons


def test_nothing_is_watched_where_nothing_runs(bpy):
    from blender_spike.live.watcher import free_port

    with pytest.raises(RuntimeError, match="No simulation can be watched at port"):
        bpy.ops.blender_spike.watch(port=free_port())
