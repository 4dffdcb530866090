# SPDX-License-Identifier: BSD-3-Clause
"""SONATA reports: on their morphologies, and hostile ones in a sentence."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from spike_export import SECTION_TYPES, read

h5py = pytest.importorskip("h5py")

# A soma of 10 µm at (100, 0, 0), an axon, and a dendrite with two branches.
CELL = """\
1 1 100 0 0 5 -1
2 3 100 5 0 1 1
3 3 100 25 0 1 2
4 3 95 35 0 1 3
5 3 105 35 0 1 3
6 2 100 -5 0 0.5 1
7 2 100 -45 0 0.5 6
"""
SECTIONS = ("soma[0]", "axon[0]", "dend[0]", "dend[1]", "dend[2]")
SEGMENTS = (1, 3, 2, 1, 1)
FRAMES = 4


@pytest.fixture
def command(command):
    """Run ``spike-export sonata`` in an empty folder; return its exit code, output and errors."""
    return partial(command, "sonata")


def middles(count: int) -> list[float]:
    return [(k + 0.5) / count for k in range(count)]


def write_report(
    path: Path, nodes: dict[int, tuple[int, ...]], population: str = "cortex", **changes
) -> np.ndarray:
    """Write a report; `nodes` has the segments of each section. Return its values."""
    ids = [i for counts in nodes.values() for i, n in enumerate(counts) for _ in range(n)]
    pos = [x for counts in nodes.values() for n in counts for x in middles(n)]
    sizes = [sum(counts) for counts in nodes.values()]
    values = np.random.default_rng(0).normal(-65, 10, (FRAMES, len(ids))).astype("f4")
    with h5py.File(path, "a") as file:
        group = file.create_group(f"report/{population}")
        content = {
            "data": values,
            "mapping/node_ids": np.array(list(nodes), "u8"),
            "mapping/index_pointers": np.cumsum([0, *sizes]).astype("u8"),
            "mapping/element_ids": np.array(ids, "u4"),
            "mapping/element_pos": np.array(pos, "f4"),
            "mapping/time": np.array([0, 0.4, 0.1]),
        }
        for key, array in (content | changes).items():
            if array is not None:
                group[key] = array
        if "data" in group:
            group["data"].attrs["units"] = "mV"
    return values


def write_nodes(path: Path, count: int, population: str = "cortex", **columns) -> None:
    with h5py.File(path, "a") as file:
        group = file.create_group(f"nodes/{population}")
        group["node_type_id"] = np.full(count, 100)
        group["node_group_id"] = np.zeros(count, "i4")
        group["node_group_index"] = np.arange(count)
        for name, column in columns.items():
            group[f"0/{name}"] = column


@pytest.fixture
def circuit(tmp_path):
    """A report of two cells on one morphology, and what belongs to it."""
    (tmp_path / "morphologies").mkdir()
    (tmp_path / "morphologies" / "pyramid.swc").write_text(CELL)
    (tmp_path / "output").mkdir()
    values = write_report(tmp_path / "output" / "v.h5", {3: SEGMENTS, 1: SEGMENTS})
    write_nodes(
        tmp_path / "nodes.h5",
        4,
        x=[0.0, 500, 0, -500],
        y=[0.0, 0, 0, 7],
        z=[0.0] * 4,
        rotation_angle_zaxis=[0, np.pi / 2, 0, 0],
        morphology=["pyramid", "pyramid.swc", "none", "pyramid"],
    )
    with h5py.File(tmp_path / "output" / "spikes.h5", "w") as file:
        file["spikes/cortex/timestamps"] = [0.3, 0.1, 0.2]
        file["spikes/cortex/node_ids"] = np.array([1, 1, 0], "u8")
    (tmp_path / "circuit.json").write_text(
        json.dumps(
            {
                "manifest": {"$BASE": "${configdir}"},
                "components": {"morphologies_dir": "$BASE/morphologies"},
                "networks": {"nodes": [{"nodes_file": "${BASE}/nodes.h5"}]},
            }
        )
    )
    simulation = {
        "manifest": {"$BASE_DIR": ".", "$OUT": "$BASE_DIR/output"},
        "network": "$BASE_DIR/circuit.json",
        "output": {"output_dir": "$OUT", "spikes_file": "spikes.h5"},
        "reports": {
            "potential": {"file_name": "v.h5", "variable_name": "v", "sections": "all"},
            "field": {"module": "extracellular", "variable_name": "ecp"},
        },
    }
    (tmp_path / "simulation.json").write_text(json.dumps(simulation))
    return values


def test_a_circuit(command, circuit, tmp_path):
    code, output, errors = command("simulation.json")
    assert (code, errors) == (0, "")
    assert "Note" not in output
    simulation = read(tmp_path / "v.pickle")
    assert [(cell.name, cell.gid) for cell in simulation.cells] == [
        ("cortex 3", 3),
        ("cortex 1", 1),
    ]
    assert simulation.section_names == SECTIONS * 2
    assert [SECTION_TYPES[kind] for kind in simulation.section_types[:5]] == [
        "soma", "axon", "dend", "dend", "dend"
    ]  # fmt: skip
    assert simulation.segment_counts.tolist() == list(SEGMENTS * 2)
    assert simulation.parents.tolist() == [-1, 0, 0, 2, 2, -1, 5, 5, 7, 7]
    assert simulation.parent_x.tolist() == [0, 0.5, 0.5, 1, 1] * 2
    assert np.allclose(simulation.time_ms, [0, 0.1, 0.2, 0.3])
    assert np.array_equal(simulation.values, circuit)
    assert (simulation.quantity, simulation.unit) == ("v", "mV")
    assert [cell.spikes_ms.tolist() for cell in simulation.cells] == [[], [0.1, 0.3]]
    points = np.split(simulation.points_um, simulation.first_points[1:])
    assert np.allclose(points[0][1], [-500, 7, 0, 10]), "the soma is where the node is"
    assert np.allclose(points[2][-1], [-500, 32, 0, 2])
    assert np.allclose(points[7][-1], [475, 0, 0, 2]), "a quarter of a turn around z"


def test_the_same_by_hand(command, circuit, tmp_path):
    code, output, errors = command(
        "output/v.h5", "--nodes", "nodes.h5", "--morphologies", "morphologies", "-o", "a.pickle"
    )
    assert (code, errors) == (0, "")
    simulation = read(tmp_path / "a.pickle")
    assert np.array_equal(simulation.values, circuit)
    assert simulation.cells[0].spikes_ms is None


@pytest.mark.parametrize(
    ("pointers", "name"),
    [([0, 8, 16], "index_pointer"), ([0, 8], "index_pointer"), ([0, 8], "index_pointers")],
)
def test_spellings_of_the_index(command, circuit, tmp_path, pointers, name):
    path = tmp_path / "w.h5"
    values = write_report(
        path,
        {3: SEGMENTS, 1: SEGMENTS},
        **{"mapping/index_pointers": None, f"mapping/{name}": pointers},
    )
    options = ("--nodes", "nodes.h5", "--morphologies", "morphologies")
    assert command(path, *options)[0] == 0
    assert np.array_equal(read(tmp_path / "w.pickle").values, values)


@pytest.mark.parametrize("has_pos", [True, False])
def test_values_in_any_order(command, circuit, tmp_path, has_pos):
    """Sections in any order, and, where positions are given, segments too."""
    ids = [2, 2, 0, 1, 1, 1, 4, 3]
    pos = [0.75, 0.25, 0.5, 0.5, 1 / 6, 5 / 6, 0.5, 0.5]
    path = tmp_path / "w.h5"
    values = write_report(
        path,
        {0: SEGMENTS},
        **{"mapping/element_ids": ids, "mapping/element_pos": pos if has_pos else None},
    )
    assert command(path, "--nodes", "nodes.h5", "--morphologies", "morphologies")[0] == 0
    order = [2, 4, 3, 5, 1, 0, 7, 6] if has_pos else [2, 3, 4, 5, 0, 1, 7, 6]
    assert np.array_equal(read(tmp_path / "w.pickle").values, values[:, order])


def test_a_part_of_the_sections(command, circuit, tmp_path):
    path = tmp_path / "w.h5"
    values = write_report(path, {0: (2, 1), 1: SEGMENTS}, **{
        "mapping/element_ids": [2, 2, 4, 0, 1, 1, 1, 2, 2, 3, 4],
        "mapping/element_pos": None,
    })  # fmt: skip
    code, output, _ = command(path, "--nodes", "nodes.h5", "--morphologies", "morphologies")
    assert code == 0
    assert "Note: 1 of 2 cells are reported in part; their other sections have no values." in output
    simulation = read(tmp_path / "w.pickle")
    assert simulation.segment_counts.tolist() == [1, 1, 2, 1, 1, *SEGMENTS]
    assert np.isnan(simulation.values[:, [0, 1, 4]]).all()
    assert np.array_equal(simulation.values[:, [2, 3, 5]], values[:, :3])
    assert np.array_equal(simulation.values[:, 6:], values[:, 3:])


def test_somata_only(command, circuit, tmp_path):
    path = tmp_path / "soma.h5"
    values = write_report(path, {0: (1,), 1: (1,), 2: (1,), 3: (1,)}, **{
        "mapping/element_ids": [0, 0, 0, 1], "mapping/element_pos": [0, 0.5, 1, 1.0],
    })  # fmt: skip
    code, output, _ = command(path, "--nodes", "nodes.h5", "--morphologies", "morphologies")
    assert code == 0
    assert "Note: 1 of 4 cells have somata of unknown size; 10 µm was assumed." in output
    simulation = read(tmp_path / "soma.pickle")
    assert simulation.point_counts.tolist() == [1, 1, 1, 1]
    assert np.allclose(
        simulation.points_um, [[0, 0, 0, 10], [500, 0, 0, 10], [0, 0, 0, 10], [-500, 7, 0, 10]]
    )
    assert np.array_equal(simulation.values, values)


def test_somata_of_which_nothing_is_known_stand_in_a_row(command, tmp_path):
    path = tmp_path / "soma.h5"
    write_report(path, {5: (1,), 9: (1,), 2: (1,)})
    code, output, _ = command(path)
    assert code == 0
    assert "3 of 3 cells have no position in the nodes file and are placed in a row." in output
    simulation = read(tmp_path / "soma.pickle")
    assert simulation.points_um.tolist() == [[0, 0, 0, 10], [30, 0, 0, 10], [60, 0, 0, 10]]
    assert [cell.gid for cell in simulation.cells] == [5, 9, 2]


def test_types_of_nodes_and_libraries(command, circuit, tmp_path):
    write_nodes(tmp_path / "typed.h5", 4, x=[1.0, 2, 3, 4])
    (tmp_path / "types.csv").write_text(
        'node_type_id population morphology\n100 NULL "pyramid.swc"\n'
    )
    (tmp_path / "circuit.json").write_text(
        json.dumps(
            {
                "components": {"morphologies_dir": "morphologies"},
                "networks": {"nodes": [{"nodes_file": "typed.h5", "node_types_file": "types.csv"}]},
            }
        )
    )
    assert command("simulation.json")[0] == 0
    assert read(tmp_path / "v.pickle").points_um[1].tolist() == [4, 0, 0, 10]
    write_nodes(tmp_path / "library.h5", 4, morphology=[0, 1, 0, 1])
    with h5py.File(tmp_path / "library.h5", "a") as file:
        file["nodes/cortex/0/@library/morphology"] = ["none", "pyramid"]
    options = ("--nodes", "library.h5", "--morphologies", "morphologies", "--force")
    assert command("simulation.json", *options)[0] == 0


def test_quaternions_are_normalized(command, circuit, tmp_path):
    """The same quarter of a turn around z, by a quaternion twice as long as it should be."""
    half = 2 * np.sqrt(0.5)
    write_nodes(
        tmp_path / "turned.h5", 4, morphology=["pyramid"] * 4, x=[500.0] * 4,
        orientation_w=[half] * 4, orientation_x=[0.0] * 4, orientation_y=[0.0] * 4,
        orientation_z=[half] * 4,
    )  # fmt: skip
    assert command("simulation.json", "--nodes", "turned.h5")[0] == 0
    simulation = read(tmp_path / "v.pickle")
    first = simulation.first_points[2]
    assert np.allclose(simulation.points_um[first + 1], [475, 0, 0, 2])


def test_angles_turn_around_z_then_y_then_x(command, circuit, tmp_path):
    """A point up the y axis: z turns it to -x, y turns that to +z, x turns that to -y."""
    write_nodes(
        tmp_path / "turned.h5", 4, morphology=["pyramid"] * 4, x=[0.0] * 4,
        **{f"rotation_angle_{axis}axis": [np.pi / 2] * 4 for axis in "xyz"},
    )  # fmt: skip
    assert command("simulation.json", "--nodes", "turned.h5")[0] == 0
    simulation = read(tmp_path / "v.pickle")
    assert np.allclose(
        simulation.points_um[simulation.first_points[2] + 1, :3], [0, -25, 0], atol=1e-4
    )


def test_populations_together(command, circuit, tmp_path):
    values = write_report(tmp_path / "output" / "v.h5", {0: (1,), 7: (1,)}, "axons")
    assert command("simulation.json")[0] == 0
    simulation = read(tmp_path / "v.pickle")
    assert [cell.name for cell in simulation.cells] == [
        "axons 0",
        "axons 7",
        "cortex 3",
        "cortex 1",
    ]
    assert np.array_equal(simulation.values, np.hstack([values, circuit]))
    assert simulation.cells[0].spikes_ms is None


UNFIT = {
    "too many sections": ({0: (*SEGMENTS, 1)},
        "Node 0 of 'cortex' (pyramid.swc) reports section 5, but its morphology has 5 sections, "
        "0 to 4."),
    "a cut axon": ({0: SEGMENTS[:4]},
        "Node 0 of 'cortex' (pyramid.swc) reports the sections 0 to 3, but its morphology has 5: "
        "the model seems to be cut, and it is unclear which sections are left."),
    "no morphology": ({2: SEGMENTS},
        "Node 2 of 'cortex' has the morphology none.swc, which is not in the folder "
        "morphologies."),
    "no node": ({99: SEGMENTS},
        "Node 99 of 'cortex' has 8 values, but no morphology is known for it."),
}  # fmt: skip


@pytest.mark.parametrize(("nodes", "sentence"), UNFIT.values(), ids=UNFIT)
def test_what_does_not_fit_is_named(command, circuit, tmp_path, nodes, sentence):
    write_report(tmp_path / "w.h5", nodes)
    code, _, errors = command("w.h5", "--nodes", "nodes.h5", "--morphologies", "morphologies")
    assert (code, errors) == (1, f"Error: {sentence}\n")
    assert not (tmp_path / "w.pickle").exists()


def test_positions_that_are_no_middles_are_named(command, circuit, tmp_path):
    pos = [0.5, *middles(3), 0.25, 0.6, 0.5, 0.5]
    write_report(tmp_path / "w.h5", {0: SEGMENTS}, **{"mapping/element_pos": pos})
    code, _, errors = command("w.h5", "--nodes", "nodes.h5", "--morphologies", "morphologies")
    assert code == 1
    assert "has a value at 0.6 of section 2 (dend[0]), which is not the middle" in errors


def test_a_report_alone_cannot_be_drawn(command, circuit):
    code, _, errors = command("output/v.h5")
    assert code == 1
    assert "no nodes file describes it; give one with --nodes and --morphologies" in errors


def test_a_broken_morphology_is_named(command, circuit, tmp_path):
    (tmp_path / "morphologies" / "pyramid.swc").write_text(CELL + "7 2 0 0 0 1 1\n")
    code, _, errors = command("simulation.json")
    assert (code, errors) == (
        1,
        "Error: Cannot use pyramid.swc: line 8: the id 7 was already used in line 7.\n",
    )


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../b", "..\\b", "C:\\b"])
def test_morphologies_outside_the_folder(command, circuit, tmp_path, name):
    write_nodes(tmp_path / "bad.h5", 4, morphology=[name] * 4)
    code, _, errors = command("simulation.json", "--nodes", "bad.h5")
    assert code == 1
    assert "outside the morphologies folder" in errors


def hostile(path: Path, what: str) -> None:
    """Put something hostile into a good report."""
    with h5py.File(path, "a") as file:
        group = file["report/cortex"]
        mapping = group["mapping"]
        if what in ("external link", "soft link"):
            del group["data"]
            group["data"] = (
                h5py.ExternalLink("other.h5", "/data") if what[0] == "e" else h5py.SoftLink("/x")
            )
        elif what == "external storage":
            del group["data"]
            group.create_dataset("data", (4, 16), "f4", external=[("/etc/passwd", 0, 256)])
        elif what == "virtual":
            del group["data"]
            layout = h5py.VirtualLayout((4, 16), "f4")
            layout[:] = h5py.VirtualSource("other.h5", "data", (4, 16))
            group.create_virtual_dataset("data", layout)
        elif what == "giant":
            del group["data"]
            group.create_dataset("data", (10**9, 10**6), "f4", chunks=(10, 10))
        elif what == "large":
            del group["data"]
            group.create_dataset("data", (10**4, 10**5), "f4", chunks=(10, 10))
        elif what == "flat":
            del group["data"]
            group["data"] = np.zeros(16)
        elif what == "text":
            del group["data"]
            group["data"] = np.full((4, 16), b"a")
        elif what == "group":
            del group["data"]
            group.create_group("data")
        elif what == "falling":
            mapping["index_pointers"][...] = [0, 17, 16]
        elif what == "twice":
            mapping["node_ids"][...] = [3, 3]
        elif what == "short":
            del mapping["element_ids"]
            mapping["element_ids"] = np.zeros(5, "u4")
        elif what == "huge id":
            del mapping["node_ids"]
            mapping["node_ids"] = np.array([2**64 - 1, 1], "u8")
        elif what == "time":
            mapping["time"][...] = [0, 0.4, 0]
        elif what == "other time":
            mapping["time"][...] = [0, 900, 0.1]
        elif what == "seconds":
            mapping["time"].attrs["units"] = "s"
        else:
            del file[what]


HOSTILE = {
    "external link": "/report/cortex/data is a link to another place",
    "soft link": "/report/cortex/data is a link to another place",
    "external storage": "/report/cortex/data keeps its values in another file",
    "virtual": "/report/cortex/data keeps its values in another file",
    "giant": "/report/cortex/data would take 4,000,000 GB of memory",
    "large": "/report/cortex/data claims 4,000 MB, but 0.0 MB are stored",
    "flat": "/report/cortex/data has the shape [16], not that of frames of values",
    "text": "/report/cortex/data holds |S1, not numbers",
    "group": "/report/cortex/data is not a dataset",
    "falling": "index_pointers does not rise from 0 to 16, the number of values",
    "twice": "node_ids names a node twice",
    "short": "element_ids has 5 entries for 16 values",
    "huge id": "node_ids contains a number that is not a valid index",
    "time": "time does not hold start, stop and a time step above 0",
    "other time": "time announces 9,000 frames, but there are 4",
    "seconds": "time is in 's', not in ms",
    "report": "/report is missing",
    "report/cortex": "it reports no nodes",
    "report/cortex/data": "/report/cortex/data is missing",
    "report/cortex/mapping": "/report/cortex/mapping is missing",
    "report/cortex/mapping/node_ids": "mapping/node_ids is missing",
    "report/cortex/mapping/index_pointers": "mapping/index_pointer is missing",
    "report/cortex/mapping/time": "mapping/time is missing",
}


@pytest.mark.parametrize(("what", "reason"), HOSTILE.items(), ids=HOSTILE)
def test_hostile_reports(command, circuit, tmp_path, what, reason):
    hostile(tmp_path / "output" / "v.h5", what)
    code, _, errors = command("simulation.json")
    assert code == 1
    assert errors.startswith("Error: Cannot ")
    assert "v.h5: " in errors
    assert reason in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize("cut", [0, 3, 100, 2000, 4000])
def test_cut_files(command, circuit, tmp_path, cut):
    path = tmp_path / "output" / "v.h5"
    path.write_bytes(path.read_bytes()[:cut])
    code, _, errors = command("simulation.json")
    assert code == 1
    assert errors == "Error: Cannot read v.h5: it is damaged or not an HDF5 file.\n"


def test_texts_that_all_refer_to_one_long_text(command, circuit, tmp_path):
    write_nodes(tmp_path / "long.h5", 2000, morphology=["a" * 60_000] * 2000)
    code, _, errors = command("simulation.json", "--nodes", "long.h5")
    assert code == 1
    assert "morphology holds more than 64 MB of text" in errors


def edited(path: Path, **changes: object) -> None:
    content = json.loads(path.read_text())
    for key, value in changes.items():
        content[key] = value
    path.write_text(json.dumps(content))


CONFIGS = {
    "no report": ({"reports": {}}, "it names no compartment report"),
    "two reports": ({"reports": {"a": {}, "b": {}}},
                    "it names the reports 'a', 'b', but there is no a.h5; choose by --report"),
    "reports of text": ({"reports": "all"}, "its 'reports' is not an object"),
    "outside": ({"reports": {"a": {"file_name": "../../v.h5"}}},
                "the file of report 'a' is outside the output folder"),
    "absolute": ({"reports": {"a": {"file_name": "/etc/passwd"}}},
                 "the file of report 'a' is outside the output folder"),
    "spikes outside": ({"output": {"output_dir": "output", "spikes_file": "../x.h5"}},
                       "the file of spikes is outside the output folder"),
    "a variable": ({"network": "$NOWHERE/c.json"}, "the variable $NOWHERE is not in its manifest"),
    "a circle": ({"manifest": {"$A": "$B", "$B": "$A"}, "network": "$A/c"},
                 "the path '$A/c' is too long, or its variables refer to each other"),
    "a growing circle": ({"manifest": {"$A": "$A$A$A$A$A$A$A$A"}, "network": "$A"},
                         "the path '$A' is too long, or its variables refer to each other"),
    "no circuit": ({"network": "none.json"}, "Cannot read none.json: file not found"),
    "a number": ({"network": 3}, "its 'network' is not a path"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "reason"), CONFIGS.values(), ids=CONFIGS)
def test_configurations_that_do_not_serve(command, circuit, tmp_path, changes, reason):
    edited(
        tmp_path / "simulation.json",
        **({"manifest": {"$OUT": "output"}, "network": "circuit.json"} | changes),
    )
    code, _, errors = command("simulation.json")
    assert code == 1
    assert errors.startswith(("Error: Cannot use ", "Error: Cannot read "))
    assert reason in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, "[]", "\x00", '{"a": ' * 50_000], ids=range(6)
)
def test_configurations_that_are_no_json(command, tmp_path, text):
    (tmp_path / "c.json").write_text(text)
    code, _, errors = command("c.json")
    assert code == 1
    assert errors.startswith("Error: Cannot use c.json: it is not ")
    assert errors.count("\n") == 1


def test_a_configuration_that_names_both(command, circuit, tmp_path):
    (tmp_path / "config.json").write_text(
        json.dumps({"network": "circuit.json", "simulation": "simulation.json"})
    )
    edited(tmp_path / "simulation.json", reports={"v": {}, "w": {}})
    assert command("config.json", "--report", "v")[0] == 0
    assert "has no compartment report 'x'" in command("config.json", "--report", "x")[2]


def test_spikes_that_are_missing_are_noted(command, circuit, tmp_path):
    (tmp_path / "output" / "spikes.h5").unlink()
    code, output, _ = command("simulation.json")
    assert code == 0
    assert "Note: Spikes are missing, because spikes.h5 was not found." in output


def test_without_h5py(command, circuit, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    code, _, errors = command("simulation.json")
    assert code == 1
    assert "pip install 'spike-export[sonata]'" in errors


def test_files_that_are_not_there(command, tmp_path):
    assert command("no.h5")[2] == "Error: Cannot read no.h5: file not found.\n"
    assert command("no.json")[2] == "Error: Cannot read no.json: file not found.\n"
    assert "it is not a regular file" in command(tmp_path)[2]


def test_a_report_of_neurons_own_cell(command, h, shared_data, tmp_path):
    """NEURON's own import of a real cell, reported as BMTK does: its sections, in its order."""
    h.load_file("import3d.hoc")
    reader = h.Import3d_SWC_read()
    reader.quiet = 1
    reader.input(str(shared_data / "c91662.swc"))

    class Owner:
        pass

    owner = Owner()
    h.Import3d_GUI(reader, 0).instantiate(owner)
    for section in owner.all:
        section.nseg = 1 + 2 * int(section.L / 40)
    segments = [(i, segment) for i, section in enumerate(owner.all) for segment in section]
    middle = np.array(
        [
            [
                np.interp(
                    segment.x * segment.sec.L,
                    [segment.sec.arc3d(k) for k in range(segment.sec.n3d())],
                    [getattr(segment.sec, f"{axis}3d")(k) for k in range(segment.sec.n3d())],
                )
                for axis in "xyz"
            ]
            for _, segment in segments
        ]
    )
    with h5py.File(tmp_path / "real.h5", "w") as file:
        group = file.create_group("report/ca1")
        # Each segment reports where it is, so that a value on the wrong one is seen.
        group["data"] = middle.T.astype("f4")
        group["mapping/node_ids"] = [0]
        group["mapping/index_pointer"] = [0, len(segments)]
        group["mapping/element_ids"] = [i for i, _ in segments]
        group["mapping/element_pos"] = [segment.x for _, segment in segments]
        group["mapping/time"] = [0, 3.0, 1.0]
    write_nodes(tmp_path / "ca1.h5", 1, "ca1", morphology=["c91662"], x=[0.0], recenter=[0])
    assert command("real.h5", "--nodes", "ca1.h5", "--morphologies", shared_data)[0] == 0
    simulation = read(tmp_path / "real.pickle")
    points = np.split(simulation.points_um.astype(float), simulation.first_points[1:])
    column = 0
    for own, count in zip(points, simulation.segment_counts, strict=True):
        arc = np.concatenate([[0], np.linalg.norm(np.diff(own[:, :3], axis=0), axis=1).cumsum()])
        for k in range(count):
            at = (k + 0.5) / count * arc[-1]
            place = [np.interp(at, arc, own[:, axis]) for axis in range(3)]
            assert np.allclose(simulation.values[:, column], place, atol=1e-3)
            column += 1
    assert column == len(segments) > 300
    owner.__dict__.clear()
