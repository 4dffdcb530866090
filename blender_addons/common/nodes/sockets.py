# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes and sockets that are being written, and arithmetic with them: ``1.0 - floor(a / b)``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Protocol

from .placement import usable

Value = Any
"""What an input takes: a `Socket` or `Node` to link, a list of them where an input takes several,
or a number, text, tuple or datablock to set."""

_NUMBERS = ("VALUE", "INT", "BOOLEAN")


class NodeError(Exception):
    """A line of a node tree that Blender cannot execute."""


class _Writing(Protocol):
    """What a node needs from the tree that it is written into."""

    name: str
    tree: Any

    def add(
        self, node_type: str, inputs: dict[str, Value], /, *, label: str = "", **properties: Value
    ) -> Node: ...
    def error(self, what: str) -> NodeError: ...
    def find_socket(self, node: Node, sockets: Any, name: str, what: str) -> Any: ...


def _sign(operation: str) -> tuple[Callable[[_Term, Value], Node], Callable[[_Term, Value], Node]]:
    """Define an operator for the socket before it and for the socket after it."""
    return (
        lambda self, other: _written(operation, self, other),
        lambda self, other: _written(operation, other, self),
    )


def _function(operation: str) -> Callable[[_Term], Node]:
    return lambda self: _written(operation, self)


def _comparison(operation: str) -> Callable[[_Term, Value], Node]:
    return lambda self, other: _compared(operation, self, other)


class _Term:
    """An operand of formulas. Each operator adds one node to the tree, ``//`` two.

    Numbers go to math nodes, in which whole ones are exact up to 2 ** 24, and vectors to vector
    math nodes; ``@`` is the dot product. ``<`` and ``>`` between whole numbers compare exactly in
    geometry nodes. ``==`` is Python's own, so that sockets can be kept in dicts; see `equals`.
    """

    __slots__ = ()

    @property
    def source(self) -> Socket:
        raise NotImplementedError

    __add__, __radd__ = _sign("ADD")
    __sub__, __rsub__ = _sign("SUBTRACT")
    __mul__, __rmul__ = _sign("MULTIPLY")
    __truediv__, __rtruediv__ = _sign("DIVIDE")
    __mod__, __rmod__ = _sign("FLOORED_MODULO")
    __pow__, __rpow__ = _sign("POWER")
    __matmul__, __rmatmul__ = _sign("DOT_PRODUCT")
    __abs__, __round__ = _function("ABSOLUTE"), _function("ROUND")
    __floor__, __ceil__ = _function("FLOOR"), _function("CEIL")
    __lt__, __gt__ = _comparison("LESS_THAN"), _comparison("GREATER_THAN")
    __le__, __ge__ = _comparison("LESS_EQUAL"), _comparison("GREATER_EQUAL")

    def __neg__(self) -> Node:
        return self * -1.0

    def __floordiv__(self, other: Value) -> Node:
        return _written("FLOOR", self / other)

    def __rfloordiv__(self, other: Value) -> Node:
        return _written("FLOOR", other / self)

    def __and__(self, other: Value) -> Node:
        return _boolean("AND", self, other)

    def __or__(self, other: Value) -> Node:
        return _boolean("OR", self, other)

    def __invert__(self) -> Node:
        return _boolean("NOT", self)

    def __bool__(self) -> NoReturn:
        # ``a < b < c``, ``and`` and ``min`` would silently drop part of the formula.
        raise _error(self, "is known only once the tree runs: write &, |, ~ or a switch")

    def equals(self, other: Value, *, within: float | None = None) -> Node:
        """Compare with something: integers exactly, all others only within a distance.

        Raises
        ------
        NodeError
            If one is not an integer, and no distance is given.
        """
        if within is None:
            return _compared("EQUAL", self, other)
        _terms("COMPARE", (self, other), _NUMBERS)
        inputs = {"Value": self, "Value_001": other, "Value_002": within}
        return _added(self, "ShaderNodeMath", "COMPARE", **inputs)

    def differs(self, other: Value) -> Node:
        """Tell whether two integers differ; see `equals`."""
        return _compared("NOT_EQUAL", self, other)


class Socket(_Term):
    """An output of a node that is being written."""

    __slots__ = ("node", "socket")

    def __init__(self, node: Node, socket: Any) -> None:
        self.node = node
        self.socket = socket

    def __str__(self) -> str:
        """Return the socket's name for error messages."""
        return f"output '{self.socket.name}' of {self.node}"

    @property
    def source(self) -> Socket:
        """The socket itself."""
        return self


class Node(_Term):
    """A node that is being written; ``node["Name"]`` is one of its outputs."""

    __slots__ = ("bpy_node", "line", "tree")

    def __init__(self, tree: _Writing, bpy_node: Any, line: list[str] | None = None) -> None:
        self.tree = tree
        self.bpy_node = bpy_node
        self.line = line

    def __str__(self) -> str:
        """Return the node's name for error messages."""
        node = self.bpy_node
        # Without a label, an operator of a formula is named by its operation.
        does = "" if node.label else getattr(node, "operation", "")
        return f"node '{node.label or node.name}' ({' '.join([node.bl_idname, does]).strip()})"

    def __getitem__(self, name: str) -> Socket:
        """Return an output by its name or identifier.

        Raises
        ------
        NodeError
            If there is none, or several share the name.
        """
        return Socket(self, self.tree.find_socket(self, self.bpy_node.outputs, name, "output"))

    @property
    def source(self) -> Socket:
        """The node's output, if it has just one.

        Raises
        ------
        NodeError
            If it has none or several.
        """
        outputs = usable(self.bpy_node.outputs)
        if len(outputs) != 1:
            raise self.tree.error(
                f"{self} has {len(outputs)} outputs ({names(outputs)}): say which"
            )
        return Socket(self, outputs[0])

    def labeled(self, label: str) -> Node:
        """Say in the node's header what it does: ``(a - floor(a)).labeled("Fraction")``.

        Returns
        -------
        Node
            Itself.
        """
        self.bpy_node.label = label
        if self.line is not None:
            self.line[_LABEL] = repr(label)
        return self

    def named(self, name: str) -> Node:
        """Give the node its own name, by which other code finds it again, and label it with it.

        Returns
        -------
        Node
            Itself.
        """
        self.bpy_node.name = name
        if self.line is not None:
            self.line[_NAME] = repr(name)
        return self.labeled(name)


Linkable = Socket | Node
# Positions in the line of a node; see `Writer.add`.
_NAME, _LABEL = 2, 3


def names(sockets: Sequence[Any]) -> str:
    """List sockets for an error: by name, or by identifier where several share one."""
    named = [s.name for s in sockets]
    return (
        ", ".join(f"'{s.name if named.count(s.name) == 1 else s.identifier}'" for s in sockets)
        or "none"
    )


def _error(term: _Term, what: str) -> NodeError:
    source = term.source
    return source.node.tree.error(f"{source} ({source.socket.type}) {what}")


def _added(term: _Term, node_type: str, operation: str, /, **inputs: Value) -> Node:
    properties = {"operation": operation}
    if node_type == "FunctionNodeCompare":
        properties["data_type"] = inputs.pop("data_type")
    return term.source.node.tree.add(node_type, inputs, **properties)


def _terms(operation: str, values: Sequence[Value], kinds: Sequence[str]) -> list[_Term]:
    """Collect the sockets among operands, checking that their types support arithmetic."""
    terms = [value for value in values if isinstance(value, _Term)]
    for term in terms:
        if term.source.socket.type not in kinds:
            raise _error(term, f"cannot be calculated with ({operation})")
    return terms


def _written(operation: str, *values: Value) -> Node:
    """Write an operator, for numbers or vectors."""
    terms = _terms(operation, values, (*_NUMBERS, "VECTOR"))
    are_vectors = [
        v.source.socket.type == "VECTOR" if isinstance(v, _Term) else isinstance(v, tuple)
        for v in values
    ]
    if not any(are_vectors):
        inputs = dict(zip(("Value", "Value_001"), values, strict=False))
        return _added(terms[0], "ShaderNodeMath", operation, **inputs)
    if operation == "MULTIPLY" and not all(are_vectors):
        vector, factor = values if are_vectors[0] else reversed(values)
        return _added(terms[0], "ShaderNodeVectorMath", "SCALE", Vector=vector, Scale=factor)
    whole = [(v,) * 3 if isinstance(v, int | float) else v for v in values]
    inputs = dict(zip(("Vector", "Vector_001"), whole, strict=False))
    return _added(terms[0], "ShaderNodeVectorMath", operation, **inputs)


def _compared(operation: str, a: Value, b: Value) -> Node:
    """Compare two numbers: exactly if both are integers, which only geometry nodes support."""
    first = _terms(operation, (a, b), _NUMBERS)[0]
    whole = all(
        v.source.socket.type == "INT" if isinstance(v, _Term) else isinstance(v, int)
        for v in (a, b)
    )
    in_geometry = first.source.node.tree.tree.bl_idname == "GeometryNodeTree"
    if operation in ("EQUAL", "NOT_EQUAL") and not whole:
        raise _error(first, f"cannot be compared exactly with {b}: say within which distance")
    if operation in ("LESS_THAN", "GREATER_THAN") and not (whole and in_geometry):
        return _added(first, "ShaderNodeMath", operation, Value=a, Value_001=b)
    kind = "INT" if whole else "FLOAT"
    return _added(first, "FunctionNodeCompare", operation, A=a, B=b, data_type=kind)


def _boolean(operation: str, *values: Value) -> Node:
    terms = _terms(operation, values, _NUMBERS)
    inputs = dict(zip(("Boolean", "Boolean_001"), values, strict=False))
    return _added(terms[0], "FunctionNodeBooleanMath", operation, **inputs)
