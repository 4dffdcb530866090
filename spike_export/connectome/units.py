# SPDX-License-Identifier: BSD-3-Clause
"""In which unit skeletons are: what the files or the user say, or what their size tells."""

from __future__ import annotations

import math
import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .skeletons import ConnectomeError, Skeletons

_NAMES_UM: Final = {
    "nm": 1e-3, "nanometer": 1e-3, "nanometre": 1e-3, "um": 1.0, "µm": 1.0, "μm": 1.0,
    "micron": 1.0, "micrometer": 1.0, "micrometre": 1.0, "mm": 1e3, "millimeter": 1e3,
}  # fmt: skip
_UNIT: Final = re.compile(r"\s*([0-9]{0,9}\.?[0-9]{0,9})\s*([a-zµμ]{2,11})\s*", re.IGNORECASE)
# Of the median cell's longest side: no cell is as wide in µm, or as small in nm.
_SURELY_UM: Final = 2e3
_SURELY_NM: Final = 5e4
# Of the median radius: the thickest trunks in µm have less.
_THICKEST_UM: Final = 10.0


def um_per_unit(
    skeletons: Skeletons, unit: str | None, voxel_nm: tuple[float, float, float] | None
) -> tuple[NDArray[np.float64], str]:
    """Find how many micrometers a unit of the files is.

    Parameters
    ----------
    unit : {"nm", "um", "voxels"} or None
        What the user says; the files are not asked then.
    voxel_nm : tuple of float, or None
        The sides of a voxel.

    Returns
    -------
    ndarray, shape (3,)
        Along x, y and z.
    note : str
        A sentence about where it is from.

    Raises
    ------
    ConnectomeError
        If nobody knows, or if the files have different units.
    """
    if unit == "voxels":
        if voxel_nm is None:
            raise ConnectomeError(
                "For voxels, say how large one is, such as --voxel-size 8,8,8 in nm."
            )
        return np.array(voxel_nm) / 1000, ""
    if voxel_nm is not None:
        raise ConnectomeError("The size of a voxel is for numbers in voxels; add --unit voxels.")
    if unit is not None:
        return np.full(3, _NAMES_UM[unit]), ""
    own = skeletons.units
    if own != {""}:
        return _of_files(own)
    return _of_size(skeletons)


def _of_files(units: frozenset[str]) -> tuple[NDArray[np.float64], str]:
    if len(units) > 1:
        listed = ", ".join(sorted(one or "none" for one in units))
        raise ConnectomeError(
            f"The files name different units ({listed:.200}); convert them to one, or say which "
            "holds for all with --unit."
        )
    (text,) = units
    found = _UNIT.fullmatch(text)
    size = None if found is None else _NAMES_UM.get(found[2].casefold().removesuffix("s"))
    if found is None or size is None:
        raise ConnectomeError(
            f"The files name the unit {text!r:.60}, which is not known; use --unit nm, um or "
            "voxels."
        )
    factor = float(found[1]) if found[1].strip(".") else 1.0
    if not 0 < factor < math.inf:
        raise ConnectomeError(f"The files name the unit {text!r:.60}; use --unit.")
    return np.full(3, factor * size), f"The files say that they are in units of {text}."


def _of_size(skeletons: Skeletons) -> tuple[NDArray[np.float64], str]:
    width = float(np.median(skeletons.extents()))
    radii = skeletons.radii[np.isfinite(skeletons.radii)]
    radius = float(np.median(radii)) if len(radii) else 0.0
    wide = f"The cells are {_rounded(width)} wide in the median"
    if width > _SURELY_NM:
        return np.full(3, 1e-3), f"{wide}, so they are taken to be in nm; --unit says otherwise."
    if 0 < width < _SURELY_UM and radius < _THICKEST_UM:
        return np.full(3, 1.0), f"{wide}, so they are taken to be in µm; --unit says otherwise."
    with_radius = f", and their median radius is {_rounded(radius)}" if radius else ""
    raise ConnectomeError(
        f"{wide}{with_radius}: as µm that is {_rounded(width / 1000)} mm, as nm "
        f"{_rounded(width / 1000)} µm, in voxels of 8 nm {_rounded(width * 0.008)} µm. Say which "
        "with --unit um, --unit nm, or --unit voxels --voxel-size 8,8,8."
    )


def _rounded(number: float) -> str:
    return f"{number:,.0f}" if number >= 1000 else f"{number:.3g}"
