# SPDX-License-Identifier: GPL-3.0-or-later
"""Drive a real Blender window through each add-on's scenario: ``make test-gui BLENDER=…``.

Needs Blender 5.2 or newer and, where there is no screen, Xvfb. Takes a picture of each state if
ImageMagick is there. Ends with exit code 1 if a step fails or Blender's log holds an error.
``--only surface_slicer`` plays just that one.
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

LIMIT_S = 420
_TROUBLE = re.compile(r"Traceback|\bERROR\b|Python script error")


def main() -> None:
    """Play all scenarios, or those that are named."""
    parser = argparse.ArgumentParser(description="Drive a real Blender window.")
    parser.add_argument("blender", help="path of Blender 5.2 or newer")
    parser.add_argument("pictures", type=Path, help="folder for pictures and the logs")
    parser.add_argument("--only", choices=SCENARIOS, help="play just this one")
    options = parser.parse_args()
    if not shutil.which(options.blender):
        sys.exit(f"There is no program {options.blender}: give Blender's full path.")
    for extension in [options.only] if options.only else SCENARIOS:
        play(extension, options.blender, options.pictures.resolve())
    print(f"The window test passed; pictures are in {options.pictures}.")


def play(extension: str, blender: str, pictures: Path) -> None:
    """Build an extension, make files, run its scenario, judge its log."""
    script, make, refused = SCENARIOS[extension]
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        (home / "config").mkdir()
        package = build_extension.build(extension, home / "dist")
        data = home / "data"
        data.mkdir()
        make(data)
        command = [
            blender, "--factory-startup", "--window-geometry", "0", "0", "1600", "1000",
            "--enable-event-simulate", "--python", str(Path(__file__).with_name(script)),
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
        except subprocess.TimeoutExpired as late:
            print(late.stdout)
            sys.exit(f"The window test of {extension} hung for {LIMIT_S} s and was ended.")
    (pictures / f"{extension}.log").write_text(result.stdout)
    print(result.stdout)
    # The refused file's sentence is what the scenario wants to see.
    trouble = [
        line for line in result.stdout.splitlines() if _TROUBLE.search(line) and refused not in line
    ]
    if result.returncode or trouble or "scenario done" not in result.stdout:
        sys.exit(f"The window test of {extension} failed ({result.returncode}): {trouble[:3]}")


def make_files(folder: Path) -> None:
    """Write one file in each format, and one that is to be refused."""
    sim = write(folder / "cell.pickle", simulation(branched()))
    assert sim.exists()
    write(folder / "net.pickle", merge([simulation(branched(), seed=seed) for seed in range(3)]))
    axis = np.arange(3.0)
    section = {"ID": 0, "type": "soma", "X": axis, "Y": axis * 0, "Z": axis * 0, "DIAM": axis + 1}
    section["Voltage"] = {frame: np.array([-65.0 + frame]) for frame in range(4)}
    (folder / "older.pickle").write_bytes(pickle.dumps([section], protocol=4))
    (folder / "bad.pickle").write_bytes(b"\x80\x04nonsense")


def make_arrays(folder: Path) -> None:
    """Write two surfaces, a curve, and a file that is to be refused."""
    x, y = np.meshgrid(np.linspace(-2, 2, 60), np.linspace(-2, 2, 50))
    np.save(folder / "hill.npy", np.exp(-((x - 0.4) ** 2) - 1.5 * (y + 0.3) ** 2))
    np.save(folder / "waves.npy", np.sin(3 * x) * np.cos(2 * y))
    np.save(folder / "wave.npy", np.sin(np.linspace(0, 12, 300)))
    (folder / "bad.npy").write_bytes(b"\x93NUMPY nonsense")


# The script, what makes its files, and what Blender's log says of the one that is refused.
SCENARIOS = {
    "blender_spike": ("inside.py", make_files, "Cannot read bad.pickle"),
    "surface_slicer": ("inside_surface_slicer.py", make_arrays, "Cannot read bad.npy"),
}


if __name__ == "__main__":
    main()
