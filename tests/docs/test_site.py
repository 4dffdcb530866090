# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual as it is read: it builds, every link leads somewhere, nothing is loaded from afar.

In a browser, where there is one: search works from a disk and from a server, and pages fit.
"""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from helpers.browser import Browser, find_browser

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


def test_each_command_and_each_figure_is_in_the_reference(pages):
    """They are spread over several pages, whose lists are written by hand."""
    from spike_export import cli, figures

    site, found = pages
    commands = "".join(
        (site / f"command-line{more}.html").read_text(encoding="utf-8")
        for more in ("", "-files", "-figures")
    )
    for name in cli.main.commands:
        assert f">spike-export {name}<" in commands, name
    anchors = {anchor for page in found.values() for anchor in page.anchors}
    for name in figures.__all__:
        # Some functions have the names of their modules.
        wanted = {f"spike_export.figures.{name}", f"spike_export.figures.{name}.{name}"}
        assert wanted & anchors, name


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


# What zensical's search shows, in a part of the page that selectors do not reach.
SEARCH = "[...document.querySelectorAll('body > div')].find(one => one.shadowRoot)?.shadowRoot"
FOUND = f"[...({SEARCH})?.querySelectorAll('a') ?? []].map(one => one.href)"
# Of a screen and of a phone.
WIDTHS = (1280, 390)
# In pixels, on a screen and on a phone, whose lines are half as long.
HIGHEST = {1280: 10_000, 390: 16_000}


@pytest.fixture(scope="module")
def browser(tmp_path_factory) -> Iterator[Browser]:
    program = find_browser()
    if program is None:
        pytest.skip("there is no Chromium")
    with Browser(program, tmp_path_factory.mktemp("profile")) as one:
        yield one


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, *_: object) -> None:
        """Keep it to itself."""


@pytest.fixture(scope="module")
def served(pages) -> Iterator[str]:
    """The address of the manual on a server of this machine."""
    handler = functools.partial(Quiet, directory=pages[0])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("place", ["disk", "server"])
@pytest.mark.parametrize("page", ["index.html", "troubleshooting/index.html"])
def test_search_finds_an_operator(request, browser, pages, place, page, width):
    address = pages[0].as_uri() if place == "disk" else request.getfixturevalue("served")
    browser.look(width)
    browser.open(f"{address}/{page}")
    button = ".md-search button" if width > 600 else "label[for=__search]"
    browser.ask(f"document.querySelector('{button}').click()")
    browser.wait_for(f"({SEARCH})?.activeElement?.tagName === 'INPUT'")
    browser.type("animate_sweep")
    found = browser.wait_for(f"({FOUND}).length && {FOUND}")
    assert any("operators/surface-slicer.html" in link for link in found), found
    assert all(link.startswith(address) for link in found)
    browser.open(found[0])
    assert browser.ask("document.querySelector('h1').innerText")
    assert not browser.complaints


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pages_follow_the_systems_colors(browser, pages, dark):
    browser.look(1280, dark=dark)
    browser.open(f"{pages[0].as_uri()}/index.html")
    color = browser.ask("getComputedStyle(document.body).backgroundColor")
    bright = sum(int(part) for part in color.strip("rgba()").split(",")[:3]) > 3 * 128
    assert bright != dark, color


@pytest.mark.slow
def test_loops_stand_still_for_those_who_ask_for_it(browser, pages):
    for still, name in ((False, "figures-loop.webp"), (True, "figures.webp")):
        browser.look(1280, still=still)
        browser.open(f"{pages[0].as_uri()}/index.html")
        assert browser.ask("document.querySelector('picture img').currentSrc").endswith(f"/{name}")


@pytest.mark.slow
def test_a_film_plays_in_the_page_once_it_is_clicked_on(browser, pages):
    browser.look(1280)
    browser.open(f"{pages[0].as_uri()}/gallery.html")
    assert not browser.ask("document.querySelectorAll('iframe.film').length")
    browser.ask("document.querySelector('a.film').click()")
    size = browser.wait_for(
        "(() => { const frame = document.querySelector('iframe.film'); return frame && "
        "[frame.clientWidth, frame.clientHeight, frame.src, frame.title]; })()"
    )
    assert size[0] > 500 and size[1] >= 250 and size[2].endswith("films/action-potential.html")
    assert "time slider" in size[3] and not browser.complaints


@pytest.mark.slow
def test_pages_are_neither_too_high_nor_wider_than_the_window(browser, pages):
    site, found = pages
    wrong = []
    # What a server shows for wrong addresses names its styles from the server's root.
    for path in sorted(set(found) - {site / "404.html"}):
        browser.open(path.as_uri())
        for width in WIDTHS:
            browser.look(width)
            size = browser.ask(
                "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
            )
            if size[0] > width or size[1] > HIGHEST[width]:
                wrong.append(f"{path.relative_to(site)}: {size} at {width}")
        if browser.complaints:
            wrong.append(f"{path.relative_to(site)}: {browser.complaints}")
    assert not wrong, "\n".join(wrong)
