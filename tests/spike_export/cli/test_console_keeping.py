# SPDX-License-Identifier: BSD-3-Clause
"""Whatever command has finished a result keeps it where its own place turns out to be taken."""

from __future__ import annotations

import errno
import os
import pickle

import numpy as np
import pytest

from spike_export import read

pytest.importorskip("scipy")


@pytest.fixture
def locked(tmp_path, monkeypatch):
    """Refuse ``out.pickle``, as Windows does while another program has it open."""
    replace = os.replace

    def refuse(source, destination) -> None:
        if os.path.basename(destination) == "out.pickle":
            raise PermissionError(errno.EACCES, "Permission denied")
        replace(source, destination)

    monkeypatch.setattr("os.replace", refuse)


def write_inputs(folder, save, layout) -> None:
    save(layout)
    other = {**layout, "cells": layout["cells"][1:], "values": dict(layout["values"])}
    other["values"].update(shape=[4, 1], data=np.zeros(4, "<f4").tobytes())
    save(other, name="other.pickle")
    (folder / "spikes.csv").write_text("cell,time_ms\n1,5\n2,7\n")
    np.save(folder / "matrix.npy", np.array([[0.5, 0.2, 0.1], [0.1, 0.3, 0.7]]))


def write_report(folder) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(folder / "report.h5", "w") as file:
        group = file.create_group("report/net")
        group["data"] = np.zeros((3, 2), "f4")
        group["mapping/node_ids"] = np.array([0, 1], "u8")
        group["mapping/index_pointers"] = np.array([0, 1, 2], "u8")
        group["mapping/element_ids"] = np.zeros(2, "u4")
        group["mapping/time"] = np.array([0, 0.3, 0.1])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "n_cells"),
    [
        (("convert", "run.pickle", "out.pickle"), 2),
        (("convert", "run.pickle", "out.pickle", "--precision", "0.01mV"), 2),
        (("merge", "run.pickle", "other.pickle", "-o", "out.pickle"), 3),
        (("from-spikes", "spikes.csv", "-o", "out.pickle"), 2),
        (("read", "matrix.npy", "--rows", "cells", "--interval", "1", "-o", "out.pickle"), 2),
        (("sonata", "report.h5", "-o", "out.pickle"), 2),
    ],
    ids=lambda value: "-".join(value[:1]) if isinstance(value, tuple) else "",
)
def test_a_result_is_kept_beside_its_place(
    tmp_path, command, save, layout, locked, arguments, n_cells
):
    write_inputs(tmp_path, save, layout)
    if arguments[0] == "sonata":
        write_report(tmp_path)
    code, _, error = command(*arguments)
    assert code == 1
    kept = tmp_path / "out-2.pickle"
    assert error.splitlines()[-1] == (
        f"Error: Cannot write out.pickle: Permission denied; the result is in {kept} instead."
    )
    assert not (tmp_path / "out.pickle").exists()
    assert len(read(kept).cells) == n_cells


def test_a_result_in_the_older_format_is_kept_too(tmp_path, command, save, layout, locked):
    save(layout)
    code, _, error = command("convert", "run.pickle", "out.pickle", "--legacy")
    assert code == 1 and f"the result is in {tmp_path / 'out-2.pickle'} instead." in error
    assert isinstance(pickle.loads((tmp_path / "out-2.pickle").read_bytes()), list)
