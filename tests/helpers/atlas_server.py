# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server on this machine with the paths of BrainGlobe's, and with its bad days."""

from __future__ import annotations

import http.server
import re
import threading
from collections import Counter
from pathlib import Path
from typing import Any


class AtlasServer(http.server.ThreadingHTTPServer):
    """Serves a folder, with ranges and etags.

    What goes wrong is set by path ending: ``broken`` maps to the byte after which the connection
    closes (each time, counted from the beginning of the file), ``answers`` to a status, ``lies`` to
    a Content-Length; ``hold`` keeps everything waiting until it is set, or what has ``held`` in
    its path; ``storage`` marks refusals as those of the storage itself.
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.broken: dict[str, list[int]] = {}
        self.answers: dict[str, int] = {}
        self.lies: dict[str, str] = {}
        self.redirect = ""
        self.hold = threading.Event()
        self.held = ""
        self.storage = True
        self.hold.set()
        self.asked: Counter[str] = Counter()
        self.sent = 0

    @property
    def address(self) -> str:
        """What the paths are appended to."""
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def handle_error(self, *_: Any) -> None:
        """Clients that go away are what is tested here."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: AtlasServer

    def do_GET(self) -> None:  # noqa: N802
        path = self.path.lstrip("/")
        name = path.rpartition("/")[2]
        self.server.asked[name] += 1
        if self.server.held in path:
            self.server.hold.wait(20)
        file = self.server.folder / path
        status = self.server.answers.get(name, 200 if file.is_file() else 404)
        if self.server.redirect:
            self.send_response(302)
            self.send_header("Location", self.server.redirect + path)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content = file.read_bytes() if status == 200 else b""
        begin, size = 0, len(content)
        tag = f'"{hash(content):x}"'
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if wanted and self.headers.get("If-Range") == tag and int(wanted[1]) < size:
            status, begin = 206, int(wanted[1])
        self.send_response(status)
        self.send_header("ETag", tag)
        if self.server.storage:
            self.send_header("x-amz-request-id", "4442587FB7D0A2F9")
        if status == 206:
            self.send_header("Content-Range", f"bytes {begin}-{size - 1}/{size}")
        length = self.server.lies.get(name, str(size - begin))
        if length:
            self.send_header("Content-Length", length)
        self.end_headers()
        stops = self.server.broken.get(name)
        end = stops.pop(0) if stops else size
        self.wfile.write(content[begin : max(begin, end)])
        self.server.sent += max(0, end - begin)
        self.close_connection = True

    def do_CONNECT(self) -> None:  # noqa: N802
        """Refuse to pass anything on, as a proxy may."""
        self.send_error(403)

    def log_message(self, *_: Any) -> None:
        """Tests are quiet."""
