# SPDX-License-Identifier: GPL-3.0-or-later
"""A download in a process of its own: ``worker.py REPORT``, with the request on standard input.

`tasks` starts it with Blender's own Python. The request is JSON, and so is each line that is
appended to the report.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any, Final

_NAME: Final = "blender_brain"
_SECONDS: Final = 0.1


def main() -> None:
    """Do what is requested, and report how it ended."""
    report = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)
    request = json.load(sys.stdin)
    # Where Blender finds NumPy, and the wheels that extensions bundle.
    sys.path[:] = request["path"]
    # The extension's folder without its __init__, which needs Blender.
    package = ModuleType(_NAME)
    package.__path__ = [str(Path(__file__).resolve().parent.parent)]
    sys.modules[_NAME] = package
    brainglobe = importlib.import_module(f"{_NAME}.download.brainglobe")
    last = 0.0

    def append(line: dict[str, Any]) -> None:
        os.write(report, json.dumps(line).encode() + b"\n")

    def tell(progress: Any) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _SECONDS:
            last = now
            append(_figures(progress))

    progress = brainglobe.Progress(tell)
    try:
        result = _TASKS[request["task"]](brainglobe, request, progress)
        ended = {"result": result, **_figures(progress)}
    except brainglobe.DownloadError as problem:
        ended = {"error": str(problem)}
    except Exception as problem:
        # The console gets the full traceback; this is for users without a console.
        traceback.print_exc()
        ended = {"error": f"Unexpected error: {problem!r}."}
    append(ended)


def _figures(progress: Any) -> dict[str, int]:
    return {
        "files": progress.files,
        "files_done": progress.files_done,
        "bytes_done": progress.bytes_done,
    }


def _list(brainglobe: Any, request: dict[str, Any], _progress: Any) -> Any:
    return brainglobe.available_atlases(request["server"])


def _atlas(brainglobe: Any, request: dict[str, Any], progress: Any) -> str:
    search = importlib.import_module(f"{_NAME}.atlas.search")
    regions = request["regions"].strip(" ,;")

    def choose(structures: Any) -> Any:
        return search.Search(structures).find(regions) if regions else structures

    place = brainglobe.download_atlas(
        request["name"], request["version"], choose, Path(request["folder"]), progress,
        request["server"],
    )  # fmt: skip
    return str(place)


def _meshes(brainglobe: Any, request: dict[str, Any], progress: Any) -> list[int]:
    atlas = importlib.import_module(f"{_NAME}.atlas").open_atlas(Path(request["folder"]))
    absent: list[int] = brainglobe.download_meshes(
        atlas, request["ids"], progress, request["server"]
    )
    return absent


_TASKS: Final = {"list": _list, "atlas": _atlas, "meshes": _meshes}

if __name__ == "__main__":
    main()
