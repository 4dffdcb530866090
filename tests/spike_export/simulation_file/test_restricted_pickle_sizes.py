# SPDX-License-Identifier: BSD-3-Clause
"""Files made to fill the memory: none takes more than its size explains."""

from __future__ import annotations

import functools
import pickle
import struct
import zlib

import numpy as np
import pytest
from helpers.fast import fast_first
from helpers.opcodes import (
    APPEND,
    APPENDS,
    DICT,
    EMPTY_ARRAY,
    FROMBUFFER,
    LIST,
    MARK,
    MEMOIZE,
    NONE,
    PROTO,
    RECONSTRUCT,
    REDUCE,
    SETITEM,
    SETITEMS,
    STACK_GLOBAL,
    STOP,
    TUPLE,
    TUPLE1,
    TUPLE2,
    TUPLE3,
    data,
    frame,
    get,
    name,
    padded,
    text,
)

from spike_export import read

SLACK = 100_000
"""Bytes that reading may take whatever the file's size."""

TIMES = 17
"""How often its own size a file may take: the worst that pass the check of opcodes, dicts of small
numbers and short texts, come to that. Honest files of the older format take up to twelve.
"""

INFLATED = 16 << 20
"""Bytes that a small file may inflate to; a larger one, to a hundred times its size."""


CLAIMS = {
    "LONG_BINPUT of 64 MiB": NONE + b"r\x00\x00\x40\x00",
    "LONG_BINPUT": NONE + b"r\xff\xff\xff\xff",
    "BINPUT": NONE + b"q\x09",
    "BINBYTES8": b"\x8e" + struct.pack("<Q", 1 << 60),
    "BINBYTES8 beyond 64 bits signed": b"\x8e" + b"\xff" * 8,
    "BINBYTES of 64 MiB": b"B\x00\x00\x00\x04",
    "BINBYTES": b"B\xff\xff\xff\x7f",
    "BINUNICODE": b"X\xff\xff\xff\xff",
    "BINUNICODE8": b"\x8d" + struct.pack("<Q", 1 << 60),
    "BYTEARRAY8": b"\x96" + struct.pack("<Q", 1 << 60),
    "LONG4": b"\x8b\xff\xff\xff\x7f",
    "LONG4 below 0": b"\x8b\xff\xff\xff\xff",
    "LONG1": b"\x8a\xff",
    "FRAME of 64 MiB": frame(NONE, 1 << 26),
    "FRAME": frame(NONE, 1 << 40),
    "FRAME by one": frame(NONE + STOP, 3),
    "FRAME beyond 64 bits signed": b"\x95" + b"\xff" * 8 + NONE,
    "BINGET": get(200),
    "LONG_BINGET": b"j\xff\xff\xff\xff",
    "SHORT_BINBYTES": b"C\xff",
}


@pytest.mark.parametrize("content", CLAIMS.values(), ids=CLAIMS)
def test_claims_beyond_the_file_take_no_memory(save, refused, peak_memory, content):
    path = save(PROTO + content + STOP)
    refused(path)
    assert peak_memory(path) < SLACK


def in_frames_that_lie(hidden: bytes) -> bytes:
    """What a walk of the opcodes takes for a text, and Python's unpickler carries out.

    The frame ends inside the text's length. The unpickler drops these two bytes and reads four
    others after the frame; so both go on at different places. The frame is longer than what is
    read in advance, or the unpickler would not notice its end.
    """
    inside = data(bytes(300_000)) + b"X" + struct.pack("<H", len(hidden) + 2)
    return PROTO + frame(inside) + b"\x00\x00" + b"\x00\x00" + hidden + NONE + STOP


def test_frames_that_end_inside_an_opcode_are_refused(save, refused, peak_memory):
    hidden = b"r" + struct.pack("<I", 1 << 22) + NONE + STOP
    path = save(in_frames_that_lie(hidden))
    assert "ends inside an opcode" in refused(path)
    assert peak_memory(path) < 12 * path.stat().st_size + SLACK


def test_frames_in_frames_are_refused(save, refused):
    assert "inside another" in refused(save(PROTO + frame(NONE + frame(NONE + STOP))))


def test_frames_at_their_ends_are_fine(save, older):
    plain = pickle.dumps([[], 5, "x"], 3)[2:-1]
    path = save(PROTO + frame(plain[:1]) + frame(b"") + frame(plain[1:]) + frame(STOP))
    assert pickle.loads(path.read_bytes()) == [[], 5, "x"]
    with pytest.raises(ValueError, match="section"):
        read(path)


def array_that_claims(shape: bytes) -> bytes:
    number = text("<f8") + TUPLE1 + REDUCE
    arguments = MARK + b"C\x08" + bytes(8) + name("numpy", "dtype") + number + shape + text("C")
    return PROTO + LIST + FROMBUFFER + arguments + TUPLE + REDUCE + APPEND + STOP


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (b"J\x00\x00\x00\x10" + TUPLE1, "[268435456] of <f8, but holds 8 bytes"),
        (b"M\x00\xffM\x00\x40" + TUPLE2, "[65280, 16384] of <f8, but holds 8 bytes"),
        (b"K\x00" + TUPLE1, "[0] of <f8, but holds 8 bytes"),
        (b"K\x02" + TUPLE1, "[2] of <f8, but holds 8 bytes"),
        (b"J\xff\xff\xff\xff" + TUPLE1, "damaged shape"),
        (b"K\x01K\x01K\x01" + TUPLE3, "it holds a tuple"),
    ],
)
def test_an_array_that_claims_gigabytes_is_refused(save, refused, peak_memory, shape, reason):
    path = save(array_that_claims(shape))
    assert path.stat().st_size < 120
    assert reason in refused(path)
    assert peak_memory(path) < SLACK


def test_an_array_that_is_only_reconstructed_is_not_made(save, refused, peak_memory):
    # What `_reconstruct` is asked for is what NumPy would allocate.
    big = b"J\x00\x00\x00\x10" + TUPLE1
    arguments = name("numpy", "ndarray") + big + b"C\x01b" + TUPLE3
    path = save(PROTO + LIST + RECONSTRUCT + arguments + REDUCE + APPEND + STOP)
    assert path.stat().st_size < 100
    refused(path)
    assert peak_memory(path) < SLACK


@functools.cache
def zeros(size: int) -> bytes:
    """A thousandth of `size`."""
    return zlib.compress(bytes(size), 9)


@pytest.mark.parametrize("key", ["time", "values", "points", "spikes"])
@pytest.mark.parametrize("dtype", ["|u1", "<u2", "<f4"])
@pytest.mark.parametrize("encoding", ["zlib", "delta-zlib"])
def test_bombs_of_zlib_are_refused_before_they_go_off(
    layout, save, refused, peak_memory, key, dtype, encoding
):
    size = (64 << 20) // np.dtype(dtype).itemsize
    packed = {
        "dtype": dtype,
        "shape": [size // 4, 4],
        "encoding": encoding,
        "data": zeros(64 << 20),
    }
    cell = layout["cells"][1]
    {"points": cell["sections"][0], "spikes": cell}.get(key, layout)[key] = packed
    path = save(layout)
    assert path.stat().st_size < 100_000
    assert "cannot honestly hold" in refused(path)
    assert peak_memory(path) < 12 * path.stat().st_size + SLACK


def test_a_bomb_that_claims_to_be_small_is_stopped_at_its_claim(layout, save, refused, peak_memory):
    layout["values"] |= {"encoding": "zlib", "data": zeros(64 << 20)}
    path = save(layout)
    assert "96 bytes, but holds 97" in refused(path)
    assert peak_memory(path) < 12 * path.stat().st_size + SLACK


def test_a_claim_that_zlib_cannot_reach_is_refused(layout, save, refused, peak_memory):
    layout["values"] |= {"encoding": "zlib", "data": zlib.compress(b"x"), "shape": [1 << 20, 4]}
    path = save(layout)
    assert "cannot honestly hold" in refused(path)
    assert peak_memory(path) < SLACK


def test_many_small_bombs_are_as_bad_as_one(layout, save, refused, peak_memory):
    bomb = zeros(8 << 20)
    points = {"dtype": "|u1", "shape": [2 << 20, 4], "encoding": "zlib"}
    section = layout["cells"][1]["sections"][0] | {"points": points}
    layout["cells"][1]["sections"] = [
        section | {"points": points | {"data": bytes(bytearray(bomb))}} for _ in range(20)
    ]
    path = save(layout)
    assert path.stat().st_size > 160_000
    assert "cannot honestly hold" in refused(path)
    # Some are believed, and each byte becomes a float32.
    assert peak_memory(path) < 8 * INFLATED


LISTED = 12_000


def bombs_by_reference(layout, older, array) -> dict[str, object]:
    """Files in which a thing is written once and listed thousands of times."""
    cell, point = layout["cells"]
    long_name = "\U0001f9e0" * 3000
    packed = zeros(640_000)
    zipped = {
        "dtype": "<u2",
        "shape": [80_000, 4],
        "encoding": "zlib",
        "data": packed,
        "scale": 1.0,
    }
    section = point["sections"][0]
    many = array(np.ones((1000, 4)), "<f4")
    bytes_ = np.ones(40_000, np.uint8)
    tiny = {"dtype": "<f4", "shape": [1, 4], "encoding": "zlib", "data": zlib.compress(bytes(16))}

    def cells(*listed):
        return {**layout, "cells": list(listed)}

    return {
        "section": cells({**cell, "sections": [section] * LISTED}),
        "section with a long name": cells(
            {**cell, "sections": [{**section, "name": long_name}] * LISTED}
        ),
        "small packed points": cells({**cell, "sections": [{**section, "points": tiny}] * LISTED}),
        "points": cells(
            {**cell, "sections": [{**section, "points": many} for _ in range(LISTED // 10)]}
        ),
        "points of zlib": cells({**cell, "sections": [{**section, "points": zipped}] * 1000}),
        "cell": cells(*[point] * LISTED),
        "cell with a long name": cells(*[{**point, "name": long_name}] * LISTED),
        "sections": cells(*[{"sections": cell["sections"]} for _ in range(LISTED // 10)]),
        "spikes": cells(
            *[{**point, "spikes": {**many, "shape": [4000]}} for _ in range(LISTED // 10)]
        ),
        "spikes of zlib": cells(*[{**point, "spikes": {**zipped, "shape": [320_000]}}] * 1000),
        "older section": [older[0]] * LISTED,
        "older section with a long name": [{**older[0], "type": long_name}] * LISTED,
        "older arrays": [dict(older[0]) for _ in range(LISTED // 10)],
        "older points": [{**older[0], **dict.fromkeys(("X", "Y", "Z", "DIAM"), bytes_)}],
        "older frames": [{**older[0], "Voltage": dict.fromkeys(range(LISTED), np.zeros(2000))}],
    }


BOMBS = [
    "section", "section with a long name", "small packed points", "points", "points of zlib",
    "cell", "cell with a long name", "sections", "spikes", "spikes of zlib", "older section",
    "older section with a long name", "older arrays", "older points", "older frames",
]  # fmt: skip


@fast_first("bomb", BOMBS, fast=10)
@pytest.mark.parametrize("size", [0, 400_000], ids=["as it is", "padded"])
def test_bombs_by_reference_do_not_go_off(layout, older, array, save, peak_memory, bomb, size):
    bombs = bombs_by_reference(layout, older, array)
    assert list(bombs) == BOMBS
    path = padded(save(bombs[bomb]), size)
    # As 16 bits become the float64 that spikes are kept as.
    inflated = 5 * max(INFLATED, 100 * path.stat().st_size) if "zlib" in bomb else 0
    assert peak_memory(path) < TIMES * path.stat().st_size + SLACK + inflated


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["array", "list"])
def test_a_row_named_in_every_frame_is_counted_as_often(older, save, refused, peak_memory, kind):
    """Each mention takes seven bytes of the file, but hundreds of memory in Blender."""
    row = np.zeros(1) if kind == "array" else [0.0]
    path = save([{**older[0], "Voltage": dict.fromkeys(range(160_000), row)}])
    assert path.stat().st_size < 1_200_000
    assert "it names the same voltages in too many frames" in refused(path)
    assert peak_memory(path) < TIMES * path.stat().st_size + SLACK


def test_rows_that_are_the_same_now_and_then_are_read(older, save):
    """As where a cell's rest was written once."""
    row = np.zeros(1)
    rows = {frame: row if frame % 3 else np.ones(1) * frame for frame in range(300)}
    sim = read(save([{**older[0], "Voltage": rows}]))
    assert sim.values[:, 0].tolist() == [0.0 if frame % 3 else frame for frame in range(300)]


def test_a_name_repeated_freely_is_kept_once(layout, save, array):
    section = layout["cells"][1]["sections"][0] | {"name": "\U0001f9e0" * 3000}
    layout["cells"][1]["sections"] = [section] * 50
    layout["values"] = array(np.zeros((4, 55)), "<f4")
    simulation = read(save(layout))
    assert len({id(text) for text in simulation.section_names[3:]}) == 1
    assert len(simulation.section_names[3]) == 1000


AMPLIFIERS = {
    "None": MARK + NONE * 20_000,
    "True": LIST + MARK + b"\x88" * 20_000 + APPENDS,
    "marks": MARK * 20_000,
    "memo": NONE + MEMOIZE * 20_000,
    "memo far ahead": (NONE + b"q\x00") * 3_000 + b"r" + struct.pack("<I", 90_000),
    "lists": MARK + LIST * 20_000,
    "dicts": MARK + DICT * 20_000,
    "dicts of one": MARK + (DICT + b"K\x01" + NONE + SETITEM) * 4_000,
    "empty tuples": MARK + b")" * 20_000,
    "tuples of numbers": MARK + (b"K\x01" + TUPLE1) * 6_000,
    "short texts": MARK + b"\x8c\x03\xe2\x82\xac" * 4_000,
    "short bytes": MARK + b"C\x02ab" * 5_000,
    "numbers": LIST + MARK + b"Mab" * 6_000 + APPENDS,
    "keys": DICT + MARK + b"".join(b"J%b" % struct.pack("<i", i) + NONE for i in range(3_000))
    + SETITEMS,
    "names": (text("numpy") + MEMOIZE + text("dtype") + MEMOIZE
              + (get(0) + get(1) + STACK_GLOBAL) * 4_000),
    "arrays": (EMPTY_ARRAY.replace(REDUCE, MEMOIZE + REDUCE).replace(b"_reconstruct\n",
               b"_reconstruct\n" + MEMOIZE) + (get(0) + get(1) + REDUCE) * 4_000),
    "encoded text": (name("_codecs", "encode") + MEMOIZE + text("\xff" * 5000) + TUPLE1 + MEMOIZE
                     + REDUCE + (get(0) + get(1) + REDUCE) * 4000),
}  # fmt: skip


@fast_first("content", AMPLIFIERS.values(), fast=10, ids=AMPLIFIERS)
@pytest.mark.parametrize("size", [0, 60_000], ids=["as it is", "padded"])
def test_no_opcode_takes_many_times_its_size(save, refused, peak_memory, content, size):
    path = padded(save(PROTO + content + STOP), size)
    refused(path)
    assert peak_memory(path) < TIMES * path.stat().st_size + SLACK


def test_a_name_without_an_end_is_refused(save, refused, peak_memory):
    line = b"N" * 5_000 + b"\n" * 3
    for content in (line + b"cnumpy", line + b"cnumpy\n", line + b"c" + b"x" * 5000):
        path = save(PROTO + content)
        refused(path)
        assert peak_memory(path) < 12 * path.stat().st_size + SLACK


@pytest.mark.parametrize("calls", [False, True])
def test_keys_that_all_have_one_hash_are_refused(calls, save, refused):
    """With them each look-up in a dict would go through all of it."""
    keys = [number * (2**61 - 1) for number in range(1, 40)]
    assert len({hash(key) for key in keys}) == 1
    path = save({"version": 2, **dict.fromkeys(keys, 1)})
    if calls:
        path = save([dict.fromkeys(keys, 1), np.zeros(1)])
    assert "it holds a whole number of 9 bytes at byte" in refused(path)


def test_whole_numbers_of_64_bits_are_read(layout, save):
    layout["cells"][0]["gid"] = 2**63 - 1
    layout["meta"]["low"] = -(2**63)
    simulation = read(save(layout))
    assert simulation.cells[0].gid == 2**63 - 1
    assert simulation.meta["low"] == -(2**63)
