# SPDX-License-Identifier: BSD-3-Clause
"""Cells, sections and shapes as they are read out of NEURON."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from spike_export import SECTION_TYPES, Recorder
from spike_export.neuron.model import _heads, group_cells
from spike_export.neuron.model_shape import read_shape
from spike_export.section_types import section_type


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("soma", "soma"),
        ("axonless[0].soma", "soma"),
        ("Pyramidal[0].apic[12]", "apic"),
        ("Pyramidal[0].dend[3]", "dend"),
        ("Soma_0", "soma"),
        ("AIS", "axon"),
        ("cell.hillock", "axon"),
        ("iseg", "axon"),
        ("myelin[2]", "axon"),
        ("node[1]", "axon"),
        ("Axon[0]", "axon"),
        ("tuft", "apic"),
        ("apical_trunk", "apic"),
        ("basal[7]", "dend"),
        ("oblique", "dend"),
        ("dendA1_01", "dend"),
        ("somatic_network.glomerulus", "other"),
        ("section", "other"),
        ("", "other"),
    ],
)
def test_types_are_told_from_the_section_s_own_name(name, expected):
    assert section_type(name) == expected


@pytest.fixture
def template(h) -> str:
    """A hoc template with a soma, two dendrites and an axon; all begin somewhere else."""
    if not hasattr(h, "SpikeExportTestCell"):
        h(
            """
            begintemplate SpikeExportTestCell
            public soma, dend, axon
            create soma, dend[2], axon
            proc init() {
                connect dend[0](0), soma(1)
                connect dend[1](0), dend[0](0.5)
                connect axon(0), soma(0)
                dend[0] nseg = 3
            }
            endtemplate SpikeExportTestCell
            """
        )
    return "SpikeExportTestCell"


def test_two_cells_of_a_template_keep_apart(h, template):
    make = getattr(h, template)
    cells = [make(), make()]
    loose = h.Section(name="loose")
    branch = h.Section(name="branch")
    branch.connect(loose(0.25))
    with Recorder() as recorder:
        h.finitialize(-65)
    simulation = recorder.simulation()
    assert [cell.name for cell in simulation.cells] == [str(cells[0]), str(cells[1]), "loose"]
    assert simulation.section_cells.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]
    own = [name.rsplit(".")[-1] for name in simulation.section_names]
    assert own == ["soma", "dend[0]", "dend[1]", "axon"] * 2 + ["loose", "branch"]
    assert simulation.parents.tolist() == [-1, 0, 1, 0, -1, 4, 5, 4, -1, 8]
    assert simulation.parent_x.tolist() == [0, 1, 0.5, 0, 0, 1, 0.5, 0, 0, 0.25]
    assert [SECTION_TYPES[i] for i in simulation.section_types] == [
        "soma", "dend", "dend", "axon"] * 2 + ["other", "other"]  # fmt: skip
    assert simulation.segment_counts.tolist() == [1, 3, 1, 1] * 2 + [1, 1]


def test_cells_of_python_keep_apart_even_if_they_print_alike(h):
    class Cell:
        def __init__(self) -> None:
            self.dend = h.Section(name="dend", cell=self)
            self.soma = h.Section(name="soma", cell=self)
            self.dend.connect(self.soma)

        def __str__(self) -> str:
            return "Cell"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Cell)

    cells = [Cell(), Cell()]
    found = group_cells(h.allsec())
    assert [cell.name for cell in found] == ["Cell[0]", "Cell[1]"]
    assert [cell.section_names for cell in found] == [
        ["Cell[0].dend", "Cell[0].soma"],
        ["Cell[1].dend", "Cell[1].soma"],
    ]
    assert [cell.sections for cell in found] == [[cell.dend, cell.soma] for cell in cells]
    assert [cell.soma for cell in found] == [cell.soma for cell in cells]


def test_cells_of_python_that_have_no_name_are_numbered_as_hoc_does(h):
    class Pyr:
        def __init__(self) -> None:
            self.soma = h.Section(name="soma", cell=self)

    class Taken(Pyr):
        def __str__(self) -> str:
            return "Pyr[1]"

    cells = [Pyr(), Taken(), Pyr()]
    found = group_cells(h.allsec())
    assert [cell.name for cell in found] == ["Pyr[0]", "Pyr[1]", "Pyr[2]"]
    assert [cell.section_names for cell in found] == [[f"Pyr[{i}].soma"] for i in range(3)]
    # What is recorded changes no name.
    alone = group_cells([cells[2].soma])
    assert [(cell.name, cell.section_names) for cell in alone] == [("Pyr[2]", ["Pyr[2].soma"])]


def test_trees_without_an_owner_keep_apart_even_if_they_are_called_alike(h):
    somata = [h.Section(name="soma") for _ in range(2)]
    found = group_cells(h.allsec())
    assert [(cell.name, cell.sections) for cell in found] == [
        ("soma[0]", somata[:1]),
        ("soma[1]", somata[1:]),
    ]


def test_what_has_no_name_is_numbered_instead_of_called_by_its_address(h):
    class Pyr:
        def __init__(self) -> None:
            self.soma, self.dend = h.Section(name="soma", cell=self), h.Section(cell=self)

    trees = [h.Section() for _ in range(4)]
    for above, below in itertools.pairwise(trees[1:]):
        below.connect(above)
    pyr = Pyr()
    found = group_cells(h.allsec())
    assert [(cell.name, cell.section_names) for cell in found] == [
        ("cell[0]", ["cell[0].section[0]"]),
        ("cell[1]", ["cell[1].section[0]", "cell[1].section[1]", "cell[1].section[2]"]),
        ("Pyr[0]", ["Pyr[0].soma", "Pyr[0].section[0]"]),
    ]
    assert found[2].sections == [pyr.soma, pyr.dend]


def test_what_nothing_owns_belongs_to_the_cell_that_it_hangs_on(h, template):
    cells = [getattr(h, template)() for _ in range(2)]
    spine = h.Section(name="spine")
    head = h.Section(name="head")
    head.connect(spine(1))
    spine.connect(cells[0].dend[0](0.5))
    with Recorder() as recorder:
        h.finitialize(-65)
    simulation = recorder.simulation()
    assert [cell.name for cell in simulation.cells] == [str(cell) for cell in cells]
    assert simulation.section_cells.tolist() == [0] * 6 + [1] * 4
    assert simulation.section_names[4:6] == ("spine", "head")
    assert simulation.parents.tolist() == [-1, 0, 1, 0, 1, 4, -1, 6, 7, 6]


def test_a_cell_that_hangs_on_another_one_is_a_tree_of_its_own(h, template):
    cells = [getattr(h, template)() for _ in range(2)]
    cells[1].soma.connect(cells[0].axon(1))
    with Recorder() as recorder:
        h.finitialize(-65)
    simulation = recorder.simulation()
    assert simulation.section_cells.tolist() == [0] * 4 + [1] * 4
    assert simulation.parents.tolist() == [-1, 0, 1, 0, -1, 4, 5, 4]
    assert simulation.parent_x[4] == 0


def test_a_long_chain_is_climbed_once(h):
    chain = [h.Section(name=f"part{i}") for i in range(300)]
    for above, below in itertools.pairwise(chain):
        below.connect(above(1))
    asked = 0

    class Watched:
        """A section that counts how often it is asked for its parent."""

        def __init__(self, section: Any) -> None:
            self.section = section

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Watched) and self.section == other.section

        def __hash__(self) -> int:
            return hash(self.section)

        def cell(self) -> Any:
            return self.section.cell()

        def parentseg(self) -> Any:
            nonlocal asked
            asked += 1
            parent = self.section.parentseg()
            return None if parent is None else SimpleNamespace(sec=Watched(parent.sec), x=parent.x)

    heads = _heads([Watched(section) for section in reversed(chain)])
    assert {head.section for head in heads.values()} == {chain[0]}
    assert asked == len(chain)


def test_sections_that_come_in_turn_are_sorted_by_cell(h):
    sections = {name: h.Section(name=name) for name in ("a", "b", "a1", "b1")}
    sections["a1"].connect(sections["a"])
    sections["b1"].connect(sections["b"])
    found = group_cells(h.allsec())
    assert [[s.name() for s in cell.sections] for cell in found] == [["a", "a1"], ["b", "b1"]]


def test_parents_that_are_not_recorded_are_none(h):
    a, b, c = (h.Section(name=name) for name in "abc")
    b.connect(a(1))
    c.connect(b(0.5))
    shape = read_shape([c, b])
    assert shape.parents.tolist() == [1, -1]
    assert shape.parent_x.tolist() == [0.5, 0]


def drawn_distances(simulation: Any, roots: dict[str, float]) -> list[float]:
    """How far each segment is from where its tree begins, along points and parents."""
    ends = np.cumsum(simulation.point_counts)
    points = np.split(simulation.points_um[:, :3].astype(np.float64), ends[:-1])
    lengths = [np.linalg.norm(np.diff(p, axis=0), axis=1).sum() for p in points]

    def begin(section: int) -> float:
        parent = int(simulation.parents[section])
        if parent < 0:
            return roots[simulation.section_names[section].rsplit(".")[-1]]
        return begin(parent) + float(simulation.parent_x[section]) * lengths[parent]

    return [
        begin(section) + (segment + 0.5) / count * lengths[section]
        for section, count in enumerate(simulation.segment_counts.tolist())
        for segment in range(count)
    ]


def random_tree(h, seed: int) -> tuple[list[Any], list[Any]]:
    """Sections that hang on each other by either end, and up to two cells that own some of them."""
    random = np.random.default_rng(seed)

    class Cell:
        pass

    owners = [Cell(), Cell(), None]
    sections: list[Any] = []
    for number in range(12):
        owner = owners[int(random.integers(3))]
        section = h.Section(name=f"part{number}", **({} if owner is None else {"cell": owner}))
        section.nseg = int(random.integers(1, 10))
        # None has points, all have, or some.
        if seed % 3 == 0 or (seed % 3 == 2 and random.random() < 0.3):
            section.L, section.diam = random.uniform(10, 200), 2
        else:
            for place in np.cumsum(random.uniform(-30, 30, (4, 3)), axis=0).tolist():
                section.pt3dadd(*place, 2)
        if sections:
            parent = sections[int(random.integers(number))]
            # NEURON moves what is within a section to the middle of a segment.
            middle = (int(random.integers(parent.nseg)) + 0.5) / parent.nseg
            x = (0.0, middle, 1.0)[int(random.integers(3))]
            section.connect(parent(x), int(random.integers(2)))
        section.insert("pas")
        sections.append(section)
    return owners, sections


@pytest.mark.parametrize("later", [False, True], ids=["as it stands", "when it is gone"])
@pytest.mark.parametrize("seed", range(18))
def test_each_value_is_drawn_as_far_from_the_root_as_neuron_has_it(h, seed, later):
    owners, sections = random_tree(h, seed)
    root = sections[0](0)
    for section in sections:
        for segment in section:
            segment.g_pas = h.distance(root, segment)
    roots = {
        section.name().rsplit(".")[-1]: 0.0 if (up := section.parentseg()) is None
        else h.distance(root, up)
        for section in sections
    }  # fmt: skip
    with Recorder(variable="g_pas", capture=1) as recorder:
        h.finitialize(-65)
        h.continuerun(0.1)
        if later:
            h.finitialize(-65)
    assert any(section.orientation() for section in sections)
    if later:
        sections.clear()
        owners.clear()
    simulation = recorder.simulation()
    assert np.allclose(drawn_distances(simulation, roots), simulation.values[0], rtol=1e-5)


def points_of(section: Any) -> list[tuple[float, ...]]:
    return [
        (section.x3d(i), section.y3d(i), section.z3d(i), section.diam3d(i))
        for i in range(section.n3d())
    ]


def geometry(h) -> dict[str, Any]:
    """All that NEURON computes with, and all points."""
    return {
        section.name(): [
            section.L,
            section.rallbranch,
            points_of(section),
            *((seg.diam, seg.area(), seg.ri()) for seg in section),
        ]
        for section in h.allsec()
    }


@pytest.fixture
def half_drawn(h) -> list[Any]:
    """A soma without points, far dendrites that have them, and tapered ones that do not."""
    soma, dend, axon, tuft, other = (
        h.Section(name=name) for name in ("soma", "dend", "axon", "tuft", "other")
    )
    soma.L, soma.diam = 20, 15
    dend.connect(soma(1))
    axon.connect(soma(0))
    tuft.connect(dend(1))
    for point in ((520, 50, 7, 3.1), (560, 60, 7, 2.2), (620, 50, 9, 1.7)):
        dend.pt3dadd(*point)
    for point in ((500, 50, 7, 1), (450, 60, 7, 1)):
        axon.pt3dadd(*point)
    for section in (tuft, other):
        section.L, section.nseg = 100, 7
        for segment in section:
            segment.diam = 3 - 2 * segment.x
    dend.nseg, axon.nseg = 5, 3
    axon(0.5).diam = 1.3
    for section in h.allsec():
        section.insert("hh")
    return [soma, dend, axon, tuft, other]


@pytest.mark.parametrize("which", [slice(None), slice(0, 1), slice(3, 4), slice(1, 3)])
def test_reading_a_shape_leaves_the_model_as_it_was(h, half_drawn, which):
    clamp = h.IClamp(half_drawn[0](0.5))
    clamp.dur, clamp.amp = 1e9, 20
    segments = [segment for section in half_drawn for segment in section]
    voltages = [h.Vector().record(segment._ref_v) for segment in segments]

    def run() -> np.ndarray:
        h.finitialize(-65)
        h.continuerun(10)
        return np.array(voltages)

    first, before = run(), geometry(h)
    assert first.max() > 0
    read_shape(half_drawn[which])
    assert geometry(h) == before
    assert np.array_equal(run(), first)
    assert geometry(h) == before


def test_a_recorded_run_and_the_next_are_the_same(h, half_drawn):
    clamp = h.IClamp(half_drawn[0](0.5))
    clamp.dur, clamp.amp = 1e9, 20
    runs = []
    for _ in range(2):
        with Recorder(every_ms=0.1) as recorder:
            h.finitialize(-65)
            h.continuerun(10)
        runs.append(recorder.simulation())
    assert np.array_equal(runs[0].values, runs[1].values)
    assert np.array_equal(runs[0].points_um, runs[1].points_um)


def test_points_that_exist_are_kept_and_the_others_are_made_up_beside_them(h, half_drawn):
    real = {section: points_of(section) for section in half_drawn if section.n3d()}
    shape = read_shape(half_drawn)
    ends = np.cumsum(shape.point_counts)
    points = dict(zip(half_drawn, np.split(shape.points_um, ends[:-1]), strict=True))
    for section, expected in real.items():
        assert np.array_equal(points[section], np.array(expected, np.float32))
    soma, dend, _, tuft, other = half_drawn
    assert (shape.point_counts >= 2).all()
    # The tuft begins where the dendrite ends, and the soma is as near as its branches allow.
    assert np.allclose(points[tuft][0, :3], points[dend][-1, :3])
    assert np.abs(points[soma][:, :3].mean(axis=0) - (510, 50, 7)).max() <= 10
    for section in (soma, tuft, other):
        length = np.linalg.norm(np.diff(points[section][:, :3], axis=0), axis=1).sum()
        assert length == pytest.approx(section.L, rel=1e-5)
    assert points[tuft][0, 3] > 2 * points[tuft][-1, 3]


def test_lengths_set_by_hand_stay(h, half_drawn):
    # NEURON keeps points in float32 and takes the length from them when it moves them, so here
    # what it computes with may differ in the seventh digit.
    dend = half_drawn[1]
    dend.L = 133.3
    before = [(segment.area(), segment.ri()) for segment in dend]
    read_shape(half_drawn)
    assert dend.L == 133.3
    after = [(segment.area(), segment.ri()) for segment in dend]
    assert np.allclose(after, before, rtol=3e-7, atol=0)
