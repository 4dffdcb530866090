# SPDX-License-Identifier: BSD-3-Clause
"""Spikes as two arrays: Kilosort and Phy, ``.npz`` and MATLAB files, and hostile ones."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from spike_export.formats.spike_arrays import read_spike_arrays
from spike_export.formats.spike_files import TableError
from spike_export.formats.spike_tables import AS_THEY_SAY, Reading

TIMES = np.array([30, 60, 90, 4500], np.uint64)
CLUSTERS = np.array([[3], [0], [3], [7]], np.int32)


@pytest.fixture
def phy(tmp_path) -> Path:
    np.save(tmp_path / "spike_times.npy", TIMES)
    np.save(tmp_path / "spike_clusters.npy", CLUSTERS)
    (tmp_path / "params.py").write_text(
        "dat_path = 'x.dat'\nsample_rate = 30000.\nopen('ran', 'w')\n"
    )
    return tmp_path


def read(path: Path, reading: Reading = AS_THEY_SAY):
    spikes = read_spike_arrays(path, reading)
    return {cell: row.tolist() for cell, row in spikes.times_ms.items()}, " ".join(spikes.notes)


@pytest.mark.parametrize("name", ["", "spike_times.npy", "spike_clusters.npy"])
def test_phy_s_samples_become_ms(phy, name):
    found, notes = read(phy / name)
    assert found == {"0": [2], "3": [1, 3], "7": [150]}
    assert "Times are samples, 30,000 per second according to params.py" in notes
    assert not Path("ran").exists(), "parameters are read, not run"


def test_without_a_rate_it_is_asked_for(phy):
    (phy / "params.py").unlink()
    with pytest.raises(TableError, match="give it, such as --unit 30000Hz"):
        read(phy)
    assert read(phy, Reading(1 / 30))[0]["7"] == pytest.approx([150])


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_with_times_and_cells(tmp_path, save):
    save(tmp_path / "s.npz", times_ms=[0.5, 4.0, 2.0], ids=[1, 1, 0], positions=np.zeros((2, 3)))
    found, notes = read(tmp_path / "s.npz")
    assert found == {"0": [2], "1": [0.5, 4]}
    assert notes == "Times are 'times_ms' in s.npz, cells are 'ids'."
    save(tmp_path / "t.npz", spike_times=[30, 60], spike_clusters=[1, 1])
    with pytest.raises(TableError, match="use --unit 1ms, or give the sampling rate"):
        read(tmp_path / "t.npz")
    save(tmp_path / "u.npz", t=[0.5], x=[1])
    with pytest.raises(TableError, match="suggests the cells of spikes; it has t, x"):
        read(tmp_path / "u.npz")


def test_matlab_s_files(tmp_path):
    io = pytest.importorskip("scipy.io")
    content = {"spike_times": np.array([[0.5, 4.0, 2.0]]), "cluster": np.array([[1, 1, 0]])}
    for compressed in (False, True):
        io.savemat(tmp_path / "a.mat", content, do_compression=compressed)
        assert read(tmp_path / "a.mat")[0] == {"0": [2], "1": [0.5, 4]}


def test_matlab_s_newer_files(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "b.mat", "w", userblock_size=512) as file:
        file["spike_times_s"] = np.array([[0.0005], [0.004], [0.002]])
        file["clusters"] = np.array([[1.0], [1], [0]])
    with (tmp_path / "b.mat").open("r+b") as stream:
        stream.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")
    assert read(tmp_path / "b.mat")[0] == {"0": [2], "1": [0.5, 4]}


@pytest.mark.slow
def test_hostile_arrays_are_a_sentence(phy, tmp_path):
    class Trap:
        def __reduce__(self):
            return Path.touch, (Path(tmp_path / "trapped"),)

    np.save(phy / "spike_times.npy", np.array([Trap()], object), allow_pickle=True)
    with pytest.raises(TableError, match="damaged, or holds objects"):
        read(phy)
    whole = (phy / "spike_clusters.npy").read_bytes()
    (phy / "spike_times.npy").write_bytes(whole.replace(b"(4, 1)", b"(4000000000, 1)")[:200])
    with pytest.raises(TableError, match="is damaged"):
        read(phy)
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("times_ms.npy", bytes(200 << 20))
        archive.writestr("ids.npy", pickle.dumps(Trap()))
    with pytest.raises(TableError, match="claims 210 MB"):
        read(tmp_path / "bomb.npz")
    assert not (tmp_path / "trapped").exists()
    np.save(phy / "spike_times.npy", TIMES[:3])
    with pytest.raises(TableError, match="has 3 times, but cells for 4"):
        read(phy)


@pytest.mark.parametrize("wrong", [b"\x0f", b"\x00", b'"', b"("])
def test_a_damaged_header_is_a_sentence(phy, tmp_path, wrong):
    """NumPy takes such a header for one of Python 2's, and tokenizes it."""
    whole = (phy / "spike_times.npy").read_bytes()
    damaged = whole.replace(b", 'fortran_order'", b"," + wrong + b"'fortran_order'")
    (phy / "spike_times.npy").write_bytes(damaged)
    with pytest.raises(TableError, match="is damaged"):
        read(phy)
    with zipfile.ZipFile(tmp_path / "s.npz", "w") as archive:
        archive.writestr("times_ms.npy", damaged)
        archive.writestr("ids.npy", (phy / "spike_clusters.npy").read_bytes())
    with pytest.raises(TableError, match="is damaged"):
        read(tmp_path / "s.npz")
