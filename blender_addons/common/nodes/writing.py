# SPDX-License-Identifier: GPL-3.0-or-later
"""How lines of a node tree are executed: nodes, inputs and links, checked one by one."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import bpy

from . import layout
from .placement import place_nodes, usable
from .sockets import Linkable, Node, NodeError, Socket, Value, names

_FRAME_SETTINGS: Final = {"use_custom_color": True, "color": (0.16, 0.19, 0.24)}


class Writer:
    """Writes a tree: its inputs, outputs, frames and nodes of any type."""

    def __init__(self, tree: Any, name: str) -> None:
        self.tree = tree
        self.name = name
        self._frame: Any = None
        self._panel: Any = None
        self._lines: list[list[str]] = []
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
        first: bool = False,
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
        unit : str, optional
            Blender's subtype, for example ``"DISTANCE"`` or ``"FACTOR"``.
        hide : bool
            Hide it in the modifier panel, for values that the add-on sets itself.
        first : bool
            Show it before those made earlier, since a modifier takes its geometry from the first.
            Modifiers in older files find their values by the order in which inputs are made.
        description : str
            Tooltip.

        Returns
        -------
        Socket
            An output of a group input node; each use gets its own node next to it.
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
        if first:
            self._note("first", name)
            self.tree.interface.move(socket, 0)
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
            # Its items are only known once it is linked to the node that has them.
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
        """Put the inputs made inside the ``with`` block into one panel.

        Parameters
        ----------
        name : str
            An existing panel is continued.
        closed : bool
            Collapsed by default.
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
            Text of its header; what it does, if its type does not show that.
        **properties
            Set before the inputs.

        Raises
        ------
        NodeError
            If there is no such node, property or socket, or a value does not fit it.
        """
        line = self._note("node", node_type, name, label, sorted(properties.items()))
        try:
            bpy_node = self.tree.nodes.new(node_type)
        except RuntimeError as problem:
            raise self.error(f"no node of type {node_type!r}: {_reason(problem)}") from None
        bpy_node.parent = self._frame
        bpy_node.label = label
        if name:
            bpy_node.name = name
        node = Node(self, bpy_node, line)
        for attribute, value in properties.items():
            self._set_property(node, attribute, value)
        for socket_name, value in (inputs or {}).items():
            self._connect(node, socket_name, value)
        return node

    def existing(self, socket: Any) -> Socket:
        """Use the output of a node that the tree had before it was continued here."""
        return Socket(Node(self, socket.node), socket)

    # --- How a line is executed ---

    def group_input(self, frame: Any) -> Node:
        """Find or make the group input node inside a frame.

        A single node would need links across the whole tree.
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
        here = usable(sockets)
        named = [socket for socket in here if socket.name == name]
        if len(named) == 1:
            return named[0]
        identified = [socket for socket in here if socket.identifier == name]
        if identified:
            return identified[0]
        if named:
            identifiers = ", ".join(f"'{socket.identifier}'" for socket in named)
            raise self.error(f"{node} has {len(named)} {what}s '{name}': say which, {identifiers}")
        hidden = [socket for socket in sockets if socket.name == name or socket.identifier == name]
        why = " with these properties" if hidden else ""
        raise self.error(f"{node} has no {what} '{name}'{why}; it has {names(here)}")

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
            place_nodes(self.tree)
        except layout.LoopError as problem:
            raise self.error(str(problem)) from None
        lines = "\n".join(" ".join(words) for words in self._lines)
        return hashlib.sha256(lines.encode()).hexdigest()[:16]

    def _note(self, *words: object) -> list[str]:
        """Record a line in a form that is the same in every session."""
        self._lines.append([repr(word) for word in words])
        return self._lines[-1]

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
            # Blender inserts each new link of such an input before the existing ones.
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
        source = value.source
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

    __slots__ = ("_name", "_tree")

    def __init__(self, tree: Writer, name: str) -> None:
        self._name, self._tree = name, tree
        node = tree.group_input(None)
        super().__init__(node, node.bpy_node.outputs[name])

    def beside(self, frame: Any) -> Socket:
        node = self._tree.group_input(frame)
        return Socket(node, node.bpy_node.outputs[self._name])


def _reason(problem: Exception) -> str:
    """Strip Blender's own prefixes from an error message."""
    return re.sub(r"^(Error: |bpy_struct: item\.attr = val: )+", "", str(problem).strip())


def _stable(value: Value) -> str:
    """Text of a value that is stable between sessions, unlike memory addresses."""
    if isinstance(value, bpy.types.ID):
        return f"{value.id_type} {value.name}"
    return repr(value)
