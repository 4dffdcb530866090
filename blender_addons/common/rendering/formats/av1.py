# SPDX-License-Identifier: GPL-3.0-or-later
"""AV1 in MP4, 10 bit."""

from ..frames import Film

FORMAT = Film(
    identifier="av1",
    name="AV1, 10 Bit",
    description="For browsers and newer players: the smallest files, the slowest to write",
    ending=".mp4",
    settings={
        "format": "MPEG4", "codec": "AV1", "constant_rate_factor": "CUSTOM",
        "custom_constant_rate_factor": 15,
    },
    depth="10",
    is_usual=False,
)  # fmt: skip
