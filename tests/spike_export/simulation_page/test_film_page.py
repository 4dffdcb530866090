# SPDX-License-Identifier: BSD-3-Clause
"""The page as a file: what is in it, what is said about it, and what it refuses."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import html
import json
import re
from pathlib import Path

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import Cell, read
from spike_export.simulation_page.film_page import Showing, film_page
from spike_export.web.page_colormaps import known_colors
from spike_export.web.web_error import WebFilmError

DEMOS = Path(__file__).resolve().parents[3] / "blender_addons" / "blender_spike" / "demos"
SHOWING = Showing("plasma", known_colors("plasma"))
SIM = simulation(branched())
HOSTILE = "</script><script>alert(1)</script>\"'><!--DATA--><b>\u202eabc\u0007"


def about(page) -> dict:
    (text,) = re.findall(r'data-data="about">([^<]*)<', page.content.decode())
    return json.loads(gzip.decompress(base64.b64decode(text)))


def test_the_demos_are_small():
    for name in ("neuron", "network"):
        page = film_page(read(DEMOS / f"demo_{name}.pickle"), SHOWING)
        assert len(page.content) < 1_000_000, name
        assert page.notes == []
    assert re.fullmatch(r"240 segments in 241 frames, 0\.6\d MB\.", page.told)


def test_the_same_film_is_the_same_file():
    assert film_page(SIM, SHOWING).content == film_page(SIM, SHOWING).content


def test_it_names_no_address_to_load_from():
    text = film_page(SIM, SHOWING).content.decode()
    assert "default-src 'none'" in text
    assert not re.findall(r"(?:src|href)\s*=", text)
    # Its license is to be read.
    assert "three.js authors" in text


def test_hostile_names_mean_nothing_to_html():
    names = (HOSTILE, HOSTILE * 3, "", "\ud800x")
    hostile = dataclasses.replace(SIM, cells=(Cell(HOSTILE),), section_names=names, unit=HOSTILE)
    page = film_page(hostile, dataclasses.replace(SHOWING, title=HOSTILE))
    text = page.content.decode()
    assert "alert(" not in re.sub(r"<title>.*?</title>", "", text, flags=re.DOTALL)
    (title,) = re.findall(r"<title>(.*?)</title>", text, flags=re.DOTALL)
    assert "<" not in title
    found = about(page)
    assert html.unescape(title) == found["title"]
    assert "\u202e" not in found["sections"][0] and "\u0007" not in found["sections"][0]
    assert all(len(name) <= 200 for name in found["sections"])
    assert text.count("</script>") == film_page(SIM, SHOWING).content.decode().count("</script>")


def test_what_is_said():
    values = SIM.values.copy()
    values[0, 0], values[1, 1] = np.nan, 1e9
    odd = dataclasses.replace(SIM, values=values)
    notes = film_page(odd, dataclasses.replace(SHOWING, v_min=-80, v_max=40)).notes
    assert "far beyond the color scale" in notes[0]
    assert notes[1] == "1 value is not a finite number; it is gray."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"v_min": 50.0}, r"from 50 to 3\d.*; its lower limit must be below"),
        ({"v_min": 1.0, "v_max": 1.0}, "its lower limit must be below"),
        ({"v_max": float("inf")}, "must be finite"),
        ({"cells": "nobody"}, "The choice of cells fails: "),
        ({"traces": ("nowhere",)}, "There is no section 'nowhere'"),
        ({"size_limit_mb": 0.1}, r"would have 0\.\d+ MB, .* the limit is 0\.1 MB\. --cells"),
    ],
)
def test_refused(change, sentence):
    with pytest.raises(WebFilmError, match=sentence):
        film_page(SIM, dataclasses.replace(SHOWING, **change))


def test_a_large_film_says_what_would_make_it_smaller():
    long = simulation(branched(), 60_000)
    limit = len(film_page(SIM, SHOWING).content) / 1e6 + 0.5
    with pytest.raises(WebFilmError) as refused:
        film_page(long, dataclasses.replace(SHOWING, size_limit_mb=limit))
    every = float(re.search(r"--every ([\d.]+) takes fewer frames", str(refused.value))[1])
    thinned = dataclasses.replace(
        long, time_ms=long.time_ms[:: round(every / 0.1)], values=long.values[:: round(every / 0.1)]
    )
    made = film_page(thinned, dataclasses.replace(SHOWING, size_limit_mb=limit * 1.05))
    assert len(made.content) > 0.8e6 * limit


def test_only_chosen_cells_are_in_it():
    network = read(DEMOS / "demo_network.pickle")
    page = film_page(network, dataclasses.replace(SHOWING, cells="0-39", traces=("20",) * 0))
    found = about(page)
    assert len(found["cells"]) == 40 and found["cells"][39] == network.cells[39].name
    with pytest.raises(WebFilmError, match="no section"):
        film_page(network, dataclasses.replace(SHOWING, cells="0", traces=(network.cells[1].name,)))
