# SPDX-License-Identifier: GPL-3.0-or-later
"""What a film scene needs around its subject: background, light, glow, camera."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix, Vector
from numpy.typing import NDArray

from . import nodes
from .animation import remove_fcurves, set_interpolation
from .changes import engine_of, listed
from .figures import PASS
from .required import required

BLOOM: Final = "Bloom"
WORLD: Final = "Film World"
CAMERA: Final = "Film Camera"
PIVOT: Final = "Film Camera Pivot"
# The node of a bloom that keeps figures out of it; its second factor is 1 if it does.
_FIGURES: Final = "Figures Left Out"
# How many nodes a bloom had in version 0.1.0, where figures always glowed.
_NODES_OF_0_1: Final = 3
BACKLIGHT: Final = "Backlight"
# In which direction the camera looks, and what is up in the picture: down onto the xy plane, in
# which morphologies are traced.
_DIRECTION: Final = (0.0, 0.0, -1.0)
_UP: Final = (0.0, 1.0, 0.0)
# Straight from behind, light would only graze what the camera sees.
_BACKLIGHT_ELEVATION: Final = math.radians(50)
_BACKLIGHT_WATTS: Final = 48.0


def use_standard_view(scene: bpy.types.Scene) -> None:
    """Show colors as they are; the default view transform, AgX, shifts them."""
    # The installed color configuration decides what there is, so the stubs cannot know it.
    view_settings: Any = scene.view_settings
    view_settings.view_transform = "Standard"


def use_plain_world(
    scene: bpy.types.Scene, color: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> bpy.types.World:
    """Give the scene a world of one color.

    Parameters
    ----------
    scene : Scene
        The world it has stays in the file, to be chosen again; so does one that was made here and
        has other nodes by now.
    color : tuple of float
        Scene-linear; black by default.

    Returns
    -------
    World
        Made here before, or now.
    """
    world = scene.world
    if world is None or not _is_plain(world):
        _keep(world)
        world = scene.world = bpy.data.worlds.new(WORLD)
        world[WORLD] = True
    with nodes.world(world) as tree:
        background = tree.add("ShaderNodeBackground", {"Color": (*color, 1.0), "Strength": 1.0})
        tree.add("ShaderNodeOutputWorld", {"Surface": background})
    return world


def add_bloom(
    scene: bpy.types.Scene,
    strength: float = 1.0,
    threshold: float = 0.3,
    size: float = 0.5,
    *,
    figures_glow: bool = False,
) -> bpy.types.NodeTree:
    """Let bright parts of the picture glow, in the compositor, for every engine.

    Parameters
    ----------
    scene : Scene
        The compositor group that it has stays in the file, to be chosen again. One that was made
        here only gets the new settings, and keeps what else somebody put into it.
    strength : float
    threshold : float
        Scene-linear brightness from which on a pixel glows.
    size : float
        0..1, of the picture.
    figures_glow : bool
        Let figures glow as well, which makes small type harder to read.

    Returns
    -------
    NodeTree
    """
    settings = {"Threshold": threshold, "Strength": strength, "Size": size}
    scene.render.use_compositing = True
    for layer in scene.view_layers:
        if PASS not in layer.aovs:
            added = layer.aovs.add()
            added.name, added.type = PASS, "VALUE"
    there: Any = scene.compositing_node_group
    glare = _bloom_of(scene)
    # One that version 0.1.0 made and nobody changed gets the nodes of this one.
    if glare is not None and (_FIGURES in there.nodes or len(there.nodes) > _NODES_OF_0_1):
        for name, value in settings.items():
            glare.inputs[name].default_value = value
        if _FIGURES in there.nodes:
            there.nodes[_FIGURES].inputs[1].default_value = float(not figures_glow)
        return required(scene.compositing_node_group)
    title = f"{BLOOM} of {scene.name}"
    if glare is None and there is not None and there.library is None and there.name == title:
        # Somebody took its glare or its picture out, and may have put something else in.
        nodes.disown(there)
    # A group of its own for each scene, since it says whose picture it takes.
    with nodes.compositor_group(title) as tree:
        layers = tree.add("CompositorNodeRLayers", scene=scene)
        rendered = layers["Image"]
        left_out = tree.math(
            "MULTIPLY", layers[PASS], float(not figures_glow), name=_FIGURES, label=_FIGURES
        )
        black = (0.0, 0.0, 0.0, 1.0)
        bright = tree.mix(left_out, rendered, black, label="What glows", data_type="RGBA")
        glare = tree.add(
            "CompositorNodeGlare",
            {"Image": bright, "Type": "Bloom", "Quality": "High", **settings},
            name=BLOOM,
        )
        shone = tree.mix(1.0, rendered, glare["Glare"], data_type="RGBA", blend_type="ADD")
        tree.output("Image", shone, kind="Color")
    group: bpy.types.NodeTree = tree.tree
    if scene.compositing_node_group != group:
        _keep(scene.compositing_node_group)
    scene.compositing_node_group = group
    return group


def show_bloom(context: bpy.types.Context) -> str:
    """Let the 3-D viewports of a window show what the compositor makes of the picture.

    Parameters
    ----------
    context : Context
        The window is its own; without one, as in background mode, nothing changes.

    Returns
    -------
    str
        Where it is seen besides renders, to be added to a sentence about those.
    """
    if bpy.app.background or context.window is None:
        return ""
    spaces = [area.spaces.active for area in required(context.window.screen).areas]
    viewports = [space for space in spaces if isinstance(space, bpy.types.SpaceView3D)]
    for viewport in viewports:
        required(viewport.shading).use_compositor = "ALWAYS"
    return " and in the viewport's Material Preview and Rendered" if viewports else ""


def way_told(scene: bpy.types.Scene, degrees: float) -> str:
    """Say where a scene's camera goes.

    Parameters
    ----------
    scene : Scene
    degrees : float
        As of `orbit`; 0 if it stands still.

    Returns
    -------
    str
        The beginning of a sentence.
    """
    camera = required(scene.camera).name
    if not degrees:
        return f"'{camera}' stands still"
    return (
        f"'{camera}' circles {degrees:g} degrees in frames {scene.frame_start} to {scene.frame_end}"
    )


def stage_told(
    scene: bpy.types.Scene,
    degrees: float,
    shown: str | None,
    *,
    backlight: bool = False,
) -> str:
    """Say in a sentence what was set for a film.

    Parameters
    ----------
    scene : Scene
    degrees : float
        See `way_told`.
    shown : str or None
        See `show_bloom`; None if there is no bloom.
    backlight : bool

    Returns
    -------
    str
    """
    parts = [way_told(scene, degrees)]
    parts += ["a light stands behind"] if backlight else []
    parts += ["the background is black"]
    parts += [] if shown is None else [f"bright parts glow in renders{shown}"]
    return f"Film for {engine_of(scene)}: {listed(parts)}."


def _bloom_of(scene: bpy.types.Scene) -> Any:
    """Find the glare node in the compositor group that `add_bloom` made for a scene."""
    group: Any = scene.compositing_node_group
    if group is None or group.library is not None or not nodes.is_written(group):
        return None
    pictures = [node for node in group.nodes if node.bl_idname == "CompositorNodeRLayers"]
    # A copy of a scene has the group of its original, which takes the other one's picture.
    if all(picture.scene != scene for picture in pictures):
        return None
    glares = [node for node in group.nodes if node.bl_idname == "CompositorNodeGlare"]
    # Version 0.1.0 gave it no name of its own; what somebody added came later.
    named = [node for node in glares if node.name == BLOOM]
    return next(iter(named or glares), None)


def _is_plain(world: bpy.types.World) -> bool:
    """Tell whether a world was made here, and nobody gave it other nodes."""
    if world.library is not None or world.get(WORLD) is None:
        return False
    kinds = sorted(node.bl_idname for node in required(world.node_tree).nodes)
    return kinds == ["ShaderNodeBackground", "ShaderNodeOutputWorld"]


def _keep(block: bpy.types.ID | None) -> None:
    """Save what a scene used until now with the file, although nothing uses it any more."""
    if block is not None and block.library is None:
        block.use_fake_user = True


def frame_camera(
    scene: bpy.types.Scene,
    objects: Iterable[bpy.types.Object],
    *,
    direction: tuple[float, float, float] = _DIRECTION,
    up: tuple[float, float, float] = _UP,
    margin: float = 0.06,
    bottom: float = 0.0,
    lens_mm: float = 70.0,
    orbit_axis: tuple[float, float, float] | None = None,
    also: NDArray[np.floating[Any]] | None = None,
) -> bpy.types.Object:
    """Point a camera at objects so that they fill the picture.

    Parameters
    ----------
    scene : Scene
        The camera becomes its active one. One made here before is used again.
    objects : iterable of Object
    direction : tuple of float
        In which the camera looks.
    up : tuple of float
        What is up in the picture.
    margin : float
        Part of the picture that is left free on each side.
    bottom : float
        Part of the picture that is left free below as well, for figures.
    lens_mm : float
    orbit_axis : tuple of float, optional
        Leave room for the objects as they look all the way round this axis.
    also : ndarray, shape (P, 3), optional
        Points in world space that have to be in the picture too, such as where objects will be.

    Returns
    -------
    Object
        The camera. Its parent is an empty in the middle of the objects, see `orbit`.
    """
    points = world_points(scene, objects)
    if also is not None:
        points = np.concatenate([points, also])
    camera = _own(scene, CAMERA, lambda: bpy.data.cameras.new(CAMERA))
    pivot = _own(scene, PIVOT, lambda: None)
    data = camera.data
    assert isinstance(data, bpy.types.Camera)
    data.lens = lens_mm
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    pivot.animation_data_clear()
    pivot.matrix_world = _placed(np.eye(3), middle)
    rotation = _looking(np.array(direction), np.array(up))
    camera.parent = None
    camera.matrix_world = _placed(rotation, middle)
    # Moving the points away from the middle makes room at the picture's edges.
    around = _turned(points - middle, orbit_axis) if orbit_axis else points - middle
    spread = middle + _outermost(around) / (1 - 2 * margin)
    upwards = rotation[:, 1]
    below = float(np.ptp(spread @ upwards)) * bottom / (1 - bottom)
    spread = np.concatenate([spread, spread - below * upwards])
    fitted: Any = camera.camera_fit_coords(_depsgraph(scene), spread.ravel().tolist())
    location = np.array(fitted[0])
    camera.matrix_world = _placed(rotation, location)
    camera.parent = pivot
    camera.matrix_parent_inverse = _placed(np.eye(3), -middle)
    distance = float(np.linalg.norm(location - middle))
    extent = float(np.ptp(points, axis=0).max())
    data.clip_start = max((distance - 2 * extent) / 2, distance / 1000)
    data.clip_end = distance + 10 * extent
    scene.camera = camera
    return camera


def add_backlight(
    scene: bpy.types.Scene,
    objects: Iterable[bpy.types.Object],
    *,
    strength: float = 1.0,
    color: tuple[float, float, float] = (1.0, 1.0, 1.0),
) -> bpy.types.Object:
    """Light objects from behind, so that their edges stand out from a dark ground.

    Only surfaces that reflect light show it; what merely emits stays as it is.

    Parameters
    ----------
    scene : Scene
        A backlight made here before is used again.
    objects : iterable of Object
    strength : float
        1 draws clear edges on a dark surface, beside a glow of strength 1.
    color : tuple of float
        Scene-linear.

    Returns
    -------
    Object
        An area light behind and above the objects as the scene's camera sees them, or as one that
        looks down onto the xy plane. It circles along with a film camera.
    """
    points = world_points(scene, objects)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    size = max(float(np.linalg.norm(np.ptp(points, axis=0))), 1e-3)
    camera = scene.camera
    away, up = np.array(_DIRECTION), np.array(_UP)
    if camera is not None:
        matrix = np.array(camera.matrix_world)
        away, up = -matrix[:3, 2], matrix[:3, 1]
    way = away * math.cos(_BACKLIGHT_ELEVATION) + up * math.sin(_BACKLIGHT_ELEVATION)
    way /= np.linalg.norm(way)
    light = _own(scene, BACKLIGHT, lambda: bpy.data.lights.new(BACKLIGHT, "AREA"))
    data = light.data
    assert isinstance(data, bpy.types.AreaLight)
    data.color = color
    data.shape, data.size = "DISK", size
    # As seen from the middle the light has the same extent whatever the size, so that its power
    # has to grow with its area.
    data.energy = strength * _BACKLIGHT_WATTS * size**2
    # It is behind the objects, so it would stand in the picture.
    light.visible_camera = False
    light.parent = None
    light.matrix_world = _placed(_looking(-way, np.cross(way, away)), middle + way * size)
    if camera is not None and is_film_camera(camera):
        pivot = camera.parent
        assert pivot is not None
        light.parent = pivot
        light.matrix_parent_inverse = pivot.matrix_world.inverted()
    return light


def camera_of(scene: bpy.types.Scene) -> bpy.types.Object | None:
    """Find a scene's camera, if it is one: Blender lets a scene look through any object.

    Parameters
    ----------
    scene : Scene

    Returns
    -------
    Object or None
    """
    camera = scene.camera
    return camera if camera is not None and isinstance(camera.data, bpy.types.Camera) else None


def is_film_camera(camera: bpy.types.Object) -> bool:
    """Tell whether `frame_camera` made a camera, so that it can orbit.

    Parameters
    ----------
    camera : Object

    Returns
    -------
    bool
    """
    return camera.parent is not None and camera.parent.name.split(".")[0] == PIVOT


def orbit(
    camera: bpy.types.Object,
    degrees: float,
    frame_start: int,
    frame_end: int,
    *,
    axis: tuple[float, float, float] | None = None,
) -> None:
    """Let a camera of `frame_camera` circle around what it looks at, at constant speed.

    It goes another way than before: what it circled until now is forgotten.

    Parameters
    ----------
    camera : Object
    degrees : float
        Angle travelled, half of it before the view that the camera has now and half after.
    frame_start, frame_end : int
        First and last frame of the movement.
    axis : tuple of float, optional
        Around which it circles, in world space; what is up in the picture if it is not given.
    """
    pivot = camera.parent
    assert pivot is not None
    if axis is None:
        rotation_at_rest: Any = required(camera.matrix_basis).to_3x3()
        axis = tuple((rotation_at_rest @ Vector((0.0, 1.0, 0.0))).normalized())
    remove_fcurves(pivot, "rotation_axis_angle")
    pivot.rotation_mode = "AXIS_ANGLE"
    rotation: Any = pivot.rotation_axis_angle
    for frame, angle in ((frame_start, -degrees / 2), (frame_end, degrees / 2)):
        rotation[:] = (math.radians(angle), *axis)
        pivot.keyframe_insert("rotation_axis_angle", frame=frame)
    set_interpolation(pivot, "rotation_axis_angle", "LINEAR")


def world_points(
    scene: bpy.types.Scene, objects: Iterable[bpy.types.Object]
) -> NDArray[np.float64]:
    """Find where objects are.

    Parameters
    ----------
    scene : Scene
    objects : iterable of Object

    Returns
    -------
    ndarray, shape (P, 3)
        In world space: the points of curves and meshes, the corners of the bounding box of
        anything else that has one, and where empties, lights and cameras are.
    """
    depsgraph = _depsgraph(scene)
    parts = []
    for thing in objects:
        evaluated = thing.evaluated_get(depsgraph)
        position = _positions(thing)
        if position is not None:
            local = np.empty((len(position.data), 3), np.float32)
            position.data.foreach_get("vector", local.ravel())
        elif thing.type in ("CAMERA", "EMPTY", "LIGHT", "LIGHT_PROBE", "SPEAKER"):
            # Their bounding boxes are one unit wide, wherever they are.
            local = np.zeros((1, 3), np.float32)
        else:
            local = np.array(evaluated.bound_box, np.float32)
        matrix = np.array(evaluated.matrix_world)
        parts.append(local @ matrix[:3, :3].T + matrix[:3, 3])
    if not parts:
        raise ValueError("There is nothing to point a camera at")
    return np.concatenate(parts).astype(np.float64)


def _positions(thing: bpy.types.Object) -> Any:
    """Find the positions of points that are drawn where they are."""
    if thing.mode != "OBJECT":
        # Blender hides the attributes of what is being edited.
        return None
    data = thing.data
    if isinstance(data, bpy.types.Curves) and len(data.points):
        return data.attributes["position"]
    if isinstance(data, bpy.types.Mesh) and len(data.vertices) and not thing.modifiers:
        return data.attributes["position"]
    return None


def _turned(points: NDArray[np.float64], axis: tuple[float, float, float]) -> NDArray[np.float64]:
    """Put points at all angles around an axis through the origin."""
    outermost = _outermost(points)
    turned: list[NDArray[np.float64]] = []
    for angle in np.linspace(0, 2 * np.pi, 72):
        matrix: Any = Matrix.Rotation(angle, 3, axis)
        turned.append(outermost @ np.array(matrix).T)
    return np.concatenate(turned)


def _outermost(points: NDArray[np.float64], directions: int = 500) -> NDArray[np.float64]:
    """Keep the points that are farthest out, in directions spread evenly over the sphere."""
    if len(points) <= directions:
        return points
    height = np.linspace(-1, 1, directions)
    turn = np.arange(directions) * np.pi * (3 - np.sqrt(5))
    ring = np.sqrt(1 - height**2)
    sphere = np.stack([ring * np.cos(turn), ring * np.sin(turn), height])
    # In pieces: all products at once would be millions times hundreds.
    farthest = [int((points @ way).argmax()) for way in sphere.T]
    return np.asarray(points[np.unique(farthest)])


def _looking(direction: NDArray[Any], up: NDArray[Any]) -> NDArray[np.float64]:
    """Rotate a camera, which looks down its own -z axis with y up, to look in a direction."""
    backward = -direction / np.linalg.norm(direction)
    right = np.cross(up, backward)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(backward, right), backward], axis=1)


def _placed(rotation: NDArray[Any], location: NDArray[Any]) -> Matrix:
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation, location
    return Matrix(matrix.tolist())


def _own(scene: bpy.types.Scene, name: str, make_data: Any) -> bpy.types.Object:
    """Return the scene's object of this name, or a new one."""
    for thing in scene.objects:
        if thing.name.split(".")[0] == name:
            return thing
    thing = bpy.data.objects.new(name, make_data())
    scene.collection.objects.link(thing)
    return thing


def _depsgraph(scene: bpy.types.Scene) -> bpy.types.Depsgraph:
    _update(scene)
    depsgraph = scene.view_layers[0].depsgraph
    assert depsgraph is not None
    return depsgraph


def _update(scene: bpy.types.Scene) -> None:
    scene.view_layers[0].update()
