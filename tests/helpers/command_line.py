# SPDX-License-Identifier: BSD-3-Clause
"""Commands run in this process."""

from __future__ import annotations

import inspect
from typing import Any

from click.testing import CliRunner, Result

from spike_export.cli import main


def invoke(arguments: list[str], **more: Any) -> Result:
    """Run `spike-export`; the result's `stdout` is without `stderr`."""
    # Which click 8.1 has to be told, and newer ones always do.
    told = "mix_stderr" in inspect.signature(CliRunner).parameters
    return CliRunner(**({"mix_stderr": False} if told else {})).invoke(main, arguments, **more)
