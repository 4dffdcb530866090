# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender -b -c surface_slicer web``: what goes into the page, and what is refused."""

from __future__ import annotations

import base64
import gzip
import json
import re

import numpy as np
import pytest


@pytest.fixture
def command(bpy):
    """The extension's own command."""
    from surface_slicer.command import COMMAND

    return COMMAND


def parts(path):
    return {
        name: gzip.decompress(base64.b64decode(text))
        for name, text in re.findall(r'data-data="(\w+)">([^<]*)<', path.read_text())
    }


def values_in(path):
    """As the page unpacks them, row 0 in front."""
    found = parts(path)
    about = json.loads(found["about"])
    shape = about["frames"], about["rows"], about["columns"]
    low, high = (
        np.frombuffer(found[half], np.uint8).reshape(shape).astype(np.uint16)
        for half in ("low", "high")
    )
    codes = np.cumsum(low + (high << 8), axis=0, dtype=np.uint16)
    return about, np.where(codes == 65535, np.nan, about["offset"] + about["step"] * codes)


def test_an_array_s_frames(command, tmp_path, bpy, capsys):
    values = np.random.default_rng(1).normal(size=(5, 7, 9))
    values[2, 3, 4] = np.nan
    np.save(tmp_path / "waves.npy", values)
    before = len(bpy.data.objects)
    words = ["-o", str(tmp_path / "a.html"), "--unit", "mV", "--colormap", "Viridis_r"]
    assert command.run(["web", str(tmp_path / "waves.npy"), *words]) == 0
    said = capsys.readouterr().out
    assert "7 x 9 values in 5 frames" in said and "1 value is not a number" in said
    about, found = values_in(tmp_path / "a.html")
    # The array's row 0 is behind.
    np.testing.assert_allclose(found[:, ::-1], values, atol=1e-4)
    assert about["firstRowBehind"] and about["x"] is None and about["title"] == "waves"
    assert (about["unit"], about["colormap"]) == ("mV", "viridis_r")
    assert len(bpy.data.objects) == before


def test_a_grid_with_coordinates(command, tmp_path):
    x, y = np.linspace(10, 20, 6), np.linspace(-1, 1, 4)
    z = x * y[:, None]
    np.savez(tmp_path / "field.npz", x=x, y=y, z=z)
    path = tmp_path / "a.html"
    assert command.run(["web", str(tmp_path / "field.npz"), "-o", str(path), "--light"]) == 0
    about, found = values_in(path)
    assert about["x"] == [10, 20] and about["y"] == [-1, 1] and about["light"]
    np.testing.assert_allclose(found[0], z, atol=1e-3)


def test_a_formula(command, tmp_path):
    path = tmp_path / "a.html"
    words = ["--formula", "x + 2 * y", "--low", "0", "--high", "2", "--height", "0.2"]
    assert command.run(["web", *words, "-o", str(path)]) == 0
    about, found = values_in(path)
    assert found[0, -1, 0] == pytest.approx(2, abs=1e-4) and about["limits"] == [0, 2]
    assert about["title"] == "Formula" and about["height"] == 0.2


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ([], 2, "name either a file or a --formula"),
        (["a.npy", "-o", "a.mp4"], 2, "the name must end in .html"),
        (["nowhere.npy"], 1, "nowhere.npy: there is no such file"),
        (["objects.npy"], 1, "may run code"),
        (["line.npy"], 1, "rows and columns are needed"),
        (["a.npy", "--colormap", "plsma"], 1, 'There is no colormap named "plsma"'),
        (["a.npy", "--low", "3", "--high", "2"], 1, "its lower limit must be below"),
        (["a.npy", "--size-limit", "0.1"], 1, "the limit is 0.1 MB"),
    ],
)
def test_refused(command, tmp_path, monkeypatch, capsys, words, code, sentence):
    monkeypatch.chdir(tmp_path)
    np.save("a.npy", np.eye(4))
    np.save("line.npy", np.arange(4.0))
    np.save("objects.npy", np.array([[{}, {}], [{}, {}]]), allow_pickle=True)
    assert command.run(["web", *words]) == code
    assert sentence in capsys.readouterr().err
    assert not list(tmp_path.glob("*.html"))


def test_a_file_that_is_there_stays(command, tmp_path, capsys):
    path = tmp_path / "a.html"
    path.write_text("mine")
    assert command.run(["web", "--formula", "x", "-o", str(path)]) == 1
    assert path.read_text() == "mine" and "use --force" in capsys.readouterr().err
