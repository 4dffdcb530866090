# SPDX-License-Identifier: GPL-3.0-or-later
"""ProRes 4444 in QuickTime."""

from ..frames import Film

FORMAT = Film(
    identifier="prores",
    name="ProRes 4444",
    description="For editing programs: large, exact, with transparency",
    ending=".mov",
    settings={"format": "QUICKTIME", "codec": "PRORES", "ffmpeg_prores_profile": "4444"},
    depth="10",
    keeps_alpha=True,
    sound="PCM",
)
