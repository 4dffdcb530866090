# SPDX-License-Identifier: GPL-3.0-or-later
"""Scientific colormaps from a table shipped with the add-on.

Blender's Python has neither matplotlib nor seaborn nor cmasher, so their colors are stored in
``colormaps.npz`` beside this file, written by ``tools/make_colormaps.py``. The table holds 256
sRGB-encoded stops per map as 16-bit integers, which keeps it small and still within 1e-5 of the
libraries' own values.

Stop ``i`` is what the library's map gives at ``(i + 0.5) / 256``, the center of the ``i``-th of
256 equal bins. For a map that has 256 entries that is entry ``i`` itself; longer maps are thinned
to 256. Qualitative maps (``tab10``, ``Set1``, ...) are here as well: each of their few colors
fills a run of equal stops, so every color is exact, and a boundary between two colors lies on
the nearest bin edge. Read those without interpolation between stops.

Only NumPy and the standard library are imported, so this module also works outside Blender.
"""

from __future__ import annotations

import difflib
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

KINDS = ("sequential", "diverging", "cyclic", "qualitative", "other")
"""Possible results of `kind`."""

_TABLE_PATH = Path(__file__).with_name("colormaps.npz")
_FULL_SCALE = 65535.0
_REVERSE_SUFFIX = "_r"
_MAX_SUGGESTIONS = 3
# A map of at most so many colors is a list of colors, not a scale.
_MOST_QUALITATIVE = 24
# Distances in CIELAB: ends that are closer count as the same color, and a change of lightness
# smaller than this share of the map's whole range counts as none.
_SAME_ENDS = 8.0
_EVEN = 0.03
# A diverging map turns in its middle third or so, at a color paler or greyer than its arms.
_MIDDLE = (0.35, 0.65)
_PALE = 0.65
_XYZ_OF_RGB = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE_D65 = (0.95047, 1.0, 1.08883)


class UnknownColormapError(KeyError):
    """No colormap has the name that was asked for.

    ``str()`` of the error is one sentence to show to the user.
    """

    def __str__(self) -> str:
        """Return the sentence as it is.

        Returns
        -------
        str
            The message. ``KeyError`` itself would return its repr, in quotes.
        """
        return str(self.args[0])


@dataclass(frozen=True)
class _Table:
    """The shipped table in memory."""

    names: tuple[str, ...]
    sources: tuple[str, ...]
    stops: NDArray[np.uint16]  # (map, stop, channel), sRGB-encoded, full scale 65535
    rows: dict[str, int]  # every exact name and alias -> row
    folded_rows: dict[str, frozenset[int]]  # case-folded name or alias -> the rows it may mean
    plain_rows: dict[str, frozenset[int]]  # the same without the library's prefix


@functools.cache
def _table() -> _Table:
    """Read the table on first use, so that enabling the add-on costs nothing."""
    with np.load(_TABLE_PATH, allow_pickle=False) as archive:
        names = tuple(str(name) for name in archive["names"])
        sources = tuple(str(name) for name in archive["sources"])
        aliases = [(str(alias), str(name)) for alias, name in archive["aliases"]]
        stops = archive["stops"].astype(np.uint16)
    rows = {name: row for row, name in enumerate(names)}
    rows.update({alias: rows[name] for alias, name in aliases})
    folded: dict[str, frozenset[int]] = {}
    plain: dict[str, frozenset[int]] = {}
    for name, row in rows.items():
        for known, key in ((folded, name.casefold()), (plain, _plain(name).casefold())):
            known[key] = known.get(key, frozenset()) | {row}
    return _Table(names, sources, stops, rows, folded, plain)


def _row(name: str) -> int | None:
    """Return the row for a name without a reverse suffix, or None."""
    table = _table()
    if name in table.rows:
        return table.rows[name]
    for rows in (table.folded_rows, table.plain_rows):
        candidates = rows.get(name.casefold(), frozenset())
        # Two maps may differ only in case or library; then the full name is required.
        if candidates:
            return next(iter(candidates)) if len(candidates) == 1 else None
    return None


def _strip_reverse(name: str) -> str | None:
    """Return the name without its reverse suffix, or None where it has none."""
    if name.casefold().endswith(_REVERSE_SUFFIX):
        return name[: -len(_REVERSE_SUFFIX)]
    return None


def _resolve(name: str) -> tuple[int, bool]:
    """Return the row for a name and whether the name itself asks for the reverse."""
    row = _row(name)
    if row is not None:
        return row, False
    base = _strip_reverse(name)
    if base is not None:
        row = _row(base)
        if row is not None:
            return row, True
    raise UnknownColormapError(_unknown_message(name))


def _plain(name: str) -> str:
    """Return a name without its library's prefix."""
    return name.rpartition(".")[2]


def _nearest(name: str) -> list[str]:
    """Return up to three names nearest to an unknown one, best first."""
    base = _strip_reverse(name)
    wanted = (name if base is None else base).casefold()
    scored: list[tuple[float, int, str]] = []
    for order, candidate in enumerate(_table().names):
        full = candidate.casefold()
        # "ember" must find "cmr.ember", and "cmr.magma" must find "magma": people leave out or
        # put in the library's prefix, so names are compared without it as well.
        pairs = ((full, wanted), (_plain(full), wanted), (_plain(full), _plain(wanted)))
        best = max(difflib.SequenceMatcher(None, *pair).ratio() for pair in pairs)
        if best >= 0.6:
            scored.append((-best, order, candidate))
    return [candidate for _, _, candidate in sorted(scored)[:_MAX_SUGGESTIONS]]


def _unknown_message(name: str) -> str:
    """Return the sentence for an unknown name."""
    near = _nearest(name)
    sentence = f'There is no colormap named "{name}"'
    if not near:
        return f"{sentence}."
    quoted = [f'"{candidate}"' for candidate in near]
    if len(quoted) == 1:
        return f"{sentence}; the nearest name is {quoted[0]}."
    return f"{sentence}; the nearest names are {', '.join(quoted[:-1])} and {quoted[-1]}."


def names() -> tuple[str, ...]:
    """List the colormaps.

    Returns
    -------
    tuple of str
        All names in table order: by source library, then by name ignoring case. Reversed
        variants and second names of the same colors (such as ``grey``) are not listed, but the
        other functions accept them.
    """
    return _table().names


def resolve(name: str) -> tuple[str, bool]:
    """Find a colormap by a name as users write it.

    Parameters
    ----------
    name : str
        Name of the colormap, as for `display_stops`; its library's prefix may be left out.

    Returns
    -------
    name : str
        The one that `names` lists.
    reverse : bool
        Whether the name asks for the reverse.

    Raises
    ------
    UnknownColormapError
        If no colormap has this name.
    """
    row, reverse = _resolve(name)
    return _table().names[row], reverse


def source(name: str) -> str:
    """Name the library that a colormap comes from.

    Parameters
    ----------
    name : str
        Name of the colormap, as for `display_stops`.

    Returns
    -------
    str
        ``"matplotlib"``, ``"seaborn"`` or ``"cmasher"``.

    Raises
    ------
    UnknownColormapError
        If no colormap has this name.
    """
    row, _ = _resolve(name)
    return _table().sources[row]


@functools.cache
def kind(name: str) -> str:
    """Classify a colormap by its colors.

    Parameters
    ----------
    name : str
        Name of the colormap, as for `display_stops`.

    Returns
    -------
    str
        One of `KINDS`. Qualitative are maps of a few colors; cyclic those that end in the color
        they begin with; sequential those whose lightness (CIE 1976 L*) only rises or only falls;
        diverging those whose lightness turns once, in the middle, at a pale or greyish color.

    Raises
    ------
    UnknownColormapError
        If no colormap has this name.
    """
    stops = display_stops(name)
    if np.count_nonzero(np.diff(stops, axis=0).any(axis=1)) < _MOST_QUALITATIVE:
        return "qualitative"
    lab = _cielab(stops)
    if np.linalg.norm(lab[0] - lab[-1]) <= _SAME_ENDS:
        return "cyclic"
    lightness = lab[:, 0]
    tolerance = _EVEN * float(np.ptp(lightness))
    if min(_largest_fall(lightness), _largest_fall(-lightness)) <= tolerance:
        return "sequential"
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    for arch in (lightness, -lightness):
        turn = int(np.flatnonzero(arch >= arch.max() - tolerance).mean())
        if (
            _MIDDLE[0] <= turn / len(arch) <= _MIDDLE[1]
            and chroma[turn] <= _PALE * chroma.max()
            and _largest_fall(arch[: turn + 1]) <= tolerance
            and _largest_fall(-arch[turn:]) <= tolerance
        ):
            return "diverging"
    return "other"


def _cielab(stops: NDArray[np.float64]) -> NDArray[np.float64]:
    """Convert sRGB-encoded colors to CIE 1976 L*a*b* under D65."""
    xyz = srgb_to_linear(stops) @ np.array(_XYZ_OF_RGB).T / np.array(_WHITE_D65)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = f.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def luminance(colors: ArrayLike) -> NDArray[np.float64]:
    """Return how bright colors are, as a share of white.

    Parameters
    ----------
    colors : array_like, shape (..., 3)
        Red, green and blue in linear light, 0 to 1.

    Returns
    -------
    ndarray of float64, shape (...)
        Y of CIE 1931 under D65, 0 to 1.
    """
    return np.asarray(np.asarray(colors) @ np.array(_XYZ_OF_RGB[1]), dtype=np.float64)


def _largest_fall(values: NDArray[np.float64]) -> float:
    """Return the largest drop below any previous value."""
    return float((np.maximum.accumulate(values) - values).max())


def display_stops(name: str, *, reverse: bool = False) -> NDArray[np.float64]:
    """Return a colormap's stops as its library gives them.

    Parameters
    ----------
    name : str
        Name of the colormap. Case is ignored where that leaves one choice, and a trailing
        ``_r`` asks for the reverse.
    reverse : bool, default False
        Turn the map around; cancels out with a trailing ``_r``.

    Returns
    -------
    ndarray of float64, shape (256, 3)
        sRGB-encoded red, green and blue, dimensionless, 0 to 1. A fresh array that the caller
        may change.

    Raises
    ------
    UnknownColormapError
        If no colormap has this name.
    """
    row, named_reverse = _resolve(name)
    stops = _table().stops[row]
    if reverse != named_reverse:
        stops = stops[::-1]
    return np.asarray(stops / _FULL_SCALE, dtype=np.float64)


def linear_stops(name: str, *, reverse: bool = False) -> NDArray[np.float32]:
    """Return a colormap's stops in scene-linear light, as Blender's color sockets want them.

    Parameters
    ----------
    name : str
        Name of the colormap, as for `display_stops`.
    reverse : bool, default False
        Turn the map around; cancels out with a trailing ``_r``.

    Returns
    -------
    ndarray of float32, shape (256, 3)
        Linear red, green and blue in Rec.709/sRGB primaries, dimensionless, 0 to 1. A fresh
        array that the caller may change.

    Raises
    ------
    UnknownColormapError
        If no colormap has this name.
    """
    return srgb_to_linear(display_stops(name, reverse=reverse)).astype(np.float32)


def shown_colors(
    name: str,
    positions: ArrayLike,
    *,
    start: float = 0.0,
    end: float = 1.0,
    steps: int = 0,
    reverse: bool = False,
) -> NDArray[np.float64]:
    """Return the colors of a part of a colormap, as it is shown.

    Parameters
    ----------
    name : str
        Name of the colormap, as for `display_stops`.
    positions : array_like, shape (N,)
        0 for the start of the shown part, 1 for its end.
    start, end : float
        Part of the colormap to use, 0 to 1.
    steps : int
        Number of colors, including those of the start and the end, as in matplotlib's
        ``resampled``; 0 for a smooth gradient.
    reverse : bool, default False
        Turn the used part around.

    Returns
    -------
    ndarray of float64, shape (N, 3)
        sRGB-encoded red, green and blue, dimensionless, 0 to 1.

    Raises
    ------
    UnknownColormapError
        If no colormap has this name.
    """
    stops = display_stops(name)
    along = np.clip(np.asarray(positions, dtype=np.float64), 0.0, 1.0)
    if steps > 0:
        along = np.minimum(np.floor(along * steps), steps - 1) / max(steps - 1, 1)
    place = start + (end - start) * (1.0 - along if reverse else along)
    # At the boundary between two stops the later one is shown, as in matplotlib.
    stop = np.ceil(place * len(stops)) - 1 if reverse else np.floor(place * len(stops))
    return np.asarray(stops[np.clip(stop, 0, len(stops) - 1).astype(int)])


def srgb_to_linear(a: ArrayLike) -> NDArray[np.float64]:
    """Decode sRGB values with the piecewise curve of IEC 61966-2-1.

    Parameters
    ----------
    a : array_like, any shape
        sRGB-encoded values, dimensionless, nominally 0 to 1. Values below 0 follow the straight
        part of the curve, values above 1 the power part.

    Returns
    -------
    ndarray of float64, shape of `a`
        Linear light, dimensionless.
    """
    encoded = np.asarray(a, dtype=np.float64)
    # np.where evaluates both branches; the clamp keeps negative bases out of the power.
    curved = ((np.maximum(encoded, 0.0) + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(encoded <= 0.04045, encoded / 12.92, curved))


def linear_to_srgb(a: ArrayLike) -> NDArray[np.float64]:
    """Encode linear light with the piecewise curve of IEC 61966-2-1.

    Parameters
    ----------
    a : array_like, any shape
        Linear light, dimensionless, nominally 0 to 1. Values below 0 follow the straight part
        of the curve, values above 1 the power part.

    Returns
    -------
    ndarray of float64, shape of `a`
        sRGB-encoded values, dimensionless.
    """
    linear = np.asarray(a, dtype=np.float64)
    curved = 1.055 * np.maximum(linear, 0.0) ** (1.0 / 2.4) - 0.055
    return np.asarray(np.where(linear <= 0.0031308, linear * 12.92, curved))
