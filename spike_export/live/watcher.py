# SPDX-License-Identifier: BSD-3-Clause
"""The side that watches: asks for what it does not have yet, and never waits."""

from __future__ import annotations

import contextlib
import errno
import socket
import time
from dataclasses import replace
from typing import Final

from .messages import (
    HOST,
    LONGEST_LINE,
    PORT,
    Answer,
    LiveError,
    Question,
    pack_question,
    read_answer,
)

_CHUNK: Final = 1 << 20


def free_port() -> int:
    """Find a port where nothing is watched."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        tried.bind((HOST, 0))
        return int(tried.getsockname()[1])


class Watcher:
    """A connection to a running simulation.

    Parameters
    ----------
    port : int
        Where it can be watched.

    Raises
    ------
    LiveError
        If nothing listens there.
    """

    def __init__(self, port: int = PORT) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._received = bytearray()
        self._answer: tuple[Answer, int] | None = None
        self._to_send = b""
        self._asked = False
        try:
            # On the same computer this is there at once, or refused.
            self._socket = socket.create_connection((HOST, port), timeout=1.0)
            self._socket.setblocking(False)
        except OSError as error:
            self.close()
            raise LiveError(
                f"No simulation can be watched at port {port}: start one with spike-export run "
                f"MODEL --live ({error.strerror or error})."
            ) from None

    @property
    def is_open(self) -> bool:
        """Whether the simulation's program is still there."""
        return self._socket is not None

    def look(self, question: Question, seconds: float = 0.02) -> Answer | None:
        """Ask, if nothing was asked that is not answered yet; and take what has come.

        Parameters
        ----------
        question : Question
            What is known by now.
        seconds : float
            Return after this time, even if more could be received.

        Returns
        -------
        Answer or None
            None as long as it is not complete.

        Raises
        ------
        LiveError
            If what is received is not understood; the connection is closed then. Or if it has been
            closed at the other side: the simulation has ended, or was stopped.
        """
        if self._socket is None:
            raise LiveError(f"The simulation at port {self._port} is gone.")
        if not self._asked:
            self._asked, self._to_send = True, pack_question(question)
        try:
            self._send()
            return self._receive(time.monotonic() + seconds)
        except LiveError:
            self.close()
            raise
        except OSError as error:
            self.close()
            raise LiveError(
                f"The simulation at port {self._port} is gone ({error.strerror or error})."
            ) from None

    def close(self) -> None:
        """Stop watching; the simulation goes on."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
        self._socket = None

    def _send(self) -> None:
        assert self._socket is not None
        while self._to_send:
            try:
                self._to_send = self._to_send[self._socket.send(self._to_send) :]
            except BlockingIOError:
                return

    def _receive(self, until: float) -> Answer | None:
        assert self._socket is not None
        while (answer := self._complete()) is None:
            try:
                part = self._socket.recv(_CHUNK)
            except BlockingIOError:
                return None
            if not part:
                raise OSError(errno.ECONNRESET, "it has closed the connection")
            self._received += part
            if time.monotonic() > until:
                return self._complete()
        return answer

    def _complete(self) -> Answer | None:
        if self._answer is None:
            line, end, rest = self._received.partition(b"\n")
            if len(line) > LONGEST_LINE:
                raise LiveError("No simulation is watched there: another program answers.")
            if not end:
                return None
            self._answer, self._received = read_answer(bytes(line)), rest
        answer, size = self._answer
        if len(self._received) < size:
            return None
        if len(self._received) > size:
            raise LiveError("The simulation says more than was asked.")
        content = bytes(self._received)
        self._answer, self._received, self._asked = None, bytearray(), False
        return replace(answer, content=content)
