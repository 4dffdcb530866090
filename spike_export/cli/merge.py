# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export merge``."""

from __future__ import annotations

from pathlib import Path

import click

from ..edit.merge import MergeError
from ..edit.merge import merge as merge_parts
from .console import FILE, load, may_write, output_option, save
from .placing import say_places


@click.command()
@click.argument("parts", type=FILE, nargs=-1, required=True, metavar="PART...")
@output_option()
def merge(parts: tuple[Path, ...], output: Path, force: bool) -> None:
    """Merge the cells of several files into one.

    The PARTs must have different cells and the same frames, as written by the processes of a
    parallel run.
    """
    may_write(output, force=force, inputs=parts)
    simulations = [load(part) for part in parts]
    try:
        merged = merge_parts(simulations)
    except MergeError as error:
        if not error.part:
            raise click.ClickException(
                f"Cannot merge {parts[0]} (part 1): it {error.reason}."
            ) from None
        raise click.ClickException(
            f"Cannot merge {parts[error.part]} with {parts[0]} (part 1): it {error.reason}."
        ) from None
    save(output, merged)
    say_places(merged)
