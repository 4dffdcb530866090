# SPDX-License-Identifier: BSD-3-Clause
"""Files that are cut off, or in which bytes changed."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path

import numpy as np
import pytest

from spike_export import Simulation, SimulationFileError, read
from spike_export.edit.summary import summarize
from spike_export.simulation_file.errors import ContentError
from spike_export.simulation_file.opcode_walk import check_opcodes


@pytest.mark.slow
@pytest.mark.parametrize("version", ["older", "2"])
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_file_cut_off_anywhere_is_refused(layout, older, save, refused, version, protocol):
    if version == "older":
        older[0]["Voltage"].pop(2), older[1]["Voltage"].pop(2)
    content = save(older if version == "older" else layout, protocol).read_bytes()
    read(save(content))
    for length in range(len(content)):
        refused(save(content[:length]))
    assert read(save(content + b"what follows is not looked at")).n_sections > 1


@pytest.mark.slow
@pytest.mark.parametrize("version", ["older", "2"])
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_a_file_with_wrong_bytes_is_read_or_refused(layout, older, save, version, protocol):
    content = save(older if version == "older" else layout, protocol).read_bytes()
    chance = random.Random(protocol)
    read_at_all = 0
    for _ in range(1500):
        damaged = bytearray(content)
        for _ in range(chance.choice([1, 1, 1, 2, 8])):
            place = chance.randrange(len(content))
            damaged[place] = chance.choice(
                [
                    chance.randrange(256),
                    damaged[place] ^ 1 << chance.randrange(8),
                    chance.choice(content),
                ]
            )
        path = save(bytes(damaged))
        try:
            simulation = read(path)
        except SimulationFileError as error:
            assert str(error).startswith("Cannot read run.pickle: ")
            continue
        read_at_all += 1
        check_consistent(simulation)
        summarize(simulation, path).rows()
    assert 0 < read_at_all < 1500


def check_consistent(simulation: Simulation) -> None:
    """What everything that works on a simulation relies on."""
    n = simulation.n_sections
    assert n == len(simulation.section_names) == len(simulation.parents) > 0
    assert (simulation.parents < n).all()
    assert (simulation.parents >= -1).all()
    assert simulation.point_counts.min() > 0
    assert simulation.point_counts.sum() == len(simulation.points_um)
    assert np.isfinite(simulation.points_um).all()
    assert simulation.segment_counts.min() > 0
    assert simulation.values.shape == (len(simulation.time_ms), simulation.segment_counts.sum())
    assert (np.diff(simulation.time_ms) > 0).all()
    assert simulation.section_cells.max() == len(simulation.cells) - 1


@pytest.mark.parametrize("part", ["time", "values", "points", "X", "Voltage"])
def test_random_data_is_read_or_refused(layout, older, save, part):
    # Every pattern of bits is a number, so these are read, or refused for what they say.
    chance = np.random.default_rng(0)
    for _ in range(200):
        if part in older[0]:
            noise = np.frombuffer(chance.bytes(24), "<f8")
            older[0][part] = {k: noise[k : k + 1] for k in range(3)} if part == "Voltage" else noise
            path = save(older)
        else:
            section = layout["cells"][0]["sections"][1]
            packed = section[part] if part == "points" else layout[part]
            packed["data"] = chance.bytes(len(packed["data"]))
            path = save(layout)
        try:
            check_consistent(simulation := read(path))
            summarize(simulation, path).rows()
        except SimulationFileError:
            pass


def test_a_missing_file(tmp_path, refused):
    assert "file not found" in refused(tmp_path / "no.pickle")
    assert "file not found" in refused(tmp_path / "no" / "folder.pickle")


def test_a_folder(tmp_path, refused):
    assert "it is a folder" in refused(tmp_path)


def test_an_empty_file(save, refused):
    assert "it is empty (0 bytes)" in refused(save(b""))


def test_a_text_file(save, refused):
    assert "it is not a pickle" in refused(save(b"# a b c\n1 2 3\n"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path, refused):
    path = tmp_path / "pipe.pickle"
    os.mkfifo(path)
    assert "it is not a regular file" in refused(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device")
def test_a_device_is_not_read(refused):
    assert "it is not a regular file" in refused(Path("/dev/zero"))


def test_a_path_that_no_file_can_have():
    with pytest.raises(SimulationFileError, match="Cannot read"):
        read("a\0b.pickle")
    with pytest.raises(SimulationFileError, match="Cannot read"):
        read("x" * 5000)


def test_a_file_that_may_not_be_read(save, refused, monkeypatch):
    path = save([])
    path.chmod(0)
    if os.access(path, os.R_OK):  # as the superuser, say
        denied = PermissionError(13, "Permission denied")
        monkeypatch.setattr(Path, "open", lambda *_: (_ for _ in ()).throw(denied))
    assert "Permission denied" in refused(path)


def test_a_disk_that_fails(save, refused, monkeypatch, layout):
    path = save(layout)

    def fail(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("spike_export.simulation_file.reader.load_plain", fail)
    assert "Input/output error" in refused(path)


@pytest.mark.parametrize("left", [0, 1, 12, 1500])
@pytest.mark.parametrize("lost", [1, 5000])
def test_a_file_that_becomes_shorter_while_it_is_read(left, lost):
    # As for whoever asked for its size before somebody else cut it.
    stream = io.BytesIO(b"\x80\x04(" + b"K\x01" * left)
    with pytest.raises(ContentError, match="became shorter|is cut off"):
        check_opcodes(stream, 3 + 2 * left + lost, calls=False)


def test_too_little_memory(save, refused, monkeypatch, layout):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr("spike_export.simulation_file.reader.load_plain", fail)
    assert "it needs more memory than is available" in refused(save(layout))
