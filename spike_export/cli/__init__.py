# SPDX-License-Identifier: BSD-3-Clause
"""The command line, `spike-export`: one module for each command.

What a command needs beyond NumPy is imported when it runs, so that `spike-export info` starts at
once and works without NEURON.
"""

from __future__ import annotations

import io
import sys

import click

from ..version import __version__
from .branching import branching
from .compile import compile_mechanisms
from .connectome import connectome
from .convert import convert
from .demo import demo
from .field import field
from .figure import figure
from .film import film
from .from_spikes import from_spikes
from .info import info
from .merge import merge
from .plot import plot
from .read import read
from .run import run
from .sonata import sonata
from .sound import sound
from .swc import swc
from .web import web


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="spike-export")
def main() -> None:
    """Export NEURON simulations to pickles that Blender can play."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A character that the terminal or pipe cannot encode is no reason to stop.
        sys.stdout.reconfigure(errors="replace")


for command in (
    branching,
    compile_mechanisms,
    connectome,
    convert,
    demo,
    field,
    figure,
    film,
    from_spikes,
    info,
    merge,
    plot,
    read,
    run,
    sonata,
    sound,
    swc,
    web,
):
    main.add_command(command)
