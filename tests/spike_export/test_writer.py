# SPDX-License-Identifier: BSD-3-Clause
"""Writing: the whole new file, or the old one as it was."""

from __future__ import annotations

import os
import pickle
import signal
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from spike_export import Simulation, SimulationFileError, read, write


@pytest.fixture
def simulation(layout, save) -> Simulation:
    return read(save(layout))


@pytest.fixture
def old(tmp_path, simulation) -> Path:
    """A complete file, alone in its folder, that a failure must leave alone."""
    folder = tmp_path / "results"
    folder.mkdir()
    return write(folder / "run.pickle", simulation)


def dump_half(content, stream, **options) -> None:
    data = pickle.dumps(content, **options)
    stream.write(data[: len(data) // 2])
    stream.flush()


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["pickle.dump", "os.fsync", "os.chmod", "os.replace"])
def test_a_write_that_fails_leaves_the_old_file(old, simulation, monkeypatch, step, error):
    before = old.read_bytes()

    def fail(*arguments, **options) -> None:
        if step == "pickle.dump":
            dump_half(*arguments, **options)
        raise error

    monkeypatch.setattr(f"spike_export.writer.{step}", fail)
    with pytest.raises(type(error)):
        write(old, simulation)
    monkeypatch.undo()
    assert old.read_bytes() == before
    assert list(old.parent.iterdir()) == [old]


def test_a_write_that_fails_makes_no_file(old, simulation, monkeypatch):
    old.unlink()
    monkeypatch.setattr("spike_export.writer._content", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(old, simulation)
    assert not list(old.parent.iterdir())


KILLED = """
import os, pickle, signal, sys
import spike_export.writer
from spike_export import read, write

dumps = pickle.dumps

def dump(content, stream, **options):
    data = dumps(content, **options)
    stream.write(data[: len(data) // 2])
    stream.flush()
    os.kill(os.getpid(), signal.SIGKILL)

spike_export.writer.pickle.dump = dump
write(sys.argv[1], read(sys.argv[1]))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal nobody can catch")
def test_a_process_that_is_killed_leaves_the_old_file(old):
    before = old.read_bytes()
    done = subprocess.run([sys.executable, "-c", KILLED, str(old)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert old.read_bytes() == before
    left = [path for path in old.parent.iterdir() if path != old]
    assert [path.suffix for path in left] == [".part"], "half a file never has the name of a whole"
    assert left[0].name.startswith(".run.pickle.")
    with pytest.raises(SimulationFileError):
        read(left[0])


def test_a_file_that_exists_is_replaced(old, simulation):
    object.__setattr__(simulation, "source", "the second")
    assert write(str(old), simulation) == old
    assert read(old).source == "the second"
    assert list(old.parent.iterdir()) == [old]


def test_whoever_has_the_old_file_open_reads_it_to_its_end(old, simulation):
    with old.open("rb") as stream:
        before = stream.read(10)
        object.__setattr__(simulation, "source", "the second")
        write(old, simulation)
        before += stream.read()
    assert pickle.loads(before)["source"] == "a test"


@pytest.mark.skipif(os.name != "posix", reason="needs permissions as Unix has them")
@pytest.mark.parametrize(("mask", "expected"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_permissions_follow_the_umask(old, simulation, mask, expected):
    before = os.umask(mask)
    try:
        write(old, simulation)
        assert os.umask(mask) == mask, "the umask is as it was"
    finally:
        os.umask(before)
    assert stat.S_IMODE(old.stat().st_mode) == expected


def test_a_folder_that_is_missing(tmp_path, simulation):
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "no" / "run.pickle", simulation)
    assert not (tmp_path / "no").exists()


def test_a_folder_in_place_of_the_file(tmp_path, simulation):
    target = tmp_path / "target"
    (target / "run.pickle").mkdir(parents=True)
    with pytest.raises(OSError, match="directory|denied"):
        write(target / "run.pickle", simulation)
    assert [path.name for path in target.iterdir()] == ["run.pickle"]


def test_names_of_files_may_be_anything(tmp_path, simulation, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("ü 文 .pickle", "no_suffix", "-o"):
        write(name, simulation)
        assert np.array_equal(read(name).values, simulation.values)
