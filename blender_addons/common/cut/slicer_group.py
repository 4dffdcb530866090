# SPDX-License-Identifier: GPL-3.0-or-later
"""The cut, as shader nodes that follow an empty.

Each slicer is an empty with its own node group. The group looks up where a point is in the empty's
coordinates, and mixes three shaders in two steps: the material's own (side A) with what remains
where it is cut away (side B), and both with the glow of the line between. All materials that the
slicer cuts use the same group, so its settings are shared, and moving, rotating or scaling the
empty, or its parent, moves the cut without recomputing anything.

A custom property on each object determines whether it is cut, see `amount_key`: 1 means cut, 0 or
none means not, and -1 shows what others lose, as a wireframe twin does. So a material may be shared
by objects that are cut and others that are not. An instance is cut with the object that shows it,
or else with the object that it is an instance of.

In a material's volume the same group cuts the medium; see `VOLUME`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final

import bpy

from .. import nodes
from ..drivers import Source, drive, make_exact
from ..marks import Mark
from ..registry import merged
from ..required import required
from .distance import SHADER, VOLUME, combine_group, edge_group, side_b_group
from .remains import REMAINS, REMAINS_INPUTS

SLICED_BEFORE: Final = "Sliced Before"
ALL: Final = "All"
CUT: Final = "Cut"
CUT_BEFORE: Final = "Cut Before"
AMOUNT: Final = "Amount"
AMOUNT_BEFORE: Final = "Amount Before"

_PLACE: Final = "Place"
_SHAPE_NODE: Final = "Shape and Edge"
_SIDE_B_NODE: Final = "Side B"
_LINE_NODE: Final = "Line"
_COMBINE_NODE: Final = "Slicer Combine"
# The node and input that hold each setting.
_OWN_SETTINGS: Final[dict[str, tuple[str, str]]] = {
    "Shape": (_SHAPE_NODE, "Shape"),
    "Flip": (_SHAPE_NODE, "Flip"),
    "Soft Edge": (_SHAPE_NODE, "Soft Edge"),
    "Line Width": (_SHAPE_NODE, "Line Width"),
    "Line Color": (_LINE_NODE, "Color"),
    "Line Strength": (_LINE_NODE, "Strength"),
    "Cut Away": (_SIDE_B_NODE, "Cut Away"),
    "Side B Color": (_SIDE_B_NODE, "Color"),
    "Side B Strength": (_SIDE_B_NODE, "Strength"),
    "Side B Opacity": (_SIDE_B_NODE, "Opacity"),
    "Wire Thickness": (_SIDE_B_NODE, "Wire Thickness"),
}
# No remainder takes the name of a setting, or of an input of its node.
_node_inputs = {name for node, name in _OWN_SETTINGS.values() if node == _SIDE_B_NODE}
merged(
    {
        "Surface Slicer": dict.fromkeys([SHADER, *_node_inputs, *_OWN_SETTINGS]),
        **{name: one.inputs for name, one in REMAINS.items()},
    }
)
_SETTINGS: Final = _OWN_SETTINGS | {name: (_SIDE_B_NODE, name) for name in REMAINS_INPUTS}
SETTINGS: Final = tuple(_SETTINGS)
SOURCE: Final = Mark(
    "surface_slicer",
    "source",
    "slicer_source",
    lambda thing: isinstance(thing["slicer_source"], bpy.types.Object),
)
"""Custom property of a sliced object's companion: the sliced object."""
_KEY: Final = Mark(
    "surface_slicer",
    "key",
    "slicer",
    lambda group: {_PLACE, _SHAPE_NODE, _SIDE_B_NODE, _LINE_NODE} <= set(group.nodes.keys()),
)
# On an empty: the key of its group, which a copy of the empty has, too.
_CUTS_AS: Final = Mark("surface_slicer", "cuts_as", "cuts_as", lambda _: False)
# On an empty: its group. Blender saves no node group without users, and one that cuts nothing yet
# has no other.
_GROUP: Final = Mark("surface_slicer", "group", "surface_slicer_group", lambda _: False)
# The object that shows an instance, or else the object itself.
_ASKED: Final = "INSTANCER"
# Length of its name in bytes; Blender limits names of custom properties to 63.
_KEY_BYTES: Final = 36


def slicer_group(empty: bpy.types.Object) -> bpy.types.NodeTree:
    """Find a slicer's node group, or write it.

    Parameters
    ----------
    empty : Object
        What drives the cut; any object will do. A copy of a slicer gets the original's settings.
    """
    found = find_group(empty)
    if found is None:
        copied = copied_from(empty)
        found = _write_group(empty)
        if copied is not None:
            values = {name: setting(copied, name).default_value for name in SETTINGS}
            set_settings(found, values)
    else:
        make_exact([found])
        _renew(found)
    if empty.is_editable:
        _CUTS_AS.put(empty, amount_key(found))
        _GROUP.put(empty, found)
    return found


def find_group(empty: bpy.types.Object | None) -> bpy.types.NodeTree | None:
    """Find a slicer's node group.

    Returns
    -------
    NodeTree or None
        None if the object is not a slicer; a copy of a slicer is not one yet, see `copied_from`.
    """
    if empty is None:
        return None
    return next((group for group in slicer_groups() if empty_of(group) == empty), None)


def copied_from(thing: bpy.types.Object | None) -> bpy.types.NodeTree | None:
    """Find the slicer that an object is a copy of.

    Returns
    -------
    NodeTree or None
        The group of the original; None for any other object, and once the copy cuts something.
    """
    key = None if thing is None else _CUTS_AS.of(thing)
    groups = slicer_groups() if key is not None else []
    found = next((group for group in groups if amount_key(group) == key), None)
    original = None if found is None else empty_of(found)
    return found if original is not None and original != thing else None


def slicer_groups() -> list[bpy.types.NodeTree]:
    """List the node groups of all slicers in the file."""
    return [group for group in bpy.data.node_groups if is_slicer_group(group)]


def is_slicer_group(group: Any) -> bool:
    """Tell whether a node group belongs to a slicer."""
    return group is not None and group.bl_idname == "ShaderNodeTree" and _KEY.on(group)


def amount_key(group: bpy.types.NodeTree) -> str:
    """Return the name of the custom property for how much of an object a slicer cuts.

    Parameters
    ----------
    group : NodeTree
        One of `slicer_groups`.

    Returns
    -------
    str
        It stays the same when the group or the empty is renamed, and is unique across files, so
        that they can be appended to each other.
    """
    return str(_KEY.of(group))


def empty_of(group: bpy.types.NodeTree) -> bpy.types.Object | None:
    """Find the empty that drives a slicer's node group.

    Parameters
    ----------
    group : NodeTree
        One of `slicer_groups`.

    Returns
    -------
    Object or None
        None if it was deleted; the cut is then at the world's origin.
    """
    place: Any = group.nodes[_PLACE]
    empty: bpy.types.Object | None = place.object
    return empty


def cut_by(group: bpy.types.NodeTree) -> list[bpy.types.Object]:
    """List the objects that a slicer cuts, including their twins.

    Parameters
    ----------
    group : NodeTree
        The slicer's.
    """
    return [thing for thing in bpy.data.objects if is_cut_by(thing, group)]


def is_cut_by(thing: bpy.types.Object, group: bpy.types.NodeTree) -> bool:
    """Tell whether a slicer cuts an object.

    Parameters
    ----------
    group : NodeTree
        The slicer's.
    """
    return thing.get(amount_key(group)) is not None


def behind(thing: bpy.types.Object) -> list[bpy.types.Object]:
    """List what an object serves: what a slicer cuts, or what a twin, cap or profile follows.

    Returns
    -------
    list of Object
        Empty for any other object.
    """
    source = SOURCE.of(thing)
    # Once converted, it is an independent object.
    if isinstance(source, bpy.types.Object) and len(thing.modifiers):
        return [source]
    group = find_group(thing)
    return [] if group is None else cut_by(group)


def setting(group: bpy.types.NodeTree, name: str) -> Any:
    """Find the socket that holds one of a slicer's settings.

    Parameters
    ----------
    group : NodeTree
        One of `slicer_groups`.
    name : str
        One of `SETTINGS`.

    Returns
    -------
    NodeSocket
        Its ``default_value`` can be read, set, keyframed and shown in a panel.

    Raises
    ------
    KeyError
        Naming the available settings.
    """
    if name not in _SETTINGS:
        raise KeyError(f"A slicer has no setting '{name}'; it has {list(SETTINGS)}")
    node, socket = _SETTINGS[name]
    inputs: Any = group.nodes[node].inputs
    return inputs[socket]


def set_settings(group: bpy.types.NodeTree, values: Mapping[str, Any]) -> None:
    """Change settings of a slicer, for everything it cuts.

    Parameters
    ----------
    group : NodeTree
        One of `slicer_groups`.
    values : mapping
        By the names in `SETTINGS`.

    Raises
    ------
    KeyError
        If there is no such setting.
    """
    for name, value in values.items():
        setting(group, name).default_value = value


def remove_group(group: bpy.types.NodeTree) -> None:
    """Remove a slicer's node group, and with the last one the groups that all of them use.

    Parameters
    ----------
    group : NodeTree
        One of `slicer_groups`, no longer used by any material, or a part of one.
    """
    empty = empty_of(group) if is_slicer_group(group) else None
    if empty is not None and empty.is_editable:
        _GROUP.remove(empty)
    inside: Any = group.nodes
    parts: set[Any] = {getattr(node, "node_tree", None) for node in inside} - {None}
    bpy.data.node_groups.remove(group)
    for part in parts:
        if not part.users:
            remove_group(part)


def drive_by_scale(
    group: bpy.types.NodeTree, node: str, empty: bpy.types.Object, axis: str
) -> None:
    """Have a node's first output follow how an empty is scaled along an axis."""
    output = required(group.nodes[node].outputs)[0]
    source = Source(empty, f"SCALE_{axis}", is_transform=True)
    drive(output, "default_value", {"scale": source})


# --- The node groups ---


def _write_group(empty: bpy.types.Object) -> bpy.types.NodeTree:
    name = _unused(f"Cut by {empty.name}")
    key = f"surface_slicer {_beginning(name, _KEY_BYTES)} {secrets.token_hex(4)}"
    with nodes.shader_group(name) as tree:
        shader = tree.input(SHADER, "Shader", description="What is cut: side A")
        before = tree.input(SLICED_BEFORE, "Shader", description="What other slicers left of it")
        every = tree.input(
            ALL, "Float", default=0.0, minimum=0.0, maximum=1.0,
            description="1 cuts away only what all slicers cut, 0 what any of them cuts",
        )  # fmt: skip
        cut_before = tree.input(CUT_BEFORE, "Float", default=0.0)
        amount_before = tree.input(AMOUNT_BEFORE, "Float", default=0.0)
        with tree.frame("Where a point is, to the empty"):
            place = tree.add("ShaderNodeTexCoord", name=_PLACE, object=empty)["Object"]
            scales = [tree.add("ShaderNodeValue", name=f"Scale {axis}") for axis in "XYZ"]
            scale = tree.vector(*scales)
            amount = tree.add(
                "ShaderNodeAttribute", label="Is this object cut?",
                attribute_type=_ASKED, attribute_name=key,
            )["Factor"]  # fmt: skip
        edge = tree.group(edge_group(), {"Place": place, "Scale": scale}, name=_SHAPE_NODE)
        side_b = tree.group(side_b_group(), {"Shader": shader}, name=_SIDE_B_NODE)
        combined = tree.group(
            combine_group(),
            {
                "Shader": shader,
                "Sliced Before": before,
                "Side B": side_b[SHADER],
                "All": every,
                "Cut": edge["Cut"],
                "Line": edge["Line"],
                "Cut Before": cut_before,
                "Amount": amount,
                "Amount Before": amount_before,
            },
            name=_COMBINE_NODE,
        )
        with tree.frame("Side A, side B, and the line between"):
            line = tree.add("ShaderNodeEmission", name=_LINE_NODE, label="Line")
            sides = tree.mix_shader(combined["Here"], combined["Side A"], combined["Side B"])
            lined = tree.mix_shader(combined["Line"], sides, line)
        tree.output(SHADER, lined, kind="Shader")
        tree.output(CUT, combined["Cut"], kind="Float")
        tree.output(AMOUNT, combined["Amount"], kind="Float")
        _write_volume(tree)
    group: bpy.types.NodeTree = tree.tree
    _KEY.put(group, key)
    for axis, node in zip("XYZ", scales, strict=True):
        drive_by_scale(group, node.bpy_node.name, empty, axis)
    return group


def _write_volume(tree: nodes.Tree) -> None:
    """Give a slicer's group the output for media; its inputs hold a medium there, not a surface."""
    of_surface, side_b = (tree.tree.nodes[name] for name in (_COMBINE_NODE, _SIDE_B_NODE))
    given = {
        socket.name: tree.existing(socket.links[0].from_socket)
        for socket in of_surface.inputs
        if socket.is_linked and socket.links[0].from_node != side_b
    }
    with tree.frame("In a volume"):
        left = tree.existing(side_b.outputs[VOLUME])
        combined = tree.group(combine_group(), {**given, "Side B": left})
        medium = tree.mix_shader(combined["Here"], combined["Side A"], combined["Side B"])
    tree.output(VOLUME, medium, kind="Shader")


def _renew(group: bpy.types.NodeTree) -> None:
    """Give a slicer from an older file what it lacks: volumes, and instances."""
    key = amount_key(group)
    every: Any = group.nodes
    for node in every:
        if node.bl_idname == "ShaderNodeAttribute" and node.attribute_name == key:
            node.attribute_type = _ASKED
    sockets: Any = required(group.interface).items_tree
    if group.library is not None or any(item.name == VOLUME for item in sockets):
        return
    # These rewrite the parts, and replace older ones.
    side_b_group()
    combine = combine_group()
    for node in every:
        if node.bl_idname == "ShaderNodeGroup" and node.node_tree == combine:
            node.name = _COMBINE_NODE
    tree = nodes.Tree(group, group.name)
    _write_volume(tree)
    tree.finish()


def _unused(name: str) -> str:
    """Find an unused node group name."""
    number, free = 1, name
    while free in bpy.data.node_groups:
        number += 1
        free = f"{name} {number}"
    return free


def _beginning(text: str, most_bytes: int) -> str:
    """Truncate a text between two characters."""
    return text.encode()[:most_bytes].decode(errors="ignore")
