# SPDX-License-Identifier: GPL-3.0-or-later
"""Faded: the surface itself, barely seen."""

from __future__ import annotations

from ...nodes import Linkable
from ..remainder import Remainder, SideB


def _write(side: SideB) -> Linkable:
    return side.tree.mix_shader(side.inputs["Opacity"], side.clear, side.own)


def _write_medium(side: SideB) -> Linkable:
    inputs = {"Factor": side.inputs["Opacity"], "Shader_001": side.own}
    return side.tree.add("ShaderNodeMixShader", inputs, label="Thinned")


REMAINDER = Remainder(
    name="Faded",
    number=1,
    write=_write,
    write_medium=_write_medium,
    settings=("Side B Opacity",),
)
