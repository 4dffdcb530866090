# SPDX-License-Identifier: BSD-3-Clause
"""Makes ``python -m spike_export`` equivalent to ``spike-export``."""

from __future__ import annotations

from .cli import main

main(prog_name="spike-export")
