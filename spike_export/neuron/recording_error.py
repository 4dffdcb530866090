# SPDX-License-Identifier: BSD-3-Clause
"""What a recording raises."""


class RecordingError(RuntimeError):
    """A recording that cannot be made or kept; the text says why."""
