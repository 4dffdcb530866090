# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export info``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ..edit.summary import summarize
from .console import FILE, load, show


@click.command()
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON with every cell, for scripts.")
def info(file: Path, as_json: bool) -> None:
    """Show what is in a simulation FILE of either format, safely."""
    summary = summarize(load(file), file)
    if as_json:
        click.echo(json.dumps(summary.as_dict(), indent=2))
    else:
        show(summary)
