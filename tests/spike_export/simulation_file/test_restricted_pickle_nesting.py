# SPDX-License-Identifier: BSD-3-Clause
"""Things in things, deep or endless, and names that are no text."""

from __future__ import annotations

import struct

import pytest
from helpers.opcodes import (
    APPEND,
    APPENDS,
    DICT,
    LIST,
    MARK,
    MEMOIZE,
    NONE,
    PROTO,
    REDUCE,
    SETITEM,
    STACK_GLOBAL,
    STOP,
    TUPLE1,
    TUPLE2,
    get,
    name,
    padded,
    text,
)

from spike_export import read


def nested(open_: bytes, close: bytes, depth: int) -> bytes:
    return open_ * depth + close * depth


def laughs(levels: int) -> bytes:
    """A list of ten times the same list of ten times the same list, and so on."""
    made = LIST + MEMOIZE
    for level in range(levels):
        made += LIST + MEMOIZE + MARK + get(level) * 10 + APPENDS
    return MARK + made


def version_2_with(key: str, value: bytes) -> bytes:
    """Only so much of a file as is read until `key`, whose value is hostile."""
    content = DICT
    if key != "format":
        content += text("format") + text("spike-export") + SETITEM
    return content + text(key) + value + SETITEM


DEEP = 120_000
"""More levels than the stack has room for, if each took a call."""


@pytest.mark.slow
def test_things_in_things_end_neither_the_process_nor_the_memory(save, read_in_child):
    deep_list = nested(LIST, APPEND, DEEP)[:-1]
    self_in_self = LIST + MEMOIZE + get(0) + APPEND
    deep_tuple = b")" + TUPLE1 * DEEP
    # A tuple that is wrapped again and again by way of the memo and of calls that succeed.
    by_calls = name("numpy", "dtype") + MEMOIZE + NONE + MEMOIZE
    for level in range(1, DEEP // 6):
        before = b"j" + struct.pack("<I", level)
        by_calls += get(0) + text("f8") + before + TUPLE2 + MEMOIZE + REDUCE
    contents = {
        "lists": PROTO + deep_list,
        "dicts": PROTO + nested(DICT + NONE, SETITEM, DEEP)[:-1] + NONE + SETITEM,
        "self": PROTO + self_in_self,
        "self as section": PROTO + LIST + MEMOIZE + DICT + text("type") + get(0) + SETITEM + APPEND,
        "tuple as key": PROTO + DICT + deep_tuple + NONE + SETITEM,
        "tuples by calls as key": PROTO + by_calls + DICT + before + NONE + SETITEM,
        **{
            f"{key} {kind}": PROTO + version_2_with(key, value)
            for key in ("format", "version")
            for kind, value in (
                ("deep", deep_list),
                ("self", self_in_self),
                ("laughs", laughs(12).removeprefix(MARK)),
            )
        },
    }
    paths = [
        padded(save(content + STOP, name=f"{label}.pickle"), 12 * DEEP)
        for label, content in contents.items()
    ]
    outcomes = read_in_child(*paths)
    assert len(outcomes) == len(paths)
    for path, outcome in zip(paths, outcomes, strict=True):
        assert outcome.startswith(f"Cannot read {path.name}: "), outcome
        assert len(outcome) < 300


def test_every_place_may_hold_a_list_that_holds_itself(layout, save, refused):
    endless: list[object] = []
    endless += [endless, endless]

    def places(content, path=()):
        items = content.items() if isinstance(content, dict) else enumerate(content)
        for key, value in list(items):
            yield content, key
            if isinstance(value, dict | list):
                yield from places(value)

    for container, key in list(places(layout)):
        kept, container[key] = container[key], endless
        try:
            read(save(layout))
        except ValueError:
            assert len(refused(save(layout))) < 300
        container[key] = kept


@pytest.mark.parametrize("wrong", [b"\xff\xfe", b"\xc3", b"\xed\xa0\x80\xff", b"\xf5\x80\x80\x80"])
def test_names_that_are_no_text_are_refused(save, refused, wrong):
    key = b"X" + struct.pack("<I", len(wrong)) + wrong
    assert "UnicodeDecodeError" in refused(save(PROTO + DICT + key + NONE + SETITEM + STOP))


def test_lone_surrogates_can_be_shown(layout, older, save, refused):
    strange = "a\ud800\nb\x1b[31m"
    layout["created_by"] = layout["source"] = strange
    layout["meta"] = {strange: 1}
    layout["cells"][0]["name"] = layout["cells"][0]["sections"][0]["name"] = strange
    simulation = read(save(layout))
    for shown in (simulation.created_by, simulation.cells[0].name, simulation.section_names[0]):
        assert shown.encode() == b"a?\nb\x1b[31m"
    layout["cells"][0]["sections"][1]["type"] = strange
    assert "its type is 'a\\ud800\\nb\\x1b[31m'" in refused(save(layout))
    older[1]["type"] = strange
    assert read(save(older)).section_names[1].encode() == b"a?\nb\x1b[31m[1]"
    del older[1]["X"]
    refused(save(older))
    asked = text(f"{strange}numpy") + text(strange * 100) + STACK_GLOBAL
    assert "it asks for 'a\\ud800" in refused(save(PROTO + asked + STOP))
