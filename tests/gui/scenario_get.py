# SPDX-License-Identifier: GPL-3.0-or-later
"""From a button of the page Get to a film: drag, add the repository, drag again, demo, film.

A link that is dropped on the window is given by Blender to the operator that is called here. The
server of files is this process.
"""

from __future__ import annotations

import functools
import http.server
import threading
import time
from collections.abc import Callable
from typing import Any

import bpy
from window import (
    DATA,
    PICTURES,
    Step,
    check,
    click,
    empty_scene,
    into_viewport,
    key,
    open_panel,
    open_tab,
    picture,
    see,
    viewport,
)

ONLINE = True
# Of Blender's own assets, which cannot be reached.
EXPECTED = ("Online Essentials", "Error downloading")
_BEFORE = "bl_ext.user_default.blender_spike"


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def scenario() -> Step:
    handler = functools.partial(_Handler, directory=str(DATA / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder = f"http://127.0.0.1:{server.server_address[1]}/extensions"
    link = f"{folder}/{(DATA / 'link').read_text(encoding='utf-8')}"
    yield from only_ours_is_asked()
    yield from empty_scene()
    yield from drag(link, "the page is not known yet")
    # Of the button that adds it, and of the dialog that this opens.
    yield from key("RET")
    yield
    picture("add repository")
    # The first ends typing of its URL.
    yield from confirm_until(
        lambda: f"{folder}/index.json" in addresses(), "the page becomes a repository"
    )
    yield
    picture("added")
    # Nothing tells when the list is there; until then, Return means Cancel.
    for attempt in range(1, 6):
        yield from drag(link, "the page is known")
        for _redraw in range(60 * attempt):
            yield
        yield from key("RET")
        begin = time.monotonic()
        while not enabled() and time.monotonic() - begin < 20:
            yield
        if enabled():
            break
    yield from see(enabled, "the second drag installs and enables it")
    picture("installed")
    yield from to_a_film()


def only_ours_is_asked() -> Step:
    """Leave out what was installed from a file, and Blender's own repository."""
    bpy.ops.preferences.addon_disable(module=_BEFORE)
    repositories = bpy.context.preferences.extensions.repos
    for one in [one for one in repositories if one.use_remote_url]:
        repositories.remove(one)
    yield
    check(not enabled(), "nothing of it is there")


def drag(link: str, when: str) -> Step:
    yield from into_viewport()
    with viewport():
        bpy.ops.extensions.package_install("INVOKE_DEFAULT", url=link)
    for _redraw in range(4):
        yield
    picture(f"dragged when {when}")


def confirm_until(condition: Callable[[], bool], what: str) -> Step:
    """Press Return until something is so: nothing tells when a dialog takes it."""
    for _attempt in range(5):
        yield from key("RET")
        for _redraw in range(20):
            yield
        if condition():
            break
    yield from see(condition, what)


def addresses() -> list[str]:
    return [one.remote_url for one in bpy.context.preferences.extensions.repos]


def enabled() -> bool:
    return any(one.module.endswith(".blender_spike") for one in bpy.context.preferences.addons)


def to_a_film() -> Step:
    """As the manual's first page says."""
    yield from open_tab("BlenderSpike")
    yield from click("blender_spike.import_demo(demo='NEURON'", 0.25)
    yield from see(lambda: "demo_neuron" in bpy.data.objects, "the demo is there")
    yield from open_panel("BLENDER_SPIKE_PT_film")
    yield from click("blender_spike.film_scene")
    scene = bpy.context.scene
    yield from see(lambda: scene.camera is not None, "the film scene has a camera")
    picture("film scene")
    yield from open_panel("BLENDER_SPIKE_PT_output")
    bpy.context.preferences.view.render_display_type = "NONE"
    # Without a graphics card, EEVEE takes minutes.
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.render.resolution_percentage = 1, 10
    scene.frame_end = scene.frame_start + 1
    film = PICTURES / "film.mp4"
    with viewport():
        bpy.ops.blender_spike.output_format(format="h264")
    scene.render.filepath = str(film)
    yield from click("blender_spike.render_film", 0.3)
    begin = time.monotonic()
    while not film.exists() and time.monotonic() - begin < 150:
        yield
    check(film.exists() and film.stat().st_size > 0, "the film is there")
    picture("film")
