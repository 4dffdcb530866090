# SPDX-License-Identifier: BSD-3-Clause
"""Places of electrodes: given one by one, or those of a probe."""

from __future__ import annotations

from typing import Final

import numpy as np

from .line_sources import FieldError, Floats

MOST_SITES: Final = 10_000
AXES: Final = ("x", "y", "z")


def probe_sites(first_um: Floats, count: int, spacing_um: float, along: str = "y") -> Floats:
    """Place the sites of a straight probe.

    Parameters
    ----------
    first_um : ndarray, shape (3,)
        The first site.
    count : int
        Of sites.
    spacing_um : float
        From one to the next; negative against the axis.
    along : {"x", "y", "z"}

    Returns
    -------
    ndarray, shape (count, 3)

    Raises
    ------
    FieldError
        If there are too many, or none.
    """
    check_sites(count)
    sites = np.repeat(np.asarray(first_um, np.float64)[None], count, axis=0)
    sites[:, AXES.index(along)] += spacing_um * np.arange(count)
    return sites


def check_sites(count: int) -> None:
    """Refuse a number of sites, before anything is made for them.

    Raises
    ------
    FieldError
    """
    if not 1 <= count <= MOST_SITES:
        raise FieldError(f"There are {count:,} sites; there can be 1 to {MOST_SITES:,}.")
