# SPDX-License-Identifier: BSD-3-Clause
"""Learning of it when a model ends the whole process."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import os
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def survives_quit(at_quit: Callable[[], None]) -> Iterator[None]:
    """Call a function if the process ends within the ``with`` block.

    hoc's ``quit()`` calls the C library's ``exit``, past Python, which would otherwise never learn
    of it: so the C library is asked to let Python end in an orderly way, which calls `atexit`'s.
    """
    if os.name == "posix":
        _python_ends_with_the_process()
    here = os.getpid()

    def at_our_quit() -> None:
        # A process that the model has forked has nothing to write.
        if os.getpid() == here:
            at_quit()

    atexit.register(at_our_quit)
    try:
        yield
    finally:
        atexit.unregister(at_our_quit)


@functools.cache
def _python_ends_with_the_process() -> None:
    # Python that has ended already does nothing when it is asked to end.
    end = ctypes.cast(ctypes.pythonapi.Py_FinalizeEx, ctypes.c_void_p)
    ctypes.CDLL(None).__cxa_atexit(end, None, None)
