# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions come into the scene in their place, once, grouped as the atlas is."""

from __future__ import annotations

import numpy as np
import pytest
from blender_brain.atlas import AtlasError, open_atlas
from helpers.atlases import BIG, MESHES, write_v2, write_v3
from helpers.solids import box, inside_out, unpaired_edges, volume


@pytest.fixture
def atlas(tmp_path):
    return open_atlas(write_v3(tmp_path))


@pytest.fixture
def import_regions(bpy, atlas):
    from blender_brain.regions.imported import import_regions

    def call(acronyms, **settings):
        return import_regions(bpy.context, settings.pop("atlas", atlas), acronyms, **settings)

    return call


def surface(bpy, region, evaluated=False):
    """Points in the world and triangles, read one by one."""
    bpy.context.view_layer.update()
    thing = region
    if evaluated:
        thing = region.evaluated_get(bpy.context.evaluated_depsgraph_get())
    points = np.array([region.matrix_world @ v.co for v in thing.data.vertices])
    return points, np.array([list(p.vertices) for p in thing.data.polygons])


def names(regions):
    return [region.name for region in regions]


def test_regions_lie_where_the_atlas_says(bpy, import_regions):
    """Right +X, anterior +Y, dorsal +Z, in mm from the atlas's middle; normals point outwards."""
    result = import_regions("CA3, DG, MO, grey, HPF, root")
    assert result.new == 6 and names(result.regions) == ["CA3", "DG", "MO", "grey", "HPF", "root"]
    for region, identity in zip(result.regions, (463, 70726, 500, 8, BIG, 997), strict=True):
        points, triangles = surface(bpy, region)
        a, s, r = MESHES[identity][0].T / 1000
        expected = np.stack([2.5 - r, 3.0 - a, 2.0 - s], axis=1)
        low, high = points.min(axis=0), points.max(axis=0)
        np.testing.assert_allclose([low, high], [expected.min(0), expected.max(0)], atol=1e-3)
        assert not unpaired_edges(triangles)
        assert volume(points, triangles) == pytest.approx(np.prod(high - low), rel=1e-3)
        np.testing.assert_allclose(region.location, (low + high) / 2, atol=1e-3)


def test_inside_out_and_degenerate_meshes_are_mended(bpy, tmp_path, import_regions):
    points, triangles = inside_out(MESHES[463])
    broken = np.concatenate([triangles, [[0, 0, 1], [2, 3, 3]]])
    atlas = open_atlas(write_v2(tmp_path, meshes={463: (points, broken)}))
    (region,) = import_regions("CA3", atlas=atlas).regions
    found, faces = surface(bpy, region)
    assert len(faces) == 12 and volume(found, faces) == pytest.approx(1.0)


@pytest.mark.parametrize("hemisphere", ["BOTH", "LEFT", "SPLIT"])
def test_what_encloses_nothing_is_said_not_imported(bpy, tmp_path, import_regions, hemisphere):
    flat = MESHES[463][0][:4], np.array([[0, 1, 1], [2, 3, 3]])
    atlas = open_atlas(write_v2(tmp_path, meshes={463: flat, 8: MESHES[8]}))
    result = import_regions("CA3, grey", atlas=atlas, hemisphere=hemisphere)
    assert all(region.name.startswith("grey") for region in result.regions)
    sentence = (
        "made_up_100um_v1.2: the mesh of 'CA3', 463.obj, encloses nothing: all of its faces are"
        " lines or points."
    )
    assert result.damaged == [sentence]
    with pytest.raises(AtlasError, match="encloses nothing"):
        import_regions("CA3", atlas=atlas, hemisphere=hemisphere)


def test_blender_finds_nothing_to_mend(bpy, tmp_path, import_regions):
    """Faces that are there twice or repeat a point are gone before it looks."""
    points, triangles = MESHES[463]
    broken = np.concatenate(
        [triangles, triangles[:3], triangles[4:6, [1, 2, 0]], [[0, 0, 1], [0, 3, 6], [6, 3, 0]]]
    )
    atlas = open_atlas(write_v2(tmp_path, meshes={463: (points, broken), 8: MESHES[8]}))
    for settings in ({}, {"hemisphere": "SPLIT"}):
        for region in import_regions("CA3, grey", atlas=atlas, **settings).regions:
            assert not region.data.validate(verbose=True)
            found, faces = surface(bpy, region)
            assert not unpaired_edges(faces)


def test_gaps_of_halves_are_closed_and_told(bpy, tmp_path, import_regions):
    points, triangles = MESHES[8]
    # One half of a side of the box, which the cut crosses.
    atlas = open_atlas(write_v2(tmp_path, meshes={8: (points, triangles[1:])}))
    (whole,) = import_regions("grey", atlas=atlas).regions
    assert not unpaired_edges(surface(bpy, whole)[1])
    result = import_regions("grey", atlas=atlas, hemisphere="SPLIT")
    assert result.filled == {"grey left": 3, "grey right": 3} and not result.left_open
    total = 0.0
    for region in result.regions:
        found, faces = surface(bpy, region)
        assert not unpaired_edges(faces)
        total += volume(found, faces)
    assert total == pytest.approx(volume(points, triangles) / 1e9)


def test_smoothing_is_a_modifier_that_keeps_the_cut(bpy, import_regions):
    left, right = import_regions("grey", hemisphere="SPLIT", smoothing=7, decimation=0.9).regions
    assert [modifier.name for modifier in left.modifiers] == ["Smooth", "Decimation"]
    left.modifiers["Decimation"].show_viewport = right.modifiers["Decimation"].show_viewport = False
    seams = []
    for region in (left, right):
        points, _ = surface(bpy, region, evaluated=True)
        seams.append({tuple(p) for p in points[np.abs(points[:, 0]) < 1e-6].round(5)})
    assert seams[0] == seams[1] and len(seams[0]) >= 4
    # It stays as it is unless asked, and its shape may be made anew.
    import_regions("grey", hemisphere="SPLIT", um_per_unit=100.0)
    assert left.modifiers["Smooth"] and "on_cut" in left.data.attributes
    assert "on_cut.001" not in left.data.attributes
    from blender_brain.regions.smoothing import smoothing_of

    assert smoothing_of(left) == 7
    import_regions("grey", hemisphere="SPLIT", um_per_unit=100.0, smoothing=0)
    assert smoothing_of(left) == 0


def test_older_orientation_is_what_importing_the_file_gives(bpy, tmp_path, import_regions):
    """Blender's own OBJ import, with the axes of the older add-on, is the referee."""
    folder = write_v2(tmp_path)
    (region,) = import_regions(
        "CA3", atlas=open_atlas(folder), orientation="OLDER", um_per_unit=1.0
    ).regions
    bpy.ops.wm.obj_import(
        filepath=str(folder / "meshes/463.obj"), forward_axis="Z", up_axis="NEGATIVE_Y"
    )
    theirs, _ = surface(bpy, bpy.context.object)
    ours, _ = surface(bpy, region)
    np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_allen_orientation_exchanges_left_and_right(bpy, import_regions):
    (region,) = import_regions("CA3", orientation="ALLEN").regions
    points, triangles = surface(bpy, region)
    assert points[:, 0].max() < 0 < volume(points, triangles)


def test_hemispheres_are_cut_and_closed(bpy, import_regions):
    for hemisphere, sign in (("LEFT", -1), ("RIGHT", 1)):
        (region,) = import_regions("MO", hemisphere=hemisphere).regions
        points, triangles = surface(bpy, region)
        assert (points[:, 0] * sign >= -1e-5).all() and not unpaired_edges(triangles)
        assert volume(points, triangles) == pytest.approx(0.6 * 0.6 * 1.0, rel=1e-3)
    split = import_regions("MO, CA3", hemisphere="SPLIT")
    assert names(split.regions) == ["MO left", "MO right", "CA3 right"] and split.new == 1
    assert not split.empty
    with pytest.raises(AtlasError, match="No part of CA3 is in this hemisphere"):
        import_regions("CA3", hemisphere="LEFT")


def test_origin_scale_shading_and_decimation(bpy, import_regions):
    (region,) = import_regions("CA3").regions
    before, _ = surface(bpy, region)
    assert "sharp_face" not in region.data.attributes
    again = import_regions("CA3", origin="ATLAS", um_per_unit=100.0, smooth=False, decimation=0.5)
    assert again.regions == [region] and again.new == 0
    after, triangles = surface(bpy, region)
    assert tuple(region.location) == (0, 0, 0)
    np.testing.assert_allclose(after, before * 10, atol=1e-3)
    assert all(not p.use_smooth for p in region.data.polygons)
    reduced, fewer = surface(bpy, region, evaluated=True)
    assert len(triangles) == 12 and len(fewer) <= 8 and len(reduced)
    assert region.modifiers["Decimation"].ratio == 0.5


def collections(bpy):
    """The scene's tree of collections, as nested names."""

    def inside(collection):
        objects = [thing.name for thing in collection.objects]
        return objects + [{child.name: inside(child)} for child in collection.children]

    return inside(bpy.context.scene.collection)


def test_hierarchy_is_nested_in_the_atlas_s_order(bpy, import_regions):
    result = import_regions("root", parts="HIERARCHY")
    assert names(result.regions) == ["root", "grey", "HPF", "CA3", "DG", "MO"]
    assert [one.acronym for one in result.not_here] == ["VS/2 3"] and not result.without_mesh
    expected = {"root": ["root", {"grey": ["grey", "MO", {"HPF": ["HPF", "CA3", "DG"]}]}]}
    assert collections(bpy) == [{"made_up_100um_v3.0": [expected]}]


def test_what_is_there_is_used_again_and_sorted_in(bpy, import_regions):
    """First alone, then as part of a hierarchy, then of a larger one: nothing comes twice."""
    (ca3,) = import_regions("CA3").regions
    look = ca3.active_material
    assert collections(bpy) == [{"made_up_100um_v3.0": ["CA3"]}]
    import_regions("HPF", parts="HIERARCHY")
    assert collections(bpy) == [{"made_up_100um_v3.0": [{"HPF": ["HPF", "CA3", "DG"]}]}]
    result = import_regions("grey", parts="HIERARCHY")
    assert result.new == 2 and ca3 in result.regions and ca3.active_material == look
    nested = {"grey": ["grey", "MO", {"HPF": ["HPF", "CA3", "DG"]}]}
    assert collections(bpy) == [{"made_up_100um_v3.0": [nested]}]
    assert len([one for one in bpy.data.objects if one.type == "MESH"]) == 5


def test_what_somebody_moved_stays_where_it_is(bpy, import_regions):
    (ca3,) = import_regions("CA3").regions
    own = bpy.data.collections.new("mine")
    bpy.context.scene.collection.children.link(own)
    own.objects.link(ca3)
    ca3.users_collection[0].objects.unlink(ca3)
    ca3.location = (7, 8, 9)
    import_regions("HPF", parts="HIERARCHY")
    assert [one.name for one in ca3.users_collection] == ["mine"]
    assert tuple(ca3.location) == (7, 8, 9)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"parts": "ONLY"}, ["grey"]),
        ({"parts": "DESCENDANTS", "depth": 1}, ["grey", "HPF", "MO"]),
        ({"parts": "DESCENDANTS", "depth": 2}, ["grey", "HPF", "CA3", "DG", "MO"]),
        ({"parts": "LEAVES"}, ["CA3", "DG", "MO"]),
    ],
)
def test_parts(import_regions, settings, expected):
    assert names(import_regions("grey", **settings).regions) == expected
    assert names(import_regions("MO", parts="LEAVES").regions) == ["MO"]


def test_colors_are_the_atlas_s(bpy, import_regions):
    from blender_brain.common.colormaps import linear_to_srgb

    ca3, dg = import_regions([463, "DG"]).regions
    np.testing.assert_allclose(linear_to_srgb(ca3.color[:3]) * 255, (0x7E, 0xD0, 0x4B), atol=1e-3)
    np.testing.assert_allclose(linear_to_srgb(dg.color[:3]) * 255, (0x10, 0x20, 0xF0), atol=1e-3)
    assert ca3.active_material == dg.active_material


def test_damaged_mesh_leaves_the_others_and_says_so(bpy, atlas, import_regions):
    atlas.mesh_path(463).write_bytes(b"DRACO")
    result = import_regions("HPF", parts="HIERARCHY")
    assert names(result.regions) == ["HPF", "DG"]
    (sentence,) = result.damaged
    assert "'CA3', 463, cannot be read: it is cut off." in sentence
    before = [len(kind) for kind in (bpy.data.objects, bpy.data.meshes, bpy.data.collections)]
    with pytest.raises(AtlasError, match="'CA3'"):
        import_regions("CA3")
    with pytest.raises(AtlasError, match="VS/2 3 has no mesh on this disk yet"):
        import_regions("VS/2 3")
    after = [len(kind) for kind in (bpy.data.objects, bpy.data.meshes, bpy.data.collections)]
    assert after == before


def test_large_meshes_are_what_was_written(bpy, tmp_path, import_regions):
    """All of many regions at once, each its own, however they are read ahead."""
    meshes = {i: box((i, 2 * i, 3 * i), (i + 10, 2 * i + 20, 3 * i + 30)) for i in range(1, 60)}
    rows = [(i, f"R{i}", f"r {i}", "#010203", ()) for i in meshes]
    atlas = open_atlas(write_v2(tmp_path, rows, meshes))
    result = import_regions(list(meshes), atlas=atlas, orientation="OLDER", um_per_unit=1.0)
    for i, region in zip(meshes, result.regions, strict=True):
        points, _ = surface(bpy, region)
        np.testing.assert_allclose(points.min(0), (i, 3 * i, -2 * i - 20), atol=1e-3)


def test_a_damaged_mesh_leaves_all_regions_where_they_were(bpy, atlas, import_regions):
    """Otherwise some would lie in the one frame and some in the other."""
    from blender_brain.regions.record import about

    import_regions("DG, CA3")

    def state():
        return {
            thing.name: (
                tuple(thing.location),
                [tuple(vertex.co) for vertex in thing.data.vertices],
                about(thing).orientation,
                len(thing.modifiers),
            )
            for thing in bpy.context.scene.objects
        }

    before = state()
    ca3 = next(one for one in atlas.structures if one.acronym == "CA3")
    path = atlas.mesh_path(ca3.id)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(AtlasError, match="'CA3'.* nothing was moved"):
        import_regions("DG, CA3, MO", orientation="ALLEN", decimation=0.5)
    assert state() == before
    path.write_bytes(content)
    import_regions("DG, CA3", orientation="ALLEN", decimation=0.5)
    after = state()
    assert after.keys() == before.keys()
    assert all(after[name][2] == "ALLEN" and after[name][3] == 1 for name in after)
