# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects are found in a package's modules, and none takes the place of another."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from common.registry import collect, merged


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
    assert [one.key for one in found] == ["second", "first"]


def test_two_of_one_key_are_refused(package: Path) -> None:
    (package / "c.py").write_text((package / "b.py").read_text())
    with pytest.raises(ValueError, match="kept_things: b and c have the same key, 'first'"):
        collect("kept_things", [str(package)], "THING", "key")
    assert len(collect("kept_things", [str(package)], "THING")) == 3


def test_what_is_merged_is_shared_or_different() -> None:
    one, other = SimpleNamespace(), SimpleNamespace()
    assert merged([{"a": one}, {"b": other, "a": one}]) == {"a": one, "b": other}
    with pytest.raises(ValueError, match="'a' stands for different objects"):
        merged([{"a": one}, {"a": object()}])
