# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from ..models import demo_connectome
from .console import (
    ABOVE_ZERO,
    field_option,
    may_write,
    needs_neuron,
    output_option,
    progress,
    save,
    with_currents,
)

# Duration and time between frames of each kind: 121 and 161 frames.
_MS: Final = {"neuron": (6.0, 0.05), "synapses": (20.0, 0.125), "axons": (20.0, 0.25)}

_CONNECTOME: Final = "connectome"


@click.command()
@output_option("demo.pickle")
@click.option(
    "--kind", type=click.Choice([*_MS, _CONNECTOME]), default="neuron", show_default=True,
    help="What makes it fire: a current step, synapses, which the file then has too, or those of "
    "cells with axons; or the cells of a made-up connectome.",
)  # fmt: skip
@click.option(
    "--tstop", type=ABOVE_ZERO, metavar="MS",
    help="Duration of the simulation.  [default: 6; 20 with synapses or axons]",
)  # fmt: skip
@click.option(
    "--every", type=ABOVE_ZERO, metavar="MS",
    help="Time between frames.  [default: 0.05; 0.125 with synapses, 0.25 with axons]",
)  # fmt: skip
@field_option
def demo(
    output: Path, force: bool, kind: str, tstop: float | None, every: float | None, field: bool
) -> None:
    """Simulate an action potential in a real pyramidal cell.

    The cell ships with NEURON. It has Hodgkin-Huxley channels everywhere and receives a current
    step at the soma half a millisecond after the start. With --kind synapses it receives volleys
    of input at 340 synapses instead; the last of them makes it fire. With --kind axons, three
    made-up cells send spikes along their axons to 92 synapses on it. With --kind connectome it is
    60 cells of three types, grown by a rule, without NEURON.
    """
    if kind == _CONNECTOME:
        if field or not tstop is every is None:
            raise click.UsageError("--kind connectome simulates nothing; it has one frame.")
        may_write(output, force=force)
        save(output, demo_connectome.simulate())
        return
    tstop = _MS[kind][0] if tstop is None else tstop
    every = _MS[kind][1] if every is None else every
    if not every < tstop:
        raise click.UsageError(
            f"--every {every:g} leaves no second frame before --tstop {tstop:g}."
        )
    may_write(output, force=force)
    with needs_neuron(), progress("ms") as bars:
        from ..models import demo_axons, demo_neuron, demo_synapses

        simulate = {
            "neuron": demo_neuron.simulate,
            "synapses": demo_synapses.simulate,
            "axons": demo_axons.simulate,
        }[kind]
        task = bars.add_task("Simulating", total=tstop)
        simulation = simulate(
            tstop,
            every,
            lambda time_ms: bars.update(task, completed=time_ms),
            with_currents(field),
        )
    save(output, simulation)
