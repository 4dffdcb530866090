# SPDX-License-Identifier: BSD-3-Clause
"""Telling what NEURON prints to stderr from what a model prints there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TextIO


class NeuronsWords:
    """A stream that is what it was, but knows what NEURON prints, and can leave it out.

    NEURON prints through a function of its Python module, so the caller tells.

    Parameters
    ----------
    stream : text stream
    left_out : bool
        Do not print what NEURON does.
    """

    def __init__(self, stream: TextIO, *, left_out: bool = False) -> None:
        self._stream = stream
        self._left_out = left_out
        self.heard = False

    def write(self, text: str) -> int:
        """Print text, unless it is NEURON's and left out."""
        if sys._getframe(1).f_globals.get("__name__") == "neuron":
            self.heard = True
            if self._left_out:
                return len(text)
        return self._stream.write(text)

    def writelines(self, lines: list[str]) -> None:
        """Print lines, which NEURON never does this way."""
        self._stream.writelines(lines)

    def __getattr__(self, name: str) -> Any:
        """Do anything else as the stream does."""
        return getattr(self._stream, name)


@contextmanager
def unsaid(*kinds: type[BaseException]) -> Iterator[None]:
    """Have Python say nothing of exceptions that nobody takes, if they are of some kinds.

    Where one is raised in what NEURON calls, NEURON has Python print and forget it.
    """
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, kinds):
            before(kind, error, trace)

    sys.excepthook = hook
    try:
        yield
    finally:
        # A model's own hook is for its own time, too.
        sys.excepthook = before
