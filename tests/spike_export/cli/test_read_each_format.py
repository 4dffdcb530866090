# SPDX-License-Identifier: BSD-3-Clause
"""The manual's table of formats: each row's commands, on a small file of each kind in it."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spike_export import read, write

pytestmark = pytest.mark.slow

_PAGE = Path(__file__).parents[3] / "spike_export" / "README.md"
_CELL = "1 1 0 0 0 5 -1\n2 3 5 0 0 1 1\n3 3 25 0 0 1 2\n"
_PLACES = "cell,x,y,z\n0,0,0,0\n1,10,0,5\n"
_PAIRS = "from,to,delay\n0,1,1.5\n"


def _rows() -> dict[str, str]:
    """The commands of each row, by what is in its first column."""
    text = _PAGE.read_text(encoding="utf-8")
    table = text.partition("| file | what is read | command |\n")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[1:]]
    return {file: command for file, _, command in rows}


def _model(folder: Path) -> list[str]:
    script = "soma.insert('pas'); h.finitialize(-65); h.continuerun(1)"
    python = f"from neuron import h\nh.load_file('stdrun.hoc')\nsoma = h.Section(); {script}\n"
    (folder / "model.py").write_text(python)
    hoc = 'load_file("stdrun.hoc")\ncreate soma\nsoma insert pas\ntstop = 1\nrun()\n'
    (folder / "model.hoc").write_text(hoc)
    return ["run model.py", "run model.hoc"]


def _simulation(folder: Path) -> list[str]:
    section = {"name": "s", "type": "soma", "points": [[0, 0, 0, 1], [1, 0, 0, 1]]}
    cells = [{"name": "c", "sections": [section]}]
    write(folder / "in.pickle", cells=cells, time_ms=[0, 1], values=[[-65], [20]])
    return ["info in.pickle", "plot in.pickle -o t.png", "convert in.pickle made.pickle"]


def _shapes(folder: Path) -> list[str]:
    from ..formats.test_import3d import ASC, EUTECTIC, XML

    for name, text in (("c.swc", _CELL), ("c.asc", ASC), ("c.dat", EUTECTIC), ("c.xml", XML)):
        (folder / name).write_text(text)
    return [f"{name} c.{end}" for name in ("swc", "read") for end in ("swc", "asc", "dat", "xml")]


def _spikes_h5(path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "w") as file:
        file["spikes/pop/timestamps"] = [0.5, 1.5]
        file["spikes/pop/node_ids"] = np.array([0, 1], "u8")


def _nodes_h5(path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "w") as file:
        group = file.create_group("nodes/pop")
        group["node_type_id"], group["node_group_id"] = [100, 100], [0, 0]
        group["node_group_index"] = [0, 1]
        for axis in "xyz":
            group[f"0/{axis}"] = [0.0, 10.0]
        group["0/morphology"] = ["cell", "cell"]


def _report(folder: Path) -> list[str]:
    h5py = pytest.importorskip("h5py")
    (folder / "cell.swc").write_text(_CELL)
    _nodes_h5(folder / "nodes.h5")
    with h5py.File(folder / "v.h5", "w") as file:
        group = file.create_group("report/pop")
        group["data"] = np.full((3, 2), -65.0)
        group["data"].attrs["units"] = "mV"
        for name, array in {
            "node_ids": np.array([0, 1], "u8"), "index_pointers": np.array([0, 1, 2], "u8"),
            "element_ids": np.array([0, 0], "u4"), "element_pos": np.array([0.5, 0.5], "f4"),
            "time": [0, 0.3, 0.1],
        }.items():  # fmt: skip
            group[f"mapping/{name}"] = array
    networks = {"nodes": [{"nodes_file": "nodes.h5"}]}
    circuit = {"components": {"morphologies_dir": "."}, "networks": networks}
    (folder / "circuit.json").write_text(json.dumps(circuit))
    reports = {"v": {"variable_name": "v", "file_name": "v.h5"}}
    whole = {"network": "circuit.json", "output": {"output_dir": "."}, "reports": reports}
    (folder / "config.json").write_text(json.dumps(whole))
    where = "--nodes nodes.h5 --morphologies ."
    return ["sonata config.json", f"sonata v.h5 {where}", "read config.json"]


def _spikes(folder: Path) -> list[str]:
    _spikes_h5(folder / "s.h5")
    _nodes_h5(folder / "nodes.h5")
    (folder / "circuit.json").write_text(
        json.dumps({"networks": {"nodes": [{"nodes_file": "nodes.h5"}]}})
    )
    output = {"output_dir": ".", "spikes_file": "s.h5"}
    (folder / "config.json").write_text(json.dumps({"network": "circuit.json", "output": output}))
    nest = "# NEST version: 3.9.0\n# RecordingBackendASCII version: 2\nsender\ttime_ms\n"
    for name, text in {
        "n.dat": f"{nest}1\t0.5\n2\t1.5\n", "n.gdf": "1 0.5\n2 1.5\n",
        "spikes.csv": "timestamps population node_ids\n0.5 pop 0\n1.5 pop 1\n",
        "t.csv": "cell,time_ms\n0,0.5\n1,1.5\n",
    }.items():  # fmt: skip
        (folder / name).write_text(text)
    names = ("s.h5", "config.json", "n.dat", "n.gdf", "spikes.csv", "t.csv")
    return [f"{command} {name}" for command in ("from-spikes", "read") for name in names]


def _arrays(folder: Path) -> list[str]:
    scipy_io = pytest.importorskip("scipy.io")
    (folder / "phy").mkdir()
    np.save(folder / "phy" / "spike_times.npy", [15, 45])
    np.save(folder / "phy" / "spike_clusters.npy", [0, 1])
    (folder / "phy" / "params.py").write_text("sample_rate = 30000.\n")
    arrays = {"times_ms": np.array([0.5, 1.5]), "ids": np.array([0, 1])}
    np.savez(folder / "s.npz", **arrays)
    scipy_io.savemat(folder / "s.mat", arrays)
    names = ("phy", "s.npz", "s.mat")
    return [f"{command} {name}" for command in ("from-spikes", "read") for name in names]


def _network(folder: Path) -> list[str]:
    h5py = pytest.importorskip("h5py")
    _spikes_h5(folder / "s.h5")
    _nodes_h5(folder / "nodes.h5")
    with h5py.File(folder / "pop_edges.h5", "w") as file:
        group = file.create_group("edges/pop_to_pop")
        for name, ids in (("source_node_id", [0]), ("target_node_id", [1])):
            group[name] = np.array(ids, "u8")
            group[name].attrs["node_population"] = "pop"
        group["edge_type_id"] = [7]
    (folder / "pop_edge_types.csv").write_text("edge_type_id delay\n7 2.0\n")
    return ["from-spikes s.h5 --positions nodes.h5", "from-spikes s.h5 --connections pop_edges.h5"]


def _skeletons(folder: Path) -> list[str]:
    (folder / "cells").mkdir()
    for cell in ("7201", "7202"):
        (folder / "cells" / f"{cell}.swc").write_text(_CELL)
    precomputed = Path(__file__).parents[1] / "connectome" / "by_cloud_volume"
    return [
        "connectome cells --unit um",
        *(f"connectome {precomputed / kind}" for kind in ("plain", "sharded")),
    ]


def _nwb(folder: Path) -> list[str]:
    h5py = pytest.importorskip("h5py")
    from ..formats.adapters.test_nwb import add_rois, add_units

    for name, add in (("units.nwb", lambda file: add_units(file, [[0], [1], [2]])),
                      ("rois.nwb", add_rois)):  # fmt: skip
        with h5py.File(folder / name, "w") as file:
            file["identifier"], file["session_start_time"] = "id", "2026-01-01T00:00:00+00:00"
            file.create_group("general")
            add(file)
    return ["read units.nwb", "read rois.nwb"]


def _netpyne(folder: Path) -> list[str]:
    from ..formats.adapters.test_netpyne import results

    (folder / "data.json").write_text(json.dumps(results()))
    (folder / "data.pkl").write_bytes(pickle.dumps(results(), 4))
    return ["read data.json", "read data.pkl --of v"]


_INSTANCES = "".join(
    f'<instance id="{i}"><location x="{i}" y="5" z="0"/></instance>' for i in range(2)
)
_NML = (
    '<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="n"><network id="net1">'
    f'<population id="pyr" component="iz" size="2" type="populationList">{_INSTANCES}</population>'
    "</network></neuroml>"
)


def _lems(folder: Path) -> list[str]:
    (folder / "net.nml").write_text(_NML)
    (folder / "LEMS_sim.xml").write_text(
        '<Lems><Target component="s"/><Include file="net.nml"/><Simulation id="s" length="0.2ms">'
        '<OutputFile id="o" fileName="v.dat"><OutputColumn id="a" quantity="pyr/0/iz/v"/>'
        '<OutputColumn id="b" quantity="pyr/1/iz/v"/></OutputFile></Simulation></Lems>'
    )
    (folder / "v.dat").write_text("0 -0.06 -0.07\n1E-4 -0.05 -0.07\n2E-4 0.01 -0.07\n")
    return ["read LEMS_sim.xml"]


def _neuroml(folder: Path) -> list[str]:
    (folder / "net.nml").write_text(_NML)
    return ["read net.nml"]


def _multimeter(folder: Path) -> list[str]:
    (folder / "m.dat").write_text(
        "# NEST version: 3.9.0\n# RecordingBackendASCII version: 2\nsender\ttime_ms\tV_m\n"
        "1\t1.0\t-70.0\n2\t1.0\t-69.0\n1\t2.0\t-60.0\n2\t2.0\t-61.0\n"
    )
    return ["read m.dat"]


def _matrix(folder: Path) -> list[str]:
    scipy_io = pytest.importorskip("scipy.io")
    values = np.random.default_rng(0).random((2, 30))
    np.save(folder / "m.npy", values)
    scipy_io.savemat(folder / "m.mat", {"dff": values})
    table = "time_ms,a,b\n" + "".join(f"{i},{a},{b}\n" for i, (a, b) in enumerate(values.T))
    (folder / "m.csv").write_text(table)
    rows = "--rows cells --interval 10"
    return [f"read m.npy {rows}", f"read m.mat {rows}", "read m.csv"]


# By the beginning of a row.
_MAKERS: dict[str, Callable[[Path], list[str]]] = {
    "simulation file": _simulation,
    "NEURON model": _model,
    "SWC;": _shapes,
    "SONATA report": _report,
    "SONATA spikes": _spikes,
    "Kilosort": _arrays,
    "SONATA nodes": _network,
    "skeletons": _skeletons,
    "NWB": _nwb,
    "NetPyNE": _netpyne,
    "LEMS": _lems,
    "NeuroML": _neuroml,
    "NEST's multimeter": _multimeter,
    "matrix": _matrix,
}


def test_each_row_is_run():
    rows = list(_rows())
    assert len(rows) == len(_MAKERS)
    assert all(row.startswith(begin) for row, begin in zip(rows, _MAKERS, strict=True))


# matplotlib, and NEURON on an XML file, leave files open.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("begin", _MAKERS)
def test_commands_of_a_row_read_its_files(tmp_path, command, begin):
    row, promised = next(item for item in _rows().items() if item[0].startswith(begin))
    if begin in ("NEURON model", "SWC;"):
        pytest.importorskip("neuron")
    if begin == "simulation file":
        pytest.importorskip("matplotlib")
    lines = _MAKERS[begin](tmp_path)
    named: set[Any] = set(re.findall(r"`(?:spike-export )?([a-z][a-z-]*)", promised))
    assert named == {line.split()[0] for line in lines}
    assert set(re.findall(r"--[\w-]+", promised)) <= {w for line in lines for w in line.split()}
    # Suffixes that the row names are those of the files, where a suffix tells anything.
    for suffix in re.findall(r"`(\.\w+)`", row):
        assert any(suffix in line for line in lines), suffix
    for line in lines:
        words = line.split()
        makes = words[0] not in ("info", "plot", "convert")
        code, _, error = command(*words, *(["-o", "made.pickle", "--force"] if makes else []))
        assert code == 0, (line, error)
        if makes or words[0] == "convert":
            made = read(tmp_path / "made.pickle")
            assert made.n_frames and len(made.cells) and np.isfinite(made.values).any()
            (tmp_path / "made.pickle").unlink()
