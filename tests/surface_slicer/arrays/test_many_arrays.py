# SPDX-License-Identifier: GPL-3.0-or-later
"""Surfaces from HDF5, netCDF 4 and MATLAB's files, against the libraries that write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from surface_slicer.arrays import array_file
from surface_slicer.arrays.array_file import array_names, read_array, read_grid
from surface_slicer.arrays.heightmap import HeightmapError
from surface_slicer.arrays.polyline import check_line

pytest.importorskip("pyfive")
h5py = pytest.importorskip("h5py")
scipy_io = pytest.importorskip("scipy.io")
netcdf = pytest.importorskip("netCDF4")
HEIGHTS = np.random.default_rng(6).normal(size=(5, 8))
PLAYING = np.random.default_rng(7).normal(size=(5, 8, 11))


def save_5(path: Path, variables: dict) -> None:
    scipy_io.savemat(path, variables, do_compression=True)


def save_73(path: Path, variables: dict) -> None:
    """Write what MATLAB writes with -v7.3."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, value in variables.items():
            is_text = isinstance(value, str)
            content = np.frombuffer(value.encode("utf-16-le"), "u2") if is_text else value
            # MATLAB counts along the first side first.
            file[name] = np.atleast_2d(content).T
            file[name].attrs["MATLAB_class"] = np.bytes_("char" if is_text else "double")
        file["#refs#/a"] = np.eye(4)
    with path.open("r+b") as stream:
        stream.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64")


def grid(path: Path, name: str = "", arrangement: str = "AUTO"):
    said: list[str] = []
    return read_grid(path, name, arrangement, said.append), said


@pytest.mark.parametrize("save", [save_5, save_73])
def test_matlab_of_both_versions_gives_the_same(tmp_path, save):
    path = tmp_path / "a.mat"
    save(path, {"X": np.linspace(0, 7, 8), "Y": np.linspace(3, 1, 5), "Z": HEIGHTS, "by": "me"})
    found, said = grid(path)
    np.testing.assert_array_equal(found.values, HEIGHTS)
    assert (found.x[-1], found.y[0]) == (7, 3)
    assert said == ["a.mat: The coordinates are its arrays 'X' and 'Y'."]
    assert sorted(array_names(path)) == ["X", "Y", "Z"]
    # To MATLAB, lists are matrices, too.
    np.testing.assert_array_equal(read_array(path, "X", check_line), np.linspace(0, 7, 8))


@pytest.mark.parametrize("save", [save_5, save_73])
def test_frames_come_last_in_matlab(tmp_path, save):
    save(tmp_path / "a.mat", {"dff": PLAYING})
    found, said = grid(tmp_path / "a.mat")
    np.testing.assert_array_equal(found.values, np.moveaxis(PLAYING, 2, 0))
    assert said == ["a.mat: Its last dimension, of 11, was read as frames, as is usual in MATLAB."]
    save(tmp_path / "b.mat", {"picture": np.zeros((20, 20, 3)) + [1, 2, 3]})
    with pytest.raises(HeightmapError, match="choose Colors if it is a picture of 3 channels"):
        grid(tmp_path / "b.mat")
    assert (grid(tmp_path / "b.mat", arrangement="COLORS")[0].values == 2).all()


@pytest.mark.parametrize("save", [save_5, save_73])
def test_of_several_one_has_to_be_named(tmp_path, save):
    path = tmp_path / "a.mat"
    save(path, {"one": HEIGHTS, "other": HEIGHTS + 1, "fs": 30.0, "by": "me"})
    with pytest.raises(HeightmapError, match="several arrays, choose one: 'one', 'other'"):
        grid(path)
    np.testing.assert_array_equal(grid(path, "other")[0].values, HEIGHTS + 1)
    with pytest.raises(HeightmapError, match="Cannot read a.mat: it holds no array 'none'; it has"):
        grid(path, "none")
    with pytest.raises(HeightmapError, match="'by' in it cannot be used: it is "):
        grid(path, "by")
    with pytest.raises(HeightmapError, match="'fs' in it: its array has 1 dimension"):
        grid(path, "fs")


def test_the_only_one_that_fits_is_said(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["run/heights"], file["run/times"] = HEIGHTS, np.arange(4)
    found, said = grid(tmp_path / "a.h5")
    np.testing.assert_array_equal(found.values, HEIGHTS)
    assert said == ["a.h5: Its array 'run/heights' was read, the only one that fits."]
    np.testing.assert_array_equal(grid(tmp_path / "a.h5", "/run/heights")[0].values, HEIGHTS)


def dataset(path: Path, lat: np.ndarray):
    file = netcdf.Dataset(path, "w")
    for name, count in (("time", None), ("level", 1), ("lat", 5), ("lon", 8)):
        file.createDimension(name, count)
    file.createVariable("lat", "f4", ("lat",))[:] = lat
    file.createVariable("lon", "f8", ("lon",))[:] = np.arange(8) * 2.5
    return file


def test_netcdf_is_scaled_has_holes_and_coordinates(tmp_path):
    path = tmp_path / "a.nc"
    with dataset(path, np.linspace(60, 40, 5)) as file:
        kept = file.createVariable("t", "i2", ("time", "level", "lat", "lon"), fill_value=-999)
        kept.scale_factor, kept.add_offset, kept.missing_value = 0.01, 273.15, np.int16(-5)
        kept.set_auto_maskandscale(False)
        kept[:] = np.arange(3 * 40).reshape(3, 1, 5, 8) - 6
        kept[1, 0, 2, 3] = -999
    found, said = grid(path)
    with netcdf.Dataset(path) as file:
        wanted = np.ma.filled(file["t"][:].astype(float), np.nan)[:, 0]
    assert np.isnan(wanted).sum() == 2
    np.testing.assert_array_equal(found.values, wanted)
    np.testing.assert_allclose(found.x, np.arange(8) * 2.5)
    np.testing.assert_allclose(found.y, np.linspace(60, 40, 5))
    assert said == [
        "a.nc: Its dimensions of length 1 were left out.",
        "a.nc: Its values were multiplied by 0.01 and 273.15 was added; 2 values that mean no data "
        "are holes, as 't' says.",
        "a.nc: Its y is 'lat', from 60 to 40.",
        "a.nc: Its x is 'lon', from 0 to 17.5.",
    ]


def test_netcdf_s_own_fill_value_is_a_hole(tmp_path):
    with dataset(tmp_path / "a.nc", np.array([1, 2, 3, 5, 9])) as file:
        file.createVariable("q", "f4", ("lat", "lon"))[1:] = HEIGHTS[1:]
    found, said = grid(tmp_path / "a.nc")
    assert np.isnan(found.values[0]).all() and found.y is None and found.x is not None
    np.testing.assert_array_equal(found.values[1:], HEIGHTS[1:].astype("f4"))
    assert said[:2] == [
        "a.nc: 8 values that mean no data are holes, as 'q' says.",
        "a.nc: Its y, 'lat', is not evenly spaced, so the numbers of its rows were taken.",
    ]


def test_older_netcdf_and_matlab_files_are_told_how_to_convert(tmp_path):
    with netcdf.Dataset(tmp_path / "a.nc", "w", format="NETCDF3_CLASSIC") as file:
        file.createDimension("x", 3)
    with pytest.raises(HeightmapError, match="it is a netCDF file; save the array in it as .npy"):
        grid(tmp_path / "a.nc")
    scipy_io.savemat(tmp_path / "a.mat", {"a": HEIGHTS}, format="4")
    with pytest.raises(HeightmapError, match="it is a MATLAB file; save the array in it as .npy"):
        grid(tmp_path / "a.mat")


def test_what_is_packed_otherwise_is_told_how_to_convert(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("a", data=HEIGHTS, compression="lzf")
    with pytest.raises(HeightmapError) as error:
        grid(tmp_path / "a.h5")
    assert str(error.value).startswith(
        "Cannot read a.h5: 'a' in it is packed by LZF, which is not read; it is an HDF5 file; save"
    )


@pytest.mark.parametrize("shape", [(10**6, 10**6), (10**12,), (3, 10**9, 4)])
def test_claims_are_refused_before_memory_is_taken(tmp_path, shape):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("a", shape, "f8", chunks=(1,) * len(shape))
    with pytest.raises(HeightmapError, match="Cannot read a.h5: 'a' in it: its array "):
        grid(tmp_path / "a.h5")


def test_names_follow_the_file(tmp_path):
    """Those of the last file are remembered until it changes."""
    path = tmp_path / "a.h5"
    for name in ("a", "other"):
        with h5py.File(path, "w") as file:
            file[name] = HEIGHTS
        assert array_names(path) == [name]
    path.write_bytes(b"\x89HDF\r\n\x1a\n")
    assert array_names(path) == [] == array_names(tmp_path / "none.h5")
    assert {".h5", ".hdf5", ".mat", ".nc"} <= set(array_file.EXTENSIONS)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["a.mat", "b.mat", "c.nc"])
def test_damage_is_a_sentence(tmp_path, kind):
    path = tmp_path / kind
    if kind == "c.nc":
        with dataset(path, np.arange(5)) as file:
            file.createVariable("q", "f4", ("lat", "lon"), zlib=True)[:] = HEIGHTS
    else:
        (save_5 if kind == "a.mat" else save_73)(path, {"z": HEIGHTS, "t": PLAYING, "x": "y"})
    good, rng, refused = path.read_bytes(), np.random.default_rng(8), 0
    for _ in range(500):
        data = bytearray(good[: None if rng.random() < 0.8 else rng.integers(9, len(good))])
        for _ in range(rng.integers(1, 5)):
            data[rng.integers(len(data))] = rng.integers(256)
        path.write_bytes(data)
        for name in ("", *array_names(path)[:3]):
            try:
                grid(path, name)
            except HeightmapError as error:
                refused += 1
                assert str(error).startswith(f"Cannot read {kind}: ")
    assert refused > 200
