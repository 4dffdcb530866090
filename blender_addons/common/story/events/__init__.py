# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of events of a story, one module each; a module added here is found by itself."""

from __future__ import annotations

from typing import Final

from ...registry import collect
from ..event import Event

EVENTS: Final[dict[str, Event]] = {
    event.name: event for event in collect(__name__, __path__, "EVENT", "name").values()
}
"""By their names in stories."""
