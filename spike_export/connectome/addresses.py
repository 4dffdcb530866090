# SPDX-License-Identifier: BSD-3-Clause
"""Skeletons and meshes from an address, such as ``precomputed://https://…``, through cloud-volume.

Only the neurons that are asked for are downloaded. Neuroglancer's other variants come in this way,
too: meshes of several resolutions, in shards or not, and those of proofread segmentations. A folder
on this disk has an address as well: ``precomputed://file:///path/to/segmentation``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .neuron_ids import IdError, parsed_ids
from .neuron_meshes import (
    MOST_FACES,
    MOST_VERTICES,
    NeuronMesh,
    NeuronMeshes,
    joined_meshes,
    merged_vertices,
)
from .skeletons import MOST_CELLS, MOST_POINTS, ConnectomeError, Skeleton, Skeletons, joined

_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+]*://.")
_UNIT: Final = "1 nanometer"
# Asked for at once; if one of them is not there, in halves.
_AT_ONCE: Final = 32
_KNOWN_KINDS: Final = 4
_FARTHEST: Final = 1e12
_LARGEST_LIST: Final = 16 << 20
# What cloud-volume colors its messages with.
_COLORS: Final = re.compile(r"\x1b\[[0-9;]*m")

Tell = Callable[[int, int], object]


def is_address(text: str) -> bool:
    """Tell an address from a path."""
    return bool(_ADDRESS.match(text))


def wanted_ids(text: str) -> list[int]:
    """Read the ids of neurons: ``123,456``, or a text file of such numbers.

    Raises
    ------
    ConnectomeError
        If something else is in it, or nothing; or if ids have been rounded.
    """
    path = Path(text)
    where = ""
    if not re.fullmatch(r"[0-9,\s]+", text):
        try:
            with path.open("rb") as stream:
                content = stream.read(_LARGEST_LIST + 1)
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ConnectomeError(f"Cannot use {path.name}: it is no text.") from None
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no name of a file"
            raise ConnectomeError(
                f"Cannot use '{text:.80}' as ids: it is neither numbers with commas between them "
                f"nor a file that can be read ({why})."
            ) from None
        if len(content) > _LARGEST_LIST:
            raise ConnectomeError(f"Cannot use {path.name}: it is larger than 16 MiB.")
        where = f"{path.name}, "
    words, lines = [], []
    for line, row in enumerate(text.splitlines(), 1):
        found = row.replace(",", " ").split()
        words += found
        lines += [line] * len(found)
    try:
        ids = list(dict.fromkeys(parsed_ids(words, lines, "id")))
    except IdError as error:
        raise ConnectomeError(f"Cannot use the ids: {where}{error}.") from None
    if not ids:
        raise ConnectomeError("Cannot use the ids: there are none.")
    return ids


def fetch_skeletons(address: str, ids: Sequence[int], tell: Tell = lambda *_: None) -> Skeletons:
    """Download skeletons.

    Parameters
    ----------
    address : str
        Of a segmentation that has them.
    ids : sequence of int
        Which.
    tell : callable
        Called with how many are done, and of how many.

    Returns
    -------
    Skeletons
        In nanometers, in the order of the ids, with a note about those that were not there.

    Raises
    ------
    ConnectomeError
        If there are none, or too many.
    ModuleNotFoundError
        If cloud-volume is not installed.
    """
    get, missing = _getter(_opened(address, ids), "skeleton"), _Missing(len(ids), "skeleton")
    parts: list[Skeleton] = []
    points = 0
    for number, found in _each(get, ids, {}, missing, tell):
        part = _skeleton(number, found)
        if part is None:
            missing.note(number, "it has no usable points")
            continue
        parts.append(part)
        points += len(part.points)
        if points > MOST_POINTS:
            raise ConnectomeError(
                f"The first {len(parts):,} skeletons have {points:,} points, more than "
                f"{MOST_POINTS:,}; use fewer of them."
            )
    missing.refuse_if_all(address)
    whole = joined(parts)
    return replace(whole, notes=(*missing.notes(), *whole.notes))


def fetch_meshes(
    address: str, ids: Sequence[int], tell: Tell = lambda *_: None, *, lod: int = 0
) -> NeuronMeshes:
    """Download meshes.

    Parameters
    ----------
    address, ids, tell
        See `fetch_skeletons`.
    lod : int
        Level of detail, where there are several: 0 is the finest, each further one is coarser.

    Returns
    -------
    NeuronMeshes
        As those skeletons.

    Raises
    ------
    ConnectomeError, ModuleNotFoundError
        See `fetch_skeletons`.
    """
    get = _getter(_opened(address, ids), "mesh")
    known = inspect.signature(get).parameters
    # Some make one mesh of all unless they are told otherwise, and others know of no such thing.
    more: dict[str, Any] = {"fuse": False} if "fuse" in known else {}
    notes: list[str] = []
    if "lod" in known:
        more["lod"] = lod
    elif lod:
        notes.append("These meshes have one level of detail.")
    missing = _Missing(len(ids), "mesh")
    parts: list[NeuronMesh] = []
    vertices = faces = 0
    for number, found in _each(get, ids, more, missing, tell):
        part = _mesh(number, found)
        if part is None:
            missing.note(number, "it has no usable faces")
            continue
        parts.append(part)
        vertices, faces = vertices + len(part.vertices), faces + len(part.faces)
        if vertices > MOST_VERTICES or faces > MOST_FACES:
            raise ConnectomeError(
                f"The first {len(parts):,} meshes have {vertices:,} vertices and {faces:,} faces, "
                f"more than {MOST_VERTICES:,} or {MOST_FACES:,}; use fewer of them."
            )
    missing.refuse_if_all(address)
    whole = joined_meshes(parts)
    return replace(whole, outline=replace(whole.outline, notes=(*notes, *missing.notes())))


class _Missing:
    """Neurons that were asked for and did not come, and why."""

    def __init__(self, wanted: int, what: str) -> None:
        self._wanted, self._what = wanted, what
        self._reasons: dict[int, str] = {}

    def note(self, number: int, reason: str) -> None:
        self._reasons[number] = reason

    def refuse_if_all(self, address: str) -> None:
        if len(self._reasons) == self._wanted:
            number, reason = next(iter(self._reasons.items()))
            raise ConnectomeError(
                f"None of {self._wanted:,} neurons has a {self._what} at {address:.120}: of "
                f"{number}, {reason}."
            )

    def notes(self) -> tuple[str, ...]:
        if not self._reasons:
            return ()
        number, reason = next(iter(self._reasons.items()))
        one = len(self._reasons) == 1
        return (
            f"{len(self._reasons):,} of {self._wanted:,} neurons {'has' if one else 'have'} no "
            f"{self._what} there and {'is' if one else 'are'} left out: of {number}, {reason}.",
        )


def _opened(address: str, ids: Sequence[int]) -> Any:
    import cloudvolume

    if len(ids) > MOST_CELLS:
        raise ConnectomeError(f"{len(ids):,} neurons are more than the {MOST_CELLS:,} allowed.")
    try:
        # What is public needs no account in this way.
        return cloudvolume.CloudVolume(address, use_https=True, progress=False, cache=False)
    except Exception as problem:
        # From its own exceptions to those of each server's library.
        raise ConnectomeError(f"Cannot open {address:.120}: {_told(problem)}.") from None


def _getter(layer: Any, kind: str) -> Callable[..., Any]:
    get: Callable[..., Any] | None = getattr(getattr(layer, kind, None), "get", None)
    if get is None:
        raise ConnectomeError(f"This layer has no {'meshes' if kind == 'mesh' else f'{kind}s'}.")
    return get


def _each(
    get: Callable[..., Any], ids: Sequence[int], more: dict[str, Any], missing: _Missing, tell: Tell
) -> Iterator[tuple[int, Any]]:
    """Get what a layer has of each neuron, in their order."""
    for begin in range(0, len(ids), _AT_ONCE):
        some = list(ids[begin : begin + _AT_ONCE])
        tell(begin, len(ids))
        found = _got(get, some, more, missing)
        for number in some:
            if number in found:
                yield number, found[number]
    tell(len(ids), len(ids))


def _got(
    get: Callable[..., Any], ids: list[int], more: dict[str, Any], missing: _Missing
) -> dict[int, Any]:
    try:
        found = get(ids, **more)
    except Exception as problem:
        if len(ids) == 1:
            missing.note(ids[0], _told(problem))
            return {}
        middle = len(ids) // 2
        return _got(get, ids[:middle], more, missing) | _got(get, ids[middle:], more, missing)
    if isinstance(found, dict):
        by_id = {int(number): one for number, one in found.items()}
    else:
        by_id = {int(one.id): one for one in found}
    for number in ids:
        if number not in by_id:
            missing.note(number, "nothing came")
    return {number: by_id[number] for number in ids if number in by_id}


def _skeleton(number: int, found: Any) -> Skeleton | None:
    points = np.asarray(found.vertices, np.float64).reshape(-1, 3)
    edges = np.asarray(found.edges, np.int64).reshape(-1, 2)
    if not len(points) or not _is_near(points) or not _are_within(edges, len(points)):
        return None
    radii = _of_points(found, ("radius", "radii"), len(points))
    kinds = _of_points(found, ("vertex_types", "vertex_type"), len(points))
    with np.errstate(invalid="ignore"):
        radii = np.where((radii > 0) & (radii < _FARTHEST), radii, np.nan)
        known = (kinds >= 0) & (kinds <= _KNOWN_KINDS)
    return Skeleton(
        str(number), points, radii, np.where(known, kinds, 0).astype(np.uint8), edges,
        np.empty(0, np.int64), _UNIT,
    )  # fmt: skip


def _mesh(number: int, found: Any) -> NeuronMesh | None:
    vertices = np.asarray(found.vertices, np.float64).reshape(-1, 3)
    faces = np.asarray(found.faces, np.int64).reshape(-1, 3)
    if not len(faces) or not _is_near(vertices) or not _are_within(faces, len(vertices)):
        return None
    places, triangles = merged_vertices(vertices, faces)
    return NeuronMesh(str(number), places, triangles, _UNIT) if len(triangles) else None


def _of_points(found: Any, names: Sequence[str], count: int) -> NDArray[np.float64]:
    """Take an attribute of a skeleton; NaN if it has none of that name."""
    for name in names:
        values = getattr(found, name, None)
        if values is not None and np.shape(values) == (count,):
            return np.asarray(values, np.float64)
    return np.full(count, np.nan)


def _is_near(places: NDArray[np.float64]) -> bool:
    return bool((np.abs(places) < _FARTHEST).all())


def _are_within(numbers: NDArray[np.int64], count: int) -> bool:
    return not numbers.size or bool(numbers.min() >= 0 and numbers.max() < count)


def _told(problem: Exception) -> str:
    """Say what an error of a library says, in part of a sentence."""
    text = " ".join(_COLORS.sub("", str(problem)).split())
    shown = "".join(letter for letter in text if letter.isprintable())[:160].rstrip(". ")
    return f"{type(problem).__name__}: {shown}" if shown else type(problem).__name__
