# SPDX-License-Identifier: BSD-3-Clause
"""What a file is, by its content, and the one sentence that every command has for it."""

from __future__ import annotations

import io
import json
import pickle
import re
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from spike_export.formats import adapters
from spike_export.formats.kinds import recognize

h5py = pytest.importorskip("h5py")
scipy_io = pytest.importorskip("scipy.io")

SWC = "# a cell\n1 1 0 0 0 5 -1\n2 3 10 0 0 1 1\n3 3 20 0 0 1 2\n"
ASC = '; V3 text file\n(Sections)\n("CellBody"\n  (CellBody)\n  (1 2 3 0.5)\n)\n'
NEST = "# NEST version: 3.10.0\n# RecordingBackendASCII version: 2\nsender\ttime_ms\n16\t14.3\n"


def hdf5(*names: str) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        for name in names:
            file.create_group(name)
    return stream.getvalue()


def saved(write, content) -> bytes:
    stream = io.BytesIO()
    write(stream, content)
    return stream.getvalue()


def npz() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, times=np.arange(3))
    return stream.getvalue()


# What it is, what is in it, and the command that is named.
FILES = {
    "nwb": (hdf5("identifier", "session_start_time", "units"), "read"),
    "sonata-report": (hdf5("report"), "sonata"),
    "sonata-spikes": (hdf5("spikes"), "from-spikes"),
    "sonata-nodes": (hdf5("nodes"), "from-spikes SPIKES --positions"),
    "sonata-edges": (hdf5("edges"), "from-spikes SPIKES --connections"),
    "neuroml-hdf5": (hdf5("neuroml"), ""),
    "hdf5": (hdf5("anything"), ""),
    "matrix": (saved(np.save, np.zeros((3, 4))), "read"),
    "matlab": (saved(scipy_io.savemat, {"dff": np.ones((3, 4))}), "read"),
    "netpyne": (json.dumps({"net": {}, "netpyne_version": "1.1", "simData": {}}), "read"),
    "pickle": (pickle.dumps([{"ID": 0}]), "info"),
    "neuroml": ('<?xml version="1.0"?>\n<!-- a net -->\n<neuroml id="net"></neuroml>', "read"),
    "lems": ("<Lems>\n</Lems>\n", "read"),
    "xml": ("<svg></svg>", ""),
    "neurolucida": (ASC, "swc"),
    "older-neurolucida": ("[2,41] (-5.0,-5.0,0.0) 0.1\n", "swc"),
    "eutectic": (" 5 MTO 3 4 0 0 2\n 6 CP 3 20 0 0 2\n", "swc"),
    "morphml": ('<?xml version="1.0"?>\n<neuroml xmlns:m="http://morphml.org/morphml/schema">'
                "<m:segment></m:segment></neuroml>", "swc"),
    "neurolucida-xml": ('<?xml version="1.0"?>\n<mbf version="4.0"></mbf>', ""),
    "swc": (SWC, "swc"),
    "nest": (NEST, "from-spikes"),
    "multimeter": (NEST.replace("time_ms", "time_ms\tV_m").replace("14.3", "14.3\t-70"), "read"),
    "table": ("cell,time\n1,0.5\n2,0.7\n", "from-spikes"),
    "places": ("cell,x,y,z\n1,0,0,0\n", "from-spikes SPIKES --positions"),
    "sonata-config": (json.dumps({"reports": {}, "output": {}, "network": "c.json"}), "sonata"),
    "json": (json.dumps({"a": 1}), ""),
    "archive": (b"\x1f\x8b\x08\x00 and so on", ""),
    "picture": (b"\x89PNG\r\n\x1a\n", ""),
}  # fmt: skip
# What each command reads, and leaves to its own parser to judge.
COMMANDS = {
    "info": "pickle",
    "convert {} out.pickle": "pickle",
    "merge {} -o out.pickle": "pickle",
    "plot {} -o out.png": "pickle",
    "swc {} --check": "swc neurolucida older-neurolucida eutectic morphml table matrix",
    "sonata {}": "sonata-report sonata-config hdf5 json",
    "from-spikes {}": "sonata-config sonata-spikes table nest hdf5",
    "from-spikes spikes.csv --positions {}": "sonata-nodes table places matrix hdf5",
    "figure wave {} -o out.png": "matrix table places",
    "run {}": "table",
}


@pytest.fixture
def made(tmp_path):
    """Write one of `FILES`, under a name that tells nothing."""

    def made(kind: str) -> Path:
        content = FILES[kind][0]
        path = tmp_path / "given"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return made


@pytest.mark.parametrize("kind", FILES)
def test_a_kind_is_told_by_content_alone(made, kind):
    assert recognize(made(kind)).name == kind


@pytest.mark.parametrize("command_line", COMMANDS)
def test_each_wrong_kind_gets_a_sentence_with_the_right_command(made, command, command_line):
    Path("spikes.csv").write_text("cell,time\n1,0.5\n")
    for kind in FILES.keys() - COMMANDS[command_line].split():
        words = (command_line if "{}" in command_line else f"{command_line} {{}}").split()
        code, _, error = command(*(made(kind) if word == "{}" else word for word in words))
        right = FILES[kind][1]
        if kind == "hdf5" and command_line.startswith("figure wave"):
            # An array could be in it.
            assert code == 1 and "it is an HDF5 file" in error and "numpy.save(" in error
            continue
        assert code == 1 and error.startswith("Error: Cannot use given: it is a"), (kind, error)
        assert error.count("\n") == 1
        if right:
            assert f"use spike-export {right} given" in error


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("0.5 1\n0.7 2\n", "table"),
        ("id type x y z r parent\n1 1 0 0 0 5 -1\n2 3 1 0 0 1 1\n", "swc"),
        ("1\t5830.8\t2171.2\t0.5\n", "table"),
        ("1,2,3,4,5\n2,3,4,5,6\n", "matrix"),
        ("time_ms,a,b\n0,1,2\n1,2,3\n", "matrix"),
        ("timestamps population node_ids\n0.1 cortex 4\n0.4 cortex 5\n", "table"),
        ("from neuron import h\n(Dendrite)\n", "text"),
        ("", "text"),
    ],
)
def test_texts_are_told_by_their_rows(tmp_path, text, kind):
    path = tmp_path / "given"
    path.write_text(text)
    assert recognize(path).name == kind


@pytest.mark.parametrize("begin", range(12))
def test_damaged_files_are_still_of_some_kind(tmp_path, made, begin):
    """Whatever is cut off or added, there is an answer and no exception."""
    rng = np.random.default_rng(begin)
    for kind in FILES:
        data = bytearray(made(kind).read_bytes())
        for place in rng.integers(len(data), size=3):
            data[place] = rng.integers(256)
        path = tmp_path / "damaged"
        path.write_bytes(data[: rng.integers(1, len(data) + 1)])
        assert recognize(path).what


def test_without_h5py_it_is_asked_for(made, command, monkeypatch):
    path = made("nwb")
    monkeypatch.setitem(sys.modules, "h5py", None)
    for name in ("info", "read", "swc"):
        assert "h5py is not installed; install it with pip install" in command(name, path)[2]


def test_a_zip_of_arrays_is_told_from_others(tmp_path):
    path = tmp_path / "given"
    path.write_bytes(npz())
    assert recognize(path).name == "npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    assert recognize(path).name == "archive"


def _example() -> str:
    """The worked example of the manual."""
    page = Path(__file__).parents[3] / "docs" / "extending.md"
    return re.search(r"```python\n(\"\"\"OWN.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)[
        1
    ]


def test_a_format_is_one_file_and_nothing_else(tmp_path, monkeypatch, command):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "zz_own.py").write_text(_example(), encoding="utf-8")
    monkeypatch.setattr(adapters, "__path__", [*adapters.__path__, str(tmp_path / "more")])
    (tmp_path / "net.own").write_text("OWN 1\nA 0 0 0 1.5 3\nB 10 0 0 2\n")
    code, out, error = command("read", "net.own")
    assert code == 0, error
    assert "net.own is an OWN file." in out and "Spikes      3" in out
    (tmp_path / "odd.own").write_text("OWN 1\nA 0 0 x\n")
    assert "Cannot use odd.own: it is damaged (" in command("read", "odd.own")[2]
    sentence = "it is an OWN file; use spike-export read net.own"
    assert all(sentence in command(name, "net.own")[2] for name in ("info", "swc", "sonata"))
    assert len(_example().splitlines()) <= 80
