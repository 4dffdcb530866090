# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scripts share: film options, loading an extension, an empty scene, rendering."""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import bpy

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "farm"))
frames: Any = importlib.import_module("frames")

SOURCE: Final = HERE.parent / "blender_addons"
ENGINES: Final = {"cycles": "CYCLES", "eevee": "BLENDER_EEVEE"}
EEVEE_SAMPLES: Final = 16


def add_film_options(
    parser: argparse.ArgumentParser,
    *,
    resolution: tuple[int, int],
    bloom: float,
    orbit: float | None = None,
) -> None:
    """Add the options that all films have; the defaults are the script's own.

    Without an orbit, the camera has a way of its own.
    """
    add = parser.add_argument
    add("--frames", type=frames.frame_range, metavar="A-B", help="frames to render (default: all)")
    add("--bloom", type=float, default=bloom, help="glow around bright parts, 0 for none")
    if orbit is not None:
        add(
            "--orbit",
            type=float,
            default=orbit,
            metavar="DEGREES",
            help="angle of the camera's orbit, 0 for none",
        )
    add("--engine", choices=ENGINES, default="cycles")
    add(
        "--samples",
        type=int,
        metavar="N",
        help="most samples per pixel (default: 128 in Cycles, 16 in EEVEE)",
    )
    add("--resolution", type=size, default=resolution, metavar="WxH")
    add("--fps", type=int, default=24, help="frames per second of the video (default: 24)")
    film, scene = (frames.name_ending_in(suffix) for suffix in (".mp4", ".blend"))
    add("--video", type=film, metavar="FILE", help="H.264 film to write (.mp4)")
    add("--blend", type=scene, metavar="FILE", help="scene to save (.blend)")


def add_quantity_options(parser: argparse.ArgumentParser, *, lower: str, upper: str) -> None:
    """Add the options that choose a quantity and its limits, whose defaults are described here."""
    add = parser.add_argument
    add("--variable", default="", metavar="NAME", help="the quantity to show (default: the first)")
    add("--v-min", type=float, metavar="VALUE", help=f"lower end (default: {lower})")
    add("--v-max", type=float, metavar="VALUE", help=f"upper end (default: {upper})")


def given_limits(options: argparse.Namespace) -> dict[str, float]:
    """Return the limits that were given, by the names that operators have for them."""
    limits = {"v_min": options.v_min, "v_max": options.v_max}
    return {name: value for name, value in limits.items() if value is not None}


def size(text: str) -> tuple[int, int]:
    """Read ``WxH``; H.264 needs both even."""
    match = re.fullmatch(r"(\d+)x(\d+)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}' is not a size such as 1280x720")
    width, height = int(match[1]), int(match[2])
    if width % 2 or height % 2 or not (16 <= width <= 16384 and 16 <= height <= 16384):
        raise argparse.ArgumentTypeError(
            f"'{text}': width and height must be even and between 16 and 16384"
        )
    return width, height


def load_extension(name: str, operator: str) -> str:
    """Make an extension's operators available: installed, or from the source tree.

    Parameters
    ----------
    name : str
        Of the extension.
    operator : str
        Class name of one of its operators.

    Returns
    -------
    str
        The extension's Python package.

    Raises
    ------
    RuntimeError
        If there is neither.
    """
    if not hasattr(bpy.types, operator):
        if not (SOURCE / name).is_dir():
            raise RuntimeError(
                f"Cannot find the extension {name}: enable it in Blender, or leave this script in "
                "its source tree."
            )
        sys.path.insert(0, str(SOURCE))
        importlib.import_module(name).register()
    module: str = getattr(bpy.types, operator).__module__
    return module.partition(".operators")[0]


def check_choice(option: str, chosen: str | None, known: Sequence[str]) -> None:
    """Check an option whose choices only the extension knows.

    Raises
    ------
    RuntimeError
        If it is given, and none of them.
    """
    if chosen is not None and chosen not in known:
        raise RuntimeError(f"There is no {option} {chosen}: choose from {', '.join(known)}.")


def empty_scene(options: argparse.Namespace) -> Any:
    """Start from an empty scene, with render settings for glowing objects."""
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
        # Emitted light needs no bounces.
        scene.cycles.max_bounces = 0
        scene.cycles.use_denoising = False
    return scene


def render_film(scene: Any, options: argparse.Namespace, package: str) -> None:
    """Save the scene, render its frames and encode them, according to the options.

    Parameters
    ----------
    package : str
        Of the extension, from `load_extension`.
    """
    if options.engine == "cycles":
        film = importlib.import_module(f"{package}.common.film")
        film.use_film_sampling(scene, options.samples or film.MOST_SAMPLES)
    else:
        scene.eevee.taa_render_samples = options.samples or EEVEE_SAMPLES
    first, last = scene.frame_start, scene.frame_end
    options.outdir.mkdir(parents=True, exist_ok=True)
    # Rendering may take hours: check before it that the results can be written.
    for file in filter(None, (options.blend, options.video)):
        frames.try_writing(file)
    scene.frame_set(first)
    if options.blend:
        scene.render.filepath = str(options.outdir.resolve() / "frame_####")
        bpy.ops.wm.save_as_mainfile(filepath=str(options.blend.resolve()), compress=True)
        print(f"Saved {options.blend}", flush=True)
    pictures = frames.render_frames(scene, range(first, last + 1), options.outdir)
    if options.video:
        frames.encode(scene, pictures, options.video)
