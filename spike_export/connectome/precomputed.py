# SPDX-License-Identifier: BSD-3-Clause
"""Skeletons in Neuroglancer's precomputed format, as cloud-volume and Igneous write them.

A folder with ``info`` and one file for each skeleton, which may be gzipped, or in shards. The
format is described in `skeletons.md` among Neuroglancer's sources.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from . import shards
from .skeletons import MOST_POINTS, Skeleton, content_of, unusable

INFO: Final = "info"
TYPE: Final = "neuroglancer_skeletons"
_LARGEST_INFO: Final = 64 << 20
_LARGEST_FILE: Final = 1 << 30
_TYPES: Final = {
    "float32": "<f4", "int8": "|i1", "uint8": "|u1", "int16": "<i2", "uint16": "<u2",
    "int32": "<i4", "uint32": "<u4",
}  # fmt: skip
_MOST_ATTRIBUTES: Final = 100
# By which names cloud-volume and others store SWC's codes.
_KINDS: Final = ("vertex_types", "vertex_type", "swc_type", "compartment")
_KNOWN_KINDS: Final = 4
_FARTHEST: Final = 1e12


@dataclass(frozen=True, slots=True, eq=False)
class Folder:
    """A folder of skeletons, as its ``info`` describes it.

    Attributes
    ----------
    path : Path
    transform : ndarray, shape (3, 4)
        To nanometers.
    attributes : tuple of (str, str, int)
        Name, type and components of what follows the edges.
    sharding : dict or None
    notes : tuple of str
        Sentences about what was found in it.
    """

    path: Path
    transform: NDArray[np.float64]
    attributes: tuple[tuple[str, str, int], ...]
    sharding: dict[str, Any] | None
    notes: tuple[str, ...]

    def files(self) -> list[Path]:
        """List the files that hold skeletons, in the order of their numbers."""
        if self.sharding is not None:
            return sorted(one for one in self.path.iterdir() if one.suffix == shards.SUFFIX)
        numbers = {
            one: int(stem)
            for one in self.path.iterdir()
            if (stem := one.name.removesuffix(".gz")).isascii() and stem.isdigit()
        }
        return sorted(numbers, key=lambda one: numbers[one])

    def read(self, path: Path) -> Iterator[Skeleton]:
        """Read the skeletons of one of the `files`.

        Raises
        ------
        ConnectomeError
            If it is damaged.
        """
        if self.sharding is not None:
            try:
                if not path.is_file():
                    raise unusable(path, "it is not a regular file")
                for number, content in shards.objects(path, self.sharding, _LARGEST_FILE):
                    yield self.skeleton(str(number), content, path)
            except OSError as error:
                raise unusable(path, str(error.strerror)) from None
            return
        content = content_of(path, _LARGEST_FILE)
        # cloud-volume adds .gz, and other tools leave the name as it is.
        if content.startswith(b"\x1f\x8b\x08"):
            content = shards.decoded(content, "gzip", _LARGEST_FILE, path)
        yield self.skeleton(path.name.removesuffix(".gz"), content, path)

    def skeleton(self, name: str, content: bytes, path: Path) -> Skeleton:
        """Decode one skeleton, in nanometers.

        Raises
        ------
        ConnectomeError
            If it is damaged; nothing is allocated for more than it holds.
        """
        if len(content) < 8:
            raise unusable(path, f"skeleton {name} has {len(content)} bytes, which is too few")
        points, edges = np.frombuffer(content, "<u4", 2).tolist()
        widths = [np.dtype(_TYPES[kind]).itemsize * count for _, kind, count in self.attributes]
        bare = 8 + 12 * points + 8 * edges
        expected = bare + points * sum(widths)
        if len(content) != expected:
            raise unusable(
                path,
                f"skeleton {name} announces {points:,} points and {edges:,} edges, which with its "
                f"attributes take {expected:,} bytes, but it has {len(content):,}",
            )
        if not 0 < points <= MOST_POINTS:
            raise unusable(path, f"skeleton {name} has {points:,} points")
        stored = np.frombuffer(content, "<f4", 3 * points, 8).reshape(-1, 3).astype(np.float64)
        pairs = np.frombuffer(content, "<u4", 2 * edges, 8 + 12 * points).reshape(-1, 2)
        if (pairs >= points).any():
            at = int(np.argmax((pairs >= points).any(axis=1)))
            raise unusable(
                path,
                f"edge {at} of skeleton {name} joins points {pairs[at, 0]} and {pairs[at, 1]}, but "
                f"it has {points:,} points",
            )
        with np.errstate(all="ignore"):
            places = stored @ self.transform[:, :3].T + self.transform[:, 3]
        near = (np.abs(places) < _FARTHEST).all(axis=1)
        if not near.all():
            raise unusable(path, f"point {np.argmin(near)} of skeleton {name} has no usable place")
        radii, kinds = np.full(points, np.nan), np.zeros(points, np.uint8)
        begin = bare
        for (attribute, kind, count), width in zip(self.attributes, widths, strict=True):
            row = np.frombuffer(content, _TYPES[kind], points * count, begin)
            begin += points * width
            if attribute in ("radius", "radii") and count == 1:
                # Like places, radii are in the stored model's unit.
                factor = float(np.cbrt(abs(np.linalg.det(self.transform[:, :3]))))
                given = row.astype(np.float64) * factor
                radii = np.where((given > 0) & (given < _FARTHEST), given, np.nan)
            elif attribute in _KINDS and count == 1 and kind != "float32":
                kinds = np.where((row >= 0) & (row <= _KNOWN_KINDS), row, 0).astype(np.uint8)
        return Skeleton(
            name, places, radii, kinds, pairs.astype(np.int64), np.empty(0, np.int64),
            "1 nanometer",
        )  # fmt: skip


def is_precomputed(path: Path) -> bool:
    """Whether a path is a folder with Neuroglancer's ``info``."""
    return path.is_dir() and (path / INFO).is_file()


def open_folder(path: Path) -> Folder:
    """Read the ``info`` of a folder of skeletons, or of a segmentation that names one inside it.

    Raises
    ------
    ConnectomeError
        If it is damaged, or describes something else.
    """
    info = read_info(path)
    where = path / INFO
    if info.get("@type") != TYPE and "skeletons" in info:
        key = info["skeletons"]
        if not isinstance(key, str) or not key or key in (".", ".."):
            raise unusable(where, "its skeletons are not the name of a folder")
        inner = path / key
        if not inner.resolve().is_relative_to(path.resolve()):
            raise unusable(where, f"its skeletons, {key!r:.60}, are outside its folder")
        if not is_precomputed(inner):
            raise unusable(where, f"its skeletons should be in {key!r:.60}, which has no info")
        path, info, where = inner, read_info(inner), inner / INFO
    if info.get("@type") != TYPE:
        what = info.get("@type") or info.get("type")
        raise unusable(where, f"it describes {what!r:.60}, not {TYPE}")
    attributes = _attributes(info.get("vertex_attributes") or [], where)
    sharding = info.get("sharding")
    if sharding is not None and (
        not isinstance(sharding, dict) or sharding.get("@type") != shards.TYPE
    ):
        raise unusable(where, f"its sharding is not {shards.TYPE}")
    transform = _transform(info.get("transform"), where)
    linear = transform[:, :3]
    size = np.cbrt(abs(np.linalg.det(linear)))
    has_radius = any(name in ("radius", "radii") for name, _, _ in attributes)
    notes = []
    if has_radius and not np.allclose(linear @ linear.T, size**2 * np.eye(3), rtol=1e-3):
        notes.append(
            f"The transform of {path.name} is not the same in all directions; radii are multiplied "
            f"by its mean, {size:.4g}."
        )
    elif has_radius and not math.isclose(size, 1.0, rel_tol=1e-3):
        notes.append(
            f"The transform of {path.name} multiplies lengths by {size:.4g}, radii too, as "
            "Neuroglancer does; cloud-volume leaves radii as they are."
        )
    return Folder(path, transform, attributes, sharding, tuple(notes))


def read_info(folder: Path) -> dict[str, Any]:
    """Read a folder's ``info``.

    Raises
    ------
    ConnectomeError
        If it is not a JSON object.
    """
    where = folder / INFO
    try:
        if where.stat().st_size > _LARGEST_INFO:
            raise unusable(where, f"it is larger than {_LARGEST_INFO >> 20} MiB")
        content: Any = json.loads(where.read_text(encoding="utf-8"))
    except OSError as error:
        raise unusable(where, str(error.strerror)) from None
    except (ValueError, RecursionError):
        raise unusable(where, "it is not JSON") from None
    if not isinstance(content, dict):
        raise unusable(where, "it is not a JSON object")
    return content


def _attributes(listed: object, where: Path) -> tuple[tuple[str, str, int], ...]:
    if not isinstance(listed, list) or len(listed) > _MOST_ATTRIBUTES:
        raise unusable(where, "its vertex_attributes are not a list")
    found = []
    for one in listed:
        name, kind, count = (
            (one.get("id"), one.get("data_type"), one.get("num_components"))
            if isinstance(one, dict)
            else (None, None, None)
        )
        known = isinstance(name, str) and isinstance(kind, str) and kind in _TYPES
        if not known or type(count) is not int or not 0 < count <= _MOST_ATTRIBUTES:
            raise unusable(where, f"its vertex attribute {one!r:.80} is not one that is known")
        found.append((str(name), str(kind), count))
    return tuple(found)


def _transform(given: object, where: Path) -> NDArray[np.float64]:
    if given is None:
        return np.eye(3, 4)
    if (
        not isinstance(given, list)
        or len(given) != 12
        or not all(type(n) in (int, float) and abs(n) < _FARTHEST for n in given)
    ):
        raise unusable(where, "its transform is not a list of 12 finite numbers")
    matrix = np.array(given, np.float64).reshape(3, 4)
    if np.linalg.det(matrix[:, :3]) == 0:
        raise unusable(where, "its transform makes everything flat")
    return matrix
