# SPDX-License-Identifier: GPL-3.0-or-later
"""Keyframes of one object leave those of others alone."""

from __future__ import annotations


def test_objects_that_share_an_action_have_their_own_curves(bpy):
    """What is asked of one, or taken from it, is not the other's."""
    from common import animation

    first, second = (bpy.data.objects.new(name, None) for name in ("First", "Second"))
    action = bpy.data.actions.new("Both")
    for thing in (first, second):
        thing.animation_data_create().action = action
        thing.animation_data.action_slot = action.slots.new("OBJECT", thing.name)
        thing.keyframe_insert("location", index=0, frame=1)
    assert len(animation.fcurves(first, "location")) == 1
    animation.remove_fcurves(first, "location")
    assert not animation.fcurves(first, "location")
    assert len(animation.fcurves(second, "location")) == 1
