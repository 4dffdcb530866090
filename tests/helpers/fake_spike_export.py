# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that takes the place of spike-export in tests, and does what it is told.

Run by itself, it notes its arguments, then follows the words in the variable FAKE: it reports how
far it is, prints, waits, starts a child, writes its result, or fails.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path


def write_program(folder: Path, name: str = "spike-export") -> Path:
    """Write the program into a folder, as installers write theirs."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(
        f"#!{sys.executable}\nimport runpy\nrunpy.run_path({__file__!r}, run_name='__main__')\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def _follow(step: str, output: str) -> None:
    word, _, rest = step.partition(":")
    if word == "report":
        reached, total = rest.split("/")
        line = json.dumps({"reached_ms": float(reached), "total_ms": float(total)})
        with open(os.environ["SPIKE_EXPORT_PROGRESS"], "a", encoding="ascii") as file:
            file.write(f"{line}\n")
    elif word == "garbage":
        with open(os.environ["SPIKE_EXPORT_PROGRESS"], "ab") as file:
            file.write(b'\xff{]\n[1]\n{"reached_ms": null}\n')
    elif word == "print":
        print(rest, file=sys.stderr, flush=True)
    elif word == "until":
        while not Path(rest).exists():
            time.sleep(0.02)
    elif word == "live":
        until, source = rest.split(">")
        _live(Path(until), Path(source), output)
    elif word == "child":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        Path(rest).write_text(str(child.pid))
    elif word == "copy":
        shutil.copy(rest, output)
    elif word == "exit":
        sys.exit(int(rest))


def _live(until: Path, source: Path, output: str) -> None:
    """Let a finished simulation be watched as if it ran; its last frame waits for a file."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from dataclasses import replace

    from spike_export import read
    from spike_export.files.writer import content_of
    from spike_export.neuron.broadcast import Broadcast

    sim = read(source)
    first = replace(sim, time_ms=sim.time_ms[:1], values=sim.values[:1])
    port = next(int(word[7:]) for word in sys.argv if word.startswith("--port="))
    with Broadcast(port) as live:
        live.path, count = output, 1
        while not until.exists():
            live.begin(
                live.name,
                lambda: content_of(first),
                lambda begin, end: (sim.time_ms[begin:end], sim.values[begin:end]),
                8 + 4 * sim.n_segments,
            )
            live.serve(count, float(sim.time_ms[count - 1]), float(sim.time_ms[-1]))
            count = min(count + 1, sim.n_frames - 1)
            time.sleep(0.1)
        shutil.copy(source, output)
        live.end(output)


def main() -> None:
    """Do it."""
    Path(os.environ["FAKE_NOTES"]).write_text(
        json.dumps({"arguments": sys.argv[1:], "folder": os.getcwd(), **os.environ})
    )
    output = sys.argv[sys.argv.index("-o") + 1]
    for step in os.environ["FAKE"].split("|"):
        _follow(step, output)


if __name__ == "__main__":
    main()
