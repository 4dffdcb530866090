# SPDX-License-Identifier: GPL-3.0-or-later
"""Write node trees as code that reads like the tree.

A tree is written from top to bottom in the order the data flows, one line a node::

    with nodes.geometry_group("Lift") as tree:
        geometry = tree.input("Geometry", "Geometry")
        height = tree.input("Height", "Float", default=1.0, unit="DISTANCE")
        with tree.frame("Offset"):
            offset = tree.add("ShaderNodeCombineXYZ", {"Z": height})
        lifted = tree.add("GeometryNodeSetPosition", {"Geometry": geometry, "Offset": offset})
        tree.output("Geometry", lifted)
    modifier.node_group = tree.tree

Properties of a node are keyword arguments and are set first, since they decide which sockets it
has; then its inputs, each by the name on the node (or by identifier where names repeat), each
either linked to an output or set to a value. A node with a single output stands for that output.
Whatever is misspelled or does not fit raises `NodeError` on its own line, with the tree's, node's
and socket's name and with what there is instead.

Nodes are laid out when the tree is complete. A group that exists under the same name is re-used if
it was built from the same lines, and replaced everywhere it is used if not.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import bpy

from . import node_layout

_GroupKind = Literal["GeometryNodeTree", "CompositorNodeTree", "ShaderNodeTree"]
_DIGEST: Final = "built_from"
# Under which name it was written; it bears another one where somebody's own group has that.
_WRITTEN_AS: Final = "built_as"
_built_here: dict[str, str] = {}
_FRAME_SETTINGS: Final = {"use_custom_color": True, "color": (0.16, 0.19, 0.24)}


class NodeError(Exception):
    """A line of a node tree that Blender cannot carry out."""


class Socket:
    """An output of a node that is being written."""

    __slots__ = ("node", "socket")

    def __init__(self, node: Node, socket: Any) -> None:
        self.node = node
        self.socket = socket

    def __str__(self) -> str:
        """Name the socket as an error does."""
        return f"output '{self.socket.name}' of {self.node}"


class Node:
    """A node that is being written; ``node["Name"]`` is one of its outputs."""

    __slots__ = ("bpy_node", "tree")

    def __init__(self, tree: Tree, bpy_node: Any) -> None:
        self.tree = tree
        self.bpy_node = bpy_node

    def __str__(self) -> str:
        """Name the node as an error does."""
        node = self.bpy_node
        return f"node '{node.label or node.name}' ({node.bl_idname})"

    def __getitem__(self, name: str) -> Socket:
        """Return an output by its name or identifier.

        Raises
        ------
        NodeError
            If there is none, or several share the name.
        """
        return Socket(self, self.tree.find_socket(self, self.bpy_node.outputs, name, "output"))

    @property
    def only_output(self) -> Socket:
        """The node's output, if it has just one.

        Raises
        ------
        NodeError
            If it has none or several.
        """
        outputs = _usable(self.bpy_node.outputs)
        if len(outputs) != 1:
            raise self.tree.error(
                f"{self} has {len(outputs)} outputs ({_names(outputs)}): say which"
            )
        return Socket(self, outputs[0])


Linkable = Socket | Node
Value = Any
"""What an input takes: a `Socket` or `Node` to link, a list of them where an input takes several,
or a number, text, tuple or datablock to set."""


class Tree:
    """A node tree that is being written. Made by the functions of this module."""

    def __init__(self, tree: Any, name: str) -> None:
        self.tree = tree
        self.name = name
        self._frame: Any = None
        self._panel: Any = None
        self._lines: list[str] = []
        self._inputs: set[str] = set()
        self._group_inputs: dict[str, Node] = {}
        self._menu_defaults: list[tuple[Any, str]] = []

    def error(self, what: str) -> NodeError:
        """Make an error that begins with the tree's name."""
        return NodeError(f"Node tree '{self.name}': {what}")

    def input(
        self,
        name: str,
        kind: str,
        *,
        default: Value = None,
        minimum: float | None = None,
        maximum: float | None = None,
        unit: str | None = None,
        hide: bool = False,
        description: str = "",
    ) -> Socket:
        """Give the group an input.

        Parameters
        ----------
        name : str
            What the modifier or group node shows.
        kind : str
            Socket type without its prefix: ``"Float"``, ``"Geometry"``, ``"Menu"``, ….
        default : object, optional
            For a menu, the name of the chosen item.
        minimum, maximum : float, optional
        unit : str, optional
            Blender's subtype, for example ``"DISTANCE"`` or ``"FACTOR"``.
        hide : bool
            Keep it out of the modifier panel, for what the add-on sets itself.
        description : str
            Tooltip.

        Returns
        -------
        Socket
            An output of a group input node; each use gets a node of its own beside the user.
        """
        self._note("input", name, kind, default, minimum, maximum, unit, hide)
        if name in self._inputs:
            raise self.error(f"a second input '{name}'")
        self._inputs.add(name)
        try:
            socket = self.tree.interface.new_socket(
                name,
                in_out="INPUT",
                socket_type=f"NodeSocket{kind}",
                description=description,
                parent=self._panel,
            )
        except (TypeError, RuntimeError, ValueError) as problem:
            raise self.error(f"no input of kind {kind!r}: {_reason(problem)}") from None
        settings = {"subtype": unit, "min_value": minimum, "max_value": maximum}
        if hide:
            settings["hide_in_modifier"] = True
        if kind != "Menu":
            settings["default_value"] = default
        for attribute, value in settings.items():
            if value is not None:
                try:
                    setattr(socket, attribute, value)
                except (TypeError, AttributeError, ValueError) as problem:
                    raise self.error(
                        f"input '{name}': {attribute} = {value!r}: {_reason(problem)}"
                    ) from None
        if kind == "Menu" and default is not None:
            # Its items are known only when it is linked to the node that has them.
            self._menu_defaults.append((socket, default))
        return _GroupInput(self, name)

    def inputs(self, wanted: Mapping[str, Mapping[str, Any]]) -> dict[str, Socket]:
        """Give the group several inputs.

        Parameters
        ----------
        wanted : mapping
            From name to the settings of `input`.

        Returns
        -------
        dict
            The sockets by name.
        """
        return {name: self.input(name, **settings) for name, settings in wanted.items()}

    def output(self, name: str, value: Linkable, *, kind: str = "Geometry") -> None:
        """Give the group an output.

        Parameters
        ----------
        name : str
        value : Socket or Node
            What it gives out.
        kind : str
            Socket type without its prefix.
        """
        self._note("output", name, kind)
        self.tree.interface.new_socket(name, in_out="OUTPUT", socket_type=f"NodeSocket{kind}")
        ends = [n for n in self.tree.nodes if n.bl_idname == "NodeGroupOutput"]
        end = ends[0] if ends else self.tree.nodes.new("NodeGroupOutput")
        self._connect(Node(self, end), name, value)

    @contextlib.contextmanager
    def panel(self, name: str, *, closed: bool = False) -> Iterator[None]:
        """Put the inputs made inside the ``with`` block under one heading.

        Parameters
        ----------
        name : str
            A heading that exists is gone on with.
        closed : bool
            Folded until somebody opens it.
        """
        self._note("panel", name, closed)
        panels = [item for item in self.tree.interface.items_tree if item.item_type == "PANEL"]
        self._panel = next(
            (panel for panel in panels if panel.name == name), None
        ) or self.tree.interface.new_panel(name, default_closed=closed)
        try:
            yield
        finally:
            self._panel = None

    @contextlib.contextmanager
    def frame(self, label: str) -> Iterator[None]:
        """Put a labelled frame around the nodes written inside the ``with`` block."""
        self._note("frame", label)
        frame = self.tree.nodes.new("NodeFrame")
        frame.label = frame.name = label
        for attribute, value in _FRAME_SETTINGS.items():
            setattr(frame, attribute, value)
        outer, self._frame = self._frame, frame
        try:
            yield
        finally:
            self._frame = outer

    def add(
        self,
        node_type: str,
        inputs: Mapping[str, Value] | None = None,
        /,
        *,
        name: str = "",
        label: str = "",
        **properties: Value,
    ) -> Node:
        """Add a node.

        Parameters
        ----------
        node_type : str
            Blender's identifier, for example ``"ShaderNodeEmission"``.
        inputs : mapping, optional
            Inputs by name, or by identifier where two have the same name. See `Value`.
        name : str
            The node's own name, by which other code finds it again.
        label : str
            What its header says; what it does, where its type does not tell.
        **properties
            Set before the inputs.

        Returns
        -------
        Node

        Raises
        ------
        NodeError
            If there is no such node, property or socket, or a value does not fit it.
        """
        self._note("node", node_type, name, label, sorted(properties.items()))
        try:
            bpy_node = self.tree.nodes.new(node_type)
        except RuntimeError as problem:
            raise self.error(f"no node of type {node_type!r}: {_reason(problem)}") from None
        bpy_node.parent = self._frame
        bpy_node.label = label
        if name:
            bpy_node.name = name
        node = Node(self, bpy_node)
        for attribute, value in properties.items():
            self._set_property(node, attribute, value)
        for socket_name, value in (inputs or {}).items():
            self._connect(node, socket_name, value)
        return node

    def group(self, group: Any, inputs: Mapping[str, Value], *, name: str = "") -> Node:
        """Add a node group as a node.

        Parameters
        ----------
        group : NodeTree
        inputs : mapping
            See `add`.
        name : str
            See `add`.

        Returns
        -------
        Node
        """
        node_type = self.tree.bl_idname.replace("NodeTree", "NodeGroup")
        return self.add(node_type, inputs, name=name, label=group.name, node_tree=group)

    def math(
        self,
        operation: str,
        a: Value,
        b: Value = None,
        c: Value = None,
        *,
        name: str = "",
        label: str = "",
    ) -> Node:
        """Add a math node; its inputs all share one name, so they go by position.

        Parameters
        ----------
        operation : str
            For example ``"MULTIPLY"``.
        a, b, c : float, Socket or Node
        name, label : str

        Returns
        -------
        Node
        """
        values = {"Value": a, "Value_001": b, "Value_002": c}
        inputs = {key: value for key, value in values.items() if value is not None}
        return self.add("ShaderNodeMath", inputs, name=name, label=label, operation=operation)

    def mix(
        self, factor: Value, a: Value, b: Value, *, label: str = "", **properties: Value
    ) -> Node:
        """Add a mix node.

        Parameters
        ----------
        factor : float, Socket or Node
            0 gives `a`, 1 gives `b`.
        a, b : float, tuple, Socket or Node
        label : str
        **properties
            As of `add`: ``data_type="RGBA"`` for colors.

        Returns
        -------
        Node
        """
        return self.add(
            "ShaderNodeMix", {"Factor": factor, "A": a, "B": b}, label=label, **properties
        )

    def attribute(self, name: str, data_type: str = "FLOAT") -> Socket:
        """Read a named attribute of the geometry at hand.

        Parameters
        ----------
        name : str
        data_type : str
            ``"FLOAT"``, ``"INT"``, ….

        Returns
        -------
        Socket
        """
        node = self.add(
            "GeometryNodeInputNamedAttribute", {"Name": name}, label=name, data_type=data_type
        )
        return node["Attribute"]

    def switch(
        self, kind: str, condition: Value, no: Value, yes: Value, *, label: str = ""
    ) -> Node:
        """Add a switch; what is not chosen is not computed.

        Parameters
        ----------
        kind : str
            ``"FLOAT"``, ``"GEOMETRY"``, ….
        condition : bool, Socket or Node
        no, yes : object
            See `Value`.
        label : str

        Returns
        -------
        Node
        """
        inputs = {"Switch": condition, "False": no, "True": yes}
        return self.add("GeometryNodeSwitch", inputs, label=label, input_type=kind)

    def menu(
        self, kind: str, chosen: Linkable, items: Mapping[str, Value], *, label: str = ""
    ) -> Socket:
        """Add a menu switch; what is not chosen is not computed.

        Parameters
        ----------
        kind : str
            ``"FLOAT"``, ``"GEOMETRY"``, ….
        chosen : Socket or Node
            A menu, as a rule an input of the group.
        items : mapping
            What each item of the menu gives.
        label : str

        Returns
        -------
        Socket
        """
        node = self.add("GeometryNodeMenuSwitch", label=label, data_type=kind)
        node.bpy_node.enum_items.clear()
        for item in items:
            node.bpy_node.enum_items.new(item)
        for item, value in {"Menu": chosen, **items}.items():
            self._connect(node, item, value)
        return node["Output"]

    def index_switch(
        self, kind: str, index: Linkable, values: Sequence[Value], *, label: str = ""
    ) -> Socket:
        """Add an index switch: the first value for 0, the second for 1, and so on.

        Parameters
        ----------
        kind : str
            ``"FLOAT"``, ``"BOOLEAN"``, ….
        index : Socket or Node
        values : sequence
            At least two; see `Value`.
        label : str

        Returns
        -------
        Socket
        """
        node = self.add("GeometryNodeIndexSwitch", {"Index": index}, label=label, data_type=kind)
        for _ in values[2:]:
            node.bpy_node.index_switch_items.new()
        for number, value in enumerate(values):
            self._connect(node, str(number), value)
        return node["Output"]

    def join(self, *parts: Linkable) -> Node:
        """Join geometries.

        Parameters
        ----------
        *parts : Socket or Node

        Returns
        -------
        Node
        """
        return self.add("GeometryNodeJoinGeometry", {"Geometry": list(parts)})

    def for_each_point(
        self,
        points: Linkable,
        fields: Mapping[str, tuple[str, Linkable]],
        make: Callable[[Node], Linkable],
    ) -> Socket:
        """Make geometry once for each point of another.

        Parameters
        ----------
        points : Socket or Node
        fields : mapping
            From a name to a kind of socket, ``"FLOAT"`` for example, and a value at each point.
        make : callable
            Takes a node whose outputs are named like these, and gives the geometry of one point.

        Returns
        -------
        Socket
            All that was made.
        """
        begin = self.add("GeometryNodeForeachGeometryElementInput", label="For each point")
        end = self.add("GeometryNodeForeachGeometryElementOutput", label="For each point")
        begin.bpy_node.pair_with_output(end.bpy_node)
        end.bpy_node.domain = "POINT"
        for name, (kind, _) in fields.items():
            self._note("item", name, kind)
            end.bpy_node.input_items.new(kind, name)
        self._connect(begin, "Geometry", points)
        for name, (_, value) in fields.items():
            self._connect(begin, name, value)
        self._connect(end, "Generation_0", make(begin))
        return end["Generation_0"]

    # --- How a line is carried out ---

    def group_input(self, frame: Any) -> Node:
        """Find or make the group input node inside a frame.

        One node for the whole tree would send links across all of it.
        """
        key = frame.name if frame else ""
        if key not in self._group_inputs:
            bpy_node = self.tree.nodes.new("NodeGroupInput")
            bpy_node.parent = frame
            self._group_inputs[key] = Node(self, bpy_node)
        return self._group_inputs[key]

    def find_socket(self, node: Node, sockets: Any, name: str, what: str) -> Any:
        """Find a socket by name or identifier.

        Raises
        ------
        NodeError
            If there is none, or several share the name.
        """
        usable = _usable(sockets)
        named = [socket for socket in usable if socket.name == name]
        if len(named) == 1:
            return named[0]
        identified = [socket for socket in usable if socket.identifier == name]
        if identified:
            return identified[0]
        if named:
            identifiers = ", ".join(f"'{socket.identifier}'" for socket in named)
            raise self.error(f"{node} has {len(named)} {what}s '{name}': say which, {identifiers}")
        hidden = [socket for socket in sockets if socket.name == name or socket.identifier == name]
        why = " with these properties" if hidden else ""
        raise self.error(f"{node} has no {what} '{name}'{why}; it has {_names(usable)}")

    def finish(self) -> str:
        """Complete the tree: menu defaults and layout.

        Returns
        -------
        str
            Digest of the lines it was built from.

        Raises
        ------
        NodeError
            If its links form a loop.
        """
        for socket, default in self._menu_defaults:
            try:
                socket.default_value = default
            except TypeError as problem:
                raise self.error(f"input '{socket.name}': {_reason(problem)}") from None
        for node in self._group_inputs.values():
            for socket in node.bpy_node.outputs:
                socket.hide = not socket.is_linked
        try:
            _arrange(self.tree)
        except node_layout.LoopError as problem:
            raise self.error(str(problem)) from None
        return hashlib.sha256("\n".join(self._lines).encode()).hexdigest()[:16]

    def _note(self, *words: object) -> None:
        """Keep a line in a form that is the same in every session."""
        self._lines.append(" ".join(repr(word) for word in words))

    def _set_property(self, node: Node, attribute: str, value: Value) -> None:
        known = node.bpy_node.bl_rna.properties
        if attribute not in known:
            own = [p for p in known.keys() if p not in bpy.types.Node.bl_rna.properties]  # noqa: SIM118
            raise self.error(
                f"{node} has no property '{attribute}'; it has {', '.join(own) or 'none'}"
            )
        try:
            setattr(node.bpy_node, attribute, value)
        except (TypeError, AttributeError, ValueError) as problem:
            raise self.error(f"{node}: {attribute} = {value!r}: {_reason(problem)}") from None

    def _connect(self, node: Node, name: str, value: Value) -> None:
        socket = self.find_socket(node, node.bpy_node.inputs, name, "input")
        if isinstance(value, list | tuple) and value and isinstance(value[0], Socket | Node):
            if not socket.is_multi_input:
                raise self.error(f"input '{name}' of {node} takes one link, not {len(value)}")
            # Blender puts each new link of such an input before the older ones.
            for part in reversed(value):
                self._link(node, socket, part)
        elif isinstance(value, Socket | Node):
            self._link(node, socket, value)
        else:
            self._note("set", node.bpy_node.name, socket.identifier, _stable(value))
            try:
                socket.default_value = value
            except (TypeError, AttributeError, ValueError) as problem:
                raise self.error(
                    f"input '{name}' of {node} cannot be set to {value!r}: {_reason(problem)}"
                ) from None

    def _link(self, node: Node, socket: Any, value: Linkable) -> None:
        source = value.only_output if isinstance(value, Node) else value
        if source.node.tree is not self:
            raise self.error(f"{source} belongs to node tree '{source.node.tree.name}'")
        if isinstance(source, _GroupInput):
            source = source.beside(self._frame)
        self._note(
            "link", source.node.bpy_node.name, source.socket.identifier,
            node.bpy_node.name, socket.identifier,
        )  # fmt: skip
        link = self.tree.links.new(source.socket, socket)
        if not link.is_valid:
            raise self.error(
                f"{source} ({source.socket.type}) cannot go to input '{socket.name}' "
                f"({socket.type}) of {node}"
            )


class _GroupInput(Socket):
    """An input of the group, with a node for each frame it is used in."""

    __slots__ = ("_name",)

    def __init__(self, tree: Tree, name: str) -> None:
        self._name = name
        node = tree.group_input(None)
        super().__init__(node, node.bpy_node.outputs[name])

    def beside(self, frame: Any) -> Socket:
        node = self.node.tree.group_input(frame)
        return Socket(node, node.bpy_node.outputs[self._name])


@contextlib.contextmanager
def geometry_group(name: str) -> Iterator[Tree]:
    """Write a geometry node group that can be used as a modifier.

    Parameters
    ----------
    name : str
        A group of this name that was built from the same lines is re-used; any other of this name
        is replaced wherever it is used.

    Yields
    ------
    Tree
        Its `tree` is the group, once the ``with`` block has ended.
    """
    with _group(name, "GeometryNodeTree") as tree:
        tree.tree.is_modifier = True
        yield tree


def find_group(name: str) -> Any:
    """Find a group that this session wrote, so that it need not write it again to compare.

    Parameters
    ----------
    name : str
        Of a group whose lines do not depend on anything.

    Returns
    -------
    NodeTree or None
    """
    group = _written(name)
    if group is None or name not in _built_here:
        return None
    return group if group.get(_DIGEST) == _built_here[name] else None


def is_written(group: Any) -> bool:
    """Tell whether a group was written here.

    Parameters
    ----------
    group : NodeTree

    Returns
    -------
    bool
    """
    return group.get(_WRITTEN_AS) is not None


def disown(group: Any) -> None:
    """Leave a group to whoever changed it: it keeps its nodes, and is never written again.

    Parameters
    ----------
    group : NodeTree
    """
    if is_written(group):
        del group[_WRITTEN_AS]


def _written(name: str) -> Any:
    """Find a group that was written under a name: never somebody's own, nor one of another file."""
    groups = bpy.data.node_groups
    named = groups.get(name)
    candidates = groups if named is None else [named, *groups]
    return next(
        (group for group in candidates if group.library is None and group.get(_WRITTEN_AS) == name),
        None,
    )


@contextlib.contextmanager
def shader_group(name: str) -> Iterator[Tree]:
    """Write a shader node group; see `geometry_group`."""
    with _group(name, "ShaderNodeTree") as tree:
        yield tree


@contextlib.contextmanager
def compositor_group(name: str) -> Iterator[Tree]:
    """Write a compositor node group; see `geometry_group`."""
    with _group(name, "CompositorNodeTree") as tree:
        yield tree


@contextlib.contextmanager
def material(name_or_material: str | bpy.types.Material) -> Iterator[Tree]:
    """Write the nodes of a material, in place of those it has.

    Parameters
    ----------
    name_or_material : str or Material
        A material of this name is re-used.

    Yields
    ------
    Tree
        Its `tree` is the material's node tree.
    """
    if isinstance(name_or_material, str):
        found = bpy.data.materials.get(name_or_material)
        target = bpy.data.materials.new(name_or_material) if found is None else found
    else:
        target = name_or_material
    with _embedded(target, f"material {target.name}") as tree:
        yield tree


@contextlib.contextmanager
def world(target: bpy.types.World) -> Iterator[Tree]:
    """Write the nodes of a world, in place of those it has; see `material`."""
    with _embedded(target, f"world {target.name}") as tree:
        yield tree


@contextlib.contextmanager
def _embedded(owner: Any, name: str) -> Iterator[Tree]:
    owner.node_tree.nodes.clear()
    tree = Tree(owner.node_tree, name)
    yield tree
    tree.finish()


@contextlib.contextmanager
def _group(name: str, kind: _GroupKind) -> Iterator[Tree]:
    groups = bpy.data.node_groups
    older = _written(name)
    # The name is taken while it is being written, so it gets its own afterwards.
    tree = Tree(groups.new(f"{name} (new)", kind), name)
    try:
        yield tree
        digest = tree.finish()
    except BaseException:
        groups.remove(tree.tree)
        raise
    if older is not None and older.bl_idname == kind and older.get(_DIGEST) == digest:
        _built_here[name] = digest
        groups.remove(tree.tree)
        tree.tree = older
        return
    tree.tree[_DIGEST] = _built_here[name] = digest
    tree.tree[_WRITTEN_AS] = name
    if older is not None:
        if older.bl_idname == kind:
            older.user_remap(tree.tree)
        groups.remove(older)
    tree.tree.name = name


def _reason(problem: Exception) -> str:
    """Take what Blender says of itself out of what it says is wrong."""
    return re.sub(r"^(Error: |bpy_struct: item\.attr = val: )+", "", str(problem).strip())


def _usable(sockets: Any) -> list[Any]:
    return [s for s in sockets if s.enabled and not s.is_unavailable and s.type != "CUSTOM"]


def _names(sockets: Sequence[Any]) -> str:
    names = [s.name for s in sockets]
    return (
        ", ".join(
            f"'{s.name}'" if names.count(s.name) == 1 else f"'{s.identifier}'" for s in sockets
        )
        or "none"
    )


def _stable(value: Value) -> str:
    """Text of a value that does not change from session to session, as addresses would."""
    if isinstance(value, bpy.types.ID):
        return f"{value.id_type} {value.name}"
    return repr(value)


def _arrange(tree: Any) -> None:
    boxes: dict[Any, node_layout.Box] = {}
    for node in tree.nodes:
        if node.bl_idname == "NodeFrame":
            boxes[node.name] = node_layout.Box(0, 0)
    for node in tree.nodes:
        if node.bl_idname != "NodeFrame":
            inside = boxes[node.parent.name].children if node.parent else boxes
            inside[node.name] = node_layout.Box(node.width, _height(node))
    boxes = {name: box for name, box in boxes.items() if box.height or box.children}
    links = [(link.from_node.name, link.to_node.name) for link in tree.links]
    try:
        positions = node_layout.arrange(boxes, links)
    except node_layout.LoopError:
        # A frame may feed another and be fed by it although no node does: then frames are only
        # drawn around their nodes, wherever these stand.
        flat = {name: box for name, box in boxes.items() if not box.children}
        for box in boxes.values():
            flat.update(box.children)
        positions = node_layout.arrange(flat, links)
    # Set one by one, each would have Blender update the whole tree. Frames stand at the origin, so
    # that the locations of the nodes in them, which are relative, are absolute as well.
    places = [positions.get(node.name, (0.0, 0.0)) for node in tree.nodes]
    tree.nodes.foreach_set("location", [number for place in places for number in place])
    # New nodes are selected, and somebody's first press of a key would move them all.
    tree.nodes.foreach_set("select", [False] * len(tree.nodes))


def _height(node: Any) -> float:
    """Height of a node as drawn, in the editor's units; Blender knows it only after drawing."""
    rows: float = 1.5 + len(_usable(node.inputs)) + sum(not s.hide for s in _usable(node.outputs))
    own = [p for p in node.bl_rna.properties if p.identifier not in _COMMON_PROPERTIES]
    # A vector that is not linked shows three fields, a color ramp or image its own widget.
    vectors: int = sum(s.type == "VECTOR" and not s.is_linked for s in node.inputs)
    return 22.0 * (rows + min(len(own), 3) + 2.5 * vectors)


_COMMON_PROPERTIES: Final = frozenset(bpy.types.Node.bl_rna.properties.keys())
