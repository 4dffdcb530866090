# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking the cut out again: node by node, user by user, nothing shows that it was there."""

from __future__ import annotations

import pytest
from helpers.cut_scene import flat_material
from helpers.simulations import branched, simulation

from spike_export import write

KINDS = (
    "objects", "materials", "node_groups", "meshes", "curves", "hair_curves", "images", "actions",
)  # fmt: skip


def plain(value):
    """Something that compares by content."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    return tuple(value) if hasattr(value, "__len__") and not isinstance(value, str) else value


def properties(thing):
    found = {}
    for prop in thing.bl_rna.properties:
        if prop.type in ("BOOLEAN", "INT", "FLOAT", "STRING", "ENUM", "POINTER"):
            if prop.identifier in ("use_nodes", "is_library_indirect", "session_uid"):  # deprecated
                continue
            value = getattr(thing, prop.identifier)
            found[prop.identifier] = (
                getattr(value, "name", None) if prop.type == "POINTER" else plain(value)
            )
    return found


def tree_state(tree):
    """Every node with all its properties and values, and every link."""
    return {
        "nodes": {
            node.name: (
                properties(node),
                [plain(getattr(s, "default_value", None)) for s in node.inputs],
                {key: plain(node[key]) for key in node.keys()},  # noqa: SIM118
            )
            for node in tree.nodes
        },
        "links": {
            (k.from_node.name, k.from_socket.identifier, k.to_node.name, k.to_socket.identifier)
            for k in tree.links
        },
    }


def state(bpy):
    """All there is in the file that slicing could touch."""
    # No slicer has the same key again, so what it is of is compared.
    mark = "surface_slicer_key"
    keys = {g[mark]: f"cut by {g.name}" for g in bpy.data.node_groups if mark in g}
    return {
        "users": {k: sorted((b.name, b.users) for b in getattr(bpy.data, k)) for k in KINDS},
        "materials": {
            m.name: (properties(m), tree_state(m.node_tree), list(m.keys()))
            for m in bpy.data.materials
        },
        "objects": {
            o.name: (
                [(s.link, s.material and s.material.name) for s in o.material_slots],
                [m and m.name for m in o.data.materials] if o.data else None,
                sorted(keys.get(key, key) for key in o.keys()),  # noqa: SIM118
            )
            for o in bpy.data.objects
        },
    }


def differences(a, b, path=""):
    """List where two states differ, so that a failure can be read."""
    if isinstance(a, dict) and isinstance(b, dict):
        both = sorted({*a, *b}, key=str)
        return [d for k in both for d in differences(a.get(k), b.get(k), f"{path}/{k}")]
    if isinstance(a, tuple | list) and isinstance(b, tuple | list) and len(a) == len(b):
        pairs = zip(a, b, strict=True)
        return [d for i, (x, y) in enumerate(pairs) for d in differences(x, y, f"{path}[{i}]")]
    return [] if a == b else [f"{path}: {a} != {b}"]


@pytest.fixture
def things(bpy, tmp_path):
    """One of each: without slots, with an empty one, several, shared, curves, text, a neuron."""
    bpy.ops.mesh.primitive_cube_add()
    bare = bpy.context.object
    bpy.ops.mesh.primitive_monkey_add()
    several = bpy.context.object
    a, b = flat_material("a", (1, 0, 0, 1)), bpy.data.materials.new("b")
    a.use_backface_culling, a.surface_render_method = True, "BLENDED"
    b.node_tree.nodes["Material Output"].location = (123.456, -7.3)
    for material in (a, None, b, a):
        several.data.materials.append(material)
    linked_copy = several.copy()
    linked_copy.material_slots[0].link = "OBJECT"
    linked_copy.material_slots[0].material = b
    linked_copy.material_slots[2].link = "OBJECT"
    bpy.context.collection.objects.link(linked_copy)
    bpy.ops.curve.primitive_bezier_circle_add()
    tube = bpy.context.object
    tube.data.bevel_depth = 0.1
    bpy.ops.object.text_add()
    text = bpy.context.object
    text.data.materials.append(b)
    two_outputs = bpy.data.materials.new("two outputs")
    tree = two_outputs.node_tree
    tree.nodes.new("ShaderNodeOutputMaterial").target = "CYCLES"
    bpy.ops.mesh.primitive_uv_sphere_add()
    ball = bpy.context.object
    ball.data.materials.append(two_outputs)
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    return [bare, several, linked_copy, tube, text, ball, bpy.context.object]


def test_everything_is_as_it_was(bpy, things):
    """Compared node by node; a second slicer, flipped order, all or only some of the objects."""
    from surface_slicer.common.cut.materials import cuts_of
    from surface_slicer.slicer.cuttable import materials_of
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    before = state(bpy)
    first = slice_objects(bpy.context, things).slicer
    for thing in things:
        assert all(len(cuts_of(m)) == 1 for m in materials_of(bpy.context, thing))
        assert materials_of(bpy.context, thing), thing.name
    once = state(bpy)
    slice_objects(bpy.context, things[1:4], shape="Sphere", combine="ALL")
    remove_slicing(bpy.context, things[:2], first)
    remove_slicing(bpy.context, things)
    assert not differences(state(bpy), before)

    slicer = slice_objects(bpy.context, things).slicer
    assert not differences(state(bpy), once)
    other = slice_objects(bpy.context, things, shape="Box").slicer
    remove_slicing(bpy.context, things, other)
    assert not differences(state(bpy), once)
    remove_slicing(bpy.context, things, slicer)
    assert not differences(state(bpy), before)


@pytest.mark.slow
def test_twenty_times(bpy, things):
    """No orphan data, no numbered names."""
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    before = state(bpy)
    for _ in range(20):
        slice_objects(bpy.context, things)
        remove_slicing(bpy.context, things)
    assert not differences(state(bpy), before)


def test_what_was_changed_while_it_was_cut_stays(bpy):
    """Materials are not copied, so colors and nodes of the meantime are kept."""
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    material = bpy.data.materials.new("mine")
    cube.data.materials.append(material)
    slice_objects(bpy.context, [cube])
    nodes = material.node_tree.nodes
    nodes["Principled BSDF"].inputs["Base Color"].default_value = (0.1, 0.2, 0.3, 1.0)
    cut = nodes["Cut by Slicer"]
    glow = nodes.new("ShaderNodeEmission")
    for name in ("Shader", "Sliced Before"):
        material.node_tree.links.new(glow.outputs[0], cut.inputs[name])
    remove_slicing(bpy.context, [cube])
    assert "Cut by Slicer" not in nodes
    color = nodes["Principled BSDF"].inputs["Base Color"].default_value
    assert tuple(color) == pytest.approx((0.1, 0.2, 0.3, 1.0))
    assert nodes["Material Output"].inputs["Surface"].links[0].from_node == glow


def cube_of(bpy, *materials):
    bpy.ops.mesh.primitive_cube_add()
    for material in materials:
        bpy.context.object.data.materials.append(material)
    return bpy.context.object


def surface_of(material):
    """The node that gives the surface, reroutes aside."""
    node = material.node_tree.nodes["Material Output"]
    socket = node.inputs["Surface"]
    while socket.is_linked and (node := socket.links[0].from_node).type == "REROUTE":
        socket = node.inputs[0]
    return node


@pytest.mark.parametrize("place", ["after", "between"])
@pytest.mark.parametrize("kind", ["NodeReroute", "ShaderNodeAddShader"])
def test_nodes_that_somebody_put_among_slicers(bpy, kind, place):
    """They stay, and the surface's own shader goes where the slicers' went; none cuts twice."""
    from surface_slicer.common.cut.materials import cuts_of
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    material = flat_material("mine", (1, 0, 0, 1))
    output = material.node_tree.nodes["Material Output"]
    own = material.node_tree.nodes["Emission"]
    cube = cube_of(bpy, material)
    first = slice_objects(bpy.context, [cube]).slicer
    second = slice_objects(bpy.context, [cube], shape="Box").slicer
    tree = material.node_tree
    cuts = [tree.nodes["Cut by Slicer"], tree.nodes["Cut by Slicer.001"]]
    after = output.inputs["Surface"] if place == "after" else cuts[1].inputs["Sliced Before"]
    put = tree.nodes.new(kind)
    tree.links.new(cuts[place == "after"].outputs["Shader"], put.inputs[0])
    tree.links.new(put.outputs[0], after)
    nodes = len(tree.nodes)
    for slicer in (first, second):
        slice_objects(bpy.context, [cube], slicer)
    assert len(tree.nodes) == nodes and len(cuts_of(material)) == 2
    third = slice_objects(bpy.context, [cube], shape="Sphere").slicer
    assert [cut.group.name for cut in cuts_of(material)] == [
        f"Cut by Slicer{end}" for end in ("", ".001", ".002")
    ]
    for slicer, left in ((first, 2), (third, 1), (second, 0)):
        remove_slicing(bpy.context, [cube], slicer)
        assert len(cuts_of(material)) == left
        assert output.inputs["Surface"].is_linked
    assert put.inputs[0].links[0].from_node == own
    assert surface_of(material) == (own if kind == "NodeReroute" else put)
    assert not bpy.data.node_groups


def test_a_dissolved_slicer(bpy):
    """Of two, somebody takes the first out by Dissolve; the rest goes all the same."""
    from surface_slicer.common.cut.materials import cuts_of
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    material = flat_material("mine", (1, 0, 0, 1))
    material.use_backface_culling = True
    cube = cube_of(bpy, material)
    slice_objects(bpy.context, [cube])
    slice_objects(bpy.context, [cube], shape="Box", combine="ALL")
    tree = material.node_tree
    second = tree.nodes["Cut by Slicer.001"]
    tree.links.new(tree.nodes["Emission"].outputs[0], second.inputs["Sliced Before"])
    tree.nodes.remove(tree.nodes["Cut by Slicer"])
    assert [cut.group.name for cut in cuts_of(material)] == ["Cut by Slicer.001"]
    remove_slicing(bpy.context, [cube])
    assert [node.name for node in tree.nodes] == ["Emission", "Material Output"]
    assert surface_of(material).name == "Emission" and material.use_backface_culling
    assert not bpy.data.node_groups


def test_a_slicer_in_a_group_of_nodes(bpy):
    """Somebody made a group of the shader and the cut; the cut goes out of it."""
    from surface_slicer.common import nodes
    from surface_slicer.common.cut.slicer_group import slicer_groups
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    material = flat_material("mine", (1, 0, 0, 1))
    cube = cube_of(bpy, material)
    slice_objects(bpy.context, [cube])
    with nodes.shader_group("Look") as tree:
        light = tree.add("ShaderNodeEmission")
        cut = tree.group(slicer_groups()[0], {"Shader": light, "Sliced Before": light})
        tree.output("Shader", cut["Shader"], kind="Shader")
    group = tree.tree
    with nodes.material(material) as tree:
        look = tree.group(group, {})
        tree.add("ShaderNodeOutputMaterial", {"Surface": look})
    slice_objects(bpy.context, [cube], bpy.data.objects["Slicer"])
    remove_slicing(bpy.context, [cube])
    end = next(node for node in group.nodes if node.type == "GROUP_OUTPUT")
    assert end.inputs["Shader"].links[0].from_node.type == "EMISSION"
    assert [g.name for g in bpy.data.node_groups] == ["Look"]


def test_other_slicers_stay(bpy):
    """Those that wait for what they are to cut, and a rig's own empty that was made to cut."""
    from surface_slicer.common.cut.slicer_group import find_group, set_settings
    from surface_slicer.slicer.slicer import add_slicer, remove_slicing, slice_objects, slicers_of

    cube = cube_of(bpy)
    waiting = add_slicer(bpy.context)
    set_settings(find_group(waiting), {"Line Width": 0.7})
    rig = bpy.data.objects.new("rig", None)
    bpy.context.collection.objects.link(rig)
    rig.keyframe_insert("location", frame=1)
    slice_objects(bpy.context, [cube])
    slice_objects(bpy.context, [cube], rig)
    assert len(slicers_of(cube)) == 2
    remove_slicing(bpy.context, [cube])
    assert {thing.name for thing in bpy.data.objects} == {cube.name, "Slicer", "rig"}
    assert find_group(waiting) is not None and find_group(rig) is None
    assert rig.animation_data.action is not None


@pytest.mark.parametrize("first", [0, 1])
def test_two_that_share_a_mesh_without_material(bpy, first):
    """The one that is still cut keeps its slot; with the last of them the slot goes."""
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    cube = cube_of(bpy)
    other = cube.copy()
    bpy.context.collection.objects.link(other)
    before = state(bpy)
    slice_objects(bpy.context, [cube, other])
    pair = [cube, other] if first == 0 else [other, cube]
    remove_slicing(bpy.context, pair[:1])
    assert [slot.material and slot.material.name for slot in pair[1].material_slots] == [
        "Sliced Surface"
    ]
    remove_slicing(bpy.context, pair[1:])
    assert not differences(state(bpy), before)


def test_a_slot_that_another_user_of_the_mesh_needs_by_now(bpy):
    """It stays for the other object's own material."""
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    cube = cube_of(bpy)
    other = cube.copy()
    bpy.context.collection.objects.link(other)
    slice_objects(bpy.context, [cube])
    own = bpy.data.materials.new("own")
    other.material_slots[0].link = "OBJECT"
    other.material_slots[0].material = own
    remove_slicing(bpy.context, [cube])
    assert other.material_slots[0].material == own


def test_a_slicer_with_a_long_name(bpy):
    """Custom properties have names of 63 bytes."""
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects, slicers_of

    cube = cube_of(bpy)
    rig = bpy.data.objects.new("ä" * 80, None)
    bpy.context.collection.objects.link(rig)
    slice_objects(bpy.context, [cube], rig)
    assert len(slicers_of(cube)) == 1
    remove_slicing(bpy.context, [cube])
    assert not slicers_of(cube) and not bpy.data.node_groups


def test_one_of_two_that_share_a_material(bpy):
    """The other goes on being cut, in the same material."""
    from surface_slicer.common.cut.materials import cuts_of
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects, slicers_of

    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    material = bpy.data.materials.new("shared")
    cube.data.materials.append(material)
    other = cube.copy()
    bpy.context.collection.objects.link(other)
    slice_objects(bpy.context, [cube, other])
    remove_slicing(bpy.context, [cube])
    assert cuts_of(material) and not slicers_of(cube) and slicers_of(other)
    remove_slicing(bpy.context, [other])
    assert not cuts_of(material) and not bpy.data.node_groups and "Slicer" not in bpy.data.objects


def test_the_slicer_can_stay(bpy):
    """With its settings, for the next time."""
    from surface_slicer.common.cut import slicer_group
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    slicer = slice_objects(bpy.context, [cube]).slicer
    slicer_group.set_settings(slicer_group.slicer_group(slicer), {"Line Width": 0.7})
    remove_slicing(bpy.context, [cube], keep_slicer=True)
    assert slice_objects(bpy.context, [cube], slicer).slicer == slicer
    width = slicer_group.setting(slicer_group.slicer_group(slicer), "Line Width").default_value
    assert width == pytest.approx(0.7)


def test_deleted_objects_leave_nothing(bpy):
    """A material that outlives its cut object is made whole with the last of the slicer."""
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    gone = cube.copy()
    gone.data = cube.data.copy()
    bpy.context.collection.objects.link(gone)
    material = bpy.data.materials.new("survives")
    material.use_fake_user = True
    gone.data.materials.append(material)
    before = tree_state(material.node_tree)
    slice_objects(bpy.context, [cube, gone])
    bpy.data.objects.remove(gone)
    remove_slicing(bpy.context, [cube])
    assert not differences(tree_state(material.node_tree), before)
    assert not bpy.data.node_groups


@pytest.fixture
def library(bpy, tmp_path):
    """A file with a cube of one material."""
    path = str(tmp_path / "library.blend")
    bpy.ops.mesh.primitive_cube_add()
    bpy.context.object.name = "theirs"
    bpy.context.object.data.materials.append(bpy.data.materials.new("their material"))
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    return path


def test_linked_materials_are_copied_for_the_time(bpy, library):
    """An object of ours with their material, in a slot and in a modifier."""
    from surface_slicer.common import nodes
    from surface_slicer.common.nodes.modifiers import input_value, set_inputs
    from surface_slicer.slicer.cuttable import materials_of
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.materials = ["their material"]
    theirs = wanted.materials[0]
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    cube.data.materials.append(theirs)
    bpy.ops.mesh.primitive_cube_add()
    modified = bpy.context.object
    with nodes.geometry_group("Paint") as tree:
        geometry = tree.input("Geometry", "Geometry")
        material = tree.input("Material", "Material")
        painted = tree.add("GeometryNodeSetMaterial", {"Geometry": geometry, "Material": material})
        tree.output("Geometry", painted)
    modifier = modified.modifiers.new("Paint", "NODES")
    modifier.node_group = tree.tree
    set_inputs(modifier, {"Material": theirs})
    before = state(bpy)
    slice_objects(bpy.context, [cube, modified])
    used = {m for thing in (cube, modified) for m in materials_of(bpy.context, thing)}
    assert len(used) == 1 and used.pop().library is None
    remove_slicing(bpy.context, [cube, modified])
    assert not differences(state(bpy), before) and input_value(modifier, "Material").value == theirs


def test_linked_objects_are_made_local_first(bpy, library):
    """Neither they nor overrides would remember that they are cut; a local one is cut."""
    from surface_slicer.slicer.cuttable import materials_of
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects, slicers_of

    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.objects = ["theirs"]
    theirs = wanted.objects[0]
    bpy.context.collection.objects.link(theirs)
    with pytest.raises(ValueError, match="'theirs' belongs to another file; make it local"):
        slice_objects(bpy.context, [theirs])
    ours = theirs.override_create(remap_local_usages=True)
    bpy.context.view_layer.update()
    with pytest.raises(ValueError, match="'theirs' belongs to another file; make it local"):
        slice_objects(bpy.context, [ours])
    ours.make_local()
    bpy.context.view_layer.update()
    before = state(bpy)
    slice_objects(bpy.context, [ours])
    assert slicers_of(ours)
    assert all(m.library is None for m in materials_of(bpy.context, ours))
    remove_slicing(bpy.context, [ours])
    assert not differences(state(bpy), before)


def test_lights_are_refused(bpy):
    """With a sentence that names them; what can be cut is cut all the same."""
    from surface_slicer.slicer.slicer import slice_objects

    bpy.ops.object.light_add()
    light = bpy.context.object
    bpy.ops.mesh.primitive_cube_add()
    with pytest.raises(ValueError, match=f"'{light.name}' cannot be cut: it is not drawn"):
        slice_objects(bpy.context, [light])
    result = slice_objects(bpy.context, [light, bpy.context.object])
    assert len(result.objects) == 1 and light.name in result.refused[0]


def test_after_saving_and_opening(bpy, tmp_path):
    """Nothing that is needed to make things whole again is lost with the session."""
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    bpy.ops.mesh.primitive_cube_add()
    bare = bpy.context.object
    bpy.ops.mesh.primitive_monkey_add()
    bpy.context.object.data.materials.append(bpy.data.materials.new("mine"))
    before = state(bpy)
    slice_objects(bpy.context, [bare, bpy.context.object])
    path = str(tmp_path / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    remove_slicing(bpy.context, [bpy.data.objects[name] for name in ("Cube", "Suzanne")])
    assert not differences(state(bpy), before)


@pytest.mark.parametrize("how", ["open", "append"])
def test_a_slicer_that_cuts_nothing_yet_keeps_its_settings(bpy, tmp_path, how):
    """Blender saves only node groups that something uses; until it cuts, that is the empty."""
    from common.cut.slicer_group import find_group, set_settings, setting
    from surface_slicer.slicer.slicer import add_slicer, remove_slicing, slice_objects

    set_settings(find_group(add_slicer(bpy.context)), {"Line Width": 0.25})
    path = str(tmp_path / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    if how == "open":
        bpy.ops.wm.open_mainfile(filepath=path)
    else:
        bpy.ops.wm.read_homefile(app_template="", use_empty=True)
        bpy.ops.wm.append(directory=f"{path}/Object/", filename="Slicer")
    slicer = bpy.data.objects["Slicer"]
    group = find_group(slicer)
    assert setting(group, "Line Width").default_value == pytest.approx(0.25)
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    slice_objects(bpy.context, [cube], slicer)
    assert find_group(slicer) == group
    remove_slicing(bpy.context, [cube])
    assert not bpy.data.node_groups


@pytest.mark.slow
def test_what_is_hidden_is_refused_or_made_whole(bpy, tmp_path):
    """It is not evaluated, so it gets no companion; its cut can be removed all the same."""
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    neuron = bpy.context.object
    material = bpy.data.materials["cell voltage"]
    whole = len(material.node_tree.nodes)
    bpy.ops.surface_slicer.slice_objects()
    assert len(material.node_tree.nodes) > whole
    neuron.hide_viewport = True
    bpy.ops.object.select_all(action="DESELECT")
    slicer = bpy.data.objects["Slicer"]
    slicer.select_set(True)
    bpy.context.view_layer.objects.active = slicer
    assert bpy.ops.surface_slicer.add_wireframe_twin() == {"CANCELLED"}
    bpy.ops.surface_slicer.remove_slicing()
    assert len(material.node_tree.nodes) == whole
