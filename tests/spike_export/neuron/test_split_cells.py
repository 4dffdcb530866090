# SPDX-License-Identifier: BSD-3-Clause
"""Cells that NEURON splits between threads or processes, against the same cells unsplit."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers.fast import fast_first
from helpers.neuron_version import NEURON_8

from spike_export import Simulation, read

pytest.importorskip("neuron")

TREE = """
    import sys
    from neuron import h
    h.load_file("stdrun.hoc")
    split, pc = "split" in sys.argv, h.ParallelContext()
    soma = h.Section(name="soma")
    soma.L = soma.diam = 20
    soma.insert("hh")
    dends = []
    def grow(parent, depth):
        for k in range(2 if depth else 0):
            dend = h.Section(name=f"dend[{len(dends)}]")
            dends.append(dend)
            dend.L, dend.diam, dend.nseg = 60 + 10 * len(dends), 2, 5
            dend.insert("pas")
            dend.connect(parent(1))
            grow(dend, depth - 1)
    grow(soma, 3)
    clamp = h.IClamp(soma(0.5))
    clamp.delay, clamp.dur, clamp.amp = 1, 1, 2
"""
RUN = "pc.set_maxstep(10)\nh.finitialize(-65)\npc.psolve(5)\n"
BY_TOOL = """
    if split:
        h.load_file("parcom.hoc")
        tool = h.ParallelComputeTool()
        tool.change_nthread(4, 1)
        tool.multisplit(1)
"""
# At one place in two threads, with two pieces beyond; and one more further out.
BY_HAND = """
    if split:
        cuts = ((dends[0], soma, 7), (dends[7], soma, 7), (dends[8], dends[7], 9))
        for dend, parent, sid in cuts:
            h.disconnect(sec=dend)
            if sid == 9 or dend is dends[0]:
                pc.multisplit(1, sid, sec=parent)
            pc.multisplit(0, sid, sec=dend)
        pc.multisplit()
"""
IN_HOC = """
    if split:
        h('objref pc')
        h('pc = new ParallelContext()')
        h('dend_cut = 7')
        for dend, parent in ((dends[0], soma),):
            h.disconnect(sec=dend)
            parent.push()
            h('pc.multisplit(1, dend_cut)')
            h.pop_section()
            dend.push()
            h('pc.multisplit(0, dend_cut)')
            h.pop_section()
        h('pc.multisplit()')
"""
# Rank 0 has the soma and what hangs on it beside the piece of rank 1.
ON_TWO_RANKS = """
    rank = int(pc.id())
    if int(pc.nhost()) == 2:
        h.disconnect(sec=dends[7])
        beyond = list(dends[7].subtree())
        mine = beyond if rank else [soma, *dends[:7]]
        for section in [soma, *dends]:
            if section not in mine:
                h.delete_section(sec=section)
        {cut}
"""
MULTISPLIT = "pc.multisplit(0 if rank else 1, 7, sec=dends[7] if rank else soma); pc.multisplit()"
SPLITCELL = "pc.splitcell_connect(1 - rank, sec=dends[7] if rank else soma)"
SPLITCELL_IN_HOC = """
        h('objref pc')
        h('pc = new ParallelContext()')
        (dends[7] if rank else soma).push()
        h(f'pc.splitcell_connect({1 - rank})')
        h.pop_section()
"""
GID = """
    if rank == 0:
        pc.set_gid2node(4, 0)
        link = h.NetCon(soma(0.5)._ref_v, None, sec=soma)
        pc.cell(4, link)
"""


@pytest.fixture
def recorded(tmp_path: Path) -> Callable[..., tuple[Simulation, str]]:
    """Run a model by the command; return what was recorded and said."""

    def recorded(
        path: Path, *arguments: str, mpi: tuple[str, ...] = (), options: tuple[str, ...] = ()
    ) -> tuple[Simulation, str]:
        done = subprocess.run(
            [*mpi, sys.executable, "-m", "spike_export", "run", str(path), "-o", "run.pickle",
             "--force", *options, "--", *arguments],
            cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return read(tmp_path / "run.pickle"), done.stderr

    return recorded


@pytest.fixture
def model(tmp_path: Path) -> Callable[..., Path]:
    """Write a model; its parts are put one after another."""

    def model(*parts: str) -> Path:
        path = tmp_path / "model.py"
        path.write_text("\n".join(textwrap.dedent(part) for part in parts))
        return path

    return model


def by_name(simulation: Simulation) -> dict[str, tuple[str, float, list[float]]]:
    """Parent, place on it and last values, by section."""
    ends = np.cumsum(simulation.segment_counts)
    return {
        name: (
            simulation.section_names[parent] if parent >= 0 else "",
            x,
            simulation.values[-1, end - count : end].tolist(),
        )
        for name, parent, x, end, count in zip(
            simulation.section_names,
            simulation.parents.tolist(),
            simulation.parent_x.tolist(),
            ends.tolist(),
            simulation.segment_counts.tolist(),
            strict=True,
        )
    }


def gaps_um(simulation: Simulation) -> list[float]:
    """How far each section begins from where it hangs on its parent, which both have two ends."""
    first = simulation.first_points
    last = first + simulation.point_counts - 1
    points = simulation.points_um[:, :3]
    return [
        float(np.linalg.norm(points[first[i]] - points[last[p] if x == 1 else first[p]]))
        for i, (p, x) in enumerate(
            zip(simulation.parents.tolist(), simulation.parent_x.tolist(), strict=True)
        )
        if p >= 0
    ]


def assert_same_cell(split: Simulation, whole: Simulation) -> None:
    assert len(split.cells) == len(whole.cells) == 1
    assert (split.cells[0].name, split.cells[0].gid) == (whole.cells[0].name, whole.cells[0].gid)
    assert split.cells[0].spikes_ms == pytest.approx(whole.cells[0].spikes_ms)
    assert len(whole.cells[0].spikes_ms) == 1
    sections, others = by_name(split), by_name(whole)
    assert sections.keys() == others.keys()
    for name, (parent, x, values) in sections.items():
        assert (parent, x) == others[name][:2], name
        # NEURON eliminates in another order.
        assert values == pytest.approx(others[name][2], abs=1e-4), name
    assert max(gaps_um(split)) < 0.01
    # The made-up cell is as large as NEURON makes it, and all in one plane.
    assert np.ptp(split.points_um[:, 2]) == 0
    assert np.ptp(split.points_um[:, :2]) < 2 * np.ptp(whole.points_um[:, :2])


# What is not watched is said; see what is not guessed, below.
watched = pytest.mark.skipif(NEURON_8, reason="NEURON 8 does not let its splits be watched")


@pytest.mark.slow
@fast_first(
    "way", [pytest.param(BY_TOOL, id="tool"), pytest.param(BY_HAND, id="hand", marks=watched)]
)
def test_a_cell_that_is_split_between_threads_is_one(model, recorded, way):
    path = model(TREE, way, RUN)
    split, said = recorded(path, "split")
    assert_same_cell(split, recorded(path)[0])
    assert "split" not in said
    assert "split" not in split.meta


@pytest.mark.slow
def test_of_several_runs_the_kept_one_is_put_together_too(model, recorded):
    path = model(TREE, BY_TOOL, RUN, "h.finitialize(-65)\n")
    assert_same_cell(recorded(path, "split")[0], recorded(path)[0])


@pytest.mark.slow
def test_cells_that_are_whole_again_are_read_as_neuron_has_them(model, recorded):
    path = model(TREE, BY_TOOL, "if split:\n    tool.multisplit(0)\n", RUN)
    assert_same_cell(recorded(path, "split")[0], recorded(path)[0])


def test_what_hung_on_what_is_not_guessed(model, recorded):
    split, said = recorded(model(TREE, IN_HOC, RUN), "split")
    assert [cell.name for cell in split.cells] == ["soma", "dend[0]"]
    assert "does not reveal which pieces were connected" in said
    assert "does not reveal which pieces were connected" in split.meta["split"]


# Python splits at one place, and hoc at another: beside it, and beyond it.
MIXED = """
    if split:
        h.disconnect(sec=dends[0])
        pc.multisplit(1, 7, sec=soma)
        pc.multisplit(0, 7, sec=dends[0])
        h('objref pc')
        h('pc = new ParallelContext()')
        h.disconnect(sec=dends[{dend}])
        for x, sid, section in {cuts}:
            section.push()
            h(f'pc.multisplit({{x}}, {{sid}})')
            h.pop_section()
        pc.multisplit()
"""
OWNED = """
    class Cell:
        def __init__(self):
            self.soma = h.Section(name="trunk", cell=self)
            self.dend = h.Section(name="twig", cell=self)
            self.dend.connect(self.soma(1))
    cell = Cell()
    soma, dends = cell.soma, [cell.dend]
    other = h.Section(name="other")
    far = h.Section(name="far")
    far.connect(other(1))
    if split:
        h.disconnect(sec=far)
        pc.multisplit(1, 9, sec=other)
        pc.multisplit(0, 9, sec=far)
"""


@pytest.mark.slow
@watched
@pytest.mark.parametrize(
    ("grown", "way"),
    [
        pytest.param("", MIXED.format(dend=7, cuts="((0, 7, dends[7]),)"), id="beside"),
        pytest.param(
            "", MIXED.format(dend=8, cuts="((1, 8, dends[7]), (0, 8, dends[8]))"), id="beyond"
        ),
        pytest.param(OWNED, IN_HOC, id="one object"),
    ],
)
def test_what_only_hoc_splits_beside_python_is_told(model, recorded, grown, way):
    split, said = recorded(model(TREE, grown, way, RUN), "split")
    assert "does not reveal which pieces were connected" in said
    assert "does not reveal which pieces were connected" in split.meta["split"]
    # Beside what has no soma of its own, as an axon drawn alone.
    assert "split" not in recorded(model(TREE, grown, RUN))[1]


@pytest.mark.slow
@watched
def test_real_points_stay_where_they_are(model, recorded):
    drawn = """
        h.define_shape()
        for section in h.allsec():
            for i in range(section.n3d()):
                section.pt3dchange(i, section.x3d(i), section.y3d(i), section.z3d(i) + 5 * i, 2)
    """
    path = model(TREE, drawn, BY_HAND, RUN)
    split, whole = recorded(path, "split")[0], recorded(path)[0]
    assert len(split.cells) == 1
    order = [whole.section_names.index(name) for name in split.section_names]
    parts = np.split(whole.points_um, np.cumsum(whole.point_counts)[:-1])
    assert np.array_equal(split.points_um, np.concatenate([parts[i] for i in order]))


@pytest.mark.slow
@watched
@pytest.mark.parametrize("cut", [MULTISPLIT, SPLITCELL], ids=["multisplit", "splitcell"])
def test_a_cell_that_is_split_between_processes_is_one(model, recorded, mpiexec, cut):
    if cut == SPLITCELL:
        # Both pieces begin there.
        tree = TREE.replace("grow(soma, 3)", "grow(soma, 3)\n    dends[7].connect(soma(0))")
    else:
        tree = TREE
    path = model(tree, ON_TWO_RANKS.format(cut=cut), GID, RUN)
    split, said = recorded(path, mpi=(mpiexec, "-n", "2"))
    assert_same_cell(split, recorded(path)[0])
    assert "split" not in said
    assert "split" not in split.meta


@pytest.mark.slow
@watched
def test_pieces_in_several_files_are_told(model, mpiexec, tmp_path):
    path = model(TREE, ON_TWO_RANKS.format(cut=MULTISPLIT), GID, RUN)
    done = subprocess.run(
        [mpiexec, "-n", "2", sys.executable, "-m", "spike_export", "run", str(path), "--no-merge"],
        cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90,
        check=True,
    )  # fmt: skip
    assert done.stderr.count("their pieces are in several files") == 2
    assert "in several files" in read(tmp_path / "model.rank0001.pickle").meta["split"]


@pytest.mark.slow
def test_what_hoc_splits_between_processes_is_told(model, recorded, mpiexec):
    path = model(TREE, ON_TWO_RANKS.format(cut=SPLITCELL_IN_HOC.strip()), GID, RUN)
    split, said = recorded(path, mpi=(mpiexec, "-n", "2"))
    assert [cell.name for cell in split.cells] == ["soma", "dend[7]"]
    assert "does not reveal which pieces were co" in said
    assert "does not reveal which pieces were co" in split.meta["split"]
