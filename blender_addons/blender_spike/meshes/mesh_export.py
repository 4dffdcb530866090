# SPDX-License-Identifier: GPL-3.0-or-later
"""Write neurons as meshes to files of other programs, with Blender's own exporters.

What is written are mesh copies (see `mesh_copy`): existing ones, and temporary ones made for the
export. Each exporter gets the settings that preserve the colors.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import bpy

from ..common import nodes
from ..common.colormaps.followers import COLORED_BY
from ..common.colormaps.in_geometry import COLOR
from ..common.nodes.modifiers import input_value, set_inputs
from ..common.placing import select_only
from ..common.required import required
from .mesh_copy import add_mesh_copy, find_mesh_copy

Frames = Literal["AUTO", "RANGE", "CURRENT"]


class ExportError(ValueError):
    """Something that cannot be written, or not to this file."""


@dataclass(frozen=True, slots=True)
class Written:
    """The result of an export.

    Attributes
    ----------
    files : list of Path
    frames : int
        Total number of frames in them.
    vertices : int
        Of all meshes, in the last frame.
    """

    files: list[Path]
    frames: int
    vertices: int


@dataclass(frozen=True, slots=True)
class _Format:
    """A file format: its exporter, whether one file holds all frames, and how large it gets."""

    write: Callable[[str, int, int], Any]
    is_animated: bool
    # Bytes per vertex and frame, as measured with neurons.
    size_bytes: int
    # Blender writes only these to Alembic; elsewhere they would be a second set of colors.
    corner_colors: bool = False
    own_material: bool = False


def _write_usd(filepath: str, _first: int, _last: int) -> Any:
    # Without materials, since a material bound to a mesh hides its vertex colors.
    return bpy.ops.wm.usd_export(
        filepath=filepath, selected_objects_only=True, export_animation=True,
        export_materials=False, export_custom_properties=False, check_existing=False,
        convert_world_material=False,
    )  # fmt: skip


def _write_alembic(filepath: str, first: int, last: int) -> Any:
    return bpy.ops.wm.alembic_export(
        filepath=filepath, selected=True, start=first, end=last, vcolors=True, uvs=False,
        as_background_job=False, check_existing=False,
    )  # fmt: skip


def _write_gltf(filepath: str, _first: int, _last: int) -> Any:
    if not hasattr(bpy.types, "EXPORT_SCENE_OT_gltf"):
        raise ExportError("Enable Blender's own add-on glTF 2.0 in Edit > Preferences > Add-ons")
    return bpy.ops.export_scene.gltf(
        filepath=filepath, export_format="GLB", use_selection=True, export_apply=True,
        export_animations=False, export_current_frame=True,
        export_vertex_color="NAME", export_vertex_color_name=COLOR,
        export_all_vertex_colors=False, export_attributes=False, check_existing=False,
    )  # fmt: skip


def _write_ply(filepath: str, _first: int, _last: int) -> Any:
    return bpy.ops.wm.ply_export(
        filepath=filepath, export_selected_objects=True, apply_modifiers=True,
        export_colors="SRGB", export_attributes=True, export_normals=True, check_existing=False,
    )  # fmt: skip


def _write_obj(filepath: str, _first: int, _last: int) -> Any:
    return bpy.ops.wm.obj_export(
        filepath=filepath, export_selected_objects=True, apply_modifiers=True,
        export_colors=True, export_materials=False, check_existing=False,
    )  # fmt: skip


_FORMATS: Final = {
    ".usdc": _Format(_write_usd, is_animated=True, size_bytes=16),
    ".usda": _Format(_write_usd, is_animated=True, size_bytes=60),
    ".usd": _Format(_write_usd, is_animated=True, size_bytes=16),
    ".abc": _Format(_write_alembic, is_animated=True, size_bytes=64, corner_colors=True),
    ".glb": _Format(_write_gltf, is_animated=False, size_bytes=48, own_material=True),
    ".ply": _Format(_write_ply, is_animated=False, size_bytes=64),
    ".obj": _Format(_write_obj, is_animated=False, size_bytes=130),
}
EXTENSIONS: Final = tuple(_FORMATS)


def holds_animation(filepath: str | os.PathLike[str]) -> bool:
    """Tell whether a file of this name can hold changing colors.

    Raises
    ------
    ExportError
        If its extension is not one of `EXTENSIONS`.
    """
    return _format_of(Path(os.fspath(filepath))).is_animated


def export_mesh(
    context: bpy.types.Context,
    things: Sequence[bpy.types.Object],
    filepath: str | os.PathLike[str],
    *,
    frames: Frames = "AUTO",
    frame_start: int | None = None,
    frame_end: int | None = None,
) -> Written:
    """Write neurons as meshes with their colors.

    Parameters
    ----------
    context : Context
        The selection, the frame and everything else is restored afterwards.
    things : sequence of Object
        Imported simulations, or mesh copies of them.
    filepath : path-like
        Its extension, one of `EXTENSIONS`, sets the format. An existing file is overwritten.
    frames : str
        ``"RANGE"`` for all frames, with a numbered file for each if the format stores a single
        frame; ``"CURRENT"`` for the scene's frame; ``"AUTO"`` for all frames if one file can hold
        them, and the scene's frame otherwise.
    frame_start, frame_end : int, optional
        First and last frame; those of the scene if not given.

    Raises
    ------
    ExportError
        If the format is not known, there are no frames, or Blender's exporter fails.
    NoColorsError
        If a neuron is not colored by voltage.
    """
    path = Path(os.fspath(filepath))
    kind = _format_of(path)
    scene = context.scene
    first = scene.frame_start if frame_start is None else frame_start
    last = scene.frame_end if frame_end is None else frame_end
    if frames == "CURRENT" or (frames == "AUTO" and not kind.is_animated):
        first = last = scene.frame_current
    if last < first:
        raise ExportError(f"The last frame, {last}, is before the first, {first}")
    if not path.parent.is_dir():
        raise ExportError(f"There is no folder {path.parent}")
    one_by_one = frames == "RANGE" and not kind.is_animated
    manager = context.window_manager
    with _as_before(context), _copies(context, things, kind) as copies:
        scene.frame_start, scene.frame_end = first, last
        scene.frame_set(first)
        counts = [_vertices(copy) for copy in copies]
        for copy, count in zip(copies, counts, strict=True):
            if not count:
                raise ExportError(f"'{copy.name}' draws nothing in frame {first}")
        _check_room(path, sum(counts) * (last - first + 1) * kind.size_bytes)
        files = []
        manager.progress_begin(first, last + 1)
        try:
            for frame in range(first, (last if one_by_one else first) + 1):
                scene.frame_set(frame)
                manager.progress_update(frame)
                file = path.with_stem(f"{path.stem}_{frame:04d}") if one_by_one else path
                _write(kind, file, frame, frame if one_by_one else last)
                files.append(file)
        finally:
            manager.progress_end()
        vertices = sum(map(_vertices, copies))
    return Written(files, last - first + 1, vertices)


def _format_of(path: Path) -> _Format:
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        known = ", ".join(EXTENSIONS)
        raise ExportError(f"Cannot write '{path.name}': its name must end in one of {known}")
    return kind


def _check_room(path: Path, size_bytes: int) -> None:
    """Refuse an export that would fill the disk, before hours are spent on it."""
    free = shutil.disk_usage(path.parent).free
    if size_bytes > free:
        raise ExportError(
            f"Cannot write {path.name}: it would take about {size_bytes / 1e9:.1f} GB, but only "
            f"{free / 1e9:.1f} GB are free; choose fewer frames, or a coarser look"
        )


def _write(kind: _Format, file: Path, first: int, last: int) -> None:
    try:
        done = kind.write(str(file), first, last)
    except AttributeError:
        # Linux distributions build Blender without some of them.
        raise ExportError(f"Cannot write {file.name}: this Blender lacks its exporter") from None
    except RuntimeError as problem:
        reason = str(problem).strip().removeprefix("Error: ")
        raise ExportError(f"Cannot write {file.name}: {reason}") from None
    # Some exporters only report errors.
    if done != {"FINISHED"} or not file.is_file():
        raise ExportError(f"Cannot write {file.name}: Blender's exporter did not finish")


def _vertices(copy: bpy.types.Object) -> int:
    depsgraph = bpy.context.evaluated_depsgraph_get()
    mesh = copy.evaluated_get(depsgraph).data
    assert isinstance(mesh, bpy.types.Mesh)
    return len(mesh.vertices)


@contextlib.contextmanager
def _as_before(context: bpy.types.Context) -> Iterator[None]:
    """Restore frame, frame range and selection."""
    scene = context.scene
    layer = context.view_layer
    frame, subframe = scene.frame_current, scene.frame_subframe
    start, end = scene.frame_start, scene.frame_end
    active = layer.objects.active
    selected = list(layer.objects.selected)
    try:
        yield
    finally:
        scene.frame_start, scene.frame_end = start, end
        scene.frame_set(frame, subframe=subframe)
        for thing in layer.objects:
            thing.select_set(thing in selected)
        layer.objects.active = active


@contextlib.contextmanager
def _copies(
    context: bpy.types.Context, things: Sequence[bpy.types.Object], kind: _Format
) -> Iterator[list[bpy.types.Object]]:
    """Select only mesh copies of all things, set up for a format, and clean up afterwards."""
    made: list[bpy.types.ID] = []
    kept: list[tuple[bpy.types.NodesModifier, dict[str, Any]]] = []
    copies = []
    try:
        own_material = _plain_material() if kind.own_material else None
        if own_material is not None:
            made.append(own_material)
        for thing in things:
            copy = thing
            if find_mesh_copy(thing) is None:
                copy = add_mesh_copy(thing, context.scene.collection)
                made += [copy, required(copy.data)]
            copies.append(copy)
            modifier = required(find_mesh_copy(copy))
            settings: dict[str, Any] = {"Corner Colors": kind.corner_colors}
            if own_material is not None:
                settings[COLORED_BY] = own_material
            kept.append((modifier, {key: input_value(modifier, key).value for key in settings}))
            set_inputs(modifier, settings)
        # Exporters write the selection, which cannot include hidden objects.
        select_only(context, copies)
        hidden = [copy.name for copy in copies if not copy.select_get()]
        if hidden:
            raise ExportError(f"'{hidden[0]}' is hidden: show it, or select the neuron instead")
        yield copies
    finally:
        for modifier, settings in kept:
            set_inputs(modifier, settings)
        bpy.data.batch_remove(made)


def _plain_material() -> bpy.types.Material:
    """Make a material that shows the mesh's own colors, which glTF exports as unlit."""
    material = bpy.data.materials.new("voltage")
    with nodes.material(material) as tree:
        color = tree.add("ShaderNodeVertexColor", layer_name=COLOR)["Color"]
        glow = tree.add("ShaderNodeBackground", {"Color": color})
        tree.add("ShaderNodeOutputMaterial", {"Surface": glow})
    return material
