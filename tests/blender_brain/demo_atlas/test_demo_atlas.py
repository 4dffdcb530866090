# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo atlas is an atlas like any other, and looks like the brain it stands for."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from blender_brain.atlas import Atlas, find_atlases, open_atlas, read_mesh
from blender_brain.demo_atlas import NAME, atlas_writer, make_demo_atlas
from helpers.solids import unpaired_edges, volume


@pytest.fixture(scope="module", autouse=True)
def _computed_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atlas_writer, "mesh_um", functools.cache(atlas_writer.mesh_um))
        yield


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    make_demo_atlas(folder)
    return folder


@pytest.fixture(scope="module")
def atlas(home: Path) -> Atlas:
    (found,) = find_atlases([home], default=False)
    assert found.name == NAME and found.layout == "v3" and not found.missing
    return open_atlas(found)


def one(atlas: Atlas, acronym: str) -> int:
    return next(structure.id for structure in atlas.structures if structure.acronym == acronym)


@pytest.mark.slow
def test_every_structure_has_a_closed_mesh_inside_the_volume(atlas: Atlas):
    assert len(atlas.structures) == 22
    for structure in atlas.structures:
        points, triangles = read_mesh(atlas, structure.id)
        assert not unpaired_edges(triangles), structure.acronym
        assert volume(points, triangles) > 0.5e9, structure.acronym  # µm³
        assert np.all(points > 0) and np.all(points < atlas.extent_um)
        assert len(triangles) < 60_000


def test_it_is_small(home: Path):
    assert sum(path.stat().st_size for path in home.rglob("*") if path.is_file()) < 2_500_000


def test_parts_are_in_their_place(atlas: Atlas):
    def box(acronym: str):
        points, _ = read_mesh(atlas, one(atlas, acronym))
        return points.min(axis=0), points.max(axis=0)

    middle = np.array(atlas.extent_um) / 2
    for structure in atlas.structures:
        low, high = box(structure.acronym)
        # Both hemispheres, alike.
        assert (low + high)[2] / 2 == pytest.approx(middle[2], abs=30), structure.acronym
        if structure.parent is not None and structure.acronym != "HB":
            outer_low, outer_high = box(atlas[structure.parent].acronym)
            assert np.all(low >= outer_low - 200), structure.acronym
            assert np.all(high <= outer_high + 200), structure.acronym
    front = [box(acronym)[0][0] for acronym in ("MOB", "MO", "SS", "VIS", "CB")]
    assert front == sorted(front)
    assert box("HY")[0][1] > box("CA1")[0][1]


def test_it_is_made_once_and_never_half(home: Path, tmp_path: Path, monkeypatch):
    manifest = next(home.rglob("atlases/*/*/manifest.json"))
    before = manifest.stat().st_mtime_ns
    assert make_demo_atlas(home) == manifest.parent
    assert manifest.stat().st_mtime_ns == before
    assert not list(home.glob(".demo-*"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atlas_writer, "_write_json", full)
    with pytest.raises(OSError, match="No space"):
        make_demo_atlas(tmp_path)
    assert not find_atlases([tmp_path], default=False) and not list(tmp_path.iterdir())


def test_without_draco_it_has_the_older_layout(atlas: Atlas, tmp_path: Path, monkeypatch):
    monkeypatch.setitem(sys.modules, "DracoPy", None)
    make_demo_atlas(tmp_path)
    (found,) = find_atlases([tmp_path], default=False)
    assert found.layout == "v2" and not found.missing
    older = open_atlas(found)
    assert older.structures == atlas.structures and older.extent_um == atlas.extent_um
    monkeypatch.undo()
    for acronym in ("CA3", "TH"):
        points, triangles = read_mesh(older, one(older, acronym))
        encoded, _ = read_mesh(atlas, one(atlas, acronym))
        assert volume(points, triangles) == pytest.approx(
            volume(*read_mesh(atlas, one(atlas, acronym))), rel=1e-3
        )
        assert points.min(axis=0) == pytest.approx(encoded.min(axis=0), abs=0.2)
