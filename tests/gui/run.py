# SPDX-License-Identifier: GPL-3.0-or-later
"""Drive a real Blender window through the scenario of `inside.py`: ``make test-gui BLENDER=…``.

Needs Blender 5.2 or newer and, where there is no screen, Xvfb. Takes a picture of each state if
ImageMagick is there. Ends with exit code 1 if a step fails or Blender's log holds an error.
"""

from __future__ import annotations

import argparse
import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]

import build_extension  # noqa: E402
import numpy as np  # noqa: E402
from simulations import branched, simulation  # noqa: E402

from spike_export import merge, write  # noqa: E402

LIMIT_S = 300
_TROUBLE = re.compile(r"Traceback|\bERROR\b|Python script error")


def main() -> None:
    """Build the extension, make files, run the scenario, judge its log."""
    parser = argparse.ArgumentParser(description="Drive a real Blender window.")
    parser.add_argument("blender", help="path of Blender 5.2 or newer")
    parser.add_argument("pictures", type=Path, help="folder for pictures and the log")
    options = parser.parse_args()
    if not shutil.which(options.blender):
        sys.exit(f"There is no program {options.blender}: give Blender's full path.")
    pictures = options.pictures.resolve()
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        (home / "config").mkdir()
        package = build_extension.build("blender_spike", home / "dist")
        data = home / "data"
        make_files(data)
        command = [
            options.blender, "--factory-startup", "--window-geometry", "0", "0", "1600", "1000",
            "--enable-event-simulate", "--python", str(Path(__file__).with_name("inside.py")),
            "--", str(package), str(data), str(pictures),
        ]  # fmt: skip
        if not os.environ.get("DISPLAY"):
            if not shutil.which("xvfb-run"):
                sys.exit("There is no screen and no xvfb-run; install Xvfb.")
            command = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", *command]
        try:
            result = subprocess.run(
                command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                errors="replace", timeout=LIMIT_S,
                env=os.environ | {"BLENDER_USER_RESOURCES": str(home)},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            sys.exit(f"The window test hung for {LIMIT_S} s and was ended.")
    (pictures / "log.txt").write_text(result.stdout)
    print(result.stdout)
    # The refused file's sentence is what the scenario wants to see.
    trouble = [
        line
        for line in result.stdout.splitlines()
        if _TROUBLE.search(line) and "Cannot read bad.pickle" not in line
    ]
    if result.returncode or trouble or "scenario done" not in result.stdout:
        sys.exit(f"The window test failed (exit code {result.returncode}): {trouble[:3]}")
    print(f"The window test passed; pictures are in {pictures}.")


def make_files(folder: Path) -> None:
    """Write one file in each format, and one that is to be refused."""
    folder.mkdir()
    sim = write(folder / "cell.pickle", simulation(branched()))
    assert sim.exists()
    write(folder / "net.pickle", merge([simulation(branched(), seed=seed) for seed in range(3)]))
    axis = np.arange(3.0)
    section = {"ID": 0, "type": "soma", "X": axis, "Y": axis * 0, "Z": axis * 0, "DIAM": axis + 1}
    section["Voltage"] = {frame: np.array([-65.0 + frame]) for frame in range(4)}
    (folder / "older.pickle").write_bytes(pickle.dumps([section], protocol=4))
    (folder / "bad.pickle").write_bytes(b"\x80\x04nonsense")


if __name__ == "__main__":
    main()
