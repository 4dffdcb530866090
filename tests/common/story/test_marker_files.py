# SPDX-License-Identifier: GPL-3.0-or-later
"""Markers of other programs: each as that program writes it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from common.story.marker_files import MOST_MARKERS, MarkerError, read_markers

PREMIERE = (
    "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\n"
    "spike\t\t00:00:03:15\t00:00:03:15\t00:00:00:00\tComment\n"
    "wave\tit spreads\t00:01:00:00\t00:01:00:00\t00:00:00:00\tComment\n"
)
RESOLVE = (
    "#,Color,Name,Start TC,Start,Notes,Source In\n"
    '1,Blue,"spike, first",01:00:03:15,x,,01:00:03:15\n'
    "2,Blue,wave,01:01:00:00,x,,01:01:00:00\n"
).replace("Start TC,Start,", "Record In,Take,")
SRT = (
    "1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>spike</i>\r\nsecond line\r\n\r\n"
    "2\r\n01:00:00,000 --> 01:00:01,000\r\nwave\r\n"
)


def markers(tmp_path, text, fps=30, encoding="utf-8"):
    path = tmp_path / "voice.txt"
    path.write_bytes(text.encode(encoding))
    return read_markers(path, Fraction(fps))


def test_audacity(tmp_path):
    text = "3.500000\t3.500000\tspike\n\\\t100.0\t200.0\n1.25\t4.0\tto the end\n7\t7\t\n"
    assert markers(tmp_path, text) == {"to the end": 1.25, "spike": 3.5}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_premiere_counts_frames(tmp_path, encoding):
    assert markers(tmp_path, PREMIERE, 30, encoding) == {"spike": 3.5, "wave": 60.0}
    assert markers(tmp_path, PREMIERE, 25, encoding) == {"spike": 3.6, "wave": 60.0}


def test_resolve_begins_at_an_hour(tmp_path):
    assert markers(tmp_path, RESOLVE) == {"spike, first": 3.5, "wave": 60.0}


def test_drop_frame_timecode(tmp_path):
    rate = Fraction(30000, 1001)
    text = PREMIERE.replace("00:01:00:00", "00:10:00;00")
    # By definition, it is a tenth of an hour at 29.97 with 9 times 2 numbers left out.
    assert markers(tmp_path, text, rate)["wave"] == pytest.approx((600 * 30 - 18) * 1001 / 30000)
    assert markers(tmp_path, text, rate)["wave"] == pytest.approx(600, abs=1e-3)


def test_subtitles(tmp_path):
    assert markers(tmp_path, SRT) == {"spike": 1.5, "wave": 3600.0}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no markers"),
        ("1.0\t1.0\tspike\n2.0\t2.0\tspike\n", "line 2: there are two markers 'spike'"),
        ("hello\n", "line 1: 'hello' is neither a label of Audacity"),
        ("nan\tnan\tspike\n", "nan s is not in a film"),
        ("-1\t0\tspike\n", "-1 s is not in a film"),
        ("name,start\nspike,soon\n", "line 2: 'soon' is not a time"),
        ("name,start\nspike,00:00:01:30\n", "line 2: '00:00:01:30' is not a time"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, text, told):
    with pytest.raises(MarkerError, match=r"voice\.txt") as error:
        markers(tmp_path, text)
    assert told in str(error.value)


def test_there_are_limits(tmp_path):
    with pytest.raises(MarkerError, match=f"more than {MOST_MARKERS} markers"):
        markers(tmp_path, "".join(f"1\t1\t{n}\n" for n in range(MOST_MARKERS + 1)))
    with pytest.raises(MarkerError, match="larger than 4 MB"):
        markers(tmp_path, "1\t1\tspike\n" * 500_000)
    with pytest.raises(MarkerError, match="Cannot read"):
        read_markers(tmp_path / "none.txt", Fraction(30))
