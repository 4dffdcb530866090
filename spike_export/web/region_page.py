# SPDX-License-Identifier: BSD-3-Clause
"""Regions of a brain as a page: closed surfaces in colors, some of glass, and values over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .color_limits import checked_limits
from .packed_values import MOST_VALUES, packed_values, value_notes
from .page import FPS, SIZE_LIMIT_MB, FilmPage, assembled, packed, plain
from .page_colormaps import offered_colormaps
from .web_error import WebFilmError

MOST_TRIANGLES: Final = 6_000_000
"""A browser draws about so many without stopping."""
_STEPS: Final = 65535
# Of a few times, each can still be seen.
_SHORTEST_S: Final = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class RegionShape:
    """A region.

    Attributes
    ----------
    name, acronym : str
    color : tuple of int
        sRGB, 0 to 255.
    points : ndarray of float32, shape (V, 3)
        x to the right, y to the front, z up, in any unit.
    triangles : ndarray of int32, shape (F, 3)
    is_glass : bool
        Only its outline is seen, and what is inside.
    """

    name: str
    acronym: str
    color: tuple[int, int, int]
    points: NDArray[np.float32]
    triangles: NDArray[np.int32]
    is_glass: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ValuesOfRegions:
    """What colors the regions instead of their own colors.

    Attributes
    ----------
    values : ndarray of float32, shape (T, R)
        NaN where there is none; a column for each region on the page.
    times_ms : ndarray of float64, shape (T,)
        Increasing.
    quantity : str
    colormap : str
    colors : ndarray of uint8, shape (256, 3)
        Of that colormap, sRGB-encoded.
    low, high : float or None
        Limits of the color scale; by default the lowest and the highest value.
    """

    values: NDArray[np.float32]
    times_ms: NDArray[np.float64]
    quantity: str
    colormap: str
    colors: NDArray[np.uint8]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionShowing:
    """How regions are shown.

    Attributes
    ----------
    title : str
    view : tuple of float
        Where they are seen from, as a direction from their middle.
    light : bool
        On white instead of black.
    size_limit_mb : float
        A page that would be larger is refused.
    """

    title: str = ""
    view: tuple[float, float, float] = (0.62, 0.66, 0.42)
    light: bool = False
    size_limit_mb: float = SIZE_LIMIT_MB


def region_page(
    regions: Sequence[RegionShape], showing: RegionShowing, values: ValuesOfRegions | None = None
) -> FilmPage:
    """Make the page.

    Raises
    ------
    WebFilmError
        If it cannot be made, or would be larger than the limit.
    """
    triangles = sum(len(region.triangles) for region in regions)
    if not triangles:
        raise WebFilmError("There is no region to show.")
    if triangles > MOST_TRIANGLES:
        raise WebFilmError(
            f"The regions have {triangles:,} triangles; a browser can show {MOST_TRIANGLES:,}. "
            "Choose fewer regions."
        )
    notes: list[str] = []
    about: dict[str, Any] = {
        "kind": "regions",
        "title": plain(showing.title),
        "light": showing.light,
        "view": showing.view,
        "upright": True,
        "regions": [
            {
                "name": plain(region.name),
                "acronym": plain(region.acronym),
                "color": list(region.color),
                "glass": region.is_glass,
                "points": len(region.points),
                "triangles": len(region.triangles),
            }
            for region in regions
        ],
        "frames": 1,
        "timed": False,
        "quantity": "",
        "unit": "",
        "limits": [0, 1],
        "pace": 1,
        "colormap": "",
        "colormaps": {},
        "traces": [],
    }
    arrays = _surfaces(regions, about)
    if values is not None:
        arrays |= _values(values, about, notes)
    content = assembled(about | {"notes": notes}, arrays)
    shown = f"{len(regions):,} region{'s' * (len(regions) != 1)} of {triangles:,} triangles"
    if len(content) > showing.size_limit_mb * 1e6:
        raise WebFilmError(
            f"The page would have {len(content) / 1e6:.3g} MB for {shown}; the limit is "
            f"{showing.size_limit_mb:g} MB. Choose fewer regions, or less detail with --detail; "
            "--size-limit raises it."
        )
    return FilmPage(content, f"{shown}, {len(content) / 1e6:.2g} MB.", notes)


def less_detailed(
    points: NDArray[np.float32], triangles: NDArray[np.int32], size: float
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Merge all points that are in the same cube.

    Parameters
    ----------
    points : ndarray, shape (V, 3)
    triangles : ndarray, shape (F, 3)
    size : float
        A cube's edge, in the points' unit.

    Returns
    -------
    points, triangles
        Each new point is the mean of those merged; triangles without an area are left out.
    """
    cube = np.floor((points - points.min(axis=0)) / size).astype(np.int64)
    _, number = np.unique(cube, axis=0, return_inverse=True)
    number = number.ravel()
    count = np.bincount(number)
    means = np.stack([np.bincount(number, column) / count for column in points.T], axis=1)
    merged = number[triangles]
    a, b, c = merged.T
    kept = merged[(a != b) & (b != c) & (c != a)]
    used, renumbered = np.unique(kept, return_inverse=True)
    return means[used].astype(np.float32), renumbered.reshape(-1, 3).astype(np.int32)


def _surfaces(regions: Sequence[RegionShape], about: dict[str, Any]) -> dict[str, bytes]:
    """Pack points as steps of 16 bit, triangles as differences."""
    points = np.concatenate([region.points for region in regions]).astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    step = max(float((high - low).max()) / _STEPS, 1e-30)
    about |= {"low": low.tolist(), "pointStep": step}
    codes = np.rint((points - low) / step).astype(np.uint16)
    # Modulo 2^16, axis by axis; low and high bytes apart.
    change = np.diff(codes, axis=0, prepend=np.zeros((1, 3), np.uint16)).T.ravel()
    corners = np.concatenate([region.triangles.ravel() for region in regions]).astype(np.int64)
    steps = np.diff(corners, prepend=0)
    zigzag = np.where(steps < 0, -2 * steps - 1, 2 * steps).astype("<u4")
    return {
        "points": packed(np.stack([change & 0xFF, change >> 8]).astype(np.uint8)),
        "triangles": packed(np.ascontiguousarray(zigzag.view(np.uint8).reshape(-1, 4).T)),
    }


def _values(values: ValuesOfRegions, about: dict[str, Any], notes: list[str]) -> dict[str, bytes]:
    frames, count = values.values.shape
    if frames * count > MOST_VALUES:
        raise WebFilmError(f"{frames:,} times of {count:,} regions are too many for a browser.")
    finite = values.values[np.isfinite(values.values)]
    if not finite.size:
        raise WebFilmError("None of the values is a finite number.")
    limits = checked_limits(
        float(finite.min()) if values.low is None else values.low,
        float(finite.max()) if values.high is None else values.high,
        may_be_equal=None in (values.low, values.high),
    )
    kept = packed_values(values.values, np.ones(count, np.bool_), limits)
    notes += value_notes(kept, "")
    span = float(values.times_ms[-1] - values.times_ms[0])
    about |= {
        "frames": frames,
        "timed": frames > 1,
        "quantity": plain(values.quantity),
        "limits": list(limits),
        "step": kept.step,
        "offset": kept.offset,
        "pace": span / max((frames - 1) / FPS, _SHORTEST_S) if frames > 1 else 1,
        "colormap": values.colormap,
        "colormaps": offered_colormaps(values.colormap, values.colors),
    }
    return {
        "times": packed(values.times_ms.astype("<f8")),
        "low": kept.low,
        "high": kept.high,
    }
