# SPDX-License-Identifier: GPL-3.0-or-later
"""Register ours and other people's add-ons in one Blender, and use them side by side.

``beside_others.py ours|theirs bundled|molecularnodes folder``: who is registered first, what theirs
are, and where files go. Prints ``well`` at the end.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from pathlib import Path
from typing import Any

import bpy

OURS = ("blender_spike", "blender_brain", "surface_slicer")
# Those that come with Blender; they are of several authors.
BUNDLED = ("rigify", "node_wrangler", "io_scene_gltf2", "io_scene_fbx", "pose_library")
TYPES = ("Scene", "Object", "Material", "WindowManager", "Collection", "NodeTree")
State = dict[str, object]


def add_ours() -> list[type]:
    """Register ours; return their classes."""
    classes: list[type] = []
    for name in OURS:
        module = importlib.import_module(name)
        module.register()
        classes += module.CLASSES
    return classes


def add_bundled() -> None:
    import addon_utils

    for name in BUNDLED:
        assert addon_utils.enable(name, default_set=True), name


def add_molecular_nodes() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module("molecularnodes").register()


def properties() -> dict[str, set[str]]:
    """Name what each type of datablock has."""
    return {name: set(getattr(bpy.types, name).bl_rna.properties.keys()) for name in TYPES}


def groups() -> State:
    """Describe the node groups: which nodes with which values."""
    return {
        f"{group.name}/{node.name}": (
            node.bl_idname,
            [str(getattr(socket, "default_value", "")) for socket in node.inputs],
        )
        for group in bpy.data.node_groups
        for node in group.nodes
    }


def unchanged(before: State) -> None:
    """Raise if a node of those is another by now."""
    now = groups()
    changed = [name for name, state in before.items() if now.get(name) != state]
    assert not changed, changed


def as_it_was(cls: Any) -> bool:
    """Tell whether a class of ours is what its name stands for."""
    name = getattr(cls, "bl_idname", cls.__name__)
    if issubclass(cls, bpy.types.Operator):
        room, _, what = name.partition(".")
        name = f"{room.upper()}_OT_{what}"
    found = getattr(bpy.types, name, None) or getattr(bpy.types, cls.__name__, None)
    return bool(cls.is_registered) and (found is None or found == cls)


def molecule(folder: Path) -> Any:
    """Make a helix of 20 residues with Molecular Nodes."""
    from math import cos, sin

    import molecularnodes

    path = folder / "helix.pdb"
    path.write_text(
        "".join(
            f"ATOM  {i + 1:5d}  CA  ALA A{i + 1:4d}    {10 * cos(i):8.3f}{10 * sin(i):8.3f}"
            f"{1.5 * i:8.3f}  1.00  0.00           C\n"
            for i in range(20)
        )
        + "END\n"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = molecularnodes.Molecule.load(path)
        made.add_style("spheres")
    return made.object


def lit(folder: Path, thing: Any) -> int:
    """Render, and count the pixels that are not the ground's."""
    scene = bpy.context.scene
    for other in bpy.data.objects:
        other.hide_render = other != thing and other.type != "CAMERA"
    scene.render.engine, scene.cycles.samples = "CYCLES", 4
    scene.render.resolution_x = scene.render.resolution_y = 96
    scene.render.film_transparent, scene.render.filepath = True, str(folder / "cut.png")
    scene.camera.data.type = "ORTHO"
    bpy.context.view_layer.update()
    scene.camera.data.ortho_scale = 1.2 * max(thing.dimensions)
    scene.camera.rotation_euler = (0, 0, 0)
    x, y, z = thing.matrix_world @ (sum_of(thing.bound_box) / 8)
    scene.camera.location = (x, y, z + 100 * scene.camera.data.ortho_scale)
    scene.camera.data.clip_end = 1e4
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath, check_existing=False)
    count = sum(alpha > 0.5 for alpha in list(image.pixels)[3::4])
    bpy.data.images.remove(image)
    return count


def sum_of(corners: Any) -> Any:
    from mathutils import Vector

    return sum((Vector(corner) for corner in corners), Vector())


def use_ours(folder: Path) -> None:
    """Have something of each of ours in the scene."""
    bpy.ops.blender_spike.import_demo()
    bpy.ops.blender_spike.add_color_bar()
    bpy.ops.surface_slicer.create_surface(formula="x * y")
    bpy.ops.blender_brain.make_demo_atlas()


def main() -> None:
    first, theirs, folder = sys.argv[-3], sys.argv[-2], Path(sys.argv[-1])
    add_theirs = add_molecular_nodes if theirs == "molecularnodes" else add_bundled
    plain = properties()
    if first == "ours":
        classes = add_ours()
        ours = properties()
        add_theirs()
        assert all(ours[name] <= properties()[name] for name in TYPES)
    else:
        add_theirs()
        other = properties()
        classes = add_ours()
        assert all(other[name] <= properties()[name] for name in TYPES)
        ours = {name: plain[name] | (properties()[name] - other[name]) for name in TYPES}
    taken = [cls.__name__ for cls in classes if not as_it_was(cls)]
    assert not taken, taken
    everything = properties()
    if theirs == "molecularnodes":
        thing = molecule(folder)
        of_theirs = groups()
        use_ours(folder)
        unchanged(of_theirs)
        of_all = groups()
        molecule(folder)
        unchanged(of_all)
        slice_it(thing, folder)
    else:
        use_ours(folder)
        everything_exported(folder)
    for name in reversed(OURS):
        importlib.import_module(name).unregister()
    left = {name: everything[name] - (ours[name] - plain[name]) for name in TYPES}
    assert properties() == left
    print("well", flush=True)


def slice_it(thing: Any, folder: Path) -> None:
    """Cut what others made in halves, and make it whole again."""
    whole = lit(folder, thing)
    bpy.context.view_layer.objects.active = thing
    for other in bpy.data.objects:
        other.select_set(other == thing)
    assert bpy.ops.surface_slicer.slice_objects() == {"FINISHED"}
    assert 0.2 * whole < lit(folder, thing) < 0.8 * whole, (whole, lit(folder, thing))
    bpy.context.view_layer.objects.active = thing
    for other in bpy.data.objects:
        other.select_set(other == thing)
    assert bpy.ops.surface_slicer.remove_slicing() == {"FINISHED"}
    assert abs(lit(folder, thing) - whole) <= 0.02 * whole


def everything_exported(folder: Path) -> None:
    """Write what ours made with an exporter of theirs."""
    path = folder / "scene.glb"
    assert bpy.ops.export_scene.gltf(filepath=str(path)) == {"FINISHED"}
    assert path.stat().st_size > 10_000


if __name__ == "__main__":
    main()
