# SPDX-License-Identifier: BSD-3-Clause
"""Run spike-export's tests on each available Python, first with the lowest dependencies.

``python tools/try_versions.py`` uses each Python declared in ``pyproject.toml`` that pyenv has, or
that is on the PATH as ``python3.N``: the oldest one with the lowest declared versions of all
dependencies, and each with the newest. Each gets an environment in ``.venv/versions``. Where there
is no NEURON wheel, tests that need it are skipped.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import tomllib

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / ".venv" / "versions"
EXTRAS: Final = ("plot", "colormaps", "sonata", "smooth")
# What the tests themselves need, beyond the package and its extras.
FOR_TESTS: Final = ("pytest", "pillow", "imageio-ffmpeg", "mpich")


def main() -> int:
    """Test all versions, or the given ones, and list the results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("versions", nargs="*", metavar="3.N", help="Only these.")
    parser.add_argument("--tests", default="tests/spike_export", help="What pytest is given.")
    arguments = parser.parse_args()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = declared_pythons(project)
    outcomes = []
    for version in arguments.versions or declared:
        if version not in declared:
            parser.error(f"{version} is not one of {', '.join(declared)}")
        python = find_python(version)
        if python is None:
            outcomes.append((f"Python {version}", "not run: there is no such Python"))
            continue
        for lowest in (True, False) if version == declared[0] else (False,):
            name = f"Python {version}, {'lowest' if lowest else 'newest'} dependencies"
            print(f"--- {name}", flush=True)
            outcomes.append((name, attempt(python, version, project, lowest, arguments.tests)))
    print("\n".join(f"{name}: {outcome}" for name, outcome in outcomes))
    return any(outcome.startswith("failed") for _, outcome in outcomes)


def declared_pythons(project: dict[str, Any]) -> list[str]:
    """List the versions that the package says it runs on, such as ``3.10``, oldest first."""
    found = (re.fullmatch(r".*:: (3\.\d+)", line) for line in project["project"]["classifiers"])
    return [match[1] for match in found if match]


def lowest_version(requirement: str) -> str:
    """Pin a requirement to the first series that it allows: ``a>=1.26`` becomes ``a==1.26.*``.

    Raises
    ------
    ValueError
        If it names no lowest version.
    """
    match = re.match(r"([\w-]+)>=(\d+)(?:\.(\d+))?", requirement)
    if match is None:
        raise ValueError(f"{requirement} declares no lowest version")
    return f"{match[1]}=={match[2]}.{match[3] or 0}.*"


def requirements(project: dict[str, Any], extras: Sequence[str]) -> list[str]:
    """List the package's declared dependencies, with some of its extras."""
    optional = project["project"]["optional-dependencies"]
    return [*project["project"]["dependencies"], *(r for extra in extras for r in optional[extra])]


def find_python(version: str) -> Path | None:
    """Find a Python of a version: pyenv's newest, or one on the PATH."""
    candidates: list[Path] = []
    if shutil.which("pyenv"):
        root = subprocess.run(
            ["pyenv", "root"], capture_output=True, text=True, errors="replace", check=True
        )
        installed = Path(root.stdout.strip(), "versions").glob(f"{version}.*/bin/python")
        candidates += sorted(installed, key=_patch_level, reverse=True)
    if named := shutil.which(f"python{version}"):
        candidates.append(Path(named))
    says = "import sys, ensurepip; print('%d.%d' % sys.version_info[:2])"
    for python in candidates:
        # pyenv also has shims for versions that it would not run here.
        told = subprocess.run(
            [python, "-c", says], capture_output=True, text=True, errors="replace"
        )
        if told.stdout.strip() == version:
            return python
    return None


def attempt(python: Path, version: str, project: dict[str, Any], lowest: bool, tests: str) -> str:
    """Set up an environment and run the tests in it; return the result in a few words."""
    folder = FOLDER / f"{version}{'-lowest' if lowest else ''}"
    own = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    stamp = folder / ".ready"
    if not stamp.exists() or stamp.stat().st_mtime < (ROOT / "pyproject.toml").stat().st_mtime:
        subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
        pip = [str(own), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
        packages = wanted(project, EXTRAS, lowest)
        if subprocess.run([*pip, "--editable", str(ROOT), *packages]).returncode:
            return "failed: its dependencies cannot be installed"
        neuron = project["project"]["optional-dependencies"]["neuron"]
        wheels = map(lowest_version, neuron) if lowest else neuron
        if subprocess.run([*pip, "--only-binary=neuron", *wheels]).returncode:
            print(f"There is no wheel of NEURON for Python {version}.", flush=True)
        stamp.touch()
    has_neuron = not subprocess.run([own, "-c", "import neuron"], capture_output=True).returncode
    without = "" if has_neuron else ", without NEURON"
    # Warnings from other versions of libraries are not ours to fix.
    ran = subprocess.run(
        [own, "-m", "pytest", *tests.split(), "-q", "-o", "filterwarnings=default",
         "-p", "no:cacheprovider", "--disable-warnings"],
        cwd=ROOT,
    )  # fmt: skip
    return f"passed{without}" if ran.returncode == 0 else f"failed{without}"


def wanted(project: dict[str, Any], extras: Sequence[str], lowest: bool) -> list[str]:
    """List what is installed for the tests."""
    own = requirements(project, extras)
    of_tests = [
        requirement
        for requirement in project["dependency-groups"]["test"]
        if isinstance(requirement, str) and requirement.startswith(FOR_TESTS)
    ]
    return [*(map(lowest_version, own) if lowest else own), *of_tests]


def _patch_level(python: Path) -> int:
    return int(re.sub(r"\D.*", "", python.parents[1].name.rpartition(".")[2]) or 0)


if __name__ == "__main__":
    sys.exit(main())
