# SPDX-License-Identifier: BSD-3-Clause
"""`spike-export figure`: what it writes, and what it refuses in which words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from spike_export import figures

SMALL = ("--size", "160x100")


@pytest.fixture
def arrays(tmp_path: Path) -> None:
    x = np.linspace(0, 6, 60)
    np.save(tmp_path / "y.npy", np.sin(x))
    np.save(tmp_path / "xy.npy", np.stack([x, np.cos(x)], axis=1))
    np.savetxt(tmp_path / "phase.csv", x)
    np.save(tmp_path / "matrix.npy", np.random.default_rng(0).random((5, 3, 4)))


def pixels(path: str) -> Any:
    with Image.open(path) as image:
        return np.array(image)


KINDS = [
    ("wave", "y.npy"),
    ("wave", "xy.npy", "--color-by", "y.npy"),
    ("fill", "xy.npy", "--colormap", "rocket"),
    ("fill", "y.npy", "--gradient", "x", "--opacity", "0.7", "--base", "0"),
    ("fill", "y.npy", "--color", "orange", "--line-color", "white"),
    ("arrow", "phase.csv"),
    ("arrow", "phase.csv", "--color", "angle"),
    ("morph", "y.npy", "xy.npy"),
    ("morph", "y.npy", "xy.npy", "--color-by", "phase.csv", "--second-color-by", "y.npy"),
    ("matrix", "matrix.npy", "--cells", "circle"),
    ("matrix", "xy.npy"),
    ("wave", "y.npy", "--color", "orange"),
]


@pytest.mark.parametrize("arguments", KINDS, ids=[" ".join(kind) for kind in KINDS])
def test_each_kind_makes_frames_that_move(command, arrays, arguments):
    result = command("figure", *arguments, "-o", "f/%03d.png", "--frames", 7, *SMALL)
    assert result[::2] == (0, "")
    assert "Wrote f/%03d.png: 7 frames of 160 x 100 pixels." in result[1]
    frames = [pixels(f"f/{k:03d}.png") for k in range(7)]
    assert {frame.shape for frame in frames} == {(100, 160, 3)}
    assert frames[3].any()
    assert not np.array_equal(frames[2], frames[5])


@pytest.mark.parametrize("arguments", KINDS[:-1], ids=[" ".join(kind) for kind in KINDS[:-1]])
def test_transparency_is_in_the_file(command, arrays, arguments):
    assert command("figure", *arguments, "-o", "a.png", "--transparent", *SMALL)[0] == 0
    alpha = pixels("a.png")[..., 3]
    assert (alpha[0] == 0).all() and (alpha[:, 0] == 0).all()
    # The smallest lines are narrower than a pixel.
    assert alpha.max() > 170
    assert (alpha == 0).mean() > 0.3 or arguments[0] == "matrix"


def test_frame_k_of_a_wave_ends_at_the_kth_place(command, arrays):
    command("figure", "wave", "xy.npy", "-o", "%03d.png", "--frames", 13, "--size", "400x200")
    for k, frame in list(enumerate(figures.paced(0.0, 6.0, 13)))[1:]:
        drawn = np.flatnonzero(pixels(f"{k:03d}.png").any(axis=(0, 2)))
        # 16 pixels of margin, 368 of curve; a round end of 1.4 points and a smooth edge.
        assert abs(drawn.max() - (16 + 368 * frame.time / 6)) <= 3
        assert abs(drawn.min() - 16) <= 3


def test_a_pace_with_times_stops_and_turns_back(command, arrays):
    pace = ("--pace", "0 0, 1s 0.5, 2s 0.5, 3s 1, 4s 0.25")
    size = ("--size", "400x200", "--fps", "5")
    result = command("figure", "wave", "xy.npy", "-o", "%03d.png", *pace, *size)
    assert "21 frames" in result[1]
    for k in range(1, 21):
        drawn = np.flatnonzero(pixels(f"{k:03d}.png").any(axis=(0, 2)))
        share = np.interp(k / 5, [0, 1, 2, 3, 4], [0, 0.5, 0.5, 1, 0.25])
        assert abs(drawn.max() - (16 + 368 * share)) <= 3


def test_one_color(command, arrays):
    for arguments in (("wave", "y.npy"), ("morph", "y.npy", "y.npy")):
        command("figure", *arguments, "--color", "#ff8000", "-o", "a.png", "--force")
        found = pixels("a.png")
        drawn = found[found.any(axis=2)]
        strong = drawn[drawn[:, 0] == 255]
        assert len(strong) > 1000 and (strong == (255, 128, 0)).all()


@pytest.mark.slow
def test_wrapped_phases_turn_the_arrow_the_short_way(command, tmp_path):
    rising = 2.0 + 0.9 * np.arange(40)
    np.save(tmp_path / "wrapped.npy", rising % (2 * np.pi))
    np.save(tmp_path / "rising.npy", rising)
    for name in ("wrapped", "rising"):
        result = command("figure", "arrow", f"{name}.npy", "-o", f"{name}%d.png", "--frames", 9)
        assert ("come round after 2π" in result[1] + result[2]) == (name == "wrapped")
    for k in range(9):
        np.testing.assert_array_equal(pixels(f"wrapped{k}.png"), pixels(f"rising{k}.png"))


def test_axes_are_drawn_beside_the_curve(command, arrays):
    wave = ("figure", "wave", "xy.npy", "--color", "red", "--size", "640x360")
    command(*wave, "-o", "bare.png")
    for k, options in enumerate((("--axes",), ("--grid",), ("--x-label", "t", "--y-label", "y"))):
        command(*wave, *options, "-o", f"{k}.png")
    bare, axes, grid, labels = (pixels(f"{name}.png").astype(int) for name in ("bare", 0, 1, 2))
    # Of the curve's red nothing is green or blue; numbers, axes and grid are gray.
    lit = [np.count_nonzero(one.all(axis=2)) for one in (bare, axes, grid, labels)]
    assert lit[0] == 0 < lit[1] < lit[3] < lit[2]


def test_a_morph_in_the_colors_of_phases(command, arrays):
    """Both ends have the colors of a wave with the same values."""
    np.save("falling.npy", np.stack([np.linspace(0, 59, 60), np.linspace(1, -1, 60)], axis=1))
    colors = ("--color-by", "phase.csv", "--colormap", "viridis")
    command("figure", "morph", "y.npy", "falling.npy", *colors, "-o", "m%d.png", "--frames", 2)
    command("figure", "wave", "falling.npy", *colors, "-o", "w.png")
    np.testing.assert_array_equal(pixels("m1.png"), pixels("w.png"))


def test_a_pace_that_is_none(command, arrays):
    result = command("figure", "wave", "xy.npy", "-o", "a.png", "--pace", "fast")
    assert result[0] == 1 and "The pace 'fast' is not linear, smooth or keys" in result[2]
    keys = ("--pace", "0 0, 2s 1", "--frames", "9")
    result = command("figure", "wave", "xy.npy", "-o", "a.png", *keys)
    assert result[0] == 1 and "Give --frames or a --pace with times, not both." in result[2]


@pytest.mark.usefixtures("ffmpeg")
def test_a_film_with_transparency(command, arrays):
    code, _, errors = command(
        "figure", "arrow", "phase.csv", "-o", "a.webm", "--frames", 3, "--transparent", *SMALL
    )
    assert (code, errors) == (0, "")
    assert Path("a.webm").read_bytes()[:4] == b"\x1aE\xdf\xa3"


BAD = [
    (("wave", "none.npy"), "Cannot read none.npy: file not found."),
    (("wave", "objects.npy"), "objects.npy: it holds Python objects, not real numbers."),
    (("wave", "short.npy"), "short.npy: it ends early: its header announces 7,200,000,000 bytes"),
    (("wave", "complex.npy"), "complex.npy: it holds complex128, not real numbers."),
    (("wave", "empty.npy"), "empty.npy: it holds no numbers."),
    (("wave", "matrix.npy"), "the shape (5, 3, 4), neither y alone nor two columns."),
    (("wave", "falling.csv"), "falling.csv: its first column does not increase from row to row."),
    (("wave", "ragged.csv"), "ragged.csv: line 2 has 1 column, but line 1 has 2 columns."),
    (("morph", "xnan.csv", "xnan.csv"), "xnan.csv: the x in row 2 is not finite."),
    (("wave", "words.csv"), "words.csv: line 3, field 1: 'b' is not a number."),
    (("wave", "bytes.csv"), "bytes.csv: it is not text: line 1 has bytes that are not text."),
    (
        ("wave", "y.npy", "--color-by", "phase3.csv"),
        "the shape (3,), not one value for each of the 60 points.",
    ),
    (("wave", "nan.csv"), "nan.csv: it has no finite value."),
    (("wave", "inf.csv"), "inf.csv: the value in row 2 is not finite."),
    (("matrix", "nan2.csv"), "nan2.csv: it has no finite value."),
    (("wave", "far.csv"), "far.csv: its values beyond 1e+100 cannot be drawn."),
    (("wave", "y.npy", "--v-min", 3), "The lower limit, 3, is not below the upper limit, 0.99"),
    (("wave", "y.npy", "--colormap", "plasmo"), "There is no colormap named 'plasmo'; close to"),
    (
        ("morph", "y.npy", "phase3.csv"),
        "need the same number of points, but y.npy has 60 and phase3.csv 3.",
    ),
    (("wave", "y.npy", "--color", "orang"), "There is no color 'orang'; write a name such as"),
    (("fill", "y.npy", "--line-color", "0x3"), "There is no color '0x3'"),
    (
        ("fill", "y.npy", "--color", "red", "--gradient", "x"),
        "Give one color or a colormap and its values, not both.",
    ),
    (
        ("morph", "y.npy", "y.npy", "--color", "red", "--colormap", "hsv"),
        "Give one color or a colormap and its values, not both.",
    ),
    (
        ("morph", "y.npy", "y.npy", "--second-color-by", "y.npy"),
        "Give --color-by with --second-color-by.",
    ),
    (("arrow", "nan1.csv"), "nan1.csv: the value in row 2 is not finite."),
    (("matrix", "y.npy"), "y.npy: it has the shape (60,), not frames of rows and columns."),
    (("matrix", "wide.npy"), "1 x 200,000 cells are more than 100,000."),
    (("fill", "."), "it is not a regular file."),
]


@pytest.fixture
def bad(tmp_path: Path, arrays: None) -> None:
    np.save(tmp_path / "objects.npy", np.array([{}, []], object), allow_pickle=True)
    np.save(tmp_path / "complex.npy", np.array([1j]))
    np.save(tmp_path / "empty.npy", np.empty(0))
    np.save(tmp_path / "wide.npy", np.zeros((1, 200_000), np.uint8))
    with (tmp_path / "short.npy").open("wb") as stream:
        header = {"descr": "<f8", "fortran_order": False, "shape": (30_000, 30_000)}
        np.lib.format.write_array_header_1_0(stream, header)
        stream.write(b"\0" * 100)
    for name, text in (
        ("falling.csv", "x,y\n1,2\n0,3\n"),
        ("ragged.csv", "1,2\n3\n"),
        ("words.csv", "y\n1\nb\n"),
        ("nan.csv", "nan\nnan\n"),
        ("inf.csv", "1\n-inf\nnan\n2\n"),
        ("nan1.csv", "1\nnan\n"),
        ("nan2.csv", "nan,inf\nnan,nan\n"),
        ("far.csv", "1\n-1e300\n"),
        ("xnan.csv", "1,1\nnan,2\n"),
        ("phase3.csv", "1\n2\n3\n"),
    ):
        (tmp_path / name).write_text(text)
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")


@pytest.mark.parametrize(("arguments", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_what_cannot_be_drawn_is_a_sentence(command, bad, arguments, reason):
    code, output, errors = command("figure", *arguments, "-o", "out.png", *SMALL)
    assert (code, output) == (1, "")
    assert reason in errors
    assert not Path("out.png").exists()


def test_columns_may_have_names(command, arrays, tmp_path):
    (tmp_path / "named.tsv").write_text("# from a model\nx\ty\n0\t1\n1\t3\n2\t2\n")
    assert figures.read_array(tmp_path / "named.tsv").tolist() == [[0, 1], [1, 3], [2, 2]]
    assert command("figure", "wave", "named.tsv", "-o", "a.png", *SMALL)[0] == 0


def test_phases_come_round(command, tmp_path):
    """Recognized and told, or typed; no pixel of a rising line is green where red meets red."""
    t = np.linspace(0, 3, 31)
    np.save(tmp_path / "line.npy", t)
    np.save(tmp_path / "phase.npy", (2.0 + 2 * np.pi * 1.37 * t) % (2 * np.pi))
    wave = ("figure", "wave", "line.npy", "--color-by", "phase.npy", "--colormap", "twilight")
    size = ("--size", "800x200", "--force")
    result = command(*wave, "-o", "a.png", *size)
    assert result[0] == 0
    assert "phase.npy: Its values come round after 2π" in result[1] + result[2]
    result = command(*wave, "-o", "b.png", *size, "--period", "none")
    assert "come round" not in result[1] + result[2]
    command(*wave, "-o", "c.png", *size, "--period", "2pi")
    # The middle of twilight is dark; between its two light ends there is nothing dark.
    # Places just before and behind a jump of the phase.
    jump = int(np.argmax(np.diff(np.load(tmp_path / "phase.npy")) < 0))
    columns = 16 + 768 * (t[jump : jump + 2] / 3)
    inner = slice(round(columns[0]) + 4, round(columns[1]) - 4)
    darkest = [pixels(f"{n}.png")[:, inner].max(axis=(0, 2)).min() for n in "abc"]
    assert darkest[1] < 120 < 150 < darkest[0]
    np.testing.assert_array_equal(pixels("a.png"), pixels("c.png"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--period", "2pi", "--v-max", "3"), "give --period or --v-max, not both"),
        (("--period", "often"), "'often' is neither a number above 0 nor none"),
    ],
)
def test_periods_that_are_none(command, arrays, options, words):
    result = command("figure", "matrix", "matrix.npy", "-o", "a.png", *SMALL, *options)
    assert result[0] != 0 and words.casefold() in (result[1] + result[2]).casefold()


def test_rows_without_x_are_gaps(command, tmp_path):
    """At the ends nothing is missing; within, the line is interrupted, as in Blender."""
    (tmp_path / "a.csv").write_text("NA,0\n0,1\n1,1\nNA,1\n3,1\n4,1\n")
    code, _, errors = command("figure", "wave", "a.csv", "-o", "a.png", "--size", "432x200")
    assert code == 0 and "a.csv: 2 of its 6 rows are not numbers: gaps." in errors
    drawn = pixels("a.png").any(axis=(0, 2))
    # From x = 0 to 1 and from 3 to 4, of 400 pixels.
    assert drawn[30:100].all() and drawn[330:400].all() and not drawn[130:300].any()


def test_gaps_are_told(command, arrays):
    """Of colors and of cells; a curve's are in the test before."""
    y = np.load("y.npy")
    y[3:5] = np.nan
    np.save("gap.npy", y)
    np.save("cells.npy", y.reshape(-1, 2))
    for arguments in (("wave", "y.npy", "--color-by", "gap.npy"), ("matrix", "cells.npy")):
        code, _, errors = command("figure", *arguments, "-o", "a.png", "--force", *SMALL)
        assert code == 0 and "2 of its 60 values are not numbers: gaps." in errors


def test_files_of_other_programs(command, tmp_path):
    (tmp_path / "a.mat").write_bytes(b"MATLAB 5.0 MAT-file, damaged".ljust(200))
    result = command("figure", "matrix", "a.mat", "-o", "a.png")
    assert result[0] == 1 and "scipy.io.loadmat" in result[2]


def test_a_matrix_of_points_is_told(command):
    """It is drawn as three cells, but nobody who has a list of points expects that."""
    x, y = np.meshgrid(np.arange(3), np.arange(4))
    points = np.stack([x.ravel(), y.ravel(), np.hypot(x, y).ravel()], axis=1)
    for name, array, told in (("points", points, True), ("rates", points[:, [2, 2, 2]], False)):
        np.savetxt(f"{name}.txt", array)
        code, _, errors = command("figure", "matrix", f"{name}.txt", "-o", f"{name}.png", *SMALL)
        assert code == 0, errors
        assert ("read as 12 frames of three cells; if they" in errors) == told
