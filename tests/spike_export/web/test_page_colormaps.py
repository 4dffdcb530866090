# SPDX-License-Identifier: BSD-3-Clause
"""The table against the libraries that it comes from."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export.web.page_colormaps import known_colors, page_colormaps


@pytest.mark.parametrize("name", [*page_colormaps(), "viridis_r"])
def test_colors_are_the_libraries_own(name):
    matplotlib = pytest.importorskip("matplotlib")
    for library in ("seaborn", "cmasher"):
        pytest.importorskip(library)
    expected = matplotlib.colormaps[name](np.arange(256))[:, :3] * 255
    assert np.abs(known_colors(name) - expected).max() <= 0.5 + 1e-9


def test_an_unknown_one():
    assert known_colors("nowhere") is None and known_colors("plasma_r_r") is None
    assert len(page_colormaps()) >= 15
