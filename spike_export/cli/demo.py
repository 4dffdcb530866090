# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export demo``."""

from __future__ import annotations

from pathlib import Path

import click

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


@click.command()
@output_option("demo.pickle")
@click.option(
    "--tstop", type=ABOVE_ZERO, default=6.0, show_default=True, metavar="MS",
    help="Duration of the simulation.",
)  # fmt: skip
@click.option(
    "--every", type=ABOVE_ZERO, default=0.05, show_default=True, metavar="MS",
    help="Time between frames.",
)  # fmt: skip
@field_option
def demo(output: Path, force: bool, tstop: float, every: float, field: bool) -> None:
    """Simulate an action potential in a real pyramidal cell.

    The cell ships with NEURON. It has Hodgkin-Huxley channels everywhere and receives a current
    step at the soma half a millisecond after the start.
    """
    if not every < tstop:
        raise click.UsageError(
            f"--every {every:g} leaves no second frame before --tstop {tstop:g}."
        )
    may_write(output, force=force)
    with needs_neuron(), progress("ms") as bars:
        from ..models import demo_neuron

        task = bars.add_task("Simulating", total=tstop)
        simulation = demo_neuron.simulate(
            tstop,
            every,
            lambda time_ms: bars.update(task, completed=time_ms),
            with_currents(field),
        )
    save(output, simulation)
