# SPDX-License-Identifier: GPL-3.0-or-later
"""Where synapses lie: on the surface of their sections, at their place along the arc length.

What is drawn may be thicker or thinner than in the file, so each place is also kept as a point of
the center line and a direction away from it. A soma may be a sphere, and then its synapses are on
that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import Simulation
from .morphology import SAME_POINT_UM, Axis, Floats, find_somata, section_radii_um

# Each synapse is turned further around its neurite by this angle, so that neighbors are apart.
_GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))
# The direction of a neurite is that between two points this far apart.
_NEARBY_UM = 0.05


class Ball(IntEnum):
    """Whether there is a sphere that a synapse may lie on."""

    NONE = 0
    SOMA = 1
    """If somata are drawn as spheres."""
    POINT_CELL = 2
    """Always."""


@dataclass(frozen=True, slots=True, eq=False)
class SynapsePlaces:
    """Places of N synapses, in µm.

    Attributes
    ----------
    axis_um : ndarray of float64, shape (N, 3)
        On the center line.
    outward : ndarray of float64, shape (N, 3)
        Away from it, at right angles, of length 1.
    radii_um, section_radii_um : ndarray of float64, shape (N,)
        Of the neurite there, and its mean.
    balls : ndarray of int, shape (N,)
        `Ball`.
    centers_um, from_center : ndarray of float64, shape (N, 3)
        The sphere's center, and the direction from it, of length 1; the same as of the neurite if
        there is no sphere.
    ball_radii_um : ndarray of float64, shape (N,)
    """

    axis_um: Floats
    outward: Floats
    radii_um: Floats
    section_radii_um: Floats
    balls: NDArray[np.int64]
    centers_um: Floats
    from_center: Floats
    ball_radii_um: Floats

    @property
    def surface_um(self) -> Floats:
        """Where they lie if everything is drawn as in the file, shape (N, 3)."""
        on_ball = self.balls[:, None] > Ball.NONE
        on_neurite = self.axis_um + self.outward * self.radii_um[:, None]
        on_sphere = self.centers_um + self.from_center * self.ball_radii_um[:, None]
        surface: Floats = np.where(on_ball, on_sphere, on_neurite)
        return surface


def synapse_places(
    simulation: Simulation, sections: NDArray[np.integer[Any]], positions: NDArray[Any]
) -> SynapsePlaces:
    """Find where synapses lie.

    Parameters
    ----------
    sections : ndarray of int, shape (N,)
    positions : ndarray of float, shape (N,)
        0..1 along the section's arc length.

    Returns
    -------
    SynapsePlaces
        Those at the same place are turned apart around the neurite.
    """
    axis = Axis(simulation)
    somata = find_somata(simulation, axis)
    lengths = axis.lengths_um[sections]
    begins = axis.begins[sections]
    along = positions.astype(np.float64) * lengths
    here = axis.at(begins + along)
    radii = here[:, 3] / 2
    outward = _outward(axis, begins, lengths, along)
    group = somata.group_of[sections]
    is_point = lengths <= SAME_POINT_UM
    balls = np.where(group >= 0, int(Ball.SOMA), int(Ball.NONE))
    balls[is_point] = int(Ball.POINT_CELL)
    centers, ball_radii = here[:, :3].copy(), radii.copy()
    in_soma = balls == Ball.SOMA
    centers[in_soma] = somata.centers_um[group[in_soma]]
    ball_radii[in_soma] = somata.radii_um[group[in_soma]]
    away = here[:, :3] + outward * radii[:, None] - centers
    distance = np.linalg.norm(away, axis=1, keepdims=True)
    from_center = np.where(distance > 0, away / np.where(distance > 0, distance, 1.0), outward)
    return SynapsePlaces(
        axis_um=here[:, :3],
        outward=outward,
        radii_um=radii,
        section_radii_um=section_radii_um(simulation)[sections],
        balls=balls,
        centers_um=centers,
        from_center=from_center,
        ball_radii_um=ball_radii,
    )


def _outward(axis: Axis, begins: Floats, lengths: Floats, along: Floats) -> Floats:
    """Find directions at right angles to neurites, each turned further than the one before."""
    before = np.maximum(along - _NEARBY_UM, 0.0)
    after = np.minimum(along + _NEARBY_UM, lengths)
    tangent = axis.at(begins + after)[:, :3] - axis.at(begins + before)[:, :3]
    length = np.linalg.norm(tangent, axis=1, keepdims=True)
    # Where a neurite turns back on itself, any direction is as good.
    tangent = np.where(length > 0, tangent / np.where(length > 0, length, 1.0), (0.0, 0.0, 1.0))
    # Of the three axes, the one that is most at right angles.
    other = np.eye(3)[np.argmin(np.abs(tangent), axis=1)]
    across = np.cross(tangent, other)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    third = np.cross(tangent, across)
    angle = (np.arange(len(along)) * _GOLDEN_ANGLE)[:, None]
    outward: Floats = np.cos(angle) * across + np.sin(angle) * third
    return outward
