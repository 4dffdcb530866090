# SPDX-License-Identifier: GPL-3.0-or-later
"""What frames and films are written as, one format per module; see `Pictures` and `Film`."""

from collections.abc import Mapping
from typing import Final

from ...registry import collect
from ..frames import Film
from ..picture_format import Pictures

FORMATS: Final[Mapping[str, Film | Pictures]] = {
    one.identifier: one
    for one in collect(__name__, __path__, "FORMAT", "identifier", "name").values()
}
"""By identifier."""
FILMS: Final = {key: one for key, one in FORMATS.items() if isinstance(one, Film)}
PICTURES: Final = {key: one for key, one in FORMATS.items() if isinstance(one, Pictures)}
ENDINGS: Final = {one.ending: one for one in FILMS.values() if one.is_usual}
"""What a film's name means if nothing else is said."""
