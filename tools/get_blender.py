# SPDX-License-Identifier: GPL-3.0-or-later
"""Get a Blender with a window where there is none: a small Debian with Blender in a folder.

``python tools/get_blender.py`` prints the folder of programs to call (blender, Xvfb, xdotool,
import), or says in one sentence why there is none and exits with code 1. Only for root on Linux,
since it needs `debootstrap`, `chroot` and a mount namespace, as available in CI containers. Takes a
few minutes and 2 GB once; nothing outside the folder changes, except that the package debootstrap
is installed if missing. Two processes that set up the same folder wait for each other, and a folder
that contains anything else is left unchanged.
"""

from __future__ import annotations

import argparse
import contextlib
import fnmatch
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

SUITE: Final = "sid"
"""The Debian that has Blender 5.2."""
OLDEST_BLENDER: Final = (5, 2)
PROGRAMS: Final = ("blender", "Xvfb", "xdotool", "import")
# Blender's extension system needs the four Python packages; Mesa draws without a graphics card.
PACKAGES: Final = (
    "blender", "xvfb", "xdotool", "imagemagick", "libgl1-mesa-dri", "libegl1", "ca-certificates",
    "python3-cattr", "python3-numpy", "python3-requests", "python3-zstandard",
)  # fmt: skip
LIMIT_S: Final = 600
# Everything that our folder contains.
ROOT: Final = "root"
BIN: Final = "bin"
COMPLETE: Final = "complete"
# The Debian has its own; those of this machine are not visible inside.
HIDDEN: Final = (
    "/bin", "/boot", "/dev", "/etc", "/lib*", "/lost+found", "/proc", "/run", "/sbin", "/sys",
    "/usr", "/var",
)  # fmt: skip
# Runs the program of the same name in the Debian, which sees this machine's files under their own
# paths. The mounts are gone when it ends.
WRAPPER: Final = """\
#!/bin/sh
here=$(dirname "$(dirname "$(readlink -f "$0")")")
exec unshare --mount --propagation private /bin/sh -c '
root="$1/root" program="$2" folder="$3"
shift 3
mount --rbind /dev "$root/dev" && mount -t proc proc "$root/proc" || exit 125
for top in /*; do
  case $top in
    HIDDEN) continue ;;
  esac
  [ -d "$top" ] && [ ! -L "$top" ] || continue
  mkdir -p "$root$top" && mount --rbind "$top" "$root$top" || exit 125
done
# Otherwise it would find this script again.
PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec chroot "$root" /bin/sh -c "cd \\"\\$0\\" && exec \\"\\$@\\"" "$folder" "$program" "$@"
' sh "$here" "$(basename "$0")" "$PWD" "$@"
""".replace("HIDDEN", "|".join(HIDDEN))


class NotPossibleError(Exception):
    """Blender cannot be set up on this machine; the text says why."""


def get(folder: Path) -> Path:
    """Find a Blender, or set one up.

    Parameters
    ----------
    folder : Path
        Where it is kept.

    Returns
    -------
    Path
        The folder of programs.

    Raises
    ------
    NotPossibleError
    """
    programs = folder / BIN
    if sys.platform != "linux":
        raise NotPossibleError("this is not Linux")
    if strange := sorted({path.name for path in folder.glob("*")} - {ROOT, BIN, COMPLETE}):
        raise NotPossibleError(f"{folder} contains something else, such as {strange[0]}")
    with _alone(folder):
        if not (folder / COMPLETE).exists():
            _check()
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            _make(folder, programs)
        version = _version(programs / "blender")
        if version < OLDEST_BLENDER:
            raise NotPossibleError(f"Debian's Blender is {'.'.join(map(str, version))}")
        (folder / COMPLETE).touch()
    return programs


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process is setting up the same folder."""
    import fcntl

    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _check() -> None:
    top = str(Path(*Path.cwd().parts[:2]))
    if any(fnmatch.fnmatch(top, hidden) for hidden in HIDDEN):
        raise NotPossibleError(f"what is in {top} is not visible from inside the Debian")
    if os.geteuid():
        raise NotPossibleError("setting up a Debian with Blender needs root")
    for program in ("unshare", "chroot"):
        if not shutil.which(program):
            raise NotPossibleError(f"the program {program} is missing")
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        raise NotPossibleError("this container may not mount anything")
    if not shutil.which("debootstrap"):
        if not shutil.which("apt-get"):
            raise NotPossibleError("the program debootstrap is missing")
        _run(["apt-get", "update"], "apt-get does not reach its server")
        _run(["apt-get", "install", "-y", "debootstrap"], "debootstrap cannot be installed")


def _make(folder: Path, programs: Path) -> None:
    root = folder / ROOT
    print("Setting up a Debian with Blender, once (2 GB) ...", file=sys.stderr, flush=True)
    deadline = time.monotonic() + LIMIT_S
    _run(["debootstrap", "--variant=minbase", SUITE, str(root)], "debootstrap failed", deadline)
    programs.mkdir()
    for name in (*PROGRAMS, "apt-get"):
        (programs / name).write_text(WRAPPER, encoding="utf-8")
        (programs / name).chmod(0o755)
    settings = root / "etc" / "apt" / "apt.conf.d" / "90this-machine"
    settings.write_text(_way_to_servers(), encoding="utf-8")
    apt = str(programs / "apt-get")
    _run([apt, "update"], "Debian's server does not answer", deadline)
    _run(
        [apt, "install", "-y", "--no-install-recommends", *PACKAGES],
        "Blender cannot be installed in Debian", deadline,
    )  # fmt: skip
    (programs / "apt-get").unlink()
    shutil.rmtree(root / "var" / "cache" / "apt", ignore_errors=True)


def _way_to_servers() -> str:
    """Read this machine's apt-get settings for proxies and timeouts."""
    if not shutil.which("apt-config"):
        return ""
    result = subprocess.run(
        ["apt-config", "dump", "Acquire"], capture_output=True, text=True, errors="replace"
    )
    wanted = ("Acquire::http", "Acquire::Check-", "Acquire::Retries")
    return "".join(f"{line}\n" for line in result.stdout.splitlines() if line.startswith(wanted))


def _run(command: Sequence[str], what: str, deadline: float | None = None) -> None:
    """Run a command, or raise with the meaning of its failure and its last message."""
    left = LIMIT_S if deadline is None else max(deadline - time.monotonic(), 1.0)
    try:
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", timeout=left,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotPossibleError(f"{what}: not done after {LIMIT_S // 60} minutes") from None
    except OSError as error:
        raise NotPossibleError(f"{what}: {error.strerror}") from None
    if result.returncode:
        lines = result.stdout.strip().splitlines() or [f"exit code {result.returncode}"]
        raise NotPossibleError(f"{what}: {lines[-1]}")


def _version(blender: Path) -> tuple[int, ...]:
    try:
        result = subprocess.run(
            [blender, "--version"], capture_output=True, text=True, errors="replace", timeout=120
        )
        numbers = result.stdout.split()[1].split(".")
        return tuple(int(number) for number in numbers[:2])
    except (OSError, IndexError, ValueError, subprocess.TimeoutExpired):
        raise NotPossibleError("the Blender that was set up does not start") from None


def main() -> None:
    """Print where the programs are."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser = argparse.ArgumentParser(description="Get a Blender with a window.")
    parser.add_argument(
        "folder", nargs="?", type=Path, default=cache / "blender_with_a_window",
        help="where it is kept (default: %(default)s)",
    )  # fmt: skip
    try:
        print(get(parser.parse_args().folder.resolve()))
    except (NotPossibleError, OSError) as problem:
        sys.exit(f"No Blender with a window was found or made: {problem}.")


if __name__ == "__main__":
    main()
