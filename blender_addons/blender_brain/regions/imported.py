# SPDX-License-Identifier: GPL-3.0-or-later
"""From structures of an atlas to objects at their anatomical positions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NoReturn

import bpy
import numpy as np
from numpy.typing import NDArray

from ..atlas import Atlas, AtlasError, NotHereError, Structure
from ..atlas.search import Search
from ..common.colormaps import srgb_to_linear
from ..common.geometry import fill_mesh, set_attribute
from ..common.required import required
from ..common.selection import refusal
from .decimation import decimation_of, set_decimation, set_meeting
from .grouping import group
from .hemispheres import Side
from .junctions import Rim, junctions
from .look import set_color
from .look_materials import atlas_colors
from .orientation import DEFAULT_UM_PER_UNIT, Orientation, Placement, placement
from .record import about, is_region
from .smoothing import ON_CUT, set_rim, set_smoothing, smoothing_of
from .surfaces import Origin, Shape, shapes

Parts = Literal["ONLY", "DESCENDANTS", "LEAVES", "HIERARCHY"]
Sides = Literal["BOTH", "LEFT", "RIGHT", "SPLIT"]
# In lengths of an edge: rounding of single precision is much less, and edges are much longer.
_SAME_PLACE: Final = 0.01
_SIDES: Final[dict[Sides, tuple[Side | None, ...]]] = {
    "BOTH": (None,),
    "LEFT": ("LEFT",),
    "RIGHT": ("RIGHT",),
    "SPLIT": ("LEFT", "RIGHT"),
}


@dataclass(slots=True)
class Imported:
    """The result of an import."""

    regions: list[bpy.types.Object] = field(default_factory=list)
    """In the requested order, including those that were already there."""
    new: int = 0
    without_mesh: list[Structure] = field(default_factory=list)
    empty: list[Structure] = field(default_factory=list)
    """Those without any part in the requested hemisphere."""
    damaged: list[str] = field(default_factory=list)
    """A sentence for each mesh that could not be read."""
    not_here: list[Structure] = field(default_factory=list)
    """Those whose mesh is not on this disk, but may be on BrainGlobe's server."""
    filled: dict[str, int] = field(default_factory=dict)
    """Of regions whose mesh had gaps, which were closed: the edges around these."""
    left_open: dict[str, int] = field(default_factory=dict)
    """Of halves that could not be closed: their open edges."""


@dataclass(frozen=True, slots=True)
class _Shaping:
    """What a region's shape depends on, besides the atlas."""

    placement: Placement
    origin: Origin
    smooth: bool


def import_regions(
    context: bpy.types.Context,
    atlas: Atlas,
    acronyms: str | Iterable[str | int | Structure],
    *,
    parts: Parts = "ONLY",
    depth: int = 1,
    hemisphere: Sides = "BOTH",
    orientation: Orientation = "BRAINGLOBE",
    um_per_unit: float = DEFAULT_UM_PER_UNIT,
    origin: Origin = "GEOMETRY",
    smooth: bool = True,
    decimation: float = 1.0,
    smoothing: int | None = None,
) -> Imported:
    """Import regions of an atlas, each at its position.

    Regions already in the scene are reused: they keep their look, and their meshes are only rebuilt
    if they have to move.

    Parameters
    ----------
    context : Context
        The regions go into a collection of its scene that is named after the atlas.
    acronyms : str or iterable of str, int or Structure
        As `search.Search.find` understands them.
    parts : str
        ``"ONLY"`` the structures themselves; ``"DESCENDANTS"`` what is inside as well, down to
        `depth`; ``"LEAVES"`` the innermost parts alone; ``"HIERARCHY"`` all of it.
    depth : int
        Levels below, for ``"DESCENDANTS"``.
    hemisphere : str
        ``"BOTH"``, ``"LEFT"`` or ``"RIGHT"`` of the animal, cut at the mid-plane and closed; or
        ``"SPLIT"`` for two objects.
    orientation : str
        See `orientation.placement`.
    um_per_unit : float
        Micrometers per Blender unit.
    origin : str
        ``"GEOMETRY"`` puts each object's origin at the center of its region, ``"ATLAS"`` at the
        scene's origin.
    decimation : float
        Fraction of the triangles that a Decimate modifier keeps; 1 adds none.
    smoothing : int, optional
        Rounds of smoothing by a modifier, see `smoothing`; 0 adds none. If not given, regions keep
        what they have.

    Raises
    ------
    UnknownStructureError
        If one of the structures is unknown; nothing is imported then.
    AtlasError
        If no mesh can be imported at all, or if the mesh of an existing region that has to move
        cannot be read; nothing has changed then.
    """
    chosen = chosen_parts(atlas, _structures(atlas, acronyms), parts, depth)
    shaping = _Shaping(placement(orientation, um_per_unit, atlas.extent_um), origin, smooth)
    scene = context.scene
    there = {_key(region): region for region in scene.objects if is_region(region)}
    wanted = [
        (structure, side, there.get((atlas.full_name, str(structure.id), side or "BOTH")))
        for structure in chosen
        if structure.has_mesh
        for side in _SIDES[hemisphere]
    ]
    # All of these before anything changes: moving only some of the regions would be worse than
    # none.
    anew = [
        (structure, side, region)
        for structure, side, region in wanted
        if region is not None and _is_shaped_otherwise(region, shaping)
    ]
    for _, _, other in anew:
        if not required(other.data).is_editable:
            raise AtlasError(f"{refusal(other)} So nothing was moved.")
    reshaped: list[tuple[bpy.types.Object, Shape]] = []
    pairs = [(structure, side) for structure, side, _ in anew]
    read = shapes(atlas, pairs, shaping.placement, origin)
    for (_, _, there_already), shape in zip(anew, read, strict=True):
        if isinstance(shape, AtlasError):
            raise AtlasError(f"{shape} So nothing was moved.")
        if shape is not None:
            reshaped.append((there_already, shape))
    result = Imported(
        without_mesh=[one for one in chosen if not atlas.may_have_mesh(one)],
        not_here=[one for one in chosen if not one.has_mesh and atlas.may_have_mesh(one)],
    )
    made: list[bpy.types.Object] = []
    placed: list[tuple[Structure, bpy.types.Object]] = []
    new = [(structure, side) for structure, side, region in wanted if region is None]
    ready = shapes(atlas, new, shaping.placement, origin)
    try:
        for structure, side, region in wanted:
            if region is None:
                shape = next(ready)
                if isinstance(shape, AtlasError):
                    # Of both halves, it is said once.
                    if str(shape) not in result.damaged:
                        result.damaged.append(str(shape))
                    continue
                if shape is None:
                    # One of the two sides may be empty: some structures are on one side only.
                    if hemisphere != "SPLIT":
                        result.empty.append(structure)
                    continue
                region = _new_region(atlas, structure, side)
                made.append(region)
                _set_shape(region, shape, shaping)
                for count, counted in (
                    (shape.filled, result.filled),
                    (shape.open_edges, result.left_open),
                ):
                    if count:
                        counted[region.name] = count
            placed.append((structure, region))
        if not placed:
            _raise_nothing(result)
        group(scene, atlas, placed, nested=parts in ("DESCENDANTS", "HIERARCHY"))
    except BaseException:
        meshes = [region.data for region in made]
        bpy.data.batch_remove(made)
        bpy.data.batch_remove([mesh for mesh in meshes if mesh])
        raise
    finally:
        ready.close()
    for there_already, shape in reshaped:
        _set_shape(there_already, shape, shaping)
    for _, one in placed:
        if one.is_editable:
            set_decimation(one, decimation)
        if smoothing is not None and one.is_editable:
            set_smoothing(one, smoothing)
    _set_where_they_meet([region for region in scene.objects if is_region(region)])
    result.regions = [region for _, region in placed]
    result.new = len(made)
    return result


# --- Which structures ---


def absent_meshes(
    atlas: Atlas, acronyms: str | Iterable[str | int | Structure], parts: Parts, depth: int = 1
) -> list[Structure]:
    """List the structures of an import whose meshes are not on this disk, but may be on the server.

    Parameters
    ----------
    acronyms, parts, depth
        As for `import_regions`.

    Raises
    ------
    UnknownStructureError
        If one of the structures is unknown.
    """
    if not atlas.mesh_address:
        return []
    chosen = chosen_parts(atlas, _structures(atlas, acronyms), parts, depth)
    return [one for one in chosen if not one.has_mesh and atlas.may_have_mesh(one)]


def _structures(
    atlas: Atlas, acronyms: str | Iterable[str | int | Structure]
) -> Sequence[Structure]:
    if isinstance(acronyms, str):
        return Search(atlas.structures).find(acronyms)
    given = list(acronyms)
    if all(isinstance(one, Structure) for one in given):
        return [one for one in given if isinstance(one, Structure)]
    search = Search(atlas.structures)
    return [one if isinstance(one, Structure) else search.find_one(str(one)) for one in given]


def chosen_parts(
    atlas: Atlas, structures: Sequence[Structure], parts: Parts, depth: int
) -> list[Structure]:
    """List what to import, each once; parts are in the atlas's order.

    Parameters
    ----------
    parts, depth
        See `import_regions`.
    """
    chosen: dict[int, Structure] = {}
    for structure in structures:
        if parts != "LEAVES":
            chosen[structure.id] = structure
        if parts == "ONLY":
            continue
        inside = atlas.descendants(structure.id, depth if parts == "DESCENDANTS" else None)
        if parts == "LEAVES":
            leaves = [one for one in inside if not atlas.children(one.id)]
            inside = iter(leaves or [structure])
        chosen |= {one.id: one for one in inside}
    return list(chosen.values())


# --- Objects ---


def _new_region(atlas: Atlas, structure: Structure, side: Side | None) -> bpy.types.Object:
    """Make an object with everything but a shape."""
    name = structure.acronym if side is None else f"{structure.acronym} {side.lower()}"
    mesh = bpy.data.meshes.new(name)
    mesh.materials.append(atlas_colors())
    region = bpy.data.objects.new(name, mesh)
    set_color(region, srgb_to_linear(np.array(structure.color) / 255).tolist())
    stored = about(region)
    stored.atlas = atlas.full_name
    stored.folder = str(atlas.folder)
    stored.structure = str(structure.id)
    stored.acronym = structure.acronym
    stored.full_name = structure.name
    stored.path = "/".join(map(str, structure.path))
    stored.level = structure.depth
    stored.side = side or "BOTH"
    return region


def _set_shape(region: bpy.types.Object, shape: Shape, shaping: _Shaping) -> None:
    mesh: Any = region.data
    fill_mesh(mesh, shape.points, shape.triangles, smooth=shaping.smooth)
    if shape.on_cut is not None and shape.on_cut.any():
        set_attribute(mesh, ON_CUT, "POINT", shape.on_cut.astype(np.float32))
    region.location = shape.location.tolist()
    stored = about(region)
    stored.orientation = shaping.placement.orientation
    stored.um_per_unit = shaping.placement.um_per_unit
    stored.middle_um = shaping.placement.middle_um
    stored.origin = shaping.origin
    stored.smooth = shaping.smooth


def _is_shaped_otherwise(region: bpy.types.Object, shaping: _Shaping) -> bool:
    stored = about(region)
    return (
        stored.orientation != shaping.placement.orientation
        or not np.isclose(stored.um_per_unit, shaping.placement.um_per_unit)
        or stored.origin != shaping.origin
        or stored.smooth != shaping.smooth
    )


def _set_where_they_meet(regions: Sequence[bpy.types.Object]) -> None:
    """Tell regions whose shapes change where they meet, so that no groove opens there."""
    smoothed = [region for region in regions if smoothing_of(region)]
    simpler = [region for region in regions if decimation_of(region) < 1]
    rims = _rims(smoothed)
    for region, rim in rims:
        mesh: Any = region.data
        if mesh.is_editable:
            set_rim(mesh, rim)
    for region, rim in rims if simpler == smoothed else _rims(simpler):
        if region.is_editable:
            set_meeting(region, rim.points | _around_cut(region))


def _rims(regions: Sequence[bpy.types.Object]) -> list[tuple[bpy.types.Object, Rim]]:
    groups: dict[tuple[str, str], list[bpy.types.Object]] = {}
    for region in regions:
        stored = about(region)
        groups.setdefault((stored.atlas, stored.orientation), []).append(region)
    found: list[tuple[bpy.types.Object, Rim]] = []
    for alike in groups.values():
        points, triangles = zip(*(_in_scene(region) for region in alike), strict=True)
        paths = [[int(id) for id in about(region).path.split("/") if id] for region in alike]
        lengths = [
            np.linalg.norm(one[faces[:, 0]] - one[faces[:, 1]], axis=1).mean()
            for one, faces in zip(points, triangles, strict=True)
            if len(faces)
        ]
        if lengths:
            apart = _SAME_PLACE * float(np.mean(lengths))
            found += zip(alike, junctions(points, triangles, paths, apart), strict=True)
    return found


def _around_cut(region: bpy.types.Object) -> NDArray[np.bool_]:
    """Find the points around the face where a region was cut in two."""
    mesh: Any = region.data
    points, triangles = _in_scene(region)
    on_cut = np.zeros(len(points), np.float32)
    if (there := mesh.attributes.get(ON_CUT)) is not None:
        there.data.foreach_get("value", on_cut)
    outside = np.zeros(len(points), bool)
    outside[triangles[(on_cut[triangles] < 0.5).any(axis=1)]] = True
    return outside & (on_cut > 0.5)


def _in_scene(region: bpy.types.Object) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return a region's points in the scene, as it was imported, and its triangles."""
    mesh: Any = region.data
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    triangles = np.empty(3 * len(mesh.loop_triangles), np.int32)
    mesh.loop_triangles.foreach_get("vertices", triangles)
    place = np.array(region.location, np.float32)
    return points.reshape(-1, 3) + place, triangles.reshape(-1, 3)


def _key(region: bpy.types.Object) -> tuple[str, str, str]:
    stored = about(region)
    return stored.atlas, stored.structure, stored.side


def _raise_nothing(result: Imported) -> NoReturn:
    """Say why there is nothing to see."""
    if result.damaged:
        raise AtlasError(result.damaged[0])
    if result.empty:
        names = ", ".join(one.acronym for one in result.empty[:5])
        raise AtlasError(f"No part of {names} is in this hemisphere.")
    if result.not_here:
        raise NotHereError(result.not_here)
    names = ", ".join(one.acronym for one in result.without_mesh[:5])
    raise AtlasError(
        f"The atlas has no mesh for {names}." if names else "Type or tick a region first."
    )
