# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender -b -c blender_brain web``: which regions are in the page, in which colors."""

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
    from blender_brain.command import COMMAND

    return COMMAND


@pytest.fixture(scope="module")
def atlases(tmp_path_factory, _blender):
    """A folder with the demo atlas, made once."""
    from blender_brain.demo_atlas import make_demo_atlas

    folder = tmp_path_factory.mktemp("atlases")
    make_demo_atlas(folder)
    return folder


def parts(path):
    found = {
        name: gzip.decompress(base64.b64decode(text))
        for name, text in re.findall(r'data-data="(\w+)">([^<]*)<', path.read_text())
    }
    return json.loads(found.pop("about")), found


def points_of(about, found):
    """As the page unpacks them."""
    low, high = np.frombuffer(found["points"], np.uint8).astype(np.uint16).reshape(2, 3, -1)
    codes = np.cumsum(low + (high << 8), axis=1, dtype=np.uint16)
    return about["low"] + about["pointStep"] * codes.T


def corners_of(found):
    planes = np.frombuffer(found["triangles"], np.uint8).astype(np.int64).reshape(4, -1)
    codes = planes[0] + (planes[1] << 8) + (planes[2] << 16) + (planes[3] << 24)
    return np.cumsum(np.where(codes % 2, -(codes + 1) // 2, codes // 2)).reshape(-1, 3)


def run(command, atlases, path, *words):
    assert (
        command.run(["web", "demo_mouse_100um", *words, "-o", str(path), "--folder", str(atlases)])
        == 0
    )
    return parts(path)


def test_the_demo_s_regions_are_where_blender_puts_them(command, atlases, tmp_path, bpy):
    from blender_brain.atlas import library
    from blender_brain.regions.imported import import_regions

    about, found = run(command, atlases, tmp_path / "a.html", "CA3")
    assert [(one["acronym"], one["glass"]) for one in about["regions"]] == [
        ("CA3", False), ("grey", True),
    ]  # fmt: skip
    atlas = library.opened("demo_mouse_100um", str(atlases)).atlas
    (region,) = import_regions(bpy.context, atlas, "CA3").regions
    expected = np.empty(3 * len(region.data.vertices), np.float32)
    region.data.vertices.foreach_get("co", expected)
    expected = expected.reshape(-1, 3) + np.array(region.location)
    count = about["regions"][0]["points"]
    points = points_of(about, found)[:count]
    assert np.abs(points - expected).max() <= about["pointStep"]
    triangles = corners_of(found)[: about["regions"][0]["triangles"]]
    loops = np.empty(len(region.data.loops), np.int32)
    region.data.loops.foreach_get("vertex_index", loops)
    np.testing.assert_array_equal(triangles, loops.reshape(-1, 3))
    assert tuple(about["regions"][0]["color"]) == atlas[_id(atlas, "CA3")].color


def _id(atlas, acronym):
    return next(one.id for one in atlas.structures if one.acronym == acronym)


def test_a_table_of_values_over_time(command, atlases, tmp_path):
    (tmp_path / "rates.csv").write_text("time (ms),CA3,DG\n0,1,2\n10,3,4\n")
    about, found = run(
        command, atlases, tmp_path / "a.html", "--values", str(tmp_path / "rates.csv"),
        "--colormap", "magma", "--high", "5",
    )  # fmt: skip
    assert [one["acronym"] for one in about["regions"]] == ["CA3", "DG", "grey"]
    assert about["frames"] == 2 and about["timed"] and about["limits"] == [1, 5]
    assert np.frombuffer(found["times"]).tolist() == [0, 10]


def test_halves_leaves_and_less_detail(command, atlases, tmp_path):
    words = ("CA3", "--glass", "", "--hemisphere")
    about, found = run(command, atlases, tmp_path / "a.html", *words, "left")
    assert points_of(about, found)[:, 0].max() <= about["pointStep"]
    coarse, _ = run(command, atlases, tmp_path / "b.html", *words, "left", "--detail", "400")
    assert coarse["regions"][0]["triangles"] < about["regions"][0]["triangles"] / 4
    about, _ = run(command, atlases, tmp_path / "c.html", "HPF", "--leaves", "--glass", "")
    assert {"CA3", "DG"} <= {one["acronym"] for one in about["regions"]}


def test_demo_needs_no_atlas(command, tmp_path, bpy, capsys):
    before = len(bpy.data.objects)
    assert command.run(["web", "demo", "-o", str(tmp_path / "a.html")]) == 0
    about, _ = parts(tmp_path / "a.html")
    assert [one["acronym"] for one in about["regions"]] == ["DG", "CA3", "grey"]
    assert (tmp_path / "a.html").stat().st_size < 1.5e6
    assert len(bpy.data.objects) == before and "3 regions of" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ([], 2, "required: atlas"),
        (["demo_mouse_100um", "-o", "a.mp4"], 2, "the name must end in .html"),
        (["nowhere"], 1, "nowhere"),
        (["demo_mouse_100um", "CA33"], 1, "CA3"),
        (["demo_mouse_100um", "--values", "nowhere.csv"], 1, "nowhere.csv"),
        (["demo_mouse_100um", "--size-limit", "0.1"], 1, "the limit is 0.1 MB"),
        (["demo_mouse_100um", "--values", "halves.csv"], 1, "choose one with --hemisphere"),
    ],
)
def test_refused(command, atlases, tmp_path, monkeypatch, capsys, words, code, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "halves.csv").write_text("region,hemisphere,value\nCA3,left,1\nDG,left,2\n")
    assert command.run(["web", *words, "--folder", str(atlases)]) == code
    said = capsys.readouterr().err
    assert sentence in said and "Traceback" not in said
    assert not list(tmp_path.glob("*.html"))
