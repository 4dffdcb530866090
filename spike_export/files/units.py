# SPDX-License-Identifier: BSD-3-Clause
"""Numbers with units, from pint, quantities, Neo, Brian2, astropy, unyt and Arbor.

NumPy silently drops the unit, so Brian2's seconds would be taken for milliseconds. None of these
packages is imported: each is recognized by the attributes of its objects.
"""

from __future__ import annotations

import contextlib
import re
from typing import Any, Final

import numpy as np

# Exponents of kilogram, meter, second, ampere, mole and kelvin.
_Dimension = tuple[int, int, int, int, int, int]
_SI: Final = ("kg", "m", "s", "A", "mol", "K")
_BRIAN2: Final = ("mass", "length", "time", "current", "substance", "temperature")

# Power of ten and dimension of the building blocks of units in NEURON and similar programs.
_UNITS: Final[dict[str, tuple[int, _Dimension]]] = {
    "1": (0, (0, 0, 0, 0, 0, 0)),
    "g": (-3, (1, 0, 0, 0, 0, 0)),
    "m": (0, (0, 1, 0, 0, 0, 0)),
    "s": (0, (0, 0, 1, 0, 0, 0)),
    "A": (0, (0, 0, 0, 1, 0, 0)),
    "mol": (0, (0, 0, 0, 0, 1, 0)),
    "K": (0, (0, 0, 0, 0, 0, 1)),
    "Hz": (0, (0, 0, -1, 0, 0, 0)),
    "l": (-3, (0, 3, 0, 0, 0, 0)),
    "L": (-3, (0, 3, 0, 0, 0, 0)),
    "M": (3, (0, -3, 0, 0, 1, 0)),
    "C": (0, (0, 0, 1, 1, 0, 0)),
    "V": (0, (1, 2, -3, -1, 0, 0)),
    "F": (0, (-1, -2, 4, 2, 0, 0)),
    "S": (0, (-1, -2, 3, 2, 0, 0)),
    "mho": (0, (-1, -2, 3, 2, 0, 0)),
    "ohm": (0, (1, 2, -3, -2, 0, 0)),
    "Ω": (0, (1, 2, -3, -2, 0, 0)),
}
_PREFIXES: Final = {
    "f": -15, "p": -12, "n": -9, "u": -6, "µ": -6, "μ": -6, "m": -3, "c": -2, "d": -1, "": 0,
    "k": 3, "M": 6, "G": 9,
}  # fmt: skip
_FACTOR: Final = re.compile(r"\s*([*/·. ]?)\s*([^\W\d]+|1)(?:\s*(?:\^|\*\*)?\s*(-?\d))?")
_NUMBERS: Final = (float, int, np.generic)


class UnitError(ValueError):
    """A unit that cannot be converted to the one needed; the text is the end of a sentence."""


def in_unit(values: Any, unit: str) -> Any:
    """Convert values with a unit to plain numbers in another unit.

    Parameters
    ----------
    values : array-like or number
        Also lists of quantities, and lists of lists.
    unit : str
        As in a file: ``ms``, ``mV``, ``um``, ``mA/cm2``; empty for none.

    Returns
    -------
    array-like or number
        `values` as they are if they carry no unit.

    Raises
    ------
    UnitError
        If the units are incompatible, or only some values in a list have one.
    """
    rows = _rows(values)
    if rows is not None:
        if not any(map(_carries, rows)):
            return values
        if not all(_carries(row) for row in rows):
            raise UnitError("holds numbers with a unit and numbers without")
        return [in_unit(row, unit) for row in rows]
    found = _scale_of(values)
    if found is None:
        return values
    numbers, scale, name = found
    exponent, dimension = _parsed(unit)
    factor = scale(dimension)
    if factor is None:
        raise UnitError(
            f"is in {name}, which cannot be converted to {unit or 'a number without a unit'}"
        )
    # Remove digits that only come from converting back and forth.
    factor = float(f"{factor * 10.0**-exponent:.14g}")
    return numbers if factor == 1 else np.asarray(numbers) * factor


def without_unit(values: Any, what: str) -> Any:
    """Refuse values with a unit where there is no unit to convert to.

    Parameters
    ----------
    what : str
        What to call them in an error.

    Returns
    -------
    array-like
        The same.

    Raises
    ------
    UnitError
        If they do.
    """
    rows = _rows(values)
    if _carries(values) if rows is None else any(map(_carries, rows)):
        raise UnitError(f"{what} must be plain numbers; divide by a unit, as in y / mV")
    return values


def _rows(values: Any) -> list[Any] | tuple[Any, ...] | None:
    """Take apart a list, or an array of objects, as quantities are."""
    if isinstance(values, list | tuple):
        return values
    if type(values) is np.ndarray and values.dtype == object and values.ndim:
        return list(values)
    return None


def _carries(values: Any) -> bool:
    if isinstance(values, _NUMBERS) and not hasattr(values, "dim"):
        return False
    rows = _rows(values)
    return any(map(_carries, rows)) if rows is not None else _scale_of(values) is not None


def _scale_of(values: Any) -> tuple[Any, Any, str] | None:
    """Numbers, a function giving their unit's size in SI (None for another kind), and its name."""
    inner = getattr(values, "data", None)
    if type(values).__module__.startswith("xarray") and inner is not None:
        values = inner
    dim: Any = getattr(values, "dim", None)
    if hasattr(dim, "get_dimension"):
        # Brian2's are in the SI.
        own = tuple(int(dim.get_dimension(name)) for name in _BRIAN2)
        return np.asarray(values), lambda wanted: 1.0 if wanted == own else None, str(dim)
    if hasattr(values, "rescale") and hasattr(values, "dimensionality"):
        # quantities, and Neo.
        return values.magnitude, _asking(values.units.rescale), str(values.dimensionality)
    if hasattr(values, "magnitude") and hasattr(values, "dimensionality"):
        # pint.
        return values.magnitude, _asking((1 * values.units).to), f"{values.units:~}"
    if hasattr(values, "to_value"):
        # astropy has a unit, unyt units.
        unit = getattr(values, "unit", None)
        one = _asking(unit.to if unit is not None else (1.0 * values.units).to_value)
        return values.value, one, str(unit if unit is not None else values.units)
    if hasattr(values, "value_as"):
        # Arbor.
        name = str(values.units)
        exponent, own = _parsed(name)
        return values.value, lambda wanted: 10.0**exponent if wanted == own else None, name
    return None


def _asking(convert: Any) -> Any:
    def scale(wanted: _Dimension) -> float | None:
        powers = [f"{name}**{power}" for name, power in zip(_SI, wanted, strict=True) if power]
        # astropy uses an empty name for a number without a unit.
        for unit in [" * ".join(powers)] if powers else ["dimensionless", ""]:
            # Each package has its own error for impossible conversions.
            with contextlib.suppress(Exception):
                found = convert(unit)
                return float(getattr(found, "magnitude", found))
        return None

    return scale


def _parsed(text: str) -> tuple[int, _Dimension]:
    """Power of ten and dimension of a unit such as ``mA/cm2``."""
    exponent, powers, at = 0, np.zeros(len(_SI), int), 0
    text = text.strip()
    while at < len(text):
        match = _FACTOR.match(text, at)
        known = None if match is None else _known(match[2])
        if match is None or known is None:
            raise UnitError(
                f"has a unit, but {text!r:.40} is not a unit that it can be converted to"
            )
        power = int(match[3] or 1) * (-1 if match[1] == "/" else 1)
        exponent += known[0] * power
        powers += np.array(known[1]) * power
        at = match.end()
    kg, m, s, a, mol, k = powers.tolist()
    return exponent, (kg, m, s, a, mol, k)


def _known(name: str) -> tuple[int, _Dimension] | None:
    if name in _UNITS:
        return _UNITS[name]
    for prefix, power in _PREFIXES.items():
        if prefix and name.startswith(prefix) and (found := _UNITS.get(name[len(prefix) :])):
            return found[0] + power, found[1]
    return None
