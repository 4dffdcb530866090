# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that show the field around a neuron: sheets, and boxes with isosurfaces or a volume.

Each is a child of its neuron, and keeps what it was computed for, so that it can tell when it no
longer shows the field of the place where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix

from ..common.marks import Mark
from ..common.nodes.modifiers import add_group_modifier, find_group_modifier
from ..common.required import required
from ..playback.shown_time import follow_time
from ..potential.line_sources import Floats
from ..properties import about, about_figure
from .field_light import field_input, is_field_material
from .field_nodes import GROUP
from .field_sources import between
from .kept_lines import recording_of

KIND: Final = "FIELD"
SHAPES: Final = {"sheet": "SHEET", "isosurfaces": "SURFACES", "volume": "VOLUME"}
"""How commands call what *Add Field* can show."""
LARGEST_BYTES: Final = 1 << 29
"""Of what such an object holds: so much larger is the .blend, before it is compressed."""
COMPUTED: Final = Mark("blender_spike", "field", "blender_spike_field")
"""What an object was computed for."""

# From the limit to where the scale becomes linear.
_DECADES: Final = 20.0


def new_field(
    neuron: bpy.types.Object,
    matrix: Matrix,
    mesh: bpy.types.Mesh,
    material: bpy.types.Material,
    group: bpy.types.NodeTree,
) -> bpy.types.Object:
    """Make an object that shows a field as a child of its neuron.

    Parameters
    ----------
    matrix : Matrix
        From the object's space to the neuron's.
    mesh : Mesh
        Holds the data.
    group : NodeTree
        Plays it; has the inputs of `shown_time.shown`.

    Returns
    -------
    Object
        In no collection yet.
    """
    field = bpy.data.objects.new(mesh.name, mesh)
    field.parent = neuron
    field.matrix_parent_inverse.identity()
    field.matrix_basis = matrix
    # It neither lights nor shadows what is beside it.
    field.visible_diffuse = field.visible_glossy = field.visible_transmission = False
    field.visible_volume_scatter = field.visible_shadow = False
    about_figure(field).kind, about_figure(field).neuron = KIND, neuron
    mesh.materials.append(material)
    follow_time(add_group_modifier(field, GROUP, group), neuron)
    return field


def set_scale(material: bpy.types.Material, limit: float) -> None:
    """Give a material limits in µV, and a scale that suits them."""
    field_input(material, "Limit").default_value = limit
    field_input(material, "Linear Up To").default_value = limit / _DECADES


def keep_computed(
    field: bpy.types.Object,
    neuron: bpy.types.Object,
    sigma: float,
    data: dict[str, Any],
    others: Sequence[bpy.types.Object] = (),
) -> None:
    """Keep with an object what it was computed for.

    Parameters
    ----------
    sigma : float
        Conductivity in S/m.
    data : dict
        What else is to be kept: at least ``"size"``, that of its sides in its own space.
    others : sequence of Object
        Further neurons whose currents were added.
    """
    COMPUTED.put(
        field,
        {
            "recording": recording_of(neuron), "frames": about(neuron).frames, "sigma": sigma,
            "matrix": _listed(to_neuron(field)), **data,
            # Blender keeps no list of objects.
            "others": {str(number): one for number, one in enumerate(others)},
            "other_recordings": [recording_of(one) for one in others],
            "other_places": [_listed(between(neuron, one)) for one in others],
        },
    )  # fmt: skip


def find_field(thing: bpy.types.Object | None) -> bpy.types.NodesModifier | None:
    """Find the modifier that shows a field."""
    return find_group_modifier(thing, GROUP)


def fields_of(neuron: bpy.types.Object) -> list[bpy.types.Object]:
    """Find the objects that show the field around a neuron, by name."""
    return sorted(
        (
            thing
            for thing in bpy.data.objects
            if about_figure(thing).kind == KIND
            and about_figure(thing).neuron == neuron
            and find_field(thing) is not None
            and COMPUTED.on(thing)
        ),
        key=lambda thing: thing.name,
    )


def neuron_of(field: bpy.types.Object) -> bpy.types.Object:
    """Return the neuron whose field an object shows."""
    return required(about_figure(field).neuron)


def field_at_hand(
    active: bpy.types.Object | None, neuron: bpy.types.Object | None
) -> bpy.types.Object | None:
    """Find the field that panels are about: the active object, or the neuron's first."""
    fields = [] if neuron is None else fields_of(neuron)
    return active if active in fields else next(iter(fields), None)


def material_of_field(field: bpy.types.Object) -> bpy.types.Material | None:
    """Find the material that colors a field; None if somebody gave it another."""
    found = (slot.material for slot in field.material_slots)
    return next((one for one in found if is_field_material(one)), None)


def sigma_of(field: bpy.types.Object) -> float:
    """Return the conductivity that a field was computed with, in S/m."""
    return float(COMPUTED.of(field)["sigma"])


def others_of(field: bpy.types.Object) -> list[bpy.types.Object]:
    """Return the further neurons whose currents a field was computed from, if still there."""
    kept = COMPUTED.of(field).get("others", {})
    neuron = neuron_of(field)
    # Combined neurons are one, and what was deleted may still be in the file.
    return [one for one in kept.values() if one not in (None, neuron) and one.users_scene]


def moved(points: Floats, matrix: Matrix) -> Floats:
    """Transform points, shape (P, 3)."""
    rows = np.array(matrix)
    transformed: Floats = points @ rows[:3, :3].T + rows[:3, 3]
    return transformed


def to_neuron(field: bpy.types.Object) -> Matrix:
    """From a field's space to its neuron's, as it is animated in this frame."""
    neuron = required(about_figure(field).neuron)
    if field.parent == neuron and field.parent_type == "OBJECT":
        return field.matrix_parent_inverse @ field.matrix_basis
    return neuron.matrix_world.inverted() @ field.matrix_world


def outdated(field: bpy.types.Object) -> str:
    """Tell why what is shown is not the field where it is now.

    Returns
    -------
    str
        Empty if it is.
    """
    kept: Any = COMPUTED.of(field)
    neuron = required(about_figure(field).neuron)
    if (
        int(kept["recording"]) != recording_of(neuron)
        or int(kept["frames"]) != about(neuron).frames
    ):
        return "computed from other data"
    others = others_of(field)
    if len(others) < len(kept.get("other_recordings", ())):
        return "one of its other neurons is gone"
    for one, recording in zip(others, kept.get("other_recordings", ()), strict=True):
        if int(recording) != recording_of(one):
            return f"'{one.name}' has other data now"
    size = max(float(side) for side in kept["size"])
    for one, place in zip(others, kept.get("other_places", ()), strict=True):
        if _apart(place, between(neuron, one), size):
            return f"'{one.name}' was moved since it was computed"
    return "moved since it was computed" if _apart(kept["matrix"], to_neuron(field), size) else ""


def _listed(matrix: Matrix) -> list[float]:
    numbers: list[float] = np.array(matrix).ravel().tolist()
    return numbers


def _apart(then: Any, now: Matrix, size: float) -> bool:
    """Tell whether two matrices differ by more than single precision of places in the scene."""
    off = np.abs(np.array(then).reshape(4, 4) - np.array(now)) * np.array([size, size, size, 1.0])
    return bool(off[:3].max() > 1e-4 * size)


def remove_fields(fields: list[bpy.types.Object]) -> None:
    """Remove what shows fields, and what only they used."""
    blocks: list[bpy.types.ID] = []
    for field in fields:
        mesh = field.data
        assert isinstance(mesh, bpy.types.Mesh)
        blocks += [mesh, *(slot.material for slot in field.material_slots if slot.material)]
    bpy.data.batch_remove(fields)
    # Materials are in use until their meshes are gone.
    for kind in (bpy.types.Mesh, bpy.types.Material):
        unused = [one for one in blocks if isinstance(one, kind) and not one.users]
        bpy.data.batch_remove(list(dict.fromkeys(unused)))


def replace_mesh(field: bpy.types.Object, mesh: bpy.types.Mesh) -> None:
    """Give an object new data; materials are kept, and the old data goes if nothing uses it."""
    old = field.data
    assert isinstance(old, bpy.types.Mesh)
    name = old.name
    for material in old.materials:
        mesh.materials.append(material)
    field.data = mesh
    if not old.users:
        bpy.data.batch_remove([old])
    mesh.name = name
