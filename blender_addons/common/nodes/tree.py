# SPDX-License-Identifier: GPL-3.0-or-later
"""Write node trees as code that reads like the tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .sockets import Linkable, Node, Socket, Value
from .writing import Writer


class Tree(Writer):
    """A node tree that is being written. Made by the functions of `groups`."""

    def group(self, group: Any, inputs: Mapping[str, Value], *, name: str = "") -> Node:
        """Add a node group as a node.

        Parameters
        ----------
        inputs : mapping
            See `add`.
        name : str
            See `add`.
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
        """Add a math node, for operations without an operator, and for nodes with a name.

        Its inputs all have the same name, so they are passed by position.

        Parameters
        ----------
        operation : str
            For example ``"MULTIPLY"``.
        """
        values = {"Value": a, "Value_001": b, "Value_002": c}
        inputs = {key: value for key, value in values.items() if value is not None}
        return self.add("ShaderNodeMath", inputs, name=name, label=label, operation=operation)

    def vector_math(self, operation: str, a: Value, b: Value = None, c: Value = None) -> Node:
        """Add a vector math node, for operations without an operator; see `math`."""
        values = {"Vector": a, "Vector_001": b, "Vector_002": c}
        inputs = {key: value for key, value in values.items() if value is not None}
        return self.add("ShaderNodeVectorMath", inputs, operation=operation)

    def maximum(self, a: Value, b: Value) -> Node:
        """Take the larger of two numbers."""
        return self.math("MAXIMUM", a, b)

    def minimum(self, a: Value, b: Value) -> Node:
        """Take the smaller of two numbers."""
        return self.math("MINIMUM", a, b)

    def log10(self, value: Linkable) -> Node:
        """Take the decimal logarithm."""
        return self.math("LOGARITHM", value, 10.0)

    def clamp(self, value: Linkable, low: Value = None, high: Value = None) -> Node:
        """Clamp a number between two others, by default 0 and 1."""
        limits = {"Min": low, "Max": high}
        given = {key: limit for key, limit in limits.items() if limit is not None}
        return self.add("ShaderNodeClamp", {"Value": value, **given})

    def mix(
        self, factor: Value, a: Value, b: Value, *, label: str = "", **properties: Value
    ) -> Node:
        """Add a mix node.

        Parameters
        ----------
        factor : float, Socket or Node
            0 gives `a`, 1 gives `b`.
        **properties
            As for `add`: ``data_type="RGBA"`` for colors.
        """
        return self.add(
            "ShaderNodeMix", {"Factor": factor, "A": a, "B": b}, label=label, **properties
        )

    def mix_shader(
        self, factor: Value, a: Linkable, b: Linkable, *, name: str = "", label: str = ""
    ) -> Node:
        """Mix two shaders: a factor of 0 gives `a`, 1 gives `b`."""
        inputs = {"Factor": factor, "Shader": a, "Shader_001": b}
        return self.add("ShaderNodeMixShader", inputs, name=name, label=label)

    def vector(self, x: Value = None, y: Value = None, z: Value = None) -> Node:
        """Make a vector from its components, 0 by default."""
        given = {key: part for key, part in zip("XYZ", (x, y, z), strict=True) if part is not None}
        return self.add("ShaderNodeCombineXYZ", given)

    def parts(self, vector: Linkable) -> Node:
        """Separate a vector: the outputs are *X*, *Y* and *Z*."""
        return self.add("ShaderNodeSeparateXYZ", {"Vector": vector})

    def object(self, thing: Linkable, *, relative: bool = False) -> Node:
        """Read an object's geometry and transform, in its own space or relative to this one."""
        space = {"transform_space": "RELATIVE"} if relative else {}
        return self.add("GeometryNodeObjectInfo", {"Object": thing}, **space)

    def tube(
        self,
        curve: Linkable,
        resolution: Value,
        radius: Value = None,
        *,
        scale: Value = None,
        capped: bool = False,
    ) -> Node:
        """Give a curve a round cross-section, optionally with a scale at each point."""
        round_ = {"Resolution": resolution} | ({} if radius is None else {"Radius": radius})
        profile = self.add("GeometryNodeCurvePrimitiveCircle", round_)["Curve"]
        wanted: dict[str, Value] = {"Curve": curve, "Profile Curve": profile}
        wanted |= {} if scale is None else {"Scale": scale}
        wanted |= {"Fill Caps": True} if capped else {}
        return self.add("GeometryNodeCurveToMesh", wanted)

    def attribute(self, name: str, data_type: str = "FLOAT") -> Socket:
        """Read a named attribute of the current geometry.

        Parameters
        ----------
        data_type : str
            ``"FLOAT"``, ``"INT"``, ….
        """
        node = self.add(
            "GeometryNodeInputNamedAttribute", {"Name": name}, label=name, data_type=data_type
        )
        return node["Attribute"]

    def numbered_attribute(
        self, prefix: str, number: Linkable, *, label: str = "", data_type: str = "FLOAT"
    ) -> Socket:
        """Read the attribute whose name is a prefix and an integer; see `attribute`."""
        digits = self.add("FunctionNodeValueToString", {"Value": number}, data_type="INT")
        beginning = self.add("FunctionNodeInputString", string=prefix)
        name = self.add("GeometryNodeStringJoin", {"Strings": [beginning, digits]})
        return self.add(
            "GeometryNodeInputNamedAttribute", {"Name": name}, label=label, data_type=data_type
        )["Attribute"]

    def store(
        self,
        geometry: Linkable,
        name: str | Linkable,
        value: Value,
        data_type: str = "FLOAT",
        domain: str = "POINT",
        *,
        where: Linkable | None = None,
        label: str = "",
    ) -> Node:
        """Store a named attribute, perhaps only on some elements; see `attribute`."""
        inputs = {"Geometry": geometry, "Name": name, "Value": value}
        inputs |= {} if where is None else {"Selection": where}
        kind = {"data_type": data_type, "domain": domain}
        return self.add("GeometryNodeStoreNamedAttribute", inputs, label=label, **kind)

    def sample(
        self,
        geometry: Linkable,
        value: Linkable,
        index: Value,
        data_type: str = "FLOAT",
        domain: str = "POINT",
        **properties: Value,
    ) -> Node:
        """Take a value from one point of another geometry, or one element of another domain."""
        inputs = {"Geometry": geometry, "Value": value, "Index": index}
        return self.add(
            "GeometryNodeSampleIndex", inputs, data_type=data_type, domain=domain, **properties
        )

    def switch(
        self, kind: str, condition: Value, no: Value, yes: Value, *, label: str = ""
    ) -> Node:
        """Add a switch; the other branch is not computed.

        Parameters
        ----------
        kind : str
            ``"FLOAT"``, ``"GEOMETRY"``, ….
        no, yes : object
            See `Value`.
        """
        inputs = {"Switch": condition, "False": no, "True": yes}
        return self.add("GeometryNodeSwitch", inputs, label=label, input_type=kind)

    def menu(
        self, kind: str, chosen: Linkable, items: Mapping[str, Value], *, label: str = ""
    ) -> Socket:
        """Add a menu switch; the other branches are not computed.

        Parameters
        ----------
        kind : str
            ``"FLOAT"``, ``"GEOMETRY"``, ….
        chosen : Socket or Node
            A menu, usually an input of the group.
        items : mapping
            The value for each menu item.
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
        values : sequence
            At least two; see `Value`. None for nothing.
        """
        node = self.add("GeometryNodeIndexSwitch", {"Index": index}, label=label, data_type=kind)
        for _ in values[2:]:
            node.bpy_node.index_switch_items.new()
        for number, value in enumerate(values):
            if value is not None:
                self._connect(node, str(number), value)
        return node["Output"]

    def join(self, *parts: Linkable) -> Node:
        """Join geometries."""
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
        fields : mapping
            From a name to a kind of socket, ``"FLOAT"`` for example, and a value at each point.
        make : callable
            Called with a node whose outputs have these names; returns the geometry of one point.

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

    def repeat(
        self, iterations: Value, geometry: Linkable, change: Callable[[Socket], Linkable]
    ) -> Socket:
        """Change a geometry again and again; see `repeat_numbered`."""
        return self.repeat_numbered(iterations, geometry, lambda so_far, _: change(so_far))

    def repeat_numbered(
        self, iterations: Value, geometry: Linkable, change: Callable[[Socket, Socket], Linkable]
    ) -> Socket:
        """Change a geometry again and again.

        Parameters
        ----------
        iterations : int, Socket or Node
            How often.
        change : callable
            Called once, with the geometry so far and the number of times before; returns what
            becomes of it.

        Returns
        -------
        Socket
            The geometry after the last time.
        """
        begin = self.add("GeometryNodeRepeatInput", label="Again and again")
        end = self.add("GeometryNodeRepeatOutput", label="Again and again")
        begin.bpy_node.pair_with_output(end.bpy_node)
        self._connect(begin, "Iterations", iterations)
        self._connect(begin, "Geometry", geometry)
        self._connect(end, "Geometry", change(begin["Geometry"], begin["Iteration"]))
        return end["Geometry"]

    def grid(self, topology: Linkable, value: Linkable, kind: str = "FLOAT") -> Socket:
        """Fill the voxels of a grid.

        Parameters
        ----------
        topology : Socket or Node
            A grid with these voxels.
        value : Socket or Node
            At each voxel.
        kind : str
            ``"FLOAT"``, ``"VECTOR"``, ….
        """
        node = self.add("GeometryNodeFieldToGrid", data_type="BOOLEAN")
        node.bpy_node.grid_items.clear()
        self._note("item", "Value", kind)
        node.bpy_node.grid_items.new(kind, "Value")
        self._connect(node, "Topology", topology)
        self._connect(node, "Value", value)
        return node["Value"]
