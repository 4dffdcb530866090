# SPDX-License-Identifier: GPL-3.0-or-later
"""The notebook runs from its first cell to its last, and shows a picture."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.blenders import BLENDER

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
NOTEBOOK = EXAMPLES / "film.ipynb"
# Runs the cells as a notebook does, which shows what the last line of a cell is.
AS_A_SCRIPT = """
import ast, base64, json, sys
names = {}
for cell in json.load(open("film.ipynb", encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        tree = ast.parse(cell["source"])
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), names)
        if last is not None:
            shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
            if hasattr(shown, "_repr_png_"):
                print("PNG", base64.b64encode(shown._repr_png_()).decode())
"""

pytestmark = pytest.mark.slow


def is_a_picture(png: bytes) -> bool:
    # 1280 x 720 at a quarter, as in the header of a PNG file.
    return png[:8] == b"\x89PNG\r\n\x1a\n" and png[16:24] == bytes([0, 0, 1, 64, 0, 0, 0, 180])


@pytest.mark.skipif(bool(BLENDER), reason="a notebook's Python has the bpy module")
def test_its_cells_run_one_after_another(tmp_path, monkeypatch):
    (tmp_path / "config").mkdir()
    monkeypatch.setenv("BLENDER_USER_RESOURCES", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", AS_A_SCRIPT], cwd=EXAMPLES, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (shown,) = [line[4:] for line in done.stdout.splitlines() if line.startswith("PNG ")]
    assert is_a_picture(base64.b64decode(shown))


@pytest.mark.skipif(bool(BLENDER), reason="a notebook's Python has the bpy module")
def test_it_runs_in_jupyter(tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    (tmp_path / "config").mkdir()
    monkeypatch.setenv("BLENDER_USER_RESOURCES", str(tmp_path))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    resources = {"metadata": {"path": str(EXAMPLES)}}
    nbclient.NotebookClient(notebook, timeout=600, resources=resources).execute()
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", [])]
    (png,) = [one["data"]["image/png"] for one in outputs if "image/png" in one.get("data", {})]
    assert is_a_picture(base64.b64decode(png))


def test_it_is_kept_without_outputs():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert not [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")]
