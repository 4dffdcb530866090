# SPDX-License-Identifier: BSD-3-Clause
"""Colormaps by name."""

from __future__ import annotations

import difflib
import importlib.util
from typing import TYPE_CHECKING

from .shown_sections import ChoiceError

# Of a channel, 0..1.
_SAME_ENDS = 0.1

if TYPE_CHECKING:
    from matplotlib.colors import Colormap


def colormap_named(name: str) -> Colormap:
    """Find a colormap of matplotlib, or of seaborn and cmasher if installed.

    Raises
    ------
    ChoiceError
        If there is none; the text suggests similar names.
    """
    import matplotlib

    # Both register their colormaps with matplotlib when they are imported.
    for library in ("", "seaborn", "cmasher"):
        if library and importlib.util.find_spec(library) is not None:
            importlib.import_module(library)
        for known in (name, f"cmr.{name}"):
            if known in matplotlib.colormaps:
                return matplotlib.colormaps[known]
    close = difflib.get_close_matches(name, list(matplotlib.colormaps), n=3)
    offer = f"; close to it: {', '.join(close)}" if close else "; try plasma or viridis"
    missing = [
        library for library in ("seaborn", "cmasher") if importlib.util.find_spec(library) is None
    ]
    more = (
        f"; pip install 'spike-export[colormaps]' adds those of {' and '.join(missing)}"
        if missing
        else ""
    )
    raise ChoiceError(f"there is no colormap named {name!r}{offer}{more}")


def is_cyclic(name: str) -> bool:
    """Tell whether a colormap ends in about the color it begins with.

    Raises
    ------
    ChoiceError
        See `colormap_named`.
    """
    colors = colormap_named(name)
    ends = [colors(0.0), colors(1.0)]
    return bool(max(abs(a - b) for a, b in zip(*ends, strict=True)) < _SAME_ENDS)
