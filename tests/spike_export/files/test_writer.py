# SPDX-License-Identifier: BSD-3-Clause
"""Writing: the whole new file, or the old one as it was."""

from __future__ import annotations

import json
import os
import pickle
import signal
import stat
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.command_line import invoke
from helpers.fast import fast_first

from spike_export import Simulation, read, write


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

    monkeypatch.setattr(f"spike_export.files.writer.{step}", fail)
    with pytest.raises(type(error)):
        write(old, simulation)
    monkeypatch.undo()
    assert old.read_bytes() == before
    assert list(old.parent.iterdir()) == [old]


def test_a_write_that_fails_makes_no_file(old, simulation, monkeypatch):
    old.unlink()
    monkeypatch.setattr("spike_export.files.writer._content", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(old, simulation)
    assert not list(old.parent.iterdir())


KILLED = """
import io, json, os, random, signal, sys
from pathlib import Path
from spike_export import read, write
from spike_export.files import whole_file, writer

old, new, target = map(Path, sys.argv[1:])
simulation = read(new)
before, after = old.read_bytes(), new.read_bytes()

class DiesAt(io.FileIO):
    # A file whose process is killed when so many bytes are written.
    left = sys.maxsize

    def write(self, data):
        data = memoryview(data).cast("B")
        if len(data) < self.left:
            self.left -= len(data)
            return super().write(data)
        super().write(data[: self.left])
        os.kill(os.getpid(), signal.SIGKILL)


def in_child(bytes_left, lines_left):
    if child := os.fork():
        return os.waitpid(child, 0)[1]
    DiesAt.left = bytes_left
    Path.open = lambda path, mode: io.BufferedWriter(DiesAt(path, mode))

    def trace(frame, event, _):
        nonlocal lines_left
        if frame.f_code.co_filename not in (writer.__file__, whole_file.__file__):
            return None
        lines_left -= event == "line"
        if not lines_left:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    write(target, simulation)
    os._exit(0)


def outcome(status):
    signal_number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    found = target.read_bytes()
    parts = [path.name for path in target.parent.iterdir() if path != target]
    for name in parts:
        (target.parent / name).unlink()
    target.write_bytes(before)
    which = "old" if found == before else "new" if found == after else "damaged"
    return [signal_number, which, parts]


target.write_bytes(before)
lines = 1
while os.WIFSIGNALED(status := in_child(sys.maxsize, lines)):
    outcome(status)
    lines += 1
choice = random.Random(3)
results = [outcome(status)]
for _ in range(25):
    results.append(outcome(in_child(choice.randrange(1, len(after)), -1)))
    # The last lines are those that count, and there are few of them.
    results.append(outcome(in_child(sys.maxsize, lines - 1 - choice.randrange(min(lines - 1, 40)))))
print(json.dumps(results))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs signals nobody can catch")
def test_a_process_that_is_killed_leaves_the_old_file_or_the_new_one(old, simulation, tmp_path):
    object.__setattr__(simulation, "source", "the second")
    new = write(tmp_path / "new.pickle", simulation)
    folder = tmp_path / "target"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(old), str(new), str(folder / "run.pickle")],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )
    whole, *killed = json.loads(done.stdout)
    assert whole == [0, "new", []]
    assert len(killed) == 50
    assert {number for number, _, _ in killed} == {signal.SIGKILL}
    assert {which for _, which, _ in killed} == {"old", "new"}
    for _, which, parts in killed:
        assert len(parts) <= (which == "old")
        for name in parts:
            assert name.startswith(".run.pickle.")
            assert name.endswith(".part"), "half a file never has the name of a whole one"


FULL = """
import resource, sys
from spike_export.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))
main(sys.argv[1:])
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs limits as Unix has them")
@fast_first("options", [(), ("--legacy",), ("--precision", "zlib")])
def test_a_disk_without_room_is_a_sentence(old, options):
    before = old.read_bytes()
    for target in (old, old.with_name("new.pickle")):
        done = subprocess.run(
            [sys.executable, "-c", FULL, "convert", str(old), str(target), "--force", *options],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert done.stderr == f"Error: Cannot write {target}: File too large.\n"
    assert old.read_bytes() == before
    assert list(old.parent.iterdir()) == [old]


@pytest.fixture
def nobody():
    """Give up the right to write anywhere, where the tests run with it."""
    if os.name != "posix":
        pytest.skip("needs permissions as Unix has them")
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


def test_a_folder_that_is_missing_is_told_of_with_the_file_s_own_name(simulation, tmp_path):
    path = tmp_path / "no" / "run.pickle"
    with pytest.raises(FileNotFoundError, match="its folder does not exist") as caught:
        write(path, simulation)
    assert caught.value.filename == str(path)


def test_a_folder_that_is_read_only_is_a_sentence(simulation, request, monkeypatch):
    # Not in pytest's own folder, which only its user may enter.
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as other:
        folder, writable = Path(name), Path(other).resolve()
        writable.chmod(0o777)
        path = write(folder / "run.pickle", simulation)
        before = path.read_bytes()
        folder.chmod(0o555)
        request.getfixturevalue("nobody")
        monkeypatch.chdir(writable)
        for target in (path, folder / "new.pickle"):
            elsewhere = writable / f"{target.stem}-2.pickle"
            arguments = ["convert", str(path), str(target), "--force"]
            result = invoke(arguments)
            assert result.exit_code == 1
            sentence = f"Error: Cannot write {target}: Permission denied"
            assert result.stderr == f"{sentence}; the result is in {elsewhere} instead.\n"
            elsewhere.unlink()
        assert path.read_bytes() == before
        assert list(folder.iterdir()) == [path]
        if os.getuid() == 0:
            os.seteuid(0)
        folder.chmod(0o755)


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
def test_permissions_follow_the_umask_or_the_old_file(old, simulation, mask, expected):
    new = old.with_name("new.pickle")
    private = old.with_name("private.pickle")
    private.touch(0o600)
    before = os.umask(mask)
    try:
        write(new, simulation)
        write(private, simulation)
        assert os.umask(mask) == mask, "the umask is as it was"
    finally:
        os.umask(before)
    assert stat.S_IMODE(new.stat().st_mode) == expected
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert read(private).n_frames == simulation.n_frames


def test_a_folder_that_is_missing(tmp_path, simulation):
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "no" / "run.pickle", simulation)
    assert not (tmp_path / "no").exists()


def test_a_folder_in_place_of_the_file(tmp_path, simulation):
    target = tmp_path / "target"
    (target / "run.pickle").mkdir(parents=True)
    with pytest.raises(OSError, match="folder|denied"):
        write(target / "run.pickle", simulation)
    assert [path.name for path in target.iterdir()] == ["run.pickle"]


def test_names_of_files_may_be_anything(tmp_path, simulation, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("ü 文 .pickle", "no_suffix", "-o", "x" * 248 + ".pickle", "文" * 82 + ".pickle"):
        write(name, simulation)
        assert np.array_equal(read(name).values, simulation.values)


def test_a_device_is_not_replaced(tmp_path, simulation):
    """As root, renaming over /dev/null would take it away from everybody."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="not a regular file"):
        write(pipe, simulation)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_link_stays_a_link(tmp_path, simulation):
    target = tmp_path / "target.pickle"
    target.write_bytes(b"old")
    link = tmp_path / "link.pickle"
    link.symlink_to(target)
    write(link, simulation)
    assert link.is_symlink()
    assert read(target).n_frames == simulation.n_frames


class _Text(str):
    """Text of a class of one's own."""


def test_what_numpy_and_subclasses_hold_is_written_as_built_ins(simulation, tmp_path):
    given = {
        "text": np.str_("x"),
        "number": np.float64(0.5),
        "count": np.int64(3),
        "flag": np.bool_(True),
        "own": _Text("y"),
        np.str_("key"): None,
    }
    cells = tuple(replace(cell, gid=np.int32(5), name=_Text("z")) for cell in simulation.cells)
    path = write(tmp_path / "run.pickle", replace(simulation, meta=given, cells=cells))
    kept = read(path).meta
    assert kept == {
        "text": "x", "number": 0.5, "count": 3, "flag": True, "own": "y", "key": None
    }  # fmt: skip
    assert kept["flag"] is True
    assert [(cell.name, cell.gid) for cell in read(path).cells] == [("z", 5), ("z", 5)]


@pytest.mark.parametrize("value", [[1], {"a": 1}, np.arange(2), 1j, object(), b"x"])
def test_what_meta_cannot_hold_is_named(simulation, tmp_path, value):
    with pytest.raises(ValueError, match=r"meta's 'w' is \w+, neither text nor a number\."):
        write(tmp_path / "new.pickle", replace(simulation, meta={"w": value}))
    with pytest.raises(ValueError, match="a key of meta is tuple"):
        write(tmp_path / "new.pickle", replace(simulation, meta={(1,): 1}))
    assert not (tmp_path / "new.pickle").exists()


def test_numbers_that_readers_refuse_are_not_written(simulation, tmp_path):
    meta = {"low": -(2**63), "high": 2**63 - 1}
    path = write(tmp_path / "run.pickle", replace(simulation, meta=meta))
    assert read(path).meta == meta
    with pytest.raises(ValueError, match="meta's 'seed' has more than 64 bits"):
        write(path, replace(simulation, meta={"seed": 2**63}))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"parents": [-1, 0, 0, 1]},
            r"section 'soma' of cell 'Basket\[0\]' has a parent outside its",
        ),
        (
            {"parents": [-1, 0, 9, -1]},
            r"section 'axon' of cell 'Pyramidal\[0\]' has a parent outside",
        ),
        ({"section_cells": [0, 1, 0, 1]}, "its sections are not those of 2 cells, one after"),
        ({"section_cells": [0, 0, 0, 0]}, "its sections are not those of 2 cells, one after"),
        ({"segment_counts": [1, 3, 2, 1]}, r"values has the shape \[4, 6\], not \[4, 7\]"),
        ({"point_counts": [2, 3, 2, 2]}, r"points_um has the shape \[8, 4\], not \[9, 4\]"),
        ({"parent_x": [0.0]}, "parent_x has 1 entries for 4 sections"),
        ({"time_ms": [0.0, 0.2, 0.1, 0.3]}, "its times do not increase"),
    ],
)
def test_a_contradiction_is_refused_before_it_is_written(old, simulation, change, sentence):
    before = old.read_bytes()
    changed = replace(simulation, **{name: np.array(array) for name, array in change.items()})
    with pytest.raises(ValueError, match=f"This simulation cannot be written: {sentence}"):
        write(old, changed)
    assert old.read_bytes() == before
