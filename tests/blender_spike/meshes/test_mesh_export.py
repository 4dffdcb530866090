# SPDX-License-Identifier: GPL-3.0-or-later
"""Neurons in other programs: what is read back from the files, against matplotlib's colors."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from helpers.simulations import branched, sample_at, simulation

from spike_export import write
from spike_export.networks.point_network import point_network

V_MIN, V_MAX = -70.0, 30.0
FRAMES = 5
CELLS = 12


@pytest.fixture
def neuron(bpy, tmp_path):
    """A soma and three dendrites, colored with settings that are none of the defaults."""
    path = write(tmp_path / "cell.pickle", simulation(branched(), FRAMES, seed=5))
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="TUBES")
    bpy.ops.blender_spike.color_by_voltage(
        colormap="viridis", v_min=V_MIN, v_max=V_MAX, start=0.1, end=0.9, reverse=True
    )
    return bpy.context.object


def shown(values):
    """What matplotlib gives for the settings of `neuron`; 0..1."""
    along = np.clip((np.asarray(values) - V_MIN) / (V_MAX - V_MIN), 0, 1)
    return mpl.colormaps["viridis"](0.1 + 0.8 * (1 - along))[:, :3]


def display(linear):
    """Encode scene-linear light as sRGB."""
    linear = np.clip(np.asarray(linear, float), 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def evaluated(bpy, thing):
    depsgraph = bpy.context.evaluated_depsgraph_get()
    return thing.evaluated_get(depsgraph).data


def column(mesh, name, key="value", width=1):
    data = mesh.attributes[name].data
    found = np.empty(len(data) * width, np.float32)
    data.foreach_get(key, found)
    return found.reshape(-1, width) if width > 1 else found


def at_tip(positions, values):
    """What a vertex has at the end of the last dendrite, in Blender's axes."""
    return values[np.argmin(np.linalg.norm(positions - [0.0, 1.2, -0.05], axis=1))]


def expected_voltages(frame):
    sim = simulation(branched(), FRAMES, seed=5)
    return sample_at(sim, sim.time_ms[frame])


@pytest.mark.parametrize("style", ["Tubes", "Strands"])
def test_the_copy_has_the_materials_colors_in_every_frame(bpy, neuron, style):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.meshes.mesh_copy import find_mesh_copy
    from blender_spike.playback.playback import find_modifier

    set_inputs(find_modifier(neuron), {"Style": style})
    bpy.ops.blender_spike.mesh_copy()
    copy = bpy.context.object
    assert copy != neuron and find_mesh_copy(copy) is not None
    seen = []
    for frame in (0, 3):
        bpy.context.scene.frame_set(frame)
        mesh = evaluated(bpy, copy)
        voltage = column(mesh, "voltage")
        color = column(mesh, "displayColor", "color", 4)[:, :3]
        assert np.abs(display(color) - shown(voltage)).max() < 0.1 / 255
        corner_color = column(mesh, "Cd", "color_srgb", 4)[:, :3]
        assert np.abs(corner_color - shown(voltage)[_corners(mesh)]).max() <= 1 / 255
        positions = column(mesh, "position", "vector", 3)
        now = expected_voltages(frame)
        # The soma is a sphere of its own: 482 vertices with the value of its middle segment.
        in_soma = np.linalg.norm(positions, axis=1) < 0.101
        assert np.isclose(voltage[in_soma], now[1], atol=1e-3).sum() >= 482
        assert np.isclose(at_tip(positions, voltage), now[-1], atol=1e-3)
        seen.append(color)
    assert np.abs(seen[0] - seen[1]).max() > 0.1
    # In Solid shading and for exporters, the active color is the one.
    assert mesh.color_attributes.active_color_name == "displayColor"
    assert not any(count == 0 for count in np.bincount(_corners(mesh), minlength=len(voltage)))


def _corners(mesh):
    found = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", found)
    return found


def test_the_copy_follows_the_material(bpy, neuron):
    """Another colormap, other limits, steps, keyframed ones too: all without a new copy."""
    from blender_spike.color.coloring import color_input, voltage_material
    from blender_spike.common.colormaps.in_material import set_colormap

    bpy.ops.blender_spike.mesh_copy()
    copy = bpy.context.object
    material = voltage_material(neuron)
    set_colormap(material.node_tree, "coolwarm")
    for name, value in {
        "Maximum": 10.0,
        "Start": 0.0,
        "End": 1.0,
        "Steps": 6,
        "Reverse": False,
    }.items():
        color_input(material, name).default_value = value
    limit = color_input(material, "Minimum")
    for frame, value in ((0, -80.0), (4, -40.0)):
        limit.default_value = value
        limit.keyframe_insert("default_value", frame=frame)
    scene = bpy.context.scene
    for frame, low in ((0, -80.0), (4, -40.0)):
        scene.frame_set(frame)
        mesh = evaluated(bpy, copy)
        along = np.clip((column(mesh, "voltage") - low) / (10.0 - low), 0, 1)
        wanted = mpl.colormaps["coolwarm"].resampled(6)(along)[:, :3]
        color = display(column(mesh, "displayColor", "color", 4)[:, :3])
        assert np.abs(color - wanted).max() < 0.1 / 255
    color_input(material, "Tint").default_value = 1.0
    scene.frame_set(0)
    mesh = evaluated(bpy, copy)
    color = column(mesh, "displayColor", "color", 4)
    types = column(mesh, "section_type").astype(int)
    for number, name in enumerate(("Soma", "Dendrites")):
        own = tuple(color_input(material, name).default_value)
        assert np.allclose(color[types == number], own, atol=1e-6)


def test_usd_read_back(bpy, neuron, tmp_path):
    """By USD's own library: geometry, soma, and the colors of two moments."""
    bpy.utils.expose_bundled_modules()
    from pxr import Usd, UsdGeom

    before = set(bpy.data.objects), bpy.context.scene.frame_current
    path = tmp_path / "cell.usdc"
    assert bpy.ops.blender_spike.export_mesh(filepath=str(path)) == {"FINISHED"}
    assert (set(bpy.data.objects), bpy.context.scene.frame_current) == before
    assert bpy.context.object == neuron and neuron.select_get()
    stage = Usd.Stage.Open(str(path))
    meshes = [UsdGeom.Mesh(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh)]
    assert len(meshes) == 1
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (0, FRAMES - 1)
    primvars = UsdGeom.PrimvarsAPI(meshes[0])
    names = {primvar.GetPrimvarName() for primvar in primvars.GetPrimvars()}
    assert {"displayColor", "voltage", "section", "section_type", "cell"} <= names
    assert not names & {"Cd", "segment_a", "recorded_radius", "role"}
    # Nothing is bound to it that would hide the colors.
    assert not meshes[0].GetPrim().HasRelationship("material:binding")
    color, voltage = (primvars.GetPrimvar(name) for name in ("displayColor", "voltage"))
    assert color.GetInterpolation() == voltage.GetInterpolation() == "vertex"
    positions = np.array(meshes[0].GetPointsAttr().Get(0))
    for frame in (0, 3):
        values = np.array(voltage.Get(frame))
        now = expected_voltages(frame)
        assert np.abs(display(color.Get(frame)) - shown(values)).max() <= 1 / 255
        assert np.isclose(at_tip(positions, values), now[-1], atol=1e-3)
        assert np.isclose(values, now[1], atol=1e-3).sum() >= 482


def test_alembic_read_back(bpy, neuron, tmp_path):
    """By Blender: the colors of two moments are those of the file's own values."""
    path = tmp_path / "cell.abc"
    assert bpy.ops.blender_spike.export_mesh(filepath=str(path)) == {"FINISHED"}
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.wm.alembic_import(filepath=str(path), as_background_job=False)
    (cell,) = [thing for thing in bpy.data.objects if thing.type == "MESH"]
    for frame in (0, 3):
        bpy.context.scene.frame_set(frame)
        mesh = evaluated(bpy, cell)
        color = column(mesh, "Cd", "color_srgb", 4)[:, :3]
        now = shown(expected_voltages(frame))
        at_corners = column(mesh, "position", "vector", 3)[_corners(mesh)]
        assert np.abs(at_tip(at_corners, color) - now[-1]).max() <= 2 / 255
        in_soma = np.abs(color - now[1]).max(axis=1) <= 2 / 255
        # The sphere's 32 x 16 faces: triangles at its poles, quads elsewhere.
        assert in_soma.sum() >= 32 * (2 * 3 + 14 * 4)


def gltf(path: Path):
    """Read what a .glb holds: its description, and a function that reads an accessor."""
    data = path.read_bytes()
    length = struct.unpack("<I", data[12:16])[0]
    described = json.loads(data[20 : 20 + length])
    binary = data[20 + length + 8 :]

    def read(number):
        accessor = described["accessors"][number]
        view = described["bufferViews"][accessor["bufferView"]]
        kind = {5126: "<f4", 5123: "<u2", 5121: "u1", 5125: "<u4"}[accessor["componentType"]]
        width = {"VEC3": 3, "VEC4": 4, "SCALAR": 1}[accessor["type"]]
        at = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
        found = np.frombuffer(binary, kind, accessor["count"] * width, at).reshape(-1, width)
        return found / np.iinfo(kind).max if accessor.get("normalized") else found

    return described, read


def test_gltf_holds_the_current_frames_colors(bpy, neuron, tmp_path):
    """Unlit, so that viewers show them as they are."""
    addon = pytest.importorskip("addon_utils")
    addon.enable("io_scene_gltf2")
    bpy.context.scene.frame_set(3)
    path = tmp_path / "cell.glb"
    assert bpy.ops.blender_spike.export_mesh(filepath=str(path)) == {"FINISHED"}
    described, read = gltf(path)
    (primitive,) = described["meshes"][0]["primitives"]
    material = described["materials"][primitive["material"]]
    assert "KHR_materials_unlit" in material["extensions"]
    assert material["pbrMetallicRoughness"].get("baseColorFactor", [1, 1, 1, 1]) == [1, 1, 1, 1]
    assert [name for name in primitive["attributes"] if "COLOR" in name] == ["COLOR_0"]
    color = display(read(primitive["attributes"]["COLOR_0"])[:, :3])
    now = shown(expected_voltages(3))
    assert (np.abs(color - now[1]).max(axis=1) <= 1 / 255).sum() >= 482
    # In glTF, y is up.
    x, y, z = read(primitive["attributes"]["POSITION"]).T
    tip = at_tip(np.column_stack([x, -z, y]), color)
    assert np.abs(tip - now[-1]).max() <= 1 / 255


def test_ply_and_obj_hold_one_moment_or_a_file_for_each(bpy, neuron, tmp_path):
    bpy.context.scene.frame_set(2)
    for extension, importer in ((".ply", "ply_import"), (".obj", "obj_import")):
        path = tmp_path / f"cell{extension}"
        assert bpy.ops.blender_spike.export_mesh(filepath=str(path)) == {"FINISHED"}
        before = set(bpy.data.objects)
        getattr(bpy.ops.wm, importer)(filepath=str(path))
        (read,) = set(bpy.data.objects) - before
        mesh = read.data
        color = column(mesh, mesh.color_attributes[0].name, "color_srgb", 4)[:, :3]
        now = shown(expected_voltages(2))
        assert (np.abs(color - now[1]).max(axis=1) <= 2 / 255).sum() >= 482
        if extension == ".ply":
            assert np.isclose(column(mesh, "voltage"), expected_voltages(2)[1]).sum() >= 482
        bpy.data.objects.remove(read)
        neuron.select_set(True)
        bpy.context.view_layer.objects.active = neuron
    addon = pytest.importorskip("addon_utils")
    addon.enable("io_scene_gltf2")
    for extension in (".ply", ".glb"):
        bpy.ops.blender_spike.export_mesh(
            filepath=str(tmp_path / f"many{extension}"), frames="RANGE", frame_start=1, frame_end=3
        )
        files = sorted(tmp_path.glob(f"many*{extension}"))
        assert [file.stem for file in files] == ["many_0001", "many_0002", "many_0003"]
        # Each has the colors of its own frame.
        assert len({file.read_bytes() for file in files}) == 3


def test_a_network_is_written_with_its_cells_and_connections(bpy, tmp_path):
    """Instances become part of the mesh, each with its cell's value."""
    random = np.random.default_rng(2)
    places, values = random.uniform(-100, 100, (CELLS, 3)), random.random((4, CELLS))
    pairs = np.array([[0, 1], [1, 2], [5, 7]])
    sim = point_network(places, np.arange(4.0), values, connections=pairs, diameter_um=10.0)
    bpy.ops.blender_spike.import_simulation(filepath=str(write(tmp_path / "net.pickle", sim)))
    bpy.ops.blender_spike.color_by_voltage(colormap="magma", v_min=0, v_max=1)
    bpy.context.scene.frame_set(2)
    bpy.ops.blender_spike.mesh_copy()
    mesh = evaluated(bpy, bpy.context.object)
    voltage, cells = column(mesh, "voltage"), column(mesh, "cell").astype(int)
    color = display(column(mesh, "displayColor", "color", 4)[:, :3])
    assert np.abs(color - mpl.colormaps["magma"](voltage)[:, :3]).max() <= 0.1 / 255
    ball = 642
    positions = column(mesh, "position", "vector", 3)
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    for cell in range(CELLS):
        around = np.linalg.norm(positions - (places[cell] - middle) / 100, axis=1) < 0.051
        assert np.isclose(voltage[around], values[2, cell], atol=1e-5).sum() >= ball
    assert len(mesh.vertices) == CELLS * ball + 2 * 10 * len(pairs)
    assert set(cells) == set(range(CELLS))
    # The points that cells stand on are not left behind.
    assert (np.bincount(_corners(mesh), minlength=len(mesh.vertices)) > 0).all()


@pytest.mark.slow
def test_values_that_are_not_finite_are_grey(bpy, tmp_path):
    from blender_spike.color.voltage_nodes import NO_DATA_COLOR

    sim = simulation([{"type": "soma", "points": [[200, 0, 0, 40], [240, 0, 0, 40]]}], 2)
    sim.values[1] = np.nan
    bpy.ops.blender_spike.import_simulation(filepath=str(write(tmp_path / "hole.pickle", sim)))
    bpy.ops.blender_spike.mesh_copy()
    bpy.context.scene.frame_set(1)
    color = column(evaluated(bpy, bpy.context.object), "displayColor", "color", 4)
    assert np.allclose(color, NO_DATA_COLOR)


def test_undo_behind_an_export_takes_back_what_was_before_it(bpy, neuron, tmp_path):
    """What is made to be written leaves nothing that undo could stumble over."""
    bpy.ops.ed.undo_push(message="neuron")
    bpy.ops.blender_spike.mesh_copy()
    bpy.ops.ed.undo_push(message="copy")
    blocks = {key: set(getattr(bpy.data, key).keys()) for key in ("objects", "meshes", "materials")}
    vertices = len(evaluated(bpy, bpy.data.objects["cell mesh"]).vertices)
    for thing in bpy.data.objects:
        thing.select_set(thing.visible_get())
    for extension in (".usdc", ".abc", ".ply"):
        bpy.ops.blender_spike.export_mesh(filepath=str(tmp_path / f"cell{extension}"))
        if extension == ".ply":
            # The copy alone: the neuron would lie in the same place.
            written = (tmp_path / "cell.ply").read_bytes()
            assert f"element vertex {vertices}\n".encode() in written
    for key, names in blocks.items():
        assert set(getattr(bpy.data, key).keys()) == names
    assert bpy.ops.ed.undo() == {"FINISHED"}
    assert "cell mesh" not in bpy.data.objects and "cell" in bpy.data.objects
    assert bpy.ops.ed.redo() == {"FINISHED"}
    mesh = evaluated(bpy, bpy.data.objects["cell mesh"])
    color = display(column(mesh, "displayColor", "color", 4)[:, :3])
    assert np.abs(color - shown(column(mesh, "voltage"))).max() < 0.1 / 255


@pytest.mark.parametrize("with_copy", [False, True])
def test_what_a_refused_export_changed_can_be_undone(bpy, neuron, tmp_path, with_copy):
    """It writes copies in the present colors; figures get these only where there is a step."""
    from blender_spike.common.figures.drawing import find_drawing
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.figures.owned import figures_of

    bpy.ops.blender_spike.add_color_bar()
    (bar,) = figures_of(neuron)
    if with_copy:
        bpy.ops.blender_spike.mesh_copy()
    old = neuron.material_slots[0].material
    neuron.material_slots[0].material = old.copy()
    bpy.ops.ed.undo_push(message="another material")
    if not with_copy:
        neuron.select_set(True)
    with pytest.raises(RuntimeError, match="There is no folder"):
        path = str(tmp_path / "no" / "cell.ply")
        bpy.ops.blender_spike.export_mesh("EXEC_DEFAULT", True, filepath=path)
    assert input_value(find_drawing(bar), "Material").value == old
    copies = [one for one in bpy.data.objects if one.name.endswith(" mesh")]
    assert [one.active_material != old for one in copies] == [True] * with_copy
    if with_copy:
        name = old.name
        bpy.ops.ed.undo()
        assert bpy.data.objects["cell mesh"].active_material.name == name
        assert bpy.data.objects["cell"].material_slots[0].material.name != name


def test_a_refused_mesh_copy_leaves_figures_alone(bpy, neuron):
    from blender_spike.common.figures.drawing import find_drawing
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.figures.owned import figures_of

    bpy.ops.blender_spike.add_color_bar()
    (bar,) = figures_of(neuron)
    old = neuron.material_slots[0].material
    neuron.material_slots[0].material = bpy.data.materials.new("own")
    with pytest.raises(RuntimeError, match="is not colored by voltage"):
        bpy.ops.blender_spike.mesh_copy()
    assert input_value(find_drawing(bar), "Material").value == old


def test_a_blender_without_an_exporter(bpy, neuron, tmp_path, monkeypatch):
    from blender_spike.meshes import mesh_export

    def write_missing(*_given):
        bpy.ops.wm.an_exporter_that_is_not_there()

    missing = mesh_export._Format(write_missing, is_animated=True, size_bytes=1)
    monkeypatch.setitem(mesh_export._FORMATS, ".abc", missing)
    before = set(bpy.data.objects)
    with pytest.raises(RuntimeError, match=r"Cannot write cell\.abc: this Blender lacks"):
        bpy.ops.blender_spike.export_mesh(filepath=str(tmp_path / "cell.abc"))
    assert set(bpy.data.objects) == before and neuron.select_get()


def test_a_full_disk_is_noticed_before(bpy, neuron, tmp_path, monkeypatch):
    import shutil

    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=50_000))
    with pytest.raises(RuntimeError, match=r"it would take about .* GB, but only 0\.0 GB"):
        bpy.ops.blender_spike.export_mesh(filepath=str(tmp_path / "cell.usdc"))
    assert not list(tmp_path.glob("cell.usdc"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=80_000))
    bpy.ops.blender_spike.export_mesh(filepath=str(tmp_path / "cell.usdc"))


def test_sentences_where_it_cannot_be(bpy, neuron, tmp_path):
    before = set(bpy.data.objects), set(bpy.data.materials)
    with pytest.raises(RuntimeError, match=r"Cannot write 'cell\.fbx': its name must end in"):
        bpy.ops.blender_spike.export_mesh(filepath=str(tmp_path / "cell.fbx"))
    with pytest.raises(RuntimeError, match=r"There is no folder"):
        bpy.ops.blender_spike.export_mesh(filepath=str(tmp_path / "none" / "cell.usdc"))
    with pytest.raises(RuntimeError, match=r"The last frame, 1, is before the first, 3\."):
        bpy.ops.blender_spike.export_mesh(
            filepath=str(tmp_path / "cell.abc"), frame_start=3, frame_end=1
        )
    assert (set(bpy.data.objects), set(bpy.data.materials)) == before
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    modifier = find_modifier(neuron)
    shows = [f"Show {name}" for name in ("Soma", "Dendrites", "Apical", "Axon", "Other")]
    set_inputs(modifier, dict.fromkeys(shows, False))
    with pytest.raises(RuntimeError, match=r"'cell mesh' draws nothing in frame 0\."):
        bpy.ops.blender_spike.export_mesh(filepath=str(tmp_path / "cell.usdc"))
    assert (set(bpy.data.objects), set(bpy.data.materials)) == before
    neuron.material_slots[0].material = None
    with pytest.raises(RuntimeError, match=r"'cell' is not colored by voltage"):
        bpy.ops.blender_spike.mesh_copy()
    with pytest.raises(RuntimeError, match=r"'cell' is not colored by voltage"):
        bpy.ops.blender_spike.export_mesh(filepath=str(tmp_path / "cell.usdc"))
    assert (set(bpy.data.objects), set(bpy.data.materials)) == before


def test_a_copy_lives_on_in_other_files(bpy, neuron, tmp_path):
    """Saved, opened and appended, it plays; and it is written as it is."""
    bpy.ops.blender_spike.mesh_copy()
    copy_name = bpy.context.object.name
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.wm.append(directory=str(path / "Object"), filename=copy_name)
    appended = bpy.data.objects[copy_name]
    for frame in (0, 3):
        bpy.context.scene.frame_set(frame)
        mesh = evaluated(bpy, appended)
        color = display(column(mesh, "displayColor", "color", 4)[:, :3])
        voltage = column(mesh, "voltage")
        assert np.isclose(voltage, expected_voltages(frame)[1]).sum() >= 482
        assert np.abs(color - shown(voltage)).max() <= 0.1 / 255
    bpy.context.view_layer.objects.active = appended
    out = tmp_path / "again.abc"
    assert bpy.ops.blender_spike.export_mesh(filepath=str(out)) == {"FINISHED"}
    assert out.stat().st_size > 10_000


def test_a_copy_goes_along_with_a_neuron_that_moves(bpy, neuron):
    neuron.location = (1, 2, 3)
    bpy.context.view_layer.update()
    bpy.ops.blender_spike.mesh_copy()
    resting = bpy.context.object
    assert resting.matrix_world == neuron.matrix_world and not resting.constraints
    bpy.context.view_layer.objects.active = neuron
    resting.select_set(False)
    neuron.select_set(True)
    for frame, x in ((0, 0.0), (4, 8.0)):
        neuron.location.x = x
        neuron.keyframe_insert("location", frame=frame)
    bpy.ops.blender_spike.mesh_copy()
    moving = bpy.context.object
    bpy.context.scene.frame_set(4)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    assert moving.evaluated_get(depsgraph).matrix_world.translation.x == pytest.approx(8.0)


def test_copies_follow_a_neuron_that_gets_another_material(bpy, neuron, tmp_path):
    """Shared with another one, and made single again; its colors in Solid do so as well."""
    bpy.ops.blender_spike.show_colors(shading="SOLID")
    bpy.ops.blender_spike.mesh_copy()
    copy = bpy.context.object
    path = write(tmp_path / "other.pickle", simulation(branched(), FRAMES, seed=6))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    other = bpy.context.object
    bpy.ops.blender_spike.color_by_voltage(colormap="coolwarm", v_min=-50, v_max=0)
    for thing in (neuron, other):
        thing.select_set(True)
    bpy.context.view_layer.objects.active = other
    bpy.ops.blender_spike.share_material()
    depsgraph = bpy.context.evaluated_depsgraph_get()
    # In a variable, because its parts are gone as soon as it is.
    geometry = neuron.evaluated_get(depsgraph).evaluated_geometry()
    for mesh in (evaluated(bpy, copy), geometry.mesh):
        along = np.clip((column(mesh, "voltage") + 50) / 50, 0, 1)
        color = display(column(mesh, "displayColor", "color", 4)[:, :3])
        assert np.abs(color - mpl.colormaps["coolwarm"](along)[:, :3]).max() < 0.1 / 255
    bpy.ops.blender_spike.make_single()
    from blender_spike.color.coloring import color_input, voltage_material

    material = voltage_material(neuron)
    assert copy.active_material == material != voltage_material(other)
    color_input(material, "Maximum").default_value = 30.0
    mesh = evaluated(bpy, copy)
    along = np.clip((column(mesh, "voltage") + 50) / 80, 0, 1)
    color = display(column(mesh, "displayColor", "color", 4)[:, :3])
    assert np.abs(color - mpl.colormaps["coolwarm"](along)[:, :3]).max() < 0.1 / 255


def test_a_neuron_linked_from_another_file_is_written_too(bpy, neuron, tmp_path):
    """Nothing of it has to be changed."""
    path, name = tmp_path / "library.blend", neuron.name
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.wm.link(directory=str(path / "Object"), filename=name)
    linked = bpy.data.objects[name]
    linked.select_set(True)
    bpy.context.view_layer.objects.active = linked
    assert linked.library is not None
    bpy.ops.blender_spike.mesh_copy()
    mesh = evaluated(bpy, bpy.context.object)
    color = display(column(mesh, "displayColor", "color", 4)[:, :3])
    assert np.abs(color - shown(column(mesh, "voltage"))).max() < 0.1 / 255
