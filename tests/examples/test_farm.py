# SPDX-License-Identifier: GPL-3.0-or-later
"""The render farm's job, executed on this machine: chunks, the film, and going on after a kill."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.blenders import BLENDER, command, program, run_script
from helpers.pictures import read_pixels

# Nearly every test starts another Blender.
pytestmark = pytest.mark.slow

FARM = Path(__file__).resolve().parent.parent.parent / "examples" / "farm"
SCRIPT = FARM / "render_blend.py"


@pytest.fixture
def scene(bpy, tmp_path):
    """A saved scene of five frames, in which a cube of light wanders from left to right."""
    scene = bpy.context.scene
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type, camera.data.ortho_scale, camera.location = "ORTHO", 8, (0, 0, 5)
    scene.collection.objects.link(camera)
    scene.camera = camera
    bpy.ops.mesh.primitive_cube_add(location=(-3, 0, 0))
    cube = bpy.context.object
    material = bpy.data.materials.new("light")
    tree = material.node_tree
    tree.nodes.clear()
    light = tree.nodes.new("ShaderNodeEmission")
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(light.outputs[0], output.inputs[0])
    cube.data.materials.append(material)
    cube.keyframe_insert("location", frame=1)
    cube.location.x = 3
    cube.keyframe_insert("location", frame=5)
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.render.resolution_x = scene.render.resolution_y = 32
    scene.frame_start, scene.frame_end = 1, 5
    # What a film was rendered with last must not matter.
    scene.render.image_settings.media_type = "VIDEO"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene of light.blend"))
    return tmp_path / "scene of light.blend"


def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "user" / "config").mkdir(parents=True, exist_ok=True)
    return {**os.environ, "BLENDER_USER_RESOURCES": str(tmp_path / "user")}


def script(tmp_path: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return run_script(SCRIPT, *arguments, home=tmp_path / "user")


def job(tmp_path: Path, scene: Path, **parameters: object) -> subprocess.CompletedProcess[str]:
    openjd = Path(sys.executable).parent / "openjd"
    if not openjd.exists():
        pytest.skip("needs openjd-cli")
    checked = subprocess.run([openjd, "check", FARM / "template.yaml"], capture_output=True)
    assert checked.returncode == 0, checked.stdout
    parameters = {
        "BlendFile": scene,
        "OutputFolder": tmp_path / "out put",
        "Frames": "1-5",
        "FramesPerTask": 3,
        "Blender": program(tmp_path),
        **parameters,
    }
    return subprocess.run(
        [openjd, "run", FARM / "template.yaml", "--step", "Film", "--run-dependencies",
         *(word for name, value in parameters.items() for word in ("-p", f"{name}={value}"))],
        env=environment(tmp_path), capture_output=True, text=True,
    )  # fmt: skip


def test_the_job_renders_in_chunks_and_makes_the_film(scene, tmp_path):
    result = job(tmp_path, scene)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr
    assert "Frame(CHUNK[INT]) = 1-3" in result.stdout
    assert "Frame(CHUNK[INT]) = 4-5" in result.stdout
    frames = sorted((tmp_path / "out put" / "frames").iterdir())
    assert [path.name for path in frames] == [f"frame_{k:04d}.png" for k in range(1, 6)]
    film = (tmp_path / "out put" / "film.mp4").read_bytes()
    assert film[4:8] == b"ftyp"
    lit = [np.argwhere(read_pixels(path)[..., 0] > 100)[:, 1].mean() for path in frames]
    assert (np.diff(lit) > 1).all()


@pytest.mark.parametrize("copied", [(), ("render_blend.py",)], ids=["no script", "no frames.py"])
def test_a_job_without_its_scripts_fails(scene, tmp_path, copied):
    (tmp_path / "scripts").mkdir()
    for name in copied:
        shutil.copy(FARM / name, tmp_path / "scripts")
    result = job(tmp_path, scene, Scripts=tmp_path / "scripts")
    assert result.returncode != 0
    assert ("Cannot find frames.py: it belongs beside" in result.stdout) == bool(copied)
    assert not (tmp_path / "out put").exists()


def test_a_killed_job_goes_on_and_ends_with_the_same_frames(scene, tmp_path):
    whole, again = tmp_path / "whole", tmp_path / "again"
    assert script(tmp_path, scene, whole).returncode == 0
    process = subprocess.Popen(
        command(SCRIPT, scene, again),
        env=environment(tmp_path), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Frame 2 "):
            process.send_signal(signal.SIGKILL)
            break
    process.wait()
    process.stdout.close()
    kept = {path.name: path.stat().st_mtime_ns for path in again.glob("frame_*.png")}
    assert {"frame_0001.png", "frame_0002.png"} <= set(kept)
    # What was being written when it was killed.
    (again / ".frame_0005.another.part.png").write_bytes(b"half")
    result = script(tmp_path, scene, again)
    assert result.returncode == 0, result.stderr
    assert "frame_0001.png is there" in result.stdout
    assert sorted(path.name for path in again.iterdir()) == sorted(
        path.name for path in whole.iterdir()
    )
    for path in whole.iterdir():
        assert np.array_equal(read_pixels(path), read_pixels(again / path.name))
    assert all((again / name).stat().st_mtime_ns == time for name, time in kept.items())


@pytest.mark.skipif(not BLENDER, reason="the bpy module takes Ctrl-C as Python does: BLENDER=/path")
def test_ctrl_c_leaves_what_is_complete(scene, tmp_path):
    """Blender's render operator ends as if all had gone well, but for what it returns."""
    frames, film = tmp_path / "frames", tmp_path / "film.mp4"
    stopped = tmp_path / "stopped.py"
    stopped.write_text(f"""
import bpy, os, runpy, signal
@bpy.app.handlers.persistent
def stop(scene, *_):
    if scene.frame_current == 3:
        os.kill(os.getpid(), signal.SIGINT)
bpy.app.handlers.render_pre.append(stop)
runpy.run_path({str(SCRIPT)!r}, run_name="__main__")
""")
    rendering = run_script(stopped, scene, frames)
    assert rendering.returncode == 1
    assert "Rendering frame 3 was cancelled." in rendering.stderr
    assert {path.name for path in frames.iterdir()} == {"frame_0001.png", "frame_0002.png"}
    assert script(tmp_path, scene, frames).returncode == 0
    film.write_bytes(b"the one before")
    encoding = run_script(stopped, scene, frames, "--film", film)
    assert encoding.returncode == 1
    assert f"Encoding {film} was cancelled." in encoding.stderr
    assert film.read_bytes() == b"the one before"
    assert not list(tmp_path.glob(".film*"))


def test_what_cannot_be_rendered_is_a_sentence(scene, tmp_path):
    missing = script(tmp_path, "none.blend", "out")
    assert missing.returncode == 1
    assert missing.stderr.strip() == "Cannot open none.blend: file not found."
    (tmp_path / "frames").mkdir()
    early = script(tmp_path, scene, tmp_path / "frames", "--film", "a.mp4")
    assert early.returncode == 1
    assert "5 of 5 frames are missing, frame_0001.png for example." in early.stderr
    other = script(tmp_path, scene, tmp_path / "frames", "--film", "a.mov")
    assert other.returncode == 2
    assert "'a.mov' does not end in .mp4" in other.stderr
    onto_file = script(tmp_path, scene, scene)
    assert onto_file.returncode == 1
    assert onto_file.stderr.strip() == f"Cannot write to {scene}: File exists."
    fake = tmp_path / "fake.blend"
    fake.write_bytes(b"BLENDER" + b"\0" * 50)
    damaged = script(tmp_path, fake, tmp_path / "frames")
    assert damaged.returncode == 1
    assert "fake.blend" in damaged.stderr
    assert "Traceback" not in damaged.stderr
