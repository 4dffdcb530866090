# SPDX-License-Identifier: GPL-3.0-or-later
"""Read files of an atlas, and nothing outside its folder."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Final

from .errors import AtlasError

# A table of all structures of the human brain takes half a megabyte, the finest mesh of a whole
# brain a hundred; anything far larger is not an atlas.
MOST_TABLE_BYTES: Final = 64 << 20
MOST_MESH_BYTES: Final = 1 << 30


def inside(root: Path, location: object, what: str) -> Path:
    """Resolve a location given in a file.

    Parameters
    ----------
    root : Path
        The folder that it must stay in.
    location : object
        What the file says: a path from the root, with or without a slash at its beginning.
    what : str
        Whose location it is, for the error.

    Returns
    -------
    Path
        It need not exist.

    Raises
    ------
    AtlasError
        If it is not text, is not below the root, or leaves it by a link.
    """
    if not isinstance(location, str) or not location.strip("/"):
        raise AtlasError(f"{what} has no location.")
    parts = location.removeprefix("/").removesuffix("/").split("/")
    # A backslash, a drive or a stream would mean something different on another system.
    if any(part in ("", ".", "..") or re.search(r'[\\:*?"<>|\x00-\x1f]', part) for part in parts):
        raise AtlasError(f"{what} has the location {location[:80]!r}, which is not in the atlas.")
    path = root.joinpath(*parts)
    check_inside(root, path)
    return path


def check_inside(root: Path, path: Path) -> None:
    """Refuse a path whose links lead out of a folder.

    Raises
    ------
    AtlasError
        If they do, or if they form a loop.
    """
    try:
        leaves = not path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError) as problem:
        raise AtlasError(f"{path.name} cannot be followed: {problem}.") from None
    if leaves:
        raise AtlasError(f"{path.name} is a link that leaves the atlas's folder, {root}.")


def read_bytes(root: Path, path: Path, most: int) -> bytes:
    """Read a file of an atlas.

    Parameters
    ----------
    root : Path
        The folder it must lie in.
    most : int
        Largest size in bytes.

    Raises
    ------
    AtlasError
        If it is missing, not a file, too large, or outside the folder.
    """
    check_inside(root, path)
    try:
        # Opening a pipe would wait forever for its other end.
        if not path.is_file():
            name = _short(root, path)
            raise AtlasError(f"{name} is not a file." if path.exists() else f"{name} is missing.")
        with path.open("rb") as file:
            # No more than it has, since memory for all of it is taken first.
            content = file.read(min(os.fstat(file.fileno()).st_size, most) + 1)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise AtlasError(f"{_short(root, path)} cannot be read: {reason}.") from None
    if len(content) > most:
        raise AtlasError(f"{_short(root, path)} is larger than {most >> 20} MB.")
    return content


def read_text(root: Path, path: Path) -> str:
    """Read a table or description of an atlas; see `read_bytes`."""
    try:
        return read_bytes(root, path, MOST_TABLE_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise AtlasError(
            f"{_short(root, path)} is not UTF-8 text: byte {problem.start} is invalid."
        ) from None


def read_json(root: Path, path: Path) -> Any:
    """Read a JSON file of an atlas; see `read_bytes`."""
    try:
        return json.loads(read_text(root, path))
    except RecursionError:
        raise AtlasError(f"{_short(root, path)} is nested too deeply.") from None
    except ValueError as problem:
        raise AtlasError(f"{_short(root, path)} is not JSON: {problem}.") from None


def subfolders(folder: Path) -> list[Path]:
    """List the folders in a folder by name; none if it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry in entries if _is_folder(entry))
    except OSError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    # Listing a folder gives the kinds of its entries, so that only links need to be checked.
    try:
        return entry.is_dir()
    except OSError:
        return False


def _short(root: Path, path: Path) -> str:
    """Name a file by its path within the atlas."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
