# SPDX-License-Identifier: GPL-3.0-or-later
"""A release's repository in a real Blender: added, installed from, updated, blocked, removed.

The server is this process. Nothing is asked of it unless Blender may go online.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from helpers.blenders import BLENDER
from tools.test_build_extension import BUILDER
from tools.test_make_release import PAGE, TOOL
from tools.test_package_life import older

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BLENDER, reason="needs a Blender that is named by BLENDER"),
]

SCRIPT = Path(__file__).with_name("repository_life.py")
NAMES = BUILDER.EXTENSIONS
ONLINE, OFFLINE = "--online-mode", "--offline-mode"


class Site:
    """The built site, with the version that is offered, and what was asked of its server."""

    def __init__(self, folder: Path, packages: list[Path]) -> None:
        self.folder, self.asked = folder, []
        self._packages = packages
        self._manual = folder.parent / "manual"
        (self._manual / "extensions").mkdir(parents=True)
        (self._manual / "extensions" / "index.html").write_text(PAGE)

    def offer(self, number: str = "") -> None:
        """Offer today's packages, or those of a version before."""
        packages = self._packages
        if number:
            packages = [older(one, self.folder.parent / "older", number) for one in packages]
        TOOL.make_site(self._manual, packages, [], self.folder)

    def block(self, name: str, reason: str) -> None:
        """Keep everyone from running an extension, as the manual says."""
        folder = self.folder / "extensions"
        (folder / "blender_repo.toml").write_text(
            f'schema_version = "1.0.0"\n[[blocklist]]\nid = "{name}"\nreason = "{reason}"\n'
        )
        command = [*BUILDER.blender_command(), "server-generate", "--repo-dir", str(folder)]
        subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("packages")
    return [BUILDER.build(name, folder) for name in NAMES]


@pytest.fixture
def site(tmp_path, packages) -> Iterator[Site]:
    made = Site(tmp_path / "served" / "site", packages)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, _text: str, *_args: Any) -> None:
            made.asked.append(self.path)

    handler = functools.partial(Handler, directory=str(made.folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    made.address = f"http://127.0.0.1:{server.server_address[1]}/extensions/index.json"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def blender(tmp_path) -> Callable[..., str]:
    """Blender with a home of its own; returns what it says."""
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)

    def run(*words: object, fails: bool = False) -> str:
        environment = {**os.environ, "BLENDER_USER_RESOURCES": str(home)}
        done = subprocess.run(
            [BLENDER, "-b", *map(str, words)],
            env=environment, capture_output=True, text=True, errors="replace", timeout=300,
        )  # fmt: skip
        said = done.stdout + done.stderr
        # Its own command ends with a traceback where it may not go online.
        assert bool(done.returncode) == fails and (fails or "Traceback" not in said), said
        return said

    run.home = home
    return run


def command(blender: Callable[..., str], mode: str, *words: object, fails: bool = False) -> str:
    return blender(mode, "--command", "extension", *words, fails=fails)


def add(blender: Callable[..., str], site: Site) -> None:
    """Add the repository in place of Blender's own, which is nobody's to ask in tests."""
    words = ["repo-add", "--clear-all", "--name", "Neurons", "--url", site.address, "neurons"]
    command(blender, OFFLINE, *words)


def installed(blender: Any) -> set[str]:
    """Folders of extensions of the repository."""
    folder = blender.home / "extensions" / "neurons"
    return {p.name for p in folder.iterdir() if p.name in NAMES} if folder.is_dir() else set()


def test_added_installed_updated_and_removed(site, blender, tmp_path):
    site.offer("0.1.0")
    add(blender, site)
    # Nothing is contacted before Blender may.
    install = ["install", "--sync", "--enable", ",".join(NAMES)]
    assert "Online access required" in command(blender, OFFLINE, *install, fails=True)
    assert not site.asked and not installed(blender)
    command(blender, ONLINE, *install)
    assert installed(blender) == set(NAMES)
    asked = {Path(urlsplit(path).path).suffix for path in site.asked}
    assert asked == {".json", ".zip"}
    # As it is with the update: again only if Blender may.
    site.offer()
    site.asked.clear()
    told = tmp_path / "told.json"
    blender(OFFLINE, "--python-exit-code", 1, "-P", SCRIPT, "--", "offline", told)
    assert not site.asked
    offline = json.loads(told.read_text())
    assert set(offline["after"]["versions"].values()) == {"older"}
    blender(ONLINE, "--python-exit-code", 1, "-P", SCRIPT, "--", "update", told)
    seen = json.loads(told.read_text())
    assert not seen["said"]
    assert set(seen["before"]["versions"].values()) == {"older"}
    assert set(seen["after"]["versions"].values()) == {"newer"}
    # The open scene is as it was, it plays, and work goes on.
    assert seen["before"]["values"] == seen["after"]["values"]
    assert seen["before"]["values"][0] != seen["before"]["values"][1]
    assert seen["before"]["objects"] == seen["after"]["objects"]
    assert len(seen["after_use"]["objects"]) > len(seen["after"]["objects"])
    listed = command(blender, OFFLINE, "list")
    assert all(f"{name} [installed]" in listed for name in NAMES), listed
    command(blender, OFFLINE, "remove", ",".join(NAMES))
    assert not installed(blender)
    command(blender, OFFLINE, "repo-remove", "neurons")
    assert "neurons" not in command(blender, OFFLINE, "repo-list")


def test_what_is_blocked_is_said(site, blender):
    site.offer()
    site.block("surface_slicer", "Loses data")
    add(blender, site)
    command(blender, ONLINE, "sync")
    listed = json.loads((site.folder / "extensions" / "index.json").read_text())
    assert listed["blocklist"] == [{"id": "surface_slicer", "reason": "Loses data"}]
    told = command(blender, OFFLINE, "list")
    _, _, after = told.partition("surface_slicer")
    assert "Blocked: Loses data" in after and told.count("Blocked") == 1
