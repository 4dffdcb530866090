# SPDX-License-Identifier: GPL-3.0-or-later
"""What people type for a film: parts of it, its length, frame rates, formats."""

from __future__ import annotations

import argparse
from fractions import Fraction

import pytest


@pytest.fixture
def options(bpy):
    from common.rendering import options

    return options


def parsed(options, *words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    options.add_output(parser)
    options.add_film_options(parser, orbit="30", bloom="1", resolution="720x1280")
    return options.completed(parser, parser.parse_args(words))


def test_a_part_is_within_the_film(options):
    assert options.part_of(None, (3, 7)) == range(3, 8)
    assert options.part_of((4, 5), (3, 7)) == range(4, 6)
    for chosen in ((2, 4), (5, 8), (9, 9)):
        with pytest.raises(RuntimeError, match="the film has frames 3 to 7. --length makes"):
            options.part_of(chosen, (3, 7))


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("24", Fraction(24)),
        ("23.976", Fraction(24000, 1001)),
        ("23.98", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        ("30000/1001", Fraction(30000, 1001)),
        ("12.5", Fraction(25, 2)),
    ],
)
def test_frame_rates_are_exact(bpy, options, text, rate):
    """As Blender plays them, too."""
    assert options.frame_rate(text) == rate
    render = bpy.context.scene.render
    render.fps, render.fps_base = options.fps_and_base(rate)
    assert render.fps / render.fps_base == pytest.approx(float(rate), rel=1e-6)


@pytest.mark.parametrize("text", ["0", "-5", "fast", "1000", "1/0", "nan"])
def test_what_is_no_frame_rate_is_refused(options, text):
    with pytest.raises(argparse.ArgumentTypeError, match=f"'{text}'"):
        options.frame_rate(text)


@pytest.mark.parametrize("name", ["film.avi", "film.MKV", "picture.png", "scene.blend"])
def test_other_endings_do_not_become_folders(options, tmp_path, capsys, name):
    with pytest.raises(SystemExit):
        parsed(options, str(tmp_path / name))
    assert f"{name} is neither a film (.mp4, .mov, .webm) nor a folder" in capsys.readouterr().err
    (tmp_path / name).mkdir()
    assert parsed(options, str(tmp_path / name)).outdir == tmp_path / name
    assert parsed(options, str(tmp_path / "take.2")).film is None


def test_a_film_has_its_frames_beside_it(options, tmp_path):
    film = parsed(options, str(tmp_path / "my film.MOV"))
    assert film.video == tmp_path / "my film.MOV"
    assert film.outdir == tmp_path / "my film_frames"
    folder = parsed(options, str(tmp_path / "out"))
    assert (folder.video, folder.outdir) == (None, tmp_path / "out")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["a.mp4", "--video", "b.mp4"], "--video: the film is a.mp4 already"),
        (["a.mp4", "--exr"], "--format: a film is made of PNG files"),
        (["a.mp4", "--transparent"], "--transparent: H.264 does not support transparency"),
        (
            ["a.mov", "--format", "hevc"],
            "--format: the name of a film in HEVC, 10 Bit ends in .mp4",
        ),
        (
            ["out", "--format", "prores"],
            "--format: ProRes 4444 is for films; give a name that ends",
        ),
        (["out", "--exr", "--format", "png"], "--exr: the format is png already"),
        (["out", "--length", "0"], "'0' is not a whole number above 0"),
        (["out", "--resolution", "101x50"], "must be even"),
    ],
)
def test_what_does_not_fit_together_is_said(options, capsys, words, sentence):
    with pytest.raises(SystemExit) as end:
        parsed(options, *words)
    assert end.value.code == 2 and sentence in capsys.readouterr().err


def test_sizes_have_names(options):
    assert options.size("4K") == (3840, 2160) and options.size("vertical") == (1080, 1920)


def test_a_simulation_at_a_pace_takes_as_many_frames(options):
    # 0.1 + 0.1 + 0.1 is more than 0.3.
    assert options.frames_for(0.3, 0.1) == 4
    assert options.frames_for(1.0, 0.3) == 5
    assert options.frames_for(0.0, 0.3) == 2


def test_formats_follow_the_name_or_are_chosen(options):
    assert parsed(options, "a.mp4").film.identifier == "h264"
    assert parsed(options, "a.mp4", "--format", "av1").film.identifier == "av1"
    assert parsed(options, "a.webm", "--transparent").film.keeps_alpha
    assert parsed(options, "out").pictures.identifier == "png"
    assert parsed(options, "out", "--exr").pictures.identifier == "exr"
    assert parsed(options, "out", "--format", "exr_multilayer").film is None


def test_each_ending_means_one_format(options):
    from common.rendering.formats import ENDINGS, FILMS

    assert set(ENDINGS) == {film.ending for film in FILMS.values()}
    assert sum(film.is_usual for film in FILMS.values()) == len(ENDINGS)
