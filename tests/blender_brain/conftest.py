# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo atlas, whose shapes take seconds to compute, is computed once."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from blender_brain.demo_atlas import atlas_writer


@pytest.fixture(scope="session", autouse=True)
def _shapes_are_computed_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atlas_writer, "mesh_um", functools.cache(atlas_writer.mesh_um))
        yield
