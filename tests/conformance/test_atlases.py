# SPDX-License-Identifier: GPL-3.0-or-later
"""What BlenderBrain reads is what BrainGlobe's own library reads.

Run by ``make test-conformance``, which installs that library; without it all of this is skipped.
It is run without Blender, which the reader does not need.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

core = pytest.importorskip("brainglobe_atlasapi.core", reason="make test-conformance installs it")

import meshio  # noqa: E402

from helpers.generated_atlas import RESOLUTION_UM, SHAPE, generated  # noqa: E402  isort: skip
from helpers.solids import box  # noqa: E402  isort: skip
from blender_brain.atlas import Atlas, find_atlases, open_atlas, read_mesh  # noqa: E402
from blender_brain.atlas.inside import locate  # noqa: E402
from blender_brain.demo_atlas import make_demo_atlas  # noqa: E402
from brainglobe_atlasapi.atlas_generation import wrapup  # noqa: E402


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the library make atlases without asking its server what it thinks of them."""
    monkeypatch.setattr(wrapup, "get_all_validation_functions", tuple)
    monkeypatch.setattr(wrapup, "BrainGlobeAtlas", lambda *_, **__: None)


def opened(brainglobe_dir: Path) -> tuple[Atlas, Any]:
    """Open the one atlas in a folder with the reader and with the library."""
    (found,) = find_atlases([brainglobe_dir], default=False)
    assert not found.missing
    return open_atlas(found), core.Atlas(found.folder / "manifest.json")


def compare_structures(ours: Atlas, theirs: Any) -> None:
    assert ours.shape == theirs.shape and ours.resolution_um == theirs.resolution
    listed = theirs.structures_list
    assert [one.id for one in ours.structures] == [one["id"] for one in listed]
    for one, other in zip(ours.structures, listed, strict=True):
        assert one.acronym == other["acronym"] and one.name == other["name"]
        assert list(one.path) == other["structure_id_path"]
        assert list(one.color) == other["rgb_triplet"]
        node = theirs.hierarchy.parent(one.id)
        assert one.parent == (node.identifier if node else None)
        assert [child.id for child in ours.children(one.id)] == [
            child.identifier
            for child in sorted(
                theirs.hierarchy.children(one.id),
                key=lambda node: [row["id"] for row in listed].index(node.identifier),
            )
        ]


def compare_meshes(ours: Atlas, theirs: Any, tolerance_um: float = 1e-3) -> int:
    compared = 0
    for structure in ours.structures:
        if structure.has_mesh:
            points_um, triangles = read_mesh(ours, structure.id)
            mesh = theirs.mesh_from_structure(structure.id)
            assert np.abs(points_um - mesh.points).max() < tolerance_um
            assert np.array_equal(triangles, mesh.cells[0].data)
            compared += 1
    return compared


def test_a_tiny_atlas_of_layout_v3(shared_data: Path):
    ours, theirs = opened(shared_data / "atlas_v3")
    compare_structures(ours, theirs)
    assert compare_meshes(ours, theirs) == 6


def test_a_tiny_atlas_of_layout_v2(shared_data: Path):
    """The library no longer opens these, so it reads the same atlas in the other layout."""
    (found,) = find_atlases([shared_data / "atlas_v2"], default=False)
    ours = open_atlas(found)
    theirs = core.Atlas(next((shared_data / "atlas_v3").rglob("atlases/*/*/manifest.json")))
    compare_structures(ours, theirs)
    for structure in ours.structures:
        points_um, triangles = read_mesh(ours, structure.id)
        mesh = theirs.mesh_from_structure(structure.id)
        # Draco rounds to a part of the bounding box, and orders its points as it likes.
        own, other = points_um[triangles], mesh.points[mesh.cells[0].data]
        assert own.shape == other.shape
        assert np.abs(in_order(own) - in_order(other)).max() < 0.1
        # And v2 is plain text, which its own library reads.
        text = meshio.read(ours.mesh_path(structure.id))
        assert np.abs(points_um - text.points).max() < 1e-3
        assert np.array_equal(triangles, text.cells[0].data)


def in_order(corners: np.ndarray) -> np.ndarray:
    """Sort triangles by their centers; each begins with its lowest corner, its winding kept."""
    keys = np.round(corners, 0)
    first = np.lexsort((keys[..., 2], keys[..., 1], keys[..., 0]), axis=-1)[:, 0]
    turned = np.take_along_axis(corners, ((first[:, None] + np.arange(3)) % 3)[..., None], axis=1)
    center = np.round(corners.mean(axis=1), 0)
    return turned[np.lexsort(center.T)]


def test_the_demo_atlas(tmp_path: Path):
    make_demo_atlas(tmp_path)
    ours, theirs = opened(tmp_path)
    assert ours.layout == "v3"
    compare_structures(ours, theirs)
    assert compare_meshes(ours, theirs) == len(ours.structures)


# As in the Allen Institute's ontology, where many do not fit into 16 bits.
@pytest.mark.parametrize("ids", [[997, 8, 1089, 463], [997, 312782546, 484682470, 4294967295]])
def test_an_atlas_made_by_the_library(tmp_path: Path, ids: list[int]):
    ours, theirs = opened(generated(tmp_path, ids))
    assert [structure.id for structure in ours.structures] == ids
    assert ours[ids[3]].path == (ids[0], ids[2], ids[3])
    compare_structures(ours, theirs)
    assert compare_meshes(ours, theirs) == 4


def test_ids_beyond_32_bits(tmp_path: Path):
    """The library cannot hold them and goes wrong; what stands in the file is right."""
    folder = generated(tmp_path, [997, 8, 1089, 463])
    terminology = next(folder.rglob("terminology.csv"))
    large = 2**32 + 463
    terminology.write_text(terminology.read_text().replace("463", str(large)))
    (found,) = find_atlases([folder], default=False)
    ours = open_atlas(found)
    assert ours.structures[3].id == large and ours.structures[3].path == (997, 1089, large)
    try:
        theirs = core.Atlas(found.folder / "manifest.json")
    except Exception as problem:
        pytest.skip(f"the library does not open it at all: {type(problem).__name__}")
    assert theirs.structures_list[3]["structure_id_path"] != [997, 1089, large]


def test_points_are_in_the_structures_of_the_annotation(tmp_path: Path):
    """At each voxel's center and between, what the library looks up in its volume."""
    edges = {
        997: ((3, 3, 3), (40, 34, 36)),
        8: ((5, 5, 5), (30, 30, 34)),
        463: ((10, 8, 6), (20, 18, 19)),
        726: ((10, 8, 21), (20, 18, 34)),
    }
    annotation = np.zeros(SHAPE, np.uint32)
    meshes = {}
    for identity, (low, high) in edges.items():
        annotation[tuple(slice(a, b) for a, b in zip(low, high, strict=True))] = identity
        points, triangles = box(*(tuple(RESOLUTION_UM * n for n in end) for end in (low, high)))
        meshes[identity] = tmp_path / f"{identity}.obj"
        meshio.write_points_cells(meshes[identity], points, [("triangle", triangles)])
    paths = {997: [997], 8: [997, 8], 463: [997, 8, 463], 726: [997, 8, 726]}
    structures = [
        {
            "id": identity, "acronym": f"R{identity}", "name": f"Region {identity}",
            "structure_id_path": path, "rgb_triplet": [1, 2, 3],
        }
        for identity, path in paths.items()
    ]  # fmt: skip
    structures[0]["acronym"] = structures[0]["name"] = "root"
    made = tmp_path / "made"
    made.mkdir()
    wrapup.wrapup_atlas_from_data(
        atlas_name="boxes_mouse", atlas_minor_version=0, citation="unpublished",
        atlas_link="http://www.example.com", species="Mus musculus",
        resolution=(RESOLUTION_UM,) * 3, orientation="asr", root_id=997,
        reference_stack=np.zeros(SHAPE, np.uint16), annotation_stack=annotation,
        structures_list=structures, meshes_dict=meshes, working_dir=made,
    )  # fmt: skip
    ours, theirs = opened(made)
    centers = np.stack(np.indices(SHAPE), -1).reshape(-1, 3)[::7] + 0.5
    random = np.random.default_rng(0).uniform(0, SHAPE, (2000, 3))
    # Where a mesh is rounded on its way, a point on it may be on either side.
    random = random[(np.abs(random - np.round(random)) > 0.01).all(axis=1)]
    for voxels in (centers, random):
        found = locate(ours, voxels * RESOLUTION_UM)
        ids = np.array([one.id for one in ours.structures] + [0])[found.places]
        expected = [
            theirs.structure_from_coords(tuple(place), microns=True)
            for place in (voxels * RESOLUTION_UM).tolist()
        ]
        assert np.array_equal(ids, expected)
        assert len(set(expected)) == 5
