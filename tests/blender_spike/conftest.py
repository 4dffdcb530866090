# SPDX-License-Identifier: GPL-3.0-or-later
"""Most tests need a cell, and an import takes longest to build the node groups: these are there."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _groups_are_there(request: pytest.FixtureRequest) -> None:
    """Give a Blender with groups to all but tests that are marked as building their own."""
    if "bpy" in request.fixturenames and not request.node.get_closest_marker("builds"):
        request.getfixturevalue("built")
