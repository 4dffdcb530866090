# SPDX-License-Identifier: GPL-3.0-or-later
"""The built zips in a Blender of their own: in all company, upgraded, taken out again."""

from __future__ import annotations

import ast
import json
import re
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import tomllib
from helpers.blenders import BLENDER
from tools.keep_scenes import SCENES, live, read_shown, shown, write_data
from tools.test_build_extension import BUILDER, write_wheel

# Nearly every test starts another Blender.
pytestmark = pytest.mark.slow

NAMES = BUILDER.EXTENSIONS
NETWORK = {"urllib", "http", "socket", "ssl", "ftplib", "smtplib", "xmlrpc", "asyncio", "requests"}
# What writes, and what finds files that nobody chose.
WRITING = {"mkdir", "write_text", "write_bytes", "writelines", "save", "save_render", "tofile"}
FINDING = {"home", "expanduser", "environ"}
# What an extension may bring along or find in every Blender.
OWN = {
    "DracoPy", "addon_utils", "aud", "blf", "bmesh", "bpy", "bpy_extras", "gpu", "gpu_extras",
    "mathutils", "numpy", "pyfive",
}  # fmt: skip
VERSIONS = sorted(path.stem for path in SCENES.glob("*.json"))


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("dist")
    return {name: BUILDER.build(name, folder) for name in NAMES}


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


# Each is once the first, the second and the last.
@pytest.mark.parametrize("order", [NAMES[n:] + NAMES[:n] for n in range(len(NAMES))], ids="-".join)
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
    demo = {"blender_brain": ["demo"], "blender_spike": ["demos"]}.get(name, [])
    live(
        tmp_path / "home", "traces", f"install:{packages[name]}", use, *demo, f"disable:{name}",
        "untouched", f"enable:{name}", use, f"uninstall:{name}", "untouched", f"gone:{name}",
    )  # fmt: skip


def older(package: Path, folder: Path, number: str = "0.0.1") -> Path:
    """Copy a package as an older version, each module of which can be told."""
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(package) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    manifest = held["blender_manifest.toml"].decode()
    version = tomllib.loads(manifest)["version"]
    # The schema's version may be the same.
    manifest = re.sub(r'^version = ".*"$', f'version = "{number}"', manifest, flags=re.MULTILINE)
    held["blender_manifest.toml"] = manifest.encode()
    made = folder / package.name.replace(version, number)
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


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("version", VERSIONS)
def test_scenes_of_released_versions_play_and_can_be_worked_on(
    packages, data, tmp_path, version, name
):
    """Without the extension, with today's, and when today's is told to change them."""
    with tarfile.open(SCENES / f"{version}.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    blend = tmp_path / f"{name}.blend"
    live(
        tmp_path / "home", f"open:{blend}", *shown(tmp_path, "without"),
        f"install:{packages[name]}", f"open:{blend}", *shown(tmp_path, "with"),
        f"work:{name}:{data}", *shown(tmp_path, "after"),
    )  # fmt: skip
    kept = json.loads((SCENES / f"{version}.json").read_text())[name]
    # Means of squares, which thin branches do not fill.
    assert np.max(kept["picture"]) > 0.15
    for when in ("without", "with"):
        found = read_shown(tmp_path, when)
        assert set(found) == set(kept)
        assert found.pop("materials") == kept["materials"]
        # What few samples leave to chance is less than what a color's shift would be.
        assert np.allclose(found.pop("picture"), kept["picture"], atol=0.02)
        for key, values in found.items():
            assert values == pytest.approx(kept[key], rel=1e-4, abs=1e-4), (when, key)
    after = read_shown(tmp_path, "after")
    assert np.abs(np.subtract(after["picture"], kept["picture"])).max() > 0.05
    for key in kept.keys() - {"materials", "picture"}:
        assert after[key] == pytest.approx(kept[key], rel=1e-4, abs=1e-4), key


def tags() -> tuple[str, str]:
    """Tag wheels for this platform and the Pythons of a bpy module and of Debian's Blender."""
    platform = re.sub("[-.]", "_", sysconfig.get_platform())
    return (f"cp313-cp313-{platform}", f"cp314-cp314-{platform}")


def test_the_wheel_for_its_python_and_platform_is_installed(data, tmp_path):
    """And no other."""
    others = ("cp312-cp312-win_amd64", "cp313-cp313-win_arm64", "cp314-cp314-win_arm64")
    wheels = [write_wheel(tmp_path, "1.0", tag) for tag in (*tags(), *others)]
    brain = BUILDER.build("blender_brain", tmp_path / "dist", wheels)
    use = f"use:blender_brain:{data}"
    live(
        tmp_path / "home", f"install:{brain}", "wheels:brought_along-1.0.dist-info",
        f"brought:{','.join(tags())}", use, "disable:blender_brain", "enable:blender_brain", use,
    )  # fmt: skip


def test_draco_meshes_are_read_by_the_wheel_that_it_brings_along(data, tmp_path):
    try:
        wheels = BUILDER.download_wheels("blender_brain", tmp_path / "wheels")
    except RuntimeError as problem:
        # Where some are to be had, the rest is missing for good.
        assert not list(tmp_path.rglob("*.whl")), problem
        pytest.skip(f"needs a network: {problem}")
    brain = BUILDER.build("blender_brain", tmp_path / "dist", wheels)
    assert brain.stat().st_size < 60e6
    infos = sorted("-".join(one.name.lower().split("-")[:2]) + ".dist-info" for one in wheels)
    live(
        tmp_path / "home", f"install:{brain}", f"wheels:{','.join(dict.fromkeys(infos))}",
        f"draco:{data}", "uninstall:blender_brain", "wheels:", "gone:blender_brain",
    )  # fmt: skip


def test_hdf5_is_read_by_the_wheel_that_two_bring_along(tmp_path):
    """It stays until the last of them goes."""
    h5py = pytest.importorskip("h5py")
    try:
        wheels = BUILDER.download_wheels("surface_slicer", tmp_path / "wheels")
    except RuntimeError as problem:
        assert not list(tmp_path.rglob("*.whl")), problem
        pytest.skip(f"needs a network: {problem}")
    slicer, brain = (
        BUILDER.build(name, tmp_path / "dist", wheels)
        for name in ("surface_slicer", "blender_brain")
    )
    with h5py.File(tmp_path / "a.h5", "w") as file:
        points = np.random.default_rng(1).uniform(1000, 5000, (9, 3))
        file.create_dataset("points", data=points, compression="gzip", shuffle=True)
    read, there = (
        f"matrix:{tmp_path / 'a.h5'}",
        f"wheels:{wheels[0].name.split('-py3')[0]}.dist-info",
    )
    live(
        tmp_path / "home", f"install:{slicer}", there, read, f"install:{brain}", "demo", there,
        read, "uninstall:surface_slicer", there, read, "uninstall:blender_brain", "wheels:",
    )  # fmt: skip


def test_a_download_leaves_nothing_behind(packages, data, tmp_path):
    """Whether the extension is disabled or uninstalled meanwhile."""
    install = f"install:{packages['blender_brain']}"
    live(
        tmp_path / "home", install, f"downloading:{data}", "enable:blender_brain",
        "uninstall:blender_brain", "gone:blender_brain",
        install, f"cut_off:{data}", "gone:blender_brain",
    )  # fmt: skip


def test_others_bring_another_version_of_its_wheel(data, tmp_path):
    """Whoever comes first: the newer one is there for both, and goes with who brought it."""
    wheels = [write_wheel(tmp_path, "1.0", tag) for tag in tags()]
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
    imported, texts = set(), set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            imported.add(str(node.module).split(".")[0])
        elif isinstance(node, ast.Attribute):
            texts.add(node.attr)
    assert not imported - OWN - sys.stdlib_module_names
    assert not imported & {"threading", "multiprocessing", "ctypes", "marshal", "shelve"}
    # Downloads and simulations run in processes of their own.
    assert ("subprocess" in imported) == (name in ("blender_brain", "blender_spike"))
    permissions = manifest["permissions"]
    uses = {"files": True, "network": bool(imported & NETWORK), "clipboard": "clipboard" in texts}
    assert set(permissions) == {permission for permission, used in uses.items() if used}
    assert all(len(text) <= 64 and text[-1].isalnum() for text in permissions.values())
    assert ("keep" in permissions["files"]) == bool(texts & WRITING), texts & WRITING
    assert ("Find" in permissions["files"]) == bool(texts & FINDING), texts & FINDING


def test_nothing_is_stored_beside_the_home(packages, data, tmp_path, monkeypatch):
    """All that Blender and the extensions keep is in the folder that is given."""
    person, temporary = tmp_path / "person", tmp_path / "temporary"
    for folder in (person, temporary):
        folder.mkdir()
    monkeypatch.setenv("HOME", str(person))
    monkeypatch.setenv("TMPDIR", str(temporary))
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    installs = [f"install:{package}" for package in packages.values()]
    uses = [f"use:{name}:{data}" for name in NAMES]
    before = sorted(data.rglob("*"))
    live(tmp_path / "home", *installs, *uses, "preferences")
    stored = [path for folder in (person, temporary) for path in folder.rglob("*")]
    assert not [path for path in stored if path.is_file()]
    assert sorted(data.rglob("*")) == before
