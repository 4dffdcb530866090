# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames as PNG files, and the film of them."""

from __future__ import annotations

import argparse
import errno
import glob
import os
import re
import sys
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import bpy

OLDEST_BLENDER: Final = (5, 2, 0)
_BITS_WITH_ALPHA: Final = (32, 64, 128)
# In steps of 8 bit: from here on there is all of the grain.
_FULL_ABOVE: Final = 4.0
_BIT: Final = 1 / 255


@dataclass(frozen=True, slots=True)
class Film:
    """What a film is encoded as."""

    identifier: str
    name: str
    description: str
    ending: str
    """Of its name."""
    settings: Mapping[str, Any]
    """Blender's, of FFmpeg."""
    depth: str = "8"
    """Bits of each color."""
    keeps_alpha: bool = False
    sound: str = "AAC"
    """Codec of what is heard."""
    grain: float = 0.0
    """Standard deviation, in steps of 8 bit, of a pattern over all but black: without it, an
    encoder of 8 bit takes smooth gradients for nothing, and leaves blocks."""
    is_usual: bool = True
    """Whether this is what a name with that ending means."""
    finish: Callable[[Path], None] | None = None
    """Called with the encoded file."""

    @property
    def picture_depth(self) -> str:
        """Bits of each color of the PNG files that it is made of."""
        return "8" if self.depth == "8" else "16"


H264: Final = Film(
    identifier="h264",
    name="H.264",
    description="For players and the web: opens everywhere",
    ending=".mp4",
    settings={
        "format": "MPEG4", "codec": "H264", "constant_rate_factor": "CUSTOM",
        "custom_constant_rate_factor": 15, "ffmpeg_preset": "BEST",
    },
    grain=2.0,
)  # fmt: skip


def run(main: Callable[[list[str]], None]) -> None:
    """Run a script with its own arguments, and exit with one sentence if it fails.

    In Blender they come after ``--``.
    """
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    code = exit_code(main, words)
    if code:
        # Blender itself would go on, and exit as if nothing had failed.
        sys.exit(code)


def exit_code(main: Callable[[list[str]], None], arguments: list[str]) -> int:
    """Run a command with its arguments, and print one sentence if it fails.

    Returns
    -------
    int
        0 if all is well, 2 if the arguments are wrong, 1 otherwise.
    """
    try:
        if bpy.app.version < OLDEST_BLENDER:
            raise RuntimeError(f"Blender 5.2 or newer is needed; this is {bpy.app.version_string}.")
        main(arguments)
    except SystemExit as end:
        # `argparse` has printed its help, or what is wrong.
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return end.code or 0
    except OSError as problem:
        place = problem.filename2 or problem.filename
        text = f"Cannot write to {place}: {problem.strerror}." if place else str(problem)
        print(text, file=sys.stderr)
        return 1
    except (RuntimeError, ValueError) as problem:
        # An operator's error arrives here prefixed by Blender.
        print(str(problem).strip().removeprefix("Error: "), file=sys.stderr)
        return 1
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def frame_range(text: str) -> tuple[int, int]:
    """Read ``A-B`` or ``A``."""
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", text)
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}' is not a frame range such as 1-60")
    first, last = int(match[1]), int(match[2] or match[1])
    if last < first:
        raise argparse.ArgumentTypeError(f"'{text}' ends before it begins")
    return first, last


def name_ending_in(*suffixes: str) -> Callable[[str], Path]:
    """Make a parser for file names with one of these suffixes, such as ``.mp4``."""
    *most, last = suffixes
    either = f"{', '.join(most)} or {last}" if most else last

    def read(text: str) -> Path:
        if Path(text).suffix.lower() not in suffixes:
            raise argparse.ArgumentTypeError(f"'{text}' does not end in {either}")
        return Path(text)

    return read


def try_writing(target: Path) -> int:
    """Check whether a file can be written, before spending time on its content.

    Parameters
    ----------
    target : Path
        Its folder is created if missing.

    Returns
    -------
    int
        The time of the check, in ns, by the clock of the file system.

    Raises
    ------
    OSError
        With the file's own name.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    trial = unfinished(target)
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        trial.touch()
        now = trial.stat().st_mtime_ns
        trial.unlink()
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, str(target)) from problem
    return now


@contextmanager
def writing(target: Path) -> Iterator[Path]:
    """Yield a temporary name for a file, and rename the file when it is complete.

    A failure leaves nothing behind, and leftovers of killed attempts are removed.
    """
    begun = try_writing(target)
    partial = unfinished(target)
    try:
        yield partial
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    for left in target.parent.glob(glob.escape(f".{target.stem}.") + f"*.part{target.suffix}"):
        # Files being written by another worker are newer.
        with suppress(OSError):
            if left.stat().st_mtime_ns < begun:
                left.unlink()


def unfinished(target: Path) -> Path:
    """Name a file that will be another one when it is complete."""
    # Another worker, presumed lost, may still be writing the same file.
    return target.with_name(f".{target.stem}.{uuid.uuid4().hex}.part{target.suffix}")


def render_frames(
    scene: Any, frames: Iterable[int], folder: Path, *, only_missing: bool = False
) -> list[Path]:
    """Render frames to PNG files, or OpenEXR if the scene says so, and print a line for each.

    Parameters
    ----------
    scene : Scene
    frames : iterable of int
    folder : Path
        Every picture is written under a temporary name and renamed when it is complete.
    only_missing : bool
        Keep existing frames.

    Returns
    -------
    list of Path
        The pictures of all these frames.

    Raises
    ------
    RuntimeError
        If rendering is cancelled, for example by Ctrl-C.
    """
    every = list(frames)
    exr = scene.render.image_settings.file_format.startswith("OPEN_EXR")
    suffix = ".exr" if exr else ".png"
    pictures = [folder / f"frame_{frame:04d}{suffix}" for frame in every]
    for number, (frame, picture) in enumerate(zip(every, pictures, strict=True), 1):
        if only_missing and picture.exists():
            print(f"Frame {frame} ({number} of {len(every)}): {picture} is there", flush=True)
            continue
        with writing(picture) as partial:
            scene.frame_set(frame)
            scene.render.filepath = output_path(partial)
            # Blender raises nothing when it is stopped.
            if bpy.ops.render.render(write_still=True) != {"FINISHED"}:
                raise RuntimeError(f"Rendering frame {frame} was cancelled.")
        print(f"Frame {frame} ({number} of {len(every)}): {picture}", flush=True)
    return pictures


def output_path(path: Path) -> str:
    """Name a file for Blender's output, in which braces would be filled in."""
    return str(path.resolve()).replace("{", "{{").replace("}", "}}")


def encode(scene: Any, pictures: list[Path], video: Path, film: Film = H264) -> None:
    """Encode PNG frames as a film at the scene's frame rate, with Blender's own encoder.

    What the scene's sequencer plays is heard, in step with the frames' numbers. Most encoders only
    allow even sizes: with an odd number of columns or rows, the last column or the top row is cut
    off.
    """
    print(f"Encoding {video}", flush=True)
    cutting: Any = bpy.data.scenes.new("Encoding")
    cutting.frame_start, cutting.frame_end = 1, len(pictures)
    strip = cutting.sequence_editor_create().strips.new_image(
        "Frames", str(pictures[0].resolve()), channel=1, frame_start=1
    )
    for picture in pictures[1:]:
        strip.elements.append(picture.name)
    first: Any = bpy.data.images.load(str(pictures[0].resolve()))
    (width, height), has_alpha = first.size, first.depth in _BITS_WITH_ALPHA
    bpy.data.images.remove(first)
    # What is transparent is to be put over something exactly.
    grain = None if has_alpha or not film.grain else _grain(film.grain)
    if grain is not None:
        strip.modifiers.new("Grain", "COMPOSITOR").node_group = grain
    # The frames are finished pictures: nothing may change their colors.
    cutting.view_settings.view_transform = "Standard"
    render = cutting.render
    render.resolution_x, render.resolution_y = width - width % 2, height - height % 2
    render.resolution_percentage = 100
    render.fps, render.fps_base = scene.render.fps, scene.render.fps_base
    use_film(render, film, transparent=has_alpha)
    if has_sound(scene):
        _be_heard(scene, cutting, _number(pictures[0]))
        render.ffmpeg.audio_codec, render.ffmpeg.audio_bitrate = film.sound, 256
    render.use_file_extension = False
    try:
        with writing(video) as partial:
            render.filepath = output_path(partial)
            if bpy.ops.render.render(animation=True, scene=cutting.name) != {"FINISHED"}:
                raise RuntimeError(f"Encoding {video} was cancelled.")
            if film.finish is not None:
                film.finish(partial)
    finally:
        bpy.data.scenes.remove(cutting)
        if grain is not None:
            bpy.data.node_groups.remove(grain)


def has_sound(scene: Any) -> bool:
    """Tell whether a film of a scene has sound: what its sequencer plays."""
    editor = scene.sequence_editor
    return editor is not None and any(
        strip.type == "SOUND" and not strip.mute for strip in editor.strips_all
    )


def _be_heard(scene: Any, cutting: Any, first: int) -> None:
    """Play a scene's sounds in another one, whose first frame is a certain one of the scene."""
    strips = cutting.sequence_editor.strips
    strips["Frames"].channel = 2
    # It has no pictures to show, and they would be below the others.
    heard = strips.new_scene("Sound", scene, channel=1, frame_start=1 + scene.frame_start - first)
    heard.scene_input = "SEQUENCER"


def _number(picture: Path) -> int:
    """Return the number of the frame that a picture shows."""
    found = re.search(r"\d+$", picture.stem)
    return int(found[0]) if found else 1


def use_film(render: Any, film: Film, *, transparent: bool) -> None:
    """Make a scene's own output a film."""
    render.image_settings.media_type = "VIDEO"
    render.image_settings.file_format = "FFMPEG"
    for name, value in film.settings.items():
        setattr(render.ffmpeg, name, value)
    render.image_settings.color_mode = "RGBA" if transparent and film.keeps_alpha else "RGB"
    render.image_settings.color_depth = film.depth


def _grain(strength: float) -> Any:
    """Write compositor nodes that add a pattern, in the colors that a screen shows."""
    tree: Any = bpy.data.node_groups.new("Grain", "CompositorNodeTree")
    for way in ("INPUT", "OUTPUT"):
        tree.interface.new_socket("Image", in_out=way, socket_type="NodeSocketColor")
    given, made = tree.nodes.new("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")

    def node(kind: str, *inputs: Any, **properties: Any) -> Any:
        new = tree.nodes.new(kind)
        for name, value in properties.items():
            setattr(new, name, value)
        for socket, value in zip(new.inputs, inputs, strict=False):
            if isinstance(value, bpy.types.NodeSocket):
                tree.links.new(value, socket)
            elif value is not None:
                socket.default_value = value
        return new

    def math(operation: str, a: Any, b: Any) -> Any:
        return node("ShaderNodeMath", a, b, operation=operation).outputs[0]

    def converted(color: Any, begin: str, end: str) -> Any:
        spaces = {"from_color_space": begin, "to_color_space": end}
        return node("CompositorNodeConvertColorSpace", color, **spaces).outputs[0]

    shown = converted(given.outputs[0], "Linear Rec.709", "sRGB")
    red, green, blue, alpha = node("CompositorNodeSeparateColor", shown).outputs
    place = node("CompositorNodeImageCoordinates", given.outputs[0]).outputs["Pixel"]
    noise = [
        node("ShaderNodeTexWhiteNoise", place, seed, noise_dimensions="4D").outputs["Value"]
        for seed in (0.5, 1.5, 2.5)
    ]
    # Three numbers from 0 to 1 have a sum with a standard deviation of a half.
    pattern = math("SUBTRACT", math("ADD", math("ADD", *noise[:2]), noise[2]), 1.5)
    brightest = math("MAXIMUM", math("MAXIMUM", red, green), blue)
    # Black stays black.
    share = math("MINIMUM", math("MULTIPLY", brightest, 1 / (_FULL_ABOVE * _BIT)), 1.0)
    added = math("MULTIPLY", math("MULTIPLY", pattern, share), 2.0 * strength * _BIT)
    parts = [math("ADD", one, added) for one in (red, green, blue)]
    grainy = node("CompositorNodeCombineColor", *parts, alpha).outputs[0]
    tree.links.new(converted(grainy, "sRGB", "Linear Rec.709"), made.inputs[0])
    return tree
