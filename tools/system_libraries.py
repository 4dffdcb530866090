# SPDX-License-Identifier: GPL-3.0-or-later
"""Make sure that the bpy module finds the system libraries it is linked to.

Desktops have them; a bare server or container lacks some. For root, they are installed with apt-get
if available; otherwise the command is shown.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

# What `ldd` shows for bpy 5.2 beyond the C and C++ libraries, and EGL for rendering with EEVEE.
PACKAGES = {
    "apt-get": "libx11-6 libxrender1 libxfixes3 libxi6 libxkbcommon0 libsm6 libice6 libgl1 libegl1",
    "dnf": "libX11 libXrender libXfixes libXi libxkbcommon libSM libICE libglvnd-glx libglvnd-egl",
    "pacman": "libx11 libxrender libxfixes libxi libxkbcommon libsm libice libglvnd",
}
COMMANDS = {
    "apt-get": "apt-get install -y --no-install-recommends",
    "dnf": "dnf install",
    "pacman": "pacman -S",
}
_MISSING = re.compile(r"ImportError: (\S+): cannot open shared object file")


def problem() -> str:
    """Try to start Blender.

    Returns
    -------
    str
        Empty if it starts; the missing library's name; or else the last line of the error.
    """
    result = subprocess.run(
        [sys.executable, "-c", "import bpy"], capture_output=True, text=True, errors="replace"
    )
    if not result.returncode:
        return ""
    missing = _MISSING.search(result.stderr)
    lines = result.stderr.strip().splitlines()
    return missing[1] if missing else lines[-1] if lines else f"exit code {result.returncode}"


def main() -> None:
    """Check, install if allowed, check again."""
    found = problem()
    if not found:
        return
    if not found.startswith("lib"):
        sys.exit(f"Blender's Python module does not start: {found}")
    manager = next((name for name in PACKAGES if shutil.which(name)), "")
    if manager == "apt-get" and os.geteuid() == 0:
        print(f"Blender needs system libraries, such as {found}; installing them with apt-get ...")
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        install = [*COMMANDS[manager].split(), *PACKAGES[manager].split()]
        for command in (["apt-get", "update"], install):
            if subprocess.run(command, stdout=subprocess.DEVNULL, env=environment).returncode:
                sys.exit(f"This failed: {' '.join(command)}")
        found = problem()
        if not found:
            return
    advice = (
        f" Install them as root: {COMMANDS[manager]} {PACKAGES[manager]}"
        if manager
        else " They belong to X11 and OpenGL; install them with your system's package manager."
    )
    sys.exit(f"Blender needs system libraries, and {found} is missing.{advice}")


if __name__ == "__main__":
    main()
