# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels and color bars in the picture, against the camera's own projection and matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from helpers.atlases import NAME, write_v3
from helpers.eevee import rendered_by
from helpers.pictures import read_pixels
from numpy.typing import NDArray


@pytest.fixture
def scene(bpy: Any, tmp_path: Path) -> Any:
    """A brain with three regions in it, and a camera that circles."""
    write_v3(tmp_path)
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, 40
    scene.render.resolution_x, scene.render.resolution_y = 192, 108
    scene.blender_brain.folder = str(tmp_path)
    bpy.ops.blender_brain.film_scene(folder=str(tmp_path), bloom=0.0)
    bpy.ops.blender_brain.import_regions(atlas=NAME, folder=str(tmp_path), acronyms="MO")
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = None
    return scene


def in_picture(bpy: Any, label: Any) -> NDArray[np.float64]:
    """Where the vertices of a figure are, from 0 to 1."""
    from bpy_extras.object_utils import world_to_camera_view

    scene = bpy.context.scene
    evaluated = label.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = evaluated.to_mesh()
    seen = [
        world_to_camera_view(scene, scene.camera, evaluated.matrix_world @ vertex.co)
        for vertex in mesh.vertices
    ]
    evaluated.to_mesh_clear()
    return np.array(seen).reshape(-1, 3)[:, :2]


def labels(scene: Any) -> dict[str, Any]:
    from blender_brain.common.nodes.modifiers import input_value
    from blender_brain.figures.labels import labels_of

    return {input_value(one.modifiers[0], "Region").value.name: one for one in labels_of(scene)}


def texts(scene: Any) -> dict[str, str]:
    from blender_brain.common.nodes.modifiers import input_value

    return {
        name: input_value(one.modifiers[0], "Text").value for name, one in labels(scene).items()
    }


def shown(scene: Any) -> list[str]:
    """The regions whose labels are in the picture at the current frame."""
    from blender_brain.common.nodes.modifiers import input_value

    return [
        name
        for name, label in labels(scene).items()
        if input_value(label.modifiers[0], "Opacity").value > 0
    ]


def test_lines_follow_their_regions_while_the_camera_circles(bpy: Any, scene: Any):
    from blender_brain.common.nodes.modifiers import input_value
    from bpy_extras.object_utils import world_to_camera_view
    from mathutils import Vector

    assert bpy.ops.blender_brain.add_labels() == {"FINISHED"}
    there = labels(scene)
    assert sorted(there) == ["CA3", "DG", "MO", "grey"]
    bpy.data.objects["CA3"].location.z += 0.2
    for frame in (1, 9, 27):
        scene.frame_set(frame)
        assert shown(scene)
        for name in shown(scene):
            label, region = there[name], bpy.data.objects[name]
            point = Vector(input_value(label.modifiers[0], "Point").value)
            found, nearest, _, _ = region.closest_point_on_mesh(point)
            assert found and (nearest - point).length < 1e-5
            x, y, _ = world_to_camera_view(scene, scene.camera, region.matrix_world @ point)
            seen = in_picture(bpy, label)
            # The dot's rim comes last.
            assert seen[-20:].mean(axis=0) == pytest.approx((x, y), abs=2e-3)
            # The text is at the edge.
            assert seen[:, 0].min() == pytest.approx(0.04 * 108 / 192, abs=0.01) or seen[
                :, 0
            ].max() == pytest.approx(1 - 0.04 * 108 / 192, abs=0.01)


def first_hit(bpy: Any, scene: Any, at: Any) -> str:
    """What a ray through a place in the picture hits first, through glass; by Blender itself."""
    camera = scene.camera
    right_top, right_bottom, left_bottom, left_top = (
        camera.matrix_world @ corner for corner in camera.data.view_frame(scene=scene)
    )
    place = left_bottom + float(at[0]) * (right_bottom - left_bottom)
    place += float(at[1]) * (left_top - left_bottom)
    start = camera.matrix_world.translation.copy()
    way = (place - start).normalized()
    graph = bpy.context.evaluated_depsgraph_get()
    while True:
        hit, there, _, _, thing, _ = scene.ray_cast(graph, start, way)
        if not hit:
            return ""
        if thing.active_material["blender_brain_look"] != "GLASS":
            return thing.name
        start = there + 1e-4 * way


ACRONYMS = "MO SS VIS AUD RSP ACA PIR ENT MOB CB MY SC IC HY TH STR CA1 CA3 DG P"
TWENTY = ACRONYMS.split()
FRAMES = range(1, 97, 4)


@pytest.mark.slow
@pytest.mark.parametrize("glass", [(), ("MO", "SS", "VIS", "AUD", "RSP", "ACA", "PIR", "ENT")])
def test_lines_end_on_what_they_name_over_a_whole_orbit(
    bpy: Any, tmp_path: Path, glass: tuple[str, ...]
):
    """20 regions: rays at the ends of all lines, and no two lines cross."""
    from blender_brain.demo_atlas import NAME as DEMO
    from blender_brain.demo_atlas import make_demo_atlas

    make_demo_atlas(tmp_path)
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = FRAMES.start, FRAMES.stop - 1
    scene.render.resolution_x, scene.render.resolution_y = 1280, 720
    ops = bpy.ops.blender_brain
    ops.import_regions(atlas=DEMO, folder=str(tmp_path), acronyms=", ".join(TWENTY))
    for name in TWENTY:
        bpy.data.objects[name].select_set(name in glass)
    if glass:
        ops.set_look(look="GLASS")
    ops.set_stage()
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = None
    ops.add_labels()
    there = labels(scene)
    assert sorted(there) == sorted(TWENTY)
    right, ends, crossings, named, alone = 0, 0, 0, set(), []
    for frame in FRAMES:
        for label in there.values():
            label.hide_viewport = False
        scene.frame_set(frame)
        drawn = {name: in_picture(bpy, there[name]) for name in shown(scene)}
        for label in there.values():
            label.hide_viewport = True
        bpy.context.view_layer.update()
        lines = []
        for name, seen in drawn.items():
            dot = seen[-20:].mean(axis=0)
            if name in glass:
                # Rays pass through it, but not through what is in front of it.
                region = bpy.data.objects[name]
                ends += 1
                right += glass_is_seen(scene, region, dot)
                alone.append(first_hit(bpy, scene, dot) == "")
            else:
                ends += 1
                right += first_hit(bpy, scene, dot) == name
            # Of both tubes, the middles of the ends.
            corners = seen[-44:-20].reshape(4, 6, 2).mean(axis=1)
            lines.append([(corners[0], corners[1]), (corners[2], corners[3])])
        named.update(drawn)
        for number, line in enumerate(lines):
            crossings += sum(
                cross(*one, *another)
                for other in lines[:number]
                for one in line
                for another in other
            )
    assert right / ends >= 0.95 and crossings == 0
    # On glass before something solid, a line would seem to name that.
    assert not glass or np.mean(alone) > 0.8
    # Not by showing nothing: on average, half of what can be seen at all is labeled.
    assert len(named) >= (18 if glass else 10)
    assert ends / len(FRAMES) >= (10 if glass else 6)


def glass_is_seen(scene: Any, region: Any, at: Any) -> bool:
    """Whether a region of glass is where a place in the picture is."""
    camera = scene.camera
    corners = [camera.matrix_world @ one for one in camera.data.view_frame(scene=scene)]
    place = corners[2] + float(at[0]) * (corners[1] - corners[2])
    place += float(at[1]) * (corners[3] - corners[2])
    inverse = region.matrix_world.inverted()
    start = inverse @ camera.matrix_world.translation
    return bool(region.ray_cast(start, (inverse @ place - start).normalized())[0])


def cross(a: Any, b: Any, c: Any, d: Any) -> bool:
    matrix = np.stack([b - a, c - d], axis=1)
    if abs(np.linalg.det(matrix)) < 1e-12:
        return False
    s, t = np.linalg.solve(matrix, c - a)
    return bool(0 < s < 1 and 0 < t < 1)


@pytest.mark.slow
def test_labels_fade_alike_in_both_engines(bpy: Any, scene: Any, tmp_path: Path):
    """The text of one that is half gone, in the picture of EEVEE and in that of Cycles."""
    from blender_brain.common.nodes.modifiers import input_value

    scene.render.resolution_x, scene.render.resolution_y = 384, 216
    scene.cycles.samples, scene.eevee.taa_render_samples = 16, 32
    bpy.ops.blender_brain.add_labels(text_size=0.1)

    def fading() -> list[tuple[float, str]]:
        opacity = {
            name: float(input_value(label.modifiers[0], "Opacity").value)
            for name, label in labels(scene).items()
        }
        return [(one, name) for name, one in opacity.items() if 0.3 < one < 0.7]

    for frame in range(1, 41):
        scene.frame_set(frame)
        if found := fading():
            break
    opacity, name = found[0]
    letters = in_picture(bpy, labels(scene)[name])[:-44]
    left, low = letters.min(axis=0) * (384, 216)
    right, high = letters.max(axis=0) * (384, 216)
    rows = slice(int(216 - high), int(216 - low) + 1)
    columns = slice(int(left), int(right) + 1)
    brightest = []
    for engine in ("CYCLES", "BLENDER_EEVEE"):
        text = rendered_by(engine, bpy, tmp_path)[rows, columns]
        brightest.append(np.quantile(text.mean(axis=-1), 0.95))
    # In sRGB, half as much light is 188.
    wanted = 255 * (1.055 * opacity ** (1 / 2.4) - 0.055)
    assert brightest == pytest.approx([wanted, wanted], rel=0.15)


def test_a_label_of_what_is_never_seen_is_hidden_and_said_so(
    bpy: Any, scene: Any, capfd: pytest.CaptureFixture[str]
):
    """CA3 in a box that is not of glass."""
    bpy.ops.mesh.primitive_cube_add(size=1.0)
    cube, region = bpy.context.object, bpy.data.objects["CA3"]
    cube.dimensions = region.dimensions * 1.1
    corners = np.array([region.matrix_world @ vertex.co for vertex in region.data.vertices])
    cube.location = (corners.min(axis=0) + corners.max(axis=0)) / 2
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = None
    capfd.readouterr()
    bpy.ops.blender_brain.add_labels()
    assert "the camera never sees CA3, or there is no room" in capfd.readouterr().out
    for frame in range(1, 41, 3):
        scene.frame_set(frame)
        assert "CA3" not in shown(scene) and "DG" in labels(scene)


@pytest.mark.parametrize("where", ["BOTH", "LEFT", "RIGHT"])
@pytest.mark.parametrize("size", [(192, 108), (108, 192)])
def test_texts_are_inside_the_picture_and_apart(
    bpy: Any, scene: Any, where: str, size: tuple[int, int]
):
    scene.render.resolution_x, scene.render.resolution_y = size
    bpy.ops.blender_brain.set_stage(bloom=0.0)
    bpy.ops.blender_brain.add_labels(columns=where, text_size=0.08)
    boxes = []
    there = labels(scene)
    assert len(there) == 4 and len(shown(scene)) >= 2
    for name in shown(scene):
        seen = in_picture(bpy, there[name])
        on_the_left = seen[:, 0].min() < 0.1
        assert on_the_left if where == "LEFT" else where == "BOTH" or not on_the_left
        # Behind them come two tubes of six sides and the dot's twenty corners.
        letters = seen[:-44]
        assert seen.min() > 0 and seen.max() < 1
        boxes.append((on_the_left, letters[:, 1].min(), letters[:, 1].max()))
    boxes.sort()
    for (side, _, top), (other, bottom, _) in zip(boxes, boxes[1:], strict=False):
        assert side != other or bottom > top


@pytest.mark.slow
def test_labels_go_with_their_regions(bpy: Any, scene: Any):
    ops = bpy.ops.blender_brain
    assert not ops.remove_labels.poll()
    ops.add_labels(wording="NAME")
    assert "DG" in shown(scene) and len(shown(scene)) >= 2
    ops.isolate(region="DG")
    assert {name for name, one in labels(scene).items() if len(in_picture(bpy, one))} == {"DG"}
    ops.add_labels()
    assert len(labels(scene)) == 4
    ops.isolate(region="DG")
    there = labels(scene)
    assert all(len(in_picture(bpy, there[name])) for name in shown(scene))
    bpy.data.objects.remove(bpy.data.objects["MO"])
    ops.add_labels()
    assert sorted(labels(scene)) == ["CA3", "DG", "grey"]
    bpy.data.objects["DG"].select_set(True)
    ops.remove_labels()
    assert sorted(labels(scene)) == ["CA3", "grey"]
    bpy.data.objects["DG"].select_set(False)
    ops.remove_labels()
    # Nor the empties that held them.
    assert not [one.name for one in scene.objects if one.type == "EMPTY" and "Frame" in one.name]
    for region in scene.objects:
        region.hide_render = True
    with pytest.raises(RuntimeError, match="These regions are hidden in renders"):
        ops.add_labels()


@pytest.mark.slow
def test_the_color_bar_has_the_colors_of_the_regions(bpy: Any, scene: Any, tmp_path: Path):
    """Against matplotlib, also after colormap and limits were changed; glow leaves it alone."""
    from blender_brain.common.nodes.modifiers import input_value, set_inputs

    ops = bpy.ops.blender_brain
    assert not ops.add_color_bar.poll()
    path = tmp_path / "rates.csv"
    path.write_text("acronym,rate (Hz)\nCA3,2\nDG,12\nMO,7\n")
    ops.color_by_table(filepath=str(path), colormap="magma", strength=7.0)
    material = bpy.data.objects["DG"].active_material
    assert ops.add_color_bar() == {"FINISHED"} and ops.add_color_bar() == {"FINISHED"}
    (bar,) = [one for one in scene.objects if "color bar" in one.name]
    assert input_value(bar.modifiers[0], "Unit").value == "rate (Hz)"
    # Several pixels, so that one has the color of the bar alone.
    set_inputs(bar.modifiers[0], {"Width": 0.08})
    for region in ("CA3", "DG", "MO", "grey"):
        bpy.data.objects[region].hide_render = True
    seen = in_picture(bpy, bar)
    scene.render.resolution_percentage = 300
    right = seen[:, 0].max()
    column = seen[seen[:, 0] > right - 1e-3]
    low, high = column[:, 1].min(), column[:, 1].max()
    across = int((right - 0.04 * 108 / 192) * 576)
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.render.filepath = str(tmp_path / "bar.png")

    def check(name: str) -> None:
        bpy.ops.render.render(write_still=True)
        pixels = read_pixels(tmp_path / "bar.png")
        for share in (0.1, 0.5, 0.9):
            row = int((1 - low - share * (high - low)) * 324)
            place = (1 - (row + 0.5) / 324 - low) / (high - low)
            wanted = np.array(matplotlib.colormaps[name](place)[:3]) * 255
            assert np.abs(pixels[row, across] - wanted).max() < 12

    check("magma")
    bpy.context.view_layer.objects.active = bpy.data.objects["DG"]
    assert ops.choose_colormap(colormap="viridis") == {"FINISHED"}
    material.node_tree.nodes["Limits"].inputs["From Max"].default_value = 20.0
    check("viridis")
    bpy.context.view_layer.update()
    evaluated = bar.evaluated_get(bpy.context.evaluated_depsgraph_get())
    assert input_value(evaluated.modifiers[0], "To").value == 20.0
    # The same regions by another table: the bar goes on to explain them.
    path.write_text("acronym,density\nCA3,2\nDG,12\nMO,7\n")
    ops.color_by_table(filepath=str(path))
    assert bpy.data.objects["DG"].active_material == material
    assert ops.remove_color_bars() == {"FINISHED"} and not ops.remove_color_bars.poll()


def test_labels_leave_room_for_the_color_bar(bpy: Any, scene: Any, tmp_path: Path):
    path = tmp_path / "rates.csv"
    path.write_text("CA3,2\nDG,12\n")
    bpy.ops.blender_brain.color_by_table(filepath=str(path))
    bpy.ops.blender_brain.add_color_bar()
    bpy.ops.blender_brain.add_labels(columns="RIGHT", text_size=0.1)
    (bar,) = [one for one in scene.objects if "color bar" in one.name]
    top = in_picture(bpy, bar)[:, 1].max()
    there = labels(scene)
    assert shown(scene)
    for name in shown(scene):
        seen = in_picture(bpy, there[name])
        assert seen[seen[:, 0] > 0.9][:, 1].min() > top


@pytest.mark.parametrize("shape", [(720, 1280), (900, 900), (1280, 720), (1280, 536)])
def test_the_stage_has_room_for_labels_and_the_color_bar(
    bpy: Any, scene: Any, tmp_path: Path, shape: tuple[int, int]
):
    """In upright, square and wide pictures, while the camera circles; texts and columns stay."""
    from blender_brain.common.extent import world_points
    from blender_brain.common.nodes.modifiers import input_value, set_inputs
    from bpy_extras.object_utils import world_to_camera_view
    from mathutils import Vector

    scene.render.resolution_x, scene.render.resolution_y = shape
    ops = bpy.ops.blender_brain
    bar = colored(bpy, tmp_path)
    ops.add_labels(wording="NAME", columns="RIGHT", text_size=0.03)
    before = texts(scene)
    set_inputs(labels(scene)["CA3"].modifiers[0], {"Color": (1, 0, 0, 1), "Text": "here"})
    ops.set_stage()
    there = labels(scene)
    assert texts(scene) == before | {"CA3": "here"}
    assert input_value(there["CA3"].modifiers[0], "Color").value[:] == (1, 0, 0, 1)
    regions = [bpy.data.objects[name] for name in there]
    fullest = 0.0
    for frame in (1, 8, 15, 22, 31, 40):
        scene.frame_set(frame)
        subject = np.array(
            [
                world_to_camera_view(scene, scene.camera, Vector(point))[:2]
                for point in world_points(scene, regions).tolist()
            ]
        )
        low, high = subject.min(axis=0), subject.max(axis=0)
        assert low.min() > 0.01 and high.max() < 0.99
        assert (
            high[0] < in_picture(bpy, bar)[:, 0].min() or low[1] > in_picture(bpy, bar)[:, 1].max()
        )
        for name in shown(scene):
            # Without both tubes of the line and the dot.
            letters = in_picture(bpy, there[name])[:-44]
            assert letters[:, 0].max() > 0.9 and letters[:, 0].min() > high[0]
        fullest = max(fullest, float((high - low).max()))
    assert fullest > 0.35


def colored(bpy: Any, tmp_path: Path) -> Any:
    """Add a color bar of values from 2 to 12."""
    path = tmp_path / "rates.csv"
    path.write_text("CA3,2\nDG,12\n")
    bpy.ops.blender_brain.color_by_table(filepath=str(path))
    bpy.ops.blender_brain.add_color_bar()
    (bar,) = [one for one in bpy.context.scene.objects if "color bar" in one.name]
    return bar


def test_the_color_bar_follows_its_limits_after_it_was_saved(bpy: Any, scene: Any, tmp_path: Path):
    """A driver forgets a node tree that is part of a material when the file is saved."""
    from blender_brain.common.nodes.modifiers import input_value

    name = colored(bpy, tmp_path).name
    for _ in range(2):
        bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "bar.blend"))
        bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "bar.blend"))

    def ends() -> list[float]:
        bar = bpy.data.objects[name]
        evaluated = bar.evaluated_get(bpy.context.evaluated_depsgraph_get())
        modifier = evaluated.modifiers[0]
        return [input_value(modifier, end).value for end in ("From", "To")]

    assert ends() == [2, 12]
    limits = bpy.data.objects["DG"].active_material.node_tree.nodes["Limits"].inputs
    limits["From Min"].default_value, limits["From Max"].default_value = -3, 20
    bpy.context.view_layer.update()
    assert ends() == [-3, 20]


@pytest.mark.slow
def test_a_figure_is_one_whatever_modifiers_it_has_besides(bpy: Any, scene: Any, tmp_path: Path):
    """Also above the one that draws it, where a modifier can be dragged to."""
    ops = bpy.ops.blender_brain
    bar = colored(bpy, tmp_path)
    ops.add_labels()
    figures = [bar, *labels(scene).values()]
    for figure in figures:
        figure.modifiers.new("Edges", "BEVEL")
        figure.modifiers.move(1, 0)
    count = len(scene.objects)
    ops.add_labels()
    ops.add_color_bar()
    assert len(scene.objects) == count
    assert ops.remove_labels.poll() and ops.remove_color_bars.poll()
    ops.add_labels()
    converted = labels(scene)["CA3"]
    bpy.context.view_layer.objects.active = converted
    converted.select_set(True)
    bpy.ops.object.convert(target="MESH")
    # A mesh of its own now, which is nobody's label.
    converted = bpy.context.object
    ops.remove_labels()
    ops.remove_color_bars()
    assert not ops.remove_labels.poll() and not ops.remove_color_bars.poll()
    assert converted.name in scene.objects


def test_removing_a_figure_leaves_a_copy_of_it(bpy: Any, scene: Any, tmp_path: Path):
    """One that shares its mesh, as Alt+D makes."""
    bpy.ops.blender_brain.add_labels()
    label = labels(scene)["CA3"]
    copy = bpy.data.objects.new("copy", label.data)
    scene.collection.objects.link(copy)
    mesh = label.data
    bpy.ops.blender_brain.remove_labels()
    assert "copy" in scene.objects and copy.data == mesh


def test_labels_stay_if_new_ones_cannot_be_laid_out(
    bpy: Any, scene: Any, monkeypatch: pytest.MonkeyPatch
):
    """Also a region without a single point is no reason, as somebody may have deleted them."""
    from blender_brain.figures import labels as module

    bpy.data.objects["MO"].data.clear_geometry()
    assert bpy.ops.blender_brain.add_labels() == {"FINISHED"}
    before = labels(scene)
    assert sorted(before) == ["CA3", "DG", "MO", "grey"]

    def fail(*_arguments: Any) -> None:
        raise ValueError("no picture")

    monkeypatch.setattr(module, "sight", fail)
    with pytest.raises(ValueError, match="no picture"):
        module.add_labels(bpy.context, [bpy.data.objects["CA3"]])
    assert labels(scene) == before
