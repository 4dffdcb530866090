# SPDX-License-Identifier: BSD-3-Clause
"""Open a simulation file of either format."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, BinaryIO

from . import older_format, version2
from .errors import ContentError, SimulationFileError, shown
from .opcode_walk import NeedsArraysError
from .restricted_pickle import load_plain, load_with_arrays
from .simulation import Simulation


def read(path: str | os.PathLike[str]) -> Simulation:
    """Read a simulation file from any source.

    Nothing in the file is executed, and no memory is allocated before the file is known to hold
    that much data.

    Parameters
    ----------
    path : path-like
        A version-2 file or one in the older format (a list of dicts with NumPy arrays).

    Raises
    ------
    SimulationFileError
        If it is missing, unreadable, damaged, malicious or of a version unknown to this reader. The
        text is one sentence that names the file and the place in it.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise ContentError("it is a folder, not a simulation file")
        if not path.exists():
            raise ContentError("file not found")
        if not path.is_file():
            raise ContentError("it is not a regular file")
        with path.open("rb") as stream:
            return _parse(stream, path)
    except ContentError as error:
        raise SimulationFileError(f"Cannot read {path.name or path}: {error}.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SimulationFileError(f"Cannot read {path.name or path}: {reason}.") from None
    except MemoryError:
        raise SimulationFileError(
            f"Cannot read {path.name}: it needs more memory than is available."
        ) from None


def _parse(stream: BinaryIO, path: Path) -> Simulation:
    size = os.fstat(stream.fileno()).st_size
    if not size:
        raise ContentError("it is empty (0 bytes)")
    content: Any
    try:
        content = load_plain(stream, size)
    except NeedsArraysError:
        stream.seek(0)
        content = load_with_arrays(stream, size)
    if isinstance(content, dict):
        return version2.parse(content, size)
    if isinstance(content, list):
        return older_format.parse(content, size, path.stem)
    raise ContentError(
        f"it is not a simulation file: it holds {shown(content)}, not a dict or a list of sections"
    )
