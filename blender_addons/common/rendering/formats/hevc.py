# SPDX-License-Identifier: GPL-3.0-or-later
"""HEVC in MP4, 10 bit."""

from ..frames import Film

FORMAT = Film(
    identifier="hevc",
    name="HEVC, 10 Bit",
    description="For newer players: smooth gradients in small files",
    ending=".mp4",
    settings={
        "format": "MPEG4", "codec": "H265", "constant_rate_factor": "CUSTOM",
        "custom_constant_rate_factor": 15,
    },
    depth="10",
    is_usual=False,
)  # fmt: skip
