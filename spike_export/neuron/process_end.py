# SPDX-License-Identifier: BSD-3-Clause
"""Being notified when a model ends the whole process."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import os
import sys
from collections.abc import Callable, Iterator
from typing import NoReturn


@contextlib.contextmanager
def survives_quit(
    at_quit: Callable[[], None], leave: Callable[[int], NoReturn] = os._exit
) -> Iterator[None]:
    """Call a function if the process ends within the ``with`` block.

    hoc's ``quit()`` calls the C library's ``exit``, bypassing Python: so the C library is asked to
    finalize Python properly, which calls `atexit` handlers. ``os._exit()``, by which some models
    avoid a crash of NEURON's at the end, calls none, so it is replaced; `leave` then ends the
    process.
    """
    if os.name == "posix":
        _python_ends_with_the_process()
    here = os.getpid()

    def at_our_quit() -> None:
        # A process forked by the model has nothing to write.
        if os.getpid() == here:
            at_quit()

    replaced = os._exit

    def leave_after(status: int) -> NoReturn:
        os._exit = replaced
        if os.getpid() != here:
            os._exit(status)
        at_our_quit()
        sys.stdout.flush()
        sys.stderr.flush()
        leave(status)

    atexit.register(at_our_quit)
    os._exit = leave_after
    try:
        yield
    finally:
        os._exit = replaced
        atexit.unregister(at_our_quit)


@functools.cache
def _python_ends_with_the_process() -> None:
    # Finalizing Python again does nothing.
    end = ctypes.cast(ctypes.pythonapi.Py_FinalizeEx, ctypes.c_void_p)
    ctypes.CDLL(None).__cxa_atexit(end, None, None)
