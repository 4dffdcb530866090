# SPDX-License-Identifier: GPL-3.0-or-later
"""One Blender for all tests of the add-ons, started only if one of them runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def _blender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Blender with the extensions registered, and with preferences of its own."""
    home = tmp_path_factory.mktemp("blender")
    (home / "config").mkdir()
    # Read once, when bpy is imported.
    os.environ["BLENDER_USER_RESOURCES"] = str(home)
    import bpy  # isort: skip

    # bpy makes Blender's own scripts importable.
    import addon_utils  # isort: skip

    bpy.ops.wm.read_factory_settings(use_empty=True)
    addon_utils.enable("cycles")
    import blender_brain
    import blender_spike
    import surface_slicer

    extensions = (blender_spike, blender_brain, surface_slicer)
    for extension in extensions:
        extension.register()
    yield bpy
    for extension in reversed(extensions):
        extension.unregister()


@pytest.fixture
def bpy(
    _blender: Any, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """Blender with an empty file, and without the atlases of this machine or of tests before."""
    config = tmp_path_factory.mktemp("brainglobe_config")
    (config / "bg_config.conf").write_text(f"[default_dirs]\nbrainglobe_dir = {config}\n")
    monkeypatch.setenv("BRAINGLOBE_CONFIG_DIR", str(config))
    shutil.rmtree(_blender.utils.user_resource("DATAFILES", path="blender_brain"), True)
    _blender.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    return _blender


@pytest.fixture(scope="session")
def _groups(_blender: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the node groups of a neuron and of a network."""
    from helpers.simulations import branched, simulation

    from spike_export import write
    from spike_export.networks.point_network import point_network

    folder = tmp_path_factory.mktemp("groups")
    _blender.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    network = point_network(
        np.arange(6.0).reshape(2, 3), np.arange(3.0), np.eye(3, 2), connections=[[0, 1]]
    )
    for name, one in (("cell", simulation(branched())), ("net", network)):
        path = write(folder / f"{name}.pickle", one)
        _blender.ops.blender_spike.import_simulation(filepath=str(path))
    path = folder / "groups.blend"
    _blender.data.libraries.write(str(path), set(_blender.data.node_groups), fake_user=True)
    return path


@pytest.fixture
def built(_groups: Path, bpy: Any) -> None:
    """The node groups of neurons and networks, which take most of the time of an import."""
    with bpy.data.libraries.load(str(_groups)) as (there, appended):
        appended.node_groups = there.node_groups
    for group in bpy.data.node_groups:
        group.use_fake_user = False
    bpy.data.libraries.remove(bpy.data.libraries[0])


@pytest.fixture
def shared_data() -> Path:
    """Real and hostile files that not every machine has."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the data folder beside the repository")
    return SHARED_DATA
