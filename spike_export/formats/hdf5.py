# SPDX-License-Identifier: BSD-3-Clause
"""HDF5 files from strangers: only data inside the file itself is read, and no more than is stored.

An HDF5 file can point into other files (external links, external and virtual datasets), and can
claim a dataset of any size without storing any of it. Damaged files can still affect the HDF5
library itself, in which a flipped byte can cause endless loops; that cannot be prevented here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_LARGEST: Final = 16 << 30
# Data compressed more than a thousandfold may be at most this large.
_UNSUSPICIOUS: Final = 64 << 20
_LARGEST_RATIO: Final = 100
_TEXTS_AT_ONCE: Final = 256
_KINDS: Final = {"iu": "whole numbers", "fiu": "numbers", "OSU": "text", "V": "records"}
_LONGEST_WAY: Final = 8


class Hdf5Error(ValueError):
    """A file that cannot be trusted or read; the text is one sentence naming file and place."""


@contextmanager
def opened(path: Path, inner_links: bool = False) -> Iterator[Group]:
    """Open a file, and turn any h5py error in the ``with`` block into a sentence.

    Parameters
    ----------
    inner_links : bool
        Follow links from one place in the file to another, as in NWB.

    Yields
    ------
    Group
        The file's root.

    Raises
    ------
    Hdf5Error
    ModuleNotFoundError
        If h5py is not installed.
    """
    import h5py

    if not path.exists():
        raise Hdf5Error(f"Cannot read {path.name}: file not found.")
    if not path.is_file():
        raise Hdf5Error(f"Cannot read {path.name or path}: it is not a regular file.")
    try:
        with h5py.File(path, "r") as file:
            yield Group(path, file, inner_links)
    except Hdf5Error:
        raise
    except MemoryError:
        raise Hdf5Error(
            f"Cannot read {path.name}: it needs more memory than is available."
        ) from None
    except (OSError, RuntimeError, KeyError, TypeError, ValueError) as error:
        if not _is_from_h5py(error):
            raise
        raise Hdf5Error(f"Cannot read {path.name}: it is damaged or not an HDF5 file.") from None


def _is_from_h5py(error: BaseException) -> bool:
    """Whether h5py raised it, rather than the code that uses the data in the ``with`` block."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__name__", "").split(".")[0] == "h5py":
            return True
        trace = trace.tb_next
    return False


class Group:
    """A group in a file.

    Parameters
    ----------
    path : Path
        The file.
    group : h5py Group
    inner_links : bool
        Whether links within the file are followed.
    """

    def __init__(self, path: Path, group: Any, inner_links: bool = False) -> None:
        self._path = path
        self._group = group
        self._inner_links = inner_links

    def error(self, problem: str, name: str = "") -> Hdf5Error:
        """Make an error that names the file and something in this group."""
        place = f"{self._group.name.rstrip('/')}/{name}" if name else self._group.name
        return Hdf5Error(f"Cannot read {self._path.name}: {_printable(place)} {problem}.")

    def names(self) -> list[str]:
        """Names of the group's members."""
        return list(self._group)

    def group(self, name: str) -> Group:
        """Enter a group that must exist."""
        found = self._child(name)
        if found is None:
            raise self.error("is missing", name)
        return self._as_group(name, found)

    def optional_group(self, name: str) -> Group | None:
        """Enter a group that may be missing."""
        found = self._child(name)
        return None if found is None else self._as_group(name, found)

    def array(self, name: str, kinds: str) -> NDArray[Any]:
        """Read a one-dimensional dataset that must exist.

        Parameters
        ----------
        kinds : str
            ``"iu"`` for whole numbers, ``"fiu"`` for any, ``"OSU"`` for text, which comes as an
            array of str.

        Returns
        -------
        ndarray, shape (N,)
        """
        found = self.optional_array(name, kinds)
        if found is None:
            raise self.error("is missing", name)
        return found

    def optional_array(self, name: str, kinds: str) -> NDArray[Any] | None:
        """Read a one-dimensional dataset that may be missing; see `array`."""
        found = self._child(name)
        if found is None:
            return None
        self._check(name, found, kinds, 1)
        if kinds != "OSU":
            return np.asarray(found[...])
        texts: list[str] = []
        characters = 0
        # In pieces, since all of them may refer to one long text.
        for begin in range(0, len(found), _TEXTS_AT_ONCE):
            piece = [
                text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
                for text in found[begin : begin + _TEXTS_AT_ONCE]
            ]
            characters += sum(map(len, piece))
            if characters > _UNSUSPICIOUS:
                raise self.error("holds more than 64 MB of text", name)
            texts += piece
        return np.array(texts, object)

    def indices(self, name: str) -> NDArray[np.int64]:
        """Read a one-dimensional dataset of indices, counted from 0, that must exist."""
        found = self.array(name, "iu")
        if found.size and (found.min() < 0 or found.max() > np.iinfo(np.int64).max // 2):
            raise self.error("contains a number that is not a valid index", name)
        return found.astype(np.int64)

    def kind(self, name: str) -> str:
        """Return the kind of a dataset, as NumPy's ``dtype.kind``; empty if there is none."""
        dtype = getattr(self._child(name), "dtype", None)
        return "" if dtype is None else str(dtype.kind)

    def is_matrix(self, name: str) -> bool:
        """Whether something is a two-dimensional dataset of numbers."""
        found = self._child(name)
        return len(getattr(found, "shape", None) or ()) == 2 and found.dtype.kind in "fiu"

    def shape(self, name: str) -> tuple[int, ...]:
        """Check a two-dimensional dataset of numbers, and return its shape without reading it."""
        found = self._child(name)
        if found is None:
            raise self.error("is missing", name)
        self._check(name, found, "fiu", 2)
        return tuple(found.shape)

    def matrix(self, name: str) -> NDArray[np.float32]:
        """Read a two-dimensional dataset as float32."""
        values = np.empty(self.shape(name), np.float32)
        if values.size:
            self._group[name].read_direct(values)
        return values

    def exact_matrix(self, name: str) -> NDArray[Any]:
        """Read a two-dimensional dataset of numbers as they are stored."""
        self.shape(name)
        return np.asarray(self._group[name][...])

    def blocks(self, name: str) -> Iterator[NDArray[Any]]:
        """Read a three-dimensional dataset of numbers, one entry of its first axis at a time."""
        found = self._child(name)
        self._check(name, found, "fiub", 3)
        for index in range(len(found)):
            yield np.asarray(found[index])

    def number(self, name: str) -> float | None:
        """Read a dataset that is a single number; None if there is none."""
        found = self._child(name)
        if found is None:
            return None
        self._check(name, found, "fiu", 0)
        return float(found[()])

    def number_attribute(self, name: str, attribute: str) -> float | None:
        """Read an attribute of something in this group; None if it is not a finite number."""
        found = self._child(name)
        value = np.asarray(None if found is None else found.attrs.get(attribute))
        ok = value.dtype.kind in "fiu" and value.size == 1 and np.isfinite(value).all()
        return float(value.reshape(())) if ok else None

    def referred(self, name: str, attribute: str) -> Group | None:
        """Enter the group that an attribute of a dataset refers to; None if it refers to none."""
        import h5py

        found = self._child(name)
        reference = None if found is None else found.attrs.get(attribute)
        if not isinstance(reference, h5py.Reference) or not reference:
            return None
        target = self._group.file[reference]
        return self._entered(target) if isinstance(target, h5py.Group) else None

    def walk(self, depth: int = 6) -> Iterator[tuple[str, Group]]:
        """Find all groups below this one, with their names from here on; links are not followed."""
        import h5py

        for name in self._group:
            link = self._group.get(name, getlink=True)
            if isinstance(link, h5py.HardLink) and isinstance(self._group[name], h5py.Group):
                group = self._entered(self._group[name])
                yield name, group
                if depth > 1:
                    yield from (
                        (f"{name}/{inner}", found) for inner, found in group.walk(depth - 1)
                    )

    def text_attribute(self, dataset: str, *names: str) -> str:
        """Read the first of some attributes of a dataset that is text; empty if none is."""
        attributes = self._group[dataset].attrs
        for name in names:
            if name in attributes:
                value = attributes[name]
                if isinstance(value, np.ndarray) and value.size == 1:
                    value = value.flat[0]
                if isinstance(value, bytes):
                    value = value.decode("utf-8", "replace")
                if isinstance(value, str):
                    return _printable(value)
        return ""

    def _child(self, name: str, way: int = 0) -> Any:
        import h5py

        link = self._group.get(name, getlink=True)
        if link is None:
            return None
        if self._inner_links and isinstance(link, h5py.SoftLink) and way < _LONGEST_WAY:
            # Each step of the path may be a link out of the file.
            *steps, last = [step for step in link.path.split("/") if step not in ("", ".")] or [""]
            group = self._entered(self._group.file if link.path[:1] == "/" else self._group)
            for step in steps:
                group = group._as_group(step, group._child(step, way + 1))
            return group._child(last, way + 1)
        if not isinstance(link, h5py.HardLink):
            raise self.error("is a link to another place, which is not followed", name)
        return self._group[name]

    def _as_group(self, name: str, found: Any) -> Group:
        import h5py

        if not isinstance(found, h5py.Group):
            raise self.error("is not a group", name)
        return self._entered(found)

    def _entered(self, group: Any) -> Group:
        return Group(self._path, group, self._inner_links)

    def _check(self, name: str, found: Any, kinds: str, dimensions: int) -> None:
        import h5py

        if not isinstance(found, h5py.Dataset):
            raise self.error("is not a dataset", name)
        if found.shape is None or len(found.shape) != dimensions:
            shape = list(found.shape or ())
            wanted = ("one number", "one row", "frames of values", "pictures")[dimensions]
            raise self.error(f"has the shape {shape}, not that of {wanted}", name)
        if found.dtype.kind not in kinds or (
            found.dtype.kind == "O" and h5py.check_string_dtype(found.dtype) is None
        ):
            raise self.error(f"holds {found.dtype}, not {_KINDS[kinds]}", name)
        if found.external or found.is_virtual:
            raise self.error("keeps its values in another file, which is not followed", name)
        claimed = found.size * found.dtype.itemsize
        stored = found.id.get_storage_size()
        if claimed > _LARGEST:
            raise self.error(
                f"would take {claimed / 1e9:,.0f} GB of memory; "
                f"the limit is {_LARGEST / 1e9:.0f} GB",
                name,
            )
        if claimed > max(_UNSUSPICIOUS, _LARGEST_RATIO * stored):
            raise self.error(
                f"claims {claimed / 1e6:,.0f} MB, but {stored / 1e6:,.1f} MB are stored", name
            )


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:100])
