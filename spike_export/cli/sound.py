# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export sound``."""

from __future__ import annotations

import re
from pathlib import Path

import click
import numpy as np

from ..simulation_file import SECTION_TYPES, Simulation
from ..simulation_file.cell_choice import NothingChosenError, chosen_cells
from ..sound import electrode
from ..sound.clicks import Kind, Samples, Voicing, pans, sound_of
from ..sound.course import Course, check_length, heard_at, steady
from ..sound.spiking import Each, SoundError, SpikeTimes, by_section, counted, spikes_of
from ..sound.wave_file import write_wave
from .console import (
    ABOVE_ZERO,
    CELLS_HELP,
    FILE,
    NUMBER,
    Finite,
    cells_text,
    keep,
    load,
    may_write,
    output_option,
    say,
)

_SUFFIX = ".wav"
# A network this many times taller in z than in y stands upright, as BlenderSpike shows it.
_TALL = 1.5


@click.command()
@click.argument("file", type=FILE)
@output_option("spikes.wav")
@click.option(
    "--cells", callback=cells_text, metavar="CELLS", help=f"Cells to hear: {CELLS_HELP}"
    "  [default: all]",
)  # fmt: skip
@click.option(
    "--each", type=click.Choice(["auto", "cell", "section"]), default="auto", show_default=True,
    help="What clicks: each cell with its spikes, or each section as a spike passes its middle; "
    "auto is the sections of a single cell, otherwise cells.",
)  # fmt: skip
@click.option(
    "--kind", type=click.Choice(["click", "tone"]), default="click", show_default=True,
    help="A short click, or a tone of a tenth of a second.",
)  # fmt: skip
@click.option(
    "--pitch", type=click.Choice(["height", "type"]), default="height", show_default=True,
    help="What gives a spike its pitch: how high it is in y (in z, if the file is taller in z); or "
    "its section's type: soma, basal, apical, axon, other, from low to high.",
)  # fmt: skip
@click.option("--low", default=220.0, show_default=True, type=NUMBER, metavar="HZ",
              help="Lowest pitch.")  # fmt: skip
@click.option("--high", default=1760.0, show_default=True, type=NUMBER, metavar="HZ",
              help="Highest pitch.")  # fmt: skip
@click.option(
    "--threshold", type=NUMBER, metavar="VALUE",
    help="Take a spike for each rise to this value, instead of the recorded spikes.  [default: "
    "recorded spikes, or -20 mV]",
)  # fmt: skip
@click.option(
    "--voltage", metavar="SECTION",
    help="Instead of clicks, the voltage in the middle of a section, as an electrode hears it; "
    "slowed down as the film is.",
)  # fmt: skip
@click.option(
    "--ms-per-frame", type=ABOVE_ZERO, metavar="MS",
    help="Simulated time per film frame, as in BlenderSpike.  [default: one film frame per file "
    "frame]",
)  # fmt: skip
@click.option("--real-time", is_flag=True, help="A second of the simulation takes a second.")
@click.option(
    "--fps", type=Finite(1, 240), default=24.0, show_default=True, metavar="N",
    help="Frames per second of the film.",
)  # fmt: skip
def sound(
    file: Path,
    output: Path,
    force: bool,
    cells: str | None,
    each: Each,
    kind: Kind,
    pitch: str,
    low: float,
    high: float,
    threshold: float | None,
    voltage: str | None,
    ms_per_frame: float | None,
    real_time: bool,
    fps: float,
) -> None:
    """Make the spikes of FILE audible, on the time of its film.

    Slow motion stretches the rhythm, not the click. From left to right in x is from left to right
    in stereo. In a scene of BlenderSpike, its Sound also follows a keyframed time.
    """
    if output.suffix.lower() != _SUFFIX:
        raise click.UsageError(f"-o {output}: the name must end in {_SUFFIX}.")
    if real_time and ms_per_frame is not None:
        raise click.UsageError("--real-time and --ms-per-frame exclude each other.")
    may_write(output, force=force, inputs=[file])
    simulation = load(file)
    if not simulation.has_time and (real_time or ms_per_frame is not None):
        raise click.UsageError(
            f"{'--real-time' if real_time else '--ms-per-frame'}: {file.name} is in the older "
            "format, which stores no times; use spike-export convert --duration to add them."
        )
    try:
        length_s, course = _course(simulation, 1000 / fps if real_time else ms_per_frame, fps)
        if voltage is None:
            voicing = Voicing(kind, low, high)
            made, heard = _clicks(
                simulation, cells or "", each, threshold, course, length_s, voicing, pitch
            )
        else:
            made, heard = _electrode(simulation, voltage, course, length_s)
    except SoundError as error:
        raise click.ClickException(f"{file.name}: {error}") from None
    except NothingChosenError as error:
        raise click.UsageError(f"--cells: {error}.") from None
    keep(output, lambda place: write_wave(place, made))
    click.echo(f"Wrote {output}: {length_s:.3g} s. {heard}")


def _course(simulation: Simulation, ms_per_frame: float | None, fps: float) -> tuple[float, Course]:
    """Find how long the film is in s, and which time it shows when, as BlenderSpike plays it."""
    duration = simulation.duration_ms
    pace = ms_per_frame or duration / max(simulation.n_frames - 1, 1) or 1.0
    # Rounding errors add no frame.
    length_s = (np.ceil(duration / pace - 1e-4) + 1) / fps
    check_length(length_s)
    first, last = float(simulation.time_ms[0]), float(simulation.time_ms[-1])
    return float(length_s), steady(float(length_s), pace * fps, first, last)


def _clicks(
    simulation: Simulation,
    cells: str,
    each: Each,
    threshold: float | None,
    course: Course,
    length_s: float,
    voicing: Voicing,
    pitch: str,
) -> tuple[Samples, str]:
    chosen = chosen_cells([cell.name for cell in simulation.cells], cells)
    section_of = np.repeat(np.arange(simulation.n_sections), simulation.segment_counts)
    is_chosen = np.isin(simulation.section_cells, chosen)
    sections_each = by_section(each, len(chosen), int(is_chosen.sum()))
    spikes = spikes_of(simulation, "section" if sections_each else "cell", threshold)
    wanted = is_chosen[section_of[spikes.segments]]
    if not wanted.any():
        raise SoundError("The chosen cells have no spikes.")
    spikes = SpikeTimes(spikes.time_ms[wanted], spikes.segments[wanted])
    film_s, which = heard_at(course, spikes.time_ms)
    if not len(which):
        raise SoundError("All spikes are before or after the recorded frames.")
    centers = _centers(simulation)
    across, up = centers[:, 0], centers[:, 2 if _is_upright(simulation, centers) else 1]
    if pitch == "type":
        up = simulation.section_types.astype(np.float64)
    sources, of = np.unique(section_of[spikes.segments[which]], return_inverse=True)
    pitches, places = voicing.pitches_hz(up[sources]), pans(across[sources])
    made = sound_of(film_s, pitches[of], places[of], length_s, voicing.kind)
    left_out = len(spikes.time_ms) - len(np.unique(which))
    if left_out:
        say(f"{left_out:,} spikes before the first or after the last frame are left out.")
    if pitch == "type" and len(np.unique(up[sources])) == 1:
        say(f"All are of the type {SECTION_TYPES[int(up[sources[0]])]}, so all sound alike.")
    return made, counted(len(which), len(sources), sections_each=sections_each)


def _electrode(
    simulation: Simulation, name: str, course: Course, length_s: float
) -> tuple[Samples, str]:
    names = list(simulation.section_names)
    if name not in names:
        close = [one for one in names if re.search(re.escape(name), one, re.IGNORECASE)][:3]
        there = ", ".join(close or names[:3])
        raise SoundError(f"There is no section {name!r:.60}; there is {there}, ….")
    if names.count(name) > 1:
        raise SoundError(f"{names.count(name)} sections are called {name!r:.60}.")
    index = names.index(name)
    segment = simulation.first_segments[index] + simulation.segment_counts[index] // 2
    values = np.where(np.isfinite(column := simulation.values[:, segment]), column, np.nan)
    made = electrode.voltage_sound(course, simulation.time_ms, values, length_s)
    return made, electrode.told(course)


def _centers(simulation: Simulation) -> np.ndarray:
    """Find where sections are: the mean of their points, shape (N, 3)."""
    points = simulation.points_um[:, :3].astype(np.float64)
    sums = np.add.reduceat(points, simulation.first_points, axis=0)
    return np.asarray(sums / simulation.point_counts[:, None])


def _is_upright(simulation: Simulation, centers: np.ndarray) -> bool:
    points_only = simulation.n_sections == len(simulation.points_um)
    _, y, z = np.ptp(centers, axis=0)
    return bool(points_only and z > _TALL * y)
