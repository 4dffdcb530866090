# SPDX-License-Identifier: BSD-3-Clause
"""Synapses of a connectome's table: on the right cell, at its closest place."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner
from helpers.skeletons import grown, swc_text

from spike_export import read
from spike_export.cli import main
from spike_export.connectome.skeletons import ConnectomeError
from spike_export.connectome.synapse_rows import read_synapses

IDS = [720575940621039145 + 17 * seed for seed in range(4)]
NM = np.full(3, 1e-3)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "swc"
    place.mkdir()
    for seed, number in enumerate(IDS):
        points, radii, parents = grown(seed, 120, 4000)
        (place / f"{number}.swc").write_text(swc_text(points, radii, parents))
    return place


def rows(count=200, seed=1):
    """Ids of both cells, and places in nm, 200 to 3,000 away from the center line of the second."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        pre, post = random.integers(0, 4, 2)
        points, _, _ = grown(int(post), 120, 4000)
        away = random.normal(0, 1, 3)
        away *= random.uniform(200, 3000) / np.linalg.norm(away)
        made.append((int(pre), int(post), points[random.integers(120)] + away))
    return made


def closest_um(simulation, cell, place):
    """Distance from the surface of a cell, by trying a hundred places between all its points."""
    best = np.inf
    starts = simulation.first_points
    for section in np.flatnonzero(simulation.section_cells == cell):
        own = simulation.points_um[starts[section] :][: simulation.point_counts[section]]
        for a, b in zip(own[:-1].astype(float), own[1:].astype(float), strict=True):
            along = a + np.linspace(0, 1, 100)[:, None] * (b - a)
            best = min(best, (np.linalg.norm(along[:, :3] - place, axis=1) - along[:, 3] / 2).min())
    return best


def test_each_is_on_the_closest_place_of_its_cell(folder, tmp_path):
    made = rows()
    table, path = tmp_path / "s.csv", tmp_path / "cells.pickle"
    lines = [f"{IDS[a]},{IDS[b]},{x:.1f},{y:.1f},{z:.1f}" for a, b, (x, y, z) in made]
    table.write_text("\n".join(["bodyId_pre,bodyId_post,x_post,y_post,z_post", *lines]))
    words = ["connectome", str(folder), "--unit", "nm", "--synapses", str(table), "-o", str(path)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    found = read(path)
    synapses = found.synapses
    assert synapses.cells.tolist() == [post for _, post, _ in made]
    assert synapses.sources.tolist() == [pre for pre, _, _ in made]
    far = 0
    starts = found.first_points
    for index, (_, post, place_nm) in enumerate(made):
        section = synapses.sections[index]
        assert found.section_cells[section] == post
        own = found.points_um[starts[section] :][: found.point_counts[section]].astype(float)
        steps = np.append(0, np.cumsum(np.linalg.norm(np.diff(own[:, :3], axis=0), axis=1)))
        at = [np.interp(synapses.positions[index] * steps[-1], steps, c) for c in own.T]
        distance = np.linalg.norm(np.array(at[:3]) - place_nm / 1000) - at[3] / 2
        expected = closest_um(found, post, place_nm / 1000)
        assert distance == pytest.approx(expected, abs=0.05)
        far += distance > 1
    told = " ".join(result.output.split())
    assert f"{far:,} farther than 1 µm" in told
    pairs = {(pre, post) for pre, post, _ in made}
    assert {tuple(pair) for pair in found.connections.tolist()} == pairs
    assert f"{len(pairs):,} pairs of cells are connected by 200 synapses." in told


def test_units_are_those_of_the_columns_or_of_the_skeletons(tmp_path):
    for names, factor in (("x,y,z", 0.008), ("x_nm,y_nm,z_nm", 1e-3), ("x_um,y_um,z_um", 1.0)):
        table = tmp_path / "s.csv"
        table.write_text(f"pre_pt_root_id,post_pt_root_id,{names}\n{IDS[0]},{IDS[1]},100,200,300\n")
        found = read_synapses(table, np.full(3, 0.008))
        assert found.points_um.tolist()[0] == pytest.approx(
            [100 * factor, 200 * factor, 300 * factor]
        )
        assert (found.rows[0].source, found.rows[0].cell) == (str(IDS[0]), str(IDS[1]))


def test_rounded_ids_and_missing_places_are_refused(tmp_path):
    table = tmp_path / "s.csv"
    rounded = [round(one + 10000 * i, -3) for i, one in enumerate(IDS)]
    table.write_text("pre,post,x,y,z\n" + "".join(f"{one},5,1,2,3\n" for one in rounded))
    with pytest.raises(ConnectomeError, match="as if a spreadsheet had rounded them"):
        read_synapses(table, NM)
    table.write_text("cell,section,position\n5,dend[0],0.5\n")
    with pytest.raises(ConnectomeError, match="it has no x, y and z of each synapse"):
        read_synapses(table, NM)
