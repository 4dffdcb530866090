# SPDX-License-Identifier: GPL-3.0-or-later
"""What an array's dimensions mean, and where its columns and rows are."""

from __future__ import annotations

import numpy as np
import pytest
from surface_slicer.arrays.array_file import read_grid
from surface_slicer.arrays.heightmap import HeightmapError

X, Y = np.linspace(10, 13, 7), np.linspace(-2, 8, 5)
XX, YY = np.meshgrid(X, Y)
HEIGHTS = np.sin(XX) + 0.1 * YY**2


def read(path, arrangement="AUTO", name=""):
    """The array, and the sentences said about it."""
    said: list[str] = []
    return read_grid(path, name, arrangement, said.append), said


def refused(path, arrangement="AUTO") -> str:
    with pytest.raises(HeightmapError) as caught:
        read(path, arrangement)
    assert path.name in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("header", ["", "x,y,z\n"])
@pytest.mark.parametrize("order", ["C", "random"])
def test_points_are_gridded(tmp_path, header, order):
    """In any order, as numpy.meshgrid has them; rows missing in a named list are holes."""
    rows = np.stack([XX, YY, HEIGHTS], axis=-1).reshape(-1, 3)
    expected = HEIGHTS.copy()
    if order == "random":
        rows = rows[np.random.default_rng(1).permutation(len(rows))]
    if header:
        expected[np.isclose(YY, rows[4, 1]) & np.isclose(XX, rows[4, 0])] = np.nan
        rows = np.delete(rows, 4, axis=0)
    path = tmp_path / "points.csv"
    np.savetxt(path, rows, "%.9f", delimiter=",", header=header.strip(), comments="")
    found, said = read(path)
    np.testing.assert_allclose(found.values, expected, atol=1e-8)
    np.testing.assert_allclose(found.x, X)
    np.testing.assert_allclose(found.y, Y)
    assert f"{len(rows)} points, on a grid of 5 x 7" in said[-1]
    # On demand, they are three columns.
    assert read(path, "FRAMES")[0].values.shape == (len(rows), 3)


@pytest.mark.parametrize("arrangement", ["AUTO", "POINTS"])
def test_x_and_y_are_found_by_their_names(tmp_path, arrangement):
    """In any order; which of several heights is meant is not guessed."""
    path = tmp_path / "points.csv"
    rows = np.stack([HEIGHTS, YY, XX], axis=-1).reshape(-1, 3)
    np.savetxt(path, rows, delimiter=",", header="h,lat,lon", comments="")
    found, _ = read(path, arrangement)
    np.testing.assert_allclose(found.values, HEIGHTS)
    np.testing.assert_allclose(found.x, X)
    rows = np.hstack([rows, rows[:, :1]])
    np.savetxt(path, rows, delimiter=",", header="h,y,x,v", comments="")
    if arrangement == "AUTO":
        assert "its columns 'h', 'v' all belong to x and y; keep one" in refused(path)
        assert read(path, "FRAMES")[0].values.shape == rows.shape


def test_points_that_are_on_no_grid(tmp_path):
    """A sentence with what to do, and a note where three columns could be either."""
    path = tmp_path / "a.npy"
    np.save(path, np.random.default_rng(0).random((40, 3)))
    found, said = read(path)
    assert found.values.shape == (40, 3)
    assert "choose Points" in said[0]
    assert "scipy.interpolate.griddata" in refused(path, "POINTS")
    np.save(path, np.array([[0, 0, 1], [1, 0, 2], [0, 1, 3], [1, 1, 4], [1, 1, 5.0]]))
    assert "rows 3 and 4, counted from 0, have the same x and y" in refused(path, "POINTS")
    np.save(path, np.eye(4))
    assert "points need three columns" in refused(path, "POINTS")


def test_last_dimension_of_one_is_no_dimension(tmp_path):
    """(H, W, 1) is a surface."""
    np.save(tmp_path / "a.npy", HEIGHTS[:, :, None])
    np.testing.assert_array_equal(read(tmp_path / "a.npy")[0].values, HEIGHTS)


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_a_picture_asks(tmp_path, channels):
    """(H, W, 3) is a picture or frames; the mean leaves out opacity, as in pictures."""
    array = np.random.default_rng(0).random((20, 30, channels))
    path = tmp_path / "a.npy"
    np.save(path, array)
    assert "choose Colors" in refused(path)
    assert "or Frames if it is 20 frames of 30 rows" in refused(path)
    colors = array[..., : 3 if channels > 2 else 1]
    np.testing.assert_allclose(read(path, "COLORS")[0].values, colors.mean(axis=2))
    np.testing.assert_array_equal(read(path, "FRAMES")[0].values, array)


@pytest.mark.parametrize("grids", [False, True])
def test_coordinates_in_an_archive(tmp_path, grids):
    """X, Y and Z as numpy.meshgrid or as lines; naming Z gives it alone."""
    x, y = (XX, YY) if grids else (X, Y)
    path = tmp_path / "a.npz"
    np.savez(path, X=x, Y=y, Z=HEIGHTS, other=HEIGHTS)
    found, said = read(path)
    np.testing.assert_array_equal(found.values, HEIGHTS)
    np.testing.assert_array_equal(found.x, X)
    np.testing.assert_array_equal(found.y, Y)
    assert "'X' and 'Y'" in said[0]
    assert read(path, name="Z")[0].x is None
    np.savez(path, lat=y, lon=x, height=HEIGHTS)
    np.testing.assert_array_equal(read(path)[0].x, X)
    np.savez(path, X=x**2, Y=y, Z=HEIGHTS)
    assert "its x is not evenly spaced" in refused(path)
    np.savez(path, X=y, Y=x, Z=HEIGHTS)
    assert "its x" in refused(path)


def test_coordinates_in_a_table(tmp_path):
    """As pandas writes a pivoted table."""
    path = tmp_path / "a.csv"
    lines = ["," + ",".join(f"{x:.4f}" for x in X)]
    lines += [
        f"{y:.4f}," + ",".join(map(repr, row.tolist())) for y, row in zip(Y, HEIGHTS, strict=True)
    ]
    path.write_text("\n".join(lines))
    found, said = read(path)
    np.testing.assert_array_equal(found.values, HEIGHTS)
    np.testing.assert_allclose(found.x, X)
    np.testing.assert_allclose(found.y, Y)
    assert "are coordinates of the columns and the rows" in said[0]
