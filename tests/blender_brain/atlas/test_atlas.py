# SPDX-License-Identifier: GPL-3.0-or-later
"""Atlases are found where BrainGlobe keeps them, and read as they were written."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from blender_brain.atlas import (
    AtlasError,
    NotHereError,
    choose_atlas,
    find_atlases,
    open_atlas,
    read_mesh,
)
from blender_brain.atlas.discovery import brainglobe_dir
from blender_brain.regions.orientation import facing_out, placement, signed_volume
from helpers.atlases import BIG, MESHES, NAME, ROWS, write_v2, write_v3

WRITERS = {"v2": write_v2, "v3": write_v3}
both_layouts = pytest.mark.parametrize("layout", WRITERS)


@both_layouts
def test_structures_are_those_that_were_written(tmp_path, layout):
    """Ids beyond 16 and 32 bits, acronyms with slashes and blanks, colors, paths, order."""
    atlas = open_atlas(WRITERS[layout](tmp_path))
    assert (atlas.name, atlas.layout) == (NAME, layout)
    assert atlas.version == {"v2": "1.2", "v3": "3.0"}[layout]
    assert atlas.shape == (60, 40, 50) and atlas.extent_um == (6000, 4000, 5000)
    assert atlas.species == "Mus musculus"
    for structure, (identity, acronym, name, color, above) in zip(
        atlas.structures, ROWS, strict=True
    ):
        assert (structure.id, structure.acronym, structure.name) == (identity, acronym, name)
        assert structure.path == (*above, identity)
        assert "#{:02X}{:02X}{:02X}".format(*structure.color) == color
        assert structure.has_mesh == (identity in MESHES)
        assert structure.parent == (above[-1] if above else None)


@both_layouts
def test_tree_is_walked_in_the_atlas_s_order(tmp_path, layout):
    atlas = open_atlas(WRITERS[layout](tmp_path))
    assert [one.acronym for one in atlas.roots] == ["root"]
    assert [one.acronym for one in atlas.children(BIG)] == ["CA3", "DG"]
    everything = ["grey", "HPF", "CA3", "DG", "MO", "VS/2 3"]
    assert [one.acronym for one in atlas.descendants(997)] == everything
    assert [one.acronym for one in atlas.descendants(997, 1)] == ["grey", "VS/2 3"]
    assert [one.acronym for one in atlas.descendants(997, 2)] == ["grey", "HPF", "MO", "VS/2 3"]
    assert 463 in atlas and 464 not in atlas and atlas[463].acronym == "CA3"


@both_layouts
def test_meshes_are_those_that_were_written(tmp_path, layout):
    atlas = open_atlas(WRITERS[layout](tmp_path))
    for identity, (points, triangles) in MESHES.items():
        points_um, found = read_mesh(atlas, identity)
        assert points_um.dtype == np.float32 and found.dtype == np.int32
        # Draco sorts corners and faces as it likes, and keeps 16 bits of a coordinate.
        assert sorted(map(tuple, points_um.round(0).tolist())) == sorted(map(tuple, points))
        written = sorted(sorted(map(tuple, points[t].round(0).tolist())) for t in triangles)
        read = sorted(sorted(map(tuple, points_um[t].round(0).tolist())) for t in found)
        assert read == written
        assert signed_volume(points_um, found) == pytest.approx(
            signed_volume(points, triangles), rel=1e-4
        )


def test_both_layouts_of_one_atlas_agree(shared_data):
    """The tiny atlas of the library itself: structures alike, meshes within 0.02 µm."""
    (v2,) = find_atlases([shared_data / "atlas_v2"], default=False)
    (v3,) = find_atlases([shared_data / "atlas_v3"], default=False)
    old, new = open_atlas(v2), open_atlas(v3)
    assert old.structures == new.structures and old.extent_um == new.extent_um
    for structure in old.structures:
        points, triangles = read_mesh(old, structure.id)
        others, other_triangles = read_mesh(new, structure.id)
        assert len(points) == len(others) and len(triangles) == len(other_triangles)
        in_order = [a[np.lexsort(a.round(0).T)] for a in (points, others)]
        np.testing.assert_allclose(*in_order, atol=0.02)
        assert signed_volume(points, triangles) == pytest.approx(
            signed_volume(others, other_triangles), rel=1e-4
        )


def test_left_is_left_in_the_tiny_atlas(shared_data):
    """CA3 is only on the right, DG only on the left, MO anterior, and all are dorsal."""
    atlas = open_atlas(find_atlases([shared_data / "atlas_v3"], default=False)[0])
    place = placement("BRAINGLOBE", 1000.0, atlas.extent_um)
    center = {}
    for structure in atlas.structures:
        points, triangles = read_mesh(atlas, structure.id)
        placed = place.points(points)
        assert signed_volume(placed, facing_out(placed, triangles)) > 0
        center[structure.acronym] = placed
    assert center["CA3"][:, 0].min() > 0 > center["DG"][:, 0].max()
    assert center["MO"][:, 1].min() > center["CA3"][:, 1].max()
    assert all(center[name][:, 2].mean() > 0 for name in ("CA3", "DG", "MO"))


def test_folders_are_recognized_however_they_are_given(tmp_path):
    """BrainGlobe's folder, the folder in it, an atlas's own."""
    v2, v3 = write_v2(tmp_path), write_v3(tmp_path)
    both = find_atlases([tmp_path], default=False)
    assert [one.folder for one in both] == [v3, v2]
    assert [one.folder for one in find_atlases([v2], default=False)] == [v2]
    assert [one.folder for one in find_atlases([v3], default=False)] == [v3]
    home = tmp_path / "brainglobe-atlasapi"
    assert [one.folder for one in find_atlases([home], default=False)] == [v3]
    assert open_atlas(v2).folder == v2 and open_atlas(v3).folder == v3
    assert find_atlases([tmp_path / "nowhere"], default=False) == []


def test_newest_version_is_listed_and_incomplete_ones_say_what_is_missing(tmp_path):
    write_v2(tmp_path, version="1.2")
    write_v2(tmp_path, version="1.10")
    broken = write_v2(tmp_path, version="2.0")
    (broken / "structures.json").unlink()
    older = write_v2(tmp_path, version="1.0")
    shutil.rmtree(older / "meshes")
    found = find_atlases([tmp_path], default=False)
    assert [(one.version, one.missing) for one in found] == [
        ("2.0", "structures.json is missing"),
        ("1.10", ""),
    ]
    assert choose_atlas(found, NAME).version == "1.10"
    with pytest.raises(AtlasError, match="2.0 is incomplete: structures.json is missing"):
        choose_atlas(found, f"{NAME}_v2.0")
    with pytest.raises(AtlasError, match=f"no atlas named 'mouse'; available: {NAME}"):
        choose_atlas(found, "mouse")
    with pytest.raises(AtlasError, match="no atlas was found"):
        choose_atlas([], "mouse")
    with pytest.raises(AtlasError, match="incomplete"):
        open_atlas(broken)


@pytest.mark.parametrize(
    ("remove", "missing"),
    [
        ("atlases/*/*/manifest.json", "manifest.json is missing"),
        (
            "terminologies/*/*/terminology.csv",
            "terminologies/made_up/3_0/terminology.csv is missing",
        ),
    ],
)
def test_incomplete_v3_is_listed_with_what_is_missing(tmp_path, remove, missing):
    write_v3(tmp_path)
    for path in list((tmp_path / "brainglobe-atlasapi").glob(remove)):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (found,) = find_atlases([tmp_path], default=False)
    assert found.missing.endswith(missing)


@pytest.mark.parametrize("remove", ["mesh", "mesh/*"])
def test_an_atlas_without_meshes_on_this_disk_is_opened(tmp_path, remove):
    """As BrainGlobe's library leaves it: it fetches each mesh when it is asked for."""
    write_v3(tmp_path)
    pattern = f"brainglobe-atlasapi/annotation-sets/*/*/annotations.precomputed/{remove}"
    for path in list(tmp_path.glob(pattern)):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (found,) = find_atlases([tmp_path], default=False)
    assert not found.missing and found.empty
    atlas = open_atlas(found)
    assert not any(one.has_mesh for one in atlas.structures)
    assert all(atlas.may_have_mesh(one) for one in atlas.structures)
    with pytest.raises(NotHereError, match="CA3 has no mesh on this disk yet"):
        read_mesh(atlas, 463)
    # The older layout comes with all meshes that there are.
    older = open_atlas(write_v2(tmp_path, meshes={997: MESHES[997]}))
    assert not older.mesh_address and not older.may_have_mesh(older[463])
    with pytest.raises(AtlasError, match=r"'CA3' \(463\) has no mesh"):
        read_mesh(older, 463)


def test_an_atlas_with_meshes_is_preferred(tmp_path):
    write_v3(tmp_path, version="3.1", meshes={})
    write_v3(tmp_path, version="3.0")
    found = find_atlases([tmp_path], default=False)
    # Both use the same folders of components, apart from the version.
    assert [(one.version, one.empty) for one in found] == [("3.1", True), ("3.0", False)]
    assert choose_atlas(found, NAME).version == "3.0"
    assert choose_atlas(found, f"{NAME}_v3.1").version == "3.1"


def test_without_dracopy_v2_works_and_v3_says_why_not(tmp_path, monkeypatch):
    from blender_brain.atlas import draco

    monkeypatch.setattr(draco, "_dracopy", lambda: None)
    write_v2(tmp_path)
    write_v3(tmp_path)
    found = {one.layout: one.missing for one in find_atlases([tmp_path], default=False)}
    assert found["v2"] == "" and "DracoPy" in found["v3"]
    assert choose_atlas(find_atlases([tmp_path], default=False), NAME).layout == "v2"


def test_brainglobe_s_configuration_is_followed(tmp_path, monkeypatch):
    """The variable, the file in the home folder, the default; damaged files are ignored."""
    home, config = tmp_path / "home", tmp_path / "config"
    (home / ".config" / "brainglobe").mkdir(parents=True)
    config.mkdir()
    monkeypatch.setattr(Path, "home", lambda: home)
    assert brainglobe_dir({}) == home / ".brainglobe"
    text = "[default_dirs]\nbrainglobe_dir = {}\ninterm_download_dir = /x\n"
    (home / ".config/brainglobe/bg_config.conf").write_text(text.format("/data/100%/a"))
    assert brainglobe_dir({}) == Path("/data/100%/a")
    (config / "bg_config.conf").write_text(text.format(tmp_path / "b"))
    variable = {"BRAINGLOBE_CONFIG_DIR": str(config)}
    assert brainglobe_dir(variable) == tmp_path / "b"
    for damage in (
        b"\xff\xfe",
        b"no section",
        b"[default_dirs]\n",
        b"[default_dirs]\nx\n[default_dirs]",
    ):
        (config / "bg_config.conf").write_bytes(damage)
        assert brainglobe_dir(variable) == home / ".brainglobe"
    (config / "bg_config.conf").write_text(text.format(tmp_path / "b"))
    monkeypatch.setenv("BRAINGLOBE_CONFIG_DIR", str(config))
    write_v2(tmp_path / "b")
    assert [one.name for one in find_atlases()] == [NAME]


def test_folder_given_wins_over_brainglobe_s_own(tmp_path):
    write_v2(tmp_path / "a")
    write_v2(tmp_path / "b")
    (found,) = find_atlases([tmp_path / "b", tmp_path / "a"], default=False)
    assert found.folder.parent == tmp_path / "b"
