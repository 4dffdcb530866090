# SPDX-License-Identifier: GPL-3.0-or-later
"""The site of a release: what it offers, and that Blender installs from it."""

from __future__ import annotations

import functools
import hashlib
import http.server
import importlib.util
import json
import subprocess
import threading
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from tools.test_build_extension import BUILDER

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = '<p>Get</p><div id="extensions">\n<p>None.</p>\n</div><p>More</p>'


def load_tool() -> Any:
    spec = importlib.util.spec_from_file_location("make_release", ROOT / "tools/make_release.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = load_tool()


class Links(HTMLParser):
    """The addresses that a page links to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an ``a`` leads to."""
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("packages")
    return [BUILDER.build(name, folder) for name in BUILDER.EXTENSIONS]


@pytest.fixture
def manual(tmp_path) -> Path:
    folder = tmp_path / "manual"
    (folder / "extensions").mkdir(parents=True)
    (folder / "index.html").write_text("Start")
    (folder / "extensions" / "index.html").write_text(PAGE)
    return folder


def test_the_site_offers_all_of_it(packages, manual, tmp_path):
    wheel = tmp_path / "spike_export-1.0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    site = tmp_path / "dist" / "site"
    site.mkdir(parents=True)
    (site / "old.zip").touch()
    listed = TOOL.make_site(manual, packages, [wheel], site)
    assert [entry["id"] for entry in listed] == ["blender_brain", "blender_spike", "surface_slicer"]
    assert [path.name for path in site.parent.iterdir()] == ["site"]
    assert (site / "index.html").read_text() == "Start" and not (site / "old.zip").exists()
    folder = site / "extensions"
    page = (folder / "index.html").read_text()
    assert "None." not in page and page.startswith("<p>Get</p>") and page.endswith("<p>More</p>")
    links = Links(page).found
    for link in links:
        assert (folder / urlsplit(link).path).is_file()
    dragged = {urlsplit(link).path: parse_qs(urlsplit(link).query) for link in links if "?" in link}
    assert set(dragged) == {path.name for path in packages}
    for query in dragged.values():
        assert query == {"repository": ["./index.json"], "blender_version_min": ["5.2.0"]}
    sums = dict(line.split()[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert set(sums) == {wheel.name, *(path.name for path in packages)}
    for name, digest in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


@pytest.mark.slow
def test_links_are_those_of_blender_s_own_page(packages, manual, tmp_path):
    listed = TOOL.make_site(manual, packages, [], tmp_path / "site")
    folder = tmp_path / "site" / "extensions"
    command = [*BUILDER.blender_command(), "server-generate", "--html", "--repo-dir", folder]
    subprocess.run(command, check=True, capture_output=True)
    own = {
        urljoin("http://x/y/", link) for link in Links((folder / "index.html").read_text()).found
    }
    assert {urljoin("http://x/y/", TOOL.drag_link(entry)) for entry in listed} == own


@pytest.mark.slow
def test_blender_installs_from_the_site(packages, manual, tmp_path):
    """By its own client, from a plain server of files."""
    site, local = tmp_path / "site", tmp_path / "local"
    TOOL.make_site(manual, packages, [], site)
    local.mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        repository = f"http://127.0.0.1:{server.server_address[1]}/extensions/index.json"
        common = ["--local-dir", local, "--remote-url", repository]
        own = BUILDER.blender_command()
        subprocess.run([*own, "sync", *common], check=True, capture_output=True)
        install = [
            *own,
            "install",
            ",".join(BUILDER.EXTENSIONS),
            *common,
            "--blender-version",
            "5.2.0",
        ]
        done = subprocess.run(install, capture_output=True, text=True)
    finally:
        server.shutdown()
        server.server_close()
    assert done.returncode == 0, done.stdout + done.stderr
    for name in BUILDER.EXTENSIONS:
        assert (local / name / "common" / "__init__.py").is_file()


@pytest.mark.slow
def test_what_blender_does_not_list_is_no_release(packages, manual, tmp_path):
    broken = tmp_path / packages[0].name
    broken.write_bytes(b"no zip")
    with pytest.raises(RuntimeError, match="Blender lists "):
        TOOL.make_site(manual, [broken, packages[1]], [], tmp_path / "site")
    assert not (tmp_path / "site").exists()


@pytest.mark.slow
def test_a_manual_without_the_page_is_refused(packages, manual, tmp_path):
    (manual / "extensions" / "index.html").write_text("Get")
    with pytest.raises(RuntimeError, match="extensions/index.html has no place"):
        TOOL.make_site(manual, packages[:1], [], tmp_path / "site")
    assert not (tmp_path / "site").exists()


@pytest.mark.slow
def test_without_blender_one_sentence_says_so(packages, manual, tmp_path, monkeypatch):
    monkeypatch.setattr(TOOL.build_extension, "blender_command", list)
    with pytest.raises(RuntimeError, match="there is no Blender to list the extensions"):
        TOOL.make_site(manual, packages[:1], [], tmp_path / "site")


def test_changes_that_are_not_committed_are_refused(tmp_path, monkeypatch):
    for words in (["init", "--quiet"], ["commit", "--quiet", "--allow-empty", "-m", "first"]):
        named = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", "-C", tmp_path, *named, *words], check=True)
    monkeypatch.setattr(TOOL, "ROOT", tmp_path)
    (tmp_path / "spike_export").mkdir()
    (tmp_path / "spike_export" / "version.py").write_text('__version__ = "1.0.0"\n')
    with pytest.raises(SystemExit, match="changes that are not committed:\n.*spike_export/"):
        TOOL.main()
    assert not (tmp_path / "dist").exists()


COMMIT = "0123456789abcdef"


@pytest.fixture
def checks(tmp_path) -> Path:
    """What .ci/run leaves when all has passed."""
    (tmp_path / "commit").write_text(f"{COMMIT}\n")
    (tmp_path / "changes").write_text("")
    (tmp_path / "make_lint.stage").write_text("passed       12  make lint\n")
    (tmp_path / "a.stage").write_text("passed      310  make test-window ONLY=a (attempt 2)\n")
    return tmp_path


def test_what_has_passed_as_a_whole_is_released(checks):
    assert TOOL.why_not_checked(checks, COMMIT, [""]) == ""


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("b.stage", "failed        3  make test\n", "of .ci/run failed: make test"),
        ("b.stage", "not run       0  make test-window ONLY=b (not done in time)\n",
         "did not run: make test-window ONLY=b. Where"),
        ("b.stage", "", ".ci/run was interrupted"),
        ("commit", "f" * 40, ".ci/run has checked ffffffffffff, not this"),
        ("changes", " M README.md\n", ".ci/run has checked 0123456789ab with changes, not this"),
    ],
)  # fmt: skip
def test_what_has_not_passed_is_not_released(checks, name, content, said):
    (checks / name).write_text(content)
    assert said in TOOL.why_not_checked(checks, COMMIT, [""])


def test_what_has_not_been_checked_is_not_released(checks, tmp_path):
    assert "run .ci/run first" in TOOL.why_not_checked(tmp_path / "none", COMMIT, [])
    for path in checks.glob("*.stage"):
        path.unlink()
    assert "interrupted" in TOOL.why_not_checked(checks, COMMIT, [])


def test_what_passed_elsewhere_counts_only_if_it_could_not_run_here(checks):
    (checks / "b.stage").write_text("not run       0  make test-blender (there is no Blender)\n")
    (checks / "c.stage").write_text("not run       0  make test-window ONLY=c\n")
    both = ["make test-blender", "make test-window ONLY=c"]
    assert "ONLY=c. Where" in TOOL.why_not_checked(checks, COMMIT, both[:1])
    assert TOOL.why_not_checked(checks, COMMIT, both) == ""
    (checks / "b.stage").write_text("failed        9  make test-blender\n")
    assert "failed: make test-blender" in TOOL.why_not_checked(checks, COMMIT, both)


def test_wheels_are_in_the_link():
    entry = {
        "archive_url": "./a-1.zip", "blender_version_min": "5.2.0",
        "python_versions": ["3.13", "3.14"],
    }  # fmt: skip
    query = parse_qs(urlsplit(TOOL.drag_link(json.loads(json.dumps(entry)))).query)
    assert query["python_versions"] == ["3.13,3.14"]
