# SPDX-License-Identifier: BSD-3-Clause
"""Files that are complete or do not exist."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a path beside the target to write to; it replaces the target at the end of the block.

    Parameters
    ----------
    path : path-like
        The target; anyone who opens it finds the old file or the complete new one, which keeps the
        old one's permissions. If it is a link, the file it points to is replaced.

    Yields
    ------
    Path
        An empty file, which is on disk before it gets the target's name. Removed if the block
        fails.

    Raises
    ------
    OSError
        If the folder is missing or read-only, the disk is full, or the target is a device or a
        folder; nothing is left behind.
    """
    path = Path(os.path.realpath(path))
    # Otherwise the error would name the temporary file.
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "its folder does not exist", str(path))
    if path.exists() and not path.is_file():
        reason = "it is a folder" if path.is_dir() else "it is not a regular file"
        raise OSError(errno.EINVAL, reason, str(path))
    # A name may have at most 255 bytes, and the target's may use all of them.
    handle, temporary = tempfile.mkstemp(
        prefix=f".{path.name[:32]}.", suffix=".part", dir=path.parent
    )
    os.close(handle)
    try:
        yield Path(temporary)
        with open(temporary, "rb+") as stream:
            os.fsync(stream.fileno())
        # mkstemp makes files that only their owner may read.
        os.chmod(temporary, _mode(path))
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """Permissions of a file, or those that a new one gets."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
