# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export connectome``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
from numpy.typing import NDArray

from ..connectome.addresses import fetch_meshes, fetch_skeletons, is_address, wanted_ids
from ..connectome.cells import DIAMETER_UM, simulation_of_cells, told, with_activity
from ..connectome.mesh_cells import simulation_of_meshes
from ..connectome.mesh_files import read_meshes
from ..connectome.neuron_ids import id_of_name
from ..connectome.neuron_meshes import NeuronMeshes
from ..connectome.neuron_table import Column, NeuronTable, read_table
from ..connectome.skeleton_files import read_skeletons
from ..connectome.skeletons import ConnectomeError, Skeletons
from ..connectome.stretches import stretches
from ..connectome.synapse_rows import connected, read_synapses
from ..connectome.units import um_per_unit
from ..edit.rise_and_decay import Kernel, SmoothingError
from ..edit.synapses_from_table import WITHIN_UM
from ..formats.content import FormatError
from ..formats.hdf5 import Hdf5Error
from ..formats.network_files import spikes_of
from ..formats.sonata_network import SonataError
from ..formats.spike_files import TableError
from ..formats.spike_tables import Reading
from ..simulation_file import Simulation
from .console import (
    ABOVE_ZERO,
    FILE,
    may_write,
    needs_cloud_volume,
    needs_h5py,
    needs_mesh_readers,
    needs_scipy,
    output_option,
    progress,
    save,
    say,
)
from .lit_cells import lit_options

_NUMBER: Final = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_VOXEL: Final = re.compile(rf"({_NUMBER})(?:\s*[,x]\s*({_NUMBER})\s*[,x]\s*({_NUMBER}))?")
_EXAMPLES = """
\b
Examples:
  spike-export connectome skeletons/ -o cells.pickle
  spike-export connectome skeletons/ --table neurons.csv -o cells.pickle
  spike-export connectome meshes/ --meshes --table neurons.csv -o cells.pickle
  spike-export connectome swc/ --unit voxels --voxel-size 8,8,8 -o cells.pickle
  spike-export connectome skeletons/ --synapses synapses.csv -o wired.pickle
  spike-export connectome skeletons/ --spikes spikes.csv --every 2 -o cells.pickle
  spike-export connectome precomputed://https://… --ids 123,456 --meshes -o cells.pickle
"""
# Options that only count with another.
_FOR_SPIKES: Final = ("every", "stop", "rise", "decay")
_FOR_SKELETONS: Final = ("synapses", "diameter")


def _voxel_nm(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> tuple[float, float, float] | None:
    """Parse ``8`` or ``4,4,40``."""
    if text is None:
        return None
    found = _VOXEL.fullmatch(text.strip())
    sides = [] if found is None else [float(side or found[1]) for side in found.groups()]
    if not sides or not all(side > 0 for side in sides):
        raise click.BadParameter(f"'{text}' is not the size of a voxel in nm, such as 8 or 4,4,40.")
    return sides[0], sides[1], sides[2]


class _Place(click.Path):
    """A path, or an address, in which two slashes stay two."""

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> Any:
        """Return a path, or the text of an address."""
        if is_address(str(value)):
            return str(value)
        return super().convert(value, param, context)


@click.command(epilog=_EXAMPLES, short_help="Show cells from a connectome, and tables.")
@click.argument(
    "places", type=_Place(path_type=Path), nargs=-1, required=True, metavar="FOLDER|FILE...|ADDRESS"
)
@output_option("cells.pickle")
@click.option(
    "--meshes", is_flag=True,
    help="Read meshes, not skeletons: PLY, OBJ, STL, Draco, or Neuroglancer's.",
)  # fmt: skip
@click.option(
    "--ids", metavar="LIST|FILE",
    help="Of an address: which neurons, as 123,456 or a text file.  [default: those of --table]",
)  # fmt: skip
@click.option(
    "--lod", type=click.IntRange(min=0), default=0, metavar="N",
    help="Of an address's meshes: level of detail, where there are several; 0 is the finest.",
)  # fmt: skip
@click.option(
    "--unit", type=click.Choice(["nm", "um", "voxels"]),
    help="Unit of SWC files and meshes.  [default: what they say, or what their size tells]",
)  # fmt: skip
@click.option("--voxel-size", callback=_voxel_nm, metavar="X,Y,Z", help="Sides of a voxel in nm.")
@click.option(
    "--table", type=FILE, metavar="FILE",
    help="Table about the neurons, with their ids, types and numbers.",
)  # fmt: skip
@click.option(
    "--column", "columns", multiple=True, metavar="NAME",
    help="Column of the table to show; may be repeated; the first is shown at once.  "
    "[default: type, and all of numbers or shared words]",
)  # fmt: skip
@click.option(
    "--spikes", type=FILE, metavar="FILE",
    help="Spikes of the neurons, by their ids: cells light up at each.",
)  # fmt: skip
@click.option(
    "--every", type=ABOVE_ZERO, default=1.0, show_default=True, metavar="MS",
    help="Spikes: time between frames.",
)  # fmt: skip
@click.option(
    "--stop", type=ABOVE_ZERO, metavar="MS",
    help="Spikes: time of the last frame.  [default: when the last spike has faded]",
)  # fmt: skip
@lit_options("Spikes")
@click.option(
    "--synapses", type=FILE, metavar="FILE",
    help="Table of synapses: ids of both cells, x, y, z in the unit of the skeletons.",
)  # fmt: skip
@click.option(
    "--within", type=ABOVE_ZERO, default=WITHIN_UM, show_default=True, metavar="UM",
    help="Synapses: how far from the surface of its cell one may be.",
)  # fmt: skip
@click.option(
    "--diameter", type=ABOVE_ZERO, default=DIAMETER_UM, show_default=True, metavar="UM",
    help="Diameter in µm of points that have none.",
)  # fmt: skip
@click.pass_context
def connectome(
    context: click.Context,
    places: tuple[Path | str, ...],
    output: Path,
    force: bool,
    meshes: bool,
    ids: str | None,
    lod: int,
    unit: str | None,
    voxel_size: tuple[float, float, float] | None,
    table: Path | None,
    columns: tuple[str, ...],
    spikes: Path | None,
    every: float,
    stop: float | None,
    rise: float,
    decay: float,
    synapses: Path | None,
    within: float,
    diameter: float,
) -> None:
    """Turn skeletons or meshes from a connectome into cells, colored by what a table knows.

    Reads folders of SWC files, as neuPrint, navis and FlyWire's tools write them, and
    Neuroglancer's precomputed skeletons; with --meshes, surfaces. Each file is a neuron; its
    name is the neuron's id. From an address, the chosen neurons are downloaded.
    """
    if columns and table is None:
        raise click.UsageError("--column needs --table.")
    if spikes is None:
        for option in _FOR_SPIKES:
            if _is_given(context, option):
                raise click.UsageError(f"--{option} needs --spikes.")
    if synapses is None and _is_given(context, "within"):
        raise click.UsageError("--within needs --synapses.")
    if meshes:
        for option in _FOR_SKELETONS:
            if _is_given(context, option):
                raise click.UsageError(f"--{option} needs skeletons, not --meshes.")
    addresses = [place for place in places if isinstance(place, str)]
    paths = [place for place in places if isinstance(place, Path)]
    if addresses and len(places) > 1:
        raise click.UsageError("An address has to stand alone.")
    if addresses and ids is None and table is None:
        raise click.UsageError("An address needs --ids, or a --table of neurons.")
    if ids is not None and not addresses:
        raise click.UsageError("--ids needs an address; of folders, name the files.")
    if _is_given(context, "lod") and not (addresses and meshes):
        raise click.UsageError("--lod needs an address and --meshes.")
    may_write(output, force=force, inputs=[*paths, table, spikes, synapses])
    try:
        rows = None if table is None else read_table(table)
        if addresses:
            read = _fetched(addresses[0], ids, rows, lod=lod if meshes else None)
        else:
            read = _read(paths, meshes=meshes)
        outline = read.outline if isinstance(read, NeuronMeshes) else read
        for note in outline.notes:
            say(note)
        factors, note = um_per_unit(outline, unit, voxel_size)
        if note:
            say(note)
        numbers = [id_of_name(name) for name in read.names]
        what = "mesh" if meshes else "skeleton"
        names, known = _known(read.names, what, numbers, rows, columns)
        about: dict[str, Any] = {
            "names": names,
            "gids": [one if one is not None and one < 1 << 63 else None for one in numbers],
            "columns": known,
            "source": ", ".join([*addresses, *(path.name for path in paths)])[:200],
            "meta": {"um_per_unit": float(np.cbrt(np.prod(factors)))},
        }
        if isinstance(read, NeuronMeshes):
            simulation = simulation_of_meshes(read.scaled(factors), **about)
        else:
            skeletons = read.scaled(factors)
            split = stretches(skeletons)
            for note in told(skeletons, split, diameter):
                say(note)
            simulation = simulation_of_cells(skeletons, split, diameter_um=diameter, **about)
        if spikes is not None:
            simulation = _lit(simulation, numbers, what, spikes, Kernel(rise, decay), every, stop)
        if synapses is not None:
            wiring = read_synapses(synapses, factors)
            simulation, notes = connected(simulation, wiring, within)
            for note in notes:
                say(note)
    except (ConnectomeError, FormatError, Hdf5Error, SmoothingError, SonataError,
            TableError) as error:  # fmt: skip
        raise click.ClickException(str(error)) from None
    save(output, simulation)


def _read(paths: Sequence[Path], *, meshes: bool) -> NeuronMeshes | Skeletons:
    with progress("files") as bars, needs_mesh_readers():
        task = bars.add_task("Reading", total=None)
        return (read_meshes if meshes else read_skeletons)(
            paths, lambda done, total: bars.update(task, completed=done, total=total)
        )


def _fetched(
    address: str, chosen: str | None, table: NeuronTable | None, *, lod: int | None
) -> NeuronMeshes | Skeletons:
    if chosen is not None:
        wanted = wanted_ids(chosen)
    else:
        assert table is not None
        wanted = list(table.rows)
        say(f"The {len(wanted):,} neurons of {table.path.name} are downloaded; --ids chooses some.")
    with progress("neurons") as bars, needs_cloud_volume():
        task = bars.add_task("Downloading", total=None)

        def tell(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total)

        if lod is None:
            return fetch_skeletons(address, wanted, tell)
        return fetch_meshes(address, wanted, tell, lod=lod)


def _is_given(context: click.Context, option: str) -> bool:
    return context.get_parameter_source(option) is click.core.ParameterSource.COMMANDLINE


def _known(
    own_names: tuple[str, ...],
    what: str,
    ids: Sequence[int | None],
    table: NeuronTable | None,
    wanted: tuple[str, ...],
) -> tuple[tuple[str, ...], list[Column]]:
    """Name the cells, and find what the table knows of them."""
    if table is None:
        return own_names, []
    file = table.path.name
    matched = sum(one in table.rows for one in ids if one is not None)
    if not matched:
        raise ConnectomeError(
            f"None of {len(table.rows):,} ids in {file}, {next(iter(table.rows))} for example, is "
            f"that of a {what}, {own_names[0]:.60} for example."
        )
    known, notes = table.columns(ids, wanted)
    label, labels = table.labels(ids)
    taken = ", ".join(
        f"{one.name} ({len(one.classes):,} classes)" if one.classes else one.name for one in known
    )
    named = f", names from {label}" if label else ""
    say(f"Of {file}, ids are from {table.id_column}{named}; shown are {taken or 'none'}.")
    for note in notes:
        say(note)
    if matched < len(ids) or matched < len(table.rows):
        say(
            f"{matched:,} of {len(ids):,} {_plural(what)} have a row in {file}, which has "
            f"{len(table.rows):,}; the others have no data."
        )
    names = [name or own for name, own in zip(labels, own_names, strict=True)]
    return tuple(names), known


def _plural(what: str) -> str:
    return "meshes" if what == "mesh" else f"{what}s"


def _lit(
    simulation: Simulation,
    ids: Sequence[int | None],
    what: str,
    path: Path,
    kernel: Kernel,
    every: float,
    stop: float | None,
) -> Simulation:
    with needs_h5py(), needs_scipy():
        read = spikes_of([path], Reading(None, None, ()))
        for note in read.notes:
            say(note)
        index_of = {str(one): index for index, one in enumerate(ids) if one is not None}
        found: dict[int, NDArray[np.float64]] = {
            index_of[name]: times for name, times in read.times_ms.items() if name in index_of
        }
        if not found:
            raise ConnectomeError(
                f"None of {len(read.times_ms):,} cells in {path.name}, "
                f"{next(iter(read.times_ms), 'none')!s:.60} for example, is a {what}'s id."
            )
        if len(found) < len(read.times_ms):
            say(
                f"{len(read.times_ms) - len(found):,} of {len(read.times_ms):,} cells in "
                f"{path.name} have no {what}; their spikes are left out."
            )
        return with_activity(simulation, found, kernel, every, stop)
