# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators that make or color things from array files have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import bpy
from bpy.props import BoolProperty, StringProperty
from bpy_extras.io_utils import ImportHelper

from ..arrays import array_file
from ..arrays.heightmap import HeightmapError
from ..common.beside import beside_told, put_beside
from ..common.colormaps import UnknownColormapError
from ..common.placing import leave_edit_mode

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

    class _ReadsFile(bpy.types.Operator, ImportHelper):  # type: ignore[misc]
        pass

else:
    # Blender finds properties only in bases that are not types of its own.
    _ReadsFile = ImportHelper

FILTER: Final = ";".join(f"*{e}" for e in array_file.EXTENSIONS)
ARRAY: Final = StringProperty(
    name="Array",
    description="Which array of a file that holds several; not needed if only one can be used",
    options={"SKIP_SAVE"},
)
COLOR_ARRAY: Final = StringProperty(
    name="Color Array",
    description="Which array of the color file, if that holds several",
    options={"SKIP_SAVE"},
)
AT_ORIGIN: Final = BoolProperty(
    name="At Origin",
    description="Place it at the scene's origin, even if another surface or curve is there",
)


def file_property(description: str) -> Any:
    """Declare the field *File* of an operator."""
    return StringProperty(
        name="File", description=description, subtype="FILE_PATH", options={"SKIP_SAVE"}
    )


def color_file_property(description: str) -> Any:
    """Declare the field *Color File* of an operator."""
    return StringProperty(
        name="Color File",
        description=description,
        subtype="FILE_PATH",
        options={"PATH_SUPPORTS_BLEND_RELATIVE", "SKIP_SAVE"},
    )


class FromArray(_ReadsFile):
    """An operator that reads an array file and does one thing with it.

    It declares `filepath` and `array`, with `file_property` and `ARRAY`, where its menu has them.
    """

    NOTHING_CHOSEN: ClassVar = "Choose an array first."

    if TYPE_CHECKING:
        filepath: str
        filter_glob: str
        array: str
    else:
        filter_glob: StringProperty(default=FILTER, options={"HIDDEN"})

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Do it, and report what was done or what is wrong with the file."""
        if not Path(self.filepath).name:
            self.report({"ERROR"}, self.NOTHING_CHOSEN)
            return {"CANCELLED"}
        leave_edit_mode(context)
        try:
            notes = self.made(context)
        except (HeightmapError, UnknownColormapError) as error:
            self.report({"ERROR"}, f"{error}".rstrip(".") + ".")
            return {"CANCELLED"}
        for note in filter(None, notes):
            self.tell(note)
        return {"FINISHED"}

    def made(self, context: bpy.types.Context) -> Sequence[str]:
        """Do it, and say what was done; see `execute`.

        Returns
        -------
        sequence of str
            Sentences, the empty ones of which are left out.

        Raises
        ------
        HeightmapError, UnknownColormapError
            If it cannot be done.
        """
        raise NotImplementedError

    def tell(self, note: str) -> None:
        """Report a sentence."""
        self.report({"INFO"}, note)


class BesideOthers:
    """An operator that places what it makes beside what is there, unless `AT_ORIGIN` is set."""

    if TYPE_CHECKING:
        at_origin: bool

    def placed(
        self,
        context: bpy.types.Context,
        made: bpy.types.Object,
        others: Sequence[bpy.types.Object],
    ) -> str:
        """Move it beside the others, and say so; see `beside_told`."""
        return beside_told(None if self.at_origin else put_beside(context, [made], others))
