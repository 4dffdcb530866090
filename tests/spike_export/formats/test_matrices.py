# SPDX-License-Identifier: BSD-3-Clause
"""A matrix: nothing about its sides and its times is supposed; see also the adapters' tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spike_export.formats.content import FormatError, Request
from spike_export.formats.matrices import content_of_matrix, is_time_name

MATRIX = np.random.default_rng(1).normal(size=(6, 40))
PATH = Path("given.npy")


def of(matrix, names=(), **request):
    return content_of_matrix(PATH, matrix, Request(**request), names)


def test_the_number_of_places_tells_which_side_is_the_cells():
    for matrix, side in ((MATRIX, "rows"), (MATRIX.T, "columns")):
        content = of(matrix, interval_ms=33.0, n_places=6)
        np.testing.assert_allclose(content.values, MATRIX.T, rtol=1e-6)
        np.testing.assert_allclose(content.time_ms, np.arange(40) * 33.0)
        assert content.notes == (
            f"Its 6 {side} were taken as cells, since there are as many positions.",
        )
    assert of(MATRIX, interval_ms=1, rows="times").values.shape == (6, 40)


def test_times_come_from_a_column_in_ms_or_s():
    seconds = np.arange(40) * 0.033
    table = np.column_stack([seconds, MATRIX.T])
    names = ["time_s", *"abcdef"]
    for name, scale, interval in (
        ("time_s", 1, None), ("Time (s)", 1, None), ("time_ms", 1000, None), ("t", 1000, 33.0),
        ("time", 1, 33.0), ("seconds", 1, None), ("Time [µs]", 1e6, None), ("t_us", 1e6, 33.0),
        ("time_ns", 1e9, None), ("timestamps (min)", 1 / 60, None), ("time_h", 1 / 3600, None),
    ):  # fmt: skip
        given = table * np.array([scale] + [1] * 6)
        if name == "seconds":
            assert not is_time_name(name)
            continue
        content = of(given, [name, *names[1:]], interval_ms=interval)
        np.testing.assert_allclose(content.time_ms, seconds * 1000)
        np.testing.assert_allclose(content.values, MATRIX.T, rtol=1e-6)
        assert list(content.names) == names[1:]


@pytest.mark.parametrize(
    ("matrix", "names", "request_", "sentence"),
    [
        (MATRIX, (), {"interval_ms": 33}, "it has 6 rows and 40 columns; use --rows cells"),
        (MATRIX[:, :6], (), {"interval_ms": 33, "n_places": 6}, "it has 6 rows and 6 columns"),
        (MATRIX, (), {"interval_ms": 33, "n_places": 7}, "it has 6 rows and 40 columns"),
        (MATRIX, (), {"rows": "cells"}, "it has no times; give --interval"),
        (np.vstack([np.arange(40) * 0.1, MATRIX]), (), {"rows": "cells", "interval_ms": 1},
         "its first row increases evenly"),
        (np.column_stack([np.arange(40), MATRIX.T]), (), {"rows": "times", "interval_ms": 2},
         "its first column increases evenly"),
        (MATRIX.T, ["time", *"abcde"], {}, "its times, in the column 'time', do not increase"),
        (np.cumsum(MATRIX.T**2, axis=0), ["time", *"abcde"], {}, "whether it is in ms or in s"),
        (np.cumsum(MATRIX.T**2, axis=0), ["time_s", *"abcde"], {"interval_ms": 2},
         "which differs from the given --interval"),
        (np.cumsum(MATRIX.T**2, axis=0), ["time_s", *"abcde"], {"rows": "cells"},
         "its first column holds times, so its rows are not cells"),
        (np.arange(3.0)[:, None], ["time_s"], {}, "it holds no values beside its times"),
        (np.zeros((0, 4)), (), {"rows": "times", "interval_ms": 1}, "it holds no values"),
        (np.column_stack([np.arange(40), MATRIX.T]), ["frame", *"abcdef"], {"interval_ms": 1},
         "its first column, 'frame', looks like times or an index"),
        (MATRIX.T, ["time_fortnights", *"abcde"], {"interval_ms": 1},
         "its first column, 'time_fortnights', looks like times"),
    ],
)  # fmt: skip
def test_what_is_open_is_refused(matrix, names, request_, sentence):
    with pytest.raises(FormatError, match=r"^Cannot use given.npy: .*\.$") as caught:
        of(matrix, names, **request_)
    assert sentence in str(caught.value)


def test_values_that_are_infinite_count_nothing():
    matrix = np.random.default_rng(0).random((6, 30))
    matrix[:, 0], matrix[0] = np.inf, -np.inf
    content = content_of_matrix(Path("m.npy"), matrix, Request(rows="cells", interval_ms=10))
    assert content.values is not None and content.values.shape == (30, 6)
