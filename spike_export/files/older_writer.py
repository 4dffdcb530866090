# SPDX-License-Identifier: BSD-3-Clause
"""Write the older format: a list of one dict per section, with an array for each frame.

The pickle is assembled here rather than by `pickle`: an array for each section and frame would be
millions of objects, and NumPy 2 refers to modules in its pickles that the NumPy of older Blenders
does not have. The opcodes are those of `pickletools` in the standard library, protocol 4; the
arrays are spelled as `numpy.ndarray.__reduce__` gives them.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import SECTION_TYPES, Simulation
from .writer import replacing


def _text(text: str) -> bytes:
    data = text.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def _named(module: str, name: str) -> bytes:
    # Looked up by name, and remembered.
    return _text(module) + _text(name) + b"\x93\x94"


# NumPy makes an empty array, then sets its state: (version, shape, dtype, Fortran order, bytes).
_RECONSTRUCT: Final = b"K\x00\x85C\x01b\x87R(K\x01"
# The first array spells out what the others take from the memo: 0, 1, 2 and 3.
_FIRST_OPENS: Final = (
    _named("numpy.core.multiarray", "_reconstruct") + _named("numpy", "ndarray") + _RECONSTRUCT
)
_FIRST_DTYPE: Final = (
    _named("numpy", "dtype") + _text("f8") + b"\x89\x88\x87R\x94"
    b"(K\x03" + _text("<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
)
_OPENS: Final = b"h\x00h\x01" + _RECONSTRUCT
_DTYPE: Final = b"h\x03\x89"
_CLOSES: Final = b"tb"


def write_older(path: str | os.PathLike[str], simulation: Simulation) -> Path:
    """Write a simulation in the older format, which keeps only morphology, types and values.

    Time, cells, parents, names, spikes and the quantity's name are lost.

    Parameters
    ----------
    path : path-like
        Replaced if it exists, when the new file is complete; see `spike_export.write`.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OSError
        If the folder is missing or read-only, or the disk is full; nothing is left behind.
    """
    return write_sections(
        path,
        [SECTION_TYPES[index] for index in simulation.section_types],
        np.split(simulation.points_um.astype(np.float64), simulation.first_points[1:]),
        np.split(simulation.values, simulation.first_segments[1:], axis=1),
    )


def write_sections(
    path: str | os.PathLike[str],
    types: Sequence[str],
    points_um: Sequence[NDArray[np.float64]],
    voltages: Sequence[NDArray[Any]],
) -> Path:
    """Write sections in the older format.

    Parameters
    ----------
    path : path-like
        Replaced if it exists, when the new file is complete.
    points_um : sequence of ndarray, shapes (P, 4)
        x, y, z and diameter of each section's points.
    voltages : sequence of ndarray, shapes (F, nseg)
        Of each section; stored as float64.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OSError
        If the folder is missing or read-only, or the disk is full; nothing is left behind.
    """
    with replacing(path) as stream:
        stream.write(b"\x80\x04](")
        opens, dtype = _FIRST_OPENS, _FIRST_DTYPE
        for number, (kind, points, rows) in enumerate(zip(types, points_um, voltages, strict=True)):
            stream.write(b"}(" + _text("ID") + b"J" + struct.pack("<i", number))
            stream.write(_text("type") + _text(kind))
            for key, column in zip(("X", "Y", "Z", "DIAM"), points.T, strict=True):
                stream.write(_text(key) + opens + b"J" + struct.pack("<i", len(column)) + b"\x85")
                stream.write(dtype + _counted(column) + _CLOSES)
                opens, dtype = _OPENS, _DTYPE
            stream.write(_text("Voltage") + b"}(" + _frames(rows) + b"uu")
        stream.write(b"e.")
    return Path(path)


def _counted(column: NDArray[np.float64]) -> bytes:
    data = column.astype("<f8").tobytes()
    return b"\x8e" + struct.pack("<Q", len(data)) + data


def _frames(rows: NDArray[Any]) -> memoryview:
    """Each frame's number and its array, as keys and values of one dict.

    They differ only in the number and the data, so NumPy fills in all frames at once.
    """
    frames, segments = rows.shape
    opens = _OPENS + b"J" + struct.pack("<i", segments) + b"\x85" + _DTYPE
    opens += b"\x8e" + struct.pack("<Q", 8 * segments)
    entries = np.empty(
        frames,
        [
            ("number_opcode", "V1"),
            ("number", "<i4"),
            ("opens", f"V{len(opens)}"),
            ("values", "<f8", (segments,)),
            ("closes", f"V{len(_CLOSES)}"),
        ],
    )
    entries["number_opcode"] = np.void(b"J")
    entries["number"] = np.arange(frames)
    entries["opens"] = np.void(opens)
    entries["values"] = rows
    entries["closes"] = np.void(_CLOSES)
    return memoryview(entries.view(np.uint8))
