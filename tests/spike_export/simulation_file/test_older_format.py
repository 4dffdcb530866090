# SPDX-License-Identifier: BSD-3-Clause
"""The older format, as NumPy wrote it in every dialect, and what can be wrong with it."""

from __future__ import annotations

import pickle
import re
import warnings
from typing import Any

import numpy as np
import pytest

from spike_export import SECTION_TYPES, read

OLDER_MODULE, NEWER_MODULE = b"numpy.core.", b"numpy._core."


def spelled(data: bytes, wanted: bytes) -> bytes:
    """Rename NumPy's modules in a small pickle, whichever NumPy wrote it.

    From protocol 4 on, the lengths of names and of the one frame change with them.
    """
    if data[2:3] == b"\x95":
        assert data.count(b"\x95") == 1
        data = data[:2] + data[11:]
    for module in (b"multiarray", b"numeric"):
        for found in (OLDER_MODULE, NEWER_MODULE):
            data = data.replace(b"c" + found + module + b"\n", b"c" + wanted + module + b"\n")
            old, new = found + module, wanted + module
            data = data.replace(
                b"\x8c" + bytes([len(old)]) + old, b"\x8c" + bytes([len(new)]) + new
            )
    other = NEWER_MODULE if wanted == OLDER_MODULE else OLDER_MODULE
    assert wanted in data
    assert other not in data
    if wanted == NEWER_MODULE and np.lib.NumpyVersion(np.__version__) < "2.0.0":
        # Which knows neither this name, nor what to do with it.
        return data
    with warnings.catch_warnings():
        # NumPy 2 warns of its older names.
        warnings.simplefilter("ignore", DeprecationWarning)
        pickle.loads(data)
    return data


def check_values(simulation: Any, sections: list[dict[str, Any]]) -> None:
    """Compare every number with the dicts it came from."""
    for frame in range(simulation.n_frames):
        expected = np.concatenate([section["Voltage"][frame] for section in sections])
        assert np.array_equal(simulation.values[frame], expected.astype(np.float32))
    for index, section in enumerate(sections):
        first, count = simulation.first_points[index], simulation.point_counts[index]
        points = np.stack([section[key] for key in ("X", "Y", "Z", "DIAM")], axis=1)
        found = simulation.points_um[first : first + count]
        assert np.array_equal(found, points.astype(np.float32))


@pytest.mark.parametrize("module", [OLDER_MODULE, NEWER_MODULE], ids=["numpy1", "numpy2"])
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_dialect_is_read(older, save, protocol, module):
    path = save(spelled(pickle.dumps(older, protocol), module), name="cell one.pickle")
    simulation = read(path)
    check_values(simulation, older)
    assert [cell.name for cell in simulation.cells] == ["cell one"]
    assert simulation.cells[0].spikes_ms is None
    assert simulation.section_names == ("soma[0]", "axon[1]")
    assert [SECTION_TYPES[i] for i in simulation.section_types] == ["soma", "axon"]
    assert simulation.segment_counts.tolist() == [1, 3]
    assert (simulation.version, simulation.has_time) == (1, False)
    assert simulation.time_ms.tolist() == [0, 1, 2]
    assert (simulation.quantity, simulation.unit) == ("v", "mV")


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", ">f4", "<i2", ">i4", "|u1", "|b1"])
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_every_plain_number_is_read(older, save, dtype, protocol):
    for section in older:
        section["Voltage"] = {k: v.astype(dtype) for k, v in section["Voltage"].items()}
        section["X"] = abs(section["X"]).astype(dtype)
    check_values(read(save(older, protocol)), older)


def test_arrays_that_are_parts_of_others_are_read(older, save):
    older[1]["Voltage"] = dict(enumerate(np.arange(18.0).reshape(3, 6)[:, ::2]))
    check_values(read(save(older)), older)


def test_lists_and_numpy_scalars_are_read(older, save):
    older[1]["Voltage"] = {k: list(v) for k, v in older[1]["Voltage"].items()}
    assert type(older[1]["Voltage"][0][0]) is np.float64
    older[1]["X"] = older[1]["X"].tolist()
    older[0]["Voltage"] = {np.int64(k): v for k, v in older[0]["Voltage"].items()}
    check_values(read(save(older)), older)


def test_unknown_types_and_keys_are_kept_as_other(older, save):
    older[1] |= {"type": "neurite", "colour": "red"}
    older[0]["type"] = "x" * 3000
    simulation = read(save(older))
    assert [SECTION_TYPES[i] for i in simulation.section_types] == ["other", "other"]
    assert simulation.section_names[1] == "neurite[1]"
    assert len(simulation.section_names[0]) < 60


def test_voltages_that_are_not_finite_are_kept(older, save):
    older[0]["Voltage"][1] = np.array([np.nan])
    older[1]["Voltage"][2] = np.array([np.inf, 1e300, -1e300])
    values = read(save(older)).values
    assert np.isnan(values[1, 0])
    assert values[2, 1:].tolist() == [np.inf, np.inf, -np.inf]


IN_AXON = re.escape("section 1 ('axon')")
FRAME_2 = "section 1, frame 2"


@pytest.mark.parametrize("key", ["type", "X", "Y", "Z", "DIAM", "Voltage"])
def test_a_missing_key_is_named(older, save, refused, key):
    del older[1][key]
    kind = "other" if key == "type" else "axon"
    assert f"section 1 ('{kind}'): the key '{key}' is missing" in refused(save(older))


@pytest.mark.parametrize(
    ("key", "wrong", "reason"),
    [
        ("X", np.zeros(3), f"{IN_AXON}: X, Y, Z and DIAM hold 3, 2, 2, 2 numbers, not one"),
        ("X", np.zeros((2, 1)), f"{IN_AXON}: X, Y, Z and DIAM hold"),
        ("Y", np.array([0, np.nan]), f"{IN_AXON}: a point is not finite"),
        ("DIAM", np.array([1, -1.0]), f"{IN_AXON}: a point .* has a negative diameter"),
        ("Z", None, f"{IN_AXON}: 'Z' holds NoneType, not numbers"),
        ("Z", [0.0, "1"], f"{IN_AXON}: 'Z' holds list, not numbers"),
        ("Z", [0.0, 10**400], "a whole number of 167 bytes at byte"),
        ("Voltage", {}, f"{IN_AXON}: it has no voltages"),
        ("Voltage", [1.0], f"{IN_AXON}: it has no voltages"),
        ("Voltage", {1: np.zeros(3)}, f"{IN_AXON}: frame 0 is missing"),
        ("Voltage", {0: np.zeros((1, 3))}, f"{IN_AXON}, frame 0: it is not one row"),
        ("Voltage", {0: np.zeros(0)}, f"{IN_AXON}, frame 0: it is not one row"),
        ("Voltage", {0: "v"}, f"{IN_AXON}, frame 0 holds str, not numbers"),
    ],
)
def test_a_wrong_value_is_named(older, save, refused, key, wrong, reason):
    older[1][key] = wrong
    assert re.search(reason, refused(save(older)))


def test_a_missing_frame_is_named(older, save, refused):
    older[1]["Voltage"][3] = older[1]["Voltage"].pop(2)
    assert f"{FRAME_2} is missing" in refused(save(older))


def test_a_section_with_fewer_frames_is_named(older, save, refused):
    del older[1]["Voltage"][2]
    assert f"{FRAME_2} is missing" in refused(save(older))


def test_a_frame_with_other_segments_is_named(older, save, refused):
    older[1]["Voltage"][2] = np.zeros(2)
    assert f"{FRAME_2} has 2 voltages instead of 3" in refused(save(older))


def test_a_frame_of_no_numbers_is_named(older, save, refused):
    older[1]["Voltage"][2] = None
    assert f"{FRAME_2} holds NoneType, not numbers" in refused(save(older))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([], "it holds no sections"),
        ([5], "lists more sections"),
        ("text", "it holds 'text', not a dict or a list of sections"),
    ],
)
def test_what_is_no_list_of_sections_is_refused(save, refused, content, reason):
    assert reason in refused(save(content))


def test_a_section_that_is_no_dict_is_named(older, save, refused):
    assert "section 1 is str, not a dict" in refused(save([older[0], "axon"]))


def section(start: Any, end: Any, diameter: float) -> dict[str, Any]:
    x, y, z = np.linspace(start, end, 5).T
    return {
        "ID": 0,
        "type": "dend",
        "X": x,
        "Y": y,
        "Z": z,
        "DIAM": np.full(5, diameter),
        "Voltage": {0: np.zeros(1)},
    }


def test_the_axon_begins_on_the_soma(older, save):
    simulation = read(save(older))
    assert simulation.parents.tolist() == [-1, 0]
    assert simulation.parent_x.tolist() == [0, 1]


def test_a_section_begins_inside_the_one_it_is_nearest_to(save):
    simulation = read(
        save(
            [
                section((0, 0, 0), (20, 0, 0), 20),  # 0: as thick as long
                section((10, 9, 0), (10, 100, 0), 2),  # 1: within the radius, at the middle
                section((10, 100, 0.5), (50, 150, 0), 1),  # 2: on the end of 1
                section((10, 101.1, 0), (0, 150, 0), 1),  # 3: just outside
                section((500, 0, 0), (600, 0, 0), 1),  # 4: far from all
                section((525, 0.4, 0), (525, 90, 0), 30),  # 5: on a point of 4, thicker than it
            ]
        )
    )
    assert simulation.parents.tolist() == [-1, 0, 1, -1, -1, 4]
    assert simulation.parent_x.tolist() == [0, 0.5, 1, 0, 0, 0.25]


def test_parents_are_those_that_a_search_of_all_points_finds(save):
    rng = np.random.default_rng(5)
    ends, sections = [np.zeros(3)], []
    for _ in range(60):
        start = ends[rng.integers(len(ends))] + rng.normal(0, 1, 3) * rng.integers(0, 2)
        ends.append(start + rng.normal(0, 5, 3))
        sections.append(section(start, ends[-1], rng.choice([0, 0.5, 3, 12])))
    simulation = read(save(sections))

    points = [np.stack([s["X"], s["Y"], s["Z"], s["DIAM"]], axis=1) for s in sections]
    for child in range(1, len(sections)):
        earlier = np.concatenate(points[:child])
        distance = np.linalg.norm(earlier[:, :3] - points[child][0, :3], axis=1)
        nearest = np.argmin(distance)
        expected = (-1, 0)
        if distance[nearest] <= max(earlier[nearest, 3] / 2, 1e-3):
            expected = (nearest // 5, nearest % 5 / 4)
        assert simulation.parents[child] == expected[0]
        assert simulation.parent_x[child] == pytest.approx(expected[1])


def test_the_published_demo_is_read_exactly(shared_data):
    path = shared_data / "simple_ap.pickle"
    with path.open("rb") as stream:
        sections = pickle.load(stream)
    simulation = read(path)
    assert (simulation.n_sections, simulation.n_segments, simulation.n_frames) == (2, 26, 300)
    assert [SECTION_TYPES[i] for i in simulation.section_types] == ["soma", "axon"]
    check_values(simulation, sections)
    assert simulation.parents.tolist() == [-1, 0]


def test_a_frame_of_nan_is_marked(shared_data):
    simulation = read(shared_data / "odd" / "nan_voltage.pickle")
    nan = np.isnan(simulation.values)
    assert nan[3, : simulation.segment_counts[0]].all()
    assert nan.sum() == simulation.segment_counts[0]
