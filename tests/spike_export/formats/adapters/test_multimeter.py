# SPDX-License-Identifier: BSD-3-Clause
"""Recordings of NEST's multimeters, as NEST 3 writes them, made up here."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export import read

HEAD = "# NEST version: 3.10.0\n# RecordingBackendASCII version: 2\n"
CELLS = (2, 4, 7)
TIMES_MS = (1.0, 2.0, 3.0, 4.0)
V = np.random.default_rng(5).normal(-65, 5, (len(TIMES_MS), len(CELLS))).round(3)
G = np.random.default_rng(6).normal(3, 1, V.shape).round(3)


def table(
    names: str = "sender\ttime_ms\tV_m", *, cells=CELLS, times=TIMES_MS, columns=(V,), head=HEAD
) -> str:
    rows = [
        "\t".join([str(cell), str(time), *(f"{column[i, j]:.3f}" for column in columns)])
        for i, time in enumerate(times)
        for j, cell in enumerate(cells)
    ]
    return f"{head}{names}\n" + "\n".join(rows) + "\n"


def test_each_cell_s_values_over_time(tmp_path, command):
    (tmp_path / "v.dat").write_text(table())
    (tmp_path / "places.csv").write_text("cell,x,y,z\n7,70,0,0\n2,20,0,0\n4,40,0,0\n")
    code, out, error = command("read", "v.dat", "--positions", "places.csv")
    assert code == 0, error
    assert "v.dat is a recording of a NEST multimeter." in out
    assert "Units are those of NEST's own models: V_m in mV." in out
    made = read("v.pickle")
    np.testing.assert_array_equal(made.values, V.astype("f4"))
    assert made.time_ms.tolist() == list(TIMES_MS)
    assert (made.quantity, made.unit, dict(made.more)) == ("V_m", "mV", {})
    assert [(cell.name, cell.gid) for cell in made.cells] == [("2", 2), ("4", 4), ("7", 7)]
    assert made.points_um[:, 0].tolist() == [20, 40, 70]


def test_rows_in_any_order(tmp_path, command):
    head, _, rows = table().partition("V_m\n")
    lines = rows.splitlines()
    (tmp_path / "v.dat").write_text(f"{head}V_m\n" + "\n".join(lines[::-1]))
    assert command("read", "v.dat")[0] == 0
    np.testing.assert_array_equal(read("v.pickle").values, V.astype("f4"))


def test_several_quantities(tmp_path, command):
    (tmp_path / "v.dat").write_text(table("sender\ttime_ms\tg_ex\tV_m\tw", columns=(G, V, G)))
    code, out, error = command("read", "v.dat")
    assert code == 0, error
    assert "Of V_m, g_ex, w, V_m is shown; choose a single one with --of." in out
    made = read("v.pickle")
    assert {name: one.unit for name, one in made.quantities.items()} == {
        "V_m": "mV", "g_ex": "nS", "w": ""
    }  # fmt: skip
    np.testing.assert_array_equal(made.more["g_ex"].values, G.astype("f4"))
    assert command("read", "v.dat", "--of", "g_ex", "-o", "g.pickle")[0] == 0
    assert list(read("g.pickle").quantities) == ["g_ex"]
    assert "it has no 'x', but g_ex, V_m, w" in command("read", "v.dat", "--of", "x", "--force")[2]


def test_what_a_script_has_written_of_its_events(tmp_path, command):
    text = table("senders,times,V_m", head="").replace("\t", ",")
    (tmp_path / "v.csv").write_text(text)
    code, out, error = command("read", "v.csv")
    assert code == 0, error
    assert "Times were taken to be in ms, as NEST has them." in out
    np.testing.assert_array_equal(read("v.pickle").values, V.astype("f4"))
    (tmp_path / "v.csv").write_text(text.replace("times", "times_s"))
    code, out, _ = command("read", "v.csv", "--force")
    assert code == 0 and "in ms, as NEST" not in out
    assert read("v.pickle").time_ms[-1] == 4000


def test_times_in_steps(tmp_path, command):
    steps = table("sender\ttime_step\ttime_offset\tV_m", times=(10, 20, 30, 40), columns=(0 * V, V))
    (tmp_path / "v.dat").write_text(steps)
    assert "it has times in steps; say with --interval how many ms" in command("read", "v.dat")[2]
    assert command("read", "v.dat", "--interval", 1)[0] == 0
    assert read("v.pickle").time_ms.tolist() == list(TIMES_MS)


def test_a_moment_that_was_cut_off_is_left_out(tmp_path, command):
    (tmp_path / "v.dat").write_text(table().rsplit("\n", 2)[0] + "\n")
    code, out, error = command("read", "v.dat")
    assert code == 0, error
    assert "The last moment, 4 ms, has values of 2 of 3 cells, and was left out." in out
    np.testing.assert_array_equal(read("v.pickle").values, V[:3].astype("f4"))


LINES = table().splitlines()
UNUSABLE = {
    "another time": ([*LINES[:4], *LINES[5:]], (),
                     "cell 4 has no value at 1 ms, where others have one; record all cells at the "
                     "same times"),
    "twice": ([*LINES, LINES[5]], (), "it has two rows of cell 7 at 1 ms"),
    "a part of a cell": ([*LINES, "2.5\t5\t-60"], (), "it has a sender that is no whole number"),
    "no time": ([*LINES, "2\tnan\t-60"], (), "it has a time that is not finite"),
    "rows": (LINES, ("--rows", "cells"), "it has a row for each cell and time; leave --rows out"),
    "interval": (LINES, ("--interval", 5),
                 "its times are 1 apart, which differs from the given --interval"),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "options", "reason"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_is_no_recording_of_all_cells_is_refused(tmp_path, command, lines, options, reason):
    (tmp_path / "v.dat").write_text("\n".join(lines) + "\n")
    code, _, error = command("read", "v.dat", *options)
    assert code == 1 and error.startswith("Error: Cannot use v.dat: ") and reason in error
    assert error.count("\n") == 1


def test_from_spikes_names_the_command(tmp_path, command):
    (tmp_path / "v.dat").write_text(table())
    assert command("from-spikes", "v.dat")[2] == (
        "Error: Cannot use v.dat: it is a recording of a NEST multimeter; use "
        "spike-export read v.dat.\n"
    )


def test_a_weight_recorder_is_none(tmp_path, command):
    names = "sender\ttime_ms\treceiver\tport\tweight"
    (tmp_path / "w.dat").write_text(table(names, columns=(V, V, V)))
    code, _, error = command("read", "w.dat")
    assert code == 1 and "it holds values (receiver, port, weight) of 3 cells" in error


def test_files_of_several_threads_stand_on_one_grid(tmp_path, command):
    for thread in (0, 1):
        part = table(cells=CELLS[thread::2], columns=(V[:, thread::2],))
        (tmp_path / f"v-{thread}.dat").write_text(part)
    code, out, error = command("read", "v-0.dat", "v-1.dat", "-o", "v.pickle")
    assert code == 0, error
    made = read("v.pickle")
    assert [cell.gid for cell in made.cells] == list(CELLS)
    np.testing.assert_array_equal(made.values, V.astype("f4"))
    assert len(np.unique(made.points_um[:, :3], axis=0)) == 3
