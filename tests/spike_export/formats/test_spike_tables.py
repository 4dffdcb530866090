# SPDX-License-Identifier: BSD-3-Clause
"""Tables of spikes as simulators write them: columns, units, and parts of a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from spike_export.formats.spike_files import TableError
from spike_export.formats.spike_tables import AS_THEY_SAY, Reading, read_spikes

NEST = "# NEST version: 3.10.0\n# RecordingBackendASCII version: 2\n"


def times(tmp_path: Path, *texts: str, name: str = "a.dat", reading: Reading = AS_THEY_SAY):
    """Write each text to a file of its own, and read all together."""
    paths = []
    for number, text in enumerate(texts):
        paths.append(tmp_path / f"{number}_{name}")
        paths[-1].write_text(text)
    spikes = read_spikes(paths, reading)
    return {cell: row.tolist() for cell, row in spikes.times_ms.items()}, " ".join(spikes.notes)


def refused(tmp_path: Path, *texts: str, **options) -> str:
    with pytest.raises(TableError) as caught:
        times(tmp_path, *texts, **options)
    return str(caught.value)


def test_one_file_for_each_thread_of_nest_makes_one_network(tmp_path):
    """NEST 3 writes a file for each thread, with other cells in each."""
    found, notes = times(
        tmp_path,
        f"{NEST}sender\ttime_ms\n16\t14.300\n2\t16.600\n16\t20.000\n",
        f"{NEST}sender\ttime_ms\n15\t15.700\n1\t16.400\n",
    )
    assert found == {"1": [16.4], "2": [16.6], "15": [15.7], "16": [14.3, 20.0]}
    assert notes == ""


def test_cells_in_several_files_are_said_to_be_the_same(tmp_path):
    found, notes = times(tmp_path, "cell,time\n1,5\n", "cell,time\n1,2\n2,1\n")
    assert found == {"1": [2, 5], "2": [1]}
    assert "names no columns" not in notes
    assert notes.endswith("1 cells occur in several files and were taken to be the same cells.")


def test_files_of_other_threads_are_told_of(tmp_path):
    for name in ("exc-12-0.dat", "exc-12-1.dat", "exc-12-2.dat", "inh-13-0.dat", "exc-12-x.dat"):
        (tmp_path / name).write_text(f"{NEST}sender\ttime_ms\n1\t5.000\n")
    first, second = tmp_path / "exc-12-0.dat", tmp_path / "exc-12-2.dat"
    (note,) = read_spikes(first).notes
    assert note.startswith("exc-12-1.dat, exc-12-2.dat lie beside exc-12-0.dat; NEST writes")
    assert "exc-12-1.dat lies beside exc-12-0.dat" in " ".join(read_spikes([first, second]).notes)
    assert read_spikes(tmp_path / "inh-13-0.dat").notes == ()


def test_gdf_has_cells_first_whatever_its_times_are(tmp_path):
    """NEST 2: whole times with a decimal point are ms."""
    found, notes = times(
        tmp_path, "2\t1.000\t\n7\t2.000\t\n16\t7.000\t\n2\t19.000\t\n", name="a.gdf"
    )
    assert found == {"2": [1, 19], "7": [2], "16": [7]}
    assert notes == (
        "0_a.gdf names no columns; they were read as cell and time. "
        "0_a.gdf names no unit of time; ms was assumed."
    )
    same, _ = times(tmp_path, "2\t1.000\t\n7\t2.000\t\n16\t7.000\t\n2\t19.000\t\n", name="a.txt")
    assert same == found, "the decimal point alone tells as well"


def test_gdf_in_steps_needs_the_length_of_a_step(tmp_path):
    text = "2\t10\n7\t25\n"
    assert "which may be steps or ms; use --unit 1ms, or give the length" in refused(
        tmp_path, text, name="a.gdf"
    )
    assert times(tmp_path, text, name="a.gdf", reading=Reading(0.1))[0] == {"2": [1], "7": [2.5]}


def test_nest_s_steps_and_offsets(tmp_path):
    text = f"{NEST}sender\ttime_step\ttime_offset\n3\t143\t0.025\n"
    assert "has times in steps; give the length of a step, such as --unit 0.1ms" in refused(
        tmp_path, text
    )
    assert times(tmp_path, text, reading=Reading(0.1))[0]["3"] == pytest.approx([14.275])


@pytest.mark.parametrize("senders", [[2, 4, 6], [2]])
def test_a_multimeter_is_no_table_of_spikes(tmp_path, senders):
    rows = "".join(f"{s}\t{t}.000\t{-70 + t}.0\n" for t in range(1, 5) for s in senders)
    said = refused(tmp_path, f"{NEST}sender\ttime_ms\tV_m\n{rows}")
    assert f"it holds values (V_m) of {len(senders)} cells at 4 times, not spikes" in said
    cut = rows.rsplit("\n", 2)[0] + "\n"
    for text in (f"{NEST}sender\ttime_ms\tV_m\n{cut}", f"cell\ttime\tv\n{rows}"):
        assert "it holds values (" in refused(tmp_path, text)


def test_further_columns_of_spikes_are_passed_over(tmp_path):
    text = "cell,time,amplitude\n1,2.5,80\n2,2.5,70\n1,4,75\n"
    assert times(tmp_path, text)[0] == {"1": [2.5, 4], "2": [2.5]}


def test_bmtk_s_table_has_populations(tmp_path):
    text = (
        "timestamps population node_ids\n1.5 v1 0\n0.5 lgn 0\n2.5 v1 0\n"
        "timestamps population node_ids\n3.0 v1 7\n"
    )
    found, notes = times(tmp_path, text)
    assert found == {"lgn 0": [0.5], "v1 0": [1.5, 2.5], "v1 7": [3]}
    assert "The header line occurs 2 times in 0_a.dat" in notes
    assert "There are 2 populations, lgn, v1; cells are named by population and number." in notes
    found, notes = times(tmp_path, text, reading=Reading(populations=("v1",)))
    assert found == {"0": [1.5, 2.5], "7": [3]}
    assert "it has no population 'ca1', but lgn, v1." in refused(
        tmp_path, text, reading=Reading(populations=("ca1",))
    )


def test_units_are_taken_from_names_and_checked(tmp_path):
    assert times(tmp_path, "i,t_s\n0,0.5\n")[0] == {"0": [500]}
    assert times(tmp_path, "i,t_ms\n0,0.5\n")[0] == {"0": [0.5]}
    assert "names its times 't_ms', which --unit contradicts" in refused(
        tmp_path, "i,t_ms\n0,0.5\n", reading=Reading(1000)
    )
    seconds = "i,t\n" + "".join(f"0,{n * 0.02:.3f}\n" for n in range(9))
    assert "cells that spike every 0.02, which can hardly be in ms; use --unit s or" in refused(
        tmp_path, seconds
    )
    assert times(tmp_path, seconds, reading=Reading(1000))[0]["0"][1] == 20
    assert times(tmp_path, seconds, reading=Reading(1))[0]["0"][1] == 0.02


STEPS = range(6)
LEMS = "".join(f"{2.5e-5 * k:.7g}\t{-0.065 + 0.001 * k:.7g}\n" for k in STEPS)
GATES = "".join(f"{k} {0.05 + 0.01 * k:.3f}\n" for k in STEPS)


def test_values_over_time_are_no_spikes(tmp_path, command):
    said = refused(tmp_path, GATES)
    assert (
        "it has a first column that increases evenly beside fractions, as values over time do"
        in said
    )
    # Cells that spike once each look the same.
    assert times(tmp_path, GATES, reading=Reading(order="cell,time"))[0]["3"] == [0.08]
    # Fractions are no cells.
    (tmp_path / "v.dat").write_text(LEMS)
    code, _, error = command("from-spikes", "v.dat")
    assert code == 1 and "it is a matrix of values; use spike-export read v.dat" in error


@pytest.mark.parametrize(
    "text",
    [
        # Cells as they spike, cells in order of which one spikes twice, and too few to tell.
        "0 1.5\n3 2.5\n1 3.5\n2 4.5\n4 5.5\n5 6.5\n",
        "0 1.5\n1 2.5\n2 3.5\n2 4.5\n3 5.5\n4 6.5\n",
        "0 1.5\n1 2.5\n2 3.5\n",
    ],
)
def test_spikes_are_no_values_over_time(tmp_path, text):
    assert times(tmp_path, text)[0]["0"] == [1.5]
