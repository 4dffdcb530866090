# SPDX-License-Identifier: GPL-3.0-or-later
"""Triangles from a Draco file, the meshes of BrainGlobe's layout v3.

The decoding is done by DracoPy, whose wheel the extension includes. Google's decoder allocates what
a file's header asks for before it looks at the rest, so the header is read here first
(https://google.github.io/draco/spec/).
"""

from __future__ import annotations

import functools
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_MAGIC: Final = b"DRACO"
_VERSION: Final = (2, 2)
_TRIANGULAR_MESH: Final = 1
_EDGEBREAKER: Final = 1
# Connectivity takes about two bits a vertex, thus one a triangle, and positions several more.
_MOST_FACES_PER_BYTE: Final = 64
_MOST_FACES: Final = 50_000_000


@functools.cache
def _dracopy() -> Any:
    # Not needed for atlases of layout v2, and not available everywhere.
    try:
        import DracoPy
    except ImportError:
        return None
    return DracoPy


def is_available() -> bool:
    """Tell whether Draco files can be read on this platform."""
    return _dracopy() is not None


def read_draco(content: bytes) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Read vertices and faces.

    Parameters
    ----------
    content : bytes
        Of the file.

    Returns
    -------
    points : ndarray, shape (V, 3)
        As in the file.
    triangles : ndarray, shape (F, 3)

    Raises
    ------
    ValueError
        If it cannot be read, claims more than it can hold, or a face refers to a missing vertex.
    """
    decoder = _dracopy()
    if decoder is None:
        raise ValueError("it needs DracoPy, which is not available for this platform")
    faces = _face_count(content)
    if not 0 < faces <= min(_MOST_FACES, _MOST_FACES_PER_BYTE * len(content)):
        raise ValueError(f"it claims {faces:,} faces in {len(content):,} bytes")
    try:
        mesh = decoder.decode(content)
        points, triangles = mesh.points, mesh.faces
    except Exception as problem:
        # Depending on where a file is broken, DracoPy raises exceptions of its own, TypeError,
        # ValueError or MemoryError.
        raise ValueError(f"DracoPy cannot decode it ({type(problem).__name__})") from None
    if points is None or triangles is None or not len(points) or not len(triangles):
        raise ValueError("it has no faces")
    if triangles.min() < 0 or triangles.max() >= len(points):
        raise ValueError(f"a face refers to a vertex beyond the {len(points):,} in the file")
    return points.astype(np.float32, copy=False), triangles.astype(np.int32)


def _face_count(content: bytes) -> int:
    """Read from the header how many faces the decoder will allocate."""
    if not content.startswith(_MAGIC):
        raise ValueError("it is empty" if not content else "it is not a Draco file")
    header = content[5:11]
    if len(header) < 6:
        raise ValueError("it is cut off")
    version, kind, method, flags = (header[0], header[1]), header[2], header[3], header[4:6]
    if version != _VERSION or kind != _TRIANGULAR_MESH or method > _EDGEBREAKER or any(flags):
        # Older bitstreams and metadata have other headers; BrainGlobe writes neither.
        raise ValueError("it is not a plain mesh of Draco's bitstream 2.2")
    if method == _EDGEBREAKER:
        _, place = _varint(content, 12)
        return _varint(content, place)[0]
    return _varint(content, 11)[0]


def _varint(content: bytes, place: int) -> tuple[int, int]:
    """Read an unsigned LEB128 number; also return where the next one begins."""
    number = 0
    for shift in range(0, 35, 7):
        if place >= len(content):
            break
        byte = content[place]
        number |= (byte & 0x7F) << shift
        place += 1
        if byte < 0x80:
            return number, place
    raise ValueError("it is cut off")
