# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export convert`` and ``merge``: what they write, say and exit with."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from spike_export import __version__, read


@pytest.fixture
def new(layout, save) -> Path:
    return save(layout, name="new.pickle")


@pytest.fixture
def old(older, save) -> Path:
    return save(older, name="old.pickle")


def test_newer_to_older_and_back(command, new):
    assert command("convert", new, "a.pickle", "--legacy")[::2] == (0, "")
    sections = pickle.loads(Path("a.pickle").read_bytes())
    assert [section["type"] for section in sections] == ["soma", "dend", "axon", "soma"]
    code, output, errors = command("convert", "a.pickle", "b.pickle", "--duration", "0.3")
    assert (code, errors) == (0, "")
    assert "Frames      4, one every 0.1 ms" in output
    first, back = read(new), read("b.pickle")
    assert np.array_equal(back.values, first.values)
    assert np.array_equal(back.points_um, first.points_um)
    assert back.created_by == f"spike-export {__version__}"


@pytest.mark.parametrize(("precision", "most"), [("float32", 0), ("zlib", 0), ("0.01mV", 0.0051)])
def test_precisions(command, new, precision, most):
    assert command("convert", new, "a.pickle", "--precision", precision)[0] == 0
    assert np.abs(read("a.pickle").values - read(new).values).max() <= most
    assert read("a.pickle").cells[0].spikes_ms.tolist() == [0.125, 0.25]


def test_a_part_of_it(command, new):
    options = ("--every", 0.05, "--start", 0.1, "--stop", 0.2, "--cells", "Basket[0]")
    assert command("convert", new, "a.pickle", *options)[0] == 0
    made = read("a.pickle")
    assert [cell.name for cell in made.cells] == ["Basket[0]"]
    assert np.allclose(made.time_ms, [0.1, 0.15, 0.2])
    assert command("convert", new, "b.pickle", "--cells", "Basket[0], Pyramidal[0]")[0] == 0
    assert len(read("b.pickle").cells) == 2


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Cell(1, 2)", ["Cell(1, 2)"]),
        ("Basket[0],Cell(1, 2)", ["Cell(1, 2)", "Basket[0]"]),
        (" Cell(1, 2) , Basket[0]", ["Cell(1, 2)", "Basket[0]"]),
    ],
)
def test_a_cell_s_name_may_hold_a_comma(command, layout, save, given, kept):
    layout["cells"][0]["name"] = "Cell(1, 2)"
    path = save(layout)
    assert command("convert", path, "a.pickle", "--cells", given)[0] == 0
    assert sorted(cell.name for cell in read("a.pickle").cells) == sorted(kept)
    assert 'no cell is "Cell(1"' in command("convert", path, "b", "--cells", "Cell(1,3)")[2]


def test_frames_of_the_older_format(command, old):
    assert command("convert", old, "a.pickle", "--legacy", "--frames", 5)[0] == 0
    assert read("a.pickle").n_frames == 5


def test_a_file_may_take_its_own_place(command, new):
    assert command("convert", new, new, "--frames", 2)[0] == 1
    assert command("convert", new, new, "--frames", 2, "--force")[0] == 0
    assert read(new).n_frames == 2


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (
            ("old.pickle", "x"),
            1,
            "old.pickle is in the older format, which stores no times; give the du",
        ),
        (("old.pickle", "x", "--legacy", "--every", "1"), 1, "Cannot convert old.pickle: it is in"),
        (("new.pickle", "x", "--duration", "1"), 1, "Cannot convert new.pickle: it has a time"),
        (("new.pickle", "x", "--cells", "A"), 1, 'Cannot convert new.pickle: no cell is "A"'),
        (("new.pickle", "x", "--cells", ""), 2, "it names no cells; omit it to select all"),
        (("new.pickle", "x", "--every", "1e-99"), 1, "the limit is 17 GB"),
        (("new.pickle", "x", "--every", "1", "--frames", "3"), 2, "mutually exclusive"),
        (("new.pickle", "x", "--legacy", "--precision", "zlib"), 2, "omit --precision"),
        (("new.pickle", "x", "--precision", "8bit"), 2, "'float32', 'zlib', '0.01mV'"),
        (("new.pickle", "x", "--frames", "0"), 2, "--frames"),
        (("new.pickle", "x", "--peak"), 2, "apply to new frames; add --every or --frames."),
        (("new.pickle", "no/x"), 1, "Cannot write no/x: its folder does not exist."),
        (
            ("new.pickle", "old.pickle"),
            1,
            "old.pickle already exists; use --force to overwrite it.",
        ),
        (("no.pickle", "x"), 1, "Cannot read no.pickle: file not found."),
        (("new.pickle",), 2, "Missing argument 'OUT'"),
    ],
)
def test_what_cannot_be_converted(command, new, old, tmp_path, arguments, code, reason):
    before = old.read_bytes()
    found, output, errors = command("convert", *arguments)
    assert (found, output) == (code, "")
    assert reason in errors
    assert errors.splitlines()[-1].startswith("Error: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.pickle", "old.pickle"]
    assert old.read_bytes() == before


@pytest.mark.parametrize(
    ("options", "noted"),
    [
        (("--frames", 3), True),
        (("--frames", 3, "--peak"), False),
        (("--frames", 3, "--no-peak"), False),
        (("--every", 0.9), False),
        (("--stop", 10), False),
    ],
)
def test_frames_that_may_miss_spikes_are_said_to(command, layout, save, array, options, noted):
    layout["time"] = array(np.arange(40) * 0.5, "<f8")
    layout["values"] = array(np.zeros((40, 6)), "<f4")
    code, output, _ = command("convert", save(layout), "a.pickle", *options)
    assert code == 0
    assert ("Note: A spike lasts about 1 ms, less than the time" in output) == noted


def test_values_that_are_not_finite_in_hundredths(command, layout, save, array):
    values = np.full((4, 6), np.nan)
    layout["values"] = array(values, "<f4")
    path = save(layout)
    code, _, errors = command("convert", path, "x.pickle", "--precision", "0.01mV")
    assert code == 1
    assert errors.startswith("Error: Cannot write x.pickle: 24 of 24 values are not finite, which")
    assert not Path("x.pickle").exists()


def test_parts_are_merged(command, new):
    for number, name in enumerate(("Pyramidal[0]", "Basket[0]")):
        command("convert", new, f"{number}.pickle", "--cells", name)
    code, output, errors = command("merge", "0.pickle", "1.pickle", "-o", "all.pickle")
    assert (code, errors) == (0, "")
    assert "Cells       2 (Pyramidal[0], Basket[0])" in output
    assert np.array_equal(read("all.pickle").values, read(new).values)


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (("new.pickle", "new.pickle", "-o", "x"), 1, "Cannot merge new.pickle with new.pickle (p"),
        (("new.pickle", "old.pickle", "-o", "x"), 1, "Cannot merge old.pickle with new.pickle "),
        (("old.pickle", "new.pickle", "-o", "x"), 1, "Cannot merge old.pickle (part 1): it is in"),
        (("new.pickle", "no.pickle", "-o", "x"), 1, "Cannot read no.pickle: file not found."),
        (
            ("new.pickle", "-o", "old.pickle"),
            1,
            "old.pickle already exists; use --force to overwrite it.",
        ),
        (("new.pickle", "-o", "no/x"), 1, "Cannot write no/x: its folder does not exist."),
        (("new.pickle",), 2, "Missing option '-o'"),
        (("-o", "x"), 2, "Missing argument 'PART...'"),
    ],
)
def test_what_cannot_be_merged(command, new, old, tmp_path, arguments, code, reason):
    found, output, errors = command("merge", *arguments)
    assert (found, output) == (code, "")
    assert reason in errors
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.pickle", "old.pickle"]


def test_cells_are_put_where_a_table_has_them(command, new):
    Path("cells.csv").write_text("cell,x,y,z,rotation_z_deg\nBasket[0],1,2,3,90\n")
    code, output, errors = command("convert", new, "a.pickle", "--positions", "cells.csv")
    assert code == 0
    assert read("a.pickle").points_um[-1, :3].tolist() == [1, 2, 3]
    assert "Note: 1 of 2 cells have no row in cells.csv" in errors
    assert "Cells " in output


@pytest.mark.parametrize("row", ["nobody,1,2,3", "Basket[0],1,2,x"])
def test_a_table_of_positions_that_fits_nothing_is_refused(command, new, row):
    Path("cells.csv").write_text(f"cell,x,y,z\n{row}\n")
    code, _, errors = command("convert", new, "a.pickle", "--positions", "cells.csv")
    assert (code, Path("a.pickle").exists()) == (1, False)
    assert "cells.csv" in errors


def test_a_table_is_not_replaced_by_what_it_places(command, new):
    Path("cells.csv").write_text("Basket[0],1,2,3\n")
    arguments = ("convert", new, "cells.csv", "--positions", "cells.csv", "--force")
    assert "the command reads it" in command(*arguments)[2]


def test_quantities_are_chosen_and_what_is_left_out_is_said(command, array, layout, save):
    values = np.linspace(0, 1, 24).reshape(4, 6)
    more = {"cai": {"unit": "mM", "values": array(values, "<f4")}}
    path = save({**layout, "more": more}, name="more.pickle")
    code, output, errors = command("convert", path, "a.pickle", "--frames", "2")
    assert (code, errors) == (0, "")
    assert "Also        cai 0 to 1 mM" in output
    assert np.array_equal(read("a.pickle").more["cai"].values, values[[0, 3]].astype("<f4"))
    code, output, errors = command("convert", path, "b.pickle", "--legacy")
    assert code == 0
    assert "The older format holds only one quantity, v; left out: cai. Choose another" in errors
    code, output, errors = command("convert", path, "c.pickle", "--legacy", "--variable", "cai")
    assert (code, errors) == (0, "")
    assert np.array_equal(read("c.pickle").values, values.astype("<f4"))
    code, output, errors = command("convert", path, "d.pickle", "--variable", "x")
    assert code == 1
    assert "there is no quantity 'x'; there is v, cai." in errors
