# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export web``: what it writes, says and refuses."""

from __future__ import annotations

import base64
import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import spike_export
from spike_export.cli import main

DEMOS = Path(__file__).resolve().parents[3] / "blender_addons" / "blender_spike" / "demos"
NEURON, NETWORK = (str(DEMOS / f"demo_{name}.pickle") for name in ("neuron", "network"))


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["web", *map(str, words)])
    return result.exit_code, result.output


def about(path: Path) -> dict:
    (text,) = re.findall(r'data-data="about">([^<]*)<', path.read_text(encoding="utf-8"))
    return json.loads(gzip.decompress(base64.b64decode(text)))


def test_the_options_are_in_the_page(tmp_path):
    path = tmp_path / "a.html"
    code, told = run(
        NEURON, "-o", path, "--v-min", -80, "--v-max", 20, "--trace", "dendrite_1[29](0.9)",
        "--title", "A cell", "--light", "--ms-per-frame", 0.02, "--colormap", "viridis_r",
        "--thickness", 2, "--every", 0.1,
    )  # fmt: skip
    assert code == 0, told
    assert re.search(r"Wrote .*a\.html: 221 segments in 61 frames, 0\.\d+ MB\.", told)
    found = about(path)
    neuron = spike_export.read(NEURON)
    section = neuron.section_names.index("dendrite_1[29]")
    count = neuron.segment_counts[section]
    assert found["traces"] == [neuron.first_segments[section] + int(0.9 * count)]
    assert found["limits"] == [-80, 20] and found["title"] == "A cell" and found["light"]
    assert found["pace"] == pytest.approx(0.48) and found["thickness"] == 2
    assert found["colormaps"]["viridis_r"][:6] == found["colormaps"]["viridis"][-6:]
    code, told = run(NEURON, "-o", path)
    assert code == 1 and "use --force" in told


def test_limits_are_those_that_all_others_take(tmp_path):
    path = tmp_path / "a.html"
    assert run(NETWORK, "-o", path, "--cells", "0-9")[0] == 0
    # Activity spans 0 to 1; a frame of the file is a 24th of a second.
    found = about(path)
    assert found["limits"] == [0, 1] and found["pace"] == pytest.approx(24)
    assert found["title"] == "demo_network" and found["traces"] == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["-o", "a.htm"], "the name must end in .html"),
        (["-o", NEURON], "the name must end in .html"),
        (["--trace", "dend[99]"], "There is no section 'dend[99]'"),
        (["--variable", "cai"], "--variable: There is no quantity 'cai'"),
        (["--size-limit", "0.5"], "the limit is 0.5 MB"),
        (["--v-min", "nan"], "not a finite number"),
    ],
)
def test_refused(words, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, told = run(NEURON, *words)
    assert code and sentence in " ".join(told.split())
    assert not list(tmp_path.iterdir())


def test_an_unknown_colormap_is_refused_with_those_like_it(tmp_path):
    pytest.importorskip("matplotlib")
    code, told = run(NEURON, "-o", tmp_path / "a.html", "--colormap", "plsma")
    assert code == 1
    assert "There is no colormap named 'plsma'; close to it: plasma" in " ".join(told.split())


def test_fewer_frames_may_miss_spikes_and_it_says_so(tmp_path):
    code, told = run(NEURON, "-o", tmp_path / "a.html", "--every", 1.5)
    assert code == 0 and "may miss spikes" in told


def test_its_own_colormaps_need_no_matplotlib(tmp_path):
    script = (
        "import sys; sys.modules['matplotlib'] = None; from spike_export.cli import main; main()"
    )
    for name, code in (("viridis", 0), ("tab10", 1)):
        done = subprocess.run(
            [sys.executable, "-c", script, "web", NEURON, "-o", tmp_path / f"{name}.html",
             "--colormap", name],
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
    assert "without matplotlib there are only plasma" in done.stderr
