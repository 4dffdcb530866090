# SPDX-License-Identifier: GPL-3.0-or-later
"""VP9 in WebM."""

from ..frames import Film

FORMAT = Film(
    identifier="webm",
    name="WebM",
    description="VP9, for web pages, with transparency",
    ending=".webm",
    settings={
        "format": "WEBM", "codec": "WEBM", "constant_rate_factor": "CUSTOM",
        "custom_constant_rate_factor": 15,
    },
    keeps_alpha=True,
    sound="OPUS",
    grain=2.0,
)  # fmt: skip
