# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export branching``."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from ..edit.rise_and_decay import smooth
from ..models import branching as model
from .console import (
    ABOVE_ZERO,
    NUMBER,
    may_write,
    needs_scipy,
    output_option,
    save,
    smoothing_kernel,
    smoothing_options,
)


@click.command()
@output_option("branching.pickle")
@click.option("--layers", default=10, show_default=True, metavar="L", help="Number of layers.")
@click.option(
    "--neurons", default=10, show_default=True, metavar="N", help="Neurons in each layer."
)
@click.option(
    "--sigma", type=NUMBER, default=1.0, show_default=True, metavar="X",
    help="Average number of neurons in the next layer that an active neuron activates.",
)  # fmt: skip
@click.option(
    "--connections", type=int, default=None, metavar="K",
    help="Connections from each neuron to the next layer.  [default: 4, or N if smaller]",
)  # fmt: skip
@click.option(
    "--spontaneous", type=NUMBER, default=0.001, show_default=True, metavar="P",
    help="Probability per step that a neuron becomes active spontaneously.",
)  # fmt: skip
@click.option("--steps", default=2000, show_default=True, metavar="N", help="Number of steps.")
@click.option(
    "--step-ms", type=ABOVE_ZERO, default=1.0, show_default=True, metavar="MS",
    help="Duration of a step.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, metavar="N",
    help="Random seed; the same seed gives the same file.",
)  # fmt: skip
@smoothing_options
def branching(
    output: Path,
    force: bool,
    layers: int,
    neurons: int,
    sigma: float,
    connections: int | None,
    spontaneous: float,
    steps: int,
    step_ms: float,
    seed: int,
    rise: float | None,
    decay: float | None,
) -> None:
    """Run a branching model: layers of neurons that are on or off.

    Each active neuron activates SIGMA neurons in the next layer on average. Below 1, activity dies
    out; above 1, it spreads; at 1 the network is critical, with avalanches of all sizes.
    """
    kernel = smoothing_kernel(rise, decay)
    may_write(output, force=force)
    try:
        network = model.branching_model(
            layers, neurons, sigma, spontaneous, connections=connections, seed=seed
        )
        result = model.run(network, steps, seed=seed)
        simulation = model.simulation(network, result, step_ms=step_ms, seed=seed)
        if kernel is not None:
            with needs_scipy():
                simulation = smooth(simulation, kernel)
    except model.BranchingError as error:
        raise click.ClickException(str(error)) from None
    save(output, simulation)
    _report(result)


def _report(result: model.Run) -> None:
    count = len(result.descendants)
    if not count:
        click.echo("No neuron outside the last layer was ever active; try a higher --spontaneous.")
        return
    mean = result.descendants.mean()
    error = result.descendants.std() / np.sqrt(count)
    click.echo(f"Each active neuron activated {mean:.3f} ± {error:.3f} others.")
