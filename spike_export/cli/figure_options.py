# SPDX-License-Identifier: BSD-3-Clause
"""The options that commands of ``spike-export figure`` share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ..formats.tables import period_named
from .console import NUMBER
from .drawing import drawing_options

Command = TypeVar("Command", bound=Callable[..., Any])


def moving(default: str, pace: str = "linear") -> Callable[[Command], Command]:
    """Add the options that all figure commands share."""

    def decorate(command: Command) -> Command:
        for option in (
            click.option(
                "--pace", default=pace, show_default=True, metavar="linear|smooth|KEYS",
                help="Constant speed, easing in and out, or times and fractions of the way: "
                "'0 0, 2s 0.5, 4s 0.5, 5s 1 smooth'.",
            ),
            click.option(
                "--frames", type=click.IntRange(1, 1_000_000), default=120, show_default=True,
                metavar="N", help="Total number of frames; times in --pace set it themselves.",
            ),
            drawing_options(default),
        ):  # fmt: skip
            command = option(command)
        return command

    return decorate


def colored(default: str | None) -> Callable[[Command], Command]:
    """Add the options for a colormap and its limits."""
    # To newer versions of click, None is a default like any other.
    presence: dict[str, Any] = {"default": default, "show_default": True} if default else {}

    def decorate(command: Command) -> Command:
        for option in (
            click.option(
                "--v-max", type=NUMBER, metavar="X",
                help="Value at the colormap's upper end.  [default: the highest]",
            ),
            click.option(
                "--v-min", type=NUMBER, metavar="X",
                help="Value at the colormap's lower end.  [default: the lowest]",
            ),
            click.option(
                "--colormap", metavar="NAME",
                help="Colormap from matplotlib, seaborn or cmasher.",
                **presence,
            ),
        ):  # fmt: skip
            command = option(command)
        return command

    return decorate


def axes_options(command: Command) -> Command:
    """Add the options for axes and a grid."""
    for option in (
        click.option("--y-label", default="", metavar="TEXT", help="Label of the y axis."),
        click.option("--x-label", default="", metavar="TEXT", help="Label of the x axis."),
        click.option("--grid", is_flag=True, help="A thin grid, with axes."),
        click.option("--axes", is_flag=True, help="Thin axes with numbers."),
    ):
        command = option(command)
    return command


def plain(what: str) -> Callable[[Command], Command]:
    """Add the option for one color instead of a colormap's."""
    return click.option(
        "--color", metavar="COLOR",
        help=f"{what}, such as orange or '#ff8800'.",
    )  # fmt: skip


def comes_round(command: Command) -> Command:
    """Add the option for values that come round."""
    return click.option(
        "--period", callback=_period, metavar="X|none",
        help="Values come round after X, such as 2pi or 360: their colors change the short way, "
        "and begin at --v-min.  [default: recognized]",
    )(command)  # fmt: skip


def _period(_context: click.Context, _option: click.Parameter, text: str | None) -> float | None:
    """Read a period; 0 for none, None if it is to be recognized."""
    if text is None or text.casefold() == "none":
        return None if text is None else 0.0
    try:
        return period_named(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is neither a number above 0 nor none.") from None
