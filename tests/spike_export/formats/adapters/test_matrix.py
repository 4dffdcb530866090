# SPDX-License-Identifier: BSD-3-Clause
"""Matrices in .npy files and tables, against NumPy's own reader."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export import read

MATRIX = np.random.default_rng(1).normal(size=(6, 40))
PLACES = "cell,x,y,z\n" + "".join(f"{i},{10 * i},{i},{-i}\n" for i in (3, 0, 1, 2, 5, 4))


@pytest.mark.parametrize("dtype", ["<f8", ">f4", "<i2", "|b1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_with_places(tmp_path, command, dtype, order):
    given = np.array(MATRIX * 9, dtype, order=order)
    np.save(tmp_path / "a.npy", given)
    (tmp_path / "places.csv").write_text(PLACES)
    code, out, error = command("read", "a.npy", "--positions", "places.csv", "--interval", 33)
    assert code == 0, error
    assert "The names in the positions were taken as cell numbers, starting at 0." in out
    made = read("a.pickle")
    np.testing.assert_array_equal(made.values, given.T.astype("f4"))
    # By their numbers, not by the lines they stand in.
    assert made.points_um[:, 0].tolist() == [0, 10, 20, 30, 40, 50]


@pytest.mark.parametrize("mark", [",", ";", "\t", " "])
def test_a_table(tmp_path, command, mark):
    names = mark.join(["time_ms", *"abcdef"])
    table = np.column_stack([np.arange(40) * 33.0, MATRIX.T])
    np.savetxt(tmp_path / "a.csv", table, delimiter=mark, header=f"# dF/F\n{names}", comments="")
    code, out, error = command("read", "a.csv")
    assert code == 0 and "they are placed on a grid" in out, error
    made = read("a.pickle")
    np.testing.assert_allclose(made.values, MATRIX.T, rtol=1e-6)
    assert [cell.name for cell in made.cells] == list("abcdef")
    assert made.time_ms[-1] == 39 * 33


def test_named_columns_without_times_are_cells(tmp_path, command):
    np.savetxt(tmp_path / "a.csv", MATRIX.T, delimiter=",", header="a,b,c,d,e,f", comments="")
    code, out, _ = command("read", "a.csv", "--interval", 10)
    assert code == 0 and "Its 6 columns have names, so they were taken as cells" in out
    assert read("a.pickle").values.shape == (40, 6)


def test_several_files_of_one_format_are_merged(tmp_path, command):
    for name, part in (("a", MATRIX[:2]), ("b", MATRIX[2:])):
        np.save(tmp_path / f"{name}.npy", part)
    code, _, error = command("read", "a.npy", "b.npy", "--rows", "cells", "--interval", 5)
    assert code == 0, error
    np.testing.assert_allclose(read("a.pickle").values, MATRIX.T, rtol=1e-6)
    np.save(tmp_path / "b.npy", MATRIX[2:, :30])
    code, _, error = command(
        "read", "a.npy", "b.npy", "--rows", "cells", "--interval", 5, "--force"
    )
    assert code == 1 and error.startswith("Error: Cannot merge b.npy with a.npy: it ")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b,c\n1,2,3\n4,5,6\n4,x,6\n", "line 4, field 2"),
        ("a,b,c\n1,2,3\n4,5,6\n4,6\n", "line 4 has 2 columns, but line 1 has 3"),
        ("a,b,c\n1,2,3,4\n4,5,6,7\n", "line 2 has 4 columns, but line 1 has 3"),
    ],
)
def test_a_damaged_table_is_refused(tmp_path, command, text, sentence):
    (tmp_path / "a.csv").write_text(text)
    code, _, error = command("read", "a.csv", "--interval", 5)
    assert code == 1 and f"Cannot use a.csv: {sentence}" in error


def test_an_array_that_claims_too_much_is_refused(tmp_path, command):
    np.save(tmp_path / "a.npy", MATRIX)
    data = (tmp_path / "a.npy").read_bytes().replace(b"(6, 40), }    ", b"(600000, 40), }")
    (tmp_path / "a.npy").write_bytes(data)
    code, _, error = command("read", "a.npy", "--rows", "cells", "--interval", 5)
    assert code == 1 and "it ends early" in error


@pytest.mark.parametrize("scale", [1.0, 0.001])
def test_a_first_column_of_times_without_a_name(tmp_path, command, scale):
    """As LEMS writes them, in s, and NEURON's own printing, in ms."""
    times_ms = 0.025 * np.arange(40)
    table = np.column_stack([times_ms * scale, MATRIX[:2].T])
    np.savetxt(tmp_path / "v.dat", table, delimiter="\t", fmt="%.9g")
    assert "its first column increases evenly" in command("read", "v.dat")[2]
    assert "its first column increases evenly" in command("read", "v.dat", "--interval", 1)[2]
    code, out, error = command("read", "v.dat", "--interval", 0.025)
    assert code == 0, error
    assert "Its first column was taken to be times, up to 0.975 ms." in out
    np.testing.assert_allclose(read("v.pickle").time_ms, times_ms)
    np.testing.assert_allclose(read("v.pickle").values, MATRIX[:2].T, rtol=1e-6)
