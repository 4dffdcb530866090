# SPDX-License-Identifier: GPL-3.0-or-later
"""Heights from a formula of x and y, written as in Python.

A formula is parsed, and each of its parts must be one of those listed here; nothing is ever
executed as code. All numbers are floating point, so a tower of powers is infinity at once instead
of an integer that fills memory.
"""

from __future__ import annotations

import ast
import difflib
import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .heightmap import HeightmapError

DEFAULT: Final = (
    "(.55*exp(-(x-.28)**2/.012) + .45*exp(-(x-.68)**2/.022))"
    " * (.6*exp(-(y-.35)**2/.016) + .4*exp(-(y-.74)**2/.009))"
)
"""The product of two mixtures of two normal distributions each, of x and of y."""

_MOST_CHARACTERS: Final = 2_000
_MOST_PARTS: Final = 1_000
_DEEPEST: Final = 200

_Array = NDArray[np.float64]
_CONSTANTS: Final[dict[str, float]] = {"pi": math.pi, "e": math.e}
_FUNCTIONS: Final[dict[str, tuple[int, Callable[..., Any]]]] = {
    "abs": (1, np.abs),
    "arctan2": (2, np.arctan2),
    "arccos": (1, np.arccos),
    "arcsin": (1, np.arcsin),
    "arctan": (1, np.arctan),
    "ceil": (1, np.ceil),
    "clip": (3, np.clip),
    "cos": (1, np.cos),
    "cosh": (1, np.cosh),
    "exp": (1, np.exp),
    "floor": (1, np.floor),
    "hypot": (2, np.hypot),
    "log": (1, np.log),
    "log10": (1, np.log10),
    "maximum": (2, np.maximum),
    "minimum": (2, np.minimum),
    "round": (1, np.round),
    "sign": (1, np.sign),
    "sin": (1, np.sin),
    "sinc": (1, np.sinc),
    "sinh": (1, np.sinh),
    "sqrt": (1, np.sqrt),
    "tan": (1, np.tan),
    "tanh": (1, np.tanh),
    "where": (3, lambda condition, yes, no: np.where(condition != 0.0, yes, no)),
}
_OPERATORS: Final[dict[type[ast.AST], Callable[..., Any]]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.FloorDiv: np.floor_divide,
    ast.Mod: np.mod,
    ast.Pow: np.power,
    ast.USub: np.negative,
    ast.UAdd: np.positive,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}


def evaluate(formula: str, variables: Mapping[str, NDArray[Any] | float]) -> _Array:
    """Compute a formula.

    Parameters
    ----------
    formula : str
        Numbers, the variables, ``pi``, ``e``, ``+ - * / // % **``, comparisons (1 where true) and
        the functions of NumPy in `_FUNCTIONS`.
    variables : mapping
        Arrays that can be broadcast together, by name.

    Returns
    -------
    ndarray of float64
        NaN or infinite where the formula has no value, as for a division by zero.

    Raises
    ------
    HeightmapError
        One sentence with the part of the formula that is wrong.
    """
    known = {name: np.asarray(v, np.float64) for name, v in variables.items()}
    body = _parsed(formula)
    with np.errstate(all="ignore"):
        value = _value(body, known | {n: np.float64(v) for n, v in _CONSTANTS.items()}, 0)
    shape = np.broadcast_shapes(*(v.shape for v in known.values()))
    return np.array(np.broadcast_to(value, shape), np.float64)


def sampled(
    formula: str,
    rows: int,
    columns: int,
    x_range: tuple[float, float] = (0.0, 1.0),
    y_range: tuple[float, float] = (0.0, 1.0),
) -> _Array:
    """Compute a formula of x and y on a grid.

    Parameters
    ----------
    formula : str
        See `evaluate`.
    x_range, y_range : tuple of float
        Values of x in the first and last column, and of y in the first and last row.

    Returns
    -------
    ndarray of float64, shape (rows, columns)
        Row 0 at the first y.

    Raises
    ------
    HeightmapError
        As `evaluate`.
    """
    x = np.linspace(*x_range, columns)[None, :]
    y = np.linspace(*y_range, rows)[:, None]
    return evaluate(formula, {"x": x, "y": y})


def _parsed(formula: str) -> ast.AST:
    text = formula.strip()
    if not text:
        raise HeightmapError("The formula is empty.")
    if len(text) > _MOST_CHARACTERS:
        raise HeightmapError(
            f"The formula has {len(text):,} characters; at most {_MOST_CHARACTERS:,} are read."
        )
    try:
        body = ast.parse(text, mode="eval").body
    except (RecursionError, MemoryError):
        raise HeightmapError("The formula is nested too deeply.") from None
    except (SyntaxError, ValueError) as error:
        place = getattr(error, "offset", None)
        if place == 0:
            raise HeightmapError("The formula cannot be read: it ends too early.") from None
        near = text[max(place - 6, 0) : place + 10] if place else text
        raise HeightmapError(f"The formula cannot be read near {_short(near)!r}.") from None
    if sum(1 for _ in ast.walk(body)) > _MOST_PARTS:
        raise HeightmapError(f"The formula has more than {_MOST_PARTS:,} parts.")
    return body


def _value(node: ast.AST, known: Mapping[str, Any], depth: int) -> Any:
    """Compute a part of a formula recursively."""
    if depth > _DEEPEST:
        raise HeightmapError("The formula is nested too deeply.")

    def part(inner: ast.AST) -> Any:
        return _value(inner, known, depth + 1)

    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number):
            try:
                return np.float64(number)
            except OverflowError:
                raise HeightmapError("A number in the formula is too large.") from None
        case ast.Name(id=name):
            return known[name] if name in known else _unknown(name, known)
        case ast.UnaryOp(op=operator, operand=a) if type(operator) in _OPERATORS:
            return _OPERATORS[type(operator)](part(a))
        case ast.BinOp(left=a, op=operator, right=b) if type(operator) in _OPERATORS:
            return _OPERATORS[type(operator)](part(a), part(b))
        case ast.Compare(left=a, ops=[operator], comparators=[b]) if type(operator) in _OPERATORS:
            return _OPERATORS[type(operator)](part(a), part(b)).astype(np.float64)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            if name not in _FUNCTIONS:
                return _unknown(name, _FUNCTIONS)
            count, function = _FUNCTIONS[name]
            if len(arguments) != count:
                raise HeightmapError(
                    f"In the formula, {name} takes {count} value{'s' * (count != 1)}, "
                    f"not {len(arguments)}."
                )
            return function(*map(part, arguments))
    raise HeightmapError(f"The formula may not contain {_short(ast.unparse(node))}.")


def _unknown(name: str, known: Mapping[str, Any]) -> Any:
    near = difflib.get_close_matches(name, known, 1)
    meant = f"did you mean '{near[0]}'?" if near else f"it may use {', '.join(known)}."
    raise HeightmapError(f"The formula has an unknown name, '{name[:40]}': {meant}")


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
