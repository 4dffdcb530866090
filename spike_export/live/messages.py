# SPDX-License-Identifier: BSD-3-Clause
"""Questions and answers about a running simulation: a line of JSON, and bytes after an answer."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

HOST: Final = "127.0.0.1"
"""Only programs on the same computer can watch."""
PORT: Final = 50321
"""Where a simulation is watched, if nothing else is chosen."""
LONGEST_LINE: Final = 8192
# A simulation file with a shape and one frame; frames are sent in parts of this size.
MOST_BYTES: Final = 1 << 31
PART_BYTES: Final = 1 << 23
_PROTOCOL: Final = "spike-export live 1"
_KINDS: Final = ("wait", "start", "frames", "ended")


class LiveError(Exception):
    """What was received is not from a program like this one; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a watcher asks for.

    Attributes
    ----------
    run : str
        The run that it has frames of; empty if none.
    frames : int
        How many it has.
    """

    run: str = ""
    frames: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What it is told.

    Attributes
    ----------
    kind : str
        ``"wait"``: nothing new. ``"start"``: another run has begun, `content` is a simulation file
        with its first frame. ``"frames"``: `content` is what `pack_frames` gives. ``"ended"``: the
        run has ended.
    run : str
        Which run it is.
    reached_ms, end_ms : float
        How far it is, and where it will end; 0 if that is not known.
    path : str
        The file that it is, or will be, written to; empty if none is known.
    error : str
        Why there will be none, in a sentence.
    content : bytes
    """

    kind: str
    run: str = ""
    reached_ms: float = 0.0
    end_ms: float = 0.0
    path: str = ""
    error: str = ""
    content: bytes = field(default=b"", repr=False)


def pack_question(question: Question) -> bytes:
    """Write a question as a line."""
    asked = {"protocol": _PROTOCOL, "run": question.run, "frames": question.frames}
    return json.dumps(asked).encode() + b"\n"


def read_question(line: bytes) -> Question:
    """Read a question.

    Raises
    ------
    LiveError
        If it is something else, such as a browser's request.
    """
    asked = _known(line)
    run, frames = asked.get("run"), asked.get("frames")
    if not isinstance(run, str) or type(frames) is not int or frames < 0:
        raise LiveError("A watcher asks for something that is not understood.")
    return Question(run, frames)


def pack_answer(answer: Answer) -> bytes:
    """Write an answer: a line, and its content."""
    told = {
        "protocol": _PROTOCOL, "kind": answer.kind, "run": answer.run,
        "reached_ms": answer.reached_ms, "end_ms": answer.end_ms, "path": answer.path,
        "error": answer.error[: LONGEST_LINE // 4], "bytes": len(answer.content),
    }  # fmt: skip
    return json.dumps(told).encode() + b"\n" + answer.content


def read_answer(line: bytes) -> tuple[Answer, int]:
    """Read an answer's line.

    Returns
    -------
    answer : Answer
        Without its content.
    size : int
        How many bytes follow.

    Raises
    ------
    LiveError
        If another program has answered, or another version of this one.
    """
    told = _known(line)
    kind, size = told.get("kind"), told.get("bytes")
    numbers: list[Any] = [told.get(name) for name in ("reached_ms", "end_ms")]
    words: list[Any] = [told.get(name) for name in ("run", "path", "error")]
    if (
        kind not in _KINDS
        or type(size) is not int
        or not 0 <= size <= MOST_BYTES
        or not all(type(one) in (int, float) and math.isfinite(one) for one in numbers)
        or not all(isinstance(one, str) for one in words)
    ):
        raise LiveError("The simulation gives an answer that is not understood.")
    run, path, error = words
    reached_ms, end_ms = (float(one) for one in numbers)
    return Answer(str(kind), run, reached_ms, end_ms, path, error), size


def pack_frames(time_ms: NDArray[np.float64], values: NDArray[np.float32]) -> bytes:
    """Write frames as bytes.

    Parameters
    ----------
    time_ms : ndarray of float64, shape (G,)
    values : ndarray of float32, shape (G, Q * S)
        All quantities of a frame, one after the other.
    """
    return time_ms.astype("<f8").tobytes() + values.astype("<f4").tobytes()


def read_frames(
    content: bytes, quantities: int, segments: int
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Read frames.

    Returns
    -------
    time_ms : ndarray of float64, shape (G,)
    values : ndarray of float32, shape (G, Q, S)

    Raises
    ------
    LiveError
        If the bytes are not a number of whole frames, or their times do not increase.
    """
    row = 8 + 4 * quantities * segments
    count, rest = divmod(len(content), row)
    if rest:
        raise LiveError("The simulation sends frames of another size than it began with.")
    time_ms = np.frombuffer(content, "<f8", count).astype(np.float64)
    if not (np.isfinite(time_ms).all() and (np.diff(time_ms) > 0).all()):
        raise LiveError("The simulation sends frames in no order of time.")
    values = np.frombuffer(content, "<f4", count * quantities * segments, 8 * count)
    return time_ms, values.astype(np.float32).reshape(count, quantities, segments)


def _known(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("protocol"), str):
        raise LiveError("No simulation is watched there: another program answers.")
    if found["protocol"] != _PROTOCOL:
        raise LiveError(
            f"One side says '{found['protocol']:.60}' and the other '{_PROTOCOL}': use the same "
            "version of spike-export and BlenderSpike."
        )
    return found
