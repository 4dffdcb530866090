# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo atlas is an atlas like any other, and looks like the brain it stands for."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from blender_brain.atlas import Atlas, find_atlases, open_atlas, read_mesh
from blender_brain.demo_atlas import NAME, VERSION, atlas_writer, make_demo_atlas
from helpers.solids import unpaired_edges, volume


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
    assert len(atlas.structures) == 28
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
        if structure.parent is not None and structure.acronym not in ("HB", "ENT"):
            outer_low, outer_high = box(atlas[structure.parent].acronym)
            assert np.all(low >= outer_low - 200), structure.acronym
            assert np.all(high <= outer_high + 200), structure.acronym
    front = [box(acronym)[0][0] for acronym in ("MOB", "MO", "SS", "VIS", "CB")]
    assert front == sorted(front)
    assert box("HY")[0][1] > box("CA1")[0][1]


def test_structures_keep_their_ids(atlas: Atlas):
    """Scenes, tables and scripts of earlier versions refer to them."""
    earlier = (
        "root grey CH Isocortex MO SS VIS AUD RSP ACA MOB HPF CA1 CA3 DG STR BS TH HY MB HB CB"
    )
    assert [atlas[number].acronym for number in range(1, 23)] == earlier.split()


def parts(triangles: np.ndarray) -> int:
    """Count the pieces of a surface that do not hang together."""
    used, triangles = np.unique(triangles, return_inverse=True)
    triangles, number = triangles.reshape(-1, 3), np.arange(len(used))
    before = None
    while before is None or (before != number).any():
        before = number.copy()
        np.minimum.at(number, triangles, number[triangles].min(axis=1, keepdims=True))
        number = number[number]
    return len(np.unique(number))


def test_the_outer_surface_has_no_shell_inside(atlas: Atlas):
    for acronym in ("root", "grey", "CH", "CB"):
        _, triangles = read_mesh(atlas, one(atlas, acronym))
        assert parts(triangles) == 1, acronym


SIBLINGS = "MO SS VIS AUD RSP ACA PIR ENT MOB CA1 CA3 DG STR TH HY SC IC P MY CB"


@pytest.mark.slow
def test_regions_do_not_overlap(atlas: Atlas):
    """By the winding of each mesh around points of the others, which no formula of ours knows."""
    meshes = {name: read_mesh(atlas, one(atlas, name)) for name in SIBLINGS.split()}
    rng = np.random.default_rng(0)
    for name, (points, _) in meshes.items():
        some = points[rng.choice(len(points), 150)].astype(np.float64)
        for other, (corners, triangles) in meshes.items():
            low, high = corners.min(axis=0), corners.max(axis=0)
            near = some[((some > low) & (some < high)).all(axis=1)]
            if other == name or not len(near):
                continue
            inside = np.abs(winding(near, corners.astype(np.float64)[triangles])) > 0.5
            assert inside.sum() < 0.02 * len(some), (name, other)


def winding(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Sum up the solid angles of triangles (Van Oosterom and Strackee 1983), in full turns."""
    total = np.zeros(len(points))
    for number, point in enumerate(points):
        a, b, c = (triangles[:, corner] - point for corner in range(3))
        la, lb, lc = (np.linalg.norm(side, axis=1) for side in (a, b, c))
        volume_ = (a * np.cross(b, c)).sum(axis=1)
        below = la * lb * lc + (a * b).sum(1) * lc + (b * c).sum(1) * la + (c * a).sum(1) * lb
        total[number] = 2 * np.arctan2(volume_, below).sum() / (4 * np.pi)
    return total


def test_the_hippocampus_lies_as_in_a_mouse(atlas: Atlas):
    """C-shaped around the thalamus, from near the mid-plane to the side, dentate gyrus inside."""
    middle = np.array(atlas.extent_um) / 2

    def right(acronym: str) -> np.ndarray:
        points, _ = read_mesh(atlas, one(atlas, acronym))
        own = (middle - points)[:, [2, 0, 1]] / 1000
        return own[own[:, 0] > 0]  # right, anterior, dorsal, in mm

    ca1, ca3, dentate, thalamus = (right(name) for name in ("CA1", "CA3", "DG", "TH"))
    # Both ends of the C are in front of its middle.
    back = ca1[ca1[:, 1].argmin()]
    for end in (ca1[ca1[:, 2] > 1.5], ca1[ca1[:, 2] < -1.5]):
        assert end[:, 1].max() > back[1] + 1
    assert ca1[:, 0].min() < 0.8 and ca1[:, 0].max() > 3
    # Around the thalamus: above, behind and beside it.
    assert ca1[:, 2].max() > thalamus[:, 2].max() and back[1] < thalamus[:, 1].min()
    assert ca1[:, 0].max() > thalamus[:, 0].max()
    # CA1 is outermost, seen from the thalamus.
    center = thalamus.mean(axis=0)
    distances = [np.linalg.norm(part - center, axis=1).mean() for part in (ca1, ca3, dentate)]
    assert distances[0] > max(distances[1:])


def test_scenes_made_from_an_older_version_go_on_with_it(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from blender_brain.atlas import library

    monkeypatch.setattr(library, "own_folder", lambda: tmp_path)
    make_demo_atlas(tmp_path)
    monkeypatch.setattr(atlas_writer, "VERSION", "1.0")
    monkeypatch.setattr(atlas_writer, "_FOLDER", "1_0")
    monkeypatch.setitem(atlas_writer._ABOUT, "version", "1.0")
    make_demo_atlas(tmp_path)
    assert library.opened(f"{NAME}_v1.0").atlas.full_name == f"{NAME}_v1.0"
    assert library.opened(NAME).atlas.full_name == f"{NAME}_v{VERSION}"
    # The menu offers the newer one only.
    assert [one.version for one in find_atlases([tmp_path], default=False)] == [VERSION]


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
