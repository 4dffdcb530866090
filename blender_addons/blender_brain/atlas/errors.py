# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors about atlases."""

from __future__ import annotations


class AtlasError(Exception):
    """An atlas, or a file of it, that cannot be used.

    ``str()`` of the error is one sentence to show to the user; it names the file and the place.
    """
