# SPDX-License-Identifier: GPL-3.0-or-later
"""HDF5 as h5py writes it is read alike, and hostile files end in a sentence."""

from __future__ import annotations

import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from common import hdf5_arrays
from common.hdf5_arrays import opened_hdf5
from common.tables import TableError

pytest.importorskip("pyfive")
h5py = pytest.importorskip("h5py")
RNG = np.random.default_rng(4)
HEIGHTS = RNG.normal(size=(33, 47))


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(fill: Callable[[Any], object], **options: Any) -> Path:
        with h5py.File(tmp_path / "a.h5", "w", **options) as file:
            fill(file)
        return tmp_path / "a.h5"

    return write


def read_all(path: Path) -> dict[str, np.ndarray]:
    with opened_hdf5(path) as content:
        return {name: content.read(name) for name in content.arrays}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"chunks": (5, 7)},
        {"chunks": (33, 47), "fletcher32": True},
        {"chunks": (10, 10), "compression": "gzip"},
        {"chunks": (10, 10), "compression": "gzip", "shuffle": True, "fletcher32": True},
        {"maxshape": (None, None), "shuffle": True},
    ],
)
@pytest.mark.parametrize("dtype", ["f8", ">f4", "f2", "u1", ">i2", "i8"])
def test_all_that_h5py_reads(written, options, dtype):
    def fill(file):
        file.create_group("deep/er").create_dataset(
            "a", data=(100 * HEIGHTS).astype(dtype), **options
        )

    path = written(fill)
    (found,) = read_all(path).values()
    with h5py.File(path) as file:
        np.testing.assert_array_equal(found, file["deep/er/a"][()])
        assert found.dtype == file["deep/er/a"].dtype


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("track_order", [False, True])
def test_many_members_and_attributes(written, count, track_order):
    def fill(file):
        for number in range(count):
            file[f"a{number}"] = np.arange(number + 1)
            file["a0"].attrs[f"n{number}"] = np.arange(number + 1)

    path = written(fill, track_order=track_order)
    found = read_all(path)
    assert found.keys() == {f"a{number}" for number in range(count)}
    with opened_hdf5(path) as content:
        attributes = content.arrays["a0"].attributes
    assert attributes.keys() == {f"n{number}" for number in range(count)}
    np.testing.assert_array_equal(attributes[f"n{count - 1}"], np.arange(count))


def test_what_was_never_stored_has_the_fill_value(written):
    def fill(file):
        file.create_dataset("a", (20, 20), "f4", chunks=(10, 10), fillvalue=7.0)
        file["a"][:10, :10] = 1.0

    found = read_all(written(fill))["a"]
    assert (found[:10, :10] == 1).all() and found.sum() == 100 + 7 * 300


def test_other_things_are_named(written):
    def fill(file):
        file["a"] = np.eye(3)
        file["text"] = "word"
        file["words"] = ["one", "zwöi"]
        file["complex"] = np.eye(2) * 1j
        file["again"] = h5py.SoftLink("/a")
        file["nowhere"] = h5py.SoftLink("/none")
        file["round"] = h5py.SoftLink("/round")
        file["objects"] = np.array([file["a"].ref], dtype=h5py.ref_dtype)

    with opened_hdf5(written(fill)) as content:
        assert list(content.arrays) == ["a"]
        assert content.unread.keys() == {"text", "words", "complex", "round", "objects"}
        assert content.texts("words") == ("one", "zwöi") and content.texts("a") is None


def virtual(file):
    layout = h5py.VirtualLayout((3, 3), "f8")
    layout[:] = h5py.VirtualSource("other.h5", "a", (3, 3))
    file.create_virtual_dataset("a", layout)


def elsewhere(file):
    file.create_dataset("a", (3, 3), "f8", external=[("/etc/passwd", 0, 72)])


def circle(file):
    file["g/h/a"] = np.eye(3)
    file["g/h/up"] = file["g"]


def circles(file):
    group = file.create_group("g")
    for number in range(12):
        group[f"l{number}"] = group


@pytest.mark.parametrize(
    ("fill", "sentence"),
    [
        (virtual, "'a' in it is virtual or damaged; its values are elsewhere"),
        (elsewhere, "'a' in it has no values here: never stored, or in another file"),
        (circle, "its groups are nested deeper than 16 times, or in a circle"),
        (circles, "its groups are nested deeper than 16 times, or in a circle"),
        (
            lambda file: file.create_dataset("a", (10**6, 10**6), "f8"),
            "'a' in it claims 1,000,000,000,000 values",
        ),
        (
            lambda file: file.create_dataset("a", data=np.eye(9), compression="lzf"),
            "'a' in it is packed by LZF, which is not read",
        ),
        (
            lambda file: file.create_dataset("a", data=np.eye(9, dtype="i4"), scaleoffset=1),
            "'a' in it is packed by scale-offset, which is not read",
        ),
    ],
)
def test_what_is_refused(written, fill, sentence):
    with pytest.raises(TableError, match=sentence):
        read_all(written(fill))


def test_other_files_are_not_opened(written, tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["a"] = np.eye(3)
    path = written(lambda file: file.__setitem__("x", h5py.ExternalLink("other.h5", "/a")))
    with pytest.raises(TableError, match="it is damaged, or stored in a way that is not read"):
        read_all(path)


def test_newer_layouts_are_named(written):
    def fill(file):
        file.create_dataset("a", data=np.eye(9), chunks=(3, 3))

    with opened_hdf5(written(fill, libver="latest")) as content:
        assert content.unread == {"a": "is damaged, or stored in a way that is not read"}


def test_a_bomb_unpacks_no_more_than_a_chunk(written):
    path = written(
        lambda file: file.create_dataset(
            "a", data=RNG.integers(0, 255, (1000, 1000), "u1"), chunks=(1000, 1000),
            compression="gzip",
        )
    )  # fmt: skip
    with h5py.File(path) as file:
        begin = file["a"].id.get_chunk_info(0).byte_offset
    bomb = zlib.compress(bytes(400_000_000))
    data = path.read_bytes()
    path.write_bytes(data[:begin] + bomb + data[begin + len(bomb) :])
    tracemalloc.start()
    with pytest.raises(TableError, match="a part of it has another length"):
        read_all(path)
    assert tracemalloc.get_traced_memory()[1] < 30e6
    tracemalloc.stop()


def test_a_wrong_checksum_is_seen(written):
    path = written(lambda file: file.create_dataset("a", data=HEIGHTS, fletcher32=True))
    with h5py.File(path) as file:
        begin = file["a"].id.get_chunk_info(0).byte_offset
    data = bytearray(path.read_bytes())
    data[begin] ^= 1
    path.write_bytes(data)
    with pytest.raises(TableError, match="a checksum of its values is wrong"):
        read_all(path)


def test_a_header_that_goes_on_in_itself_ends(written):
    path = written(lambda file: file.__setitem__("a", np.eye(3)))
    with h5py.File(path) as file:
        address = h5py.h5o.get_info(file["a"].id).addr
    data = bytearray(path.read_bytes())
    # Version 1, its messages: the first one continues at itself, with all of the file.
    header = address + 16
    data[address + 2 : address + 4] = (65535).to_bytes(2, "little")
    data[header : header + 4] = (16).to_bytes(2, "little") + (16).to_bytes(2, "little")
    data[header + 8 : header + 24] = header.to_bytes(8, "little") + (24).to_bytes(8, "little")
    data[address + 8 : address + 12] = (24).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(TableError, match="a part of it leads back to itself"):
        read_all(path)


def test_a_file_is_not_read_for_ever(written, monkeypatch):
    monkeypatch.setattr(hdf5_arrays, "_MOST_READS", 100)
    with pytest.raises(TableError, match="has more parts than can be listed"):
        read_all(written(lambda file: [file.create_group(f"g{n}") for n in range(50)]))


@pytest.mark.slow
def test_damage_is_a_sentence(written):
    def fill(file):
        for number in range(6):
            file.create_dataset(
                f"g{number % 2}/d{number}", data=HEIGHTS, chunks=(9, 7), compression="gzip",
                fletcher32=number % 2 == 0,
            )  # fmt: skip
        file["plain"] = HEIGHTS

    path = written(fill)
    good, rng, refused = path.read_bytes(), np.random.default_rng(5), 0
    for _ in range(500):
        data = bytearray(good[: None if rng.random() < 0.8 else rng.integers(9, len(good))])
        for _ in range(rng.integers(1, 5)):
            data[rng.integers(min(len(data), 8192 if rng.random() < 0.5 else len(data)))] = (
                rng.integers(256)
            )
        path.write_bytes(data)
        try:
            read_all(path)
        except TableError as error:
            refused += 1
            assert "\n" not in str(error)
    assert refused > 100
