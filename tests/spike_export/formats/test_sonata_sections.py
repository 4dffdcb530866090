# SPDX-License-Identifier: BSD-3-Clause
"""Which sections a report's values are of: models with cut axons, as BMTK builds and numbers them.

Numbers and orders of sections here are those that BMTK 1.2 wrote for a morphology of this kind.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from spike_export import read
from spike_export.formats.sonata_sections import fitting, with_stubs
from spike_export.formats.swc import parse, split

h5py = pytest.importorskip("h5py")

KINDS = {"soma": 1, "axon": 2, "dend": 3, "apic": 4}


def morphology() -> str:
    """A soma, three axonal, seven basal and seven apical sections of all kinds of lengths."""
    rows = ["1 1 0 0 0 6 -1"]

    def branch(kind: int, parent: int, x: float, y: float, way: tuple[float, float], length: float):
        for _ in range(4):
            x, y = x + way[0] * length / 4, y + way[1] * length / 4
            rows.append(f"{len(rows) + 1} {kind} {x:.3f} {y:.3f} 0 0.5 {parent}")
            parent = len(rows)
        return parent, x, y

    def tree(kind: int, way: tuple[float, float], lengths: list[float]) -> None:
        stem = branch(kind, 1, 0, 6 * way[1], way, lengths[0])
        for turn, own in ((0.6, lengths[1::3]), (-0.8, lengths[2::3])):
            end = branch(kind, *stem, (turn, way[1] * (1 - turn**2) ** 0.5), own[0])
            for small, length in zip((0.28, -0.96), own[1:], strict=False):
                branch(kind, *end, (small, way[1] * (1 - small**2) ** 0.5), length)

    tree(2, (0, -1), [70, 35, 118])
    tree(3, (1, 0), [15, 85, 52, 0.5, 30, 75, 90, 110, 140][:3])
    tree(3, (-1, 0), [33, 160, 47, 0, 30, 125, 75])
    tree(4, (0, 1), [90, 25, 137, 0, 60, 22, 130, 78, 91])
    return "\n".join(rows) + "\n"


@pytest.fixture
def command(command):
    return partial(command, "sonata")


@pytest.fixture
def circuit(tmp_path):
    """A node file of one cell, its morphology, and types that say that its axon is cut."""
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "cell.swc").write_text(morphology())
    with h5py.File(tmp_path / "nodes.h5", "w") as file:
        group = file.create_group("nodes/v1")
        group["node_type_id"] = [100]
        group["node_group_id"] = [0]
        group["node_group_index"] = [0]
        group["0/x"] = [0.0]
    return tmp_path


def types(processing: str, dynamics: str = "p.json", morphology: str = "cell.swc") -> str:
    Path("types.csv").write_text(
        "node_type_id model_processing dynamics_params morphology\n"
        f"100 {processing} {dynamics} {morphology}\n"
    )
    return "types.csv"


def model(cut: bool):
    """The model's sections in BMTK's order, with numbers of segments for each 40 µm."""
    own = split(parse(morphology().encode()).points)
    lengths = dict(zip(own.names, own.lengths_um.tolist(), strict=True))
    if cut:
        kept = {name: um for name, um in lengths.items() if not name.startswith("axon")}
        lengths = kept | {"axon[0]": 30.0, "axon[1]": 30.0}
    return {name: 1 + 2 * int(um / 40) for name, um in lengths.items()}


def write_report(path: Path, cut: bool, part: str = "", with_types: bool = False, **attributes):
    """Write a report whose values are the numbers of their sections and segments."""
    rows = [
        (number, (k + 0.5) / n, 10 * number + k, KINDS[name.split("[")[0]])
        for number, (name, n) in enumerate(model(cut).items())
        for k in range(n)
        if name.startswith(part)
    ]
    ids, pos, values, kinds = map(np.array, zip(*rows, strict=True))
    with h5py.File(path, "w") as file:
        group = file.create_group("report/v1")
        group["data"] = np.array([values, values], "f8")
        group["data"].attrs.update(attributes or {"variable": "v"})
        mapping = group.create_group("mapping")
        mapping["node_ids"] = np.array([0], "u8")
        mapping["index_pointer"] = np.array([0, len(ids)], "u8")
        mapping["element_ids"], mapping["element_pos"] = ids, pos
        mapping["time"] = [0.0, 2.0, 1.0]
        if with_types:
            mapping["seg_types"] = kinds


OPTIONS = ("--nodes", "nodes.h5", "--morphologies", "m", "--force")


def assert_right(path: Path, cut: bool, part: str) -> None:
    simulation = read(path)
    numbers = {name: number for number, name in enumerate(model(cut))}
    shown = 0
    for section, name in enumerate(simulation.section_names):
        first, count = simulation.first_segments[section], simulation.segment_counts[section]
        values = simulation.values[0, first : first + count]
        if name.startswith(part):
            assert values.tolist() == [10 * numbers[name] + k for k in range(model(cut)[name])]
            shown += 1
        else:
            assert np.isnan(values).all()
    assert shown == sum(name.startswith(part) for name in numbers)


@pytest.mark.parametrize("part", ["", "apic", "dend", "axon"])
@pytest.mark.parametrize("processing", ["aibs_perisomatic", "aibs_allactive", "NULL", "fullaxon"])
def test_values_are_on_the_sections_that_they_are_of(command, circuit, part, processing):
    cut = processing.startswith("aibs")
    write_report(circuit / "r.h5", cut, part)
    code, output, errors = command("r.h5", *OPTIONS, "--node-types", types(processing))
    assert (code, errors) == (0, "")
    assert_right(circuit / "r.pickle", cut, part)
    stubs = "Note: 1 of 1 cells have two stubs instead of an axon, as in their model;"
    assert (stubs in output) == cut
    assert "Note: The report gives no unit; v in mV was assumed." in output


@pytest.mark.parametrize("part", ["apic", "dend"])
def test_sections_that_lengths_contradict_are_refused(command, circuit, part):
    """Three sections off, where nothing says that the axon is cut."""
    write_report(circuit / "r.h5", True, part)
    code, _, errors = command("r.h5", *OPTIONS, "--node-types", types("NULL"))
    assert code == 1
    assert "sections of the whole morphology; " in errors
    assert "would fit after aibs_perisomatic has cut the axon, which a --node-types file" in errors
    assert not (circuit / "r.pickle").exists()
    write_report(circuit / "r.h5", False, part)
    code, _, errors = command("r.h5", *OPTIONS, "--node-types", types("aibs_perisomatic"))
    assert code == 1
    assert "would fit of the whole morphology" in errors or "reports section" in errors


def test_types_of_segments_are_checked(command, circuit):
    write_report(circuit / "r.h5", True, "apic", with_types=True)
    code, _, errors = command("r.h5", *OPTIONS, "--node-types", types("NULL"))
    assert code == 1
    assert "has a value of type 4 in section 7, which is dend[3] of the whole morphology" in errors
    assert command("r.h5", *OPTIONS, "--node-types", types("aibs_allactive"))[0] == 0
    assert_right(circuit / "r.pickle", True, "apic")


def test_an_axon_that_is_left_without_parameters(command, circuit):
    """BMTK cuts the axon of aibs_perisomatic only where there are dynamics_params."""
    write_report(circuit / "r.h5", False)
    assert command("r.h5", *OPTIONS, "--node-types", types("aibs_perisomatic", "NULL"))[0] == 0
    assert_right(circuit / "r.pickle", False, "")


def test_stubs_are_thirty_micrometers_each_from_the_soma():
    whole = split(parse(morphology().encode()).points)
    cut = with_stubs(whole, "aibs_perisomatic")
    assert cut.names[-2:] == ("axon[0]", "axon[1]")
    assert cut.lengths_um[-2:].tolist() == pytest.approx([30, 30])
    assert cut.parents[-2:].tolist() == [0, len(cut.names) - 2]
    assert cut.parent_x[-2:].tolist() == [0.5, 1]
    below = cut.points_of[-1]
    assert below[:, 1].tolist() == pytest.approx([-36, -66]), "down, as the axon was"
    for own, name in zip(cut.points_of, cut.names[:-2], strict=False):
        assert np.array_equal(own, whole.points_of[whole.names.index(name)])


@pytest.mark.parametrize("rule", ["odd", "ceil", "d_lambda", "one"])
def test_rules_of_models_fit_and_others_do_not(rule):
    sections = split(parse(morphology().encode()).points)
    lengths = sections.lengths_um
    counts = {
        "odd": 1 + 2 * (lengths / 40).astype(int),
        "ceil": np.ceil(lengths / 17).astype(int),
        "d_lambda": ((lengths / 34.5 + 0.9) / 2).astype(int) * 2 + 1,
        "one": np.ones(len(lengths), int),
    }[rule]
    every = np.arange(len(counts))
    assert fitting(sections, every, counts) == len(counts)
    if rule != "one":
        assert fitting(sections, every, np.roll(counts, 3)) < 0.8 * len(counts)


def test_morphologies_in_h5v1(command, circuit):
    """The same cell as the Blue Brain Project's HDF5: a soma of its own, sections that overlap."""
    points, structure = [[-6.0, 0, 0, 0], [0, 6, 0, 0], [6, 0, 0, 0], [0, -6, 0, 0]], [[0, 1, -1]]
    swc = [line.split() for line in morphology().splitlines()]
    children = {row[0]: [r[0] for r in swc if r[6] == row[0]] for row in swc}
    section_of = {"1": 0}
    for row in swc[1:]:
        parent = swc[int(row[6]) - 1]
        if row[6] == "1" or len(children[row[6]]) > 1:
            structure.append([len(points), int(row[1]), section_of[row[6]]])
            if row[6] != "1":
                points.append([*map(float, parent[2:5]), 1.0])
        section_of[row[0]] = (
            len(structure) - 1 if row[6] == "1" or len(children[row[6]]) > 1
            else section_of[row[6]]
        )  # fmt: skip
        points.append([*map(float, row[2:5]), 1.0])
    (circuit / "m" / "cell.swc").unlink()
    with h5py.File(circuit / "m" / "cell.h5", "w") as file:
        file["points"] = np.array(points, "f4")
        file["structure"] = np.array(structure, "i4")
    write_report(circuit / "r.h5", False)
    code, _, errors = command("r.h5", *OPTIONS, "--node-types", types("NULL", morphology="cell.h5"))
    assert (code, errors) == (0, "")
    assert_right(circuit / "r.pickle", False, "")
    with h5py.File(circuit / "m" / "cell.h5", "a") as file:
        file["structure"][2] = [9999, 2, 0]
    code, _, errors = command("r.h5", *OPTIONS, "--node-types", "types.csv")
    assert code == 1
    assert "cell.h5: /structure does not describe a tree of sections" in errors


def test_morphologies_as_neurolucida_s(command, circuit):
    """The same cell, read by NEURON."""
    pytest.importorskip("neuron")
    rows = [line.split() for line in morphology().splitlines()]
    children = {row[0]: [r for r in rows if r[6] == row[0]] for row in rows}

    def branch(row):
        x, y, z = row[2:5]
        following = children[row[0]]
        below = branch(following[0]) if len(following) == 1 else " | ".join(map(branch, following))
        return f"({x} {y} {z} 1.0) " + (f"({below})" if len(following) > 1 else below or "Normal")

    named = {"2": "Axon", "3": "Dendrite", "4": "Apical"}
    trees = "".join(f"(({named[row[1]]}) {branch(row)})\n" for row in children["1"])
    (circuit / "m" / "cell.swc").unlink()
    corners = ((-6, 0), (0, 6), (6, 0), (0, -6))
    contour = " ".join(f"({x} {y} 0 0.1)" for x, y in corners)
    (circuit / "m" / "cell.asc").write_text(f'("CellBody" (CellBody) {contour})\n{trees}')
    write_report(circuit / "r.h5", False)
    code, _, errors = command(
        "r.h5", *OPTIONS, "--node-types", types("NULL", morphology="cell.asc")
    )
    assert (code, errors) == (0, "")
    assert_right(circuit / "r.pickle", False, "")


def test_one_odd_population_does_not_refuse_the_others(command, circuit):
    write_report(circuit / "r.h5", False)
    with h5py.File(circuit / "r.h5", "a") as file:
        file.create_group("report/broken")
        empty = file.create_group("report/empty")
        empty["data"] = np.zeros((2, 0))
        for name in ("node_ids", "element_ids", "element_pos"):
            empty[f"mapping/{name}"] = np.zeros(0, "u8")
        empty["mapping/index_pointer"] = np.array([0], "u8")
        empty["mapping/time"] = [0.0, 2.0, 1.0]
        file.copy("report/v1", "report/later")
        file["report/later/mapping/time"][...] = [5.0, 7.0, 1.0]
        del file["report/later/data"]
        file["report/later/data"] = np.zeros((2, 1))
        for name, content in (("index_pointer", [0, 1]), ("element_ids", [0]),
                              ("element_pos", [0.5])):  # fmt: skip
            del file[f"report/later/mapping/{name}"]
            file[f"report/later/mapping/{name}"] = content
    options = (*OPTIONS, "--node-types", types("NULL"))
    code, output, errors = command("r.h5", *options)
    assert (code, errors) == (0, "")
    assert "Population 'broken' was left out: Cannot read r.h5: /report/broken/mapping" in output
    assert "Population 'empty' has no values and was left out." in output
    assert "Population 'later' has different times from 'v1' and was left out; use -" in output
    assert_right(circuit / "r.pickle", False, "")
    assert command("r.h5", *options, "--population", "later")[0] == 0
    assert len(read(circuit / "r.pickle").cells) == 1
    code, _, errors = command("r.h5", *options, "--population", "broken")
    assert code == 1
    assert "/report/broken/mapping is missing" in errors
    assert "it has no population 'ca1'" in command("r.h5", *options, "--population", "ca1")[2]


def test_units_that_are_missing_are_said(command, circuit):
    for attributes, unit, said in (
        ({"variable": "v"}, "mV", "The report gives no unit; v in mV was assumed."),
        ({"variable": "cai"}, "", ""),
        ({"other": 1}, "mV", "no variable and unit; membrane potential in mV was assumed."),
    ):
        write_report(circuit / "r.h5", False, **attributes)
        code, output, _ = command("r.h5", *OPTIONS, "--node-types", types("NULL"))
        assert code == 0
        assert said in output
        assert read(circuit / "r.pickle").unit == unit
        assert ("mV was assumed" in output) == bool(said)
