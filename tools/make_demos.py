# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the simulation files that come with BlenderSpike, with spike-export's own commands.

Needs NEURON. Everybody who installs the extension downloads them, so neurons' voltages are rounded
to 0.01 mV, and currents to 0.1 pA; the network is compressed without loss.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "blender_addons" / "blender_spike" / "demos"
# 120, 160, 80 and 240 frames after the first: 5, 7, 3 and 10 seconds.
COMMANDS: Final = {
    "demo_neuron.pickle": ("demo", "--field", "--tstop", "6", "--every", "0.05"),
    "demo_synapses.pickle": ("demo", "--kind", "synapses", "--tstop", "20", "--every", "0.125"),
    "demo_axons.pickle": ("demo", "--kind", "axons", "--tstop", "20", "--every", "0.25"),
    "demo_network.pickle": (
        "branching", "--layers", "12", "--neurons", "20", "--spontaneous", "0.002",
        "--steps", "241",
    ),
}  # fmt: skip
PRECISIONS: Final = {
    "demo_neuron.pickle": "0.01mV",
    "demo_synapses.pickle": "0.01mV",
    "demo_axons.pickle": "0.01mV",
    "demo_network.pickle": "zlib",
}


def make(name: str, folder: Path) -> Path:
    """Simulate one of them.

    Parameters
    ----------
    name : str
        A file of `COMMANDS`.
    folder : Path
        Where it is written; an older one is replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    subprocess.CalledProcessError
        After the command has said what is wrong.
    """
    with tempfile.TemporaryDirectory() as temporary:
        plain = Path(temporary) / name
        _spike_export(*COMMANDS[name], "-o", str(plain))
        made = folder / name
        _spike_export("convert", "--precision", PRECISIONS[name], "--force", str(plain), str(made))
    return made


def _spike_export(*arguments: str) -> None:
    command = [sys.executable, "-m", "spike_export", *arguments]
    subprocess.run(command, check=True, cwd=ROOT)


def main() -> None:
    """Write all of them."""
    parser = argparse.ArgumentParser(description="Write BlenderSpike's demo simulations.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    folder = parser.parse_args().folder.resolve()
    made = [make(name, folder) for name in COMMANDS]
    size = sum(path.stat().st_size for path in made)
    print(f"{folder}: {', '.join(COMMANDS)}, {size:,} bytes")


if __name__ == "__main__":
    main()
