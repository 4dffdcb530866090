# SPDX-License-Identifier: BSD-3-Clause
"""`spike-export plot`: what it writes, what it refuses, and in which words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from helpers.command_line import invoke
from helpers.fast import fast_first
from PIL import Image

from spike_export import figures, read, write
from spike_export.networks.point_network import point_network

SIZE = ("--size", "320x180")


@pytest.fixture
def plot(save, layout, tmp_path, monkeypatch):
    """Run `spike-export plot` on a small file in an empty folder; exit code, output, errors."""
    save(layout)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")

    def plot(
        *options: object, file: Any = "../run.pickle", answer: str | None = None
    ) -> tuple[int, str, str]:
        arguments = ["plot", str(file), *map(str, options)]
        result = invoke(arguments, input=answer)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return plot


def here() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*") if path.is_file())


def pixels(path: str) -> Any:
    with Image.open(path) as image:
        return np.array(image)


def test_one_picture_by_default(plot):
    assert plot() == (0, "Wrote traces.png: 1920 x 1080 pixels.\n", "")
    picture = pixels("traces.png")
    assert picture.shape == (1080, 1920, 3)
    assert picture[0, 0].tolist() == [0, 0, 0]
    assert here() == ["traces.png"]


@pytest.mark.parametrize("draw_on", [(), ("--draw-on",)])
def test_a_file_for_each_frame_with_the_frame_s_number(plot, draw_on):
    code, output, errors = plot("-o", "new/f%03d.png", *SIZE, *draw_on)
    assert (code, errors) == (0, "")
    assert output.splitlines()[-1] == "Wrote new/f%03d.png: 4 frames of 320 x 180 pixels."
    names = [f"new/f00{k}.png" for k in range(4)]
    assert here() == names
    made = read("../run.pickle")
    traces, _ = figures.choose_traces(made)
    figure = figures.trace_figure(made, traces, draw_on=bool(draw_on), size=(320, 180))
    shown = figures.pictures(figure.figure, figure.parts, made.time_ms)
    for name, picture in zip(names, shown, strict=True):
        assert np.array_equal(pixels(name), picture[..., :3])
    # Part of a film, made anew: the same pictures under the same names.
    before = pixels(names[2])
    assert plot("-o", "b%d.png", "--frames", "1-2", *SIZE, *draw_on)[0] == 0
    assert here() == ["b1.png", "b2.png", *names]
    assert np.array_equal(pixels("b2.png"), before)
    assert plot("-o", "still.png", "--frames", "2", *SIZE, *draw_on)[0] == 0
    assert np.array_equal(pixels("still.png"), before)


def test_more_frames_than_the_file_has(plot):
    assert plot("-o", "%02d.png", "--ms-per-frame", "0.02", *SIZE)[0] == 0
    assert here() == [f"{k:02d}.png" for k in range(16)]
    assert plot("-o", "s%d.png", *SIZE)[0] == 0
    # 0.1 ms are frame 1 of the file; 0.3 ms its last.
    for slow, own in (("00", 0), ("05", 1), ("15", 3)):
        assert np.array_equal(pixels(f"{slow}.png"), pixels(f"s{own}.png"))
    assert not np.array_equal(pixels("06.png"), pixels("05.png"))


def test_transparency_reaches_the_file(plot):
    for k, background in enumerate(("black", "white")):
        assert plot("-o", f"{k}.png", "--transparent", "--background", background, *SIZE)[0] == 0
        picture = pixels(f"{k}.png")
        assert picture.shape == (180, 320, 4)
        assert picture[0, 0, 3] == 0
        # The ink suits the ground that is left out.
        ink = picture[picture[..., 3] > 150][:, :3].min(axis=1)
        assert (ink.max() > 200) == (background == "black")
        assert plot("-o", f"o{k}.png", "--background", background, *SIZE)[0] == 0
        assert pixels(f"o{k}.png")[0, 0].tolist() == [255 * k] * 3


@pytest.mark.slow
def test_options_reach_the_picture(plot):
    def made(*options: str) -> bytes:
        name = f"{len(here())}.png"
        assert plot("-o", name, "--frames", "2", *SIZE, *options) == (
            0,
            f"Wrote {name}: 320 x 180 pixels.\n",
            "",
        )
        return pixels(name).tobytes()

    pictures = [
        made(),
        made("--style", "line"),
        made("--colormap", "viridis"),
        made("--v-min", "-100"),
        made("--v-max", "0"),
        made("--fill"),
        made("--fill", "--style", "line"),
        made("--draw-on"),
        made("--cells", "Basket"),
        made("--sections", "dend"),
        made("--sections", "axon,dend"),
    ]
    assert len(set(pictures)) == len(pictures)
    assert made("--colormap", "plasma", "--v-min", "-80", "--v-max", "40") == pictures[0]


@fast_first("suffix", ["mp4", "webm", "mov"])
def test_a_film(plot, ffmpeg, suffix):
    code, output, errors = plot("-o", f"film.{suffix}", "--fps", "12.5", *SIZE)
    assert (code, errors) == (0, "")
    assert output.splitlines()[-1] == f"Wrote film.{suffix}: 4 frames of 320 x 180 pixels."
    assert here() == [f"film.{suffix}"]
    done = subprocess.run(
        [figures.find_ffmpeg(), "-i", f"film.{suffix}", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        capture_output=True,
        check=True,
    )
    film = np.frombuffer(done.stdout, np.uint8).reshape(-1, 180, 320, 3)
    assert len(film) == 4
    assert b"12.50 fps" in done.stderr or b"12.5 fps" in done.stderr
    plot("-o", "f%d.png", *SIZE)
    for k in range(4):
        difference = [np.abs(film[k].astype(int) - pixels(f"f{i}.png")).mean() for i in range(4)]
        assert np.argmin(difference) == k


@pytest.mark.parametrize(("suffix", "start"), [("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_a_drawing_keeps_its_text(plot, suffix, start):
    assert plot("-o", f"x.{suffix}", "--fill")[0] == 0
    content = Path(f"x.{suffix}").read_bytes()
    assert content.startswith(start)
    if suffix == "svg":
        assert b">Pyramidal[0].soma</text>" in content
    assert here() == [f"x.{suffix}"]


def test_files_of_the_older_format_count_samples(plot, save, older, tmp_path):
    older[1]["Voltage"][1][:] = np.nan
    path = save(older, name="older.pickle")
    assert plot("-o", "x.svg", file=path)[0] == 0
    text = Path("x.svg").read_text()
    assert ">Sample</text>" in text
    assert "(ms)" not in text
    assert plot("-o", "%d.png", *SIZE, file=path)[0] == 0
    assert here() == ["0.png", "1.png", "2.png", "x.svg"]
    code, _, errors = plot("--ms-per-frame", "0.5", file=path)
    assert code == 2
    assert "older.pickle is in the older format, which stores no times;" in errors


def test_a_file_of_one_frame(plot, save, layout, array):
    layout["time"] = array([3.0], "<f8")
    layout["values"] = array(np.full((1, 6), -65), "<f4")
    path = save(layout, name="one.pickle")
    for output in ("x.png", "x%d.png", "x.svg"):
        assert plot("-o", output, "--fill", "--draw-on", file=path)[0] == 0
    assert here() == ["x.png", "x.svg", "x0.png"]
    # The one sample is there to be seen: the middle of the colormap.
    middle = np.round(255 * np.array(matplotlib.colormaps["plasma"](0.5)))[:3]
    assert (pixels("x.png") == middle).all(axis=2).any()


def test_many_sections(plot, save, layout):
    sections = layout["cells"][0]["sections"]
    sections[1:] = [{**sections[2], "name": f"dend[{k}]", "nseg": 1} for k in range(20)]
    layout["cells"] = layout["cells"][:1]
    layout["values"]["shape"] = [4, 21]
    layout["values"]["data"] = np.zeros((4, 21), "<f4").tobytes()
    path = save(layout, name="many.pickle")
    code, output, errors = plot("--sections", "dend", *SIZE, file=path)
    assert (code, output) == (0, "Wrote traces.png: 320 x 180 pixels.\n")
    assert errors == "Drawing 12 of the 20 matching sections.\n"


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (["--sections", "dent"], 1, "No section is named 'dent'; close to it: 'dend'."),
        (["--sections", "soma,("], 1, "'(' is not a valid regular expression: missing )"),
        (["--sections", "soma,,axon"], 2, "'soma,,axon' contains an empty name"),
        (["--cells", "X"], 1, 'No cell is "X"; there are 2, "Pyramidal[0]", "Basket[0]"'),
        (["--colormap", "plasmo"], 1, "There is no colormap named 'plasmo'; close to it: "),
        (["--v-min", "40"], 1, "The lower limit, 40, is not below the upper limit, 40."),
        (["--v-max", "nan"], 2, "nan is not a finite number"),
        (["--v-min", "inf"], 2, "inf is not a finite number"),
        (["--ms-per-frame", "1e-9", "-o", "%d.png"], 1, "would make more than 1,000,000 frames."),
        (["--ms-per-frame", "0"], 2, "--ms-per-frame"),
        (["--ms-per-frame", "nan"], 2, "nan is not a finite number"),
        (["--fps", "nan"], 2, "nan is not a finite number"),
        (["--fps", "0"], 2, "--fps"),
        (["--frames", "4"], 2, "--frames 4: there are frames 0 to 3."),
        (["--frames", "1-9", "-o", "%d.png"], 2, "--frames 1-9: there are frames 0 to 3."),
        (["--frames", "2-1"], 2, "'2-1' ends before it begins"),
        (["--frames", "all"], 2, "'all' is not a range of frames such as 0-120"),
        (["--frames", "1-2"], 2, "traces.png is a single picture; name a film, or frames/%04d.png"),
        (["--size", "1920"], 2, "'1920' is not a size such as 1920x1080"),
        (["--size", "99999x99999"], 2, "width and height must be 100 to 8192 pixels"),
        (
            ["--size", "321x180", "-o", "x.mp4"],
            2,
            "--size 321x180: a film needs an even width and height.",
        ),
        (
            ["-o", "x.mp4", "--transparent"],
            2,
            "mp4 does not support transparency; use .webm, .mov or",
        ),
        (
            ["-o", "x.gif"],
            2,
            "-o x.gif: the name must end in one of .png, .svg, .pdf, .mp4, .webm, .mov",
        ),
        (["-o", "x"], 2, "the name must end in"),
        (["-o", "%s.png"], 2, "a name for frames needs exactly one %04d"),
        (["-o", "%d%d.png"], 2, "a name for frames needs exactly one %04d"),
        (["-o", "%04d/x.png"], 2, "a name for frames needs exactly one %04d"),
        (["-o", "%099d.png"], 2, "a name for frames needs exactly one %04d"),
        (["-o", "x%d.svg"], 2, "frames are written as .png"),
        (["-o", "no/x.png"], 1, "Cannot write no/x.png: its folder does not exist."),
        (["-o", "no/x.svg"], 1, "Cannot write no/x.svg: its folder does not exist."),
    ],
)
def test_what_is_refused(plot, options, code, sentence):
    got, output, errors = plot(*options)
    assert (got, output) == (code, "")
    assert sentence in errors
    assert "Traceback" not in errors
    assert not list(Path().iterdir())


def test_folders_of_frames_are_made(plot):
    assert plot("-o", "no/such/%d.png", "--frames", 1, *SIZE)[0] == 0
    assert here() == ["no/such/1.png"]
    code, _, errors = plot("-o", "no/such/1.png/%d.png", *SIZE)
    assert (code, errors) == (1, "Error: Cannot write no/such/1.png/%d.png: File exists.\n")


@pytest.mark.parametrize("name", ["x.png", "x.svg", "x.mp4"])
def test_what_a_link_stands_for_is_replaced(plot, ffmpeg, name):
    Path(f"old_{name}").write_text("old")
    Path(name).symlink_to(f"old_{name}")
    assert plot("-o", name, "--force", *SIZE)[0] == 0
    assert Path(name).is_symlink()
    assert Path(f"old_{name}").stat().st_size > 100


def test_a_film_into_a_folder_that_is_missing(plot, ffmpeg):
    code, output, errors = plot("-o", "no/x.mp4", *SIZE)
    assert (code, output) == (1, "")
    assert errors == "Error: Cannot write no/x.mp4: its folder does not exist.\n"


@pytest.mark.parametrize("file", ["no.pickle", "../work"])
def test_a_file_that_cannot_be_read(plot, file):
    code, output, errors = plot(file=file)
    assert (code, output) == (1, "")
    assert errors.startswith(f"Error: Cannot read {Path(file).name}: ")


def test_existing_files_are_kept_unless_told_otherwise(plot):
    for name in ("x.png", "1.png", "3.png"):
        Path(name).write_text("old")
    assert plot("-o", "x.png", *SIZE) == (
        1,
        "",
        "Error: x.png already exists; use --force to overwrite it.\n",
    )
    code, _, errors = plot("-o", "%d.png", *SIZE)
    assert code == 1
    assert errors == "Error: 2 of the 4 files %d.png exist; use --force to overwrite them.\n"
    assert {Path(name).read_text() for name in here()} == {"old"}
    assert plot("-o", "%d.png", "--frames", "0", *SIZE)[0] == 0
    assert plot("-o", "%d.png", "--force", *SIZE)[0] == 0
    assert plot("-o", "x.png", "--force", *SIZE)[0] == 0
    assert {pixels(name).shape for name in here()} == {(180, 320, 3)}


def test_one_question_for_all_frames(plot, monkeypatch):
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
    Path("1.png").write_text("old")
    code, output, _ = plot("-o", "%d.png", *SIZE, answer="n\n")
    assert code == 1
    assert output.startswith("1 of the 4 files %d.png exist. Overwrite them? [y/N]")
    assert here() == ["1.png"]
    assert Path("1.png").read_text() == "old"
    assert plot("-o", "%d.png", *SIZE, answer="y\n")[0] == 0
    assert len(here()) == 4


def test_ctrl_c_leaves_whole_files_only(plot, ffmpeg, monkeypatch):
    def interrupted(*arguments: Any) -> Any:
        for count, picture in enumerate(drawn(*arguments)):
            if count == 2:
                raise KeyboardInterrupt
            yield picture

    drawn = figures.pictures
    monkeypatch.setattr(figures, "pictures", interrupted)
    Path("old.mp4").write_text("old")
    code, _, errors = plot("-o", "old.mp4", "--force", *SIZE)
    assert code == 1
    assert errors.strip() == "Aborted!"
    assert Path("old.mp4").read_text() == "old"
    assert plot("-o", "%d.png", *SIZE)[0] == 1
    assert here() == ["0.png", "1.png", "old.mp4"]
    assert pixels("1.png").shape == (180, 320, 3)


def test_without_ffmpeg(plot, monkeypatch):
    monkeypatch.setitem(matplotlib.rcParams, "animation.ffmpeg_path", "no-such-ffmpeg")
    code, output, errors = plot("-o", "x.mp4")
    assert (code, output) == (1, "")
    assert errors == (
        "Error: Films are encoded by ffmpeg, which was not found; install it, or write "
        "frames/%04d.png.\n"
    )
    assert not here()


@pytest.mark.slow
def test_without_matplotlib_and_without_pyplot(plot):
    code = """
import sys
if sys.argv[1] == "hidden":
    sys.modules["matplotlib"] = None
import spike_export.figures
assert "matplotlib.pyplot" not in sys.modules
from spike_export.cli import main
try:
    main(["plot", "../run.pickle", "--size", "320x180"])
finally:
    assert "matplotlib.pyplot" not in sys.modules
"""

    def run(how: str) -> Any:
        # What an older matplotlib has yet to give up is not ours to mend.
        quiet = ["-W", "error", "-W", "ignore::DeprecationWarning"]
        command = [sys.executable, *quiet, "-c", code, how]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = run("there")
    assert (done.returncode, done.stderr) == (0, "")
    done = run("hidden")
    assert done.returncode == 1
    assert done.stderr == (
        "Error: matplotlib is not installed; install it with pip install 'spike-export[plot]'.\n"
    )


def test_another_quantity_is_drawn(plot, save, layout, array):
    more = {"cai": {"unit": "mM", "values": array(np.linspace(0, 1, 24).reshape(4, 6), "<f4")}}
    save({**layout, "more": more})
    assert plot(*SIZE, "--variable", "cai", "-o", "cai.svg")[0] == 0
    assert plot(*SIZE, "-o", "v.svg")[0] == 0
    assert Path("cai.svg").read_bytes() != Path("v.svg").read_bytes()
    code, _, errors = plot(*SIZE, "--variable", "nai")
    assert code == 2
    assert "--variable: There is no quantity 'nai'; there is v, cai." in errors


def test_a_cell_that_would_darken_all_others_is_said_to_go_beyond(plot, save, tmp_path):
    peaks = np.ones(40)
    peaks[3] = 30
    network = point_network(np.arange(120).reshape(40, 3), [0, 1, 2], np.outer([0, 1, 0], peaks))
    write(tmp_path / "net.pickle", network)
    code, _, errors = plot(*SIZE, file=tmp_path / "net.pickle")
    assert code == 0
    assert (
        "Colors end at 1, since 1 of 40 cells goes far beyond all others, up to 30; set another "
        "limit with --v-max." in errors
    )
    assert figures.color_limits(network) == (0, 1)
    assert figures.color_limits(network, 2) == (2, 30)
    assert "Colors" not in plot(*SIZE, "--v-max", 30, "--force", file=tmp_path / "net.pickle")[2]
