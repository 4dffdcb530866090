# SPDX-License-Identifier: BSD-3-Clause
"""Lets ``python -m spike_export`` stand for ``spike-export``."""

from __future__ import annotations

from .cli import main

main(prog_name="spike-export")
