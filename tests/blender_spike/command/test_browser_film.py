# SPDX-License-Identifier: GPL-3.0-or-later
"""The same page as `spike-export web` writes, from Blender, where there is no matplotlib."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from spike_export.cli import main

OPTIONS = (
    "--v-min", "-80", "--v-max", "20", "--trace", "dendrite_1[29](0.9)", "--title", "A cell",
    "--light", "--ms-per-frame", "0.02", "--thickness", "2", "--precision", "0.05",
)  # fmt: skip


@pytest.fixture
def command(bpy):
    """The extension's own command."""
    from blender_spike.command import COMMAND

    return COMMAND


@pytest.mark.parametrize("colormap", ["viridis_r", "tab10", "rocket"])
def test_it_writes_what_spike_export_writes(command, tmp_path, capsys, colormap):
    from blender_spike import demos

    ours, theirs = tmp_path / "a.html", tmp_path / "b.html"
    words = [*OPTIONS, "--colormap", colormap]
    assert command.run(["web", str(demos.NEURON), "-o", str(ours), *words]) == 0
    assert "221 segments in 121 frames" in capsys.readouterr().out
    result = CliRunner().invoke(main, ["web", str(demos.NEURON), "-o", str(theirs), *words])
    assert result.exit_code == 0, result.output
    assert ours.read_bytes() == theirs.read_bytes()


def test_names_are_understood_as_everywhere_in_blender(command, tmp_path, bpy):
    before = len(bpy.data.objects)
    path = tmp_path / "a.html"
    assert command.run(["web", "demo_network", "-o", str(path), "--colormap", "EMBER_r"]) == 0
    assert path.stat().st_size < 1e6 and len(bpy.data.objects) == before


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["demo", "-o", "a.mp4"], 2, "the name must end in .html"),
        (["demo", "--colormap", "plsma"], 1, 'There is no colormap named "plsma"'),
        (["demo", "--trace", "nowhere"], 1, "There is no section 'nowhere'"),
        (["demo", "--variable", "cai"], 1, "There is no quantity 'cai'"),
        (["demo", "--v-min", "nan"], 1, "must be finite"),
        (["demo", "--size-limit", "0.1"], 1, "the limit is 0.1 MB"),
        (["nowhere.pickle"], 1, "nowhere.pickle"),
    ],
)
def test_refused(command, tmp_path, monkeypatch, capsys, words, code, sentence):
    monkeypatch.chdir(tmp_path)
    assert command.run(["web", *words]) == code
    assert sentence in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_stays(command, tmp_path, capsys):
    path = tmp_path / "a.html"
    path.write_text("mine")
    assert command.run(["web", "demo", "-o", str(path)]) == 1
    assert path.read_text() == "mine" and "use --force" in capsys.readouterr().err
    assert command.run(["web", "demo", "-o", str(path), "--force"]) == 0
