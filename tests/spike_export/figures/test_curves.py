# SPDX-License-Identifier: BSD-3-Clause
"""Traces for films: colours against matplotlib's own, drawing on by value and by pixel."""

from __future__ import annotations

import dataclasses
import subprocess
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import Normalize
from PIL import Image
from simulations import branched, simulation

from spike_export import Cell, Recorder, figures
from spike_export.figures import curves, sections
from spike_export.files.whole_file import whole_file

SMALL = (320, 180)
X = np.array([0.0, 1.0, 1.5, 3.0, 4.0])
Y = np.array([-70.0, 35.0, -20.0, -20.0, 60.0])


@pytest.fixture
def axes() -> Any:
    """One row of axes for X and Y."""
    return figures.trace_axes(["one"], x_limits=(0, 4), y_limits=(-80, 60), size=SMALL)


def draw(figure: Any, parts: list[Any], t: float) -> Any:
    (picture,) = figures.pictures(figure, parts, [t])
    return picture.copy()


def column(axes: Any, x: float) -> int:
    return round(axes.transData.transform((x, 0))[0])


def bare(figure: Any) -> Any:
    return draw(figure, [], 0)


def segments(line: Any) -> list[tuple[Any, Any]]:
    """Everything a gradient line draws: pairs of points, and their colours."""
    (collection,) = line.artists
    colors = collection.get_colors()
    found = []
    for index, path in enumerate(collection.get_paths()):
        vertices = path.vertices
        pairs = np.stack([vertices[:-1], vertices[1:]], axis=1)
        found += [(pair, colors[index]) for pair in pairs if np.isfinite(pair).all()]
    return found


@pytest.mark.parametrize("colormap", ["plasma", "twilight", "tab10"])
@pytest.mark.parametrize("limits", [(-80, 40), (-30, 10), (-70, 60)])
def test_each_piece_has_the_colour_of_its_values(axes, colormap, limits):
    figure, (ax,) = axes
    pieces = segments(figures.GradientLine(ax, X, Y, colormap=colormap, limits=limits))
    expected = matplotlib.colormaps[colormap]
    for share in (0.01, 0.5, 0.99):
        values = np.array([a[1] + share * (b[1] - a[1]) for (a, b), _ in pieces])
        colors = expected(Normalize(*limits, clip=True)(values))
        assert np.array_equal(colors, np.array([color for _, color in pieces]))


def test_the_pieces_are_the_whole_curve(axes):
    figure, (ax,) = axes
    pieces = segments(figures.GradientLine(ax, X, Y))
    ends = np.array(sorted((pair.tolist() for pair, _ in pieces)))
    assert ends[0, 0].tolist() == [0, -70]
    assert ends[-1, 1].tolist() == [4, 60]
    assert np.array_equal(ends[1:, 0], ends[:-1, 1])
    assert np.allclose(ends[:, :, 1], np.interp(ends[:, :, 0], X, Y))
    assert set(X) <= set(ends[:, :, 0].ravel())


@pytest.mark.parametrize("value", [-80, -41.3, 0, 40])
def test_a_pixel_has_the_very_colour(axes, value):
    figure, (ax,) = axes
    line = figures.GradientLine(ax, X, np.full(5, value), limits=(-80, 40), width=5)
    picture = draw(figure, [line], 4)
    _, y = ax.transData.transform((2, value))
    expected = np.round(255 * np.array(matplotlib.colormaps["plasma"](Normalize(-80, 40)(value))))
    assert picture[SMALL[1] - round(y) - 1, column(ax, 2)].tolist() == expected.tolist()


@pytest.mark.parametrize("t", [0.0, 0.4, 1.0, 1.2, 2.9, 3.999, 4.0, 9.0])
def test_lines_are_drawn_to_the_interpolated_value_and_no_further(axes, t):
    figure, (ax,) = axes
    gradient = figures.GradientLine(ax, X, Y)
    plain = figures.PlainLine(ax, X, Y, color="white")
    for part in (gradient, plain):
        part.draw_to(3.5)
        part.draw_to(t)
    drawn = np.concatenate(
        [s[np.isfinite(s[:, 1])] for s in gradient.artists[0].get_segments() if len(s)]
    )
    x, y = plain.artists[0].get_data()
    for points in (drawn[np.argsort(drawn[:, 0])], np.stack([x, y], 1)[np.isfinite(y)]):
        last = min(t, 4.0)
        assert points[:, 0].max() == last
        assert points[-1] == pytest.approx([last, np.interp(t, X, Y)])
        assert np.allclose(points[:, 1], np.interp(points[:, 0], X, Y))


@pytest.mark.parametrize("t", [-1.0, 0.5, 2.0, 3.3])
def test_no_pixel_is_touched_beyond_the_time(axes, t):
    figure, (ax,) = axes
    before = bare(figure)
    parts = [
        figures.Fill(ax, X, Y, limits=(-80, 60), colormap="plasma"),
        figures.GradientLine(ax, X, Y, width=2),
        figures.PlainLine(ax, X, Y, color="white", width=2),
    ]
    picture = draw(figure, parts, t)
    changed = np.flatnonzero((picture != before).any(axis=(0, 2)))
    if t < 0:
        assert not changed.size
    else:
        # Half the line's width and the smooth edge.
        assert abs(changed.max() - column(ax, t)) <= 2


def test_a_fill_lies_under_the_curve_and_fades_to_its_base(axes):
    figure, (ax,) = axes
    before = bare(figure).astype(int)
    fill = figures.Fill(ax, X, np.full(5, 40.0), limits=(-80, 60), color="white")
    light = (draw(figure, [fill], 4) - before)[:, column(ax, 2), 0]
    top, base = (SMALL[1] - ax.transData.transform((2, value))[1] for value in (40, -80))
    assert not light[: int(top) - 1].any()
    assert not light[int(base) + 1 :].any()
    inside = light[int(top) + 1 : int(base)]
    assert (np.diff(inside) <= 0).all()
    assert inside[0] > 90 > 5 > inside[-1]


def test_a_gradient_fill_has_the_colormap_s_colours(axes):
    figure, (ax,) = axes
    fill = figures.Fill(ax, X, np.full(5, 60.0), limits=(-80, 60), colormap="viridis")
    figure.patch.set_alpha(0)
    picture = draw(figure, [fill], 4)
    for value in (-20, 10, 50):
        y = SMALL[1] - ax.transData.transform((2, value))[1]
        pixel = picture[round(y), column(ax, 2)].astype(int)
        expected = 255 * np.array(matplotlib.colormaps["viridis"](Normalize(-80, 60)(value)))
        assert np.abs(pixel - expected)[:3].max() <= 6
        assert pixel[3] == pytest.approx(127 * (value + 80) / 140, abs=4)


@pytest.mark.parametrize("part", [figures.GradientLine, figures.PlainLine, figures.Fill])
def test_values_that_are_not_finite_are_gaps(axes, part):
    figure, (ax,) = axes
    before = bare(figure)
    more = {
        figures.GradientLine: {},
        figures.PlainLine: {"color": "white"},
        figures.Fill: {"limits": (-80, 60)},
    }[part]
    x = np.arange(0, 4.01, 0.25)
    y = np.full(17, 30.0)
    y[4:8] = np.nan, np.inf, -np.inf, np.nan
    y[10] = y[12] = np.nan
    picture = draw(figure, [part(ax, x, y, **more)], 4)
    changed = (picture != before).any(axis=(0, 2))
    gap = slice(column(ax, 0.75) + 4, column(ax, 2.0) - 4)
    assert not changed[gap].any()
    assert changed[column(ax, 0.5)]
    assert changed[column(ax, 3.5)]
    if part is not figures.Fill:
        assert changed[column(ax, 2.75)], "one sample between two gaps is a dot"
        assert not changed[column(ax, 2.5)]


@pytest.mark.parametrize("y", [[np.nan] * 5, [0.0] * 5])
def test_curves_without_any_range_or_value(axes, y):
    figure, (ax,) = axes
    parts = [
        figures.GradientLine(ax, X, y),
        figures.PlainLine(ax, X, y, color="white"),
        figures.Fill(ax, X, y, limits=(-80, 60)),
        figures.Head(ax, X, y),
    ]
    before = bare(figure)
    assert (draw(figure, parts, 2.5) != before).any() == np.isfinite(y[0])


@pytest.mark.parametrize(
    ("x", "y"), [([], []), ([0, 1], [0]), ([0, 0], [1, 2]), ([1, 0], [1, 2]), ([0, np.nan], [1, 2])]
)
def test_curves_that_are_none(axes, x, y):
    with pytest.raises(ValueError, match="a curve"):
        figures.PlainLine(axes[1][0], x, y, color="white")


def test_thinning_keeps_every_column_s_extremes_and_gaps():
    random = np.random.default_rng(3)
    x = np.cumsum(random.uniform(0.01, 0.1, 20_000))
    y = random.normal(size=20_000)
    y[[5000, 12_345]] = np.nan
    y[7777] = 50
    keep = curves.thinned(x, y, 100)
    assert keep.size <= 500
    assert np.array_equal(keep, np.unique(keep))
    assert {0, 5000, 7777, 12_345, 19_999} <= set(keep)
    edges = np.linspace(x[0], x[-1], 101)
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        inside = (x >= low) & (x < high)
        kept = y[keep][inside[keep]]
        assert np.nanmin(kept) == np.nanmin(y[inside])
        assert np.nanmax(kept) == np.nanmax(y[inside])
    assert np.array_equal(curves.thinned(x[:500], y[:500], 100), np.arange(500))


def test_output_frames_show_the_simulation_s_times():
    time_ms = np.array([2.0, 2.1, 2.5, 3.0])
    assert figures.frames(time_ms) == [figures.Frame(k, t) for k, t in enumerate(time_ms)]
    slow = figures.frames(time_ms, 0.1)
    assert [frame.number for frame in slow] == list(range(11))
    assert [frame.time for frame in slow] == pytest.approx(np.linspace(2, 3, 11))
    assert slow[-1].time == 3.0
    assert len(figures.frames(np.array([0, 0.3]), 0.1)) == 4
    assert len(figures.frames(np.array([0, 6.0]), 0.07)) == 86
    assert len(figures.frames(time_ms[:1], 0.07)) == 1
    with pytest.raises(figures.ChoiceError, match="more than 1,000,000 frames"):
        figures.frames(time_ms, 1e-300)


def test_sections_of_templates_go_by_their_own_names():
    made = simulation(branched())
    names = tuple(f"PC[0].{name}" for name in made.section_names)
    traces, _ = figures.choose_traces(dataclasses.replace(made, section_names=names), ["soma|dend"])
    plain, _ = figures.choose_traces(made, ["soma|dend"])
    assert [trace.section for trace in traces] == [trace.section for trace in plain]


@pytest.mark.parametrize("draw_on", [False, True])
def test_frame_k_shows_the_values_of_frame_k(draw_on):
    made = simulation(branched(), time_ms=[0, 0.1, 0.25, 0.7, 0.75])
    traces, _ = figures.choose_traces(made)
    figure = figures.trace_figure(made, traces, draw_on=draw_on, fill=True, size=SMALL)
    heads = [part for part in figure.parts if isinstance(part, figures.Head)]
    lines = [part for part in figure.parts if isinstance(part, figures.GradientLine)]
    assert len(heads) == len(traces) > 1
    assert len(lines) == (len(traces) if draw_on else 0)
    times = [frame.time for frame in figures.frames(made.time_ms)]
    assert len(times) == 5
    low, high = made.values.min(), made.values.max()
    for k, _ in enumerate(figures.pictures(figure.figure, figure.parts, times)):
        for head, trace in zip(heads, traces, strict=True):
            value = made.values[k, trace.segment]
            dot = head.artists[-1]
            assert np.array_equal(dot.get_data(), [[made.time_ms[k]], [value]])
            expected = matplotlib.colormaps["plasma"](Normalize(low, high)(float(value)))
            assert np.allclose(matplotlib.colors.to_rgba(dot.get_color()), expected, atol=0.02)
        for line in lines:
            drawn = np.concatenate([s for s in line.artists[0].get_segments() if len(s)])
            assert drawn[:, 0].max() == made.time_ms[k]


def test_a_picture_does_not_depend_on_those_before_it():
    made = simulation(branched(), frames=9)
    traces, _ = figures.choose_traces(made)

    def film(times: list[float]) -> list[Any]:
        made_figure = figures.trace_figure(made, traces, draw_on=True, fill=True, size=SMALL)
        shown = figures.pictures(made_figure.figure, made_figure.parts, times)
        return [picture.copy() for picture in shown]

    there, back = film([0.1, 0.35, 0.6]), film([0.6, 0.35, 0.35, 0.1])
    for one, other in zip(there, [back[3], back[2], back[0]], strict=True):
        assert np.array_equal(one, other)
    assert np.array_equal(back[1], back[2])
    assert not np.array_equal(back[0], back[1])


def test_values_beyond_the_colours_limits_are_still_drawn():
    made = simulation(branched())
    traces, _ = figures.choose_traces(made)
    figure = figures.trace_figure(made, traces, limits=(-20, -10), size=SMALL)
    for ax in figure.axes:
        low, high = ax.get_ylim()
        assert low < made.values.min() < made.values[:, 0].max() < high


def test_a_fill_goes_on_above_the_colours_limits(axes):
    figure, (ax,) = axes
    for colormap in ("viridis", None):
        fill = figures.Fill(ax, X, np.full(5, 50.0), limits=(-80, 0), colormap=colormap)
        figure.patch.set_alpha(0)
        picture = draw(figure, [fill], 4)
        rows = [round(SMALL[1] - ax.transData.transform((2, v))[1]) for v in (45, 20, 2)]
        pixels = picture[rows, column(ax, 2)]
        assert (pixels == pixels[0]).all()
        assert pixels[0, 3] == pytest.approx(127, abs=1)
        fill.artists[0].remove()


def test_the_user_s_settings_of_matplotlib_do_not_matter_and_stay():
    made = simulation(branched())
    traces, _ = figures.choose_traces(made)

    def picture() -> Any:
        figure = figures.trace_figure(made, traces, draw_on=True, size=SMALL)
        return draw(figure.figure, figure.parts, 0.2)

    expected = picture()
    theirs = {"axes.grid": True, "text.usetex": True, "font.size": 30, "lines.marker": "x"}
    with matplotlib.rc_context(theirs):
        assert np.array_equal(picture(), expected)
        assert {key: matplotlib.rcParams[key] for key in theirs} == theirs


def test_limits_are_those_of_the_whole_file():
    made = simulation(branched())
    made.values[2, 3] = np.nan
    expected = float(np.nanmin(made.values)), float(np.nanmax(made.values))
    assert figures.color_limits(made) == expected
    assert figures.color_limits(made, v_min=-100) == (-100, expected[1])
    made.values[:] = -65
    assert figures.color_limits(made) == (-66, -64)
    with pytest.raises(figures.ChoiceError, match=r"-65, is not below the upper one, -65"):
        figures.color_limits(made, -65, -65)


def test_a_quantity_without_a_unit_has_no_empty_brackets():
    made = dataclasses.replace(simulation(branched()), quantity="m_hh", unit="")
    traces, _ = figures.choose_traces(made)
    texts = [text.get_text() for text in figures.trace_figure(made, traces).figure.texts]
    assert "m_hh" in texts


def test_text_of_a_file_is_neither_mathematics_nor_missing_glyphs():
    made = simulation([{"points": [[0, 0, 0, 1]], "name": "$\\frac{$\n\x1b日本" + 50 * "x"}])
    made = dataclasses.replace(made, unit="$m_V", quantity="\ud7ff$^")
    traces, _ = figures.choose_traces(made)
    figure = figures.trace_figure(made, traces, size=SMALL)
    draw(figure.figure, figure.parts, 0.1)
    texts = [text.get_text() for text in figure.figure.texts]
    assert texts == ["$\\frac{$????" + 15 * "x" + "…", "Time (ms)", "?$^ ($m_V)"]


@pytest.mark.parametrize("size", [(320, 180), (720, 1280), (1920, 1080), (2000, 200)])
def test_nothing_is_cut_off(size):
    made = simulation([{"points": [[0, 0, 0, 1]], "name": f"dend_{i}[{i}]"} for i in range(12)])
    traces, _ = figures.choose_traces(made, ["dend.*"])
    assert len(traces) == 12
    figure = figures.trace_figure(made, traces, size=size)
    draw(figure.figure, figure.parts, 0.1)
    canvas = figure.figure.canvas
    for artist in [*figure.figure.texts, *(ax.yaxis for ax in figure.axes), figure.axes[-1].xaxis]:
        box = artist.get_tightbbox(canvas.get_renderer())
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= size[0]
        assert box.y1 <= size[1]


# --- Which sections ---


def test_distances_are_neuron_s(h):
    soma, trunk, tuft, basal = (h.Section(name) for name in ("soma", "trunk", "tuft", "basal"))
    for section, length in ((soma, 20), (trunk, 300), (tuft, 70), (basal, 90)):
        section.L, section.nseg = length, 3
    trunk.connect(soma(1))
    # The middle of a segment: elsewhere NEURON measures from the nearest one.
    tuft.connect(trunk(0.5))
    basal.connect(soma(0))
    h.define_shape()
    with Recorder(every_ms=0.1) as recorder:
        h.finitialize(-65)
        h.continuerun(0.3)
        recorder.close()
        made = recorder.simulation(source="test")
    expected = [h.distance(soma(0.5), section(0.5)) for section in (soma, trunk, tuft, basal)]
    assert made.section_names == ("soma", "trunk", "tuft", "basal")
    assert sections.distances_um(made) == pytest.approx(expected, abs=1e-3)
    traces, matching = figures.choose_traces(made)
    assert [(trace.name, trace.segment) for trace in traces] == [
        ("soma", 1),
        ("trunk", 4),
        ("tuft", 7),
    ]
    assert [trace.distance_um for trace in traces] == pytest.approx(expected[:3], abs=1e-3)
    assert matching == 3


def test_a_parent_may_stand_after_its_child():
    made = simulation(
        [
            {"points": [[0, 0, 30, 1], [0, 0, 70, 1]], "parent": 1, "parent_x": 1.0},
            {"points": [[0, 0, 10, 1], [0, 0, 30, 1]], "parent": 2, "parent_x": 1.0},
            {"points": [[0, 0, 0, 1], [0, 0, 10, 1]]},
        ]
    )
    assert sections.distances_um(made).tolist() == [45, 15, 0]


@pytest.fixture
def tree() -> Any:
    """Two cells of a soma and 19 dendrites each."""
    one = [{"points": [[0, 0, 0, 9], [9, 0, 0, 9]], "name": "soma", "type": "soma"}]
    one += [
        {"points": [[9, 0, 0, 1], [9 + 3 * i, 0, 0, 1]], "name": f"dend[{i}]", "parent": 0}
        for i in range(1, 20)
    ]
    other = [{**s, "parent": 20} if "parent" in s else s for s in one]
    made = simulation(one + other)
    return dataclasses.replace(
        made,
        cells=(Cell("Pyr[0]"), Cell("Bas[0]")),
        section_cells=np.repeat(np.array([0, 1], np.int32), 20),
    )


@pytest.mark.parametrize(
    ("patterns", "cells", "expected"),
    [
        ([], [], ["Pyr[0].soma", "Bas[0].soma"]),
        (["soma"], ["Bas"], ["soma"]),
        (["dend[3]", "soma"], ["Pyr[0]"], ["dend[3]", "soma"]),
        ([r"dend\[1[0-2]\]"], ["P.*"], ["dend[10]", "dend[11]", "dend[12]"]),
        (["soma", "soma", "s.*"], ["Pyr"], ["soma"]),
        (["dend[1]"], [], ["Pyr[0].dend[1]", "Bas[0].dend[1]"]),
    ],
)
def test_sections_are_chosen_by_name_or_pattern(tree, patterns, cells, expected):
    traces, matching = figures.choose_traces(tree, patterns, cells)
    assert [trace.name for trace in traces] == expected
    assert matching == len(expected)


def test_too_many_sections_are_spread_over_their_distances(tree):
    traces, matching = figures.choose_traces(tree, ["soma", "dend"], ["Pyr"])
    assert matching == 20
    assert len(traces) == sections.MOST_TRACES
    distances = [trace.distance_um for trace in traces]
    assert distances == sorted(distances)
    assert traces[0].name == "soma"
    assert traces[-1].name == "dend[19]"
    assert max(np.diff(distances[1:])) < 5


@pytest.mark.parametrize(
    ("patterns", "cells", "sentence"),
    [
        (["dendd"], [], "no section is named 'dendd'; close to it: 'dend'"),
        (["soma", "XYZ"], [], "no section is named 'XYZ'; its sections begin with 'soma', 'dend'"),
        (["("], [], "'(' is not a pattern for names: missing ), unterminated subpattern"),
        ([], ["Pry"], "no cell is named 'Pry'; close to it: 'Pyr'"),
        ([], ["*"], "'*' is not a pattern for names: nothing to repeat"),
    ],
)
def test_what_nothing_is_named(tree, patterns, cells, sentence):
    with pytest.raises(figures.ChoiceError) as caught:
        figures.choose_traces(tree, patterns, cells)
    assert str(caught.value).startswith(sentence)


def test_a_colormap_that_there_is_not(axes):
    with pytest.raises(figures.ChoiceError, match="no colormap named 'plasmo'; close to it: plas"):
        figures.GradientLine(axes[1][0], X, Y, colormap="plasmo")


# --- Files ---


def test_transparency_is_in_the_file(tmp_path):
    made = simulation(branched(), frames=9)
    traces, _ = figures.choose_traces(made)
    for transparent in (False, True):
        figure = figures.trace_figure(made, traces, transparent=transparent)
        picture = draw(figure.figure, figure.parts, 0.4)
        path = tmp_path / f"{transparent}.png"
        figures.save_picture(path, picture, transparent=transparent)
        with Image.open(path) as image:
            assert image.mode == ("RGBA" if transparent else "RGB")
            pixels = np.array(image.convert("RGBA"))
        assert np.array_equal(pixels, picture)
        # Black, not white, under what cannot be seen.
        assert pixels[0, 0].tolist() == [0, 0, 0, 0 if transparent else 255]
        shares = pixels[..., 3] / 255
        assert (shares == 1).sum() > 1000
        if transparent:
            clear = pixels
        else:
            opaque = pixels
    # Over black it is the opaque picture again.
    over = clear[..., :3] * (clear[..., 3:] / 255)
    # 8 bits of colour at little alpha, several times over each other.
    assert np.abs(over - opaque[..., :3]).max() <= 8


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("name", ["film.mp4", "film.mov", "picture.png"])
def test_what_is_interrupted_leaves_the_old_file(tmp_path, name, error, request):
    path = tmp_path / name
    path.write_bytes(b"old")
    picture = np.zeros((SMALL[1], SMALL[0], 4), np.uint8)

    class Broken:
        shape, __array_interface__ = picture.shape, picture.__array_interface__

        def tobytes(self) -> bytes:
            raise error

    if path.suffix == ".png":
        with pytest.raises(error), whole_file(path) as unfinished:
            unfinished.write_bytes(b"half")
            raise error
    else:
        request.getfixturevalue("ffmpeg")
        with pytest.raises(error), figures.film_writer(path, SMALL) as add:
            add(picture)
            add(Broken())
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    assert path.read_bytes() == b"old"


def decode(ffmpeg: str, path: Path, *options: str) -> Any:
    done = subprocess.run(
        [ffmpeg, "-v", "error", *options, "-i", path, "-f", "rawvideo", "-pix_fmt", "rgba", "-"],
        capture_output=True,
        check=True,
    )
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, SMALL[1], SMALL[0], 4).astype(int)


@pytest.mark.parametrize(
    ("suffix", "transparent", "decoder", "tolerance"),
    [
        (".mp4", False, (), 5),
        (".webm", False, (), 5),
        (".webm", True, ("-c:v", "libvpx-vp9"), 5),
        (".mov", False, (), 2),
        (".mov", True, (), 2),
    ],
)
def test_films_hold_every_frame_its_colours_and_its_alpha(
    ffmpeg, tmp_path, suffix, transparent, decoder, tolerance
):
    # Planes of one colour, which no encoder may change by more than it rounds.
    colors = [(240, 240, 32, 255), (13, 8, 135, 255), (204, 71, 120, 255)]
    shown = np.zeros((3, SMALL[1], SMALL[0], 4), np.uint8)
    shown[..., 3] = 0 if transparent else 255
    for picture, color in zip(shown, colors, strict=True):
        picture[40:120, 80:240] = color
    path = tmp_path / f"film{suffix}"
    with figures.film_writer(path, SMALL, 24, transparent=transparent) as add:
        for picture in shown:
            add(picture)
    film = decode(ffmpeg, path, *decoder)
    assert len(film) == 3
    inside = (slice(None), slice(56, 104), slice(96, 224))
    assert np.abs(film[inside] - shown[inside]).max() <= tolerance
    assert film[:, :20, :, 3].max() <= (1 if transparent else 255)
    assert film[:, :20, :, :3].max() <= 3
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_mp4_has_no_transparency(tmp_path):
    with (
        pytest.raises(figures.FilmError, match=r"\.mp4 cannot hold transparency; \.webm, \.mov"),
        figures.film_writer(tmp_path / "x.mp4", SMALL, transparent=True),
    ):
        pass


def test_ffmpeg_s_own_reason(ffmpeg, tmp_path):
    # Odd numbers are more than H.264 can do.
    with (
        pytest.raises(figures.FilmError, match="^ffmpeg failed: "),
        figures.film_writer(tmp_path / "x.mp4", (101, 101)) as add,
    ):
        for _ in range(300):
            add(np.zeros((101, 101, 4), np.uint8))
    assert not list(tmp_path.iterdir())
