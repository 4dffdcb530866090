# SPDX-License-Identifier: BSD-3-Clause
"""Parts of a simulation: some of its cells, a window of its time, other frames."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import Cell, Simulation, Synapses
from ..simulation_file.cell_choice import NothingChosenError, chosen_cells
from ..simulation_file.simulation import starts
from .rise_and_decay import Kernel, activity, is_on_off, is_regular, smooth

PEAK_MODE: Final = "peak: the maximum since the frame before"
"""The value of ``mode`` in `Simulation.meta` if frames hold peaks."""

# More than this is a mistake in the interval, not a film.
_LARGEST_BYTES: Final = 1 << 34
# Times closer than this are equal: they come from sums of steps.
_SAME_TIME_MS: Final = 1e-9


class ConversionError(ValueError):
    """Something requested that is not in the simulation; the text says what."""


def convert(
    simulation: Simulation,
    *,
    every_ms: float | None = None,
    frames: int | None = None,
    start_ms: float | None = None,
    stop_ms: float | None = None,
    cells: str | None = None,
    quantities: Sequence[str] = (),
    duration_ms: float | None = None,
    kernel: Kernel | None = None,
    peak: bool | None = None,
) -> Simulation:
    """Extract cells and a time window from a simulation, and resample it.

    Parameters
    ----------
    every_ms : float, optional
        New interval between frames, starting at the first one in the window.
    frames : int, optional
        New number of frames, spread over the window.
    start_ms, stop_ms : float, optional
        The window; the whole recording by default. If neither `every_ms` nor `frames` is given, the
        frames in it are kept unchanged.
    cells : str, optional
        Which cells to keep, as `simulation_file.cell_choice` describes.
    quantities : sequence of str
        Which quantities to keep, the first in `Simulation.values`; all if empty.
    duration_ms : float, optional
        Time from the first frame to the last, for files in the older format, which store none.
    kernel : Kernel, optional
        Smooth in time, including what precedes the window; see `rise_and_decay.smooth`.
    peak : bool, optional
        Whether a new frame holds the maximum since the previous one, as recorded by `Recorder` with
        ``mode="peak"``, instead of the value at its time. By default, as in the simulation's own
        frames.

    Returns
    -------
    Simulation
        Times are unchanged; spikes, and events at synapses, outside the window are dropped.

    Raises
    ------
    ConversionError
        If a cell, a quantity or the window is not in the simulation, or arguments contradict each
        other.
    SmoothingError
        If a `kernel` is given, and neither the old nor the new frames are evenly spaced.
    ModuleNotFoundError
        If a `kernel` is given and SciPy is not installed.
    """
    if every_ms is not None and frames is not None:
        raise ConversionError("An interval and a number of frames are mutually exclusive.")
    if duration_ms is not None:
        simulation = with_time(simulation, duration_ms)
    if not simulation.has_time and (every_ms, start_ms, stop_ms) != (None, None, None):
        raise ConversionError(
            f"It is in the older format, which stores no times; give the duration of its "
            f"{simulation.n_frames:,} frames in ms with --duration."
        )
    if cells is not None:
        try:
            chosen = chosen_cells([cell.name for cell in simulation.cells], cells)
        except NothingChosenError as error:
            raise ConversionError(f"{str(error)[0].upper()}{str(error)[1:]}.") from None
        simulation = take_cells(simulation, chosen)
    if quantities:
        simulation = take_quantities(simulation, quantities)
    if kernel is not None and (is_regular(simulation.time_ms) or (every_ms, frames) == (None,) * 2):
        # Before anything is interpolated, or cut off whose effect may reach into the window.
        simulation, kernel = smooth(simulation, kernel), None
    first, last = float(simulation.time_ms[0]), float(simulation.time_ms[-1])
    begin, end = _window(first, last, start_ms, stop_ms)
    if every_ms is not None:
        times = _every(simulation, begin, end, every_ms)
    elif frames is not None:
        times = _spread(simulation, begin, end, frames)
    elif (begin, end) == (first, last):
        return simulation
    else:
        return _frames_within(simulation, begin, end)
    if peak is None:
        peak = holds_peaks(simulation)
    sampled = resample_peaks(simulation, times) if peak else resample(simulation, times)
    if kernel is not None:
        sampled = smooth(sampled, kernel)
        for name, one in simulation.quantities.items():
            if is_on_off(one.values):
                # Interpolated, an activation would no longer be one.
                activations = [simulation.time_ms[row == 1] for row in one.values.T]
                sampled = _with(sampled, name, activity(activations, times, kernel))
    if not simulation.has_time:
        return replace(sampled, time_ms=np.arange(len(times), dtype=np.float64))
    if "every_ms" not in simulation.meta or len(times) < 2:
        return sampled
    return replace(sampled, meta={**sampled.meta, "every_ms": round(times[1] - times[0], 9)})


def with_time(simulation: Simulation, duration_ms: float) -> Simulation:
    """Give a simulation in the older format the times that its file does not store.

    Parameters
    ----------
    duration_ms : float
        Time from the first frame, which is at 0, to the last.

    Raises
    ------
    ConversionError
        If it already has times, or only one frame.
    """
    if simulation.has_time:
        raise ConversionError(
            f"It has a time of its own, {simulation.duration_ms:g} ms; --duration is only for "
            "files in the older format, which store no times."
        )
    if not (math.isfinite(duration_ms) and duration_ms > 0):
        raise ConversionError(f"The duration is {duration_ms:g} ms, but must be above 0.")
    times = np.linspace(0.0, duration_ms, simulation.n_frames)
    return replace(simulation, time_ms=times, has_time=True, version=2)


def resample(simulation: Simulation, time_ms: NDArray[np.float64]) -> Simulation:
    """Interpolate each segment linearly in time.

    Parameters
    ----------
    time_ms : ndarray of float64, shape (F,)
        Strictly increasing, within the time of the simulation.

    Returns
    -------
    Simulation
        With spikes from the first of these times to the last.
    """
    own = simulation.time_ms
    after = np.clip(np.searchsorted(own, time_ms, side="right"), 1, max(len(own) - 1, 1))

    def interpolated(values: NDArray[np.float32]) -> NDArray[np.float32]:
        rows = np.empty((len(time_ms), values.shape[1]), np.float32)
        for row, time, right in zip(rows, time_ms.tolist(), after.tolist(), strict=True):
            left = right - 1
            if len(own) == 1 or time <= own[left]:
                row[:] = values[left]
            elif time >= own[right]:
                row[:] = values[right]
            else:
                # Frames that are hit exactly are copied above: a neighbor without data has no
                # effect.
                weight = (time - own[left]) / (own[right] - own[left])
                with np.errstate(invalid="ignore", over="ignore"):
                    row[:] = (1 - weight) * values[left].astype(np.float64) + weight * values[right]
        return rows

    sampled = simulation.with_values(interpolated)
    return replace(
        _spikes_within(sampled, float(time_ms[0]), float(time_ms[-1])),
        time_ms=time_ms,
        meta={key: value for key, value in simulation.meta.items() if key != "mode"}
        if holds_peaks(simulation)
        else simulation.meta,
    )


def holds_peaks(simulation: Simulation) -> bool:
    """Whether each frame holds the maximum since the previous frame."""
    return simulation.meta.get("mode") == PEAK_MODE


def resample_peaks(simulation: Simulation, time_ms: NDArray[np.float64]) -> Simulation:
    """Give each new frame the maximum since the previous one, so that no spike is lost.

    Parameters
    ----------
    time_ms : ndarray of float64, shape (F,)
        As for `resample`.

    Returns
    -------
    Simulation
        With spikes from the first of these times to the last.
    """
    sampled = resample(simulation, time_ms)
    new_frames = np.searchsorted(time_ms, simulation.time_ms - _SAME_TIME_MS)
    first = int(np.searchsorted(simulation.time_ms, time_ms[0] - _SAME_TIME_MS))
    for name, one in simulation.quantities.items():
        values = sampled.quantities[name].values
        for frame, new in enumerate(new_frames[first:].tolist(), first):
            if new < len(time_ms):
                # A moment without data does not hide a peak.
                np.fmax(values[new], one.values[frame], out=values[new])
    return replace(sampled, meta={**sampled.meta, "mode": PEAK_MODE})


def take_cells(simulation: Simulation, indices: NDArray[np.int64]) -> Simulation:
    """Keep some cells, in the order given.

    Parameters
    ----------
    indices : ndarray of int64
        Into `Simulation.cells`, each at most once.
    """
    bounds = np.searchsorted(simulation.section_cells, np.arange(len(simulation.cells) + 1))
    counts = (bounds[1:] - bounds[:-1])[indices]
    sections = _runs(bounds[:-1][indices], counts)
    new_index = np.full(simulation.n_sections, -1, np.int32)
    new_index[sections] = np.arange(len(sections))
    parents = simulation.parents[sections]
    segments = _runs(simulation.first_segments[sections], simulation.segment_counts[sections])
    points = _runs(simulation.first_points[sections], simulation.point_counts[sections])
    return replace(
        simulation.with_values(lambda values: values[:, segments]),
        cells=tuple(simulation.cells[index] for index in indices),
        section_names=tuple(simulation.section_names[index] for index in sections),
        section_types=simulation.section_types[sections],
        section_cells=np.repeat(np.arange(len(indices), dtype=np.int32), counts),
        parents=np.where(parents < 0, parents, new_index[parents]),
        parent_x=simulation.parent_x[sections],
        segment_counts=simulation.segment_counts[sections],
        point_counts=simulation.point_counts[sections],
        points_um=simulation.points_um[points],
        **_between(simulation, indices),
        layouts={name: places[indices] for name, places in simulation.layouts.items()},
        synapses=_synapses_on(simulation, indices, new_index),
        surfaces=None if simulation.surfaces is None else simulation.surfaces.of_cells(indices),
    )


def take_quantities(simulation: Simulation, names: Sequence[str]) -> Simulation:
    """Keep some quantities, in the order given; the first is that of `Simulation.values`.

    Raises
    ------
    ConversionError
        If one is not there.
    """
    try:
        for name in names:
            simulation.showing(name)
    except ValueError as error:
        raise ConversionError(str(error)) from None
    shown = simulation.showing(names[0])
    return replace(shown, more={name: shown.more[name] for name in names if name != names[0]})


def _with(simulation: Simulation, quantity: str, values: NDArray[np.float32]) -> Simulation:
    """Replace the values of one quantity."""
    if quantity == simulation.quantity:
        return replace(simulation, values=values)
    one = replace(simulation.more[quantity], values=values)
    return replace(simulation, more={**simulation.more, quantity: one})


def _between(simulation: Simulation, cells: NDArray[np.int64]) -> dict[str, Any]:
    """Keep the connections between some cells, with their new indices."""
    new_index = np.full(len(simulation.cells), -1, np.int32)
    new_index[cells] = np.arange(len(cells))
    pairs = new_index[simulation.connections]
    kept = (pairs >= 0).all(axis=1)
    delays_ms = simulation.delays_ms
    return {
        "connections": pairs[kept],
        "delays_ms": None if delays_ms is None else delays_ms[kept],
    }


def _synapses_on(
    simulation: Simulation, cells: NDArray[np.int64], new_sections: NDArray[np.int32]
) -> Synapses | None:
    if simulation.synapses is None:
        return None
    new_cells = np.full(len(simulation.cells), -1, np.int32)
    new_cells[cells] = np.arange(len(cells))
    return simulation.synapses.renumbered(new_cells, new_sections)


def _runs(firsts: NDArray[np.int64], counts: NDArray[np.int32]) -> NDArray[np.int64]:
    """List the indices in several runs, one run after the other."""
    return np.repeat(firsts - starts(counts), counts) + np.arange(counts.sum())


def _window(
    first: float, last: float, start_ms: float | None, stop_ms: float | None
) -> tuple[float, float]:
    begin = first if start_ms is None else max(start_ms, first)
    end = last if stop_ms is None else min(stop_ms, last)
    if start_ms is not None and stop_ms is not None and not start_ms < stop_ms:
        raise ConversionError(f"The window ends at {stop_ms:g} ms, but begins at {start_ms:g} ms.")
    # Not `begin > end`: neither may be NaN.
    if not begin <= end:
        asked = f"from {start_ms:g} ms on" if start_ms is not None else f"up to {stop_ms:g} ms"
        raise ConversionError(
            f"There is nothing {asked}: the recording goes from {first:g} to {last:g} ms."
        )
    return begin, end


def _every(
    simulation: Simulation, begin: float, end: float, every_ms: float
) -> NDArray[np.float64]:
    if not (math.isfinite(every_ms) and every_ms > 0):
        raise ConversionError(f"The interval is {every_ms:g} ms, but must be above 0.")
    steps = (end - begin) / every_ms + 1e-6
    _check_size(simulation, steps + 1)
    times: NDArray[np.float64] = np.arange(int(steps) + 1, dtype=np.float64) * every_ms + begin
    return np.minimum(times, end)


def _spread(simulation: Simulation, begin: float, end: float, frames: int) -> NDArray[np.float64]:
    if frames < 1:
        raise ConversionError(f"The number of frames is {frames}, but must be above 0.")
    if frames > 1 and begin == end:
        raise ConversionError(
            f"The window is a single "
            f"moment, {begin:g} ms, which cannot be spread over {frames:,} "
            "frames."
        )
    _check_size(simulation, frames)
    return np.linspace(begin, end, frames)


def _check_size(simulation: Simulation, frames: float) -> None:
    size = frames * (8 + 4 * simulation.n_segments * len(simulation.quantities))
    if size > _LARGEST_BYTES:
        raise ConversionError(
            f"That makes {frames:,.15g} frames of {simulation.n_segments:,} "
            f"segment{'s' * (simulation.n_segments != 1)}, "
            f"{np.rint(size / 1e9):,.15g} GB; the limit is {_LARGEST_BYTES / 1e9:.0f} GB."
        )


def _frames_within(simulation: Simulation, begin: float, end: float) -> Simulation:
    inside = np.flatnonzero(
        (simulation.time_ms >= begin - _SAME_TIME_MS) & (simulation.time_ms <= end + _SAME_TIME_MS)
    )
    if not inside.size:
        raise ConversionError(
            f"No frame lies between {begin:g} and {end:g} ms; use --every or --frames to make some."
        )
    frames = slice(int(inside[0]), int(inside[-1]) + 1)
    return replace(
        _spikes_within(simulation.with_values(lambda values: values[frames]), begin, end),
        time_ms=simulation.time_ms[frames],
    )


def _spikes_within(simulation: Simulation, begin: float, end: float) -> Simulation:
    def cut(cell: Cell) -> Cell:
        spikes_ms = cell.spikes_ms
        if spikes_ms is None:
            return cell
        return replace(cell, spikes_ms=spikes_ms[(spikes_ms >= begin) & (spikes_ms <= end)])

    synapses = simulation.synapses
    return replace(
        simulation,
        cells=tuple(cut(cell) for cell in simulation.cells),
        synapses=None if synapses is None else synapses.within(begin, end),
    )
