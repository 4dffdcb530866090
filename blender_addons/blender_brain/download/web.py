# SPDX-License-Identifier: GPL-3.0-or-later
"""Files from a web server: complete or not at all, of limited size, and resumable."""

from __future__ import annotations

import http.client
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

_TIMEOUT_S: Final = 30
_CHUNK: Final = 1 << 16
_ATTEMPTS: Final = 3
_LOCAL: Final = ("localhost", "127.0.0.1")
_AGENT: Final = "BlenderBrain"

Received = Callable[[int], None]
"""Called with the number of bytes of each piece; raises to stop."""


class WebError(Exception):
    """A file that did not arrive; the text is a sentence that names it."""


class NotThereError(WebError):
    """The server has no such file."""


def read(url: str, most: int, received: Received) -> bytes:
    """Read a small file.

    Parameters
    ----------
    most : int
        Largest size in bytes.
    received : callable

    Raises
    ------
    WebError
    """
    content = bytearray()

    def attempt() -> None:
        with _open(url, {}) as response:
            length = _length(url, response, most)
            content.clear()
            while len(content) < length and (piece := response.read(_CHUNK)):
                content.extend(piece)
                received(len(piece))
            if len(content) != length:
                raise http.client.IncompleteRead(bytes(content), length)

    _persist(url, attempt)
    return bytes(content)


def fetch(url: str, path: Path, most: int, received: Received) -> None:
    """Download a file, or the rest of it, to a path, where it appears when complete.

    What has arrived so far is kept next to it, with ``.part`` appended to its name, and is resumed
    the next time if the server's file is still the same.

    Parameters
    ----------
    path : Path
        In an existing folder. Nothing is done if the file already exists.
    most : int
        Largest size in bytes.
    received : callable

    Raises
    ------
    WebError
    OSError
        If it cannot be written.
    """
    if path.is_file():
        return
    part = path.with_name(path.name + ".part")
    label = path.with_name(path.name + ".etag")

    def attempt() -> None:
        begun = part.stat().st_size if part.is_file() else 0
        tag = label.read_text(encoding="ascii") if begun and label.is_file() else ""
        resumed = {"Range": f"bytes={begun}-", "If-Range": tag} if begun and tag else {}
        try:
            response = _open(url, resumed)
        except urllib.error.HTTPError as problem:
            if problem.code != 416:
                raise
            problem.close()
            part.unlink(missing_ok=True)
            response = _open(url, {})
        with response:
            if not (response.status == 206 and _begins_at(response, begun)):
                begun = 0
                _remember(label, response.headers.get("ETag", ""))
            length = begun + _length(url, response, most - begun)
            with part.open("ab" if begun else "wb") as stream:
                size = begun
                while size < length and (piece := response.read(_CHUNK)):
                    stream.write(piece)
                    size += len(piece)
                    received(len(piece))
            if size != length:
                raise http.client.IncompleteRead(b"", length - size)

    _persist(url, attempt)
    os.replace(part, path)
    label.unlink(missing_ok=True)


def _persist(url: str, attempt: Callable[[], None]) -> None:
    """Retry when the connection fails."""
    name = url.rpartition("/")[2]
    for left in reversed(range(_ATTEMPTS)):
        try:
            return attempt()
        except urllib.error.HTTPError as problem:
            # Amazon's storage answers 403 for missing files, and signs it; a proxy that refuses to
            # fetch them does not.
            missing = problem.code in (404, 410) or (
                problem.code == 403 and problem.headers.get("x-amz-request-id")
            )
            problem.close()
            if missing:
                raise NotThereError(f"The server has no {name}.") from None
            if problem.code in (403, 407, 451):
                raise WebError(
                    f"{name}: access was refused ({problem.code}), probably by a proxy or firewall "
                    "on the way."
                ) from None
            if problem.code < 500 or not left:
                raise WebError(f"{name}: the server answered {problem.code}.") from None
        except http.client.HTTPException:
            if not left:
                raise WebError(f"{name}: the connection kept failing.") from None
        except urllib.error.URLError as problem:
            if not left:
                raise WebError(
                    f"{name}: the server cannot be reached: {_plain(problem.reason)}."
                ) from None
        except (ConnectionError, TimeoutError):
            if not left:
                raise WebError(f"{name}: the server does not respond.") from None


def _plain(reason: Any) -> str:
    """Leave out the number of a system error."""
    return getattr(reason, "strerror", None) or str(reason)


class _OnlySafe(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        try:
            _check(newurl)
        except WebError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check(url: str) -> None:
    parts = urllib.parse.urlsplit(url)
    # Without encryption only this machine can be trusted, as in tests.
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise WebError(f"{url[:80]} is not an https address.")


def _open(url: str, headers: dict[str, str]) -> Any:
    _check(url)
    request = urllib.request.Request(url, headers={"User-Agent": _AGENT, **headers})
    return urllib.request.build_opener(_OnlySafe).open(request, timeout=_TIMEOUT_S)


def _length(url: str, response: Any, most: int) -> int:
    length = response.headers.get("Content-Length", "")
    name = url.rpartition("/")[2]
    if not re.fullmatch(r"\d{1,15}", length):
        raise WebError(f"{name}: the server does not report its size.")
    if int(length) > most:
        raise WebError(f"{name} is larger than {most >> 20} MB.")
    return int(length)


def _begins_at(response: Any, begun: int) -> bool:
    return str(response.headers.get("Content-Range", "")).startswith(f"bytes {begun}-")


def _remember(label: Path, tag: str) -> None:
    # Weak tags do not guarantee identical bytes.
    if re.fullmatch(r'"[!#-~]{1,200}"', tag):
        label.write_text(tag, encoding="ascii")
    else:
        label.unlink(missing_ok=True)
