# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command's words mean."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.simulations import branched, simulation, with_currents

from spike_export import write


def test_demos_are_known_by_a_word(bpy, tmp_path, monkeypatch):
    from blender_spike import demos
    from blender_spike.command.simulation_film import parse

    monkeypatch.chdir(tmp_path)
    assert parse(["demo", "frames"]).file == demos.NEURON
    assert parse(["demo_network", "film.mp4"]).file == demos.NETWORK
    assert parse(["demo_synapses", "film.mp4"]).file == demos.SYNAPSES
    assert parse(["demo.pickle", "frames"]).file == Path("demo.pickle")
    # A file of one's own comes first.
    Path("demo").write_bytes(b"")
    assert parse(["demo", "frames"]).file == Path("demo")


def test_a_field_is_in_the_film(bpy, tmp_path):
    from blender_spike.command.simulation_film import build, parse
    from blender_spike.extracellular.field_light import field_input, field_inputs
    from blender_spike.extracellular.field_objects import fields_of

    current = write(tmp_path / "a.pickle", with_currents(simulation(branched())))
    build(parse([str(current), "frames", "--field", "--isolines", "3", "--bloom", "0"]))
    (sheet,) = fields_of(bpy.data.objects["a"])
    assert field_input(sheet.material_slots[0].material, "Isolines").default_value == 3
    with pytest.raises(RuntimeError, match="--isolines needs --field"):
        build(parse([str(current), "frames", "--isolines", "3"]))
    with pytest.raises(RuntimeError, match="--isolines needs --field, as a sheet"):
        build(parse([str(current), "frames", "--field-as", "volume", "--isolines", "3"]))
    build(parse([str(current), "frames", "--field-as", "isosurfaces", "--bloom", "0"]))
    (surfaces,) = fields_of(bpy.data.objects["a"])
    assert "Rim" in field_inputs(surfaces.material_slots[0].material)
    plain = write(tmp_path / "b.pickle", simulation(branched()))
    with pytest.raises(RuntimeError, match="'b' has no membrane currents"):
        build(parse([str(plain), "frames", "--field"]))
