# SPDX-License-Identifier: GPL-3.0-or-later
"""Render a simulation file as a film: a glowing neuron on black ground.

In Blender, or in a Python that has the bpy module::

    blender -b -P examples/render_neuron.py -- demo.pickle out --frames 20-100 --video demo.mp4
    python examples/render_neuron.py demo.pickle out --frames 20-100 --video demo.mp4

Uses the installed BlenderSpike extension, or else the one in this source tree. Every frame is
written under a temporary name and renamed when it is complete. Prints one line a frame.
"""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from pathlib import Path
from typing import Any

import bpy

SOURCE = Path(__file__).resolve().parent.parent / "blender_addons"
OPERATOR = "BLENDER_SPIKE_OT_import_simulation"
OLDEST_BLENDER = (5, 2, 0)
ENGINES = {"cycles": "CYCLES", "eevee": "BLENDER_EEVEE"}


def main(arguments: list[str]) -> None:
    """Import, color, set the scene, render, encode."""
    options = parse(arguments)
    if bpy.app.version < OLDEST_BLENDER:
        raise RuntimeError(f"Blender 5.2 or newer is needed; this is {bpy.app.version_string}.")
    package = load_extension()
    film = importlib.import_module(f"{package}.common.scene")
    modifiers = importlib.import_module(f"{package}.common.modifiers")
    playback = importlib.import_module(f"{package}.playback")
    scene = empty_scene(options)
    # The stubs know Blender's own operators only.
    operators: Any = bpy.ops
    operators.blender_spike.import_simulation(filepath=str(options.file))
    neuron = bpy.context.object
    limits = {"v_min": options.v_min, "v_max": options.v_max}
    operators.blender_spike.color_by_voltage(
        colormap=options.colormap,
        strength=options.strength,
        **{name: value for name, value in limits.items() if value is not None},
    )
    modifier = playback.find_modifier(neuron)
    modifiers.set_inputs(
        modifier,
        {
            "Thickness": options.thickness,
            "Minimum Radius": options.min_radius,
            "At the Ends": "Hold",
            **({"Style": options.style.title()} if options.style else {}),
        },
    )
    first, last = options.frames or (scene.frame_start, scene.frame_end)
    scene.frame_start, scene.frame_end = first, last
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    camera = film.frame_camera(scene, [neuron])
    if options.orbit:
        film.orbit(camera, options.orbit, first, last)
    if options.bloom:
        film.add_bloom(scene, strength=options.bloom)

    options.outdir.mkdir(parents=True, exist_ok=True)
    scene.frame_set(first)
    if options.blend:
        scene.render.filepath = str(options.outdir.resolve() / "frame_####")
        bpy.ops.wm.save_as_mainfile(filepath=str(options.blend.resolve()), compress=True)
        print(f"Saved {options.blend}", flush=True)
    pictures = [
        render_frame(scene, frame, options.outdir, f"{frame - first + 1} of {last - first + 1}")
        for frame in range(first, last + 1)
    ]
    if options.video:
        print(f"Encoding {options.video}", flush=True)
        encode(scene, pictures, options.video)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="render_neuron.py", description="Render a simulation file as a film."
    )
    add = parser.add_argument
    add("file", type=Path, help="simulation file")
    add("outdir", type=Path, help="folder for the frames; made if it is missing")
    add("--frames", type=frame_range, metavar="A-B", help="frames to render (default: all)")
    add("--colormap", default="plasma", help="of matplotlib, seaborn or cmasher (default: plasma)")
    add("--v-min", type=float, metavar="MV", help="lower end (default: the lowest in the file)")
    add("--v-max", type=float, metavar="MV", help="upper end (default: the highest in the file)")
    add("--strength", type=float, default=1.0, help="emission strength (default: 1)")
    add("--bloom", type=float, default=1.0, help="glow around bright parts, 0 for none")
    add("--thickness", type=float, default=1.4, help="factor on the neurites' diameter")
    add("--min-radius", type=float, default=0.006, help="in Blender units of 100 µm")
    add("--style", choices=("strands", "tubes"), help="default: what suits engine and size")
    add("--orbit", type=float, default=30.0, metavar="DEGREES", help="the camera's way, 0 for none")
    add("--engine", choices=ENGINES, default="cycles")
    add("--samples", type=int, default=8, help="per pixel (default: 8)")
    add("--resolution", type=resolution, default=(720, 1280), metavar="WxH")
    add("--fps", type=int, default=24, help="of the video (default: 24)")
    add("--video", type=Path, metavar="FILE", help="H.264 film to write (.mp4)")
    add("--blend", type=Path, metavar="FILE", help="scene to save (.blend)")
    return parser.parse_args(arguments)


def frame_range(text: str) -> tuple[int, int]:
    """Read ``A-B`` or ``A``."""
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", text)
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}' is not a frame range such as 1-60")
    first, last = int(match[1]), int(match[2] or match[1])
    if last < first:
        raise argparse.ArgumentTypeError(f"'{text}' ends before it begins")
    return first, last


def resolution(text: str) -> tuple[int, int]:
    """Read ``WxH``; H.264 needs both even."""
    match = re.fullmatch(r"(\d+)x(\d+)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}' is not a size such as 1280x720")
    width, height = int(match[1]), int(match[2])
    if width % 2 or height % 2 or not (16 <= width <= 16384 and 16 <= height <= 16384):
        raise argparse.ArgumentTypeError(f"'{text}': both must be even and between 16 and 16384")
    return width, height


def load_extension() -> str:
    """Make BlenderSpike's operators available.

    Returns
    -------
    str
        The extension's Python package.
    """
    if not hasattr(bpy.types, OPERATOR):
        sys.path.insert(0, str(SOURCE))
        importlib.import_module("blender_spike").register()
    module: str = getattr(bpy.types, OPERATOR).__module__
    return module.partition(".operators")[0]


def empty_scene(options: argparse.Namespace) -> Any:
    """Start from nothing, with the render settings that a self-luminous neuron needs."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    import addon_utils

    scene: Any = bpy.context.scene
    if options.engine == "cycles":
        addon_utils.enable("cycles")
    scene.render.engine = ENGINES[options.engine]
    scene.render.resolution_x, scene.render.resolution_y = options.resolution
    scene.render.resolution_percentage = 100
    scene.render.fps = options.fps
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    scene.render.use_persistent_data = True
    if options.engine == "cycles":
        # Light that only leaves its source needs no bounces, and 8 samples smooth the edges.
        scene.cycles.samples = options.samples
        scene.cycles.max_bounces = 0
        scene.cycles.use_denoising = False
        scene.cycles.use_adaptive_sampling = False
    else:
        scene.eevee.taa_render_samples = options.samples
    return scene


def render_frame(scene: Any, frame: int, folder: Path, count: str) -> Path:
    """Render one frame to a PNG file.

    Returns
    -------
    Path
        The file.
    """
    picture = folder / f"frame_{frame:04d}.png"
    unfinished = picture.with_name(f".{picture.stem}.part.png")
    scene.frame_set(frame)
    scene.render.filepath = str(unfinished.resolve())
    bpy.ops.render.render(write_still=True)
    unfinished.replace(picture)
    print(f"Frame {frame} ({count}): {picture}", flush=True)
    return picture


def encode(scene: Any, pictures: list[Path], video: Path) -> None:
    """Turn PNG frames into an H.264 film, with Blender's own encoder."""
    video = video.resolve()
    video.parent.mkdir(parents=True, exist_ok=True)
    unfinished = video.with_name(f".{video.stem}.part{video.suffix}")
    cutting: Any = bpy.data.scenes.new("Encoding")
    cutting.frame_start, cutting.frame_end = 1, len(pictures)
    strip = cutting.sequence_editor_create().strips.new_image(
        "Frames", str(pictures[0].resolve()), channel=1, frame_start=1
    )
    for picture in pictures[1:]:
        strip.elements.append(picture.name)
    # The frames are finished pictures: nothing may change their colors.
    cutting.view_settings.view_transform = "Standard"
    render = cutting.render
    render.resolution_x, render.resolution_y = scene.render.resolution_x, scene.render.resolution_y
    render.resolution_percentage = 100
    render.fps = scene.render.fps
    render.image_settings.media_type = "VIDEO"
    render.image_settings.file_format = "FFMPEG"
    render.ffmpeg.format = "MPEG4"
    render.ffmpeg.codec = "H264"
    render.ffmpeg.constant_rate_factor = "HIGH"
    render.use_file_extension = False
    render.filepath = str(unfinished)
    bpy.ops.render.render(animation=True, scene=cutting.name)
    bpy.data.scenes.remove(cutting)
    unfinished.replace(video)


if __name__ == "__main__":
    try:
        main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:])
    except (RuntimeError, OSError, ValueError) as problem:
        # What an operator reports as an error arrives here with Blender's word in front.
        sys.exit(str(problem).strip().removeprefix("Error: "))
