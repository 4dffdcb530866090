# SPDX-License-Identifier: BSD-3-Clause
"""How far a simulation is, for the program that started it.

It names a file in the variable ``SPIKE_EXPORT_PROGRESS``; each line that is appended there is JSON,
``{"reached_ms": 12.5, "total_ms": 50.0}``.
"""

from __future__ import annotations

import json
import os
import time
from typing import Final

VARIABLE: Final = "SPIKE_EXPORT_PROGRESS"
_SECONDS: Final = 0.1


class Report:
    """Appends to the file that was named, if there is one, a few times a second at most."""

    def __init__(self) -> None:
        self._path = os.environ.get(VARIABLE, "")
        self._last = -_SECONDS

    def __bool__(self) -> bool:
        """Tell whether somebody wants to know."""
        return bool(self._path)

    def tell(self, reached_ms: float, total_ms: float) -> None:
        """Say how far it is; the last word is never left out."""
        now = time.monotonic()
        if not self._path or (now - self._last < _SECONDS and reached_ms < total_ms):
            return
        self._last = now
        line = json.dumps({"reached_ms": reached_ms, "total_ms": total_ms})
        try:
            with open(self._path, "a", encoding="ascii") as file:
                file.write(f"{line}\n")
        except OSError:
            # Nobody listens any more; the simulation is worth more than the report.
            self._path = ""
