# SPDX-License-Identifier: BSD-3-Clause
"""A running simulation, watched by other programs on this computer.

Everything happens in the recorder's own callbacks, between two steps of the model: no thread looks
at frames while they are written, and a watcher that is slow, or stops, holds up nothing.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import time
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..live.messages import (
    HOST,
    LONGEST_LINE,
    PART_BYTES,
    PORT,
    Answer,
    LiveError,
    Question,
    pack_answer,
    pack_frames,
    read_question,
)
from .recording_error import RecordingError

_PAUSE_S: Final = 0.03
_MOST_WATCHERS: Final = 8
# Once the run has ended, for a watcher that is drawing.
_PATIENCE_S: Final = 5.0

Frames = Callable[[int, int], tuple[NDArray[np.float64], NDArray[np.float32]]]


class _Connection:
    """A watcher: what it has asked, and what it has not been sent yet."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self.socket = connected
        self.to_send = memoryview(b"")
        self.is_told = False
        self._received = b""

    def ask(self) -> Question | None:
        """Receive a question; None if it is not complete.

        Raises
        ------
        BlockingIOError
            If nothing has come.
        OSError
            If the watcher has gone.
        LiveError
            If it is none.
        """
        part = self.socket.recv(LONGEST_LINE)
        if not part:
            raise ConnectionResetError
        line, end, self._received = (self._received + part).partition(b"\n")
        if end:
            return read_question(line)
        self._received = line
        if len(line) > LONGEST_LINE:
            raise LiveError("A watcher's question does not end.")
        return None


class Broadcast:
    """Answers to all who watch a simulation.

    Parameters
    ----------
    port : int
        Where it can be watched; 0 for any that is free.

    Raises
    ------
    RecordingError
        If the port is taken.
    """

    def __init__(self, port: int = PORT) -> None:
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if os.name == "posix":
                # Otherwise a port stays taken for a minute after a run.
                self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listener.bind((HOST, port))
            self._listener.listen(_MOST_WATCHERS)
        except OSError as error:
            self._listener.close()
            raise RecordingError(
                f"Port {port} is taken ({error.strerror or error}); another simulation may be "
                f"watched there. Choose another: --port {port + 1}."
            ) from None
        self._listener.setblocking(False)
        self.name: str = secrets.token_hex(8)
        """Different for each simulation: the runs of one begin with it."""
        self.port: int = self._listener.getsockname()[1]
        self._watchers: list[_Connection] = []
        self._looked = 0.0
        self._run = ""
        self._start = b""
        self._frames: Frames | None = None
        self._row_bytes = 1
        self._count = 0
        self._reached_ms = self._end_ms = 0.0
        self._ended: Answer | None = None
        self.path = ""
        """The file that the run will be written to, if that is known."""
        self.end_ms: float | None = None
        """Where the run will end, if that is known and not NEURON's ``tstop``."""

    def __enter__(self) -> Broadcast:
        """Return the broadcast itself."""
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        """Tell all who watch that nothing more comes, unless that was told."""
        if self._ended is None:
            self.end("", "It ended without a file.")
        self.close()

    def begin(self, run: str, start: Callable[[], bytes], frames: Frames, row_bytes: int) -> None:
        """Tell of a run, unless it is the one that is told of already.

        Parameters
        ----------
        run : str
            Its name; another one if what was told no longer holds.
        start : callable
            Gives the simulation file of its shape and first frame.
        frames : callable
            Gives the times and values of the frames from one up to another, which will not change
            any more.
        row_bytes : int
            How many bytes a frame takes when it is sent.
        """
        self._frames, self._row_bytes = frames, row_bytes
        if run != self._run:
            self._run, self._start = run, start()

    def serve(
        self, count: int, reached_ms: float, end_ms: float | None, *, at_once: bool = False
    ) -> None:
        """Answer what has been asked, if that is a while ago.

        Parameters
        ----------
        count : int
            How many frames will not change any more.
        reached_ms, end_ms : float
            How far the run is.
        at_once : bool
            Even if it is not.
        """
        now = time.monotonic()
        if now - self._looked < _PAUSE_S and not at_once:
            return
        self._looked, self._count = now, count
        self._reached_ms, self._end_ms = reached_ms, end_ms or 0.0
        with contextlib.suppress(OSError):
            while len(self._watchers) < _MOST_WATCHERS:
                self._watchers.append(_Connection(self._listener.accept()[0]))
        for watcher in list(self._watchers):
            try:
                self._talk(watcher)
            except (OSError, LiveError):
                # It has gone, or is none.
                watcher.socket.close()
                self._watchers.remove(watcher)

    @property
    def is_due(self) -> bool:
        """Whether anybody may have asked since the last look."""
        return time.monotonic() - self._looked >= _PAUSE_S

    def end(self, path: str, error: str = "") -> None:
        """Tell all who watch that the run has ended, and close.

        Parameters
        ----------
        path : str
            The file that it was written to; empty if none was.
        error : str
            Why not, in a sentence.
        """
        self._ended = Answer("ended", self._run, self._reached_ms, self._end_ms, path, error)
        until = time.monotonic() + _PATIENCE_S
        while True:
            self.serve(self._count, self._reached_ms, self._end_ms, at_once=True)
            if all(one.is_told for one in self._watchers) or time.monotonic() > until:
                break
            time.sleep(_PAUSE_S)
        self.close()

    def close(self) -> None:
        """Stop answering."""
        for watcher in self._watchers:
            watcher.socket.close()
        self._watchers.clear()
        self._listener.close()

    def _talk(self, watcher: _Connection) -> None:
        """Send what is under way, or else answer one question."""
        with contextlib.suppress(BlockingIOError):
            if not watcher.to_send:
                question = watcher.ask()
                if question is None:
                    return
                answer = self._answer(question)
                watcher.is_told = answer.kind == "ended"
                watcher.to_send = memoryview(pack_answer(answer))
            while watcher.to_send:
                sent = watcher.socket.send(watcher.to_send)
                watcher.to_send = watcher.to_send[sent:]

    def _answer(self, question: Question) -> Answer:
        has_all = question.run != self._run or question.frames >= self._count
        if self._ended is not None and (has_all or self._ended.path):
            return self._ended
        known = (self._run, self._reached_ms, self._end_ms, self.path)
        if self._frames is None:
            return Answer("wait", *known)
        if question.run != self._run:
            return Answer("start", *known, content=self._start)
        if question.frames >= self._count:
            return Answer("wait", *known)
        end = min(self._count, question.frames + max(1, PART_BYTES // self._row_bytes))
        content = pack_frames(*self._frames(question.frames, end))
        return Answer("frames", *known, content=content)
