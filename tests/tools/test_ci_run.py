# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate: what its last lines say, and what it leaves for `make release`."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tools.test_make_release import TOOL

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.skipif(os.name == "nt", reason="bash")


@pytest.fixture
def tree(tmp_path) -> Path:
    """A project of two scenarios, with a make that fails at what FAIL names."""
    tree = tmp_path / "tree"
    (tree / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", tree / ".ci")
    (tree / "tests" / "gui").mkdir(parents=True)
    for name in ("undo", "random", "spike"):
        (tree / "tests" / "gui" / f"scenario_{name}.py").touch()
    (tree / ".gitignore").write_text("/out/\n/.venv/\n/called\n")
    programs = tree / ".venv" / "bin"
    programs.mkdir(parents=True)
    # It writes down what it was called with.
    write(
        programs / "make",
        'echo "${LEFT_TO_BLENDER:-all} $*" >> called\n'
        'case "$*" in "$FAIL") exit 1;; $SLOW) sleep 1;; esac',
    )
    write(programs / "python", 'exit "${NO_BLENDER:-0}"')
    write(programs / "chromium", "")
    git = ["git", "-C", str(tree), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "first"]):
        subprocess.run([*git, *words], check=True)
    return tree


def write(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def run(tree: Path, **more: str) -> tuple[int, list[str]]:
    path = f"{tree / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {
        **os.environ,
        "FAIL": "",
        "SLOW": "",
        "LEFT_TO_BLENDER": "",
        "PATH": path,
        **more,
    }
    done = subprocess.run(
        [tree / ".ci" / "run"], env=environment, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout.splitlines()


def why(tree: Path) -> str:
    head = ["git", "-C", str(tree), "rev-parse", "HEAD"]
    commit = subprocess.run(head, check=True, capture_output=True, text=True).stdout.strip()
    return str(TOOL.why_not_checked(tree / "out" / "ci", commit, []))


def test_all_has_passed(tree):
    code, lines = run(tree)
    assert code == 0 and lines[-1] == "Complete."
    stages = [line for line in lines if line.startswith("passed ")]
    assert len(stages) == 7 and why(tree) == ""


@pytest.mark.parametrize("slow", ["test", "test-window ONLY=undo"])
def test_each_is_done_once_whoever_is_slow(tree, slow):
    assert run(tree, SLOW=slow)[0] == 0
    called = (tree / "called").read_text().splitlines()
    assert len(called) == len(set(called)) == 7


def test_what_a_blender_tries_is_left_to_it(tree):
    run(tree)
    assert "1 test" in (tree / "called").read_text().splitlines()
    (tree / "called").unlink()
    run(tree, NO_BLENDER="1")
    assert "all test" in (tree / "called").read_text().splitlines()


def test_a_scenario_is_played_twice_and_then_has_failed(tree):
    code, lines = run(tree, FAIL="test-window ONLY=spike")
    assert code == 1 and lines[-1].startswith("Failed.")
    assert (tree / "called").read_text().count("ONLY=spike") == 2
    assert sum(line.startswith("passed ") for line in lines) == 6


def test_what_failed_comes_last_and_the_rest_did_not_run(tree):
    code, lines = run(tree, FAIL="test", SLOW="test-window*")
    assert code == 1 and lines[-1].startswith("Failed.")
    assert lines[-2].split() == ["failed", lines[-2].split()[1], "make", "test"]
    assert any("make test-conformance" in line for line in lines if line.startswith("not run "))
    assert "failed: make test" in why(tree)


def test_without_a_blender_it_is_incomplete_and_says_what_is_missing(tree):
    code, lines = run(tree, NO_BLENDER="1")
    assert code == 0 and lines[-1].startswith("Incomplete: make release refuses")
    missing = [line for line in lines[-5:-1] if line.startswith("not run ")]
    assert len(missing) == 4 and "(there is no Blender)" in missing[0]
    assert "did not run: make test-blender, make test-window ONLY=random" in why(tree)


def test_changes_are_noticed(tree):
    (tree / "new.py").touch()
    assert run(tree)[0] == 0
    assert "with changes" in why(tree)
