# SPDX-License-Identifier: GPL-3.0-or-later
"""A flight of the camera to something."""

from __future__ import annotations

from .. import fields
from ..event import Event, needed
from ..looking import VIEW_FIELDS, look

EVENT = Event(
    name="fly_to",
    description="fly until one or several things fill the picture",
    main=needed('things, their parts as "cell/soma", or "all"', fields.texts),
    fields=VIEW_FIELDS,
    apply=look,
    lasts=2.0,
)
