# SPDX-License-Identifier: BSD-3-Clause
"""Cells from SWC files, against NEURON's own import and recordings."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

from spike_export import SECTION_TYPES
from spike_export.formats.swc import SwcError, parse, split
from spike_export.models.swc_neuron import (
    CurrentStep,
    ModelError,
    Synapses,
    build,
    discretize,
    parse_place,
    simulate,
)

THREE_POINTS = "1 1 0 0 0 5 -1\n2 1 0 -5 0 5 1\n3 1 0 5 0 5 1\n"
DENDRITES = "4 3 0 8 0 1 1\n5 3 0 30 0 1 4\n6 3 9 45 0 1 5\n7 3 -9 45 0 1 5\n8 2 0 -9 0 1 1\n"
SMALL = THREE_POINTS + DENDRITES + "9 2 0 -200 0 0.5 8\n"


class Owner:
    """What gives sections their cell's name."""

    def __str__(self) -> str:
        """Return the name."""
        return "cell"


@pytest.fixture
def imported(h, tmp_path, capfd):
    """Read a file by NEURON's own import; return names, parents and points by section."""
    h.load_file("import3d.hoc")

    def imported(text: str):
        path = tmp_path / "cell.swc"
        path.write_text(text)
        reader = h.Import3d_SWC_read()
        reader.quiet = 1
        reader.input(str(path))
        owner = Owner()
        h.Import3d_GUI(reader, 0).instantiate(owner)
        capfd.readouterr()
        return shapes(owner.all)

    return imported


def shapes(sections):
    shape = {}
    for section in sections:
        parent = section.parentseg()
        points = [
            (section.x3d(i), section.y3d(i), section.z3d(i), section.diam3d(i))
            for i in range(section.n3d())
        ]
        above = None if parent is None else (parent.sec.name(), parent.x)
        shape[section.name()] = (above, np.array(points))
    return shape


def assert_same(ours, theirs) -> None:
    assert list(ours) == list(theirs)
    for name, (above, points) in theirs.items():
        assert ours[name][0] == above, name
        assert ours[name][1].shape == points.shape, name
        # NEURON's import prints its numbers to eight digits on their way.
        assert np.allclose(ours[name][1], points, rtol=1e-6, atol=1e-6), name


def random_tree(rng: random.Random) -> str:
    """A cell with any kind of soma, wild type changes, and points on top of each other."""
    rows: list[list[float]] = []

    def grow(parent: int, kind: int, depth: int) -> None:
        point = len(rows) + 1
        place = [round(rng.uniform(-50, 50), 2) for _ in range(3)]
        if parent > 0 and rng.random() < 0.1:
            place = rows[parent - 1][2:5]
        rows.append([point, kind, *place, rng.choice([0.5, 1.0, 2.0]), parent])
        children = rng.randint(0, 5) if parent < 0 else rng.choice([0, 1, 1, 1, 1, 2, 3])
        for _ in range(children if depth < 8 and len(rows) < 40 else 0):
            own = kind if rng.random() < 0.8 else rng.choice([0, 1, 2, 3, 4, 5, 7])
            grow(
                point, rng.choice([2, 3, 4]) if kind == 1 and rng.random() < 0.6 else own, depth + 1
            )

    grow(-1, rng.choice([1, 1, 1, 2, 3]), 0)
    if rows[0][1] == 1 and rng.random() < 0.3:
        x, y, z, radius = rows[0][2:6]
        for row in rows[1:]:
            row[0] += 2
            row[6] += 2 if row[6] > 1 else 0
            row[1] = 3 if row[1] == 1 else row[1]
        rows[1:1] = [[2, 1, x, y - radius, z, radius, 1], [3, 1, x, y + radius, z, radius, 1]]
    return "".join(" ".join(map(str, row)) + "\n" for row in rows)


def with_loose_trees(rng: random.Random, text: str) -> str:
    """More trees behind the first, connected to nothing."""
    for _ in range(rng.randint(1, 3)):
        count = text.count("\n")
        more = [row.split() for row in random_tree(rng).splitlines()]
        own_soma = rng.random() < 0.2
        for row in more:
            row[0] = str(int(row[0]) + count)
            row[6] = str(int(row[6]) + count) if int(row[6]) > 0 else "-1"
            row[1] = "3" if row[1] == "1" and not own_soma else row[1]
        text += "".join(" ".join(row) + "\n" for row in more)
    return text


@pytest.mark.slow
def test_loose_trees_are_joined_as_neuron_does(h, imported):
    compared = 0
    for seed in range(200):
        rng = random.Random(seed)
        text = with_loose_trees(rng, random_tree(rng))
        try:
            morphology = parse(text.encode())
        except SwcError:
            continue
        assert morphology.notes
        assert len(morphology.points) == text.count("\n")
        assert_same(shapes(build(split(morphology.points), Owner())), imported(text))
        compared += 1
    assert compared > 60


@pytest.mark.slow
def test_sections_are_those_of_neurons_own_import(h, imported):
    compared = spheres = 0
    for seed in range(150):
        text = random_tree(random.Random(seed))
        try:
            points = parse(text.encode()).points
        except SwcError as error:
            assert {f.problem.split(" has ")[-1].split(":")[0] for f in error.findings} == {
                "no length"
            }
            continue
        theirs = imported(text)
        ours = build(split(points), Owner())
        assert_same(shapes(ours), theirs)
        compared += 1
        spheres += text.count(" 1 ") >= 3 and shapes(ours)["cell.soma[0]"][1].shape == (3, 4)
    assert compared > 130
    assert spheres > 20


@pytest.mark.parametrize(
    "text",
    [
        "1 1 0 0 0 5 -1\n",
        "1 3 0 0 0 5 -1\n",
        SMALL,
        "1 1 0 0 0 5 -1\n2 1 0 -5 0 4 1\n3 1 0 5 0 5 1\n" + DENDRITES,
        "1 1 0 -5 0 5 -1\n2 1 0 0 0 5 1\n3 1 0 5 0 5 2\n4 3 0 8 0 1 2\n5 3 0 30 0 1 4\n"
        "6 3 0 9 0 1 3\n7 3 0 30 0 1 6\n8 3 0 -9 0 1 1\n9 3 0 -30 0 1 8\n",
        "".join(
            f"{i} 1 {10 * np.cos(i):.3f} {6 * np.sin(i):.3f} 0 1 {i - 1 or -1}\n"
            for i in range(1, 13)
        ) + "13 3 40 0 0 1 5\n14 3 80 0 0 1 13\n15 2 -40 0 0 1 1\n16 2 -80 0 0 1 15\n",
    ],
    ids=["a point", "no soma", "three points", "uneven three", "a stack", "a contour"],
)  # fmt: skip
def test_kinds_of_somata(h, imported, text):
    theirs = imported(text)
    assert_same(shapes(build(split(parse(text.encode()).points), Owner())), theirs)


@pytest.fixture
def real_cell(shared_data):
    return (shared_data / "c91662.swc").read_bytes()


@pytest.fixture
def real(h, real_cell) -> Iterator[list]:
    cell = build(split(parse(real_cell).points), Owner())
    yield cell
    cell.clear()


def test_a_real_cell_is_neurons(h, imported, real_cell, real):
    assert len(real) == 194
    assert_same(shapes(real), imported(real_cell.decode()))


def test_a_real_cells_geometry(h, real_cell, real):
    simulation = simulate(split(parse(real_cell).points), "c91662", tstop_ms=0.2)
    assert simulation.cells[0].name == "c91662"
    assert simulation.n_sections == 194
    types = [SECTION_TYPES[kind] for kind in simulation.section_types]
    assert [types.count(kind) for kind in ("soma", "axon", "dend", "apic")] == [1, 1, 58, 134]
    for index, section in enumerate(real):
        first, count = simulation.first_points[index], simulation.point_counts[index]
        points = simulation.points_um[first : first + count].astype(float)
        arc = np.concatenate([[0], np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1).cumsum()])
        assert np.allclose(arc, [section.arc3d(i) for i in range(section.n3d())], atol=1e-3)
        assert np.allclose(points[:, 3], [section.diam3d(i) for i in range(section.n3d())])


def test_a_real_cells_voltages(h, real_cell):
    compare_voltages(h, real_cell)


def test_a_small_cells_voltages(h):
    compare_voltages(h, SMALL.encode())


def compare_voltages(h, data: bytes) -> None:
    """Against one Vector.record for each segment of a model built by hand."""
    sections = split(parse(data).points)
    simulation = simulate(sections, "cell", step=CurrentStep(), tstop_ms=9, every_ms=0.1)
    cell = build(sections, Owner())
    for section in cell:
        section.Ra, section.cm = 100, 1
        section.insert("hh")
        section.nseg = 1 + 2 * int((section.L / (0.1 * h.lambda_f(100, sec=section)) + 0.999) / 2)
    clamp = h.IClamp(cell[0](0.5))
    clamp.delay, clamp.dur, clamp.amp = 5, 2, 1
    recorded = [h.Vector().record(seg._ref_v) for sec in cell for seg in sec]
    times = h.Vector().record(h._ref_t)
    h.finitialize(-65)
    h.continuerun(9)
    theirs = np.array([vector.to_python() for vector in recorded]).T
    steps = np.searchsorted(np.array(times.to_python()), simulation.time_ms - 1e-6)
    assert simulation.values.shape == (91, len(recorded))
    assert np.array_equal(simulation.values, theirs[steps].astype(np.float32))
    assert simulation.values[:, 0].max() > 20, "it fires"
    assert len(simulation.cells[0].spikes_ms) == 1


def run(text: str = SMALL, **options):
    return simulate(split(parse(text.encode()).points), "cell", **options)


def test_a_run_says_what_it_was(h):
    simulation = run(step=CurrentStep("dend[2](0.25)", 0.5, 1, 1), tstop_ms=3, biophysics="pas")
    assert simulation.section_names == (
        "cell.soma[0]", "cell.axon[0]", "cell.dend[0]", "cell.dend[1]", "cell.dend[2]"
    )  # fmt: skip
    assert simulation.source == "cell"
    meta = dict(simulation.meta)
    assert meta["channels"] == "pas"
    assert (meta["current_step_nA"], meta["current_step_at"]) == (0.5, "dend[2](0.25)")
    before = simulation.values[simulation.time_ms < 1]
    assert np.abs(before + 65).max() < 1e-3, "a leak that reverses at rest keeps it there"
    last = simulation.first_segments[4]
    during = simulation.values[np.searchsorted(simulation.time_ms, 1.95)]
    assert during.argmax() in range(last, last + simulation.segment_counts[4])


def test_without_any_input_nothing_happens(h):
    assert np.ptp(run(tstop_ms=5, biophysics="pas").values) == 0


def test_synapses_are_the_same_for_the_same_seed(h):
    def voltages(seed, **options):
        return run(synapses=Synapses(20, 200, seed), tstop_ms=20, **options).values

    once = voltages(1)
    assert np.array_equal(once, voltages(1))
    assert not np.array_equal(once, voltages(2))
    assert voltages(1, biophysics="pas").max() > -64
    # Each has its own stream, so that more of them leave the first ones as they were.
    simulation = run(synapses=Synapses(20, 200, 1), tstop_ms=20)
    assert simulation.meta["synapses"] == len(simulation.synapses) == 20
    assert len(simulation.synapses.event_times_ms) > 40
    assert len(set(simulation.synapses.positions.tolist())) == 20, "where they were put"


def test_each_input_has_its_own_times_and_another_seed_gives_others(h):
    from spike_export.models import swc_neuron

    cell = build(split(parse(SMALL.encode()).points), Owner())

    def times(seed):
        made = swc_neuron._synapses(h, cell, Synapses(2, 100, seed))
        vectors = [h.Vector() for _ in range(2)]
        for connection, vector in zip(made[2::3], vectors, strict=True):
            connection.record(vector)
        h.finitialize(-65)
        h.continuerun(100)
        return [tuple(vector) for vector in vectors]

    assert times(1) == times(1)
    assert len({*times(1), *times(2)}) == 4


def test_synapses_stand_on_dendrites_and_get_the_rate_asked_for(h):
    from spike_export.models import swc_neuron

    counts = h.Vector()

    text = SMALL + "10 4 400 0 0 1 1\n11 4 700 0 0 1 10\n"
    cell = build(split(parse(text.encode()).points), Owner())
    discretize(cell, 0.01)
    made = swc_neuron._synapses(h, cell, Synapses(400, 50, 3))
    sections = [synapse.get_segment().sec.name() for synapse in made[::3]]
    shares = {name: sections.count(name) / 400 for name in set(sections)}
    assert set(shares) <= {"cell.dend[0]", "cell.dend[1]", "cell.dend[2]", "cell.apic[0]"}
    assert np.std([synapse.get_segment().x for synapse in made[::3]]) > 0.15, "all along"
    total = sum(section.L for section in cell if section.name() in shares)
    assert shares["cell.apic[0]"] == pytest.approx(300 / total, abs=0.08)
    for connection in made[2::3]:
        connection.record(counts)
    h.finitialize(-65)
    h.continuerun(200)
    # 4000 events are expected, with a standard deviation of 63.
    assert abs(counts.size() - 4000) < 250


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("soma(0.5)", (0, 0.5)),
        ("soma", (0, 0.5)),
        (" dend[2] ( 1 ) ", (4, 1.0)),
        ("axon[0]", (1, 0.5)),
    ],
)
def test_places(place, expected):
    assert parse_place(place, split(parse(SMALL.encode()).points)) == expected


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("", "is not a valid position"),
        ("soma(", "is not a valid position"),
        ("soma(2)", "2 is not between 0 and 1"),
        ("soma(1.2.3)", "1.2.3 is not between 0 and 1"),
        ("soma[7](0.5)", r"no section soma\[7\]; the cell has soma\[0\], axon\[0\], dend\[0\] to"),
        ("tuft", r"no section tuft\[0\]"),
        ("h.quit()", "is not a valid position"),
    ],
)
def test_places_that_do_not_exist(place, reason):
    with pytest.raises(ModelError, match=reason):
        parse_place(place, split(parse(SMALL.encode()).points))


def test_segments_are_no_longer_than_asked(h):
    cell = build(split(parse(SMALL.encode()).points), Owner())
    count = discretize(cell, 0.02)
    assert count == sum(section.nseg for section in cell)
    for section in cell:
        section.Ra, section.cm = 35.4, 1
        assert section.nseg % 2 == 1
        assert section.L / section.nseg <= 0.02 * h.lambda_f(100, sec=section) * 1.001


def test_what_would_be_too_large_is_refused(h):
    with pytest.raises(ModelError, match=r"would have [\d,]+ segments"):
        run(d_lambda=1e-7)
    with pytest.raises(ModelError, match=r"would take [\d,]+ GB"):
        run(tstop_ms=1e9, every_ms=0.01)


def test_a_run_leaves_nothing_behind(h):
    run(tstop_ms=1, step=CurrentStep())
    assert list(h.allsec()) == []


def test_a_cell_may_have_any_name(h):
    simulation = simulate(split(parse(SMALL.encode()).points), "Müller 1.2", tstop_ms=0.2)
    assert [cell.name for cell in simulation.cells] == ["Müller 1.2"]
    assert simulation.source == "Müller 1.2"
    assert simulation.section_names[0] == "Müller 1.2.soma[0]"
