# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions of a brain in a film."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import bpy
from mathutils import Vector

from ..atlas import Atlas, AtlasError, film_regions, library
from ..atlas.search import Search, UnknownStructureError
from ..common import colormaps, film
from ..common.story import fields
from ..common.story.fields import Field, FieldError, no_such
from ..common.story.thing import PLACING, Place, Thing, View
from ..demo_atlas import NAME, VERSION, make_demo_atlas
from ..figures.labels import add_labels
from ..regions.film_view import DIRECTION, MARGIN, UP
from ..regions.imported import import_regions
from ..regions.look_materials import is_glass, set_look
from ..regions.record import about, is_region
from ..settings import fields as panel_fields
from .inner_point import inner_point

DEMO: Final = "demo"
_AUTOMATIC: Final = "auto"
# Beside a key and a fill, an edge needs less.
_BACKLIGHT: Final = 0.06
# Scene-linear. Other words are colormaps.
_COLORS: Final = {
    "blue": (0.0, 0.07, 1.0),
    "red": (1.0, 0.03, 0.02),
    "green": (0.02, 0.7, 0.08),
    "orange": (1.0, 0.25, 0.01),
    "yellow": (1.0, 0.7, 0.02),
    "cyan": (0.0, 0.6, 1.0),
    "magenta": (1.0, 0.02, 0.6),
    "violet": (0.25, 0.02, 1.0),
    "white": (0.9, 0.9, 0.9),
}


class BrainThing(Thing):
    """Regions of a brain atlas."""

    kind = "brain"
    fields: ClassVar[dict[str, Field]] = {
        "atlas": Field(f'its name, or "{DEMO}"; the first one found', fields.text, ""),
        "folder": Field("folder of atlases besides BrainGlobe's own", fields.text, ""),
        "glass": Field('regions of glass; "auto" for what suits the atlas', fields.text, "auto"),
        "glow": Field(
            f"regions that glow, each with a color ({', '.join(_COLORS)}) or a colormap along x",
            fields.texts_by_name,
        ),
        "regions": Field("further regions, in the atlas's colors", fields.text, ""),
        "labels": Field("label what glows, and the further regions", fields.switch, False),
        **PLACING,
    }

    def make(self, context: bpy.types.Context) -> None:
        """Import its regions, and give them their looks."""
        try:
            self._make(context)
        except (AtlasError, UnknownStructureError) as error:
            raise ValueError(str(error)) from None

    def _make(self, context: bpy.types.Context) -> None:
        atlas = self._atlas()
        search = Search(atlas.structures)
        glass, glow = self._chosen(atlas, search)
        further = search.find(self.values["regions"]) if self.values["regions"].strip() else []
        model = panel_fields(self.film.scene)
        every = dict.fromkeys([*glass, *(one for part, _ in glow for one in part), *further])
        imported = import_regions(
            context, atlas, list(every), um_per_unit=model.um_per_unit, origin="GEOMETRY"
        )
        for what, left_out in (
            ("has no mesh in this atlas", imported.without_mesh),
            ("is not on this disk", imported.not_here),
        ):
            if left_out:
                names = ", ".join(one.acronym for one in left_out)
                raise ValueError(f"{names} {what}; leave it out, or import it in the window first")
        by_id = {about(region).structure: region for region in imported.regions}
        if glass:
            set_look([by_id[str(one.id)] for one in glass], "GLASS")
        for part, color in glow:
            regions = [by_id[str(one.id)] for one in part]
            if color in _COLORS:
                set_look(regions, "GLOW", color=_COLORS[color])
            else:
                set_look(regions, "GRADIENT", colormap=color)

    def _atlas(self) -> Atlas:
        folder = self.file("folder")
        if self.values["atlas"] != DEMO:
            return library.opened(self.values["atlas"], folder).atlas
        name = f"{NAME}_v{VERSION}"
        try:
            return library.opened(name, folder).atlas
        except AtlasError:
            own = library.own_folder()
            own.mkdir(parents=True, exist_ok=True)
            make_demo_atlas(own)
            self.film.notes.append(f"The demo atlas was written to {own}.")
        return library.opened(name, folder).atlas

    def _chosen(
        self, atlas: Atlas, search: Search
    ) -> tuple[list[Any], list[tuple[list[Any], str]]]:
        """Find the structures of glass, and those that glow, with their colors."""
        if self.values["glass"].strip().casefold() == _AUTOMATIC:
            glass = film_regions.glass(atlas.structures, atlas.may_have_mesh)
        else:
            glass = search.find(self.values["glass"]) if self.values["glass"].strip() else []
        given = self.values["glow"]
        if given is None:
            automatic = (film_regions.glow(atlas.structures), "blue"), (
                film_regions.gradient(atlas.structures), "spring",
            )  # fmt: skip
            return glass, [(part, color) for part, color in automatic if part]
        glow = []
        for names, color in given.items():
            if color not in _COLORS:
                try:
                    colormaps.resolve(color)
                except LookupError as error:
                    known = ", ".join(_COLORS)
                    raise FieldError(
                        "glow", f"glow: {str(error).rstrip('.')}; the colors are {known}"
                    ) from None
            glow.append((search.find(names), color))
        return glass, glow

    def take(self) -> None:
        """Find the regions among its objects."""
        self.regions = [thing for thing in self.objects if is_region(thing)]
        if not self.regions:
            raise ValueError(f"the regions of '{self.name}' are there already, in another brain")
        self.um_per_unit = about(self.regions[0]).um_per_unit

    def subject(self) -> list[bpy.types.Object]:
        """Return the regions."""
        return self.regions

    def origin(self) -> Vector:
        """Return the scene's origin, where the atlas's own is."""
        return Vector((0.0, 0.0, 0.0))

    def view(self) -> View:
        """Return the view of the film scene."""
        return View(DIRECTION, UP, MARGIN)

    def light(self, scene: bpy.types.Scene) -> None:
        """Add a key, a fill and a light from behind."""
        film.add_key_and_fill(scene, self.regions)
        film.add_backlight(scene, self.regions, strength=_BACKLIGHT)
        film.see_through(scene)

    def lay_out_labels(self, context: bpy.types.Context) -> None:
        """Label all regions but those of glass."""
        shown = [one for one in self.regions if not is_glass(one)] or self.regions
        add_labels(context, shown)

    def label(self) -> BrainThing:
        """Label what glows, and return this brain."""
        self.values["labels"] = True
        return self

    def parts(self) -> list[str]:
        """Return the names of the regions."""
        return [region.name.split(".")[0] for region in self.regions]

    def part(self, name: str) -> Place:
        """Find a region; what is put there is inside of it."""
        wanted = name.casefold()
        found = [one for one in self.regions if one.name.split(".")[0].casefold() == wanted]
        if not found:
            raise ValueError(no_such(name, self.parts(), f"'{self.name}' has no", "it has"))
        x, y, z = (float(one) for one in inner_point(found[0]))
        return Place((x, y, z), found[:1], um_per_unit=self.um_per_unit)
