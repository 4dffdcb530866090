# SPDX-License-Identifier: GPL-3.0-or-later
"""The worked examples of the manual: each is one file beside its like, and works from then on."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.atlases import MESHES, ROWS, metadata, obj_text
from helpers.simulations import simulation

from spike_export import write

TESTS = Path(__file__).resolve().parent
PAGE = (TESTS.parent / "docs" / "extending.md").read_text(encoding="utf-8")


def example(beginning: str) -> str:
    """The one that begins with these words."""
    (found,) = re.findall(rf'```python\n("""{re.escape(beginning)}.*?)```', PAGE, re.DOTALL)
    assert len(found.splitlines()) <= 80
    return found


def copied_with(tmp_path: Path, extension: str, added: dict[str, str]) -> Path:
    """A copy of an extension with more files, and the folder that it is in."""
    addons = tmp_path / "addons"
    shutil.copytree(
        TESTS.parent / "blender_addons" / extension, addons / extension,
        ignore=shutil.ignore_patterns("__pycache__"),
    )  # fmt: skip
    for path, text in added.items():
        assert not (addons / path).exists()
        (addons / path).write_text(text, encoding="utf-8")
    return addons


def played(tmp_path: Path, extension: str, added: dict[str, str], script: str, *words: str) -> Any:
    """What a script tells that runs in a Blender of its own, with files added to an extension."""
    addons = copied_with(
        tmp_path, extension, {f"{extension}/{path}": text for path, text in added.items()}
    )
    begin = (
        "import json, sys, bpy\nbpy.ops.wm.read_factory_settings(use_empty=True)\n"
        f"import {extension}\n{extension}.register()\nops = bpy.ops.{extension}\n"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(addons), str(TESTS)]),
        "BLENDER_USER_RESOURCES": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", begin + script, *words],
        capture_output=True, text=True, env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


LOOK_AND_LAYOUT = """
from types import SimpleNamespace

class Rows:
    drawn = []
    def __getattr__(self, _name):
        return lambda *words, **_more: self.drawn.append(words[1:]) or Rows()

def fields():
    return bpy.context.scene.blender_brain

ops.import_regions(atlas="made_up", folder=sys.argv[1], acronyms="CA3")
begin = [fields().roughness, ops.set_look.get_rna_type().properties["roughness"].default]
ops.set_look(look="CHALK", roughness=0.25)
fields().look = "CHALK"
bpy.ops.wm.save_as_mainfile(filepath=sys.argv[1] + "/saved.blend")
bpy.ops.wm.open_mainfile(filepath=sys.argv[1] + "/saved.blend")
material = bpy.data.objects["CA3"].active_material
roughness = material.node_tree.nodes["Chalk"].inputs["Roughness"]
kept = [fields().look, material.name, material["blender_brain_look"], roughness.default_value]
bpy.types.BLENDER_BRAIN_PT_look.draw(SimpleNamespace(layout=Rows()), bpy.context)
ops.set_look(look="CHALK")
looks = fields().bl_rna.properties["look"].enum_items
print(json.dumps({
    "size": list(bpy.data.objects["CA3"].dimensions),
    "begin": begin,
    "kept": kept,
    "after": roughness.default_value,
    "same": bpy.data.objects["CA3"].active_material == material,
    "rows": [words[0] for words in Rows.drawn if words],
    "looks": {one.identifier: one.value for one in looks},
}))
"""


@pytest.mark.slow
def test_a_look_and_a_layout_of_atlases(tmp_path: Path) -> None:
    atlas = tmp_path / "made_up-1.0.own"
    atlas.mkdir()
    structures = [
        [identity, acronym, name, color[1:], [*above, identity]]
        for identity, acronym, name, color, above in ROWS
    ]
    (atlas / "atlas.json").write_text(json.dumps({**metadata("1.0"), "structures": structures}))
    for identity, (points, triangles) in MESHES.items():
        (atlas / f"{identity}.obj").write_text(obj_text(points / 1000, triangles))
    added = {
        "regions/looks/chalk.py": example("Chalk"),
        "atlas/layouts/layout_own.py": example("OWN: a folder"),
    }
    found = played(tmp_path, "blender_brain", added, LOOK_AND_LAYOUT, str(tmp_path))
    # CA3 is 1 by 1 by 1 mm, and a unit is one of these.
    assert found["size"] == pytest.approx([1, 1, 1], rel=1e-5)
    assert found["begin"] == pytest.approx([0.9, 0.9])
    assert found["kept"] == ["CHALK", "CA3 chalk", "CHALK", 0.25]
    assert found["after"] == pytest.approx(0.9) and found["same"]
    assert {"look", "roughness"} <= set(found["rows"]) and "strength" not in found["rows"]
    # Those that files of version 0.1.0 have stored, and one that is made of the identifier.
    assert found["looks"] == {
        "ATLAS": 0, "FLAT": 1, "GLASS": 2, "GLOW": 3, "GRADIENT": 4, "CHALK": 1263263384
    }  # fmt: skip


POINTS = """
ops.make_demo_atlas()
ops.import_points(filepath=sys.argv[1] + "/cells.own", atlas="demo_mouse_100um")
thing = bpy.context.object
print(json.dumps([list(vertex.co) for vertex in thing.data.vertices]))
"""


@pytest.mark.slow
def test_a_format_of_points(tmp_path: Path) -> None:
    (tmp_path / "cells.own").write_text("OWN\n40 57 66\n40 47 76\n")
    added = {"data/point_formats/own_counter.py": example("Cells of the OWN counter")}
    found = played(tmp_path, "blender_brain", added, POINTS, str(tmp_path))
    # Voxels of 0.1 mm: the second cell is further behind, and further to the right.
    (x, y, z), other = found
    assert other == pytest.approx([x + 1, y - 1, z], abs=1e-4)


LOOK_AND_STYLE = """
from types import SimpleNamespace
import addon_utils
import numpy as np
from blender_spike.color.coloring import color_input, voltage_material
from blender_spike.common.nodes.modifiers import input_value, set_inputs
from blender_spike.playback.playback import find_modifier
addon_utils.enable("cycles")

class Rows:
    drawn = []
    def __getattr__(self, _name):
        return lambda *words, **more: self.drawn.append((*words, *more.values())) or Rows()

def drawn(panel):
    Rows.drawn = []
    panel = getattr(bpy.types, "BLENDER_SPIKE_PT_" + panel)
    panel.draw(SimpleNamespace(layout=Rows()), bpy.context)
    return [word for words in Rows.drawn for word in words if isinstance(word, str)]

def area():
    bpy.context.view_layer.update()
    geometry = neuron().evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    mesh = geometry.mesh
    return [len(mesh.polygons), sum(face.area for face in mesh.polygons)]

def neuron():
    return bpy.data.objects["line"]

ops.import_simulation(filepath=sys.argv[1] + "/line.pickle", style="RIBBONS", um_per_unit=1.0)
areas = [area()]
set_inputs(find_modifier(neuron()), {"Ribbon Width": 2.0})
areas.append(area())
shape = drawn("look")

# One gray value: only the rim of the ball is seen.
material = voltage_material(neuron())
color_input(material, "Minimum").default_value = -1000.0
ops.set_look(look="RIM")
material = voltage_material(neuron())
color_input(material, "Rim Width").default_value = 0.25
ops.add_color_bar()
bpy.ops.wm.save_as_mainfile(filepath=sys.argv[1] + "/saved.blend")
bpy.ops.wm.open_mainfile(filepath=sys.argv[1] + "/saved.blend")
material = voltage_material(neuron())
kept = [color_input(material, name).default_value for name in ("Minimum", "Rim Width")]
bpy.ops.object.select_all(action="DESELECT")
bpy.context.view_layer.objects.active = neuron()
color = drawn("color")
surface = bpy.types.BLENDER_SPIKE_PT_surface.poll(bpy.context)
bar = next(one for one in bpy.data.objects if one.name.endswith("color bar"))
same = input_value(bar.modifiers[0], "Material").value == material

ops.import_simulation(filepath=sys.argv[1] + "/ball.pickle", um_per_unit=1.0, at_origin=True)
ops.set_look(look="RIM")
scene = bpy.context.scene
for one in scene.objects:
    one.hide_render = one != bpy.context.object
camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
camera.location.z, camera.data.type, camera.data.ortho_scale = 50, "ORTHO", 20
camera.data.clip_end = 1000
scene.collection.objects.link(camera)
scene.camera, scene.render.engine, scene.cycles.samples = camera, "CYCLES", 16
scene.render.resolution_x = scene.render.resolution_y = 64
scene.render.filepath = sys.argv[1] + "/rim.png"
bpy.ops.render.render(write_still=True)
picture = bpy.data.images.load(scene.render.filepath)
light = np.array(picture.pixels[:]).reshape(64, 64, 4)[32, :, :3].max(axis=1)
print(json.dumps({
    "areas": areas, "shape": shape, "color": color, "surface": surface, "kept": kept, "same": same,
    "light": [light[32], light[:10].max()],
    "styles": {
        one.identifier: one.value
        for one in scene.blender_spike.bl_rna.properties["style"].enum_items
    },
}))
"""


@pytest.mark.slow
def test_a_look_of_neurons_and_a_style_of_neurites(tmp_path: Path) -> None:
    line = [{"points": [[0, 0, 0, 4], [100, 0, 0, 4]], "nseg": 4}]
    ball = [{"type": "soma", "points": [[-10, 0, 0, 20], [10, 0, 0, 20]]}]
    for name, sections in {"line": line, "ball": ball}.items():
        write(tmp_path / f"{name}.pickle", simulation(sections, 3))
    added = {
        "lines/styles/ribbons.py": example("Ribbons"),
        "color/looks/rim.py": example("Rim"),
    }
    found = played(tmp_path, "blender_spike", added, LOOK_AND_STYLE, str(tmp_path))
    # A band as wide as the diameter, and one twice as wide.
    (faces, narrow), (_, wide) = found["areas"]
    assert faces < 10 and narrow == pytest.approx(400, rel=0.01) and wide == pytest.approx(800)
    assert "Width" in found["shape"] and "Rim" in found["color"]
    assert "Rim Width" in found["color"] and not found["surface"]
    assert found["kept"] == [-1000.0, 0.25] and found["same"]
    middle, edge = found["light"]
    assert middle < 0.1 and edge > 0.5
    # Those that files have stored so far, and one that is made of the name.
    assert found["styles"] == {
        "AUTO": 0,
        "STRANDS": 1,
        "TUBES": 2,
        "MEMBRANE": 3,
        "WIREFRAME": 4,
        "SURFACES": 5,
        "RIBBONS": 1963022259,
    }


SAVED_WITH_RIBBONS = """
ops.import_simulation(filepath="line.pickle", style="RIBBONS")
bpy.context.scene.blender_spike.style = "RIBBONS"
bpy.ops.wm.save_as_mainfile(filepath="ribbons.blend")
print(json.dumps(None))
"""
OPENED = """
from types import SimpleNamespace
from blender_spike.common.nodes.modifiers import input_value
from blender_spike.playback.playback import find_modifier

bpy.ops.wm.open_mainfile(filepath=sys.argv[1])
neuron = bpy.data.objects["line"]

def state():
    modifier = find_modifier(neuron)
    inputs = [item.name for item in modifier.node_group.interface.items_tree
              if item.item_type == "SOCKET" and item.in_out == "INPUT"]
    return {name: str(getattr(input_value(modifier, name), "value", None)) for name in inputs}

class Rows:
    def __getattr__(self, name):
        return (lambda *_words, **_more: (Rows(), None)) if name == "panel" else Rows()
    def __call__(self, *_words, **_more):
        return Rows()

before = state()
bpy.types.BLENDER_SPIKE_PT_simulation.draw(SimpleNamespace(layout=Rows()), bpy.context)
chosen = bpy.context.scene.blender_spike.style
ops.import_simulation(filepath=sys.argv[2], style="TUBES")
new = find_modifier(bpy.context.object)
print(json.dumps({
    "chosen": chosen, "before": before, "after": state(), "group": new.node_group.name
}))
"""


@pytest.mark.slow
@pytest.mark.parametrize("other", ["Dots", ""])
def test_what_somebody_s_own_style_draws_stays_elsewhere(tmp_path: Path, other: str) -> None:
    """Where another style stands at its place, or none, and neurons are imported beside it."""
    ribbons = example("Ribbons")
    line = [{"points": [[0, 0, 0, 4], [100, 0, 0, 4]], "nseg": 4}]
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir(), there.mkdir()
    write(here / "line.pickle", simulation(line, 3))
    styles = {"lines/styles/ribbons.py": ribbons}
    played(here, "blender_spike", styles, SAVED_WITH_RIBBONS)
    dots = ribbons.replace("Ribbons", other).replace("Ribbon Width", "Dot Size")
    found = played(
        there, "blender_spike", {"lines/styles/dots.py": dots} if other else {}, OPENED,
        str(here / "ribbons.blend"), str(here / "line.pickle"),
    )  # fmt: skip
    assert found["chosen"] == ""
    assert found["before"]["Style"] == "Ribbons" and "line values" in found["before"]["Values"]
    assert found["after"] == found["before"]
    assert found["group"] == "BlenderSpike Playback"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "beginning", "ours", "theirs", "sentence"),
    [
        (
            "blender_spike/lines/styles/ribbons.py", "Ribbons", "Ribbon Width", "Sample Interval",
            "'Sample Interval' of BlenderSpike and 'Sample Interval' of Ribbons are different",
        ),
        (
            "blender_spike/lines/styles/ribbons.py", "Ribbons", "STYLE = Style(",
            "STYLE = Style(number=0,", "ribbons.py has the number 0, which is reserved",
        ),
        (
            "blender_spike/color/looks/rim.py", "Rim", '{"Rim Width"}', '{"Lit"}',
            "'Lit' of FLAT and 'Lit' of RIM are different",
        ),
        (
            "blender_spike/color/looks/rim.py", "Rim", '{"Rim Width"}', "()",
            "The look RIM has no nodes",
        ),
        (
            "blender_spike/color/looks/rim.py", "Rim", "Rim Width", "Minimum",
            "'Minimum' of BlenderSpike and 'Minimum' of RIM are different",
        ),
        (
            "surface_slicer/common/cut/remains/veil.py", "A veil", "Veil Share", "Opacity",
            "'Opacity' of Surface Slicer and 'Opacity' of Veil are different",
        ),
        (
            "blender_brain/regions/looks/chalk.py", "Chalk", "roughness", "folder",
            "'folder' of BlenderBrain and 'folder' of CHALK are different",
        ),
    ],
)  # fmt: skip
def test_what_would_take_the_place_of_ours_is_refused_at_the_start(
    tmp_path: Path, path: str, beginning: str, ours: str, theirs: str, sentence: str
) -> None:
    extension = path.split("/")[0]
    assert ours in example(beginning)
    copied = copied_with(tmp_path, extension, {path: example(beginning).replace(ours, theirs)})
    done = subprocess.run(
        [sys.executable, "-c", f"import bpy, {extension}"],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(copied)},
    )  # fmt: skip
    assert done.returncode and sentence in done.stderr


CYLINDER = """
from types import SimpleNamespace
import addon_utils
import numpy as np
from surface_slicer.common.cut.slicer_group import find_group, set_settings
addon_utils.enable("cycles")
scene = bpy.context.scene

# A square of 4 by 4, seen from above.
bpy.ops.mesh.primitive_plane_add(size=4)
ops.slice_objects(shape="Cylinder")
slicer = bpy.data.objects["Slicer"]
display = slicer.empty_display_type
slicer.scale = 1, 1, 1
camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
camera.location.z, camera.data.type, camera.data.ortho_scale = 5, "ORTHO", 4
scene.collection.objects.link(camera)
scene.camera, scene.render.engine, scene.cycles.samples = camera, "CYCLES", 16
scene.render.film_transparent = True
scene.render.resolution_x = scene.render.resolution_y = 64
scene.render.filepath = sys.argv[1] + "/cut.png"
bpy.ops.render.render(write_still=True)
picture = bpy.data.images.load(scene.render.filepath)
clear = 1 - np.array(picture.pixels[:]).reshape(64, 64, 4)[..., 3]

# A veil is left that lets a quarter through.
group = find_group(slicer)
set_settings(group, {"Cut Away": "Veil", "Veil Share": 0.75})
bpy.ops.render.render(write_still=True)
picture = bpy.data.images.load(scene.render.filepath)
veil = 1 - np.array(picture.pixels[:]).reshape(64, 64, 4)[..., 3]

class Rows:
    drawn = []
    def __getattr__(self, _name):
        return lambda *words, **more: self.drawn.append(more.get("text")) or Rows()

bpy.types.SURFACE_SLICER_PT_slice.draw(SimpleNamespace(layout=Rows()), bpy.context)

# A cube around the same cylinder, and the face on the cut.
bpy.ops.mesh.primitive_cube_add(size=4)
ops.slice_objects(shape="Cylinder")
cube = bpy.context.object
ops.add_cap()
cap = next(one for one in bpy.data.objects if one.name.endswith("Cap"))
next(one for one in bpy.data.objects if one.name == "Slicer.001").scale = 1, 1, 1
bpy.context.view_layer.update()
graph = bpy.context.evaluated_depsgraph_get()
area = sum(face.area for face in cap.evaluated_get(graph).to_mesh().polygons)
shapes = ops.set_shape.get_rna_type().properties["shape"].enum_items
print(json.dumps({
    "display": display, "clear": [clear.mean(), clear[32, 32], clear[2, 2]], "area": area,
    "veil": [veil[32, 32], veil[2, 2]], "rows": Rows.drawn,
    "shapes": {one.identifier: one.value for one in shapes},
}))
"""


@pytest.mark.slow
def test_a_shape_that_cuts_and_what_is_left(tmp_path: Path) -> None:
    """Its hole in a rendered picture and the area of its cap are those of a cylinder."""
    added = {
        "common/cut/shapes/cylinder.py": example("A cylinder"),
        "common/cut/remains/veil.py": example("A veil"),
    }
    found = played(tmp_path, "surface_slicer", added, CYLINDER, str(tmp_path))
    assert found["display"] == "CIRCLE"
    mean, middle, corner = found["clear"]
    assert (middle, corner) == (1, 0) and mean == pytest.approx(np.pi / 16, rel=0.05)
    assert found["veil"] == pytest.approx([0.25, 0], abs=0.02)
    assert "Veil Share" in found["rows"] and "Wire Thickness" not in found["rows"]
    assert found["area"] == pytest.approx(6 * np.pi, rel=0.01)
    # Those that files have stored so far, and one that is made of the name.
    assert found["shapes"] == {"Plane": 0, "Box": 1, "Sphere": 2, "Cylinder": 1563937678}


GENERATE = """
import sys
import make_colormaps
make_colormaps.LIBRARIES["sunsets"] = "sunset_maps"
make_colormaps.main(["table.npz"])
from pathlib import Path
from common import colormaps
from common.colormaps import table
table._TABLE_PATH = Path("table.npz")
print(colormaps.resolve("Dusk_r"), colormaps.source("dusk"), len(colormaps.names()))
print(*colormaps.display_stops("dusk")[[0, 255]].round(2).ravel())
"""


@pytest.mark.slow
def test_a_library_of_colormaps_is_a_line(tmp_path: Path) -> None:
    """A map that it registers is in the table, and found as any other."""
    from common import colormaps

    pytest.importorskip("seaborn")
    pytest.importorskip("cmasher")
    (tmp_path / "sunset_maps.py").write_text(
        "from matplotlib import colormaps, colors\n"
        "dusk = colors.LinearSegmentedColormap.from_list('dusk', ['#330066', '#ff9900'])\n"
        "colormaps.register(dusk)\ncolormaps.register(dusk.reversed())\n"
    )
    (tmp_path / "sunsets-1.0.dist-info").mkdir()
    (tmp_path / "sunsets-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: sunsets\nVersion: 1.0\n"
    )
    root = TESTS.parent
    path = [str(tmp_path), str(root / "tools"), str(root / "blender_addons")]
    out = subprocess.run(
        [sys.executable, "-c", GENERATE],
        check=True, capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
    ).stdout.splitlines()  # fmt: skip
    assert out[-2] == f"('dusk', True) sunsets {len(colormaps.names()) + 1}"
    assert out[-1] == "0.2 0.0 0.4 1.0 0.6 0.0"


FROM_FILE = """
import sys
from pathlib import Path
import make_colormaps
make_colormaps.COLORS = Path(".")
try:
    make_colormaps.main(["table.npz"])
except ValueError as error:
    sys.exit(str(error))
from common import colormaps
from common.colormaps import table
table._TABLE_PATH = Path("table.npz")
print(colormaps.source("dusk"), colormaps.kind("dusk"), len(colormaps.names()))
print(*colormaps.display_stops("dusk")[[0, 84, 86, 128, 170, 171, 255]].ravel().round(3))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        ({}, ""),
        ({"magma.txt": "0 0 0\n1 1 1\n"}, "magma.txt: a colormap cannot be named magma here."),
        ({"eight.txt": "0 0 0\n255 0 0\n"}, "eight.txt has a number that is not from 0 to 1."),
        ({"one.txt": "0 0 0\n"}, "one.txt has no two rows of red, green and blue."),
    ],
)
def test_a_colormap_is_a_text_file(tmp_path: Path, extra: dict[str, str], problem: str) -> None:
    from common import colormaps

    pytest.importorskip("seaborn")
    pytest.importorskip("cmasher")
    (text,) = re.findall(r"```text\n(# Three colors.*?)```", PAGE, re.DOTALL)
    for name, content in {"dusk.txt": text, **extra}.items():
        (tmp_path / name).write_text(content)
    root = TESTS.parent
    done = subprocess.run(
        [sys.executable, "-c", FROM_FILE],
        capture_output=True, text=True, cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(root / "tools"), str(root / "blender_addons")]),
        },
    )  # fmt: skip
    if problem:
        assert done.returncode == 1 and done.stderr.strip() == problem
        return
    *_, about, colors = done.stdout.splitlines()
    assert about == f"files qualitative {len(colormaps.names()) + 1}"
    # Each color fills a third, unmixed.
    first, second, third = [0.2, 0, 0.4], [0.8, 0.2, 0.3], [1, 0.6, 0]
    expected = [first, first, second, second, second, third, third]
    assert list(map(float, colors.split())) == pytest.approx(sum(expected, []), abs=1e-3)
