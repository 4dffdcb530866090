# SPDX-License-Identifier: GPL-3.0-or-later
"""Which time of a simulation is shown when; an integration in small steps is the referee."""

from __future__ import annotations

import numpy as np
import pytest
from common.story.pacing import Pacing, Step


def shown(pacing, frame):
    """Read the keyframes as Blender does: straight lines between them, or a jump."""
    keys = pacing.keyframes()
    for (f0, t0, jump), (f1, t1, _) in zip(keys, keys[1:], strict=False):
        if f0 <= frame < f1:
            return t0 if jump else t0 + (t1 - t0) * (frame - f0) / (f1 - f0)
    return keys[-1][1]


def test_it_plays_at_its_pace():
    pacing = Pacing(1.0, 11.0, 0.1, 5)
    assert pacing.is_plain
    assert pacing.keyframes() == [(5, 1.0, False), (105, 11.0, False)]


def test_slow_stretches_are_as_slow_as_they_say():
    pacing = Pacing(0.0, 10.0, 0.1, 1, slow=[(2.0, 4.0, 10.0), (3.0, 5.0, 2.0)])
    # Frame by frame in steps of a thousandth.
    now, frame, expected = 0.0, 1.0, {}
    while now < 10.0:
        if abs(frame - round(frame)) < 5e-4:
            expected[round(frame)] = now
        slower = 10.0 if 2.0 < now < 4.0 else 2.0 if 3.0 < now < 5.0 else 1.0
        now, frame = now + 0.1 / slower * 1e-3, frame + 1e-3
    for at, time in expected.items():
        assert shown(pacing, at) == pytest.approx(time, abs=0.003), at
    assert pacing.keyframes()[-1][0] == pytest.approx(frame, abs=0.02)


def test_hold_and_back_and_on():
    steps = [Step(21, "hold", 10), Step(41, "back", 5, to_ms=0.5)]
    pacing = Pacing(0.0, 10.0, 0.1, 1, steps=steps)
    assert [shown(pacing, f) for f in (21, 25, 31)] == pytest.approx([2.0, 2.0, 2.0])
    assert [shown(pacing, f) for f in (41, 46, 56)] == pytest.approx([3.0, 0.5, 1.5])


def test_a_time_is_reached_in_its_frame_with_slow_stretches_in_proportion():
    pacing = Pacing(0.0, 10.0, 0.1, 1, [(2.0, 3.0, 10.0)], [Step(51, "reach", to_ms=2.5)])
    assert shown(pacing, 51) == pytest.approx(2.5)
    frames = {round(t, 3): f for f, t, _ in pacing.keyframes()}
    before, within = (2.0 / (frames[2.0] - 1), 0.5 / (51 - frames[2.0]))
    assert before / within == pytest.approx(10.0)


def test_playing_from_a_time_jumps_between_two_frames():
    pacing = Pacing(0.0, 10.0, 0.1, 1, steps=[Step(21, "play", to_ms=7.0, pace_ms=0.2)])
    assert shown(pacing, 21) == pytest.approx(2.0)
    assert shown(pacing, 22) == pytest.approx(7.0)
    assert shown(pacing, 27) == pytest.approx(8.0)


def test_after_its_end_it_stays_there():
    pacing = Pacing(0.0, 1.0, 0.1, 1, steps=[Step(31, "hold", 5), Step(41, "back", 5, 0.0)])
    assert [shown(pacing, f) for f in (11, 30, 36, 41)] == pytest.approx([1.0] * 4)
    assert shown(pacing, 46) == pytest.approx(0.0) and shown(pacing, 60) == pytest.approx(1.0)


def test_what_overlaps_is_refused():
    steps = [Step(21, "hold", 10), Step(25, "back", 5, to_ms=0.0)]
    with pytest.raises(ValueError, match="back begins in frame 25, before frame 31"):
        Pacing(0.0, 10.0, 0.1, 1, steps=steps).keyframes()
    with pytest.raises(ValueError, match="no frame left"):
        Pacing(0.0, 10.0, 0.1, 1, steps=[Step(1, "reach", to_ms=2.0)]).keyframes()
    with pytest.raises(ValueError, match="from 0 to 10 ms, so it has no 11 ms"):
        Pacing(0.0, 10.0, 0.1, 1).check(11.0)


def test_frames_are_in_order_whatever_happens():
    rng = np.random.default_rng(0)
    for _ in range(200):
        frames = np.sort(rng.choice(np.arange(2, 400, 20), 6, replace=False))
        kinds = rng.choice(["hold", "back", "play", "reach"], 6)
        steps = [
            Step(float(f), str(k), 5.0 if k in ("hold", "back") else 0.0,
                 None if k == "hold" else float(rng.uniform(0, 10)))
            for f, k in zip(frames, kinds, strict=True)
        ]  # fmt: skip
        slow = [(a, a + 1.0, 5.0) for a in rng.uniform(0, 9, 2)]
        keys = Pacing(0.0, 10.0, 0.05, 1, slow, steps).keyframes()
        assert all(b[0] >= a[0] - 1e-6 for a, b in zip(keys, keys[1:], strict=False))
        assert all(-1e-6 <= t <= 10 + 1e-6 for _, t, _ in keys)
