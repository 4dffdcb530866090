# SPDX-License-Identifier: BSD-3-Clause
"""A terminal's last line, which shows a model's progress while the model prints above it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from .report import Report

_REDRAWS_PER_SECOND = 5
# The model's time and when it will end, if known.
Reached = tuple[float | None, float | None]


@contextmanager
def shown_progress(reached: Callable[[], Reached]) -> Iterator[None]:
    """Show the model's progress in a terminal's last line, below whatever the model prints."""
    if not sys.stderr.isatty():
        with _reported(Report(), reached):
            yield
        return
    line = _LastLine(sys.stderr, reached)
    kept = sys.stdout, sys.stderr
    sys.stdout = _Above(kept[0], line) if kept[0].isatty() else kept[0]
    sys.stderr = _Above(kept[1], line)
    try:
        line.start()
        yield
    finally:
        line.stop()
        sys.stdout, sys.stderr = kept


@contextmanager
def _reported(report: Report, reached: Callable[[], Reached]) -> Iterator[None]:
    """Report the model's progress to the program that started this one, if that wants to know."""
    if not report:
        yield
        return
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(1 / _REDRAWS_PER_SECOND):
            time_ms, end_ms = reached()
            if time_ms is not None:
                known = end_ms is not None and 0 < time_ms <= end_ms
                # Without an end, how far it is can be said, but no share of it.
                report.tell(time_ms, end_ms if known and end_ms is not None else 0.0)

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield
    finally:
        ended.set()
        watch.join()


class _LastLine(threading.Thread):
    """A progress bar that is drawn now and then, and erased before anything is printed."""

    def __init__(self, screen: TextIO, reached: Callable[[], Reached]) -> None:
        super().__init__(daemon=True)
        self._screen = screen
        self._reached = reached
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._drawn = False
        self._line_begun = False
        self._console = Console(file=screen, highlight=False)
        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[time]}"),
            TimeElapsedColumn(), console=self._console, auto_refresh=False,
        )  # fmt: skip
        self._task = self._bars.add_task("Building the model", total=None, time="")

    def run(self) -> None:
        while not self._ended.wait(1 / _REDRAWS_PER_SECOND):
            self._draw()

    def stop(self) -> None:
        self._ended.set()
        with self._lock:
            self._wipe()
            self._screen.flush()

    def write(self, stream: TextIO, text: str) -> int:
        with self._lock:
            self._wipe()
            if text:
                self._line_begun = not text.endswith("\n")
            return stream.write(text)

    def _draw(self) -> None:
        time_ms, end_ms = self._reached()
        if time_ms is not None:
            known = end_ms is not None and 0 < time_ms <= end_ms
            self._bars.update(
                self._task,
                description="Running",
                total=end_ms if known else None,
                completed=time_ms,
                time=f"{time_ms:.2f} / {end_ms:g} ms" if known else f"{time_ms:.2f} ms",
            )
        with self._console.capture() as capture:
            self._console.print(self._bars.get_renderable())
        with self._lock:
            # Never in the middle of a line that the model has started.
            if not self._line_begun and not self._ended.is_set():
                self._screen.write(f"\r\x1b[K{capture.get().rstrip()}")
                self._screen.flush()
                self._drawn = True

    def _wipe(self) -> None:
        if self._drawn:
            self._screen.write("\r\x1b[K")
            self._screen.flush()
            self._drawn = False


class _Above:
    """A terminal's stream that prints above the last line and is otherwise unchanged."""

    def __init__(self, stream: TextIO, line: _LastLine) -> None:
        self._stream = stream
        self._line = line

    def write(self, text: str) -> int:
        return self._line.write(self._stream, text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
