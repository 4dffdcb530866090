# SPDX-License-Identifier: GPL-3.0-or-later
"""From the numbers in a file to an atlas's own: unit, order of the axes, direction and origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from .tables import TableError

Unit = Literal["um", "mm", "voxel", "other_voxel"]
Origin = Literal["corner", "bregma"]
Triple = tuple[float, float, float]

AXES: Final = ("AP", "DV", "ML")
ORDERS: Final[dict[str, tuple[int, int, int]]] = {
    "adm": (0, 1, 2), "mda": (2, 1, 0), "amd": (0, 2, 1),
    "dam": (1, 0, 2), "dma": (1, 2, 0), "mad": (2, 0, 1),
}  # fmt: skip
"""Which axis the first, second and third number are along: anterior-posterior, dorsal-ventral,
medial-lateral."""
ALLEN_EXTENT_UM: Final = (13_200.0, 8_000.0, 11_400.0)
ALLEN_BREGMA_UM: Final = (5_400.0, 0.0, 5_700.0)
"""Where bregma is usually assumed in the Allen mouse's space, without its tilt of a few degrees."""


@dataclass(frozen=True, slots=True)
class Coordinates:
    """How a file's numbers are to be read.

    Attributes
    ----------
    unit : str
        ``"voxel"`` for those of the atlas at hand, ``"other_voxel"`` for `voxel_um`.
    voxel_um : float
    order : str
        One of `ORDERS`.
    flips : frozenset of str
        Those of `AXES` that run the other way.
    origin : str
        ``"bregma"``: anterior, dorsal and right of it are positive, as in stereotaxic coordinates.
    bregma_um : tuple of float
        Where that is in the atlas.
    """

    unit: Unit = "um"
    voxel_um: float = 25.0
    order: str = "adm"
    flips: frozenset[str] = frozenset()
    origin: Origin = "corner"
    bregma_um: Triple | None = None

    def points_um(
        self, numbers: NDArray[np.floating[Any]], resolution_um: Triple, extent_um: Triple
    ) -> NDArray[np.float64]:
        """Convert a file's numbers to an atlas's asr.

        Parameters
        ----------
        numbers : ndarray, shape (N, 3)
        resolution_um, extent_um : tuple of float
            Of the atlas.

        Raises
        ------
        TableError
            If bregma's place is not known in this atlas.
        """
        points = np.empty(numbers.shape)
        points[:, list(ORDERS[self.order])] = numbers
        points *= {
            "um": (1.0,) * 3, "mm": (1000.0,) * 3, "voxel": resolution_um,
            "other_voxel": (self.voxel_um,) * 3,
        }[self.unit]  # fmt: skip
        flipped = np.array([axis in self.flips for axis in AXES])
        if self.origin == "corner":
            return np.where(flipped, np.array(extent_um) - points, points)
        middle = self.bregma_um or bregma_of(extent_um)
        if middle is None:
            raise TableError(
                "Where bregma is in this atlas is not known; give its coordinates in Bregma."
            )
        return np.array(middle) + np.where(flipped, points, -points)

    def described(self) -> str:
        """Say it in words, without what is the atlas's own."""
        words = [
            {"um": "micrometers", "mm": "millimeters", "voxel": "voxels of this atlas",
             "other_voxel": f"voxels of {self.voxel_um:g} µm"}[self.unit]
        ]  # fmt: skip
        if self.order != "adm":
            words.append(f"in the order {', '.join(AXES[axis] for axis in ORDERS[self.order])}")
        if self.origin == "bregma":
            words.append("from bregma")
        if self.flips:
            words.append(f"with {' and '.join(a for a in AXES if a in self.flips)} flipped")
        return " ".join(words)


def bregma_of(extent_um: Triple) -> Triple | None:
    """Return where bregma is usually assumed, if an atlas is as large as the Allen mouse's."""
    return ALLEN_BREGMA_UM if np.allclose(extent_um, ALLEN_EXTENT_UM, rtol=0.01) else None
