# SPDX-License-Identifier: BSD-3-Clause
"""Telling NEURON's output to stderr from the model's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TextIO


class NeuronsWords:
    """A stream that passes everything on, but recognizes NEURON's output and can drop it.

    NEURON prints through a function of its Python module, so the caller shows who prints.

    Parameters
    ----------
    stream : text stream
    left_out : bool
        Drop NEURON's output.
    """

    def __init__(self, stream: TextIO, *, left_out: bool = False) -> None:
        self._stream = stream
        self._left_out = left_out
        self.heard = False

    def write(self, text: str) -> int:
        """Print text, unless it is NEURON's and dropped."""
        if sys._getframe(1).f_globals.get("__name__") == "neuron":
            self.heard = True
            if self._left_out:
                return len(text)
        return self._stream.write(text)

    def writelines(self, lines: list[str]) -> None:
        """Print lines, which NEURON never does this way."""
        self._stream.writelines(lines)

    def __getattr__(self, name: str) -> Any:
        """Pass anything else on to the stream."""
        return getattr(self._stream, name)


@contextmanager
def unsaid(*kinds: type[BaseException]) -> Iterator[None]:
    """Keep Python from reporting unhandled exceptions of some kinds.

    If one is raised in a callback, NEURON lets Python print and discard it.
    """
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, kinds):
            before(kind, error, trace)

    sys.excepthook = hook
    try:
        yield
    finally:
        # A model's own hook stays in effect.
        sys.excepthook = before
