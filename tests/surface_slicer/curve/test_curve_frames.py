# SPDX-License-Identifier: GPL-3.0-or-later
"""Frame k here and frame k of spike-export figure show the same numbers, of the same array."""

from __future__ import annotations

import numpy as np
import pytest

FRAMES = 13
WAVE = np.array([0.0, 3.0, -1.0, 2.0, 2.0, -2.0, 1.0, 4.0, 0.5])
OTHER = np.array([5.0, 1.0, 0.0, -4.0, 2.0, 2.0, 3.0, 0.0, 1.5])
INDEX = np.arange(9.0)


@pytest.fixture
def axes():
    from matplotlib.figure import Figure

    found = Figure().subplots()
    found.set(xlim=(0, 8), ylim=(-5, 6))
    return found


def moments(begin, end):
    """The number that frame k of spike-export figure shows, for all its frames."""
    from spike_export import figures

    return [frame.time for frame in figures.paced(begin, end, FRAMES)]


def made(bpy, tmp_path, operator="create_curve", array=WAVE, **settings):
    np.save(tmp_path / "a.npy", array)
    ops = bpy.ops.surface_slicer
    assert getattr(ops, operator)(filepath=str(tmp_path / "a.npy"), **settings) == {"FINISHED"}
    return bpy.context.object


def draw_on(bpy):
    """The button, over the frames that spike-export would number from 0."""
    ops = bpy.ops.surface_slicer
    assert ops.draw_on(frame_start=1, frame_end=FRAMES) == {"FINISHED"}


def points(bpy, thing, frame):
    """Places of a thing's mesh in a frame: none if there is none."""
    bpy.context.scene.frame_set(frame)
    evaluated = thing.evaluated_get(bpy.context.evaluated_depsgraph_get())
    geometry = evaluated.evaluated_geometry()
    mesh = geometry.mesh
    if mesh is None:
        return np.empty((0, 3)), []
    places = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.vertices.foreach_get("co", places.ravel())
    return places, [list(face.vertices) for face in mesh.polygons]


def thin(curve):
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.curve.curve import find_modifier

    set_inputs(find_modifier(curve), {"Radius": 1e-5})


def test_drawn(bpy, tmp_path, axes):
    from spike_export import figures

    curve = made(bpy, tmp_path, size=(8.0, 6.0))
    draw_on(bpy)
    thin(curve)
    theirs = figures.PlainLine(axes, INDEX, WAVE, color="white")
    for k, moment in enumerate(moments(0.0, 8.0)):
        theirs.draw_to(moment)
        # A row without numbers ends each piece; a tip on a sample is there twice.
        line = np.asarray(theirs.artists[0].get_xydata())
        line = line[np.isfinite(line).all(axis=1)]
        line = line[np.append(True, np.diff(line[:, 0]) > 1e-9)]
        ours, _ = points(bpy, curve, 1 + k)
        if k == 0:
            assert not len(ours)
            continue
        ours = ours.reshape(-1, 12, 3).mean(axis=1)
        np.testing.assert_allclose(ours[:, [0, 2]], line - [4, 0], atol=2e-4)


def test_filled(bpy, tmp_path, axes):
    from spike_export import figures

    curve = made(bpy, tmp_path, size=(8.0, 6.0))
    draw_on(bpy)
    assert bpy.ops.surface_slicer.fill_curve(base=0.0) == {"FINISHED"}
    fill = bpy.context.object
    theirs = figures.Fill(axes, INDEX, WAVE, limits=(-2.0, 4.0), base=0.0, colormap="plasma")
    assert fill.parent == curve
    for k, moment in enumerate(moments(0.0, 8.0)):
        theirs.draw_to(moment)
        places, faces = points(bpy, fill, 1 + k)
        if k == 0:
            assert not faces
            continue
        clip = theirs.artists[0].get_clip_path().get_fully_transformed_path()
        outline = axes.transData.inverted().transform(clip.vertices)
        fine = np.linspace(0.0, moment, 200_001)
        covered = np.trapezoid(np.abs(np.interp(fine, INDEX, WAVE)), fine)
        area = sum(_area(*places[face][:, [0, 2]].T) for face in faces)
        assert area == pytest.approx(covered, rel=1e-4)
        assert places[:, 0].max() + 4 == pytest.approx(outline[:, 0].max(), abs=2e-4)
        for pick in (np.max, np.min):
            assert pick(places[:, 2]) == pytest.approx(pick(outline[:, 1]), abs=2e-4)


def _area(x, y):
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def test_morphing(bpy, tmp_path, axes):
    from surface_slicer.common.nodes.modifiers import input_value
    from surface_slicer.curve.curve import find_modifier

    from spike_export import figures

    curve = made(bpy, tmp_path, size=(8.0, 6.0))
    np.save(tmp_path / "b.npy", OTHER)
    assert bpy.ops.surface_slicer.morph_curve(filepath=str(tmp_path / "b.npy")) == {"FINISHED"}
    thin(curve)
    morph = input_value(find_modifier(curve), "Morph")
    for frame, share in ((1, 0.0), (FRAMES, 1.0)):
        morph.value = share
        morph.keyframe_insert("value", frame=frame)
    action = curve.animation_data.action
    bag = action.layers[0].strips[0].channelbag(curve.animation_data.action_slot)
    for key in bag.fcurves[0].keyframe_points:
        key.interpolation = "LINEAR"
    theirs = figures.Morph(axes, np.stack([INDEX, WAVE], 1), np.stack([INDEX, OTHER], 1))
    for k, moment in enumerate(moments(0.0, 1.0)):
        theirs.draw_to(moment)
        ours, _ = points(bpy, curve, 1 + k)
        ours = ours.reshape(-1, 12, 3).mean(axis=1)
        line = np.asarray(theirs.artists[0].get_xydata())
        np.testing.assert_allclose(ours[:, [0, 2]], line - [4, 0], atol=2e-4)


def test_turning(bpy, tmp_path, axes):
    from spike_export import figures

    t, phase = np.array([2.0, 3.0, 7.0, 8.0]), np.array([-4.0, -2.5, 16.0, 12.0])
    arrow = made(bpy, tmp_path, "create_arrow", np.stack([t, phase], axis=1))
    draw_on(bpy)
    theirs = figures.PhaseArrow(axes, t, phase)
    for k, moment in enumerate(moments(2.0, 8.0)):
        theirs.draw_to(moment)
        ours, _ = points(bpy, arrow, 1 + k)
        inside = ours[np.linalg.norm(ours, axis=1) < 0.92]
        tip = inside[np.linalg.norm(inside, axis=1).argmax()]
        np.testing.assert_allclose(tip[[0, 2]], theirs.artists[2].get_xy()[0], atol=2e-3)
