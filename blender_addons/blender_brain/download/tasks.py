# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads that go on by themselves, each in a process of its own, and end with Blender.

A process instead of a thread: it can be stopped at any moment, whatever the server does, and
Blender never waits for it. What has arrived is kept, so stopping it loses nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

WORKER: Final = Path(__file__).with_name("worker.py")
CANCELLED: Final = "The download was cancelled; press Download again to resume it."
_REPORTED: Final = ("files", "files_done", "bytes_done", "result", "error")
_SECONDS: Final = 0.05
_LAST_SECONDS: Final = 5.0


class Task:
    """A running download.

    Attributes
    ----------
    files, files_done, bytes_done : int
        How far it is; known as of the last look at `running`.
    result : object
        What it returned, once it has ended well.
    error : str
        What went wrong, if anything did.
    """

    def __init__(self, request: dict[str, Any], folder: str | None = None) -> None:
        """Start it.

        Parameters
        ----------
        request : dict
            ``task`` is ``"list"``, ``"atlas"`` or ``"meshes"``; the rest are arguments of the
            function of `brainglobe`.
        folder : str, optional
            For a temporary file.
        """
        self.files = self.files_done = self.bytes_done = 0
        self.result: Any = None
        self.error = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._read = 0
        report, self._report = tempfile.mkstemp(prefix="download-", dir=folder or None)
        os.close(report)
        # Alone with what it is given: neither the user's settings of Python nor the folder.
        command = [sys.executable, "-I", str(WORKER), self._report]
        request = {**request, "path": [place for place in sys.path if place]}
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                # Otherwise Windows opens one.
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
            assert self._process.stdin is not None
            with self._process.stdin as stdin:
                stdin.write(json.dumps(request).encode())
        except OSError as problem:
            self._end(f"Python cannot be started: {problem.strerror or problem}.")

    @property
    def running(self) -> bool:
        """Whether it is still running; this also reads its progress."""
        if self._process is None:
            return False
        ended = self._process.poll() is not None
        self._look()
        if ended:
            code = self._process.returncode
            unexpected = f"The download stopped unexpectedly, with exit code {code}."
            self._end(self.error or ("" if self.result is not None else unexpected))
        return not ended

    @property
    def fraction(self) -> float:
        """From 0 to 1."""
        return self.files_done / self.files if self.files else 0.0

    def wait(
        self, seconds: float = float("inf"), meanwhile: Callable[[], None] | None = None
    ) -> None:
        """Wait until it has ended, or for some time."""
        end = time.monotonic() + seconds
        while self.running and time.monotonic() < end:
            if meanwhile is not None:
                meanwhile()
            time.sleep(_SECONDS)

    def cancel(self) -> None:
        """Stop it; what has arrived is kept."""
        if self.running and self._process is not None:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_LAST_SECONDS)
            self._look()
            self._end("" if self.result is not None else CANCELLED)

    def _look(self) -> None:
        """Read what it has reported since."""
        with contextlib.suppress(OSError), open(self._report, "rb") as report:
            report.seek(self._read)
            *lines, _ = report.read().split(b"\n")
            for line in lines:
                self._read += len(line) + 1
                for name, value in json.loads(line).items():
                    if name in _REPORTED:
                        setattr(self, name, value)

    def _end(self, error: str) -> None:
        self.error = error
        self._process = None
        with contextlib.suppress(OSError):
            os.remove(self._report)
