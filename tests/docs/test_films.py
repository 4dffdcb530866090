# SPDX-License-Identifier: GPL-3.0-or-later
"""The gallery's film for the browser is the one that its command writes today."""

from __future__ import annotations

import base64
import gzip
import re
import shlex
import sys
from pathlib import Path

from click.testing import CliRunner

from spike_export.cli import main

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import make_gallery  # noqa: E402

FILM = ROOT / "docs" / "films" / "action-potential.html"
_PART = re.compile(r'(data-\w+="([^"]+)">)([^<]+)<')
# These depend on NEURON, which computes the demo anew.
_SIMULATED = ("low", "high", "about")


def parts(page: Path) -> tuple[str, dict[str, bytes]]:
    """The page without what is packed, and that unpacked, since zlib's versions differ."""
    text = page.read_text(encoding="utf-8")
    unpacked = {
        name: gzip.decompress(base64.b64decode(packed)) for _, name, packed in _PART.findall(text)
    }
    return _PART.sub(r"\1<", text), unpacked


def test_the_film_is_made_by_its_command_and_is_small(tmp_path):
    assert FILM.stat().st_size < 2_000_000
    scene = make_gallery.SCENES["browser-film"]
    words = shlex.split(scene.before)
    demo = ROOT / "blender_addons" / "blender_spike" / "demos" / "demo_neuron.pickle"
    made = tmp_path / "film.html"
    changed = {"out/demo.pickle": str(demo), "out/gallery/film.html": str(made)}
    result = CliRunner().invoke(main, [changed.get(word, word) for word in words[1:]])
    assert result.exit_code == 0, result.output
    (page, expected), (shown, found) = parts(made), parts(FILM)
    assert shown == page, "make gallery"
    for name in set(expected) - set(_SIMULATED):
        assert found[name] == expected[name], f"{name}: make gallery"
