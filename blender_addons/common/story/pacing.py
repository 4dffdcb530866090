# SPDX-License-Identifier: GPL-3.0-or-later
"""Which time of a simulation a film shows when: slow around a spike, hold, back, and on.

Slow stretches belong to the simulation's time, everything else to the film's. Arithmetic only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["hold", "back", "play", "reach"]


@dataclass(frozen=True)
class Step:
    """Something that happens to the time at a frame of the film."""

    frame: float
    kind: Kind
    frames: float = 0.0
    """How long it takes."""
    to_ms: float | None = None
    pace_ms: float | None = None


@dataclass
class Pacing:
    """How a simulation plays in a film.

    Parameters
    ----------
    begin_ms, end_ms : float
        Its first and last time.
    pace_ms : float
        Simulated time per frame; above zero.
    start : float
        Frame in which it begins.
    """

    begin_ms: float
    end_ms: float
    pace_ms: float
    start: float
    slow: list[tuple[float, float, float]] = field(default_factory=list)
    """From, to, and how many times slower, in ms of the simulation."""
    steps: list[Step] = field(default_factory=list)

    @property
    def is_plain(self) -> bool:
        """Tell whether it plays from beginning to end at one pace."""
        return not self.slow and not self.steps

    def check(self, time_ms: float) -> float:
        """Return a time that the simulation has.

        Raises
        ------
        ValueError
            With the times that it has.
        """
        span = self.end_ms - self.begin_ms
        if not self.begin_ms - 1e-6 * span <= time_ms <= self.end_ms + 1e-6 * span:
            raise ValueError(
                f"the simulation goes from {self.begin_ms:g} to {self.end_ms:g} ms, so it has no "
                f"{time_ms:g} ms"
            )
        return time_ms

    def keyframes(self) -> list[tuple[float, float, bool]]:
        """Compute the keyframes of its time.

        Returns
        -------
        list of (float, float, bool)
            Frame, time in ms, and whether the time jumps from there to the next instead of going
            on at constant speed. The last one is where the simulation ends.

        Raises
        ------
        ValueError
            If something begins before what is before it has ended.
        """
        frame, now, pace = self.start, self.begin_ms, self.pace_ms
        found = [(frame, now, False)]
        for step in sorted(self.steps, key=lambda one: one.frame):
            if step.frame < frame - 1e-6:
                raise ValueError(
                    f"{step.kind} begins in frame {step.frame:g}, before frame {frame:g}, in which "
                    "what happens to the time before it ends"
                )
            if step.kind == "reach":
                assert step.to_ms is not None
                found += self._reach(frame, now, step)
                frame, now = step.frame, step.to_ms
                continue
            way = list(self._advance(frame, now, step.frame, pace))
            found += [(*one, False) for one in way]
            frame, now = way[-1] if way else (frame, now)
            if step.frame > frame + 1e-6:
                # It has ended before.
                frame = step.frame
                found.append((frame, now, False))
            pace = step.pace_ms or pace
            if step.kind == "play" and step.to_ms is not None:
                found[-1] = (*found[-1][:2], True)
                # A jump lies between two frames.
                frame, now = frame + 1, step.to_ms
                found.append((frame, now, False))
            elif step.kind in ("hold", "back"):
                frame += step.frames
                now = now if step.to_ms is None else step.to_ms
                found.append((frame, now, False))
        found += [(*one, False) for one in self._advance(frame, now, None, pace)]
        return found

    def _rate(self, time_ms: float, pace: float) -> float:
        factors = [factor for low, high, factor in self.slow if low < time_ms < high]
        return pace / max(factors, default=1.0)

    def _pieces(self, begin: float, end: float, pace: float) -> Iterator[tuple[float, float]]:
        """Yield where each stretch of one speed ends, and its frames; begin is before end."""
        edges = {edge for low, high, _ in self.slow for edge in (low, high)}
        inside = sorted(edge for edge in edges if begin < edge < end)
        for stop in [*inside, end]:
            yield stop, (stop - begin) / self._rate((begin + stop) / 2, pace)
            begin = stop

    def _advance(
        self, frame: float, now: float, until: float | None, pace: float
    ) -> Iterator[tuple[float, float]]:
        """Play on until a frame, or until the simulation ends."""
        if now >= self.end_ms:
            return
        for stop, frames in self._pieces(now, self.end_ms, pace):
            if until is not None and frame + frames >= until:
                if until > frame:
                    yield until, now + (stop - now) * (until - frame) / frames
                return
            frame, now = frame + frames, stop
            yield frame, now

    def _reach(self, frame: float, now: float, step: Step) -> list[tuple[float, float, bool]]:
        """Go to a time at a frame; slow stretches stay as much slower than the others."""
        target = step.to_ms
        assert target is not None
        room = step.frame - frame
        if target <= now:
            return [(step.frame, target, False)] if room > 0 else [(frame, target, False)]
        if room <= 0:
            raise ValueError(f"there is no frame left in which to go from {now:g} to {target:g} ms")
        pieces = list(self._pieces(now, target, self.pace_ms))
        factor = room / sum(frames for _, frames in pieces)
        found = []
        for stop, frames in pieces:
            frame += frames * factor
            found.append((frame, stop, False))
        return found
