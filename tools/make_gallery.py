# SPDX-License-Identifier: GPL-3.0-or-later
"""Make every picture and loop of the manual, with the commands shown there.

Run by ``make gallery`` after ``make demo``, whose simulation it renders. Each scene's command is
the one on the gallery page, which makes the whole film; here it renders a few frames.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent))
import gallery_loops

ROOT = Path(__file__).resolve().parent.parent
OUT = Path("out", "gallery")
PICTURES = ROOT / "docs" / "pictures"
FILMS = {"browser-film": ("film.html", ROOT / "docs" / "films" / "action-potential.html")}
"""The pictures of films for the browser: what was written, and where the gallery has it."""
GAP, QUALITY = 4, 88


@dataclass(frozen=True)
class Scene:
    """A picture, the command that makes its film, and which part of the film is shown.

    Attributes
    ----------
    command : str
        As typed in the repository's folder.
    frames : sequence of str
        Pictures that it leaves in ``out/gallery``, to be placed side by side.
    still : str
        What the command writes in ``out/gallery`` instead of a film.
    options : str
        Added to the command, for a few frames instead of the whole film.
    before : str
        Another command to run first.
    height : int
        Of the picture, in pixels.
    crop : float
        Fraction of the width that is kept, in the middle.
    columns : int
        Pictures in a row; all if 0.
    """

    command: str
    frames: Sequence[str]
    still: str = ""
    options: str = ""
    before: str = ""
    height: int = 720
    crop: float = 1.0
    columns: int = 0


BLENDER = "blender -b -P examples/"
SCENES: Mapping[str, Scene] = {
    "neuron": Scene(
        f"{BLENDER}render_neuron.py -- out/demo.pickle out/gallery/neuron --frames 20-100 "
        f"{gallery_loops.GLOW}",
        [f"neuron/frame_{number:04d}.png" for number in (36, 46, 56, 70)],
        options="--frames 36-70",
        height=640,
    ),
    "synapses": Scene(
        f"{BLENDER}render_neuron.py -- demo_synapses out/gallery/synapses --frames 46-145 "
        f"{gallery_loops.GLOW}",
        [f"synapses/frame_{number:04d}.png" for number in (92, 100, 108, 116)],
        options="--frames 92-116 --resolution 360x640 --samples 32",
        height=640,
    ),
    "pulses": Scene(
        f"{BLENDER}render_neuron.py -- demo_axons out/gallery/pulses --frames 8-24 "
        f"--colormap gray --v-min -105 --strength 0.7 {gallery_loops.GLOW}",
        [f"pulses/frame_{number:04d}.png" for number in (9, 13, 17, 21)],
        options="--frames 9-21 --resolution 320x480 --samples 24",
        height=480,
    ),
    "figures": Scene(
        f"{BLENDER}render_neuron.py -- out/demo.pickle out/gallery/figures --frames 20-100 "
        "--resolution 1280x720 --figures --trace soma --trace 'dendrite_1[29]' "
        f"{gallery_loops.GLOW}",
        ["figures/frame_0070.png"],
        options="--frames 70-70",
    ),
    "field": Scene(
        f"{BLENDER}render_neuron.py -- out/gallery/field.pickle out/gallery/field --field "
        f"--frames 88-149 --colormap gray {gallery_loops.GLOW}",
        [f"field/frame_{number:04d}.png" for number in (108, 112, 116, 122)],
        before="spike-export demo --kind synapses --field -o out/gallery/field.pickle",
        options="--frames 108-122 --resolution 320x480 --orbit 40 --samples 12",
        height=480,
    ),
    "isosurfaces": Scene(
        f"{BLENDER}render_neuron.py -- out/gallery/field.pickle out/gallery/isosurfaces "
        f"--field-as isosurfaces --frames 92-151 --colormap gray {gallery_loops.GLOW}",
        [f"isosurfaces/frame_{number:04d}.png" for number in (108, 112, 116, 122)],
        before="spike-export demo --kind synapses --field -o out/gallery/field.pickle",
        options="--frames 108-122 --resolution 320x480 --orbit 60 --samples 12",
        height=480,
    ),
    "surface": Scene(
        f"{BLENDER}render_surface.py -- out/gallery/surface",
        [f"surface/frame_{number:04d}.png" for number in (2, 3)],
        options="--length 7",
        height=560,
        crop=0.68,
    ),
    "brain": Scene(
        f"{BLENDER}render_brain.py -- out/gallery/brain --demo",
        [f"brain/frame_{number:04d}.png" for number in (1, 2, 3)],
        options="--length 4 --resolution 960x720",
        height=360,
    ),
    "brain-labels": Scene(
        f"{BLENDER}render_brain.py -- out/gallery/labels --demo --labels "
        "--glass 'MO, SS, VIS, AUD, RSP, ACA, PIR, ENT' --glow '' --gradient '' "
        "--regions 'MOB, STR, TH, HY, CA1, CA3, DG, SC, IC, P, MY, CB'",
        [f"labels/frame_{number:04d}.png" for number in (4, 11, 18, 25)],
        options="--length 28 --fps 3 --resolution 960x540 --samples 24",
        height=400,
        columns=2,
    ),
    "brain-points": Scene(
        f"{BLENDER}render_brain.py -- out/gallery/cells --demo --labels "
        "--glass 'Isocortex, CB, MOB, HPF, TH' --glow '' --gradient '' "
        "--points out/gallery/cells.csv --points-by rate_hz --points-colormap spring "
        "--points-radius 60",
        ["cells/frame_0001.png"],
        options="--frames 1-1 --resolution 1120x720 --samples 12",
        height=600,
    ),
    "network": Scene(
        f"{BLENDER}render_network.py -- out/gallery/branching.pickle out/gallery/network",
        [f"network/frame_{number:04d}.png" for number in (100, 120, 140)],
        before="spike-export branching --rise 1 --decay 10 -o out/gallery/branching.pickle",
        options="--frames 100-140",
        height=400,
        crop=0.75,
    ),
    "connectome": Scene(
        f"{BLENDER}render_neuron.py -- out/gallery/connectome.pickle out/gallery/connectome "
        "--length 72 --orbit 0 --look membrane_glow --style tubes --thickness 1.6 "
        "--min-radius 0.008 --bloom 0.4 --legend",
        ["connectome/frame_0001.png"],
        before="spike-export demo --kind connectome -o out/gallery/connectome.pickle",
        options="--frames 1-1 --resolution 960x720 --samples 32",
        height=640,
    ),
    "wave": Scene(
        "spike-export figure wave out/gallery/packet.npy --color-by out/gallery/phase.npy "
        "--colormap hsv -o out/gallery/wave.mp4",
        ["wave.png"],
        still="wave.png",
        options="--size 960x540 --force",
        height=360,
    ),
    "fill": Scene(
        "spike-export figure fill out/gallery/packet.npy -o out/gallery/fill.mp4",
        ["fill/0003.png"],
        still="fill/%04d.png",
        options="--frames 5 --size 960x540 --force",
        height=360,
    ),
    "morph": Scene(
        "spike-export figure morph out/gallery/hill.npy out/gallery/packet.npy --pace smooth "
        "-o out/gallery/morph.mp4",
        ["morph/0001.png"],
        still="morph/%04d.png",
        options="--frames 3 --size 960x540 --force",
        height=360,
    ),
    "matrix": Scene(
        "spike-export figure matrix out/gallery/rates.npy --cells circle -o out/gallery/matrix.mp4",
        ["matrix.png"],
        still="matrix.png",
        options="--size 960x540 --force",
        height=360,
    ),
    "rhythm": Scene(
        "python examples/draw_phase.py out/gallery/rhythm.mp4",
        ["rhythm/0006.png"],
        still="rhythm/%04d.png",
        options="--length 9",
        height=360,
    ),
    "distribution": Scene(
        "python examples/draw_distribution.py out/gallery/distribution.mp4",
        ["distribution/0006.png"],
        still="distribution/%04d.png",
        options="--length 9",
        height=360,
    ),
    "talk": Scene(
        f"{BLENDER}talk_sequence.py -- out/gallery/talk --video out/gallery/talk.mp4",
        [f"talk/frame_{number:04d}.png" for number in (14, 34, 39, 41, 49, 54)],
        options="--fps 2 --resolution 960x540 --samples 24",
        height=360,
        columns=2,
    ),
    "browser-film": Scene(
        "python tools/film_picture.py out/gallery/film.html out/gallery/film.png --time 2.9",
        ["film.png"],
        before="spike-export web out/demo.pickle -o out/gallery/film.html --trace soma "
        "--trace 'dendrite_1[29]' --title 'An action potential'",
        options="--size 1200x675",
        height=675,
    ),
    "browser-kinds": Scene(
        "python tools/browser_sheet.py out/gallery/browser-kinds.png",
        ["browser-kinds.png"],
        height=300,
    ),
    "traces": Scene(
        "spike-export plot out/demo.pickle -o out/gallery/traces.mp4 --draw-on",
        ["traces.png"],
        still="traces.png",
        options="--size 1280x720 --force",
    ),
    "look": Scene(
        "python tools/look_sheet.py out/demo.pickle out/gallery/look.png",
        ["look.png"],
        height=1062,
    ),
    "styles": Scene(
        "python tools/style_sheet.py out/demo.pickle out/gallery/styles.png",
        ["styles.png"],
        height=1062,
    ),
    "looks": Scene(
        "python tools/look_pictures.py out/demo.pickle out/gallery/looks.png",
        ["looks.png"],
        height=788,
    ),
}
# Sidebars photographed by make test-gui, and how far down the panels go; below zero, how far up
# from the end.
PANELS = {
    "spike-panel": (Path("out", "gui", "panels", "sidebar.png"), 2085),
    "spike-more-panel": (Path("out", "gui", "panels", "more.png"), -1903),
    "network-panel": (Path("out", "gui", "panels", "network.png"), 700),
    "layout-panel": (Path("out", "gui", "panels", "layout.png"), 520),
    "output-panel": (Path("out", "gui", "panels", "output.png"), 450),
    "brain-panel": (Path("out", "gui", "brain_panel", "sidebar.png"), 2104),
    "surface-panel": (Path("out", "gui", "slicer_panel", "sidebar.png"), 1820),
    "surface-slice-panel": (Path("out", "gui", "slicer_panel", "more.png"), -1481),
}


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def main(names: tuple[str, ...]) -> None:
    """Make the pictures with these NAMES, or all of them, in docs/pictures."""
    os.chdir(ROOT)
    loops = {f"{name}{gallery_loops.SUFFIX}": loop for name, loop in gallery_loops.LOOPS.items()}
    unknown = sorted(set(names) - {*SCENES, *PANELS, *loops})
    if unknown:
        known = ", ".join([*SCENES, *PANELS, *loops])
        raise click.UsageError(f"There is no picture named {unknown[0]}; there are {known}.")
    simulation = Path("out", "demo.pickle")
    if not simulation.exists():
        raise click.ClickException(f"There is no {simulation}. Run make demo first.")
    OUT.mkdir(parents=True, exist_ok=True)
    PICTURES.mkdir(exist_ok=True)
    for name, array in arrays().items():
        np.save(OUT / f"{name}.npy", array)
    (OUT / "cells.csv").write_text(cells(), encoding="utf-8")
    for name, scene in SCENES.items():
        if not names or name in names:
            run(scene)
            save(name, side_by_side([OUT / frame for frame in scene.frames], scene))
            if name in FILMS:
                written, film = FILMS[name]
                shutil.copy(OUT / written, film)
    for name, loop in loops.items():
        if not names or name in names:
            run_loop(name, loop)
    for name, (source, height) in PANELS.items():
        if source.exists() and (not names or name in names):
            with Image.open(source) as panel:
                top, end = (0, height) if height > 0 else (panel.height + height, panel.height)
                save(name, panel.convert("RGB").crop((0, top, panel.width, end)))
        elif name in names:
            raise click.ClickException(f"There is no {source}. Run make test-gui first.")
        elif not names:
            click.echo(
                f"{name} is left unchanged: make test-gui, which makes it, has not been run."
            )


def arrays() -> dict[str, np.ndarray]:
    """Make the arrays from which the curves are drawn."""
    x = np.linspace(-1, 1, 600)
    phase = 40 * x
    frames, rows, columns = np.meshgrid(
        np.arange(40), np.linspace(-1, 1, 9), np.linspace(-1, 1, 16), indexing="ij"
    )
    return {
        "packet": np.cos(phase) * np.exp(-6 * x**2),
        "phase": np.mod(phase, 2 * np.pi),
        "hill": np.exp(-6 * x**2),
        "rates": np.cos(np.hypot(rows, columns) * 7 - frames * 0.4),
    }


# Of the demo brain, from right to left.
_WIDTH_UM = 11400


def cells() -> str:
    """Make a table of cells in the demo brain, with firing rates that differ between regions."""
    rng = np.random.default_rng(7)
    # Middle and size along AP, DV and ML in um, and the mean rate in Hz.
    groups = {
        "CA1": ((8900, 2350, 3600), (330, 90, 550), 3.0),
        "DG": ((8300, 2900, 4000), (350, 130, 500), 9.0),
        "TH": ((7500, 4350, 4700), (380, 280, 330), 20.0),
    }
    rows = ["ap_um,dv_um,ml_um,rate_hz"]
    for middle, size, rate in groups.values():
        places = rng.normal(middle, size, (140, 3))
        places[::2, 2] = _WIDTH_UM - places[::2, 2]
        rates = rng.gamma(6.0, rate / 6.0, len(places))
        rows += [
            f"{ap:.0f},{dv:.0f},{ml:.0f},{hz:.2f}"
            for (ap, dv, ml), hz in zip(places.tolist(), rates.tolist(), strict=True)
        ]
    return "\n".join(rows) + "\n"


def run(scene: Scene) -> None:
    """Run a scene's commands in this Python, which has NEURON and the bpy module."""
    if scene.before:
        _run(scene.before, ["--force"])
    still = str(OUT / scene.still) if scene.still else ""
    _run(scene.command, shlex.split(scene.options), still)


def run_loop(name: str, loop: gallery_loops.Loop) -> None:
    """Render a loop's film and write it as an animated picture."""
    if loop.before:
        _run(loop.before, ["--force"])
    folder = OUT / loop.folder
    # Frames of another size or length would be played as well.
    shutil.rmtree(folder, ignore_errors=True)
    _run(loop.command, shlex.split(loop.options), folder=str(folder))
    target = PICTURES / f"{name}.webp"
    try:
        size = gallery_loops.write_loop(sorted(folder.glob("frame_*.png")), target, loop.fps)
    except RuntimeError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{target}  {size // 1000} kB")


def _run(command: str, options: Sequence[str], still: str = "", folder: str = "") -> None:
    program, *words = shlex.split(command)
    if program == "blender":
        words = [words[2], *words[4:]]
    elif program == "spike-export":
        words = ["-m", "spike_export", *words]
    if folder:
        words = [
            folder if word.startswith(f"{OUT.as_posix()}/") and "." not in word else word
            for word in words
        ]
    if still:
        words = [still if word.endswith(".mp4") else word for word in words]
    with tempfile.TemporaryDirectory() as home:
        # Otherwise Blender reads the user's own preferences, and the picture depends on them.
        (Path(home) / "config").mkdir()
        result = subprocess.run(
            [sys.executable, *words, *options],
            env=os.environ | {"BLENDER_USER_RESOURCES": home},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
    if result.returncode:
        tail = "\n".join(result.stdout.splitlines()[-12:])
        raise click.ClickException(f"This failed: {command}\n{tail}")


def side_by_side(paths: Sequence[Path], scene: Scene) -> Image.Image:
    """Put pictures in rows, all at the scene's height."""
    tiles = []
    for path in paths:
        with Image.open(path) as picture:
            margin = round(picture.width * (1 - scene.crop) / 2)
            tile = picture.convert("RGB").crop((margin, 0, picture.width - margin, picture.height))
            width = round(tile.width * scene.height / tile.height)
            tiles.append(tile.resize((width, scene.height), Image.Resampling.LANCZOS))
    columns = scene.columns or len(tiles)
    rows = [tiles[first : first + columns] for first in range(0, len(tiles), columns)]
    width = max(sum(tile.width + GAP for tile in row) for row in rows) - GAP
    height = len(rows) * (scene.height + GAP) - GAP
    whole = Image.new("RGB", (width, height), (40, 40, 40))
    for number, row in enumerate(rows):
        x = 0
        for tile in row:
            whole.paste(tile, (x, number * (scene.height + GAP)))
            x += tile.width + GAP
    return whole


def save(name: str, picture: Image.Image) -> None:
    """Write a picture of the manual, and report it."""
    target = PICTURES / f"{name}.webp"
    picture.save(target, quality=QUALITY, method=6)
    click.echo(f"{target.relative_to(ROOT)}  {target.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
