# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulation that is watched, as the sidebar shows it.

A timer asks for the frames that the neuron does not have yet and adds them. When the simulation has
been written, its file is read into the same neuron, as *Reload* would. Whatever happens in between,
undo included, the neuron itself says how many frames it has.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..common.frame_range import make_room
from ..live.messages import Answer, LiveError, Question, read_frames
from ..live.watcher import Watcher
from ..playback.playback import find_modifier, last_frame
from ..playback.quantities import quantities_of
from ..properties import about
from ..properties import fields as import_fields
from ..simulating.windows import call, is_free, is_playing, redraw, viewport_of
from .growing import add_frames, frames_of

_SECONDS: Final = 0.1
# Adding frames takes this share of the time at most, so that Blender can be used.
_SHARE: Final = 0.25


class _Session:
    """State of this Blender session; none of it belongs in a file."""

    watcher: Watcher | None = None
    port: int = 0
    expected: Callable[[], bool] | None = None
    """Whether a simulation may still begin that was not there yet."""
    scene: int = 0
    """Identity of the scene that it is shown in."""
    run: str = ""
    time_ms: NDArray[np.float64] = np.empty(0)
    reached_ms: float = 0.0
    end_ms: float = 0.0
    path: str = ""
    told: str = ""
    failed: bool = False
    followed: int | None = None
    """Frame that the scene was set to; another one was set by the user."""


_session = _Session()


def is_watching() -> bool:
    """Tell whether a simulation is watched, or waited for."""
    return _session.watcher is not None or _session.expected is not None


def progress() -> tuple[float, float, int]:
    """Return how far the simulation is, where it ends (0 if not known), and its frames."""
    return _session.reached_ms, _session.end_ms, len(_session.time_ms)


def title() -> str:
    """Name what is watched."""
    return Path(_session.path).stem


def last() -> tuple[str, bool]:
    """Return the message of the last simulation, and whether it failed."""
    return _session.told, _session.failed


def start(port: int, scene: bpy.types.Scene, expected: Callable[[], bool] | None = None) -> None:
    """Watch a simulation in a scene; go on with a neuron that has seen a part of it.

    Parameters
    ----------
    port : int
        Where it can be watched.
    scene : Scene
        That it is shown in.
    expected : callable, optional
        Tells whether one may still begin there, if there is none yet.

    Raises
    ------
    LiveError
        If none can be watched there, and none is expected.
    """
    stop()
    _session.watcher = None if expected is not None else Watcher(port)
    _session.port, _session.expected = port, expected
    _session.scene, _session.followed = scene.session_uid, None
    _session.path, _session.reached_ms, _session.end_ms = "", 0.0, 0.0
    _begin(next((about(one).run for one in scene.objects if about(one).run), ""))
    if not bpy.app.timers.is_registered(look):
        bpy.app.timers.register(look, first_interval=_SECONDS, persistent=True)


def stop(told: str = "", *, failed: bool = False) -> None:
    """Stop watching; the simulation goes on, and the neuron keeps its frames."""
    if _session.watcher is not None:
        _keep()
    _close(told, failed=failed)


def unregister() -> None:
    """Stop everything before the extension is unregistered."""
    _close()
    if bpy.app.timers.is_registered(look):
        bpy.app.timers.unregister(look)


def look() -> float | None:
    """Ask for frames, and add those that have come.

    Returns
    -------
    float or None
        Seconds until the next look; None if nothing is watched any more.
    """
    if not is_watching():
        return None
    scene = next((s for s in bpy.data.scenes if s.session_uid == _session.scene), None)
    if scene is None:
        stop("Another file was opened, so the simulation is not watched any more.")
        return None
    begun = time.perf_counter()
    if is_free() and _is_there():
        _advance(scene)
        redraw()
    spent = time.perf_counter() - begun
    return max(_SECONDS, spent / _SHARE) if is_watching() else None


def watched(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """Find the neurons of a scene that show the simulation which is watched."""
    return [
        one
        for one in scene.objects
        if _session.run and about(one).run == _session.run and find_modifier(one) is not None
    ]


def _is_there() -> bool:
    """Tell whether the simulation can be watched; if it is only expected, look whether it is."""
    if _session.watcher is None and _session.expected is not None:
        may_begin = _session.expected()
        try:
            _session.watcher = Watcher(_session.port)
            _session.expected = None
        except LiveError:
            if not may_begin:
                # It has ended already, and is imported.
                stop()
    return _session.watcher is not None


def _advance(scene: bpy.types.Scene) -> None:
    watcher, neurons = _session.watcher, watched(scene)
    assert watcher is not None
    if _session.run and not neurons:
        stop("The neuron was deleted, so the simulation is not watched any more.")
        return
    there = min(frames_of(neurons[0]), len(_session.time_ms)) if neurons else 0
    try:
        answer = watcher.look(Question(_session.run, there))
        if answer is not None:
            _take(scene, neurons, there, answer)
    except LiveError as error:
        kept = f" {len(_session.time_ms):,} frames are kept." if _session.run else ""
        stop(f"{error}{kept}", failed=True)


def _take(
    scene: bpy.types.Scene, neurons: Sequence[bpy.types.Object], there: int, answer: Answer
) -> None:
    _session.reached_ms, _session.end_ms = answer.reached_ms, answer.end_ms
    _session.path = answer.path or _session.path
    if answer.kind == "start":
        _show(scene, neurons, answer)
    elif answer.kind == "frames" and neurons:
        _add(scene, neurons, there, answer)
    elif answer.kind == "ended":
        _end(scene, neurons, answer)


def _begin(run: str) -> None:
    _session.run, _session.time_ms = run, np.empty(0)


def _show(scene: bpy.types.Scene, neurons: Sequence[bpy.types.Object], answer: Answer) -> None:
    """Show the shape and the first frame of a run, which is an undo step.

    The next run of the same simulation takes the place of the one before.
    """
    place = viewport_of(_session.scene)
    if place is None:
        # It can wait for one.
        return
    is_next = bool(neurons) and _simulation(answer.run) == _simulation(_session.run)
    shown = {"run": _session.run} if is_next else _settings(scene)
    with tempfile.TemporaryDirectory(dir=bpy.app.tempdir or None) as folder:
        path = Path(folder) / f"{Path(answer.path).stem or 'simulation'}.pickle"
        path.write_bytes(answer.content)
        problem = call(
            place, "show_run", filepath=str(path), path=answer.path, next_run=answer.run, **shown
        )
    if problem:
        stop(problem, failed=True)
        return
    _begin(answer.run)
    _session.followed = scene.frame_current


def _simulation(run: str) -> str:
    """Tell the runs of one simulation from those of others."""
    return run.partition(" ")[0]


def _settings(scene: bpy.types.Scene) -> dict[str, Any]:
    """Import as the panel says, but all of it, as one object."""
    typed = import_fields(scene)
    names = ("um_per_unit", "center", "at_origin", "set_frame_range")
    settings = {name: getattr(typed, name) for name in names}
    # A style that is not installed has no name.
    return settings | ({"style": typed.style} if typed.style else {})


def _add(
    scene: bpy.types.Scene, neurons: Sequence[bpy.types.Object], there: int, answer: Answer
) -> None:
    quantities = len(quantities_of(neurons[0]))
    time_ms, values = read_frames(answer.content, quantities, about(neurons[0]).segments)
    if there and not (len(time_ms) and time_ms[0] > _session.time_ms[there - 1]):
        raise LiveError("The simulation sends frames in no order of time.")
    _session.time_ms = np.concatenate((_session.time_ms[:there], time_ms))
    # A neuron that was watched before has some of them.
    first = frames_of(neurons[0])
    if first >= len(_session.time_ms):
        return
    add_frames(neurons, _session.time_ms, values[first - there :])
    if import_fields(scene).set_frame_range:
        last = max(int(np.ceil(last_frame(one))) for one in neurons)
        make_room(scene, last - scene.frame_start + 1, scene.frame_start)
    _follow(scene, neurons)


def _follow(scene: bpy.types.Scene, neurons: Sequence[bpy.types.Object]) -> None:
    """Show the last frame, unless the user looks at another one."""
    if scene.frame_current != _session.followed or is_playing():
        return
    frame = int(last_frame(neurons[0]))
    scene.frame_set(frame)
    _session.followed = frame


def _end(scene: bpy.types.Scene, neurons: Sequence[bpy.types.Object], answer: Answer) -> None:
    """Read the finished file into the neuron, which is an undo step."""
    if not answer.path:
        for one in neurons:
            about(one).run = ""
        kept = f"; {len(_session.time_ms):,} frames are kept" if neurons else ""
        stop(f"{answer.error.rstrip('.')}{kept}.", failed=True)
        return
    place = viewport_of(_session.scene)
    if place is None or not neurons:
        stop(f"{answer.path} is written; import it.")
        return
    _keep()
    problem = call(place, "show_run", run=_session.run, filepath=answer.path, path=answer.path)
    _close(problem or f"{title()} is complete.", failed=bool(problem))


def _close(told: str = "", *, failed: bool = False) -> None:
    if _session.watcher is not None:
        _session.watcher.close()
    _session.watcher = _session.expected = None
    _session.told, _session.failed = told, failed


def _keep() -> None:
    """Make an undo step of the frames that have come, so that none undoes them."""
    place = viewport_of(_session.scene)
    if place is not None and len(_session.time_ms):
        override: Any = bpy.context.temp_override(**place)
        with override:
            bpy.ops.ed.undo_push(message="Watch Simulation")
