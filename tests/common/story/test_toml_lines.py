# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of keys: all that Python's own reader finds is found, each on a line that has its name."""

from __future__ import annotations

import pytest
import tomllib
from common.story.toml_lines import lines_of

STRANGE = r'''# a comment with [brackets] = "and quotes
title = "a \" quoted # text"   # another
'literal key' = 'C:\path'
a.b . "c.d" = 1

[table]
numbers = [ 1, 2, # in the middle
  [3, { deep = "x", er = [ {f = 1}, {f = 2} ] }],
]
many = """
not = "a key"
[nor.a.table] \
"""
literal = \'\'\'
\' [x]\'\'\'
inline = { one = 1, two = { three = "}" } }
"ä\u00e9" = 1979-05-27T07:32:00Z

[[events]]
name = "a"
[events.sub]
x = inf
[[events]]
name = 'b'
[[events.deep]]
y = 0x1F
[[events.deep]]
y = 1_000.5e-3
[x.y.z]
last = true'''.replace("\\'", "'")


def paths(value, path=()):
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in pairs:
        yield (*path, key)
        if isinstance(one, dict | list):
            yield from paths(one, (*path, key))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_key_is_on_its_line(end):
    text = STRANGE.replace("\n", end)
    found, every = lines_of(text), set(paths(tomllib.loads(text)))
    assert set(found) == every
    lines = STRANGE.split("\n")
    for path in every:
        if isinstance(path[-1], str) and path[-1].isascii():
            assert path[-1] in lines[found[path] - 1], path
    assert found["table", "ä\u00e9"] == 17
    assert found["events", 1, "deep", 1, "y"] == 28


def test_lines_never_go_back_within_a_table():
    found = lines_of(STRANGE)
    own = [found["table", name] for name in ("numbers", "many", "literal", "inline")]
    assert own == sorted(own)
    assert found["table", "numbers", 2] == found["table", "numbers", 2, 1, "deep"] == 8
