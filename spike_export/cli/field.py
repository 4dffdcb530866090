# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export field``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import click
import numpy as np
from numpy.typing import NDArray

from ..potential.line_sources import (
    SIGMA_S_PER_M,
    FieldError,
    Floats,
    Lines,
    check_sigma,
    check_size,
    potential,
)
from ..potential.membrane_currents import imbalance, imbalance_sentence, membrane_currents
from ..potential.segment_lines import segment_lines
from ..potential.sheet import PLANES, around, sheet
from ..potential.sites import AXES, check_sites, probe_sites
from ..simulation_file import Simulation
from .console import ABOVE_ZERO, FILE, NUMBER, keep, load, may_write, output_option, progress, say
from .drawing import one_sentence

_OF_SITES: Final = (".csv", ".npz")
_OF_SHEETS: Final = (".npz",)
_EXAMPLES: Final = """
\b
Examples:
  spike-export demo --field
  spike-export field demo.pickle --at 40,0,0 -o electrode.csv
  spike-export field demo.pickle --probe 40,-300,0 --sites 16 --spacing 50 -o probe.npz
  spike-export field demo.pickle --plane xy -o sheet.npz
"""


def _place(_context: click.Context, option: click.Parameter, text: str | None) -> Floats | None:
    """Read x,y,z."""
    if text is None:
        return None
    try:
        numbers = [float(word) for word in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 3 or not np.isfinite(numbers).all():
        raise click.BadParameter(f"'{text:.60}' is not a place such as 40,0,-12.5, in µm.")
    return np.array(numbers)


def _places(
    context: click.Context, option: click.Parameter, texts: tuple[str, ...]
) -> list[Floats | None]:
    return [_place(context, option, text) for text in texts]


def _size(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> tuple[float, float] | None:
    if text is None:
        return None
    match = re.fullmatch(r"([0-9.]{1,12})x([0-9.]{1,12})", text)
    try:
        return (float(match[1]), float(match[2])) if match else _no_size(text)
    except ValueError:
        return _no_size(text)


def _no_size(text: str) -> tuple[float, float]:
    raise click.BadParameter(f"'{text:.60}' is not a size in µm such as 800x1500.")


@click.command(epilog=_EXAMPLES)
@click.argument("file", type=FILE)
@output_option()
@click.option(
    "--at", multiple=True, callback=_places, metavar="X,Y,Z",
    help="An electrode at this place, in µm; may be repeated.",
)  # fmt: skip
@click.option(
    "--positions", type=FILE, metavar="TABLE",
    help="Electrodes at the places in a table or .npy with columns x, y and z, in µm.",
)  # fmt: skip
@click.option(
    "--probe", callback=_place, metavar="X,Y,Z", help="A straight probe, whose first site is here."
)
@click.option(
    "--sites", type=int, default=16, show_default=True, metavar="N", help="Sites of the probe."
)
@click.option(
    "--spacing", type=NUMBER, default=25.0, show_default=True, metavar="UM",
    help="From one site of the probe to the next; negative against the axis.",
)  # fmt: skip
@click.option(
    "--along", type=click.Choice(AXES), default="y", show_default=True,
    help="The axis along which the probe goes on.",
)  # fmt: skip
@click.option(
    "--plane", type=click.Choice(list(PLANES)), help="Instead of electrodes, a sheet in this plane."
)
@click.option(
    "--center", callback=_place, metavar="X,Y,Z",
    help="Middle of the sheet.  [default: the cells' middle, at the depth of the thickest section]",
)  # fmt: skip
@click.option(
    "--size", callback=_size, metavar="WxH",
    help="Size of the sheet in µm.  [default: a little more than the cells]",
)  # fmt: skip
@click.option(
    "--pixels", type=int, default=200, show_default=True, metavar="N",
    help="Columns of the sheet; its pixels are square.",
)  # fmt: skip
@click.option(
    "--sigma", type=ABOVE_ZERO, default=SIGMA_S_PER_M, show_default=True, metavar="S/M",
    help="Conductivity of the tissue.",
)  # fmt: skip
@click.pass_context
def field(
    context: click.Context,
    file: Path,
    output: Path,
    force: bool,
    at: list[Floats],
    positions: Path | None,
    probe: Floats | None,
    sites: int,
    spacing: float,
    along: str,
    plane: str | None,
    center: Floats | None,
    size: tuple[float, float] | None,
    pixels: int,
    sigma: float,
) -> None:
    """Compute the extracellular potential around cells, in µV.

    Each segment of FILE is a line source in a homogeneous conductor without boundaries. FILE needs
    membrane currents (i_membrane_): spike-export demo --field, swc --field, or run --variable v
    --variable i_membrane_.

    Electrodes give .csv, a column for each beside the time, or .npz; a sheet gives .npz, which
    Surface Slicer imports as a moving surface.
    """
    of_sites = bool(at) or positions is not None or probe is not None
    if of_sites == (plane is not None):
        raise click.UsageError(
            "Give electrodes or a sheet: --at, --positions or --probe, or else --plane."
        )
    _refuse_others(context, plane, probe)
    suffixes = _OF_SITES if of_sites else _OF_SHEETS
    if output.suffix.lower() not in suffixes:
        raise click.UsageError(f"-o {output}: the name must end in {' or '.join(suffixes)}.")
    may_write(output, force=force, inputs=[file, positions])
    simulation = load(file)
    try:
        check_sigma(sigma)
        places = _sites(at, positions, probe, sites, spacing, along) if of_sites else None
        currents = membrane_currents(simulation)
        lines = segment_lines(simulation)
        if places is not None:
            _write_sites(output, simulation, lines, currents, places, sigma)
        else:
            assert plane is not None
            _write_sheet(output, simulation, lines, currents, plane, center, size, pixels, sigma)
    except FieldError as error:
        raise click.ClickException(f"{file.name}: {error}") from None
    _tell_imbalance(simulation, currents)


def _refuse_others(context: click.Context, plane: str | None, probe: Floats | None) -> None:
    """Refuse options that would have no effect."""
    given = {
        name
        for name in ("center", "size", "pixels", "sites", "spacing", "along")
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
    }
    for names, present, needed in (
        (("center", "size", "pixels"), plane is not None, "--plane"),
        (("sites", "spacing", "along"), probe is not None, "--probe"),
    ):
        if not present and (idle := [name for name in names if name in given]):
            raise click.UsageError(f"--{idle[0]} needs {needed}.")


def _sites(
    at: list[Floats],
    positions: Path | None,
    probe: Floats | None,
    count: int,
    spacing: float,
    along: str,
) -> Floats:
    """Put all electrodes together: those given one by one, of the table, and of the probe."""
    found = [np.array(at).reshape(-1, 3)]
    if positions is not None:
        found.append(_read_positions(positions))
    if probe is not None:
        found.append(probe_sites(probe, count, spacing, along))
    places = np.concatenate(found)
    check_sites(len(places))
    return places


def _read_positions(path: Path) -> Floats:
    from .. import figures

    with one_sentence():
        table = figures.read_array(path, say)
        if table.ndim == 1 and table.shape == (3,):
            table = table[None]
        if table.ndim != 2 or table.shape[1] != 3:
            raise figures.ChoiceError(
                f"cannot use {path.name}: it has the shape {table.shape}; electrodes need three "
                "columns, x, y and z in µm"
            )
        if not np.isfinite(table).all():
            row = int(np.isfinite(table).all(axis=1).argmin()) + 1
            raise figures.ChoiceError(
                f"cannot use {path.name}: the place in row {row} is not finite"
            )
    return table


def _computed(
    lines: Lines, currents: NDArray[np.float32], places: Floats, sigma: float
) -> NDArray[np.float32]:
    with progress("%") as bars:
        task = bars.add_task("Computing", total=100)
        return potential(
            lines, currents, places, sigma, lambda share: bars.update(task, completed=100 * share)
        )


def _write_sites(
    output: Path,
    simulation: Simulation,
    lines: Lines,
    currents: NDArray[np.float32],
    places: Floats,
    sigma: float,
) -> None:
    check_size(len(currents), len(places))
    found = _computed(lines, currents, places, sigma)
    time = simulation.time_ms
    if output.suffix.lower() == ".csv":
        unit = "ms" if simulation.has_time else "samples"
        names = ",".join(f"electrode {number} (µV)" for number in range(len(places)))
        where = "".join(
            f"# electrode {number}: {x:g} {y:g} {z:g} µm\n"
            for number, (x, y, z) in enumerate(places.tolist())
        )
        rows = np.column_stack([time, found])

        def write(path: Path) -> None:
            with path.open("w", encoding="utf-8", newline="\n") as stream:
                stream.write(f"{where}time ({unit}),{names}\n")
                np.savetxt(stream, rows, fmt="%.7g", delimiter=",")

        keep(output, write)
    else:
        _keep_arrays(output, time_ms=time, potential_uv=found, sites_um=places, sigma_s_per_m=sigma)
    count = len(places)
    click.echo(
        f"Wrote {output}: {len(found):,} frames of {count:,} electrode{'s' * (count != 1)}, "
        f"{_range(found)}."
    )


def _write_sheet(
    output: Path,
    simulation: Simulation,
    lines: Lines,
    currents: NDArray[np.float32],
    plane: str,
    center: Floats | None,
    size: tuple[float, float] | None,
    pixels: int,
    sigma: float,
) -> None:
    middle, extent = around(lines, plane)
    laid = sheet(plane, middle if center is None else center, size or extent, pixels)
    rows, columns = len(laid.up_um), len(laid.right_um)
    check_size(len(currents), rows * columns)
    found = _computed(lines, currents, laid.places_um, sigma)
    normal = ({0, 1, 2} - set(PLANES[plane])).pop()
    # Surface Slicer takes x, y and z as the places of columns and rows, and the heights over them.
    _keep_arrays(
        output,
        x=laid.right_um,
        y=laid.up_um,
        z=found.reshape(-1, rows, columns),
        time_ms=simulation.time_ms,
        axes=np.array(PLANES[plane]),
        center_um=middle if center is None else center,
        sigma_s_per_m=sigma,
    )
    click.echo(
        f"Wrote {output}: {len(found):,} frames of {columns:,} x {rows:,} pixels in the plane "
        f"{plane} at {AXES[normal]} = {laid.places_um[0, normal]:.4g} µm, {_range(found)}."
    )


def _keep_arrays(output: Path, **arrays: object) -> None:
    def write(path: Path) -> None:
        # Not by its name, to which NumPy would add a suffix.
        with path.open("wb") as stream:
            np.savez(stream, **arrays)  # type: ignore[arg-type]

    keep(output, write)


def _range(found: NDArray[np.float32]) -> str:
    return f"{float(found.min()):.4g} to {float(found.max()):.4g} µV"


def _tell_imbalance(simulation: Simulation, currents: NDArray[np.float32]) -> None:
    segment_cells = np.repeat(simulation.section_cells, simulation.segment_counts)
    found = imbalance(currents, segment_cells, len(simulation.cells))
    if found is not None:
        names = [cell.name for cell in simulation.cells]
        unit = "ms" if simulation.has_time else "samples"
        say(imbalance_sentence(found, names, simulation.time_ms, unit))
