# SPDX-License-Identifier: GPL-3.0-or-later
"""BlenderBrain: regions of brain atlases, each in its anatomical place."""

from __future__ import annotations
