# SPDX-License-Identifier: BSD-3-Clause
"""The options that say how cells light up at their spikes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ..networks.from_spikes import DECAY_MS, RISE_MS
from .console import ABOVE_ZERO

Command = TypeVar("Command", bound=Callable[..., Any])


def lit_options(about: str = "") -> Callable[[Command], Command]:
    """Give a command ``--rise`` and ``--decay``.

    Parameters
    ----------
    about : str
        What they are about, if the command does other things as well.
    """

    def decorate(command: Command) -> Command:
        for name, default, text in (
            ("--decay", DECAY_MS, "how fast it fades."),
            ("--rise", RISE_MS, "how fast a cell lights up."),
        ):
            told = f"{about}: {text}" if about else f"{text[0].upper()}{text[1:]}"
            command = click.option(
                name, type=ABOVE_ZERO, default=default, show_default=True, metavar="MS", help=told
            )(command)
        return command

    return decorate
