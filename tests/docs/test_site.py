# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual as it is read: it builds, every link leads somewhere, nothing is loaded from afar."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ("docs", "spike_export", "examples", "tests/benchmarks", "README.md", "zensical.toml")


class Page(HTMLParser):
    """What a page links to, what it loads, and what can be linked to in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag names."""
        for name, value in attrs:
            if not value:
                continue
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)
            elif tag == "a" and name == "href":
                self.links.add(value)
            elif name == "src" or (tag == "link" and name == "href"):
                self.loaded.add(value)


def copy_sources(target: Path) -> None:
    for name in SOURCES:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, place)


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(folder), "NO_COLOR": "1"},
        capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> tuple[Path, dict[Path, Page]]:
    folder = tmp_path_factory.mktemp("manual")
    copy_sources(folder)
    result = build(folder)
    assert not result.returncode, result.stdout + result.stderr
    site = folder / "site"
    found = {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    assert len(found) > 10
    return site, found


@pytest.mark.slow
def test_every_internal_link_leads_somewhere(pages):
    site, found = pages
    broken = []
    for path, page in found.items():
        # The page that a server shows for wrong addresses may be shown anywhere.
        start = site if path.name == "404.html" else path.parent
        for link in page.links | page.loaded:
            address, anchor = urldefrag(link)
            if ":" in address.partition("/")[0] or address.startswith("//"):
                continue
            target = path
            if address:
                inside = site / address.lstrip("/") if address.startswith("/") else start / address
                target = Path(os.path.normpath(unquote(str(inside))))
            if target.is_dir():
                target /= "index.html"
            if not target.exists():
                broken.append(f"{path.name}: {link} does not exist")
            elif anchor and target in found and unquote(anchor) not in found[target].anchors:
                broken.append(f"{path.name}: {link} has no such place")
    assert not broken, "\n".join(sorted(broken))


@pytest.mark.slow
def test_nothing_is_loaded_from_elsewhere(pages):
    """The manual can be read from a disk, and tells nobody who reads it."""
    _, found = pages
    afar = {
        link
        for page in found.values()
        for link in page.loaded
        if link.startswith(("http:", "https:", "//"))
    }
    assert not afar


def test_reference_is_made_from_the_program(pages):
    """Options and docstrings that only the code has are there."""
    site, _ = pages
    commands = (site / "command-line.html").read_text(encoding="utf-8")
    assert "--d-lambda" in commands and "Longest segment, as a fraction" in commands
    python = (site / "python.html").read_text(encoding="utf-8")
    assert "every_ms" in python and 'id="spike_export.Recorder.save"' in python


@pytest.mark.slow
def test_broken_links_fail_the_build(tmp_path):
    (tmp_path / "docs").mkdir()
    shutil.copytree(ROOT / "docs" / "stylesheets", tmp_path / "docs" / "stylesheets")
    head, _, tail = (ROOT / "zensical.toml").read_text().partition("nav = [")
    pages = 'nav = ["index.md", "gallery.md"]'
    (tmp_path / "zensical.toml").write_text(head + pages + tail.partition("\n]\n")[2])
    (tmp_path / "docs" / "gallery.md").write_text("# Gallery\n")
    index = tmp_path / "docs" / "index.md"
    index.write_text("# Start\n\n[away](gallery.md#gallery)\n")
    whole = build(tmp_path)
    assert not whole.returncode, whole.stdout + whole.stderr
    for link in ("nowhere.md", "gallery.md#nowhere"):
        index.write_text(f"# Start\n\n[away]({link})\n")
        assert build(tmp_path).returncode, link
