# SPDX-License-Identifier: BSD-3-Clause
"""The options ``--live`` and ``--port``, with which BlenderSpike shows a run while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from ..live.messages import PORT
from ..neuron.broadcast import Broadcast
from ..neuron.recording_error import RecordingError

Command = TypeVar("Command", bound=Callable[..., Any])


def live_options(command: Command) -> Command:
    """Give a command ``--live`` and ``--port``; see `watched`."""
    command = click.option(
        "--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, metavar="N",
        help="Where it is shown, with --live: another one for each simulation that runs.",
    )(command)  # fmt: skip
    return click.option(
        "--live", is_flag=True,
        help="Let BlenderSpike on this computer show it while it runs: Simulate > Watch.",
    )(command)  # fmt: skip


@contextmanager
def watched(port: int, target: Path, end_ms: float | None = None) -> Iterator[Broadcast]:
    """Let a simulation be watched, or end the command saying why it cannot be.

    Parameters
    ----------
    port : int
    target : Path
        The file that it will be written to, absolute.
    end_ms : float, optional
        Where the run will end, if that is not NEURON's ``tstop``.
    """
    try:
        broadcast = Broadcast(port)
    except RecordingError as error:
        raise click.ClickException(str(error)) from None
    broadcast.path, broadcast.end_ms = str(target), end_ms
    where = "" if port == PORT else f", port {port}"
    click.echo(f"BlenderSpike can show it: Simulate > Watch{where}.", err=True)
    with broadcast:
        yield broadcast
