# SPDX-License-Identifier: BSD-3-Clause
"""Version-2 files in which one thing is missing or wrong: one sentence names file and place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from spike_export import read


def at(content: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        content = content[key]
    return content


SECTION = ("cells", 0, "sections", 1)
IN_SECTION = "cell 0 'Pyramidal[0]', section 1 'dend[0]': "
IN_CELL = "cell 0 'Pyramidal[0]'"
REQUIRED = [
    (("format",), "its 'format' is None"),
    (("version",), "format version None"),
    (("time",), "the key 'time' is missing"),
    (("cells",), "the key 'cells' is missing"),
    (("values",), "the key 'values' is missing"),
    (("cells", 0, "sections"), f"{IN_CELL} has no sections"),
    ((*SECTION, "name"), "cell 0 'Pyramidal[0]', section 1 '': the key 'name' is missing"),
    *(((*SECTION, key), f"{IN_SECTION}the key {key!r} is missing")
      for key in ("type", "parent", "parent_x", "points", "nseg")),
    *(((*place, key), f"the array {name} has no {key!r}")
      for place, name in ((("time",), "time"), (("values",), "values"),
                          ((*SECTION, "points"), "points"),
                          (("cells", 0, "spikes"), f"spikes of {IN_CELL}"))
      for key in ("dtype", "shape", "encoding", "data")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "reason"), REQUIRED, ids=[reason for _, reason in REQUIRED])
def test_a_missing_key_is_named(layout, save, refused, path, reason):
    del at(layout, path[:-1])[path[-1]]
    sentence = refused(save(layout))
    assert reason in sentence
    assert path[:4] != SECTION or "section 1 " in sentence


WRONG = [
    (("format",), "other", "its 'format' is 'other'"),
    (("format",), ["x"], "its 'format' is [a str], not"),
    (("time",), [0.0, 0.1], "time should be an array but is [0.0, 0.1]"),
    (("values",), b"", "values should be an array but is b''"),
    (("cells",), {}, "it holds no cells"),
    (("cells",), [], "it holds no cells"),
    (("cells", 0), "soma", "cell 0 is str, not a dict"),
    (("cells", 0, "sections"), {}, f"{IN_CELL} has no sections"),
    (("cells", 0, "sections"), [], f"{IN_CELL} has no sections"),
    (("cells", 0, "gid"), "7", f"{IN_CELL}: its gid is '7', not a whole number"),
    (("cells", 0, "spikes"), [0.5], f"spikes of {IN_CELL} should be an array but is [0.5]"),
    (SECTION, None, "cell 0 'Pyramidal[0]', section 1 '': it is NoneType, not a dict"),
    ((*SECTION, "type"), "tree", f"{IN_SECTION}its type is 'tree', not one of soma, dend"),
    ((*SECTION, "type"), 1, f"{IN_SECTION}its type is 1"),
    ((*SECTION, "type"), ["dend"], f"{IN_SECTION}its type is [a str]"),
    ((*SECTION, "parent"), "soma", f"{IN_SECTION}its parent is 'soma'"),
    ((*SECTION, "parent"), 0.0, f"{IN_SECTION}its parent is 0.0"),
    ((*SECTION, "parent"), True, f"{IN_SECTION}its parent is True"),
    ((*SECTION, "parent"), -2, f"{IN_SECTION}its parent is -2"),
    ((*SECTION, "parent"), 3, f"{IN_SECTION}its parent is section 3, but the cell's last is 2"),
    ((*SECTION, "parent"), 1, f"{IN_SECTION}it is its own parent"),
    ((*SECTION, "parent"), 1 << 40, f"{IN_SECTION}its parent is 1099511627776"),
    ((*SECTION, "parent_x"), "1", f"{IN_SECTION}its parent_x is '1'"),
    ((*SECTION, "parent_x"), 1.01, f"{IN_SECTION}its parent_x is 1.01"),
    ((*SECTION, "parent_x"), float("nan"), f"{IN_SECTION}its parent_x is nan"),
    ((*SECTION, "nseg"), 0, f"{IN_SECTION}its nseg is 0"),
    ((*SECTION, "nseg"), 3.0, f"{IN_SECTION}its nseg is 3.0"),
    ((*SECTION, "nseg"), True, f"{IN_SECTION}its nseg is True"),
    ((*SECTION, "nseg"), 10**5000, "a whole number of 2077 bytes at byte"),
    ((*SECTION, "nseg"), 4, "shape [4, 6], not [4, 7]: a row for each frame"),
    ((*SECTION, "points"), 5, f"{IN_SECTION}points should be an array but is 5"),
    *(((*place, key), wrong, f"the array {name} {reason}")
      for place, name in ((("time",), "time"), (("values",), "values"),
                          ((*SECTION, "points"), "points"),
                          (("cells", 0, "spikes"), f"spikes of {IN_CELL}"))
      for key, wrong, reason in (("dtype", 4, "has the unknown dtype 4"),
                                 ("shape", 6, "has the damaged shape 6"),
                                 ("encoding", None, "has the unknown encoding None"),
                                 ("data", "text", "holds str instead of bytes"))),
]  # fmt: skip


@pytest.mark.parametrize(("path", "wrong", "reason"), WRONG, ids=[reason for *_, reason in WRONG])
def test_a_wrong_value_is_named(layout, save, refused, path, wrong, reason):
    at(layout, path[:-1])[path[-1]] = wrong
    sentence = refused(save(layout))
    assert reason in sentence
    assert path[:4] != SECTION or "nseg" in path or "section 1 " in sentence


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([[0, 0, 0, -1]], "a point is not finite or has a negative diameter"),
        ([[0, 0, float("nan"), 1]], "a point is not finite"),
        ([[0, float("inf"), 0, 1]], "a point is not finite"),
        ([[0, 0, 0]], "its points have the shape [1, 3], not (P, 4)"),
        ([0, 0, 0, 1], "its points have the shape [4], not (P, 4)"),
        (np.zeros((0, 4)), "its points have the shape [0, 4], not (P, 4)"),
    ],
)
@pytest.mark.parametrize("dtype", ["<f4", "<f8"])
def test_wrong_points_are_named(layout, save, refused, array, points, reason, dtype):
    at(layout, SECTION)["points"] = array(points, dtype)
    assert IN_SECTION + reason in refused(save(layout))


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        ([0, 0.1, 0.1, 0.2], "frame 2 at 0.1 ms does not come after frame 1 at 0.1 ms"),
        ([0, 0.3, 0.2, 0.4], "frame 2 at 0.2 ms does not come after frame 1 at 0.3 ms"),
        ([0, float("nan"), 0.2, 0.4], "frame 1 has no finite time"),
        ([-1.7e308, 0, 0.1, 1.7e308], "frame 0 has no finite time"),
        ([], "it holds no frames"),
        ([[0, 1], [2, 3]], "the array time has the shape [2, 2], not one row"),
        ([0, 1], "shape [4, 6], not [2, 6]: a row for each frame"),
    ],
)
def test_wrong_times_are_named(layout, save, refused, array, times, reason):
    layout["time"] = array(times, "<f8")
    assert reason in refused(save(layout))


@pytest.mark.parametrize("version", [1, 4, "2", 2.5, None, [4], True])
def test_an_unknown_version_names_both(layout, save, refused, version):
    layout["version"] = version
    sentence = refused(save(layout))
    assert f"format version {version!r}, but" in sentence
    assert "knows versions 2 and 3" in sentence


@pytest.mark.parametrize("length", [2, 3, 7, 50])
def test_circles_of_parents_are_refused(layout, save, refused, length):
    cell = layout["cells"][0]
    soma = cell["sections"][0]
    cell["sections"] = [
        {**soma, "name": f"s{i}", "parent": (i + 1) % length} for i in range(length)
    ]
    cell["sections"].append({**soma, "name": "outside", "parent": -1})
    sentence = refused(save(layout))
    assert "section 0 's0': it is its own ancestor" in sentence


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ([], "its further quantities ('more') are not a dict of at most 100 entries"),
        ({str(n): {} for n in range(101)}, "are not a dict of at most 100 entries"),
        ({3: {}}, "a further quantity has the name 3, which is not text"),
        ({"": {}}, "a further quantity has the name '', which is not text"),
        ({"cai": None}, "the quantity 'cai' has no values"),
        ({"cai": {"unit": "mM"}}, "the quantity 'cai' has no values"),
        ({"cai": {"values": 5}}, "of quantity 'cai' should be an array but is 5"),
        ({"v": {"values": "same"}}, "the quantity 'v' occurs twice"),
        (
            {"cai": {"values": "short"}},
            "the array of quantity 'cai' has the shape [3, 6], not [4, 6]",
        ),
        (
            {f"q{n}": {"values": "same"} for n in range(100)},
            "are together larger than the file",
        ),
    ],
)
def test_further_quantities_are_checked(layout, array, save, refused, more, reason):
    values = {"same": layout["values"], "short": array(np.zeros((3, 6)), "<f4")}
    for one in more.values() if isinstance(more, dict) else ():
        if isinstance(one, dict) and isinstance(one.get("values"), str):
            # Each the very same array, which a pickle stores once.
            one["values"] = values[one["values"]]
    assert reason in refused(save({**layout, "more": more}))


def test_units_of_further_quantities_are_texts(layout, save):
    more = {"cai": {"unit": 5, "values": layout["values"]}}
    assert read(save({**layout, "more": more})).more["cai"].unit == ""
