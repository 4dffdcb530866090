# SPDX-License-Identifier: GPL-3.0-or-later
"""What reviewers of Blender's extensions platform refuse is in none of the extensions.

The names keep two of the extensions off the platform; its other rules are kept.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomllib
from tools.test_build_extension import BUILDER

NAMES = BUILDER.EXTENSIONS
# Threads may outlive the call that starts them; packages are bundled as wheels, not installed.
MODULES = {
    "_thread", "ctypes", "ensurepip", "marshal", "multiprocessing", "pip", "queue",
    "runpy", "site", "threading", "venv",
}  # fmt: skip
# Code from data.
FUNCTIONS = {"__import__", "compile", "eval", "exec"}
# Code from data, other programs, and what stays when an extension is disabled.
METHODS = {
    "os.popen", "os.startfile", "os.system", "os.execv", "os.fork", "os.spawnv",
    "bpy.utils.execfile", "sys.path.append", "sys.path.insert",
}  # fmt: skip
NETWORK = {"ftplib", "http", "requests", "smtplib", "socket", "urllib3", "urllib.request"}
WATCHER = "live/watcher.py"
# A program or library is no content that can be reviewed. Scripts of pages are text that Blender
# only copies; none is minified.
CONTENT = {".npz", ".pickle", ".png", ".py", ".toml", ".ttf", ".txt"}
PAGES = {".css", ".html", ".js", ".json"}


def refused(source: str, extension: str) -> list[str]:
    """What a reviewer would refuse in a module."""
    found, tree = [], ast.parse(source)
    # These wait for their threads.
    ended = {
        id(item.context_expr)
        for node in ast.walk(tree)
        if isinstance(node, ast.With)
        for item in node.items
    }
    for node in ast.walk(tree):
        for name in imported(node):
            if name.split(".")[0] in MODULES:
                found.append(f"import {name}")
            if name.split(".")[0] in {extension, "bl_ext"}:
                found.append(f"import {name}, which is not relative")
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in FUNCTIONS | METHODS or called.startswith("bpy.app.handlers."):
                found.append(f"{called}()")
            if called.endswith("PoolExecutor") and id(node) not in ended:
                found.append(f"{called}(), which nothing ends")
        if isinstance(node, ast.Assign):
            found += [
                ast.unparse(target)
                for target in node.targets
                if ast.unparse(target) in ("bl_info", "sys.path")
            ]
    return found


def imported(node: ast.AST) -> Iterator[str]:
    """The modules that a statement imports, those of the extension itself left out."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_terse(text: str) -> bool:
    """Whether the platform takes a tagline or the reason for a permission."""
    return (
        0 < len(text) <= 64 and text == text.strip() and (text[-1].isalnum() or text[-1] in ")]}")
    )


@pytest.fixture(scope="module")
def held() -> dict[str, dict[str, bytes]]:
    """The files of each extension; another test compares them with those of its zip."""
    return {
        name: {
            path.relative_to(BUILDER.SOURCE / name).as_posix(): path.read_bytes()
            for folder, _, files in os.walk(BUILDER.SOURCE / name, followlinks=True)
            if not folder.endswith("__pycache__")
            for path in (Path(folder, file) for file in files)
        }
        for name in NAMES
    }


@pytest.mark.parametrize("name", NAMES)
def test_no_module_has_what_reviewers_refuse(held, name):
    found = {
        path: faults
        for path, content in held[name].items()
        if path.endswith(".py") and (faults := refused(content.decode(), name))
    }
    assert not found


@pytest.mark.parametrize(
    "planted",
    [
        "import threading", "from threading import Thread", "pool = ThreadPoolExecutor(2)",
        "pool = futures.ProcessPoolExecutor()", "eval('1')", "exec(code)",
        "compile(text, '', 'exec')",
        "__import__('os')", "os.system('ls')", "import own.panels", "from own import panels",
        "bl_info = {}", "sys.path.insert(0, here)", "bpy.app.handlers.load_post.append(load)",
        "import pip",
    ],
)  # fmt: skip
def test_it_is_found_where_it_is(planted):
    assert len(set(refused(f"def register():\n    {planted}\n", "own"))) >= 1
    harmless = "import re\nfrom . import panels\nre.compile('a')\nevaluate(1)\n"
    assert not refused(f"{harmless}with ThreadPoolExecutor(2) as pool:\n    pass\n", "own")


@pytest.mark.parametrize("name", NAMES)
def test_the_manifest_is_as_the_platform_wants_it(held, name):
    manifest = tomllib.loads(held[name]["blender_manifest.toml"].decode())
    assert is_terse(manifest["tagline"]) and not manifest["tagline"].startswith("Blender")
    for reason in manifest["permissions"].values():
        assert is_terse(reason)
    # As the platform wants them: a year, or several, and who.
    assert manifest["copyright"]
    assert all(re.fullmatch(r"\d{4}(-\d{4})? \S.*", text) for text in manifest["copyright"])
    assert all(text.startswith("SPDX:") for text in manifest["license"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])


@pytest.mark.parametrize(
    "text", ["", "Ends in a stop.", " begins with a space", "x" * 65, "What is it?"]
)
def test_what_is_not_terse(text):
    assert not is_terse(text) and is_terse("Reads arrays (.npy)")


@pytest.mark.parametrize("name", NAMES)
def test_there_are_no_programs_or_hidden_files(held, name):
    others = {path for path in held[name] if not path.startswith("web/")}
    assert {Path(path).suffix for path in others} <= CONTENT
    pages = [path for path in held[name] if path.startswith("web/")]
    assert {Path(path).suffix for path in pages} <= CONTENT | PAGES
    assert not [path for path in pages if ".min." in path]
    assert not [path for path in held[name] if any(p.startswith(".") for p in Path(path).parts)]


@pytest.mark.parametrize("name", NAMES)
def test_whoever_goes_online_asks_whether_they_may(held, name):
    texts = {path: content.decode() for path, content in held[name].items() if path.endswith(".py")}
    if WATCHER in texts:
        # A simulation is watched on this computer, which is not online.
        own = texts.pop(WATCHER)
        assert len(re.findall(r"\.(bind|create_connection|connect)", own)) == own.count("((HOST, ")
        assert 'HOST: Final = "127.0.0.1"' in texts["live/messages.py"]
    sources = list(texts.values())
    modules = {
        module
        for source in sources
        for node in ast.walk(ast.parse(source))
        for module in imported(node)
    }
    online = bool(modules & NETWORK)
    assert online == any("bpy.app.online_access" in source for source in sources)
    assert online == (name == "blender_brain")
