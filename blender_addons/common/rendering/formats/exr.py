# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures in linear light."""

from ..picture_format import Pictures

FORMAT = Pictures(
    identifier="exr",
    name="OpenEXR",
    description="Pictures in linear light, with half precision; keeps what is brighter than white",
    ending=".exr",
    media="IMAGE",
    file_format="OPEN_EXR",
    depth="16",
    is_premultiplied=True,
)
