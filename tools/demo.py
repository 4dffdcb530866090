# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole demo from start to finish: simulate, import, color, render, encode.

Run by ``make demo``. Simulates the pyramidal cell that ships with NEURON and renders it, in this
Python's bpy module or in your own Blender, with a progress bar and a log beside the results. Also
renders a picture of a synthetic brain and a frame of the film of a surface.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

from spike_export import write
from spike_export.models import demo_neuron

FRAMES = (20, 100)
# Where the spike begins, and the tip of the apical dendrite, which it reaches last.
TRACES = ("soma", "dendrite_1[29]")
# Light without shadows has no noise, only edges: beside 128, no difference is seen at a third of
# the time.
SAMPLES = 16
RENDER_SCRIPT = Path(__file__).resolve().parent.parent / "examples" / "render_neuron.py"
# Other pictures, each one frame rendered by the example script of its name.
PICTURES = {
    "brain": (
        "--demo", "--labels", "--frames", "1-1", "--orbit", "0", "--resolution", "960x540",
    ),
    # Where the cut has reached the first of the hills.
    "surface": ("--axes", "--frames", "21-21", "--length", "120"),
}  # fmt: skip
_FRAME_LINE = re.compile(r"Frame \d+ \((\d+) of \d+\)")


@click.command()
@click.option(
    "-o", "--outdir", type=click.Path(path_type=Path, file_okay=False), default=Path("out"),
    show_default=True, help="Output folder.",
)  # fmt: skip
@click.option(
    "--blender", default="", metavar="PATH",
    help="Blender to render with, instead of this Python's bpy module.",
)  # fmt: skip
def main(outdir: Path, blender: str) -> None:
    """Make the demo: a pickle, a scene, frames and a film."""
    if blender.rstrip("/").endswith(".app"):
        # What looks like a file on a Mac is a folder.
        blender = str(Path(blender) / "Contents" / "MacOS" / "Blender")
    if blender and not (Path(blender).is_file() and os.access(blender, os.X_OK)):
        raise click.ClickException(f"There is no program {blender}: give Blender's full path.")
    try:
        (outdir / "frames").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"Cannot write to {outdir}: {error.strerror}.") from None
    made = {
        "Simulation": outdir / "demo.pickle",
        "Scene": outdir / "demo.blend",
        "Frames": outdir / "frames",
        "Film": outdir / "demo.mp4",
    }
    console = Console(highlight=False)
    count = FRAMES[1] - FRAMES[0] + 1
    columns = (
        TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console) as progress:
        simulating = progress.add_task("Simulating (steps)", total=24)
        rendering = progress.add_task("Rendering (frames)", total=count)
        encoding = progress.add_task("Encoding (film)", total=1)
        pictures = progress.add_task("Rendering (pictures)", total=len(PICTURES))
        simulation = demo_neuron.simulate(progress=lambda _time_ms: progress.advance(simulating))
        # NEURON has replaced Python's handler by its own, which would swallow Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        write(made["Simulation"], simulation)
        log = outdir / "demo.log"
        command = render_command(blender, made)
        with tempfile.TemporaryDirectory() as home, log.open("w", encoding="utf-8") as log_file:
            # Otherwise Blender reads the user's own preferences, and the picture depends on them.
            (Path(home) / "config").mkdir()
            environment = os.environ | {"BLENDER_USER_RESOURCES": home}
            with subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                errors="replace", env=environment,
            ) as process:  # fmt: skip
                try:
                    for line in process.stdout or ():
                        log_file.write(line)
                        if match := _FRAME_LINE.match(line):
                            progress.update(rendering, completed=int(match[1]))
                except KeyboardInterrupt:
                    # Blender ignores Ctrl-C while it starts, or would finish its frame.
                    process.kill()
                    raise
        missing = [path for path in made.values() if not path.exists()]
        if process.returncode or missing:
            progress.stop()
            tail = "\n".join(log.read_text(encoding="utf-8").splitlines()[-12:])
            raise click.ClickException(
                f"Rendering failed (exit code {process.returncode}). The end of {log}:\n{tail}"
            )
        progress.update(encoding, completed=1)
        for name in PICTURES:
            made[name.title()] = render_picture(blender, outdir, name)
            progress.advance(pictures)
    for label, path in made.items():
        console.print(f"[bold]{label:<12}[/bold]{path}", soft_wrap=True)


def render_command(blender: str, made: dict[str, Path]) -> list[str]:
    """Build the command that renders.

    Parameters
    ----------
    blender : str
        Path of a Blender; empty for this Python's bpy module.
    made : dict
        Paths of all inputs and outputs.

    Returns
    -------
    list of str
    """
    return [
        *script_command(blender, RENDER_SCRIPT), str(made["Simulation"]), str(made["Frames"]),
        "--look", "membrane_glow", "--thickness", "2", "--samples", str(SAMPLES),
        "--frames", f"{FRAMES[0]}-{FRAMES[1]}", "--figures",
        *(part for section in TRACES for part in ("--trace", section)),
        "--blend", str(made["Scene"]), "--video", str(made["Film"]),
    ]  # fmt: skip


def render_picture(blender: str, outdir: Path, name: str) -> Path:
    """Render one of `PICTURES`.

    Parameters
    ----------
    blender : str
        As for `render_command`.
    outdir : Path
    name : str

    Returns
    -------
    Path
        The picture.
    """
    log = outdir / f"{name}.log"
    script = RENDER_SCRIPT.with_name(f"render_{name}.py")
    with tempfile.TemporaryDirectory() as temporary, log.open("w") as log_file:
        home = Path(temporary)
        (home / "config").mkdir()
        result = subprocess.run(
            [*script_command(blender, script), str(home / name), *PICTURES[name]],
            stdout=log_file, stderr=subprocess.STDOUT,
            env=os.environ | {"BLENDER_USER_RESOURCES": temporary},
        )  # fmt: skip
        frames = sorted((home / name).glob("frame_*.png"))
        if result.returncode or not frames:
            raise click.ClickException(f"Rendering the {name} failed; {log} says why.")
        unfinished = shutil.copyfile(frames[0], outdir / f".{name}.part.png")
        return Path(unfinished).replace(outdir / f"{name}.png")


def script_command(blender: str, script: Path) -> list[str]:
    """Start of the command that runs an example script; its arguments follow."""
    if not blender:
        return [sys.executable, str(script), "--"]
    return [
        blender, "-b", "--factory-startup", "--python-exit-code", "1", "-P", str(script), "--"
    ]  # fmt: skip


if __name__ == "__main__":
    main()
