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
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts, with every cell.")
def info(file: Path, as_json: bool) -> None:
    """Show what a simulation FILE holds, in either format, safely."""
    summary = summarize(load(file), file)
    if as_json:
        click.echo(json.dumps(summary.as_dict(), indent=2))
    else:
        show(summary)
