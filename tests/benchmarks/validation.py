# SPDX-License-Identifier: GPL-3.0-or-later
"""How far what is shown is from what others say: the figures of the manual's page *Validation*.

``python -m tests.benchmarks.validation`` measures them, in a minute, and rewrites their table.
The tests hold limits for the same quantities; here is how near they come.
"""

from __future__ import annotations

import datetime
import platform
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from helpers.lfp import lfpykit_weights
from helpers.pictures import exact_view, read_pixels
from helpers.playing import expected, voltages
from helpers.simulations import simulation
from numpy.typing import NDArray

from spike_export import Recorder, Simulation, read, write
from spike_export.models import demo_neuron
from spike_export.potential.segment_lines import segment_lines

from .blender import empty, start

PAGE = Path(__file__).with_name("measured_validation.md")
DEMO = (
    Path(__file__).resolve().parents[2]
    / "blender_addons" / "blender_spike" / "demos" / "demo_neuron.pickle"
)  # fmt: skip
UM_PER_UNIT = 100.0
# The demo's simulated time; frames of it are 0.05 ms apart.
END_MS, EVERY_MS = 6.0, 0.05
# Of a second run, for spikes.
TRAIN_MS, SPIKE_MV = 100.0, -20.0


@dataclass(frozen=True)
class Found:
    """A row: what was compared with whom, on how much, and the largest difference.

    Attributes
    ----------
    what, referee, scope : str
    largest : float
    unit : str
    """

    what: str
    referee: str
    scope: str
    largest: float
    unit: str

    def __str__(self) -> str:
        """Write it as a row of Markdown."""
        largest = "0" if not self.largest else f"{self.largest:.2g} {self.unit}"
        return f"| {self.what} | {self.referee} | {self.scope} | {largest} |"


def neuron_itself() -> Iterator[Found]:
    """Compare recorded runs with NEURON's own vectors, points and spike detector."""
    step = demo_neuron.build()
    from neuron import h

    ours = _recorded(h, END_MS)
    times = h.Vector().record(h._ref_t)
    vectors = [h.Vector().record(part._ref_v) for section in h.allsec() for part in section]
    _run(h, END_MS)
    steps = np.searchsorted(np.array(times), ours.time_ms - 1e-9)
    theirs = np.stack(vectors, axis=1)[steps].astype(np.float32)
    assert theirs.max() > 20, "there is an action potential to compare"
    scope = f"{ours.n_segments} segments at {ours.n_frames} times, steps of {h.dt:g} ms"
    yield Found(
        "recorded voltages", "NEURON's `Vector.record`", scope, _apart(ours.values, theirs), "mV"
    )

    points = [
        (section.x3d(i), section.y3d(i), section.z3d(i), section.diam3d(i))
        for section in h.allsec()
        for i in range(section.n3d())
    ]
    scope = f"{len(points):,} points and diameters of {ours.n_sections} sections"
    yield Found(
        "recorded morphology", "NEURON's `x3d` and the like", scope,
        _apart(ours.points_um, points), "µm",
    )  # fmt: skip

    step.dur = TRAIN_MS
    (cell,) = _recorded(h, TRAIN_MS).cells
    heard = h.Vector()
    detector = h.NetCon(h.soma(0.5)._ref_v, None, sec=h.soma)
    detector.threshold = SPIKE_MV
    detector.record(heard)
    _run(h, TRAIN_MS)
    assert cell.spikes_ms is not None and len(heard) > 1
    scope = f"{len(heard)} spikes in {TRAIN_MS:g} ms, threshold {SPIKE_MV:g} mV"
    yield Found("spike times", "NEURON's `NetCon`", scope, _apart(cell.spikes_ms, heard), "ms")


def _run(h: Any, end_ms: float) -> None:
    h.finitialize(demo_neuron.RESTING_POTENTIAL_MV)
    h.continuerun(end_ms)


def _recorded(h: Any, end_ms: float) -> Simulation:
    with Recorder(every_ms=EVERY_MS, threshold_mv=SPIKE_MV) as recorder:
        _run(h, end_ms)
        return recorder.simulation()


def played(bpy: Any, folder: Path) -> Iterator[Found]:
    """Compare a neuron that plays with the values and places in its file."""
    path = folder / "demo.pickle"
    whole = demo_neuron.simulate(END_MS, EVERY_MS)
    write(path, whole)
    own = read(path)
    bpy.ops.blender_spike.import_simulation(
        filepath=str(path), style="STRANDS", um_per_unit=UM_PER_UNIT, center=False
    )
    neuron = bpy.context.object
    rng = np.random.default_rng(0)
    frames = np.r_[np.arange(own.n_frames), rng.uniform(0, own.n_frames - 1, 200)]
    away = 0.0
    for frame in frames:
        shown = voltages(bpy, neuron, frame)
        away = max(away, _apart(shown, expected(own, frame * EVERY_MS)))
    scope = f"{len(shown):,} points in {len(frames)} frames, 200 of them between two samples"
    yield Found("voltages in Blender", "the file's values, by NumPy", scope, away, "mV")

    places = _vectors(neuron.data.attributes["position"].data) * UM_PER_UNIT
    # The soma is drawn as a sphere; each other recorded point has to be among those drawn.
    points = _without_soma(own)
    nearest = max(np.linalg.norm(places - point, axis=1).min() for point in points)
    scope = f"{len(points):,} points of {own.n_sections - 1} neurites"
    yield Found("places in Blender", "the file's points, by NumPy", scope, float(nearest), "µm")


def colors(bpy: Any, folder: Path) -> Iterator[Found]:
    """Compare the table with the libraries, and rendered pixels with matplotlib."""
    import cmasher
    import matplotlib as mpl
    import seaborn
    from common.colormaps import linear_stops, names

    assert cmasher and seaborn, "they add their colormaps to matplotlib's"
    away, compared = 0.0, 0
    for name in names():
        theirs = mpl.colormaps[name]((np.arange(256) + 0.5) / 256)[:, :3]
        away = max(away, _apart(_encoded(linear_stops(name)), theirs * 255))
        compared += 1
    scope = f"{compared} colormaps of 256 colors"
    referee = "matplotlib, seaborn, cmasher"
    yield Found("the colormap table", referee, scope, away, "of 255")

    count, width, height = 16, 160, 16
    sections = [
        {"points": [[10 * k + 5, 0, 0, 8], [10 * k + 5, 10, 0, 8]], "nseg": 1} for k in range(count)
    ]
    path = write(folder / "rows.pickle", simulation(sections, 2, seed=4))
    values = read(path).values[1]
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="TUBES", center=False)
    low, high = float(values.min()), float(values.max())
    bpy.ops.blender_spike.color_by_voltage(colormap="viridis", v_min=low, v_max=high, strength=1)
    scene = exact_view(bpy, 1.6, (width, height), (0.8, 0.05, 10))
    scene.frame_set(1)
    scene.render.filepath = str(folder / "rows.png")
    bpy.ops.render.render(write_still=True)
    pixels = read_pixels(folder / "rows.png")[height // 2, 5 :: width // count]
    theirs = mpl.colormaps["viridis"]((values - low) / (high - low))[:, :3] * 255
    scope = f"{count} neurites, Cycles, look *Flat*, view transform *Standard*"
    yield Found("rendered pixels", "matplotlib", scope, _apart(pixels, theirs), "of 255")


def heights(bpy: Any, folder: Path) -> Iterator[Found]:
    """Compare the vertices of a surface with its array."""
    array = np.random.default_rng(1).normal(size=(200, 300))
    np.save(folder / "array.npy", array)
    bpy.ops.surface_slicer.create_surface(filepath=str(folder / "array.npy"), height_scale=1.0)
    surface = bpy.context.object
    drawn = surface.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    points = _vectors(drawn.attributes["position"].data)
    order = np.lexsort((points[:, 0], -points[:, 1].round(5)))
    away = _apart(points[order, 2].reshape(array.shape), array)
    scope = f"{array.size:,} vertices, of heights of about 1"
    yield Found("heights of a surface", "the array, by NumPy", scope, away, "units")


def fields(bpy: Any, folder: Path) -> Iterator[Found]:
    """Compare the sheet around the demo neuron as it plays with LFPykit, on the file's currents."""
    path = folder / "demo.pickle"
    path.write_bytes(DEMO.read_bytes())
    own = read(path)
    bpy.ops.blender_spike.import_simulation(
        filepath=str(path), um_per_unit=UM_PER_UNIT, center=False
    )
    bpy.ops.blender_spike.add_field(resolution=60)
    (sheet,) = (one for one in bpy.data.objects if one.blender_spike_figure.kind == "FIELD")
    bpy.context.view_layer.update()
    matrix = np.array(sheet.matrix_world)
    points = _vectors(sheet.data.attributes["position"].data)
    places = (points @ matrix[:3, :3].T + matrix[:3, 3]) * UM_PER_UNIT
    weights = lfpykit_weights(segment_lines(own), places)
    currents = own.more["i_membrane_"].values.astype(np.float64)
    away, largest = 0.0, 0.0
    frames = np.r_[np.arange(0, own.n_frames, 5), np.arange(0.5, own.n_frames - 1, 7)]
    for frame in frames:
        bpy.context.scene.frame_set(int(frame), subframe=frame % 1)
        # The set owns its parts, so it has to live for as long as they are read.
        geometry = sheet.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
        shown = np.empty(len(points), np.float32)
        geometry.mesh.attributes["voltage"].data.foreach_get("value", shown)
        before, share = int(frame), frame % 1
        after = min(before + 1, own.n_frames - 1)
        theirs = weights @ ((1 - share) * currents[before] + share * currents[after])
        away, largest = max(away, _apart(shown, theirs)), max(largest, np.abs(theirs).max())
    assert largest > 20, "there is an action potential to compare"
    scope = f"{len(points):,} places in {len(frames)} frames, up to {largest:.0f} µV"
    referee = "LFPykit's `LineSourcePotential`"
    yield Found("extracellular potential in Blender", referee, scope, away, "µV")


def _apart(ours: Any, theirs: Any) -> float:
    first, second = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    assert first.shape == second.shape, (first.shape, second.shape)
    return float(np.abs(first - second).max())


def _vectors(data: Any) -> NDArray[np.float32]:
    values = np.empty((len(data), 3), np.float32)
    data.foreach_get("vector", values.ravel())
    return values


def _without_soma(own: Simulation) -> NDArray[np.float64]:
    ends = np.r_[own.first_points[1:], len(own.points_um)]
    parts = [
        own.points_um[first:end, :3]
        for first, end, name in zip(own.first_points, ends, own.section_names, strict=True)
        if name != "soma"
    ]
    return np.concatenate(parts).astype(np.float64)


def _encoded(linear: Any) -> NDArray[np.float64]:
    values = np.asarray(linear, np.float64)[:, :3]
    curved = 1.055 * np.power(np.maximum(values, 0.0031308), 1 / 2.4) - 0.055
    return np.where(values <= 0.0031308, values * 12.92, curved) * 255


def main() -> None:
    """Measure, and rewrite the table."""
    rows = list(neuron_itself())
    bpy = start()
    for measure in (played, colors, heights, fields):
        empty()
        with tempfile.TemporaryDirectory() as folder:
            rows += measure(bpy, Path(folder))
    import neuron

    today = datetime.datetime.now(datetime.UTC).date()
    head = (
        f"Measured on {today} with Blender {bpy.app.version_string}, Python "
        f"{platform.python_version()} and NEURON {neuron.__version__} on {platform.system()}.\n\n"
        "| what | compared with | on how much | largest difference |\n| --- | --- | --- | ---: |\n"
    )
    PAGE.write_text(head + "\n".join(map(str, rows)) + "\n", encoding="utf-8")
    sys.stdout.write(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
