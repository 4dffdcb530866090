# SPDX-License-Identifier: GPL-3.0-or-later
"""Drive a real Blender's window: ``make test-window``.

Builds the three extensions, installs them into a fresh home as a person does, and plays every
`scenario_*.py` beside this file in a window of its own, on a screen of its own (Xvfb), with the
pointer of that screen (xdotool). Takes a picture of each state if ImageMagick is there. Ends with
exit code 1 if a step fails or a log holds what should not be there.

``--plant`` breaks an operator, a panel, a poll and a panel's field, one at a time, and ends well
only if every scenario that declares FAULTS notices.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tools"), str(HERE)]

import build_extension  # noqa: E402
from happened_once import set_aside  # noqa: E402

# So high that a sidebar need not be scrolled.
SCREEN = (1000, 2500)
# What is wider takes longer to draw.
WINDOW = (680, 2500)
# Blender says something with every step; so long without a word, and it hangs.
SILENCE_S = 180
# What Python raises, and what Blender says of fields, operators and menus that it does not know.
_TROUBLE = re.compile(
    r"Traceback|\bERROR\b|\bError\b|Python script error|Segmentation fault|UILayout\.|not found:"
    r"|unknown operator|(?:bpy|rna|ui)\S* +\| WARNING|DeprecationWarning"
)
# What an operator says in a sentence, not one that fails.
_REFUSAL = re.compile(r"(?:[\d:.]+ +(?:operator|reports) +\| ERROR |Error: )(?!Python)")


@dataclass(frozen=True)
class Fault:
    """What is broken in a class, and what has to be in the log if that was noticed for itself.

    ``of`` tells which of a scenario's FAULTS is the class.
    """

    of: str
    method: str
    code: str
    trace: str = ""


_PLANTED = "a planted fault"
# Appended to an extension's __init__.py: breaks one of its classes before it is registered.
_PLANT = """
def _planted(self, context):
    raise RuntimeError({planted!r})

def _planted_field(self, context):
    self.layout.prop(context.scene, "planted_field")

for _broken in CLASSES:
    if _broken.__name__ == {name!r}:
        _broken.{method} = {code}
"""
_FAULTS = {
    "operator": Fault("operator", "execute", "_planted", _PLANTED),
    "draw": Fault("draw", "draw", "_planted", _PLANTED),
    "poll": Fault("poll", "poll", "classmethod(lambda cls, context: False)"),
    "field": Fault("draw", "draw", "_planted_field", "planted_field"),
}


@dataclass(frozen=True)
class Blender:
    """The program, its home with what is installed in it, and how its pointer moves."""

    program: str
    home: Path
    real_pointer: bool

    def environment(self, home: Path) -> dict[str, str]:
        """Keep out of the user's preferences, atlases and recent files."""
        cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
        return {
            "MESA_SHADER_CACHE_DIR": str(cache / "mesa_shader_cache"),
            **os.environ,
            "HOME": str(home),
            "BLENDER_USER_RESOURCES": str(home),
        }


def main() -> None:
    """Build, install, play, judge."""
    options = parse()
    # So that Blender and the screen end with this, whoever ends it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("The window tests were ended."))
    if not shutil.which(options.blender):
        sys.exit(f"There is no program {options.blender}: give Blender's full path.")
    pictures = options.pictures.resolve()
    failed = []
    with tempfile.TemporaryDirectory() as temporary, screen():
        blender = Blender(
            str(Path(shutil.which(options.blender) or "").absolute()),
            (options.installed or Path(temporary) / "home").resolve(),
            options.pointer == "real",
        )
        if not blender.home.exists():
            prepare(blender)
        for name in options.only or scenarios():
            if options.plant:
                failed += [
                    f"{name}: the planted fault in {fault} was not noticed"
                    for fault in (_FAULTS if can_notice(name) else ())
                    if not play(blender, name, pictures / f"{name} planted {fault}", fault)
                ]
            elif trouble := play(blender, name, pictures / name):
                failed.append(f"{name}: {trouble}")
    if failed:
        sys.exit("The window tests failed.\n" + "\n".join(failed))
    seen = any(pictures.glob("*/*.png"))
    where = f"pictures are in {pictures}" if seen else "no pictures: ImageMagick is missing"
    print(f"The window tests passed; {where}.")


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Drive a real Blender.")
    add = parser.add_argument
    add("blender", help="path of Blender 5.2 or newer")
    add("pictures", type=Path, help="folder for pictures and logs")
    add("--only", action="append", choices=scenarios(), help="this scenario; repeatable")
    add("--installed", type=Path, help="where what is installed is kept, or was kept before")
    add("--plant", action="store_true", help="break things, and see that it is noticed")
    add(
        "--pointer", choices=("real", "simulated"),
        default="real" if shutil.which("xdotool") else "simulated",
        help="the screen's own, by xdotool, or Blender's simulation (default: what is there)",
    )  # fmt: skip
    return parser.parse_args()


def scenarios() -> list[str]:
    """List what can be played."""
    return sorted(path.stem.removeprefix("scenario_") for path in HERE.glob("scenario_*.py"))


def can_notice(name: str) -> bool:
    """Tell whether a scenario declares what may be broken for it."""
    return bool(declared((HERE / f"scenario_{name}.py").read_text(), "FAULTS", {}))


@contextlib.contextmanager
def screen() -> Iterator[None]:
    """Start an X server of our own, so that nobody's pointer is moved."""
    if not shutil.which("Xvfb"):
        if not os.environ.get("DISPLAY"):
            sys.exit("There is no screen and no Xvfb; install Xvfb (on Debian: apt install xvfb).")
        yield
        return
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "{}x{}x24".format(*SCREEN),
         "-nolisten", "tcp"],
        pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    try:
        # Empty if it ended instead.
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        if not number:
            sys.exit("Xvfb does not start.")
        os.environ["DISPLAY"] = f":{number}"
        os.environ.pop("WAYLAND_DISPLAY", None)
        yield
    finally:
        server.terminate()
        server.wait()


def build_all(folder: Path) -> dict[str, Path]:
    """Build the extensions; without a network, without the wheels that one brings along."""
    packages = {}
    for name in build_extension.EXTENSIONS:
        wheels = folder / f"{name} wheels"
        try:
            found = build_extension.download_wheels(name, wheels)
        except RuntimeError:
            print(f"{name} is built without its wheels, which cannot be downloaded.", flush=True)
            found = []
        packages[name] = build_extension.build(name, folder, found)
    return packages


def prepare(blender: Blender) -> None:
    """Build and install the extensions; another process may be about to do so as well."""
    blender.home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=blender.home.parent) as temporary:
        made = replace(blender, home=Path(temporary) / "home")
        install(made, build_all(Path(temporary) / "dist"))
        # The other one may have been faster; then its home is as good.
        with contextlib.suppress(OSError):
            made.home.rename(blender.home)


def install(blender: Blender, packages: dict[str, Path]) -> None:
    """Install as the manual says for servers: blender --command extension install-file."""
    (blender.home / "config").mkdir(parents=True)
    for package in packages.values():
        result = subprocess.run(
            [blender.program, "--offline-mode", "--command", "extension", "install-file",
             "-r", "user_default", "-e", str(package)],
            env=blender.environment(blender.home), capture_output=True, text=True,
            errors="replace", timeout=SILENCE_S,
        )  # fmt: skip
        output = result.stdout + result.stderr
        if result.returncode or _TROUBLE.search(output):
            sys.exit(f"{package.name} cannot be installed: {output}")


def play(blender: Blender, name: str, pictures: Path, fault: str = "") -> str:
    """Play one scenario in a fresh Blender.

    Parameters
    ----------
    blender : Blender
    name : str
    pictures : Path
        Folder for pictures and the log.
    fault : str
        What to break; empty for nothing.

    Returns
    -------
    str
        What is wrong, or nothing.
    """
    shutil.rmtree(pictures, ignore_errors=True)
    pictures.mkdir(parents=True)
    begin = time.monotonic()
    source = (HERE / f"scenario_{name}.py").read_text()
    expected = declared(source, "EXPECTED", ())
    refused = declared(source, "REFUSED", False)
    online = declared(source, "ONLINE", False)
    width, height = declared(source, "WINDOW", WINDOW)
    with tempfile.TemporaryDirectory() as temporary:
        home, data = Path(temporary) / "home", Path(temporary) / "data"
        shutil.copytree(blender.home, home, symlinks=True)
        if fault:
            plant(home, declared(source, "FAULTS", {})[_FAULTS[fault].of], _FAULTS[fault])
        if declared(source, "UNFOLDED", False):
            unfold(home)
        data.mkdir()
        files = f"files_{declared(source, 'FILES', name)}"
        if (HERE / f"{files}.py").exists():
            importlib.import_module(files).make(data)
        command = [
            blender.program, "--online-mode" if online else "--offline-mode", "--window-geometry",
            # From the screen's lower left; windows are at its upper left.
            *map(str, (0, SCREEN[1] - height, width, height)),
            *([] if blender.real_pointer else ["--enable-event-simulate"]),
            "--python", str(HERE / "inside.py"), "--", f"scenario_{name}", str(data), str(pictures),
        ]  # fmt: skip
        # What Blender writes when it crashes lies beside the pictures.
        environment = {**blender.environment(home), "TMPDIR": str(pictures)}
        code, lines = follow(command, environment, data, quiet=bool(fault))
    (pictures / "log.txt").write_text("\n".join(lines) + "\n")
    lines, once = set_aside(lines)
    trouble = [
        line
        for line in lines
        if _TROUBLE.search(line)
        and not any(e in line for e in expected)
        and not (refused and _REFUSAL.match(line))
    ]
    said = next((line for line in reversed(lines) if line.strip()), "nothing")
    # What a scenario was about to do.
    doing = next((line for line in reversed(lines) if line.startswith("now: ")), said)
    problem = ""
    if code is None:
        problem = f"Blender said nothing for {SILENCE_S} s and was ended; its last words: {said}"
    elif code < 0:
        problem = f"Blender crashed ({signal.Signals(-code).name}) at: {doing}"
    elif code or "scenario done" not in lines:
        problem = f"exit code {code}; the last words: {said}"
    elif trouble:
        problem = f"the log holds {len(trouble)} errors, the first: {trouble[0]}"
    if fault and not any(line.startswith("ok: ") for line in lines):
        sys.exit(f"{name}, with a planted fault in {fault}, did not even begin: {problem}")
    if fault and not any(_FAULTS[fault].trace in line for line in lines):
        problem = ""
    took = time.monotonic() - begin
    what = f"{name}{', with a planted fault in ' + fault if fault else ''}"
    print(f"{what}: {problem or 'well'} ({took:.0f} s, {pictures})", flush=True)
    for line in once:
        if line.startswith("FAILED: "):
            print(f"{what}: happened once and not again: {line.removeprefix('FAILED: ')}")
    return problem


def follow(
    command: list[str], environment: dict[str, str], folder: Path, quiet: bool
) -> tuple[int | None, list[str]]:
    """Run a program and pass on what it says, until it ends or falls silent.

    Returns
    -------
    code : int or None
        Its exit code; None if it was silent for too long and was ended.
    lines : list of str
        All it said.
    """
    lines: list[str] = []
    # A group of its own, so that what it started ends with it.
    process = subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        with process.stdout as output:
            rest = b""
            while select.select([output], [], [], SILENCE_S)[0]:
                heard = os.read(output.fileno(), 65536)
                if not heard:
                    return process.wait(), lines
                *whole, rest = (rest + heard).split(b"\n")
                for line in whole:
                    lines.append(line.decode(errors="replace"))
                    if not quiet:
                        print(f"  {lines[-1]}", flush=True)
        return None, lines
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def plant(home: Path, broken: str, fault: Fault) -> None:
    """Break a class of an installed extension."""
    extension = re.split("_[OP]T_", broken)[0].lower()
    module = home / "extensions" / "user_default" / extension / "__init__.py"
    with module.open("a") as file:
        file.write(
            _PLANT.format(name=broken, planted=_PLANTED, method=fault.method, code=fault.code)
        )


def unfold(home: Path) -> None:
    """Open the parts of panels that are closed until someone clicks on their heading.

    Blender keeps in the window whether they are, and no script can change that.
    """
    for module in (home / "extensions" / "user_default").rglob("*.py"):
        text = module.read_text()
        opened = re.sub(r"default_closed=True\b", "default_closed=False", text)
        if opened != text:
            module.write_text(opened)


def declared(source: str, name: str, otherwise: Any) -> Any:
    """Read a constant of a scenario, which only Blender can import."""
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") == name:
            return ast.literal_eval(statement.value)
    return otherwise


if __name__ == "__main__":
    main()
