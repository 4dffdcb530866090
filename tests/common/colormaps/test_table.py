# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the shipped colormaps against the libraries that they come from."""

from __future__ import annotations

import importlib.metadata
import os
import pickle
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from common import colormaps

TABLE = Path(colormaps.__file__).with_name("colormaps.npz")
GENERATOR = Path(__file__).resolve().parents[3] / "tools" / "make_colormaps.py"
TOLERANCE = 1e-5  # display units


def recorded_versions() -> dict[str, str]:
    """Return the library versions that the table was made with."""
    with np.load(TABLE, allow_pickle=False) as archive:
        return dict(zip(archive["libraries"].tolist(), archive["versions"].tolist(), strict=True))


def recorded_aliases() -> list[tuple[str, str]]:
    """Return the left-out names with the listed names that stand for them."""
    with np.load(TABLE, allow_pickle=False) as archive:
        return [(str(alias), str(name)) for alias, name in archive["aliases"]]


def reference(name: str) -> matplotlib.colors.Colormap:
    """Return the library's own map, or skip where this installation cannot have it."""
    library = colormaps.source(name)
    if library == "files":
        colors = np.loadtxt(GENERATOR.with_name("colormaps") / f"{name}.txt")
        return matplotlib.colors.ListedColormap(colors)
    pytest.importorskip(library)
    same_version = importlib.metadata.version(library) == recorded_versions()[library]
    if name not in matplotlib.colormaps and not same_version:
        pytest.skip(f"this version of {library} has no {name}")
    return matplotlib.colormaps[name]


def skip_unless_recorded_versions() -> None:
    """Skip where the installed libraries are not those that the table was made with."""
    for library, version in recorded_versions().items():
        pytest.importorskip(library)
        if importlib.metadata.version(library) != version:
            pytest.skip(f"the table was made with {library} {version}")


def scalar_decode(value: float) -> float:
    """Decode one sRGB value, written apart from the module under test."""
    if value > 0.04045:
        return float(pow((200.0 * value + 11.0) / 211.0, 12.0 / 5.0))
    return 25.0 * value / 323.0


@pytest.mark.slow
@pytest.mark.parametrize("name", colormaps.names())
def test_display_stops_match_library(name: str) -> None:
    """All 256 stops are the library's colors."""
    cmap = reference(name)
    expected = np.array([cmap((i + 0.5) / 256)[:3] for i in range(256)])
    if cmap.N == 256:
        np.testing.assert_array_equal(expected, cmap(np.arange(256))[:, :3])
    stops = colormaps.display_stops(name)
    assert stops.shape == (256, 3)
    assert stops.dtype == np.float64
    assert np.abs(stops - expected).max() < TOLERANCE


@pytest.mark.parametrize(("alias", "name"), recorded_aliases())
def test_aliases_match_library(alias: str, name: str) -> None:
    """A left-out second name still gives its library's colors."""
    cmap = reference(alias)
    assert alias not in colormaps.names()
    assert name in colormaps.names()
    expected = cmap((np.arange(256) + 0.5) / 256)[:, :3]
    assert np.abs(colormaps.display_stops(alias) - expected).max() < TOLERANCE


@pytest.mark.parametrize("name", ["Accent", "Set3", "tab10", "tab20", "okabe_ito"])
def test_qualitative_colors_are_all_present_and_unmixed(name: str) -> None:
    """A short map's stops hold its colors in order and nothing between them."""
    cmap = reference(name)
    stops = colormaps.display_stops(name)
    starts = np.flatnonzero(np.any(np.diff(stops, axis=0) != 0.0, axis=1)) + 1
    runs = stops[np.concatenate(([0], starts))]
    expected = cmap(np.arange(cmap.N))[:, :3]
    np.testing.assert_allclose(runs, expected, rtol=0.0, atol=TOLERANCE)


@pytest.mark.parametrize("name", colormaps.names())
def test_linear_stops_match_scalar_formula(name: str) -> None:
    """Linear stops are the decoded display stops, in single precision."""
    linear = colormaps.linear_stops(name)
    assert linear.shape == (256, 3)
    assert linear.dtype == np.float32
    expected = [[scalar_decode(v) for v in stop] for stop in colormaps.display_stops(name).tolist()]
    np.testing.assert_allclose(linear, expected, rtol=1e-6, atol=1e-9)


def test_transfer_curve_known_values() -> None:
    """The curve has its published values, on any shape and beyond 0 to 1."""
    assert colormaps.srgb_to_linear(0.5) == pytest.approx(0.21404114, abs=1e-8)
    assert colormaps.linear_to_srgb(0.18) == pytest.approx(0.46135613, abs=1e-8)
    np.testing.assert_allclose(colormaps.srgb_to_linear([0.0, 1.0]), [0.0, 1.0], atol=1e-15)
    np.testing.assert_allclose(colormaps.srgb_to_linear([[0.0323], [-0.0323]])[:, 0] * 400, [1, -1])
    assert colormaps.linear_to_srgb(np.zeros((2, 0, 3))).shape == (2, 0, 3)


def test_transfer_curve_round_trip() -> None:
    """Encoding undoes decoding, save for the standard's own rounded break point."""
    values = np.linspace(-0.5, 4.0, 90001)
    there_and_back = colormaps.linear_to_srgb(colormaps.srgb_to_linear(values))
    np.testing.assert_allclose(there_and_back, values, rtol=1e-12, atol=1e-7)
    back_and_there = colormaps.srgb_to_linear(colormaps.linear_to_srgb(values))
    np.testing.assert_allclose(back_and_there, values, rtol=1e-12, atol=1e-8)


@pytest.mark.parametrize("name", colormaps.names())
def test_reverse(name: str) -> None:
    """The flag and the suffix both turn a map around, and together cancel."""
    forward = colormaps.display_stops(name)
    np.testing.assert_array_equal(colormaps.display_stops(name, reverse=True), forward[::-1])
    np.testing.assert_array_equal(colormaps.display_stops(f"{name}_r"), forward[::-1])
    np.testing.assert_array_equal(colormaps.display_stops(f"{name}_r", reverse=True), forward)
    linear = colormaps.linear_stops(name)
    np.testing.assert_array_equal(colormaps.linear_stops(name, reverse=True), linear[::-1])


@pytest.mark.parametrize("name", ["viridis", "twilight", "tab10", "rocket", "cmr.ember"])
def test_reverse_matches_library(name: str) -> None:
    """A reversed map is the library's own reversed map."""
    reference(name)
    expected = matplotlib.colormaps[f"{name}_r"]((np.arange(256) + 0.5) / 256)[:, :3]
    assert np.abs(colormaps.display_stops(name, reverse=True) - expected).max() < TOLERANCE


def test_names_and_sources() -> None:
    """Names are unique, ordered, forward only, and come from the three libraries."""
    names = colormaps.names()
    assert len(set(names)) == len(names)
    assert not [name for name in names if name.endswith("_r")]
    assert list(names) == sorted(names, key=lambda n: (colormaps.source(n), n.casefold(), n))
    assert colormaps.source("plasma") == "matplotlib"
    assert colormaps.source("cmr.ember") == "cmasher"
    from_seaborn = {name for name in names if colormaps.source(name) == "seaborn"}
    assert from_seaborn == {"rocket", "mako", "flare", "crest", "icefire", "vlag"}


@pytest.mark.slow
def test_names_are_complete() -> None:
    """Every forward map that the libraries register is listed or known as an alias."""
    skip_unless_recorded_versions()
    known = {*colormaps.names(), *(alias for alias, _ in recorded_aliases())}
    script = "import matplotlib, seaborn, cmasher; print(*matplotlib.colormaps, sep='\\n')"
    # A fresh process, since other tests may have registered maps of their own.
    result = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    registered = result.stdout.decode().split()
    assert known == {name for name in registered if not name.endswith("_r")}


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("Plasma", "plasma"), ("GREYS", "Greys"), ("CMR.Ember", "cmr.ember"), ("rdbu", "RdBu")],
)
def test_case_is_ignored(spelling: str, name: str) -> None:
    """A name resolves in any case, with a suffix too."""
    expected = colormaps.display_stops(name)
    np.testing.assert_array_equal(colormaps.display_stops(spelling), expected)
    np.testing.assert_array_equal(colormaps.display_stops(f"{spelling}_R"), expected[::-1])
    assert colormaps.source(spelling) == colormaps.source(name)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("viridsi", "viridis"),
        ("Virids_r", "viridis"),
        ("embr", "cmr.ember"),
        ("ROCKETS", "rocket"),
        ("cmr.magma", "magma"),
    ],
)
def test_unknown_name_sentence(name: str, near: str) -> None:
    """An unknown name gets one plain sentence with at most three suggestions, best first."""
    for call in (colormaps.source, colormaps.display_stops, colormaps.linear_stops):
        with pytest.raises(colormaps.UnknownColormapError) as caught:
            call(name)
        assert isinstance(caught.value, KeyError)
        sentence = str(caught.value)
        assert sentence.startswith(f'There is no colormap named "{name}"; the nearest name')
        assert sentence.endswith(".")
        suggested = sentence.split(";")[1].split('"')[1::2]
        assert suggested[0] == near
        assert 1 <= len(suggested) <= 3
        assert set(suggested) <= set(colormaps.names())
        assert str(pickle.loads(pickle.dumps(caught.value))) == sentence


@pytest.mark.parametrize("name", ["", "_r", "0123456789"])
def test_unknown_name_without_neighbours(name: str) -> None:
    """A name unlike any other gets the sentence without suggestions."""
    with pytest.raises(colormaps.UnknownColormapError) as caught:
        colormaps.display_stops(name)
    assert str(caught.value) == f'There is no colormap named "{name}".'


def test_returned_arrays_are_the_callers_own() -> None:
    """Changing a returned array leaves the table alone."""
    before = colormaps.display_stops("viridis")
    colormaps.display_stops("viridis")[:] = 7.0
    colormaps.linear_stops("viridis")[:] = 7.0
    np.testing.assert_array_equal(colormaps.display_stops("viridis"), before)


def test_table_is_small() -> None:
    """The shipped file stays under 250 kB."""
    assert TABLE.stat().st_size < 250_000


@pytest.mark.slow
def test_table_is_what_the_generator_makes(tmp_path: Path) -> None:
    """The generator gives the shipped arrays, and the same bytes each time."""
    skip_unless_recorded_versions()
    made = [tmp_path / "first.npz", tmp_path / "second.npz"]
    for seed, path in enumerate(made):
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        subprocess.run([sys.executable, str(GENERATOR), str(path)], check=True, env=environment)
    assert made[0].read_bytes() == made[1].read_bytes()
    # Arrays, not bytes: another build of zlib may compress the same data differently.
    with np.load(made[0], allow_pickle=False) as new, np.load(TABLE, allow_pickle=False) as old:
        assert new.files == old.files
        for key in old.files:
            assert new[key].dtype == old[key].dtype
            np.testing.assert_array_equal(new[key], old[key])


# As matplotlib's own page of colormaps sorts them.
# fmt: off
SEQUENTIAL = [
    "viridis", "plasma", "inferno", "magma", "cividis", "Greys", "Purples", "Blues", "Greens",
    "Oranges", "Reds", "YlOrBr", "YlOrRd", "OrRd", "PuRd", "RdPu", "BuPu", "GnBu", "PuBu",
    "YlGnBu", "PuBuGn", "BuGn", "YlGn", "binary", "gray", "bone", "pink", "spring", "summer",
    "autumn", "winter", "Wistia", "hot", "afmhot", "gist_heat", "copper",
]
DIVERGING = [
    "PiYG", "PRGn", "BrBG", "PuOr", "RdGy", "RdBu", "RdYlBu", "RdYlGn", "Spectral", "coolwarm",
    "bwr", "seismic", "berlin", "managua", "vanimo",
]
CYCLIC = ["twilight", "twilight_shifted", "hsv"]
QUALITATIVE = [
    "Pastel1", "Pastel2", "Paired", "Accent", "okabe_ito", "Dark2", "Set1", "Set2", "Set3",
    "tab10", "tab20", "tab20b", "tab20c",
]
MISCELLANEOUS = [
    "flag", "prism", "ocean", "gist_earth", "terrain", "gist_stern", "gnuplot", "brg",
    "gist_rainbow", "jet", "turbo", "nipy_spectral", "gist_ncar",
]
# fmt: on


@pytest.mark.parametrize(
    ("kind", "listed"),
    [
        ("sequential", SEQUENTIAL),
        ("diverging", DIVERGING),
        ("cyclic", CYCLIC),
        ("qualitative", QUALITATIVE),
        ("other", MISCELLANEOUS),
    ],
)
def test_kinds_are_matplotlibs(kind: str, listed: list[str]) -> None:
    """What is found from the colors alone is what matplotlib's authors say."""
    assert {name: colormaps.kind(name) for name in listed} == dict.fromkeys(listed, kind)


def test_every_colormap_has_a_kind() -> None:
    """And none that nobody knows."""
    assert {colormaps.kind(name) for name in colormaps.names()} == set(colormaps.KINDS)


@pytest.mark.parametrize("steps", [0, 2, 5, 9, 256])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", ["plasma", "tab10", "turbo"])
def test_shown_colors_are_matplotlibs(name: str, reverse: bool, steps: int) -> None:
    """In steps as `resampled` does it, also at the borders between colors."""
    cmap = matplotlib.colormaps[name + "_r" * reverse]
    x = np.linspace(0, 1, 401)
    expected = (cmap.resampled(steps) if steps else cmap)(x)[:, :3]
    found = colormaps.shown_colors(name, x, steps=steps, reverse=reverse)
    if name == "tab10" and steps in (0, 256):
        # Ten colors do not fill 256 bins evenly.
        assert np.mean(np.abs(found - expected).max(axis=1) > TOLERANCE) < 0.03
    else:
        assert np.abs(found - expected).max() < TOLERANCE


def test_a_part_of_a_colormap() -> None:
    """From start to end, and back."""
    x = np.linspace(0.001, 0.999, 97)
    cmap = matplotlib.colormaps["viridis"]
    part = {"start": 0.21, "end": 0.84}
    found = colormaps.shown_colors("viridis", x, **part)
    np.testing.assert_allclose(found, cmap(0.21 + 0.63 * x)[:, :3], atol=TOLERANCE)
    back = colormaps.shown_colors("viridis", x, reverse=True, **part)
    np.testing.assert_allclose(back, cmap(0.84 - 0.63 * x)[:, :3], atol=TOLERANCE)


def test_resolve() -> None:
    """The listed name, and whether the reverse is meant."""
    assert colormaps.resolve("Viridis_r") == ("viridis", True)
    assert colormaps.resolve("grey") == ("gray", False)
    with pytest.raises(colormaps.UnknownColormapError):
        colormaps.resolve("viridi")


def test_names_without_their_library():
    """``guppy_r`` is matplotlib's ``cmr.guppy_r``; a name of two libraries is the full one's."""
    assert colormaps.resolve("guppy_r") == ("cmr.guppy", True)
    assert colormaps.resolve("Ember") == ("cmr.ember", False)
    assert colormaps.resolve("copper") == ("copper", False)
    assert colormaps.resolve("cmr.copper") == ("cmr.copper", False)
