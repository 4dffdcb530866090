# SPDX-License-Identifier: GPL-3.0-or-later
"""The hierarchy of the invented brain, and the mesh of each part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from . import hippocampus
from .implicit import Shape, surface
from .solids import SHAPES

NAME: Final = "demo_mouse_100um"
VERSION: Final = "2.0"
RESOLUTION_UM: Final = 100
SHAPE: Final = (136, 80, 114)
"""Voxels along anterior-posterior, superior-inferior and right-left."""

# To the right, to the front and up.
_HALF_MM: Final = tuple(SHAPE[axis] * RESOLUTION_UM / 2000 for axis in (2, 0, 1))
_SEARCHED_MM: Final = 0.4


@dataclass(frozen=True, slots=True)
class Part:
    """A structure of the invented brain."""

    acronym: str
    name: str
    color: str
    parent: str
    cell_mm: float = 0.0
    """Cell size of the grid for its mesh; parts of the hippocampus need none."""


PARTS: Final = (
    Part("root", "Whole brain", "#FFFFFF", "", 0.22),
    Part("grey", "Grey matter", "#BFD3DE", "root", 0.16),
    Part("CH", "Cerebrum", "#B0F0FF", "grey", 0.2),
    Part("Isocortex", "Isocortex", "#70C8B8", "CH", 0.18),
    Part("MO", "Motor areas", "#2FA36B", "Isocortex", 0.14),
    Part("SS", "Somatosensory areas", "#188064", "Isocortex", 0.14),
    Part("VIS", "Visual areas", "#08858C", "Isocortex", 0.14),
    Part("AUD", "Auditory areas", "#2993A8", "Isocortex", 0.14),
    Part("RSP", "Retrosplenial area", "#3DBFA0", "Isocortex", 0.14),
    Part("ACA", "Anterior cingulate area", "#58B077", "Isocortex", 0.14),
    Part("MOB", "Main olfactory bulb", "#9AD2BD", "CH", 0.15),
    Part("HPF", "Hippocampal formation", "#7ED04B", "CH"),
    Part("CA1", "Field CA1", "#8CD65A", "HPF"),
    Part("CA3", "Field CA3", "#E8A33D", "HPF"),
    Part("DG", "Dentate gyrus", "#3D7BF0", "HPF"),
    Part("STR", "Striatum", "#98D6F9", "CH", 0.15),
    Part("BS", "Brain stem", "#E98A9C", "grey", 0.14),
    Part("TH", "Thalamus", "#FF7080", "BS", 0.12),
    Part("HY", "Hypothalamus", "#E64438", "BS", 0.12),
    Part("MB", "Midbrain", "#D873D8", "BS", 0.13),
    Part("HB", "Hindbrain", "#FF9B88", "BS", 0.13),
    Part("CB", "Cerebellum", "#F0E080", "grey", 0.08),
    Part("PIR", "Piriform area", "#6ACBBA", "CH", 0.14),
    Part("ENT", "Entorhinal area", "#32B825", "HPF", 0.14),
    Part("SC", "Superior colliculus", "#FF90FF", "MB", 0.12),
    Part("IC", "Inferior colliculus", "#FF7AFF", "MB", 0.11),
    Part("P", "Pons", "#FFBA86", "HB", 0.13),
    Part("MY", "Medulla", "#FF9BCD", "HB", 0.13),
)
"""Each before its own parts; ids count from 1 in this order."""


def mesh_um(part: Part) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Compute the mesh of a part.

    Returns
    -------
    points_um : ndarray of float32, shape (V, 3)
        In BrainGlobe's asr.
    triangles : ndarray of int32, shape (F, 3)
    """
    if part.cell_mm:
        shape = SHAPES[part.acronym]
        points, triangles = surface(shape, *_box(shape), part.cell_mm, hollows=False)
    else:
        points, triangles = hippocampus.both_sides(part.acronym)
    # asr counts from the right upper front, in a frame that is the mirror image of ours.
    asr = (np.array(_HALF_MM) - points)[:, [1, 2, 0]] * 1000
    return asr.astype(np.float32), triangles[:, ::-1].astype(np.int32)


def _box(shape: Shape) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find a box around a shape."""
    axes = [np.arange(-half, half, _SEARCHED_MM) for half in _HALF_MM]
    places = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    near = places[shape(places) < _SEARCHED_MM]
    return near.min(axis=0) - _SEARCHED_MM, near.max(axis=0) + _SEARCHED_MM
