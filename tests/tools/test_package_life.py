# SPDX-License-Identifier: GPL-3.0-or-later
"""The built zips in a Blender of their own: in all company, upgraded, taken out again."""

from __future__ import annotations

import ast
import itertools
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import tomllib
from atlases import write_v2
from blenders import BLENDER, run_script
from simulations import branched, simulation
from tools.test_build_extension import BUILDER, write_wheel

from spike_export import write

LIFE = Path(__file__).with_name("package_life.py")
NAMES = BUILDER.EXTENSIONS
NETWORK = {"urllib", "http", "socket", "ssl", "ftplib", "smtplib", "xmlrpc", "asyncio", "requests"}
# What an extension may bring along or find in every Blender.
OWN = {"bpy", "bpy_extras", "mathutils", "numpy", "DracoPy"}


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("dist")
    return {name: BUILDER.build(name, folder) for name in NAMES}


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """A file for each of the extensions."""
    folder = tmp_path_factory.mktemp("data")
    write(folder / "cell.pickle", simulation(branched()))
    x, y = np.meshgrid(np.linspace(-1, 1, 12), np.linspace(-1, 1, 9))
    np.save(folder / "heights.npy", np.array([np.exp(-(x**2) - y**2) * k for k in (1, 2, 3)]))
    write_v2(folder / "atlases")
    return folder


def live(home: Path, *steps: str) -> None:
    result = run_script(LIFE, *steps, home=home)
    assert "all well" in result.stdout, (result.stdout + result.stderr)[-3000:]
    assert "Traceback" not in result.stdout + result.stderr
    assert result.returncode == 0


@pytest.mark.parametrize("order", list(itertools.permutations(NAMES)), ids="-".join)
def test_all_orders_leave_no_trace(packages, data, tmp_path, order):
    """Each comes to those before it; all work; each goes, first come first gone."""
    steps = ["traces"]
    for count, name in enumerate(order, 1):
        steps += [f"install:{packages[name]}", *(f"use:{n}:{data}" for n in order[:count])]
    for name in order:
        steps += [f"disable:{name}", f"enable:{name}", f"use:{name}:{data}", f"disable:{name}"]
    steps += ["untouched", *(f"enable:{name}" for name in order)]
    for count, name in enumerate(order, 1):
        steps += [f"uninstall:{name}", f"gone:{name}", *(f"use:{n}:{data}" for n in order[count:])]
    live(tmp_path / "home", *steps, "untouched", "empty", "untouched", f"gone:{','.join(order)}")


@pytest.mark.parametrize("name", NAMES)
def test_alone(packages, data, tmp_path, name):
    """None leans on another one; what it leaves when disabled is nothing."""
    use = f"use:{name}:{data}"
    demo = ["demo"] * (name == "blender_brain")
    live(
        tmp_path / "home", "traces", f"install:{packages[name]}", use, *demo, f"disable:{name}",
        "untouched", f"enable:{name}", use, f"uninstall:{name}", "untouched", f"gone:{name}",
    )  # fmt: skip


def older(package: Path, folder: Path) -> Path:
    """Copy a package as an older version, each module of which can be told."""
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(package) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    manifest = held["blender_manifest.toml"].decode()
    version = tomllib.loads(manifest)["version"]
    held["blender_manifest.toml"] = manifest.replace(f'"{version}"', '"0.0.1"').encode()
    made = folder / package.name.replace(version, "0.0.1")
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in held.items():
            mark = b"\nIS_OLDER = True\n" if name.endswith(".py") else b""
            archive.writestr(name, content + mark)
    return made


def test_an_older_version_is_upgraded_in_place(packages, data, tmp_path):
    """In the running session: a scene made before is the same after, and is worked on further."""
    home, blend, fresh = tmp_path / "home", tmp_path / "scene.blend", tmp_path / "fresh"
    olds = [older(package, tmp_path / "older") for package in packages.values()]
    uses = [f"use:{name}:{data}" for name in NAMES]
    live(
        home, *(f"install:{old}" for old in olds), "empty", *uses,
        f"save:{blend}", f"measure:{tmp_path / 'before.json'}",
        *(f"install:{package}" for package in packages.values()),
        "current", f"open:{blend}", f"measure:{tmp_path / 'after.json'}", *uses,
        "preferences",
    )  # fmt: skip
    # And as it is opened the next day, and by somebody who has none of the extensions. The bpy
    # module starts without what preferences say.
    on = [f"enable:{name}" for name in NAMES if not BLENDER]
    live(home, *on, f"open:{blend}", "current", f"measure:{tmp_path / 'next.json'}", *uses)
    live(fresh, f"open:{blend}", f"measure:{tmp_path / 'without.json'}")
    before, after, later, without = (
        json.loads((tmp_path / f"{when}.json").read_text())
        for when in ("before", "after", "next", "without")
    )
    assert before["1 cell mesh voltage"] != before["4 cell mesh voltage"]
    assert before["1 heights mesh position"] != before["2.5 heights mesh position"]
    assert before == after == later == without


def test_others_bring_another_version_of_its_wheel(data, tmp_path):
    """Whoever comes first: the newer one is there for both, and goes with who brought it."""
    tags = ("cp313-cp313-manylinux_2_28_x86_64", "cp314-cp314-manylinux_2_28_x86_64")
    wheels = [write_wheel(tmp_path, "1.0", tag) for tag in tags]
    brain = BUILDER.build("blender_brain", tmp_path / "dist", wheels)
    (tmp_path / "other").mkdir()
    newer = write_wheel(tmp_path / "other", "2.0", "py3-none-any")
    other = tmp_path / "other-1.0.0.zip"
    with zipfile.ZipFile(brain) as archive, zipfile.ZipFile(other, "w") as made:
        manifest = archive.read("blender_manifest.toml").decode()
        head, _, rest = manifest.partition("wheels = [")
        head = head.replace("blender_brain", "other").replace("BlenderBrain", "Other")
        wheel = f'wheels = ["./wheels/{newer.name}"]'
        made.writestr("blender_manifest.toml", head + wheel + rest.partition("]")[2])
        made.writestr("__init__.py", "def register():\n    pass\n\n\nunregister = register\n")
        made.write(newer, f"wheels/{newer.name}")
    use = f"use:blender_brain:{data}"
    old, new = ("wheels:brought_along-1.0.dist-info", "wheels:brought_along-2.0.dist-info")
    live(
        tmp_path / "home", f"install:{brain}", old, f"install:{other}", new, use,
        "uninstall:other", old, use, "uninstall:blender_brain", "wheels:",
        f"install:{other}", new, f"install:{brain}", new, use, "uninstall:blender_brain", new,
    )  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_what_it_imports_and_what_it_asks_for(packages, name):
    """Nothing that is not in Blender; the network exactly if its code uses it."""
    with zipfile.ZipFile(packages[name]) as archive:
        manifest = tomllib.loads(archive.read("blender_manifest.toml").decode())
        trees = [ast.parse(archive.read(n)) for n in archive.namelist() if n.endswith(".py")]
    imported, texts = set(), []
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            imported.add(str(node.module).split(".")[0])
        elif isinstance(node, ast.Attribute):
            texts.append(node.attr)
    assert not imported - OWN - sys.stdlib_module_names - {"addon_utils"}
    assert not imported & {"subprocess", "ctypes", "marshal", "shelve"}
    permissions = manifest["permissions"]
    uses = {"files": True, "network": bool(imported & NETWORK), "clipboard": "clipboard" in texts}
    assert set(permissions) == {permission for permission, used in uses.items() if used}


@pytest.mark.parametrize("name", NAMES)
def test_zips_hold_real_files_and_nothing_else(packages, name):
    with zipfile.ZipFile(packages[name]) as archive:
        kinds = {(info.external_attr >> 16) & 0o170000 for info in archive.infolist()}
        names = archive.namelist()
    assert 0o120000 not in kinds
    assert {"__init__.py", "LICENSE", "blender_manifest.toml", "common/nodes.py"} <= set(names)
    suffixes = {Path(n).suffix for n in names if not n.endswith("/")}
    assert suffixes <= {".py", ".toml", ".npz", ".npy", ".json", ""}
    assert not [n for n in names if any(part.startswith(".") for part in Path(n).parts)]


@pytest.mark.skipif(not BLENDER, reason="needs a Blender of another Python: BLENDER=/path")
def test_nothing_is_stored_beside_the_home(tmp_path):
    """The home that is given is the one that is used."""
    script = tmp_path / "where.py"
    script.write_text("import bpy; print('home:', bpy.utils.resource_path('USER'))")
    assert f"home: {tmp_path / 'home'}" in run_script(script, home=tmp_path / "home").stdout
