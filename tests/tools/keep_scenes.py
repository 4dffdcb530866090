# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep a scene of each extension as this version makes it, for all later versions to open.

Run at each release, before its version number is raised for the next one::

    .venv/bin/python tests/tools/keep_scenes.py

and add the two files to git that it names: an archive of .blend files, and a part of the positions,
values and colors that they show. Those of a released version are never made anew. That they still
play, and can be worked on, is tested in `test_package_life.py`.
"""

from __future__ import annotations

import json
import lzma
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import tomllib

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SCENES = HERE / "scenes"
# So many of each kind of values are kept.
MOST = 16
LIFE = HERE / "package_life.py"

sys.path[:0] = [str(HERE.parent), str(ROOT / "tools")]

import build_extension  # noqa: E402
from helpers.atlases import write_v2, write_v3  # noqa: E402
from helpers.blenders import run_script  # noqa: E402
from helpers.simulations import branched, simulation  # noqa: E402

from spike_export import write  # noqa: E402


def write_data(folder: Path) -> Path:
    """Write a file for each of the extensions, and what a server of atlases has."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "cell.pickle", simulation(branched()))
    x, y = np.meshgrid(np.linspace(-1, 1, 12), np.linspace(-1, 1, 9))
    np.save(folder / "heights.npy", np.array([np.exp(-(x**2) - y**2) * k for k in (1, 2, 3)]))
    write_v2(folder / "atlases")
    write_v3(folder / "served")
    return folder


def live(home: Path, *steps: str) -> None:
    """Let packages go through steps of `package_life.py`, all of which must go well."""
    result = run_script(LIFE, *steps, home=home)
    assert "all well" in result.stdout, (result.stdout + result.stderr)[-3000:]
    assert "Traceback" not in result.stdout + result.stderr
    assert result.returncode == 0


def shown(folder: Path, when: str) -> tuple[str, str]:
    """Give the steps that write what a scene shows, for `read_shown`."""
    return f"measure:{folder / when}.json", f"picture:{folder / when}.picture"


def read_shown(folder: Path, when: str) -> dict[str, Any]:
    """Read what the steps of `shown` wrote: of long lists how many there are, and some of them."""
    found = json.loads((folder / f"{when}.json").read_text())
    for key, values in found.items():
        if len(values) > MOST:
            some = [values[i * (len(values) - 1) // (MOST - 1)] for i in range(MOST)]
            found[key] = [len(values), *some]
    colors: dict[str, Any] = json.loads((folder / f"{when}.picture").read_text())
    return found | colors


def keep(version: str) -> tuple[Path, Path]:
    """Make the scene of each extension, put them into an archive, and write what they show."""
    archive, values = SCENES / f"{version}.tar.xz", SCENES / f"{version}.json"
    kept = {}
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        data = write_data(work / "data")
        for name in build_extension.EXTENSIONS:
            package = build_extension.build(name, work / "dist")
            live(
                work / name, f"install:{package}", "empty", f"use:{name}:{data}", "film",
                f"save:{work / name}.blend", *shown(work, name),
            )  # fmt: skip
            kept[name] = read_shown(work, name)
        SCENES.mkdir(exist_ok=True)
        # Together, since half of each is the same.
        with tarfile.open(archive, "w:xz", preset=9 | lzma.PRESET_EXTREME) as tar:
            for name in build_extension.EXTENSIONS:
                tar.add(work / f"{name}.blend", f"{name}.blend")
    # A line for each kind of values.
    text = json.dumps(rounded(kept)).replace(', "', ',\n"').replace(": {", ": {\n")
    values.write_text(text + "\n")
    return archive, values


def rounded(value: Any) -> Any:
    """Leave as many digits as a float has."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return float(f"{value:.7g}") if isinstance(value, float) else value


def main() -> None:
    """Keep all scenes of this version."""
    sources = (build_extension.SOURCE / name for name in build_extension.EXTENSIONS)
    versions = {
        tomllib.loads((source / "blender_manifest.toml").read_text())["version"]
        for source in sources
    }
    if len(versions) > 1:
        sys.exit(f"The extensions have different versions: {', '.join(sorted(versions))}.")
    (version,) = versions
    if (SCENES / f"{version}.json").exists():
        sys.exit(f"There are scenes of {version} already; if it is not released, delete them.")
    print(*keep(version), sep="\n")


if __name__ == "__main__":
    main()
