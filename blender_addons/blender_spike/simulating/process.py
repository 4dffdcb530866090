# SPDX-License-Identifier: GPL-3.0-or-later
"""spike-export in a process of its own: Blender never waits for it, and can stop it any time."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from .programs import HOW_TO_INSTALL

PROGRESS: Final = "SPIKE_EXPORT_PROGRESS"
"""The variable that names the file where spike-export reports how far it is."""
CANCELLED: Final = "The simulation was cancelled."
_SECONDS: Final = 0.05
_LAST_SECONDS: Final = 5.0
_MOST_BYTES: Final = 1 << 20
_MOST_TEXT: Final = 600
_ERROR: Final = re.compile(r"^Error: ", re.MULTILINE)
# Colors and the like.
_CODES: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Simulation:
    """A running simulation.

    Attributes
    ----------
    output : Path
        The file that it writes.
    reached_ms, total_ms : float
        How far it is, as of the last look at `running`; both 0 as long as that is not known.
    error : str
        What went wrong, if anything did, as a sentence or several lines.
    """

    def __init__(
        self,
        command: Sequence[str],
        output: Path,
        working_folder: Path,
        environment: Mapping[str, str],
        folder: str | None = None,
    ) -> None:
        """Start it.

        Parameters
        ----------
        command : sequence of str
            The program and its arguments.
        output : Path
            The file that it writes.
        working_folder : Path
            Where it runs: models read files beside them.
        environment : mapping
            The environment's variables.
        folder : str, optional
            For temporary files.
        """
        self.output = output
        self.reached_ms = self.total_ms = 0.0
        self.error = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._read = 0
        said, self._said = tempfile.mkstemp(prefix="simulation-", dir=folder or None)
        report, self._report = tempfile.mkstemp(prefix="progress-", dir=folder or None)
        os.close(report)
        # No windows of NEURON's own, and its words in an encoding that is known.
        variables = {
            **environment, PROGRESS: self._report, "NEURON_MODULE_OPTIONS": "-nogui",
            "PYTHONIOENCODING": "utf-8:replace", "NO_COLOR": "1", "COLUMNS": "400",
        }  # fmt: skip
        # Blender's own Python is none of that program's business.
        variables.pop("PYTHONHOME", None)
        try:
            self._process = subprocess.Popen(
                command, cwd=working_folder, env=variables, stdin=subprocess.DEVNULL,
                stdout=said, stderr=subprocess.STDOUT,
                # So that it can be stopped with all that it starts.
                start_new_session=sys.platform != "win32",
                # Otherwise Windows opens one.
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
        except OSError as problem:
            self._end(f"{command[0]} cannot be started: {problem.strerror or problem}.")
        finally:
            os.close(said)

    @property
    def running(self) -> bool:
        """Whether it is still running; this also reads its progress."""
        if self._process is None:
            return False
        ended = self._process.poll() is not None
        self._look()
        if ended:
            self._end(self._outcome(self._process.returncode))
        return not ended

    @property
    def fraction(self) -> float:
        """From 0 to 1."""
        return min(self.reached_ms / self.total_ms, 1.0) if self.total_ms > 0 else 0.0

    def wait(self, seconds: float = float("inf")) -> None:
        """Wait until it has ended, or for some time."""
        end = time.monotonic() + seconds
        while self.running and time.monotonic() < end:
            time.sleep(_SECONDS)

    def cancel(self) -> None:
        """Stop it, with all processes that it started."""
        if not self.running or self._process is None:
            return
        if sys.platform == "win32":
            command = ["taskkill", "/F", "/T", "/PID", str(self._process.pid)]
            with contextlib.suppress(OSError):
                subprocess.run(
                    command, capture_output=True, creationflags=subprocess.CREATE_NO_WINDOW
                )
            self._process.kill()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_LAST_SECONDS)
        self._end(CANCELLED)

    def _look(self) -> None:
        """Read what it has reported since; a line that is not understood says nothing."""
        with contextlib.suppress(OSError), open(self._report, "rb") as report:
            report.seek(self._read)
            *lines, _ = report.read(_MOST_BYTES).split(b"\n")
            for line in lines:
                self._read += len(line) + 1
                with contextlib.suppress(ValueError, TypeError, KeyError):
                    known = json.loads(line)
                    reached, total = float(known["reached_ms"]), float(known["total_ms"])
                    self.reached_ms, self.total_ms = reached, total

    def _outcome(self, code: int) -> str:
        """Say what went wrong, from how it ended and what it printed."""
        if code == 0:
            if self.output.is_file():
                return ""
            return f"spike-export ended without an error, but {self.output} was not found."
        text = self._text()
        if "No module named spike_export" in text:
            return f"This Python has no spike-export; {HOW_TO_INSTALL}."
        if "NEURON is not installed" in text:
            return (
                "spike-export is there, but not NEURON: install it with pip install "
                "'spike-export[neuron]' on Linux and macOS, or NEURON's own installer on Windows."
            )
        *_, error = _ERROR.split(text)
        # Without one of spike-export's own, it is the traceback's last line.
        told = error.strip() if _ERROR.search(text) else text.strip().rpartition("\n")[2]
        return told[:_MOST_TEXT] or f"The simulation stopped unexpectedly, with exit code {code}."

    def _text(self) -> str:
        """Read the end of what it has printed."""
        try:
            with open(self._said, "rb") as said:
                said.seek(0, os.SEEK_END)
                said.seek(max(0, said.tell() - _MOST_BYTES))
                return _CODES.sub("", said.read().decode("utf-8", "replace"))
        except OSError:
            return ""

    def _end(self, error: str) -> None:
        self.error = error
        self._process = None
        for path in (self._said, self._report):
            with contextlib.suppress(OSError):
                os.remove(path)
