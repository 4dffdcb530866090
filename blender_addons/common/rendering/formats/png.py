# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures as a screen shows them."""

from ..picture_format import Pictures

FORMAT = Pictures(
    identifier="png",
    name="PNG",
    description="Pictures of 8 bit, as a screen shows them",
    ending=".png",
    media="IMAGE",
    file_format="PNG",
    depth="8",
)
