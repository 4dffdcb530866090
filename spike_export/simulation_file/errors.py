# SPDX-License-Identifier: BSD-3-Clause
"""The one exception that reading a simulation file raises."""

from __future__ import annotations


class SimulationFileError(ValueError):
    """A file that is not a simulation; the text is one sentence naming file and place."""


class ContentError(ValueError):
    """What is wrong inside the file, before the file's own name is put in front."""
