# SPDX-License-Identifier: GPL-3.0-or-later
"""A sheet of pictures with captions, as the manual shows them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFont

_CAPTION: Final = 34
_GAP: Final = 4


def captioned(pictures: Sequence[tuple[str, Image.Image]], columns: int) -> Image.Image:
    """Put pictures of one size side by side, each above its caption.

    Parameters
    ----------
    pictures : sequence of (str, Image)
        Caption and picture, row by row.
    columns : int
        Pictures in a row.

    Returns
    -------
    PIL.Image.Image
        The sheet.
    """
    wide, high = pictures[0][1].size
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (wide + _GAP) - _GAP, rows * (high + _CAPTION)), (0, 0, 0))
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=18)
    for index, (caption, picture) in enumerate(pictures):
        x, y = index % columns * (wide + _GAP), index // columns * (high + _CAPTION)
        sheet.paste(picture, (x, y))
        place = (x + wide / 2, y + high + _CAPTION / 2)
        draw.text(place, caption, (190, 190, 190), font=font, anchor="mm")
    return sheet
