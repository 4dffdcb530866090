# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export swc``."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import click

from ..formats import import3d
from ..formats.swc import (
    MAY_LOSE,
    Finding,
    Morphology,
    Sections,
    SwcError,
    describe,
    file_content,
    parse,
    split,
)
from ..models import swc_neuron
from .console import (
    ABOVE_ZERO,
    FILE,
    NUMBER,
    Finite,
    console,
    expect_kind,
    field_option,
    may_write,
    needs_neuron,
    output_option,
    progress,
    save,
    with_currents,
)
from .live import live_options, watched

_UNITS_UM = {"um": 1.0, "nm": 1e-3, "mm": 1e3}
# Wider than a mouse brain, or longer than all but the longest axons.
_WIDEST_UM, _LONGEST_UM = 5e4, 2e5
# Shorter than a soma with a few branches.
_SHORTEST_UM = 10.0
_SHOWN = 10
# Damaged tracings are recognized by their errors, which the reader names.
_KINDS = (
    *("swc", "neurolucida", "older-neurolucida", "eutectic", "morphml"),
    *("table", "matrix", "text", "data"),
)
_STEP_OPTIONS = ("inject", "amp", "delay", "dur")
_SYNAPSE_OPTIONS = ("rate", "seed")
_EXAMPLES = """
\b
Examples:
  spike-export swc cell.swc
  spike-export swc cell.asc --check
  spike-export swc cell.swc --inject 'apic[3](0.9)' --amp 2 --tstop 100
  spike-export swc cell.swc --synapses 200 --rate 20 --seed 1
"""


def _finite(context: click.Context, option: click.Parameter, value: float) -> float:
    """Refuse numbers that would turn every voltage into NaN."""
    if not abs(value) < 1e9:
        raise click.BadParameter(f"{value:g} is not a finite number below 1,000,000,000.")
    return value


@click.command(epilog=_EXAMPLES)
@click.argument("file", type=FILE, metavar="CELL.swc|asc|xml")
@output_option("CELL.pickle")
@click.option(
    "--biophysics", type=click.Choice(["hh", "pas"]), default="hh", show_default=True,
    help="Hodgkin-Huxley channels everywhere, or only a leak.",
)  # fmt: skip
@click.option(
    "--inject", default="soma(0.5)", show_default=True, metavar="PLACE",
    help="Where to inject the current step: section and position along it (0 to 1).",
)  # fmt: skip
@click.option(
    "--amp", type=NUMBER, callback=_finite, default=1.0, show_default=True, metavar="NA",
    help="Amplitude of the step.",
)  # fmt: skip
@click.option(
    "--delay", type=Finite(min=0), callback=_finite, default=5.0, show_default=True,
    metavar="MS", help="Start of the step.",
)  # fmt: skip
@click.option(
    "--dur", type=ABOVE_ZERO, callback=_finite, default=2.0, show_default=True, metavar="MS",
    help="Duration of the step.",
)  # fmt: skip
@click.option(
    "--synapses", type=click.IntRange(1, 100_000), metavar="N",
    help="Number of excitatory synapses at random positions on the dendrites; they replace the "
    "step unless --inject is given too.",
)  # fmt: skip
@click.option(
    "--rate", type=Finite(0, 10_000, min_open=True), callback=_finite, default=10.0,
    show_default=True, metavar="HZ", help="Mean rate of each synapse's Poisson input.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, metavar="N",
    help="Random seed for synapse positions and inputs.",
)  # fmt: skip
@click.option(
    "--tstop", type=ABOVE_ZERO, callback=_finite, default=50.0, show_default=True, metavar="MS",
    help="Duration of the simulation.",
)  # fmt: skip
@click.option(
    "--every", type=ABOVE_ZERO, callback=_finite, default=0.1, show_default=True, metavar="MS",
    help="Time between frames.",
)  # fmt: skip
@click.option(
    "--d-lambda", type=ABOVE_ZERO, callback=_finite, default=0.1, show_default=True,
    metavar="SHARE", help="Longest segment, as a fraction of the length constant at 100 Hz.",
)  # fmt: skip
@click.option("--repair", is_flag=True, help="Repair what can be repaired safely, and report it.")
@click.option(
    "--may-lose", type=Finite(0, 100), default=100 * MAY_LOSE, show_default=True,
    metavar="PERCENT", help="Largest share of the points or length that --repair may drop.",
)  # fmt: skip
@click.option(
    "--unit", type=click.Choice(list(_UNITS_UM)),
    help="Unit of the file's numbers.  [default: um, if that gives a plausible size]",
)  # fmt: skip
@field_option
@live_options
@click.option("--check", is_flag=True, help="Only check the file; NEURON is not needed.")
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
    may_lose: float,
    unit: str | None,
    field: bool,
    live: bool,
    port: int,
    check: bool,
) -> None:
    """Simulate a cell from its morphology in an SWC file.

    The file is checked before NEURON reads it, and every error is reported with its line.
    Neurolucida (.asc), Eutectic and MorphML are read by NEURON itself. By default a current step at
    the soma makes the cell fire.
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
    if _given(context, "may_lose") and not repair:
        raise click.UsageError("--may-lose needs --repair.")
    expect_kind(file, *_KINDS)
    points, sections, state = _read(file, repair, unit, may_lose / 100)
    if check:
        _report(file, points, sections, state)
        return
    if not _given(context, "output"):
        output = Path(f"{file.stem}.pickle")
    may_write(output, force=force, inputs=[file])
    with ExitStack() as stack:
        broadcast = None
        if live:
            broadcast = stack.enter_context(watched(port, output.absolute(), tstop))
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
                    with_currents(field),
                    broadcast,
                )
        except swc_neuron.ModelError as error:
            raise click.ClickException(str(error)) from None
        save(output, simulation)
        if broadcast is not None:
            broadcast.end(str(output.absolute()))


def _given(context: click.Context, option: str) -> bool:
    source = context.get_parameter_source(option)
    return source is not click.core.ParameterSource.DEFAULT


def _refuse(context: click.Context, options: tuple[str, ...], needed: str) -> None:
    for option in options:
        if _given(context, option):
            raise click.UsageError(f"--{option} needs {needed}.")


def _read(file: Path, repair: bool, unit: str | None, may_lose: float) -> tuple[int, Sections, str]:
    """Return the number of points, the sections, and a remark on the file."""
    unit_um = _UNITS_UM[unit or "um"]
    try:
        data = file_content(file)
        kind = import3d.kind_of(data)
        if kind == "SWC":
            morphology = parse(data, repair, unit_um, may_lose)
            sections = split(morphology.points)
        else:
            if repair:
                raise click.UsageError(f"--repair is for SWC; {file.name} is {kind}.")
            with needs_neuron():
                tracing = import3d.read(file, unit_um)
            sections = tracing.sections
        if unit is None:
            _check_size(sections)
    except SwcError as error:
        raise click.ClickException(_refusal(file, error, repair)) from None
    except FileNotFoundError:
        raise click.ClickException(f"Cannot read {file.name or file}: file not found.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise click.ClickException(f"Cannot read {file.name or file}: {reason}.") from None
    if kind != "SWC":
        _tell(f"Notes on {file.name}:", list(tracing.notes))
        return len(sections.points_um), sections, f"read by NEURON as {kind}"
    _tell(f"Repaired in {file.name}:", [*describe(morphology.mends), *_lost(morphology)])
    _tell(f"Notes on {file.name}:", describe(morphology.notes))
    state = "fine after repair" if morphology.mends else "no errors found"
    return len(morphology.points), sections, state


def _check_size(sections: Sections) -> None:
    length = sections.lengths_um.sum()
    places = sections.points_um[:, :3]
    width = (places.max(axis=0) - places.min(axis=0)).max()
    many = len(sections.names) > 3
    if length > _LONGEST_UM or width > _WIDEST_UM:
        size = f"{length / 1e3:,.0f} mm long and {width / 1e3:,.0f} mm wide"
    elif many and length < _SHORTEST_UM:
        size = f"{length:,.2g} µm long in {len(sections.names):,} sections"
    else:
        return
    problem = (
        f"it would be {size} if its numbers are in µm; give their unit with --unit um, nm or mm"
    )
    raise SwcError([Finding(0, problem)])


def _refusal(file: Path, error: SwcError, repair: bool) -> str:
    message = f"Cannot read {file.name or file}:\n{error}"
    mendable = sum(finding.mend is not None for finding in error.findings)
    if mendable == len(error.findings):
        message += "\n--repair can fix this."
    elif mendable:
        message += f"\n--repair can fix {mendable:,} of these {len(error.findings):,}."
    elif repair and "would lose" in error.findings[0].problem:
        message += "\nUse --may-lose to let it drop more."
    return message


def _lost(morphology: Morphology) -> list[str]:
    lost, total = morphology.lost, morphology.total
    if not morphology.mends:
        return []
    if not lost.points:
        return ["In total, no points are lost."]
    return [
        f"In total, {lost.points:,} of {total.points:,} points and {lost.length_um:,.1f} of "
        f"{total.length_um:,.1f} µm are lost."
    ]


def _tell(heading: str, sentences: list[str]) -> None:
    if not sentences:
        return
    click.echo(heading)
    # The last one is the total.
    left = len(sentences) - _SHOWN
    shown = sentences if left <= 1 else [*sentences[: _SHOWN - 1], f"{left:,} more.", sentences[-1]]
    for sentence in shown:
        click.echo(f"  {sentence}")


def _report(file: Path, points: int, sections: Sections, state: str) -> None:
    count = len(sections.names)
    kinds = Counter(name.split("[")[0] for name in sections.names)
    console.print(
        f"{file.name}: {points:,} point{'s' * (points != 1)} in "
        f"{count:,} section{'s' * (count != 1)} "
        f"({', '.join(f'{number:,} {kind}' for kind, number in kinds.items())}), "
        f"{sections.lengths_um.sum():,.0f} µm long; {state}.",
        markup=False,
        soft_wrap=True,
    )
