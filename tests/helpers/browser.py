# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless Chromium, controlled through its pipe: what those who read and watch have."""

from __future__ import annotations

import base64
import fcntl
import io
import itertools
import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Final

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
_PATIENCE_S: Final = 60
_DRAWS: Final = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
# It reads at 3 and writes at 4, which this process may be using itself.
_START: Final = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); "
    "os.execv(sys.argv[3], sys.argv[3:])"
)


def find_browser() -> str | None:
    """Find a Chromium on the PATH."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


class Browser:
    """A browser with one page.

    Parameters
    ----------
    program : str
        The browser.
    profile : Path
        An empty folder for what it keeps.
    draws : bool
        Whether it can draw in space: by software, as on a machine without a graphics card.
    """

    def __init__(self, program: str, profile: Path, *, draws: bool = False) -> None:
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        high = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_browser, from_browser)]
        command = [
            program, "--headless", "--no-sandbox", *(_DRAWS if draws else ["--disable-gpu"]),
            "--hide-scrollbars", "--no-first-run", f"--user-data-dir={profile}",
            "--remote-debugging-pipe", "about:blank",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, *map(str, high), *command],
            pass_fds=high,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for end in (to_browser, from_browser, *high):
            os.close(end)
        self._numbers = itertools.count(1)
        self._left = b""
        self._session = ""
        self.complaints: list[str] = []
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=page, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Browser:
        """Give the browser, which has started already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        for end in (self._write, self._read):
            os.close(end)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the browser's own protocol, and wait for its answer."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result
            self._note(answer)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            ready, _, _ = select.select([self._read], [], [], _PATIENCE_S)
            assert ready, "the browser does not answer"
            piece = os.read(self._read, 1 << 16)
            assert piece, "the browser ended"
            self._left += piece
        message, self._left = self._left.split(b"\0", 1)
        answer: dict[str, Any] = json.loads(message)
        return answer

    def _note(self, event: dict[str, Any]) -> None:
        said = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(said["exceptionDetails"]))
        elif event.get("method") == "Network.loadingFailed" and not said.get("canceled"):
            self.complaints.append(f"{said['type']} not loaded: {said['errorText']}")

    def look(
        self, width: int, *, height: int = 900, dark: bool = False, still: bool = False
    ) -> None:
        """Choose the window's size, colors, and whether motion is wanted, as a system tells it."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        features = [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if still else "no-preference"},
        ]
        self.call("Emulation.setEmulatedMedia", features=features)

    def open(self, address: str) -> None:
        """Go to an address, and wait until all is loaded."""
        self.call("Page.navigate", url="about:blank")
        self.wait_for("location.href === 'about:blank' && document.readyState === 'complete'")
        self.complaints.clear()
        self.call("Page.navigate", url=address)
        self.wait_for("location.href !== 'about:blank' && document.readyState === 'complete'")

    def ask(self, expression: str) -> Any:
        """Evaluate JavaScript in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait_for(self, expression: str) -> Any:
        """Wait until JavaScript in the page gives something that is true, and return it."""
        end = time.monotonic() + _PATIENCE_S
        while time.monotonic() < end:
            if value := self.ask(expression):
                return value
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression}")

    def type(self, text: str) -> None:
        """Type a text where the cursor is."""
        self.call("Input.insertText", text=text)

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key, by its name in JavaScript."""
        text = {"text": key} if len(key) == 1 else {}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, modifiers=8 * shift, **text)

    def point(self, x: float, y: float) -> None:
        """Move the mouse to a place in the window."""
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, x: float, y: float) -> None:
        """Click at a place in the window."""
        self.point(x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )  # fmt: skip

    def picture(self) -> Any:
        """Take a picture of the window, an array of uint8, shape (height, width, 3)."""
        import numpy as np
        from PIL import Image

        shot = self.call("Page.captureScreenshot", format="png")["data"]
        with Image.open(io.BytesIO(base64.b64decode(shot))) as image:
            return np.asarray(image.convert("RGB"))


def film_picture(browser: Browser, time: float = 0.0) -> Any:
    """Take a picture of a film's page at a time of the film, as floats; see `Browser.picture`."""
    browser.ask(f"film.seek({time}), film.draw(), 0")
    # After the next picture, all of it is on the screen.
    browser.ask(
        "window.seen = 0, requestAnimationFrame(() => requestAnimationFrame(() => seen = 1)), 0"
    )
    browser.wait_for("window.seen")
    return browser.picture().astype(float)
