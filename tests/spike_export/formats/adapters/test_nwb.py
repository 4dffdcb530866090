# SPDX-License-Identifier: BSD-3-Clause
"""NWB files laid out as pynwb 4.2 writes them (core 2.11), which read the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spike_export import read

h5py = pytest.importorskip("h5py")

SPIKES_S = [[0.25, 0.1], [], [0.5, 1.5, 1.75]]
MASKS = [[(4, 2, 1.0), (6, 2, 3.0)], [(10, 20, 1.0)]]


def _nwb(path: Path) -> Any:
    file = h5py.File(path, "w")
    file["identifier"], file["session_start_time"] = "id", "2026-01-01T00:00:00+00:00"
    file.create_group("general")
    return file


def _ragged(group: Any, name: str, rows: list[Any], dtype: Any = float) -> None:
    group[name] = np.array([item for row in rows for item in row], dtype)
    group[f"{name}_index"] = np.cumsum([len(row) for row in rows]).astype(np.uint8)


def add_units(file: Any, electrodes: list[list[int]] | None = None) -> Any:
    units = file.create_group("units")
    units["id"] = [7, 8, 9]
    _ragged(units, "spike_times", SPIKES_S)
    if electrodes is not None:
        table = file.create_group("general/extracellular_ephys/electrodes")
        table["id"] = [100, 101, 102]
        for axis, column in zip("xyz", ([0, 20, 40], [5, 6, 7], [-1, -2, -3]), strict=True):
            table[axis] = np.array(column, float)
        _ragged(units, "electrodes", electrodes, np.int64)
    return units


def add_rois(file: Any, name: str = "DfOverF/dff", image: bool = False) -> Any:
    table = file.require_group("processing/ophys/ImageSegmentation/PlaneSegmentation")
    if "id" not in table:
        table["id"] = [0, 1]
        if image:
            table["image_mask"] = np.zeros((2, 12, 24))
            for roi, mask in enumerate(MASKS):
                for x, y, weight in mask:
                    table["image_mask"][roi, x, y] = weight
        else:
            dtype = [("x", "<u4"), ("y", "<u4"), ("weight", "<f4")]
            _ragged(table, "pixel_mask", MASKS, dtype)
        plane = file.create_group("general/optophysiology/plane")
        plane["grid_spacing"] = [2.0, 3.0]
        plane["grid_spacing"].attrs["unit"] = "micrometers"
        table["imaging_plane"] = h5py.SoftLink("/general/optophysiology/plane")
    series = file.create_group(f"processing/ophys/{name}")
    series.attrs["neurodata_type"] = "RoiResponseSeries"
    series["data"] = np.arange(8.0).reshape(4, 2)
    series["data"].attrs.update({"unit": "n.a.", "conversion": 0.5, "offset": 1.0})
    series["rois"] = np.array([1, 0])
    series["rois"].attrs["table"] = table.ref
    series["starting_time"] = 1.5
    series["starting_time"].attrs["rate"] = 20.0
    return series


def test_units_spike_where_their_electrodes_are(tmp_path, command):
    with _nwb(tmp_path / "a.nwb") as file:
        add_units(file, [[2], [0], [0, 1]])
    code, out, _ = command("read", "a.nwb", "--every", 0.5)
    assert code == 0 and "1 units have several electrodes" in out
    made = read("a.pickle")
    assert [(cell.name, cell.gid) for cell in made.cells] == [
        ("unit 7", 7), ("unit 8", 8), ("unit 9", 9)
    ]  # fmt: skip
    assert [cell.spikes_ms.tolist() for cell in made.cells] == [[100, 250], [], [500, 1500, 1750]]
    np.testing.assert_allclose(made.points_um[:, :3], [[40, 7, -3], [0, 5, -1], [10, 5.5, -1.5]])
    # A spike's peak is one millisecond or so behind it.
    assert made.time_ms[made.values[:, 1].argmax()] == 0 and made.values[:, 1].max() == 0
    assert 0.9 < made.values[np.abs(made.time_ms - 102.5) < 0.1, 0] <= 1


def test_a_peak_channel_is_preferred_and_a_part_can_be_taken(tmp_path, command):
    with _nwb(tmp_path / "a.nwb") as file:
        add_units(file, [[0], [0], [0]])["peak_channel_id"] = [102, 101, 100]
    code, _, error = command("read", "a.nwb", "--start", 400, "--stop", 1600, "--diameter", 3)
    assert code == 0, error
    made = read("a.pickle")
    np.testing.assert_allclose(made.points_um, [[40, 7, -3, 3], [20, 6, -2, 3], [0, 5, -1, 3]])
    assert (made.time_ms[0], made.time_ms[-1]) == (400, 1600)
    assert [cell.spikes_ms.tolist() for cell in made.cells] == [[], [], [500, 1500]]


@pytest.mark.parametrize("image", [False, True], ids=["pixel_mask", "image_mask"])
def test_rois_respond_where_their_masks_are(tmp_path, command, image):
    with _nwb(tmp_path / "a.nwb") as file:
        add_rois(file, "Fluorescence/raw", image)
        # As pynwb links a second series to the first one's table.
        dff = add_rois(file)
        del dff["rois"]
        dff["rois"] = h5py.SoftLink("/processing/ophys/Fluorescence/raw/rois")
        del dff["starting_time"]
        dff["timestamps"] = [0.0, 0.1, 0.3, 0.4]
    code, out, error = command("read", "a.nwb")
    assert code == 0, error
    assert "processing/ophys/DfOverF/dff was read" in out
    made = read("a.pickle")
    np.testing.assert_array_equal(made.values, np.arange(8).reshape(4, 2) * 0.5 + 1)
    np.testing.assert_allclose(made.time_ms, [0, 100, 300, 400])
    assert [cell.name for cell in made.cells] == ["ROI 1", "ROI 0"] and made.quantity == "ΔF/F"
    # The first mask's weights are 1 and 3: its middle is three quarters of the way.
    np.testing.assert_allclose(made.points_um[:, :3], [[20, 60, 0], [11, 6, 0]])
    command("read", "a.nwb", "--of", "raw", "-o", "b.pickle")
    np.testing.assert_allclose(read("b.pickle").time_ms, [1500, 1550, 1600, 1650])


def test_several_things_have_to_be_chosen_from(tmp_path, command):
    with _nwb(tmp_path / "a.nwb") as file:
        add_units(file)
        add_rois(file)
    code, _, error = command("read", "a.nwb")
    assert code == 1
    assert "choose one of these with --of: units, processing/ophys/DfOverF/dff." in error
    code, out, _ = command("read", "a.nwb", "--of", "units")
    assert code == 0 and "they are placed on a grid" in out
    assert (
        "--every applies to spikes"
        in command("read", "a.nwb", "--of", "dff", "--every", 2, "--force")[2]
    )
    assert "it has no 'v', but units" in command("read", "a.nwb", "--of", "v", "--force")[2]


def _short_index(file: Any) -> None:
    add_units(file)["spike_times_index"][2] = 4


def _no_such_electrode(file: Any) -> None:
    add_units(file, [[2], [0], [3]])


def _bomb(file: Any) -> None:
    units = file.create_group("units")
    units["id"] = [0]
    units.create_dataset("spike_times", (1 << 40,), "f8", chunks=(1 << 20,))


def _loop(file: Any) -> None:
    add_units(file)
    del file["units/spike_times"]
    file["units/spike_times"] = h5py.SoftLink("/units/spike_times")


def _outside(file: Any) -> None:
    add_units(file)
    del file["units/spike_times"]
    file["out"] = h5py.ExternalLink("/etc/passwd", "/")
    file["units/spike_times"] = h5py.SoftLink("/out/units/spike_times")


def _no_rate(file: Any) -> None:
    del add_rois(file)["starting_time"]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_short_index, "/units/spike_times_index does not fit the 3 rows of its table."),
        (_no_such_electrode, "/units/electrodes names electrodes that are not in the table."),
        (_bomb, "/units/spike_times would take 8,796 GB of memory; the limit is 17 GB."),
        (_loop, "/units/spike_times is a link to another place, which is not followed."),
        (_outside, "/out is a link to another place, which is not followed."),
        (_no_rate, "has neither timestamps nor a rate."),
        (lambda file: None, "it contains neither units with spikes nor ROI responses."),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, command, spoil, sentence):
    with _nwb(tmp_path / "a.nwb") as file:
        spoil(file)
    code, _, error = command("read", "a.nwb")
    assert code == 1 and error.endswith(f"{sentence}\n") and error.count("\n") == 1
    assert not (tmp_path / "a.pickle").exists()


def test_places_of_one_of_the_things_in_a_file(tmp_path, command):
    with _nwb(tmp_path / "a.nwb") as file:
        add_units(file, [[0], [1], [2]])
        add_rois(file)
    np.save(tmp_path / "m.npy", np.zeros((2, 5)))
    options = ("m.npy", "--interval", 1, "--positions", "a.nwb")
    code, _, error = command("read", *options)
    assert code == 1
    assert "choose one of these with --positions-of: units, processing/ophys/DfOverF/dff" in error
    code, out, error = command("read", *options, "--positions-of", "dff")
    assert code == 0, error
    assert np.allclose(read("m.pickle").points_um[:, :2], [[20, 60], [11, 6]])
    # Neither does the file itself say which, whatever places it is given.
    (tmp_path / "places.csv").write_text("cell,x,y,z\n7,0,0,0\n8,1,0,0\n9,2,0,0\n")
    options = ("a.nwb", "--positions", "places.csv")
    assert "choose one of these with --of: units" in command("read", *options)[2]
    assert command("read", *options, "--of", "units")[0] == 0
    assert read("a.pickle").points_um[:, 0].tolist() == [0, 1, 2]
