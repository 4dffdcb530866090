# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects are found in a package's modules, and none takes the place of another."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from common.registry import collect, merged, numbered


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An importable package with two modules; its name is not used again."""
    folder = tmp_path / "kept_things"
    folder.mkdir()
    for name, key in {"__init__": "", "b": "first", "a": "second"}.items():
        (folder / f"{name}.py").write_text(
            f"from types import SimpleNamespace\nTHING = SimpleNamespace(key={key!r})\n"
        )
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("kept_things", "kept_things.a", "kept_things.b", "kept_things.c"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return folder


def test_modules_are_found_in_the_order_of_their_names(package: Path) -> None:
    found = collect("kept_things", [str(package)], "THING", "key")
    assert {module: one.key for module, one in found.items()} == {"a": "second", "b": "first"}


def test_two_of_one_key_are_refused(package: Path) -> None:
    (package / "c.py").write_text((package / "b.py").read_text().replace("first", "First"))
    with pytest.raises(ValueError, match="kept_things: b.py and c.py have the same key, 'First'"):
        collect("kept_things", [str(package)], "THING", "key")
    assert len(collect("kept_things", [str(package)], "THING")) == 3


def write_numbered(package: Path, **numbers: int | None) -> None:
    """Modules whose things are named as they are, with a number or without."""
    for name, number in numbers.items():
        given = "" if number is None else f", number={number}"
        (package / f"{name}.py").write_text(
            "from dataclasses import dataclass\nfrom common.registry import DERIVED\n"
            "@dataclass(frozen=True)\nclass Thing:\n    key: str\n    number: int = DERIVED\n"
            f"THING = Thing(key={name.title()!r}{given})\n"
        )


def test_a_number_that_is_left_out_is_made_of_the_key(package: Path) -> None:
    """The same wherever it is, so it may be in files; it comes behind those that are given."""
    write_numbered(package, a=None, b=7, c=0)
    found = numbered("kept_things", [str(package)], "THING", "key")
    assert {key: one.number for key, one in found.items()} == {"C": 0, "B": 7, "A": 1406772827}
    assert list(found) == ["C", "B", "A"]


def test_two_of_one_number_are_refused(package: Path) -> None:
    write_numbered(package, a=None, b=7, c=7)
    with pytest.raises(ValueError, match="kept_things: b.py and c.py have the same number, 7. "):
        numbered("kept_things", [str(package)], "THING", "key")


@pytest.mark.parametrize(
    ("number", "reserved", "sentence"),
    [
        (0, {"AUTO": 0}, "a.py has the number 0, which is reserved"),
        (None, {"A": 0}, "a.py has the key 'A', which is reserved"),
        (-5, {}, "a.py has the number -5, which files cannot store"),
        (1 << 31, {}, "a.py has the number 2147483648, which files cannot store"),
    ],
)
def test_what_a_menu_cannot_have_is_refused(package, number, reserved, sentence) -> None:
    write_numbered(package, a=number, b=7)
    with pytest.raises(ValueError, match=f"kept_things: {sentence}"):
        numbered("kept_things", [str(package)], "THING", "key", reserved=reserved)


def test_what_is_merged_is_shared_or_different() -> None:
    one, other = SimpleNamespace(), SimpleNamespace()
    assert merged({"X": {"a": one}, "Y": {"b": other, "a": one}}) == {"a": one, "b": other}
    with pytest.raises(ValueError, match="'a' of X and 'a' of Y are different objects"):
        merged({"X": {"a": one}, "Y": {"a": object()}})
