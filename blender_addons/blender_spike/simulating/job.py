# SPDX-License-Identifier: GPL-3.0-or-later
"""What spike-export is asked for: a tracing with channels and input, or a model, and how long."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..potential.membrane_currents import CURRENT

TRACINGS: Final = (".swc", ".asc", ".xml")
MODELS: Final = (".py", ".hoc")


class JobError(Exception):
    """It cannot be asked for; the text is a sentence for the user."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A simulation, as the panel describes it. A model only uses the last three."""

    path: Path
    channels: str = "hh"
    stimulus: str = "STEP"
    place: str = ""
    amplitude_nA: float = 1.0  # noqa: N815
    delay_ms: float = 5.0
    duration_ms: float = 2.0
    synapses: int = 100
    rate_hz: float = 10.0
    seed: int = 0
    repair: bool = False
    length_ms: float = 50.0
    every_ms: float = 0.1
    currents: bool = False

    @property
    def is_model(self) -> bool:
        """Whether the file is a program, which describes all but the length by itself."""
        return is_model(self.path)


def is_model(path: Path) -> bool:
    """Tell whether a file is a model, and not a tracing."""
    return path.suffix.lower() in MODELS


def check(job: Job) -> None:
    """Refuse what cannot be simulated, with a sentence.

    Raises
    ------
    JobError
    """
    if job.path.suffix.lower() not in (*TRACINGS, *MODELS):
        raise JobError(
            f"{job.path.name} is neither a tracing ({', '.join(TRACINGS)}) nor a model "
            f"({', '.join(MODELS)})."
        )
    if not job.path.is_file():
        raise JobError(f"{job.path} was not found.")
    if job.length_ms and job.every_ms >= job.length_ms:
        raise JobError(
            f"An Interval of {job.every_ms:g} ms leaves no second frame in {job.length_ms:g} ms."
        )
    if not job.is_model and job.stimulus == "STEP" and job.delay_ms >= job.length_ms:
        raise JobError(
            f"The current begins at {job.delay_ms:g} ms, after the end at {job.length_ms:g} ms."
        )


def output_of(path: Path) -> Path:
    """Choose a file for the result, beside the input; no file is ever replaced."""
    if not (plain := path.with_suffix(".pickle")).exists():
        return plain
    numbered = (path.with_name(f"{path.stem}_{number}.pickle") for number in itertools.count(2))
    return next(place for place in numbered if not place.exists())


def arguments(job: Job, output: Path, port: int | None = None) -> list[str]:
    """Write it as arguments of spike-export.

    Parameters
    ----------
    job : Job
        What `check` has let pass.
    output : Path
        The file to write.
    port : int, optional
        Where it can be watched; not at all, if not given.
    """
    live = [] if port is None else ["--live", f"--port={port}"]
    # Numbers joined to their options, since a negative one would be taken for another option.
    every = f"--every={job.every_ms:.9g}"
    if job.is_model:
        length = [f"--tstop={job.length_ms:.9g}"] if job.length_ms else []
        recorded = ["--variable=v", f"--variable={CURRENT}"] if job.currents else []
        return ["run", "-o", str(output), every, *length, *recorded, *live, str(job.path)]
    made = ["swc", "-o", str(output), every, f"--tstop={job.length_ms:.9g}"]
    made.append(f"--biophysics={job.channels}")
    if job.stimulus == "SYNAPSES":
        made += [f"--synapses={job.synapses}", f"--rate={job.rate_hz:.9g}", f"--seed={job.seed}"]
    else:
        made += [
            f"--amp={job.amplitude_nA:.9g}", f"--delay={job.delay_ms:.9g}",
            f"--dur={job.duration_ms:.9g}",
        ]  # fmt: skip
        if job.place.strip():
            made.append(f"--inject={job.place.strip()}")
    if job.repair:
        made.append("--repair")
    if job.currents:
        made.append("--field")
    return [*made, *live, str(job.path)]
