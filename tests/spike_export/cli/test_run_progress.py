# SPDX-License-Identifier: BSD-3-Clause
"""The line that ``spike-export run`` keeps up to date in a terminal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from helpers.fast import fast_first

pytest.importorskip("neuron")
pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")

# It stands still at 150 ms until the terminal has shown so.
MODEL = """
    import sys, time
    from pathlib import Path
    from neuron import h
    h.load_file("stdrun.hoc")
    soma = h.Section(name="soma")
    soma.insert("pas")
    if KNOWN:
        h.tstop = 300
    else:
        h("tstop = 0")
    print("building")
    h.finitialize(-65)
    h.continuerun(150)
    while not Path("seen").exists():
        time.sleep(0.01)
    print("half")
    print("an error", file=sys.stderr)
    h.continuerun(300)
"""
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def screen(text: str) -> list[str]:
    """Lines of a terminal that knows a return and how to wipe a line."""
    lines = []
    for line in text.split("\n"):
        shown = line.removesuffix("\r").rpartition("\r\x1b[K")[2]
        lines.append(ESCAPES.sub("", shown).rstrip())
    return lines


@pytest.mark.slow
@fast_first(
    ("known", "expected"), [(True, "150.00 / 300 ms"), (False, "150.00 ms")], ids=["end", "no end"]
)
def test_the_bar_follows_the_model_and_leaves_nothing_behind(tmp_path: Path, known, expected):
    (tmp_path / "model.py").write_text(textwrap.dedent(MODEL).replace("KNOWN", str(known)))
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "spike_export", "run", "model.py"],
        cwd=tmp_path,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "90", "PYTHONUTF8": "1"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    too_late = threading.Timer(40, process.kill)
    too_late.start()
    text = ""
    with process:
        # At its end, Linux says so with an error.
        while True:
            try:
                text += os.read(ours, 65536).decode()
            except OSError:
                break
            if expected in ESCAPES.sub("", text):
                (tmp_path / "seen").touch()
    too_late.cancel()
    os.close(ours)
    assert process.returncode == 0, text
    assert "Running" in text
    assert "━" in text, "a bar"
    lines = screen(text)
    assert lines.count("half") == lines.count("an error") == lines.count("building") == 1
    assert not any("Running" in line for line in lines), "erased before anything is printed"
    assert any(line.startswith("Duration") for line in lines)
    assert (tmp_path / "model.pickle").exists()
