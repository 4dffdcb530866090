# SPDX-License-Identifier: BSD-3-Clause
"""One HTML file that shows something in space, whatever it is, and loads nothing.

The page's own parts are in ``page``; `boot.js` there says how they come together. All that a file
may have brought along, names too, goes into the page packed and as Base64, so that it cannot mean
anything to HTML or JavaScript. The page forbids itself to load anything.
"""

from __future__ import annotations

import base64
import functools
import gzip
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

ENDING: Final = ".html"
SIZE_LIMIT_MB: Final = 10.0
FPS: Final = 24.0

_HERE: Final = Path(__file__).parent
# In the order in which they need each other, by the names that they import.
_MODULES: Final = {
    "./three.core.js": "three/three.core.js",
    "three": "three/three.module.js",
    "./orbit_controls.js": "three/OrbitControls.js",
    "./film_data.js": "page/film_data.js",
    "./color_scale.js": "page/color_scale.js",
    "./clock.js": "page/clock.js",
    "./shaders.js": "page/shaders.js",
    "./synapses.js": "page/synapses.js",
    "./cells.js": "page/cells.js",
    "./surface.js": "page/surface.js",
    "./regions.js": "page/regions.js",
    "./shown_list.js": "page/shown_list.js",
    "./stage.js": "page/stage.js",
    "./traces.js": "page/traces.js",
    "./film.js": "page/film.js",
}
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class FilmPage:
    """A page, and what is to be said about it.

    Attributes
    ----------
    content : bytes
        UTF-8.
    told : str
        What is in it, in a sentence.
    notes : list of str
        What was guessed or left out, a sentence each.
    """

    content: bytes
    told: str
    notes: list[str]


def assembled(about: Mapping[str, Any], arrays: Mapping[str, bytes]) -> bytes:
    """Put a page together.

    Parameters
    ----------
    about : mapping
        What is no array, for JSON; ``title`` and ``light`` are among it.
    arrays : mapping of str to bytes
        Each packed by `packed`.
    """
    text = json.dumps(dict(about), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    parts = {"about": gzip.compress(text.encode(), 9, mtime=0), **arrays}
    data = "".join(_part("data", name, content) for name, content in parts.items())
    page = _template()
    for mark, content in {
        "TITLE": html.escape(about["title"]),
        "THEME": "light" if about["light"] else "dark",
        "DATA": data,
    }.items():
        # Split once, because what was put in may contain the marks of others.
        before, _, after = page.partition(f"<!--{mark}-->")
        page = f"{before}{content}{after}"
    return page.encode()


def packed(array: NDArray[Any]) -> bytes:
    """Pack an array's bytes."""
    return gzip.compress(array.tobytes(), 9, mtime=0)


def plain(text: str) -> str:
    """Make a text from a file fit to be shown: nothing that turns lines around, or rings bells."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)[
        :_LONGEST_NAME
    ]


@functools.cache
def _template() -> str:
    """Read the page without its film."""

    def read(name: str) -> str:
        return (_HERE / name).read_text(encoding="utf-8")

    modules = "".join(
        _part("module", name, gzip.compress(read(path).encode(), 9, mtime=0))
        for name, path in _MODULES.items()
    )
    page = read("page/film.html")
    for mark, content in {
        "STYLE": read("page/film.css"),
        "MODULES": modules,
        "BOOT": read("page/boot.js"),
        "LICENSE": html.escape(read("three/LICENSE.txt")),
    }.items():
        page = page.replace(f"<!--{mark}-->", content)
    return page


def _part(kind: str, name: str, content: bytes) -> str:
    text = base64.b64encode(content).decode()
    return f'<script type="text/plain" data-{kind}="{name}">{text}</script>\n'
