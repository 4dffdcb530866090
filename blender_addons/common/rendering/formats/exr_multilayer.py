# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures in linear light, with all render passes."""

from ..picture_format import Pictures

FORMAT = Pictures(
    identifier="exr_multilayer",
    name="OpenEXR, Multilayer",
    description="Pictures in linear light with all render passes, before the compositor and with "
    "its result",
    ending=".exr",
    media="MULTI_LAYER_IMAGE",
    file_format="OPEN_EXR_MULTILAYER",
    depth="16",
    is_premultiplied=True,
)
