# SPDX-License-Identifier: GPL-3.0-or-later
"""The site of a release with one extension, which `scenario_get.py` serves and drags from."""

from __future__ import annotations

from pathlib import Path

import build_extension
import make_release


def make(folder: Path) -> None:
    page = folder / "manual" / "extensions" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text('<div id="extensions"></div>', encoding="utf-8")
    package = build_extension.build("blender_spike", folder / "dist")
    (entry,) = make_release.make_site(folder / "manual", [package], [], folder / "site")
    (folder / "link").write_text(make_release.drag_link(entry), encoding="utf-8")
