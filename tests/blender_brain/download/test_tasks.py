# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads in a process of their own: reported, cancelled at any moment, resumed, alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from blender_brain.atlas import find_atlases, open_atlas
from blender_brain.download import tasks
from blender_brain.download.tasks import CANCELLED, Task
from helpers.atlas_server import AtlasServer
from helpers.atlases import NAME, write_v3


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AtlasServer]:
    write_v3(tmp_path / "there")
    home = tmp_path / "there" / "brainglobe-atlasapi"
    (home / "atlases" / "last_versions.conf").write_text(f"[atlases]\n{NAME} = 3.0\n")
    with AtlasServer(home) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.hold.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def reports(tmp_path: Path) -> Iterator[str]:
    """Where tasks report, and leave nothing."""
    folder = tmp_path / "reports"
    folder.mkdir()
    yield str(folder)
    assert not list(folder.iterdir())


def request(server: AtlasServer, folder: Path, regions: str = "") -> dict[str, Any]:
    return {
        "task": "atlas",
        "name": NAME,
        "version": "3.0",
        "regions": regions,
        "folder": str(folder),
        "server": server.address,
    }


def until(done: Callable[[], Any]) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def with_mesh(folder: Path) -> set[str]:
    (found,) = find_atlases([folder], default=False)
    return {one.acronym for one in open_atlas(found).structures if one.has_mesh}


@pytest.mark.slow
def test_it_lists_and_downloads(server: AtlasServer, tmp_path: Path, reports: str):
    listing = Task({"task": "list", "server": server.address}, reports)
    listing.wait(60)
    assert not listing.error and listing.result == [[NAME, "3.0"]]
    download = Task(request(server, tmp_path / "own", "CA3, DG"), reports)
    seen = set()
    download.wait(60, lambda: seen.add(download.files_done))
    assert not download.error and download.fraction == 1
    assert (download.files, download.files_done) == (4, 4)
    assert download.bytes_done == server.sent - (
        listing.bytes_done or len(f"[atlases]\n{NAME} = 3.0\n")
    )
    assert with_mesh(tmp_path / "own") == {"CA3", "DG"}
    assert Path(download.result).is_dir()


@pytest.mark.slow
def test_it_is_cancelled_at_any_moment_and_resumed(
    server: AtlasServer, tmp_path: Path, reports: str
):
    """Also while the server is silent; what was complete before need not arrive again."""
    server.held = "mesh/"
    server.hold.clear()
    download = Task(request(server, tmp_path / "own"), reports)
    until(lambda: download.running and download.files_done == 2 and server.asked.total() > 3)
    download.cancel()
    assert not download.running and download.error == CANCELLED
    assert not find_atlases([tmp_path / "own"], default=False)
    server.hold.set()
    again = Task(request(server, tmp_path / "own", "CA3"), reports)
    again.wait(60)
    assert not again.error and with_mesh(tmp_path / "own") == {"CA3"}
    assert server.asked["manifest.json"] == server.asked["terminology.csv"] == 1


def test_two_at_once(server: AtlasServer, tmp_path: Path, reports: str):
    server.hold.clear()
    first = Task(request(server, tmp_path / "own", "CA3"), reports)
    until(lambda: server.asked)
    second = Task(request(server, tmp_path / "own", "DG"), reports)
    second.wait(60)
    assert second.error == f"{NAME} is already being downloaded."
    server.hold.set()
    first.wait(60)
    assert not first.error and with_mesh(tmp_path / "own") == {"CA3"}


def test_errors_arrive_as_sentences(server: AtlasServer, tmp_path: Path, reports: str):
    for regions, status, sentence in (
        ("CA33", 200, 'no structure "CA33"'),
        ("CA3", 404, "The server has none of the requested meshes."),
    ):
        server.answers["463"] = status
        download = Task(request(server, tmp_path / "own", regions), reports)
        download.wait(60)
        assert sentence in download.error and download.result is None


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("import os; os._exit(3)", "The download stopped unexpectedly, with exit code 3."),
        ("raise MemoryError", "The download stopped unexpectedly, with exit code 1."),
    ],
)
def test_a_process_that_breaks_down_is_no_success(
    tmp_path: Path, reports: str, monkeypatch: pytest.MonkeyPatch, code: str, sentence: str
):
    broken = tmp_path / "worker.py"
    broken.write_text(f"import sys; sys.stdin.read()\n{code}\n")
    monkeypatch.setattr(tasks, "WORKER", broken)
    task = Task({"task": "list", "server": ""}, reports)
    task.wait(60)
    assert task.error == sentence


def test_what_nobody_expected_is_told(reports: str):
    task = Task({"task": "list"}, reports)
    task.wait(60)
    assert task.error == "Unexpected error: KeyError('server')."


def test_without_python(reports: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tasks.sys, "executable", "/nowhere/python")
    task = Task({"task": "list", "server": ""}, reports)
    assert not task.running and "Python cannot be started: No such file" in task.error
