# SPDX-License-Identifier: GPL-3.0-or-later
"""Put a release together, in ``dist/site/``: the manual, and all that can be got beside it.

Needs what ``make docs`` and ``make dist`` have built, and a Blender that lists the extensions, for
which the bpy module suffices. Any web server can offer the folder as it is.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent))

import build_extension
import make_demos

ROOT: Final = Path(__file__).resolve().parent.parent
SUMS: Final = "SHA256SUMS"
_VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)
# What came of a stage, the seconds it took, and its name before a remark.
_STAGE = re.compile(r"(passed|failed|not run) +\d+  (.+?)(?: \(.*\))?\s*$")
# In the manual's page of this name.
_PLACE = re.compile(r'(<div id="extensions">).*?(</div>)', re.DOTALL)


def why_not_checked(checks: Path, commit: str, elsewhere: Sequence[str]) -> str:
    """Say what keeps a commit from being released.

    Parameters
    ----------
    checks : Path
        What ``.ci/run`` has left.
    commit : str
        That is to be released.
    elsewhere : sequence of str
        Stages that could not run here and have passed on another machine.

    Returns
    -------
    str
        A clause; empty if all has passed.
    """
    try:
        checked = (checks / "commit").read_text(encoding="ascii").strip()
        changes = (checks / "changes").read_text(encoding="utf-8").strip()
    except OSError:
        return "nothing has been checked; run .ci/run first"
    if checked != commit or changes:
        return f".ci/run has checked {checked[:12]}{' with changes' * bool(changes)}, not this"
    stages = [path.read_text(encoding="utf-8") for path in sorted(checks.glob("*.stage"))]
    outcomes = [match.groups() for text in stages if (match := _STAGE.match(text))]
    if not outcomes or len(outcomes) < len(stages):
        return ".ci/run was interrupted; run it again"
    missing = [name for state, name in outcomes if state == "not run" and name not in elsewhere]
    failed = [name for state, name in outcomes if state == "failed"]
    if failed:
        return f"these stages of .ci/run failed: {', '.join(failed)}"
    if missing:
        return (
            f"these stages of .ci/run did not run: {', '.join(missing)}. Where they have passed "
            "elsewhere, name them: make release RAN_ELSEWHERE='make test-conformance, …'"
        )
    return ""


def make_site(
    manual: Path, packages: Sequence[Path], others: Sequence[Path], site: Path
) -> list[dict[str, Any]]:
    """Write the site of a release.

    Parameters
    ----------
    manual : Path
        The built manual.
    packages : sequence of Path
        The extensions' zips.
    others : sequence of Path
        Other files to offer.
    site : Path
        Is replaced as a whole, once all is there.

    Returns
    -------
    list of dict
        The extensions, as Blender lists them.

    Raises
    ------
    RuntimeError
        If there is no Blender, it does not list each of the packages, or the manual has no place
        for them.
    """
    site.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=site.parent) as temporary:
        made = Path(temporary) / site.name
        shutil.copytree(manual, made)
        folder = made / "extensions"
        folder.mkdir(exist_ok=True)
        for path in [*packages, *others]:
            shutil.copy(path, folder)
        listed = _list_packages(folder, packages)
        offered = sorted(path.name for path in [*packages, *others])
        (folder / SUMS).write_text(
            "".join(f"{_sha256(folder / name)}  {name}\n" for name in offered), encoding="ascii"
        )
        _fill_page(folder / "index.html", listed, [*(path.name for path in others), SUMS])
        shutil.rmtree(site, ignore_errors=True)
        made.rename(site)
    return listed


def _list_packages(folder: Path, packages: Sequence[Path]) -> list[dict[str, Any]]:
    blender = build_extension.blender_command()
    if not blender:
        raise RuntimeError(
            "there is no Blender to list the extensions; BLENDER=/path/to/blender names one"
        )
    command = [*blender, "server-generate", "--repo-dir", str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, errors="replace")
    index = folder / "index.json"
    # It goes on after an error with one of them.
    listed = json.loads(index.read_text(encoding="utf-8"))["data"] if index.is_file() else []
    found = {entry["archive_url"] for entry in listed}
    if result.returncode or found != {f"./{path.name}" for path in packages}:
        raise RuntimeError(f"Blender lists {sorted(found)}: {result.stdout}{result.stderr}")
    return sorted(listed, key=lambda entry: str(entry["name"]))


def _fill_page(page: Path, listed: Sequence[dict[str, Any]], others: Sequence[str]) -> None:
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    buttons = "".join(
        f'<p><a class="md-button" href="{html.escape(drag_link(entry))}">'
        f"{html.escape(entry['name'])} {entry['version']}</a> {html.escape(entry['tagline'])}</p>\n"
        for entry in listed
    )
    files = "".join(f'<li><a href="{name}">{name}</a></li>\n' for name in others)
    content = f"\n{buttons}<p>Other files:</p>\n<ul>\n{files}</ul>\n"
    text, places = _PLACE.subn(lambda place: place[1] + content + place[2], text)
    if places != 1:
        raise RuntimeError(f"the manual's page {page.parent.name}/{page.name} has no place for it")
    page.write_text(text, encoding="utf-8")


def drag_link(entry: dict[str, Any]) -> str:
    """Write the link that can be dragged onto Blender, as its own pages have it.

    Parameters
    ----------
    entry : dict
        Of ``index.json``.
    """
    query = {"repository": "./index.json", "blender_version_min": entry["blender_version_min"]}
    for several in ("platforms", "python_versions"):
        if entry.get(several):
            query[several] = ",".join(entry[several])
    return f"{entry['archive_url'].removeprefix('./')}?{urllib.parse.urlencode(query)}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _version() -> str:
    text = (ROOT / "spike_export" / "version.py").read_text(encoding="utf-8")
    found = _VERSION.search(text)
    if found is None:
        raise RuntimeError("spike_export/version.py has no version")
    return found[1]


def _git(*words: str) -> str:
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), *words]
    return subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=True
    ).stdout.strip()


def main() -> None:
    """Put it together from what has been built."""
    dist, version = ROOT / "dist", _version()
    packages = [dist / f"{name}-{version}.zip" for name in build_extension.EXTENSIONS]
    others = [
        dist / f"spike_export-{version}-py3-none-any.whl",
        dist / f"spike_export-{version}.tar.gz",
        dist / f"neuro_films-{version}-py3-none-any.whl",
        *(make_demos.FOLDER / name for name in make_demos.COMMANDS),
        ROOT / "CHANGELOG.md",
    ]
    try:
        if changed := _git("status", "--porcelain"):
            raise RuntimeError(f"there are changes that are not committed:\n{changed}")
        elsewhere = [name.strip() for name in os.environ.get("RAN_ELSEWHERE", "").split(",")]
        if why := why_not_checked(ROOT / "out" / "ci", _git("rev-parse", "HEAD"), elsewhere):
            raise RuntimeError(why)
        listed = make_site(ROOT / "site", packages, others, dist / "site")
    except (RuntimeError, OSError, subprocess.CalledProcessError) as problem:
        sys.exit(f"The release was not made: {problem}")
    names = ", ".join(f"{entry['name']} {entry['version']}" for entry in listed)
    print(f"{dist / 'site'}: the manual, {names}")


if __name__ == "__main__":
    main()
