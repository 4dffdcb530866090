# SPDX-License-Identifier: BSD-3-Clause
"""What differs between the versions of NEURON that the tests run with."""

from __future__ import annotations

import importlib.metadata
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

NEURON_8 = False
with suppress(importlib.metadata.PackageNotFoundError):
    NEURON_8 = importlib.metadata.version("neuron").startswith("8.")

threads_are_seen = pytest.mark.skipif(
    NEURON_8, reason="NEURON 8 does not say which cells a thread has"
)


@contextmanager
def ends_the_run(reason: str, capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Expect that NEURON ends with what a callback raised, which NEURON 8 only prints."""
    with pytest.raises(RuntimeError) as caught:
        yield
    sys.stderr.flush()
    printed = capsys.readouterr().err if NEURON_8 else ""
    assert re.search(reason, f"{caught.value}\n{printed}")
