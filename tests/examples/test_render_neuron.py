# SPDX-License-Identifier: GPL-3.0-or-later
"""The headless script on the demo cell, and what a stranger's Blender makes of its scene."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from helpers.blenders import run_script
from helpers.pictures import read_pixels
from helpers.simulations import branched, sample_at, several, simulation

from spike_export import read, write

# Nearly every test starts another Blender.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = ROOT / "examples" / "render_neuron.py"
FRAMES = (40, 42)


def render(*arguments: object) -> subprocess.CompletedProcess[str]:
    return run_script(SCRIPT, *arguments)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """Everything `make demo` makes, smaller and without bloom."""
    folder = tmp_path_factory.mktemp("out")
    subprocess.run(
        [sys.executable, "-m", "spike_export", "demo", "-o", folder / "demo.pickle"],
        check=True, capture_output=True,
    )  # fmt: skip
    result = render(
        folder / "demo.pickle", folder / "frames", "--frames", "40-42", "--resolution", "180x320",
        "--bloom", 0, "--orbit", 0,
        "--video", folder / "demo.mp4", "--blend", folder / "demo.blend",
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


def test_everything_is_made(made):
    """Frames, film and scene, and no temporary files."""
    frames = sorted(path.name for path in (made / "frames").iterdir())
    assert frames == ["frame_0040.png", "frame_0041.png", "frame_0042.png"]
    assert read_pixels(made / "frames" / frames[0]).shape == (320, 180, 3)
    assert (made / "demo.mp4").read_bytes()[4:8] == b"ftyp"
    assert not [path for path in made.iterdir() if path.name.startswith(".")]


def test_film_shows_the_frames(made, bpy):
    """Blender's own decoder finds as many frames of the size, with the frames' colors."""
    clip = bpy.data.movieclips.load(str(made / "demo.mp4"))
    assert tuple(clip.size) == (180, 320) and clip.frame_duration == 3


def test_scene_plays_and_renders_without_the_extension(made, tmp_path):
    """Voltages within 1e-3 mV and the soma's pixels within 1/255 of matplotlib's color.

    In a fresh process, with no extension enabled and no Python allowed to run.
    """
    script = tmp_path / "again.py"
    script.write_text(f"""
import json, bpy, numpy as np
bpy.ops.wm.open_mainfile(filepath={str(made / "demo.blend")!r}, use_scripts=False)
assert not hasattr(bpy.types, "BLENDER_SPIKE_OT_import_simulation")
scene, neuron, rows = bpy.context.scene, bpy.data.objects["demo"], {{}}
scene.render.dither_intensity = 0
for frame in (0, 40, 83):
    scene.frame_set(frame)
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    data = geometry.curves.attributes["voltage"].data
    values = np.empty(len(data), np.float32)
    data.foreach_get("value", values)
    rows[str(frame)] = values.tolist()
    # Thicker than recorded, neurites run smoothly, and have more points.
    points = np.empty(len(data), np.int32)
    geometry.curves.attributes["strand_point"].data.foreach_get("value", points)
    rows["points"] = points.tolist()
    scene.render.filepath = f"{tmp_path}/{{frame}}.png"
    bpy.ops.render.render(write_still=True)
from bpy_extras.object_utils import world_to_camera_view
rows["soma"] = list(world_to_camera_view(scene, scene.camera, neuron.matrix_world.translation))
json.dump(rows, open({str(tmp_path / "found.json")!r}, "w"))
""")
    result = run_script(script)
    assert "Traceback" not in result.stderr, result.stderr
    found = json.loads((tmp_path / "found.json").read_text())

    from blender_spike.cells.morphology import strands

    sim = read(made / "demo.pickle")
    lines = strands(sim)
    low, high = float(sim.values.min()), float(sim.values.max())
    x, y = found["soma"][:2]
    for frame in (0, 40, 83):
        now = sample_at(sim, frame * 0.05)
        value = (1 - lines.weight_b) * now[lines.segment_a] + lines.weight_b * now[lines.segment_b]
        # Those of the soma are not, which is a sphere, the last point; and a line that goes on in
        # another begins where that ends.
        missing = set(range(lines.point_counts[0], len(value) - 1)) - set(found["points"])
        assert missing <= set(np.cumsum(lines.point_counts).tolist())
        np.testing.assert_allclose(found[str(frame)], value[found["points"]], atol=1e-3)
        pixels = read_pixels(tmp_path / f"{frame}.png")
        expected = np.array(mpl.colormaps["plasma"]((now[0] - low) / (high - low))[:3]) * 255
        assert np.abs(pixels[int((1 - y) * 320), int(x * 180)] - expected).max() <= 1


def test_figures_are_in_the_picture(made, tmp_path):
    """Ink in every corner, where there is none without; the neuron is above the axes."""
    arguments = [made / "demo.pickle", tmp_path, "--frames", 40, "--resolution", "180x320"]
    plain = [*arguments, "--bloom", 0, "--orbit", 0]
    result = render(*plain, "--figures", "--trace", "soma", "--trace", "dendrite_1[29]")
    assert result.returncode == 0, result.stdout + result.stderr
    # Ink is gray, and nothing else is.
    with_figures, without = (
        np.where(np.ptp(pixels, axis=2) < 15, pixels.max(axis=2), 0)
        for pixels in map(
            read_pixels, (tmp_path / "frame_0040.png", made / "frames" / "frame_0040.png")
        )
    )
    for rows in (slice(0, 30), slice(-90, None)):
        for columns in (slice(0, 45), slice(-45, None)):
            assert without[rows, columns].max() < 60
            assert with_figures[rows, columns].max() > 150


def test_variable_shows_that_quantity(tmp_path):
    """The saved scene plays it, in its own limits."""
    sim = several(simulation(branched()))
    path = write(tmp_path / "cell.pickle", sim)
    result = render(
        path, tmp_path / "frames", "--frames", "2-2", "--resolution", "64x64", "--variable", "cai",
        "--blend", tmp_path / "cell.blend", "--bloom", 0, "--orbit", 0,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    script = f"""
import json, bpy
bpy.ops.wm.open_mainfile(filepath={str(tmp_path / "cell.blend")!r}, use_scripts=False)
bpy.context.scene.frame_set(2)
neuron = bpy.data.objects["cell"]
geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
parts = [part for part in (geometry.curves, geometry.mesh) if part is not None]
values = [one.value for part in parts for one in part.attributes["voltage"].data]
nodes = bpy.data.materials["cell voltage"].node_tree.nodes["Limits"].inputs
print(json.dumps([min(values), max(values), *(one.default_value for one in list(nodes)[1:3])]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    cai = sim.more["cai"].values
    assert cai[2].min() * 0.999 <= found[0] < found[1] <= cai[2].max() * 1.001
    assert found[2:] == pytest.approx([cai.min(), cai.max()])


def test_a_part_of_a_film_is_that_part(tmp_path):
    """The same pixels, whichever frames are rendered with them; at the scene's time and orbit."""
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    found = []
    for number, frames in enumerate(("3-6", "5-6", "5")):
        result = render(
            path, tmp_path / str(number), "--frames", frames, "--length", 12, "--fps", "23.976",
            "--resolution", "72x64", "--samples", 2, "--orbit", 90, "--figures",
            "--blend", tmp_path / f"{number}.blend",
        )  # fmt: skip
        assert result.returncode == 0, result.stdout + result.stderr
        found.append(read_pixels(tmp_path / str(number) / "frame_0005.png"))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])
    sixth = read_pixels(tmp_path / "0" / "frame_0006.png")
    assert np.abs(found[0].astype(int) - sixth).max() > 20
    script = f"""
import json, bpy
bpy.ops.wm.open_mainfile(filepath={str(tmp_path / "2.blend")!r}, use_scripts=False)
scene = bpy.context.scene
print(json.dumps([scene.frame_start, scene.frame_end, scene.render.fps / scene.render.fps_base]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert json.loads(done.stdout.splitlines()[-1]) == [0, 11, pytest.approx(24000 / 1001)]


@pytest.mark.parametrize(
    ("arguments", "sentence", "code"),
    [
        (["/nowhere.pickle", "out"], "file not found", 1),
        (["{good}", "out", "--colormap", "plasam"], "plasma", 1),
        (["{good}", "out", "--variable", "cai"], "it has no quantity 'cai'; there is v.", 1),
        (["{good}", "out", "--v-min", "10", "--v-max", "5"], "not below", 1),
        (["{good}", "out", "--trace", "dend"], "available: dendrite_1[0]", 1),
        (["{good}", "out", "--frames", "9-3"], "ends before it begins", 2),
        (["{good}", "out", "--resolution", "101x50"], "even", 2),
        (["{good}", "{good}"], "Cannot write to {good}: File exists.", 1),
        (["{good}", "out", "--video", "{good}/a.mp4"], "Cannot write to {good}: File exists.", 1),
        (["{good}", "out", "--blend", "{good}/a.blend"], "Cannot write to {good}: File exists.", 1),
        (["{good}", "out", "--video", "{folder}"], "Cannot write to {folder}: Is a directory.", 1),
        (["{good}", "out", "--video", "a.avi"], "'a.avi' does not end in .mp4, .mov or .webm", 2),
        (["{good}", "out", "--frames", "90-130"], "the film has frames 0 to 120. --length", 1),
        (
            ["{good}", "out", "--to", "grid"],
            "demo.pickle is a neuron, and --to is for networks.",
            1,
        ),
        (["{good}", "a.mp4", "--transparent"], "H.264 does not support transparency", 2),
        (["{good}", "a.mp4", "--exr"], "--format: a film is made of PNG files", 2),
        (["{good}", "out", "--blend", "a"], "'a' does not end in .blend", 2),
    ],
)
def test_mistakes_end_with_a_sentence_and_a_code(made, tmp_path, arguments, sentence, code):
    """What a farm and a person both need, before a frame is rendered."""
    places = {"good": made / "demo.pickle", "folder": tmp_path / "folder.mp4"}
    places["folder"].mkdir()
    filled = [argument.format(**places) for argument in arguments]
    filled[1] = filled[1] if filled[1] != "out" else str(tmp_path / "out")
    result = render(*filled)
    assert result.returncode == code
    assert sentence.format(**places) in result.stderr and "Traceback" not in result.stderr
    assert not list(tmp_path.glob("out/*"))
