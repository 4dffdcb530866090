# SPDX-License-Identifier: BSD-3-Clause
"""What a notebook shows of a simulation."""

from __future__ import annotations

import dataclasses
import html
from pathlib import Path

import numpy as np
import pytest
from helpers.browser import Browser, find_browser

import spike_export
from spike_export import notebook_view as module

DEMO = (
    Path(__file__).resolve().parents[2]
    / "blender_addons" / "blender_spike" / "demos" / "demo_neuron.pickle"
)  # fmt: skip


@pytest.mark.slow
def test_the_film_is_drawn_in_a_frame_that_has_access_to_nothing(tmp_path):
    program = find_browser()
    if program is None:
        pytest.skip("there is no Chromium")
    pytest.importorskip("PIL")
    shown = spike_export.read(DEMO)._repr_html_()
    assert 'sandbox="allow-scripts"' in shown and "allow-same-origin" not in shown
    page = tmp_path / "notebook.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><body style='margin: 0'>{shown}")
    with Browser(program, tmp_path / "profile", draws=True) as browser:
        browser.look(900, still=True)
        browser.open(page.as_uri())
        for _ in range(200):
            picture = browser.picture()[60:400, 200:520].astype(int)
            # The blue of rest in plasma, which nothing else on the page has.
            if ((picture[..., 2] > 100) & (picture[..., 1] < 30)).sum() > 20:
                break
        else:
            pytest.fail("the neuron is not seen")
        assert not browser.complaints


def test_a_simulation_that_is_too_large_is_summed_up(monkeypatch):
    demo = spike_export.read(DEMO)
    monkeypatch.setattr(module, "MOST_VALUES", demo.values.size - 1)
    shown = demo._repr_html_()
    assert "<iframe" not in shown and "26,741 values are too many for a film" in shown
    assert "79 (1 soma" in shown
    monkeypatch.setattr(module, "MOST_VALUES", demo.values.size)
    monkeypatch.setattr(module, "SIZE_LIMIT_MB", 0.1)
    assert "the limit is 0.1 MB" in demo._repr_html_()


def test_what_cannot_be_shown_is_summed_up_harmlessly():
    demo = spike_export.read(DEMO)
    odd = dataclasses.replace(
        demo, source="<script>x</script>", values=np.full_like(demo.values, np.nan)
    )
    shown = odd._repr_html_()
    assert "None of the values is a finite number." in shown
    assert "<script>" not in shown and html.escape("<script>x") in shown
