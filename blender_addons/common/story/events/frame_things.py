# SPDX-License-Identifier: GPL-3.0-or-later
"""A cut: the camera frames something else from here on, or glides there."""

from __future__ import annotations

from .. import fields
from ..event import Event, needed
from ..looking import VIEW_FIELDS, look

EVENT = Event(
    name="frame",
    description="frame one or several things, so that they fill the picture",
    main=needed('things, their parts as "mouse/CA3", or "all"', fields.texts),
    fields=VIEW_FIELDS,
    apply=look,
)
