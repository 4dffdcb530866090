# SPDX-License-Identifier: GPL-3.0-or-later
"""All of the benchmarks at tiny sizes, and what their table tells."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks import ROOT
from benchmarks.pairs import Pair, in_turn
from benchmarks.rows import HEADS, Aim, Row, markdown, missed, timed

# Nearly every test starts another Blender.
pytestmark = pytest.mark.slow

PAIR = Pair.of([1.0, 2.0, 6.0], [2.0, 1.0, 2.0])


@pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc")
def test_all_of_them_run():
    kept = {path: path.read_bytes() for path in ROOT.glob("tests/benchmarks/*.md")}
    result = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--quick"],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.splitlines()[-1].startswith(("Aims missed: ", "All aims were met."))
    for what in (
        "Demo cell", "1 x 581 segments", "memory added by writing", "the handler way",
        "bare grid", "wireframe twin", "2 objects of 2 materials: remove", "1 tiny cell: .blend",
        "an object each", "while cells fly", "layout v3: memory added by the import",
        "sound of tones", "20 sections as tubes", "demo cell as membrane", "thick strands",
        "Film in the browser, demo cell: its size", "Film in the browser, surface of",
        "Film in the browser, brain of", "Film in the browser, 50 synapses",
        "Cycles frame of glowing tubes", "a frame added while it runs", "recorded and watched",
        "4 skeletons of 50 points: import", "50 points: split and written",
        "3 meshes of 18 vertices: import",
        "fixed step, recorded with them",
        "Potential of the demo cell", "Field of the demo cell as isosurfaces",
    ):  # fmt: skip
        assert what in result.stdout
    assert {path: path.read_bytes() for path in ROOT.glob("tests/benchmarks/*.md")} == kept


def test_a_pair_is_the_one_of_the_median_ratio():
    assert Pair(2.0, 1.0, lowest=0.5, highest=3.0) == PAIR
    assert PAIR.ratio == 2.0


def test_the_order_alternates():
    called = []
    ways = [lambda: called.append("a"), lambda: called.append("b")]
    times = in_turn(ways, [lambda: None] * 2, 3)
    assert "".join(called) == "abbaabba" and [len(row) for row in times] == [3, 3]


def test_aims_are_judged_by_what_is_shown():
    exact = Row("a", 1.0, "s", "b", 1.0, 1.204, aim=Aim(1.2))
    assert exact.met and exact.cells[3:] == ("1.2", "at most 1.2", "met")
    assert not Row("a", 1.0, "s", "b", 1.0, 1.206, aim=Aim(1.2)).met
    assert Row("a", 1.0, "s").met is None
    # A figure, and not the ratio.
    assert timed("a", PAIR, "b", unit="ms", aim=Aim(2000, "ms")).met
    assert not timed("a", PAIR, "b", unit="ms", aim=Aim(1999, "ms")).met


def test_speed_is_told_the_other_way_round():
    row = timed("a", Pair.of([1.0], [50.0]), "b", is_speed=True, aim=Aim(50, at_least=True))
    assert row.cells[1:] == (
        "1 s", "b, 50 s", "50 x as fast (50 to 50)", "at least 50", "met",
    )  # fmt: skip
    late = timed("late", Pair.of([1.0], [49.0]), "b", is_speed=True, aim=Aim(50, at_least=True))
    assert missed([row, late]) == "Aims missed: late."
    assert missed([row]) == "All aims were met."


def test_the_table_has_a_cell_below_each_head():
    lines = markdown("Today.", [timed("a|b", PAIR, "c")]).splitlines()
    assert lines[0] == "Today." and lines[-1].startswith("| a/b | 2 s | c, 1 s | 2 (0.5 to 3) |")
    assert {line.count("|") for line in lines[2:]} == {len(HEADS) + 1}
