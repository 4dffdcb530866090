# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export swc``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from ..formats.swc import Morphology, Sections, SwcError, describe, read, split
from ..models import swc_neuron
from .console import (
    ABOVE_ZERO,
    FILE,
    console,
    expect_kind,
    may_write,
    needs_neuron,
    output_option,
    progress,
    save,
)

_STEP_OPTIONS = ("inject", "amp", "delay", "dur")
_SYNAPSE_OPTIONS = ("rate", "seed")
_EXAMPLES = """
\b
Examples:
  spike-export swc cell.swc
  spike-export swc cell.swc --inject 'apic[3](0.9)' --amp 2 --tstop 100
  spike-export swc cell.swc --synapses 200 --rate 20 --seed 1
"""


def _finite(context: click.Context, option: click.Parameter, value: float) -> float:
    """Refuse what passes as a number but would make every voltage not a number."""
    if not abs(value) < 1e9:
        raise click.BadParameter(f"{value:g} is not a finite number below 1,000,000,000.")
    return value


@click.command(epilog=_EXAMPLES)
@click.argument("file", type=FILE, metavar="CELL.swc")
@output_option("CELL.pickle")
@click.option(
    "--biophysics", type=click.Choice(["hh", "pas"]), default="hh", show_default=True,
    help="Hodgkin-Huxley channels everywhere, or a leak only.",
)  # fmt: skip
@click.option(
    "--inject", default="soma(0.5)", show_default=True, metavar="PLACE",
    help="Where the current step is injected: section and position along it (0 to 1).",
)  # fmt: skip
@click.option(
    "--amp", type=float, callback=_finite, default=1.0, show_default=True, metavar="NA",
    help="The step's amplitude.",
)  # fmt: skip
@click.option(
    "--delay", type=click.FloatRange(min=0), callback=_finite, default=5.0, show_default=True,
    metavar="MS", help="When the step begins.",
)  # fmt: skip
@click.option(
    "--dur", type=ABOVE_ZERO, callback=_finite, default=2.0, show_default=True, metavar="MS",
    help="How long the step lasts.",
)  # fmt: skip
@click.option(
    "--synapses", type=click.IntRange(1, 100_000), metavar="N",
    help="Excitatory synapses at random places on the dendrites, instead of the step unless "
    "--inject is given too.",
)  # fmt: skip
@click.option(
    "--rate", type=click.FloatRange(0, 10_000, min_open=True), callback=_finite, default=10.0,
    show_default=True, metavar="HZ", help="Mean rate of each synapse's Poisson input.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, metavar="N",
    help="Random seed for synapse positions and inputs.",
)  # fmt: skip
@click.option(
    "--tstop", type=ABOVE_ZERO, callback=_finite, default=50.0, show_default=True, metavar="MS",
    help="How long to simulate.",
)  # fmt: skip
@click.option(
    "--every", type=ABOVE_ZERO, callback=_finite, default=0.1, show_default=True, metavar="MS",
    help="Time between two frames.",
)  # fmt: skip
@click.option(
    "--d-lambda", type=ABOVE_ZERO, callback=_finite, default=0.1, show_default=True,
    metavar="SHARE", help="Longest segment, as a share of the length constant at 100 Hz.",
)  # fmt: skip
@click.option("--repair", is_flag=True, help="Repair what can be repaired safely, and report it.")
@click.option("--check", is_flag=True, help="Only check the file; needs no NEURON.")
@click.pass_context
def swc(
    context: click.Context,
    file: Path,
    output: Path,
    force: bool,
    biophysics: swc_neuron.Biophysics,
    inject: str,
    amp: float,
    delay: float,
    dur: float,
    synapses: int | None,
    rate: float,
    seed: int,
    tstop: float,
    every: float,
    d_lambda: float,
    repair: bool,
    check: bool,
) -> None:
    """Simulate a cell whose morphology is in an SWC file.

    The file is checked before NEURON sees it, and every fault is named by its line. By default a
    current step at the soma makes the cell fire.
    """
    if not every < tstop:
        raise click.UsageError(
            f"--every {every:g} leaves no second frame before --tstop {tstop:g}."
        )
    step: swc_neuron.CurrentStep | None = None
    inputs: swc_neuron.Synapses | None = None
    if synapses is None:
        _refuse(context, _SYNAPSE_OPTIONS, "--synapses")
    else:
        inputs = swc_neuron.Synapses(synapses, rate, seed)
    if synapses is None or _given(context, "inject"):
        step = swc_neuron.CurrentStep(inject, amp, delay, dur)
    else:
        _refuse(context, _STEP_OPTIONS, "--inject, because --synapses replaces the current step")
    expect_kind(file, "swc", "neurolucida", "table", "matrix", "text", "data")
    morphology = _read(file, repair)
    sections = split(morphology.points)
    if check:
        _report(file, morphology, sections)
        return
    if not _given(context, "output"):
        output = Path(f"{file.stem}.pickle")
    may_write(output, force=force, inputs=[file])
    try:
        if step is not None:
            if not _given(context, "inject") and "soma[0]" not in sections.names:
                step = swc_neuron.CurrentStep(f"{sections.names[0]}(0.5)", amp, delay, dur)
            swc_neuron.parse_place(step.place, sections)
        with needs_neuron(), progress("ms") as bars:
            task = bars.add_task("Simulating", total=tstop)
            simulation = swc_neuron.simulate(
                sections,
                file.stem,
                biophysics,
                step,
                inputs,
                tstop,
                every,
                d_lambda,
                lambda time_ms: bars.update(task, completed=time_ms),
            )
    except swc_neuron.ModelError as error:
        raise click.ClickException(str(error)) from None
    save(output, simulation)


def _given(context: click.Context, option: str) -> bool:
    source = context.get_parameter_source(option)
    return source is not click.core.ParameterSource.DEFAULT


def _refuse(context: click.Context, options: tuple[str, ...], needed: str) -> None:
    for option in options:
        if _given(context, option):
            raise click.UsageError(f"--{option} needs {needed}.")


def _read(file: Path, repair: bool) -> Morphology:
    try:
        morphology = read(file, repair)
    except SwcError as error:
        message = f"Cannot read {file.name or file}:\n{error}"
        mendable = sum(finding.mend is not None for finding in error.findings)
        if mendable:
            message += (
                "\n--repair mends this."
                if mendable == len(error.findings)
                else f"\n--repair mends {mendable:,} of these {len(error.findings):,}."
            )
        raise click.ClickException(message) from None
    except FileNotFoundError:
        raise click.ClickException(
            f"Cannot read {file.name or file}: there is no such file."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise click.ClickException(f"Cannot read {file.name or file}: {reason}.") from None
    if morphology.mends:
        click.echo(f"Mended in {file.name}:")
        for sentence in describe(morphology.mends):
            click.echo(f"  {sentence}")
    return morphology


def _report(file: Path, morphology: Morphology, sections: Sections) -> None:
    points, count = len(morphology.points), len(sections.names)
    kinds = Counter(name.split("[")[0] for name in sections.names)
    console.print(
        f"{file.name}: {points:,} point{'s' * (points != 1)} in "
        f"{count:,} section{'s' * (count != 1)} "
        f"({', '.join(f'{number:,} {kind}' for kind, number in kinds.items())}), "
        f"{sections.lengths_um.sum():,.0f} µm long; "
        f"{'fine once mended' if morphology.mends else 'nothing is wrong with it'}.",
        markup=False,
        soft_wrap=True,
    )
