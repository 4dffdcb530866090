# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar's download: asked, watched, cancelled, gone on with; and refused without consent."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.atlas_server import AtlasServer
from helpers.atlases import NAME, write_v3


@pytest.fixture
def server(bpy: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtlasServer]:
    """A server on this machine in BrainGlobe's place, and Blender allowed to go online."""
    from blender_brain.atlas import library
    from blender_brain.download import brainglobe, running

    write_v3(tmp_path / "there")
    home = tmp_path / "there" / "brainglobe-atlasapi"
    (home / "atlases" / "last_versions.conf").write_text(
        f"[atlases]\n{NAME} = 3.0\nanother_mouse_25um = 1.2\n"
    )
    monkeypatch.setenv("BRAINGLOBE_CONFIG_DIR", str(tmp_path))
    monkeypatch.setattr(library, "own_folder", lambda: tmp_path / "own")
    (tmp_path / "bg_config.conf").write_text(
        f"[default_dirs]\nbrainglobe_dir = {tmp_path / 'none'}\n"
    )
    system = bpy.context.preferences.system
    system.use_online_access = True
    with AtlasServer(home) as server:
        monkeypatch.setattr(brainglobe, "SERVER", server.address)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.hold.set()
        running.stop()
        server.shutdown()
        thread.join()
    system.use_online_access = False


@pytest.fixture
def window(bpy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a window, where operators do not wait: what they see is not in the background."""
    from blender_brain.operators import downloading

    app = SimpleNamespace(background=False, timers=bpy.app.timers, online_access=True)
    seen = SimpleNamespace(app=app, types=bpy.types, path=bpy.path)
    monkeypatch.setattr(downloading, "bpy", seen)


def until(done: Any) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_nothing_goes_online_unless_blender_allows_it(bpy: Any, server: AtlasServer):
    from blender_brain.download import running

    bpy.context.preferences.system.use_online_access = False
    assert not bpy.app.online_access
    assert running.refusal() == running.NOT_ALLOWED
    for call in (bpy.ops.blender_brain.list_downloads, bpy.ops.blender_brain.download_atlas):
        assert not call.poll()
        with pytest.raises(RuntimeError, match="not allowed to go online"):
            call()
    assert not server.asked


@pytest.mark.slow
def test_a_script_waits_until_all_is_there(bpy: Any, server: AtlasServer):
    ops = bpy.ops.blender_brain
    assert ops.list_downloads() == {"FINISHED"}
    assert ops.download_atlas(atlas=NAME, regions="CA3, DG") == {"FINISHED"}
    assert ops.import_regions(atlas=NAME, acronyms="CA3") == {"FINISHED"}
    with pytest.raises(RuntimeError, match="MO has no mesh on this disk yet; press Download"):
        ops.import_regions(atlas=NAME, acronyms="MO")
    # The rest of it later.
    ops.download_atlas(atlas=NAME)
    assert ops.import_regions(atlas=NAME, acronyms="MO, grey") == {"FINISHED"}
    for wrong in ({"atlas": "mouse"}, {"atlas": NAME, "regions": "CA33"}):
        with pytest.raises(RuntimeError, match="no atlas named 'mouse'|no structure \"CA33\""):
            ops.download_atlas(**wrong)
    server.answers["last_versions.conf"] = 500
    with pytest.raises(RuntimeError, match="list of atlases could not be downloaded"):
        ops.list_downloads()


@pytest.mark.slow
def test_in_a_window_it_is_watched_and_can_be_cancelled(
    bpy: Any, server: AtlasServer, window: None
):
    from blender_brain.atlas import library
    from blender_brain.download import running

    ops = bpy.ops.blender_brain
    server.hold.clear()
    assert ops.list_downloads() == {"FINISHED"}
    assert running.is_listing() and bpy.app.timers.is_registered(running.look)
    assert running.look() and not running.offered() and not ops.list_downloads.poll()
    server.hold.set()
    until(lambda: not running.is_listing())
    assert running.look() is None
    assert [name for name, _ in running.offered()] == ["another_mouse_25um", NAME]

    server.hold.clear()
    assert not ops.cancel_download.poll()
    assert ops.download_atlas(atlas=NAME) == {"FINISHED"}
    assert running.running() is not None and running.look()
    assert not ops.download_atlas.poll() and not ops.list_downloads.poll()
    # At once, although the server is silent.
    ops.cancel_download()
    assert running.running() is None and running.look() is None
    server.hold.set()
    told, failed = running.last()
    assert failed and "cancelled; press Download again to resume" in told
    assert not library.find() and not running.arrived()

    ops.download_atlas(atlas=NAME)
    until(lambda: running.running() is None)
    assert running.look() is None
    assert running.last() == (f"Downloaded {NAME}.", False)
    assert [atlas.full_name for atlas in library.find()] == [running.arrived()]
    assert ops.import_regions(atlas=running.arrived(), acronyms="CA3") == {"FINISHED"}


def test_what_nobody_expected_is_no_success(
    bpy: Any, server: AtlasServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Such as too little memory: it is told, and nothing is said to be there."""
    from blender_brain.download import running, tasks

    ops = bpy.ops.blender_brain
    ops.list_downloads()
    broken = tmp_path / "worker.py"
    broken.write_text("raise MemoryError\n")
    monkeypatch.setattr(tasks, "WORKER", broken)
    with pytest.raises(RuntimeError, match="stopped unexpectedly"):
        ops.download_atlas(atlas=NAME)
    assert running.last()[1] and not running.arrived()
    with pytest.raises(RuntimeError, match="stopped unexpectedly"):
        ops.list_downloads()


@pytest.fixture
def empty(server: AtlasServer, tmp_path: Path) -> Path:
    """An atlas as BrainGlobe's library installs it: without meshes."""
    folder = tmp_path / "brainglobe"
    write_v3(folder, meshes={})
    return folder


@pytest.mark.slow
def test_meshes_that_are_not_on_this_disk_are_downloaded_when_asked(
    bpy: Any, server: AtlasServer, empty: Path
):
    ops = bpy.ops.blender_brain
    where = {"atlas": NAME, "folder": str(empty)}
    with pytest.raises(RuntimeError) as error:
        ops.import_regions(**where, acronyms="CA3, DG")
    assert "CA3, DG have no mesh on this disk yet; press Download, or use download=True" in str(
        error.value
    )
    assert not server.asked
    assert ops.import_regions(**where, acronyms="CA3, DG", download=True) == {"FINISHED"}
    assert set(server.asked) == {"463", "70726"}
    assert {"CA3", "DG"} <= set(bpy.data.objects.keys())
    # What is there is imported, and what is not is named.
    import_regions = ops.import_regions(**where, acronyms="CA3, MO")
    assert import_regions == {"FINISHED"}
    assert ops.download_meshes(**where, acronyms="HPF", parts="HIERARCHY") == {"FINISHED"}
    assert server.asked["8589934597"] == 1 and server.asked["463"] == 1
    assert ops.import_regions(**where, acronyms="HPF", parts="HIERARCHY") == {"FINISHED"}
    # The server has none of this one, which is not said before it was asked.
    with pytest.raises(RuntimeError, match="VS/2 3 has no mesh on this disk yet"):
        ops.import_regions(**where, acronyms="VS/2 3")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="The atlas has no mesh for VS/2 3"):
            ops.import_regions(**where, acronyms="VS/2 3", download=True)
    assert server.asked["73"] == 1
    assert not [path for path in empty.rglob(".part*")]


def test_without_access_nothing_is_downloaded_and_it_says_how(
    bpy: Any, server: AtlasServer, empty: Path
):
    bpy.context.preferences.system.use_online_access = False
    ops = bpy.ops.blender_brain
    where = {"atlas": NAME, "folder": str(empty), "acronyms": "CA3"}
    with pytest.raises(
        RuntimeError, match="no mesh on this disk yet; Blender is not allowed to go"
    ):
        ops.import_regions(**where)
    with pytest.raises(RuntimeError, match="on this disk yet, and Blender is not allowed to go on"):
        ops.import_regions(**where, download=True)
    assert not ops.download_meshes.poll() and not server.asked


def test_the_panel_says_what_is_missing_and_offers_it(bpy: Any, server: AtlasServer, empty: Path):
    """In the place of the message, for just these; and how else without access."""
    from blender_brain.settings import fields
    from helpers.panels import drawn

    def panel() -> str:
        return " ".join(drawn(bpy, bpy.types.BLENDER_BRAIN_PT_atlas))

    typed = fields(bpy.context.scene)
    typed.folder, typed.atlas = str(empty), f"{NAME}_v3.0"
    assert "on this disk" not in panel()
    typed.acronyms = "CA3, DG"
    assert "CA3, DG have no mesh on this disk yet." in panel() and "Download 2" in panel()
    # Somebody is still typing.
    typed.acronyms = "CA3, D"
    assert "on this disk" not in panel()
    typed.acronyms, typed.parts = "HPF", "HIERARCHY"
    assert "Download 3" in panel()
    bpy.context.preferences.system.use_online_access = False
    assert "Download 3" not in panel() and "not allowed to go online" in panel()
    assert 'atlas.mesh_from_structure("CA3")' in panel()
    bpy.context.preferences.system.use_online_access = True
    bpy.ops.blender_brain.download_meshes(
        atlas=NAME, folder=str(empty), acronyms="HPF", parts="HIERARCHY"
    )
    assert "on this disk" not in panel()


def test_in_a_window_meshes_arrive_meanwhile(
    bpy: Any, server: AtlasServer, empty: Path, window: None
):
    from blender_brain.download import running

    ops = bpy.ops.blender_brain
    where = {"atlas": NAME, "folder": str(empty)}
    server.hold.clear()
    assert ops.download_meshes(**where, acronyms="CA3, VS/2 3") == {"FINISHED"}
    assert running.running() is not None and not ops.download_meshes.poll()
    server.hold.set()
    until(lambda: running.running() is None)
    assert running.look() is None
    told = f"Downloaded 2 meshes of {NAME}; there is no mesh of VS/2 3 on the server."
    assert running.last() == (told, False)
    assert ops.import_regions(**where, acronyms="CA3") == {"FINISHED"}


def test_nothing_goes_on_behind_a_disabled_extension(bpy: Any, server: AtlasServer, window: None):
    import blender_brain
    from blender_brain.download import running

    ops = bpy.ops.blender_brain
    ops.list_downloads()
    until(lambda: not running.is_listing())
    server.hold.clear()
    ops.download_atlas(atlas=NAME)
    current = running.running()
    blender_brain.unregister()
    try:
        assert not bpy.app.timers.is_registered(running.look) and running.running() is None
        assert not current.running and current.result is None
        server.hold.set()
    finally:
        blender_brain.register()


def test_fields_offer_what_the_server_has(bpy: Any, server: AtlasServer):
    from blender_brain.settings import fields

    typed, suggest = fields(bpy.context.scene), bpy.ops.blender_brain.suggest
    with pytest.raises(TypeError, match="not found in"):
        suggest(field="download", item="another_mouse_25um")
    bpy.ops.blender_brain.list_downloads()
    assert suggest(field="download", item="another_mouse_25um") == {"FINISHED"}
    assert typed.download == "another_mouse_25um"


@pytest.mark.slow
def test_a_film_downloads_its_meshes_when_asked(bpy: Any, server: AtlasServer, empty: Path):
    """The gray matter too, although a part of it is here and could stand in for it."""
    ops = bpy.ops.blender_brain
    where = {"atlas": NAME, "folder": str(empty)}
    with pytest.raises(RuntimeError, match="grey, DG, CA3 have no mesh on this disk yet; press"):
        ops.film_scene(**where)
    ops.import_regions(**where, acronyms="CA3", download=True)
    assert ops.film_scene(**where) == {"FINISHED"}
    assert "grey" not in bpy.data.objects
    look = bpy.data.objects["CA3"].active_material["blender_brain_look"]
    assert look == "GRADIENT"
    server.asked.clear()
    assert ops.film_scene(**where, download=True) == {"FINISHED"}
    assert set(server.asked) == {"8", "70726"}
    assert bpy.data.objects["grey"].active_material["blender_brain_look"] == "GLASS"
