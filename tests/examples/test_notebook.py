# SPDX-License-Identifier: GPL-3.0-or-later
"""The notebook runs from its first cell to its last, and shows a picture."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import nbclient
import nbformat
import numpy as np
import pytest
from helpers.blenders import BLENDER
from PIL import Image

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
NOTEBOOK = EXAMPLES / "film.ipynb"


@pytest.mark.slow
@pytest.mark.skipif(bool(BLENDER), reason="a notebook's Python has the bpy module")
def test_it_runs_in_jupyter(tmp_path, monkeypatch):
    (tmp_path / "config").mkdir()
    monkeypatch.setenv("BLENDER_USER_RESOURCES", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLES.parent / "blender_addons"))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=600, resources=resources).execute()
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", [])]
    (png,) = [one["data"]["image/png"] for one in outputs if "image/png" in one.get("data", {})]
    with Image.open(io.BytesIO(base64.b64decode(png))) as picture:
        assert picture.size == (320, 180) and np.max(picture) > 100


def test_it_is_kept_without_outputs():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert not [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")]
