# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export connectome``, on folders as people have them."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from helpers.neuron_meshes import box, write_legacy
from helpers.skeletons import edges_of, encoded, grown, swc_text, write_precomputed

from spike_export import read
from spike_export.cli import main

IDS = [720575940621039145 + 17 * seed for seed in range(6)]
TABLE = "root_id,cell_type,instance,pre\n" + "".join(
    f"{number},{'KC' if i % 3 else 'PN'},n{i},{10 * i}\n" for i, number in enumerate(IDS[:5])
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six SWC files in nm, named after ids."""
    place = tmp_path / "swc"
    place.mkdir()
    for seed, number in enumerate(IDS):
        points, radii, parents = grown(seed, 200, 9000)
        (place / f"{number}.swc").write_text(swc_text(points, radii, parents))
    return place


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["connectome", *map(str, words)])
    return result.exit_code, result.output


def test_a_folder_becomes_cells(folder, tmp_path):
    path = tmp_path / "cells.pickle"
    code, told = run(folder, "-o", path)
    assert code == 0, told
    assert "taken to be in nm" in told
    made = read(path)
    assert [cell.name for cell in made.cells] == list(map(str, IDS))
    assert [cell.gid for cell in made.cells] == IDS
    assert "cable length" in told and "3 (sections as a table)" in told
    points = grown(0, 200, 9000)[0]
    first = made.points_um[: np.searchsorted(made.section_cells, 1)]
    assert first[0, :3] == pytest.approx(points[0] / 1000, rel=1e-6, abs=1e-6)


def test_a_table_gives_types_names_and_numbers(folder, tmp_path):
    table, path = tmp_path / "n.csv", tmp_path / "cells.pickle"
    table.write_text(TABLE)
    code, told = run(folder, "--unit", "nm", "--table", table, "-o", path)
    assert code == 0, told
    assert "ids are from root_id, names from instance; shown are cell_type (2 classes), pre" in told
    assert "5 of 6 skeletons have a row in n.csv, which has 5" in told
    made = read(path)
    assert [cell.name for cell in made.cells] == ["n0", "n1", "n2", "n3", "n4", str(IDS[5])]
    assert made.classes == {"cell_type": ("KC", "PN")}
    first = np.searchsorted(made.section_cells, np.arange(6))
    assert made.values[0, first].tolist()[:5] == [1, 0, 0, 1, 0]
    assert np.isnan(made.values[0, first[5]])
    assert made.more["pre"].values[0, first].tolist()[:5] == [0, 10, 20, 30, 40]
    assert "KC, PN (cell_type)" in told


def test_spikes_light_cells_up(folder, tmp_path):
    spikes, path = tmp_path / "s.csv", tmp_path / "cells.pickle"
    spikes.write_text(f"cell,time_ms\n{IDS[1]},5\n{IDS[1]},9\n{IDS[4]},7\n12345,1\n")
    code, told = run(folder, "--unit", "nm", "--spikes", spikes, "--stop", 30, "-o", path)
    assert code == 0, told
    assert "1 of 3 cells in s.csv have no skeleton" in told
    made = read(path)
    assert made.n_frames == 31
    assert [len(cell.spikes_ms) for cell in made.cells] == [0, 2, 0, 0, 1, 0]


def test_neuroglancer_s_folder_and_voxels(tmp_path):
    points, radii, parents = grown(3, 50)
    content = encoded(points, edges_of(parents), radii.astype("<f4"), np.zeros(50, np.uint8))
    path = tmp_path / "cells.pickle"
    folder = write_precomputed(tmp_path / "ng", {IDS[0]: content, 9: content})
    assert run(folder, "-o", path)[0] == 0
    made = read(path)
    assert [cell.name for cell in made.cells] == ["9", str(IDS[0])]
    swc = tmp_path / "1.swc"
    swc.write_text(swc_text(points / 8, radii / 8, parents))
    assert run(swc, "--unit", "voxels", "--voxel-size", "8", "-o", path, "--force")[0] == 0
    again = read(path)
    assert np.sort(again.points_um[:, 0]) == pytest.approx(
        np.sort(made.points_um[made.section_cells.repeat(made.point_counts) == 0, 0]), abs=1e-4
    )


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["{empty}"], "Cannot use empty: it has neither .swc files nor Neuroglancer's info"),
        (["{folder}/.."], "it has folders,"),
        (["none"], "Cannot use none: it does not exist"),
        (["{folder}", "--voxel-size", "0,0,0"], "is not the size of a voxel in nm"),
        (["{folder}", "--voxel-size", "8"], "add --unit voxels"),
        (["{folder}", "--column", "type"], "--column needs --table"),
        (["{folder}", "--every", "2"], "--every needs --spikes"),
        (["{folder}", "--table", "{table}"], "is that of a skeleton"),
        (["{folder}", "--spikes", "{spikes}"], "is a skeleton's id"),
        (["{folder}", "--spikes", "{early}"], "line 2 has a spike at -5 ms, before 0"),
    ],
)
def test_what_cannot_be_used_is_said(folder, tmp_path, words, reason):
    (tmp_path / "empty").mkdir()
    names = {"table": "id,type\n12,KC\n", "spikes": "cell,time_ms\n12,1\n13,2\n",
             "early": f"cell,time_ms\n{IDS[0]},-5\n{IDS[1]},1\n"}  # fmt: skip
    for name, text in names.items():
        (tmp_path / f"{name}.csv").write_text(text)
    places: dict[str, Any] = {name: tmp_path / f"{name}.csv" for name in names}
    places |= {"folder": folder, "empty": tmp_path / "empty"}
    out = tmp_path / "x.pickle"
    code, told = run(*(word.format(**places) for word in words), "-o", out)
    assert code != 0
    assert reason in " ".join(told.split())
    assert not out.exists()


@pytest.mark.slow
def test_a_thousand_skeletons_take_seconds(tmp_path):
    """Of 1,000 points each, through one file that all names lead to."""
    points, radii, parents = grown(1, 1000)
    (tmp_path / "one").write_text(swc_text(points, radii, parents))
    folder = tmp_path / "swc"
    folder.mkdir()
    for number in range(1000):
        (folder / f"{number}.swc").symlink_to(tmp_path / "one")
    begin = time.process_time()
    assert run(folder, "--unit", "nm", "-o", tmp_path / "x.pickle")[0] == 0
    assert time.process_time() - begin < 20
    assert read(tmp_path / "x.pickle").n_sections > 50_000


def test_meshes_become_cells_with_surfaces(tmp_path):
    """Neuroglancer's, in nm, with types of a table, and lit by spikes."""
    boxes = {number: [box((2000, 3000, 4000), (9000 * i, 0, 0))] for i, number in enumerate(IDS)}
    folder = write_legacy(tmp_path / "seg", boxes)
    table, spikes = tmp_path / "n.csv", tmp_path / "s.csv"
    path = tmp_path / "cells.pickle"
    table.write_text(TABLE)
    code, told = run(folder, "--meshes", "--table", table, "-o", path)
    assert code == 0, told
    assert "5 of 6 meshes have a row in n.csv" in told
    assert re.search(r"Surfaces +6 cells, 48 vertices, 72 faces", told)
    made = read(path)
    assert made.more["surface area"].values[0] == pytest.approx([52] * 6)
    assert made.surfaces.vertices[:8] == pytest.approx(box((2, 3, 4))[0])
    assert [cell.gid for cell in made.cells] == IDS
    spikes.write_text(f"cell,time\n{IDS[1]},5\n")
    code, told = run(folder, "--meshes", "--spikes", spikes, "-o", path, "--force")
    assert code == 0, told
    lit = read(path)
    assert lit.quantity == "activity" and lit.values.max(axis=0).argmax() == 1
    assert len(lit.surfaces.faces) == 72


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["{folder}", "--meshes", "--diameter", "2"], "--diameter needs skeletons, not --meshes."),
        (["{folder}", "--meshes"], "it has neither Neuroglancer's info nor files of meshes"),
        (["{meshes}"], "neither .swc files nor Neuroglancer's info; --meshes reads the meshes"),
    ],
)
def test_meshes_are_not_skeletons(folder, tmp_path, words, sentence):
    meshes = tmp_path / "meshes"
    meshes.mkdir()
    (meshes / "1.ply").write_bytes(b"")
    there = [word.format(folder=folder, meshes=meshes) for word in words]
    code, told = run(*there, "-o", tmp_path / "x.pickle")
    assert code != 0 and sentence in " ".join(told.split())
