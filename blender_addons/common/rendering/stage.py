# SPDX-License-Identifier: GPL-3.0-or-later
"""What a film begins and ends with: an empty scene, and rendering what is in it."""

from __future__ import annotations

import argparse
from typing import Any, Final

import bpy

from .. import film
from . import frames
from .options import ENGINES, fps_and_base, part_of
from .picture_format import use_pictures
from .voice import add_voice

EEVEE_SAMPLES: Final = 16
_DRAFT_PERCENT: Final = 25
_DRAFT_SAMPLES: Final = 8


def empty_scene(options: argparse.Namespace) -> Any:
    """Start from an empty scene, with render settings for glowing objects.

    Parameters
    ----------
    options : Namespace
        See `options.add_film_options`.

    Returns
    -------
    Scene
    """
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene: Any = bpy.context.scene
    set_up(scene, options)
    return scene


def set_up(scene: Any, options: argparse.Namespace) -> None:
    """Give a scene the render settings for glowing objects; see `empty_scene`."""
    import addon_utils

    if options.engine == "cycles":
        addon_utils.enable("cycles")
    scene.render.engine = ENGINES[options.engine]
    scene.render.resolution_percentage = 100
    scene.render.fps, scene.render.fps_base = fps_and_base(options.fps)
    use_files(scene, options)
    scene.render.use_persistent_data = True
    if options.engine == "cycles":
        # Emitted light needs no bounces.
        scene.cycles.max_bounces = 0
        scene.cycles.use_denoising = False


def use_files(scene: Any, options: argparse.Namespace) -> None:
    """Choose what frames are written as."""
    use_pictures(
        scene.render.image_settings,
        options.pictures,
        transparent=options.transparent,
        depth=options.film and options.film.picture_depth,
    )


def set_size(scene: Any, size: tuple[int, int]) -> None:
    """Set the pictures' width and height."""
    scene.render.resolution_x, scene.render.resolution_y = size


def set_length(scene: Any, options: argparse.Namespace, default: int) -> None:
    """Set the last frame of the whole film, whatever part of it is rendered."""
    scene.frame_end = scene.frame_start + (options.length or default) - 1


def render_film(scene: Any, options: argparse.Namespace) -> None:
    """Save the scene, render its frames and encode them, according to the options.

    Parameters
    ----------
    scene : Scene
        Its range is the whole film, of which `options.frames` may be a part.
    """
    part = part_of(options.frames, (scene.frame_start, scene.frame_end))
    if options.engine == "cycles":
        fewest = scene.cycles.adaptive_min_samples
        film.use_film_sampling(scene, options.samples or film.MOST_SAMPLES, fewest)
    else:
        scene.eevee.taa_render_samples = options.samples or EEVEE_SAMPLES
    film.cover_layers(scene)
    if options.transparent:
        film.use_transparent_ground(scene, straight=not options.pictures.is_premultiplied)
    if options.draft:
        _be_draft(scene)
    options.outdir.mkdir(parents=True, exist_ok=True)
    # Rendering may take hours: check before it that the results can be written.
    for file in filter(None, (options.blend, options.video)):
        frames.try_writing(file)
    if options.voice:
        _hear(scene, options)
    scene.frame_set(part[0])
    if options.blend:
        scene.render.filepath = frames.output_path(options.outdir / "frame_####")
        bpy.ops.wm.save_as_mainfile(filepath=str(options.blend.resolve()), compress=True)
        print(f"Saved {options.blend}", flush=True)
    pictures = frames.render_frames(scene, part, options.outdir, only_missing=options.keep)
    if options.video:
        frames.encode(scene, pictures, options.video, options.film)


def _hear(scene: Any, options: argparse.Namespace) -> None:
    """Add the voice, and say if the film ends before it."""
    if not (options.video or options.blend):
        raise RuntimeError("--voice: frames have no sound; make a film, or a scene with --blend.")
    voice_s = add_voice(scene, options.voice)
    count = scene.frame_end - scene.frame_start + 1
    film_s = count * scene.render.fps_base / scene.render.fps
    # A sound takes whole frames.
    if voice_s > film_s + scene.render.fps_base / scene.render.fps:
        print(f"The film ends after {film_s:.1f} s, the voice after {voice_s:.1f} s.", flush=True)


def _be_draft(scene: Any) -> None:
    """Render small and coarse, with the frame's number in the picture."""
    render = scene.render
    render.resolution_percentage = _DRAFT_PERCENT
    if render.engine == "CYCLES":
        scene.cycles.samples = min(scene.cycles.samples, _DRAFT_SAMPLES)
    else:
        scene.eevee.taa_render_samples = min(scene.eevee.taa_render_samples, _DRAFT_SAMPLES)
    for setting in render.bl_rna.properties:
        if setting.identifier.startswith("use_stamp_"):
            setattr(render, setting.identifier, setting.identifier == "use_stamp_frame")
    render.use_stamp = True
    height = render.resolution_y * _DRAFT_PERCENT // 100
    render.stamp_font_size = max(8, height // 16)
