# SPDX-License-Identifier: GPL-3.0-or-later
"""What packages go through, inside a Blender of its own: ``package_life.py STEP…``.

The steps follow one another in one session: ``install:ZIP``, ``disable:NAME``, ``enable:NAME``,
``uninstall:NAME``, ``use:NAME:DATA`` (do with it what it is for), ``demo`` (the demo atlas, in the
extension's own folder), ``traces`` (remember what Blender holds besides its own), ``untouched``
(see that it is the same as remembered), ``gone:NAMES`` (neither files nor modules of these are
left), ``current`` (no module of an older version is left), ``wheels:FOLDERS`` (just these are
installed), ``brought:TAGS`` (the made-up wheel has the one of them for this Python), ``draco:DATA``
(decode meshes with what the extension brought), ``matrix:FILE`` (read HDF5 with it),
``downloading:DATA`` (disable the extension while it downloads), ``cut_off:DATA`` (uninstall it
meanwhile), ``preferences`` (save them, as a window does when it is closed), ``empty`` (an empty
file), ``film`` (camera and light), ``save:BLEND``, ``open:BLEND``, ``measure:JSON`` (what the
scene's geometry is), ``picture:JSON`` (what it looks like), ``work:NAME:DATA`` (change what was
made before).
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from bpy.utils import previews

# bpy makes Blender's own scripts importable.
import addon_utils  # isort: skip

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from helpers.atlas_server import AtlasServer  # noqa: E402

HOME = Path(bpy.utils.resource_path("USER"))
REPOSITORY = "user_default"
FRAMES = (1, 2.5, 4)
# Pixels of a picture, and of the squares whose mean colors are compared.
PICTURE, SQUARE = 64, 8
remembered: dict[str, Any] = {}


def package(name: str) -> str:
    return f"bl_ext.{REPOSITORY}.{name}"


def install(path: str) -> None:
    bpy.ops.extensions.package_install_files(
        filepath=path, repo=REPOSITORY, enable_on_install=True, overwrite=True
    )


def enable(name: str) -> None:
    assert addon_utils.enable(package(name), default_set=True)


def disable(name: str) -> None:
    addon_utils.disable(package(name), default_set=True)


def uninstall(name: str) -> None:
    repositories = bpy.context.preferences.extensions.repos
    (index,) = (i for i, one in enumerate(repositories) if one.module == REPOSITORY)
    bpy.ops.extensions.package_uninstall(repo_index=index, pkg_id=name)


def use(name: str, data: str) -> None:
    """Make and color something, and set a film scene."""
    operators = getattr(bpy.ops, name)
    folder = Path(data)
    if name == "blender_spike":
        operators.import_simulation(filepath=str(folder / "cell.pickle"))
        operators.color_by_voltage(colormap="viridis")
        operators.add_color_bar()
    elif name == "surface_slicer":
        operators.create_surface(filepath=str(folder / "heights.npy"))
        operators.color_surface(colormap="viridis")
        operators.slice_objects()
        operators.add_wireframe_twin()
    else:
        (atlas,) = (folder / "atlases").iterdir()
        operators.import_regions(atlas=str(atlas), acronyms="CA3, DG")
        operators.set_look(look="GLOW")
    assert bpy.context.object is not None
    if hasattr(bpy.types, f"{name.upper()}_OT_choose_colormap"):
        # As its panel does, which is not drawn without a window.
        pictures = sys.modules[f"{package(name)}.common.colormaps.previews"]
        assert len(pictures.gradient("any", np.zeros((64, 3)))) == 2


def measure(path: str) -> None:
    """Write what every object evaluates to at some frames: positions, and its own values."""
    found: dict[str, Any] = {}
    scene = bpy.context.scene
    for frame in FRAMES:
        scene.frame_set(int(frame), subframe=frame % 1)
        graph = bpy.context.evaluated_depsgraph_get()
        for thing in (one for one in scene.objects if one.type in ("MESH", "CURVES")):
            geometry = thing.evaluated_get(graph).evaluated_geometry()
            for kind in ("mesh", "curves"):
                part = getattr(geometry, kind)
                for name in ("position", "voltage", "height"):
                    if part is not None and name in part.attributes:
                        data = part.attributes[name].data
                        field = "vector" if name == "position" else "value"
                        values = np.zeros(len(data) * (3 if name == "position" else 1), np.float32)
                        data.foreach_get(field, values)
                        found[f"{frame} {thing.name} {kind} {name}"] = values.tolist()
    found["materials"] = sorted(m.name for m in bpy.data.materials if m.users)
    Path(path).write_text(json.dumps(found))


def film() -> None:
    """Set up a view in which colors are as they are."""
    tools = next(m for name, m in sys.modules.items() if name.endswith(".common.film"))
    scene = bpy.context.scene
    tools.use_standard_view(scene)
    tools.use_plain_world(scene)
    tools.frame_camera(scene, [one for one in scene.objects if one.type in ("MESH", "CURVES")])


def picture(path: str) -> None:
    """Write the mean colors of the squares of a picture, from 0 to 1."""
    addon_utils.enable("cycles")
    scene = bpy.context.scene
    scene.frame_set(2)
    scene.render.engine, scene.cycles.device = "CYCLES", "CPU"
    scene.cycles.samples, scene.cycles.seed, scene.cycles.use_denoising = 16, 0, False
    scene.render.resolution_x = scene.render.resolution_y = PICTURE
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = f"{path}.png"
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(f"{path}.png")
    pixels = np.zeros((PICTURE, PICTURE, 4), np.float32)
    image.pixels.foreach_get(pixels.ravel())
    bpy.data.images.remove(image)
    count = PICTURE // SQUARE
    squares = pixels[..., :3].reshape(count, SQUARE, count, SQUARE, 3).mean(axis=(1, 3))
    Path(path).write_text(json.dumps({"picture": squares.round(3).tolist()}))


def work(name: str, data: str) -> None:
    """Do with what was made before what a panel does."""
    folder, operators = Path(data), getattr(bpy.ops, name)
    made = bpy.data.objects[{"blender_spike": "cell", "surface_slicer": "heights"}.get(name, "CA3")]
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = made
    made.select_set(True)
    if name == "blender_spike":
        done = [
            operators.relink(filepath=str(folder / "cell.pickle")),
            operators.color_by_voltage(colormap="Reds"),
            operators.add_time_label(),
        ]
    elif name == "surface_slicer":
        made.surface_slicer.filepath = str(folder / "heights.npy")
        done = [operators.reload(), operators.color_surface(colormap="Reds"), operators.add_axes()]
    else:
        done = [operators.set_look(look="GLASS"), operators.show_all(), operators.add_labels()]
    assert done == [{"FINISHED"}] * 3, done


def draco(data: str) -> None:
    """Import a region from an atlas of Draco meshes, by the wheel that was installed."""
    (folder,) = {str(path.parent) for path in HOME.rglob("DracoPy.*")}
    assert folder in sys.path
    # Before another one, which may be there for the tests.
    sys.path.insert(0, folder)
    import DracoPy

    assert HOME in Path(DracoPy.__file__).parents, DracoPy.__file__
    (manifest,) = Path(data, "served").rglob("manifest.json")
    bpy.ops.blender_brain.import_regions(atlas=str(manifest.parent), acronyms="CA3")
    assert bpy.context.object.name == "CA3"
    assert len(bpy.context.object.data.polygons) == 12


def matrix(path: str) -> None:
    """Read HDF5 by the wheel that was installed with one of the extensions."""
    (folder,) = {str(found.parent.parent) for found in HOME.rglob("pyfive/__init__.py")}
    assert folder in sys.path
    # Before another one, which may be there for the tests.
    sys.path.insert(0, folder)
    import pyfive

    assert HOME in Path(pyfive.__file__).parents, pyfive.__file__
    if "create_surface" in dir(bpy.ops.surface_slicer):
        bpy.ops.surface_slicer.create_surface(filepath=path)
        assert len(bpy.context.object.data.vertices) == 27
    if "import_points" in dir(bpy.ops.blender_brain):
        bpy.ops.blender_brain.import_points(filepath=path)
        assert len(bpy.context.object.data.vertices) == 9


def serve(data: str) -> AtlasServer:
    server = AtlasServer(Path(data) / "served" / "brainglobe-atlasapi")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def disable_while_downloading(data: str) -> None:
    """See that the download has ended when the extension is gone; the server answers late."""
    downloads = sys.modules[f"{package('blender_brain')}.download.running"]
    server = serve(data)
    server.hold.clear()
    downloads.brainglobe.SERVER = server.address
    current = downloads.start("made_up_100um", "3.0", "")
    until(lambda: server.asked["manifest.json"] > 0)
    threading.Timer(0.5, server.hold.set).start()
    disable("blender_brain")
    assert not current.running and "cancelled" in current.error, current.error


def uninstall_while_downloading(data: str) -> None:
    """See that what arrives later is not stored; the server is silent about structures."""
    server = serve(data)
    server.held = "terminology"
    server.hold.clear()
    modules = f"{package('blender_brain')}."
    folder = sys.modules[f"{modules}atlas.library"].own_folder()
    # Another one than the session's, which ends with the extension.
    current = sys.modules[f"{modules}download.tasks"].Task(
        {
            "task": "atlas",
            "name": "made_up_100um",
            "version": "3.0",
            "regions": "",
            "folder": str(folder),
            "server": server.address,
        }
    )
    until(lambda: server.asked.total() > 1)
    uninstall("blender_brain")
    assert not folder.exists()
    server.hold.set()
    current.wait()
    assert "cannot be saved" in current.error, current.error


def traces() -> dict[str, Any]:
    """List what an extension could leave behind in Blender, and on the disk."""
    kinds = [getattr(bpy.types, name) for name in dir(bpy.types)]
    drawn = {}
    for kind in kinds:
        # Blender lists a menu's own function too, but only since something was first added to it.
        functions = getattr(getattr(kind, "draw", None), "_draw_funcs", ())
        added = [f for f in functions if not f.__module__.startswith("bl_ui.")]
        if added:
            drawn[kind.__name__] = sorted(f"{f.__module__}.{f.__name__}" for f in added)
    keys = bpy.context.window_manager.keyconfigs.addon
    return {
        "classes": sorted(dir(bpy.types)),
        "properties": {
            kind.__name__: sorted(kind.bl_rna.properties.keys())
            for kind in kinds
            if isinstance(kind, type) and issubclass(kind, bpy.types.ID)
        },
        "menus": drawn,
        "handlers": {
            name: len(functions)
            for name in dir(bpy.app.handlers)
            if isinstance(functions := getattr(bpy.app.handlers, name), list)
        },
        "keys": sorted(item.idname for map_ in keys.keymaps for item in map_.keymap_items)
        if keys
        else [],
        "previews": len(previews._uuid_open),
        "drivers": sorted(bpy.app.driver_namespace),
    }


def leftovers(names: list[str]) -> list[str]:
    """List files and modules of extensions that are gone."""
    files = [str(path.relative_to(HOME)) for path in HOME.rglob("*")]
    files = [path for path in files if any(name in path for name in names)]
    return files + [name for name in sys.modules if any(package(n) in name for n in names)]


def main(steps: list[str]) -> None:
    """Do the steps."""
    for step in steps:
        print("step:", step, flush=True)
        what, _, rest = step.partition(":")
        if what in ("use", "work"):
            name, _, data = rest.partition(":")
            {"use": use, "work": work}[what](name, data)
        elif what == "demos":
            for demo in ("NEURON", "SYNAPSES", "AXONS", "NETWORK"):
                assert bpy.ops.blender_spike.import_demo(demo=demo) == {"FINISHED"}
        elif what == "demo":
            bpy.ops.blender_brain.make_demo_atlas()
            assert list(HOME.rglob("demo_mouse*"))
        elif what == "traces":
            remembered.update(traces())
        elif what == "untouched":
            now = traces()
            for kind, before in remembered.items():
                assert now[kind] == before, f"{kind}: {difference(before, now[kind])}"
        elif what == "gone":
            assert not leftovers(rest.split(",")), leftovers(rest.split(","))
        elif what == "empty":
            bpy.ops.wm.read_homefile(use_empty=True)
        elif what == "wheels":
            found = sorted(path.name for path in HOME.rglob("*.dist-info"))
            assert ",".join(found) == rest, found
        elif what == "brought":
            import brought_along

            python = f"cp{sys.version_info.major}{sys.version_info.minor}-"
            (wanted,) = (tag for tag in rest.split(",") if tag.startswith(python))
            assert brought_along.tag == wanted, brought_along.tag
        elif what == "preferences":
            bpy.ops.wm.save_userpref()
        elif what == "save":
            bpy.ops.wm.save_as_mainfile(filepath=rest, compress=False)
        elif what == "open":
            bpy.ops.wm.open_mainfile(filepath=rest)
        elif what == "current":
            stale = [n for n, m in sys.modules.items() if "IS_OLDER" in getattr(m, "__dict__", ())]
            assert not stale, stale
        elif what == "film":
            film()
        else:
            {
                "install": install, "enable": enable, "disable": disable, "uninstall": uninstall,
                "measure": measure, "picture": picture, "downloading": disable_while_downloading,
                "cut_off": uninstall_while_downloading, "draco": draco, "matrix": matrix,
            }[what](rest)  # fmt: skip
    print("all well", flush=True)


def difference(before: Any, now: Any) -> str:
    """Say what is different, in few words."""
    if isinstance(before, dict):
        before = {f"{key} {value}" for key, value in before.items()}
        now = {f"{key} {value}" for key, value in now.items()}
    if isinstance(before, int):
        return f"{before}, now {now}"
    return f"new {sorted(set(now) - set(before))[:5]}, gone {sorted(set(before) - set(now))[:5]}"


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :])
