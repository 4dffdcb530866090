# SPDX-License-Identifier: GPL-3.0-or-later
"""A story's file: what is wrong in it is told with its line, and with what is allowed."""

from __future__ import annotations

import pytest
from common.story import fields
from common.story.fields import Field, FieldError, read_fields
from common.story.story_file import MOST_EVENTS, StoryError, read_story

KINDS = ["neuron", "brain"]
EVENTS = {
    "frame": {"frame": Field("", fields.texts)},
    "fade": {"fade": Field("", fields.texts), "to": Field("", fields.number())},
}
GOOD = """
[film]
size = "720p"
[neuron.cell]
file = "a.pickle"
[brain.mouse]
atlas = "demo"
[neuron."the other"]
file = "b.pickle"
[timeline]
"0:00" = { frame = "cell" }
spike = [
  { fade = "cell", to = 0 },
  { frame = "mouse" },
]
"""


def told(tmp_path, text):
    path = tmp_path / "story.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(StoryError) as error:
        read_story(path, KINDS, EVENTS)
    return str(error.value)


def test_things_and_events_come_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "story.toml"
    path.write_text(GOOD)
    story = read_story(path, KINDS, EVENTS)
    assert [(one.kind, one.name) for one in story.things] == [
        ("neuron", "cell"), ("brain", "mouse"), ("neuron", "the other"),
    ]  # fmt: skip
    assert [(one.kind, one.name) for one in story.events] == [
        ("frame", "0:00"), ("fade", "spike"), ("frame", "spike"),
    ]  # fmt: skip
    assert [story.lines[one.keys] for one in story.events] == [11, 13, 14]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[neuron.cell]\nfile = nothing\nb = 1\n", "story.toml, line 2: Invalid value"),
        ("a = 1\na = 2\n", "line 2: Cannot overwrite a value"),
        ("[film]\n\n[brian.mouse]\n", "line 3: there is no table 'brian'; there are film, "
         "narration, neuron, brain, timeline. Did you mean brain?"),
        ("film = 3\n", "line 1: 'film' is not a table: write [film]"),
        ("[neuron]\nfile = 'a'\n", "line 2: each neuron has a name: write [neuron.file]"),
        ("[neuron.cell]\n[brain.cell]\n", "line 2: there is a neuron 'cell' already"),
        ("[neuron.'a/b']\n", "line 1: 'a/b' is not a name"),
        ("[timeline]\n0 = [{ frame = 'a' },\n { farme = 'a' }]\n",
         "line 3: there is no event 'farme'; there are frame, fade. Did you mean frame?"),
        ("[timeline]\n0 = { frame = 'a', fade = 'a' }\n",
         "line 2: frame and fade are two events: put each in braces of its own"),
        ("[timeline]\n0 = 'frame'\n", "line 2: an event is written { frame = … }, not 'frame'"),
        ("[timeline]\n0 = {}\n", "line 2: there is no event ''"),
        (b"[film]\nsize = '\xff'\n", "line 2: this is not UTF-8 text"),
        ("x = " + "[" * 5000 + "]" * 5000, "has brackets 5000 deep"),
        ("x = " + "[ " * 500 + "] " * 500, "has brackets 500 deep"),
        ("x = '" + "a" * 1_000_001 + "'", "story.toml is larger than 1 MB"),
        ("[timeline]\n0 = [" + "{frame='a'}," * (MOST_EVENTS + 1) + "]",
         f"line 2: there are more than {MOST_EVENTS} events"),
        ("".join(f"[neuron.n{n}]\n" for n in range(201)), "has 201 things; the most are 200"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(tmp_path, text, sentence):
    found = told(tmp_path, text)
    assert sentence in found and found.startswith("story.toml") and "\n" not in found


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StoryError, match=r"Cannot read .*none\.toml"):
        read_story(tmp_path / "none.toml", KINDS, EVENTS)


ALL = {
    "name": Field("its name", fields.text, needed=True),
    "size": Field("", fields.number(0, 10), 1.0),
    "count": Field("", fields.whole(1, 5), 2),
    "on": Field("", fields.switch, False),
    "side": Field("", fields.choice("left", "right"), "left"),
    "at": Field("", fields.place),
    "parts": Field("", fields.texts, []),
    "glow": Field("", fields.texts_by_name),
}


def test_fields_are_read_and_filled_in():
    found = read_fields({"name": "a", "side": "RIGHT", "at": [1, 2, 3], "parts": "b"}, ALL, "it")
    assert found == {
        "name": "a", "size": 1.0, "count": 2, "on": False, "side": "right", "at": (1.0, 2.0, 3.0),
        "parts": ["b"], "glow": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "key", "sentence"),
    [
        ({}, "", "it needs name: its name"),
        ({"nmae": "a"}, "nmae", "it has no 'nmae'; it has name, size, .* Did you mean name"),
        ({"name": 3}, "name", "name: '3' is not a text in quotes"),
        ({"name": "a\x00"}, "name", "cannot be shown"),
        ({"name": "a" * 3000}, "name", "more than 2000 characters"),
        ({"name": "a", "size": float("nan")}, "size", "size: nan is not between 0 and 10"),
        ({"name": "a", "size": True}, "size", "'True' is not a number"),
        ({"name": "a", "count": 2.5}, "count", "not a whole number between 1 and 5"),
        ({"name": "a", "on": 1}, "on", "neither true nor false"),
        ({"name": "a", "side": "top"}, "side", "there is no 'top'; choose from left, right"),
        ({"name": "a", "at": [1, 2]}, "at", "not 3 numbers in brackets"),
        ({"name": "a", "at": [1, 2, "x"]}, "at", "'x' is not a number"),
        ({"name": "a", "parts": [["b"]]}, "parts", "not a text"),
        ({"name": "a", "parts": ["b"] * 501}, "parts", "neither a text nor a few in brackets"),
        ({"name": "a", "glow": "blue"}, "glow", "not names with texts"),
    ],
)
def test_values_that_are_not_allowed_are_named(values, key, sentence):
    with pytest.raises(FieldError, match=sentence) as error:
        read_fields(values, ALL, "it")
    assert error.value.key == key
