# SPDX-License-Identifier: BSD-3-Clause
"""A result whose target cannot be written is under another name."""

from __future__ import annotations

import errno
import os

import pytest

from spike_export.files.keeping import KeptElsewhereError, write_and_keep
from spike_export.files.whole_file import whole_file


def write(path) -> None:
    with whole_file(path) as unfinished:
        unfinished.write_text("the result")


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """A target's folder, and the others that are left."""
    made = [tmp_path / name for name in ("results", "working", "home", "temporary")]
    for folder in made:
        folder.mkdir()
    monkeypatch.chdir(made[1])
    monkeypatch.setenv("HOME", str(made[2]))
    monkeypatch.setattr("tempfile.tempdir", str(made[3]))
    return made


def test_a_target_that_is_open_elsewhere_leaves_the_result_beside_it(folders, monkeypatch):
    # As Windows refuses while another program has the file open.
    target = folders[0] / "run.pickle"
    target.write_text("old")
    (folders[0] / "run-2.pickle").write_text("somebody's")
    replace = os.replace

    def refuse(source, destination) -> None:
        if str(destination) == str(target):
            raise PermissionError(errno.EACCES, "Permission denied")
        replace(source, destination)

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(KeptElsewhereError) as caught:
        write_and_keep(target, write)
    kept = folders[0] / "run-3.pickle"
    assert caught.value.kept == kept
    assert caught.value.strerror == f"Permission denied; the result is in {kept} instead"
    assert kept.read_text() == "the result"
    assert target.read_text() == "old"
    assert (folders[0] / "run-2.pickle").read_text() == "somebody's"


@pytest.mark.parametrize("full", [1, 2, 3])
def test_a_full_disk_leaves_the_result_on_another_one(folders, monkeypatch, full):
    fsync = os.fsync

    def no_room(handle) -> None:
        if any(any(folder.glob(".*.part")) for folder in folders[:full]):
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(handle)

    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(KeptElsewhereError, match="No space left on device; the result is in"):
        write_and_keep(folders[0] / "run.pickle", write)
    files = [path for folder in folders for path in folder.iterdir()]
    assert files == [folders[full] / "run-2.pickle"]


def test_a_folder_that_has_gone(folders):
    with pytest.raises(KeptElsewhereError) as caught:
        write_and_keep(folders[0] / "gone" / ("ä" * 125 + ".pickle"), write)
    assert caught.value.kept.parent == folders[1]


def test_where_nothing_helps_the_first_reason_counts(folders, monkeypatch):
    def fail(path) -> None:
        raise OSError(errno.EIO, f"broken: {path.parent.name}")

    with pytest.raises(OSError, match="broken: results") as caught:
        write_and_keep(folders[0] / "run.pickle", fail)
    assert not isinstance(caught.value, KeptElsewhereError)
    written = write_and_keep(folders[0] / "run.pickle", write)
    assert written.read_text() == "the result"
