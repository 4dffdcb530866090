# SPDX-License-Identifier: GPL-3.0-or-later
"""A file's further quantities, shown instead of its first one: against the file's own numbers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from helpers.copying import append_by_hand, by_every_way, seen
from helpers.libraries import bring, save_as_library
from helpers.panels import drawn
from helpers.playing import expected, voltages
from helpers.simulations import branched, several, simulation

from spike_export import merge, read, write
from spike_export.networks.point_network import point_network

LIMITS = ("Minimum", "Maximum")
NAMES = ("v", "cai", "ina")


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "cell.pickle", several(simulation(branched())))


@pytest.fixture
def neuron(bpy, path):
    return load(bpy, path)


def load(bpy, path, **settings):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS", **settings)
    return bpy.context.object


def choose(bpy, quantity, *neurons):
    """As the menu does."""
    if neurons:
        bpy.ops.object.select_all(action="DESELECT")
        for one in neurons:
            one.select_set(True)
        bpy.context.view_layer.objects.active = neurons[0]
    return bpy.ops.blender_spike.choose_quantity(quantity=quantity)


def shows(bpy, neuron, sim, quantity):
    """Tell whether all that the neuron shows at several frames is what the file has."""
    values = sim.quantities[quantity].values
    for frame in (0, 1.25, 2, 4):
        wanted = expected(sim.showing(quantity), frame * 0.1)
        tolerance = 1e-5 * float(np.abs(values).max())
        if not np.allclose(voltages(bpy, neuron, frame), wanted, rtol=0, atol=tolerance):
            return False
    return True


def limits(neuron):
    from blender_spike.color.coloring import color_input, voltage_material

    material = voltage_material(neuron, linked=True)
    return [color_input(material, name).default_value for name in LIMITS]


def of_data(sim, quantity):
    values = sim.quantities[quantity].values
    return pytest.approx([values.min(), values.max()])


def figure_of(neuron, kind):
    from blender_spike.figures.owned import figures_of
    from blender_spike.properties import about_figure

    return next(f for f in figures_of(neuron) if about_figure(f).kind == kind)


def figure_input(neuron, kind, name):
    from blender_spike.common.figures.drawing import find_drawing
    from blender_spike.common.nodes.modifiers import input_value

    return input_value(find_drawing(figure_of(neuron, kind)), name).value


def rows(trace):
    found = np.empty(len(trace.data.vertices) * 3, np.float32)
    trace.data.vertices.foreach_get("co", found)
    return found.reshape(-1, 3)[:, 1]


@pytest.mark.slow
@pytest.mark.parametrize("irregular", [False, True])
def test_each_quantity_is_played_with_limits_of_its_own(bpy, tmp_path, irregular):
    times = np.array([0.0, 0.1, 0.2, 0.35, 0.4]) if irregular else None
    sim = several(simulation(branched(), time_ms=times))
    neuron = load(bpy, write(tmp_path / "cell.pickle", sim))
    for name in ("v", "cai", "ina", "v", "ina"):
        assert choose(bpy, name) == {"FINISHED"}
        if irregular:
            for frame, row in enumerate(sim.quantities[name].values):
                set_time(neuron, sim.time_ms[frame])
                wanted = expected(sim.showing(name), sim.time_ms[frame])
                tolerance = 1e-5 * float(np.abs(row).max())
                np.testing.assert_allclose(voltages(bpy, neuron, 0), wanted, atol=tolerance)
        else:
            assert shows(bpy, neuron, sim, name)
        assert limits(neuron) == of_data(sim, name)


def set_time(neuron, time_ms):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    set_inputs(find_modifier(neuron), {"Use Time": True, "Time": time_ms})


def test_limits_are_kept_for_each_quantity(bpy, neuron, path):
    bpy.ops.blender_spike.color_by_voltage(colormap="viridis", v_min=-60, v_max=10)
    choose(bpy, "cai")
    bpy.ops.blender_spike.set_limits(kind="PERCENTILES")
    low, high = np.percentile(read(path).more["cai"].values.astype(float), (1, 99))
    assert limits(neuron) == pytest.approx([low, high])
    choose(bpy, "v")
    assert limits(neuron) == [-60, 10]
    # A further choice of the same changes nothing.
    choose(bpy, "v")
    assert limits(neuron) == [-60, 10]
    choose(bpy, "cai")
    assert limits(neuron) == pytest.approx([low, high])


def test_an_exceptional_cell_does_not_darken_the_others(bpy, tmp_path):
    """In a further quantity as little as in the first."""
    from spike_export import Quantity

    cells = 40
    network = point_network(np.eye(3)[np.arange(cells) % 3], np.arange(4.0), np.ones((4, cells)))
    rate = np.tile(np.linspace(1, 2, cells, dtype=np.float32), (4, 1))
    rate[2, 7] = 500
    path = write(
        tmp_path / "net.pickle", dataclasses.replace(network, more={"rate": Quantity("Hz", rate)})
    )
    neuron = load(bpy, path)
    choose(bpy, "rate")
    assert limits(neuron) == pytest.approx([1, 2])


def test_one_quantity_is_as_before(bpy, tmp_path):
    from blender_spike.panels.color import BLENDER_SPIKE_PT_color
    from blender_spike.playback.quantities import label_of, quantities_of

    neuron = load(bpy, write(tmp_path / "cell.pickle", simulation(branched())))
    assert list(quantities_of(neuron)) == ["v"] and label_of(neuron) == "mV"
    texts = drawn(bpy, BLENDER_SPIKE_PT_color)
    assert "Quantity" not in texts and "Minimum (mV)" in texts


def test_the_panel_names_quantity_and_unit(bpy, neuron):
    from blender_spike.panels.color import BLENDER_SPIKE_MT_quantities, BLENDER_SPIKE_PT_color

    choose(bpy, "cai")
    texts = drawn(bpy, BLENDER_SPIKE_PT_color)
    assert {"Quantity", "cai (mM)", "Min cai (mM)", "Max cai (mM)"} <= set(texts)
    menu = drawn(bpy, BLENDER_SPIKE_MT_quantities)
    assert menu == ["v (mV)", "cai (mM)", "ina (mA/cm2)"]


def test_figures_follow(bpy, neuron, path):
    """Values, unit and name; axes that somebody changed would show nothing in another unit."""
    from blender_spike.common.figures.drawing import find_drawing
    from blender_spike.common.nodes.modifiers import set_inputs

    sim = read(path)
    bpy.ops.blender_spike.add_trace(section="soma")
    bpy.ops.blender_spike.add_color_bar()
    assert figure_input(neuron, "COLOR_BAR", "Unit") == "v (mV)"
    set_inputs(find_drawing(figure_of(neuron, "AXES")), {"Y From": -1000.0})
    for name, label in (("cai", "cai (mM)"), ("ina", "ina (mA/cm2)"), ("v", "v (mV)")):
        choose(bpy, name)
        values = sim.quantities[name].values[:, 1]
        np.testing.assert_array_equal(rows(figure_of(neuron, "TRACE")), values)
        low, high = (figure_input(neuron, "AXES", f"Y {end}") for end in ("From", "To"))
        assert low <= values.min() and values.max() <= high
        assert high - low < 4 * np.ptp(values)
        assert figure_input(neuron, "AXES", "Y Unit") == label
        assert figure_input(neuron, "COLOR_BAR", "Unit") == label
        bpy.context.view_layer.update()
        bar = (
            figure_of(neuron, "COLOR_BAR")
            .evaluated_get(bpy.context.evaluated_depsgraph_get())
            .evaluated_geometry()
        )
        along = np.array([p.value for p in bar.mesh.attributes["voltage"].data])
        assert along.max() == pytest.approx(limits(neuron)[1])


def axes_limits(neuron):
    return [
        figure_input(neuron, "AXES", f"{axis} {end}") for axis in "XY" for end in ("From", "To")
    ]


@pytest.mark.slow
def test_axes_keep_limits_set_by_hand_while_the_unit_is_the_same(bpy, tmp_path, capfd):
    from blender_spike.common.figures.drawing import find_drawing
    from blender_spike.common.nodes.modifiers import set_inputs

    from spike_export import Quantity

    sim = several(simulation(branched()))
    more = {"vext": Quantity("mV", sim.values * np.float32(0.01)), **sim.more}
    sim = dataclasses.replace(sim, more=more)
    neuron = load(bpy, write(tmp_path / "cell.pickle", sim))
    bpy.ops.blender_spike.add_trace(section="soma")
    fitted = axes_limits(neuron)
    choose(bpy, "vext")
    assert axes_limits(neuron)[:2] == fitted[:2] and axes_limits(neuron)[2:] != fitted[2:]
    axes = find_drawing(figure_of(neuron, "AXES"))
    set_inputs(axes, {"X To": 0.3, "Y From": -100.0, "Y To": 50.0})
    capfd.readouterr()
    choose(bpy, "v")
    assert axes_limits(neuron) == pytest.approx([fitted[0], 0.3, -100, 50])
    assert "fitted to" not in capfd.readouterr().out
    # Time has the same unit in all of them.
    choose(bpy, "cai")
    cai = axes_limits(neuron)
    assert cai[:2] == pytest.approx([fitted[0], 0.3])
    assert -1 < cai[2] < cai[3] < 1
    assert "; the limits of 'cell axes' were fitted to the new unit." in capfd.readouterr().out
    # These are by nobody's hand.
    choose(bpy, "v")
    assert axes_limits(neuron)[2:] == fitted[2:]
    assert "fitted to" not in capfd.readouterr().out
    # A further trace is shown in whole, in the stretch of time that was chosen.
    bpy.ops.blender_spike.add_trace(section=sim.section_names[1])
    assert axes_limits(neuron)[:2] == pytest.approx([fitted[0], 0.3])
    set_inputs(axes, {"Y To": 12.0})
    other = dataclasses.replace(simulation(branched(), seed=8), quantity="cai", unit="mM")
    bpy.ops.blender_spike.relink(filepath=str(write(tmp_path / "other.pickle", other)))
    assert "The limits of 'cell axes' were fitted to the new unit." in capfd.readouterr().out


def test_an_unknown_quantity_is_refused(bpy, neuron, path):
    wanted = r"'cell' has no quantity 'Cai'; there is v, cai, ina\."
    with pytest.raises(RuntimeError, match=wanted):
        choose(bpy, "Cai")
    assert shows(bpy, neuron, read(path), "v")
    objects = len(bpy.data.objects)
    wanted = r"Cannot import cell\.pickle: it has no quantity 'Cai'; there is v, cai, ina\."
    with pytest.raises(RuntimeError, match=wanted):
        load(bpy, path, quantity="Cai")
    assert len(bpy.data.objects) == objects


@pytest.mark.slow
def test_an_import_shows_what_it_is_told(bpy, path):
    from blender_spike.building.build import import_simulation
    from blender_spike.playback.quantities import quantities_of

    sim = read(path)
    neuron = load(bpy, path, quantity="ina")
    assert shows(bpy, neuron, sim, "ina") and limits(neuron) == of_data(sim, "ina")
    assert list(quantities_of(neuron)) == list(NAMES)
    (other,) = import_simulation(bpy.context, path, quantity="cai", style="STRANDS")
    assert shows(bpy, other, sim, "cai")
    # The next import does not take it over.
    assert shows(bpy, load(bpy, path), sim, "v")


@pytest.mark.slow
@pytest.mark.parametrize("per_cell", [False, True])
def test_chosen_cells_bring_all_quantities(bpy, tmp_path, per_cell):
    """Objects that share a material show the same; each has its own cell's values."""
    sims = [several(simulation(branched(), seed=s), seed=s + 5) for s in range(3)]
    path = write(tmp_path / "net.pickle", merge(sims))
    whole = read(path)
    load(bpy, path, cells="1, 2", object_per_cell=per_cell)
    neurons = [one for one in bpy.context.scene.objects if one.type == "CURVES"]
    choose(bpy, "cai", neurons[0])
    from blender_spike.cells.subset import each_cell, subset, wanted_sections

    wanted = wanted_sections(whole, "1, 2")
    parts = (
        [alone for _, alone in each_cell(whole, wanted)] if per_cell else [subset(whole, wanted)]
    )
    assert len(neurons) == len(parts)
    for one, part in zip(neurons, parts, strict=True):
        assert shows(bpy, one, part, "cai")
    values = subset(whole, wanted).more["cai"].values
    assert limits(neurons[0]) == pytest.approx([values.min(), values.max()])


def test_a_network_plays_and_grows_by_each(bpy, tmp_path):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier
    from helpers.playing import spheres

    rng = np.random.default_rng(4)
    network = point_network(rng.uniform(-90, 90, (6, 3)), np.arange(5.0) * 0.1, rng.random((5, 6)))
    sim = several(network)
    neuron = load(bpy, write(tmp_path / "net.pickle", sim))
    set_inputs(find_modifier(neuron), {"Growth": 1.0})
    for name in ("cai", "ina", network.quantity):
        choose(bpy, name)
        bpy.context.scene.frame_set(3)
        graph = bpy.context.evaluated_depsgraph_get()
        values, radii = spheres(neuron.evaluated_get(graph).evaluated_geometry())
        all_values = sim.quantities[name].values
        np.testing.assert_allclose(values, all_values[3], rtol=1e-5, atol=1e-9)
        share = (all_values[3] - all_values.min()) / np.ptp(all_values)
        np.testing.assert_allclose(radii / radii.min(), (1 + share) / (1 + share.min()), rtol=1e-3)


@pytest.mark.slow
def test_values_that_are_not_finite_are_of_their_quantity(bpy, tmp_path, capfd):
    from blender_spike.common.value_color import NO_DATA_BELOW
    from blender_spike.properties import about

    sim = several(simulation(branched()))
    sim.more["cai"].values[2, 5] = np.nan
    neuron = load(bpy, write(tmp_path / "cell.pickle", sim))
    assert "not finite" not in capfd.readouterr().out
    assert (voltages(bpy, neuron, 2) > NO_DATA_BELOW).all()
    choose(bpy, "cai")
    assert about(neuron).not_finite == 1
    assert (voltages(bpy, neuron, 2) < NO_DATA_BELOW).any()


def test_values_beyond_single_precision_are_refused_in_each(bpy, tmp_path):
    sim = several(simulation(branched()))
    sim.more["ina"].values[1, 1] = 3e25
    with pytest.raises(RuntimeError, match=r"its values of ina go from .* to 3e\+25; those beyond"):
        load(bpy, write(tmp_path / "cell.pickle", sim))


@pytest.mark.slow
def test_what_shares_the_material_follows(bpy, path):
    first, second = load(bpy, path), load(bpy, path)
    for one in (first, second):
        one.select_set(True)
    bpy.ops.blender_spike.share_material()
    choose(bpy, "cai", second)
    sim = read(path)
    assert shows(bpy, first, sim, "cai") and shows(bpy, second, sim, "cai")
    first.select_set(True)
    second.select_set(True)
    bpy.ops.blender_spike.make_single()
    choose(bpy, "ina", second)
    assert shows(bpy, first, sim, "cai") and limits(first) == of_data(sim, "cai")
    assert shows(bpy, second, sim, "ina") and limits(second) == of_data(sim, "ina")


@pytest.mark.slow
def test_who_shares_and_does_not_have_it_is_named(bpy, path, tmp_path):
    plain = load(bpy, write(tmp_path / "plain.pickle", simulation(branched(), seed=3)))
    neuron = load(bpy, path)
    # Selected beside it, it is left alone.
    choose(bpy, "cai", neuron, plain)
    assert shows(bpy, plain, simulation(branched(), seed=3), "v")
    choose(bpy, "v", neuron)
    plain.select_set(True)
    bpy.ops.blender_spike.share_material()
    with pytest.raises(RuntimeError, match=r"'plain' has no quantity 'cai'; there is v\."):
        choose(bpy, "cai", neuron)
    assert shows(bpy, neuron, read(path), "v")


def test_a_material_of_ones_own_is_left_alone(bpy, neuron, path):
    own = bpy.data.materials.new("own")
    neuron.material_slots[0].material = own
    choose(bpy, "cai")
    assert shows(bpy, neuron, read(path), "cai")
    bpy.ops.blender_spike.color_by_voltage()
    assert limits(neuron) == of_data(read(path), "cai")


def test_keyframes_of_limits_are_told(bpy, neuron, capfd):
    from blender_spike.color.coloring import color_input, voltage_material

    color_input(voltage_material(neuron), "Maximum").keyframe_insert("default_value", frame=1)
    choose(bpy, "cai")
    assert "keyframes or drivers go on setting its limits" in capfd.readouterr().out


@pytest.mark.slow
def test_undo_and_redo(bpy, neuron, path):
    bpy.context.preferences.edit.use_global_undo = True
    bpy.ops.blender_spike.add_trace(section="soma")
    bpy.ops.blender_spike.add_color_bar()
    bpy.ops.ed.undo_push(message="imported")
    choose(bpy, "cai", neuron)
    bpy.ops.ed.undo_push(message="cai")
    choose(bpy, "ina")
    bpy.ops.ed.undo_push(message="ina")
    sim = read(path)
    for step, name in (("undo", "cai"), ("undo", "v"), ("redo", "cai"), ("redo", "ina")):
        getattr(bpy.ops.ed, step)()
        neuron = bpy.data.objects["cell"]
        assert shows(bpy, neuron, sim, name) and limits(neuron) == of_data(sim, name)
        values = sim.quantities[name].values[:, 1]
        np.testing.assert_array_equal(rows(figure_of(neuron, "TRACE")), values)
        assert figure_input(neuron, "COLOR_BAR", "Unit").startswith(f"{name} (")


@by_every_way
def test_a_copy_has_all_quantities(bpy, neuron, path, tmp_path, way):
    """It keeps what is shown, and chooses for itself once it has a material of its own."""
    choose(bpy, "cai")
    (first,), (copy,) = way(bpy, [neuron], tmp_path)
    sim = read(path)
    assert shows(bpy, copy, sim, "cai")
    for one in (first, copy):
        one.select_set(True)
    bpy.context.view_layer.objects.active = copy
    if bpy.ops.blender_spike.make_single.poll():
        bpy.ops.blender_spike.make_single()
    choose(bpy, "ina", copy)
    assert shows(bpy, copy, sim, "ina") and limits(copy) == of_data(sim, "ina")
    assert shows(bpy, first, sim, "cai") and limits(first) == of_data(sim, "cai")


def test_append_brings_all_and_shows_nothing_else(bpy, neuron, path, tmp_path):
    from blender_spike.playback.quantities import quantities_of

    choose(bpy, "cai")
    loose = append_by_hand(bpy, tmp_path, "cell")
    assert [thing.name for thing in loose] == ["cell"] and seen(bpy) == {"cell"}
    neuron = bpy.data.objects["cell"]
    assert list(quantities_of(neuron)) == list(NAMES)
    assert shows(bpy, neuron, read(path), "cai")
    choose(bpy, "v", neuron)
    assert shows(bpy, neuron, read(path), "v")


def test_saving_and_renaming_keep_all(bpy, neuron, path, tmp_path):
    """Orphans are purged in between, and what is not shown is no orphan."""
    choose(bpy, "cai")
    neuron.name = "Purkinje"
    for number, holder in enumerate(one for one in bpy.data.objects if one.hide_viewport):
        holder.name = f"data {number}"
    bpy.ops.outliner.orphans_purge(do_recursive=True)
    blend = str(tmp_path / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=blend)
    bpy.ops.wm.open_mainfile(filepath=blend)
    neuron = bpy.data.objects["Purkinje"]
    sim = read(path)
    for name in ("cai", "ina", "v"):
        choose(bpy, name, neuron)
        assert shows(bpy, neuron, sim, name) and limits(neuron) == of_data(sim, name)


def test_a_linked_neuron_is_left_alone(bpy, neuron, path, tmp_path):
    (neuron,) = bring(bpy, save_as_library(bpy, tmp_path), "cell", link=True)
    neuron.select_set(True)
    bpy.context.view_layer.objects.active = neuron
    assert not bpy.ops.blender_spike.choose_quantity.poll()
    assert shows(bpy, neuron, read(path), "v")


def test_an_override_keeps_its_choice(bpy, neuron, path, tmp_path):
    from blender_spike.playback.quantities import label_of
    from blender_spike.properties import about

    blend = save_as_library(bpy, tmp_path)
    (theirs,) = bring(bpy, blend, "cell", link=True)
    own = theirs.override_create(remap_local_usages=True)
    sim = read(path)
    # The limits of a linked material cannot change.
    wanted = r"The material of 'cell' is linked from another .blend, with limits for v; press Color"
    with pytest.raises(RuntimeError, match=wanted):
        choose(bpy, "cai", own)
    assert shows(bpy, own, sim, "v")
    bpy.ops.blender_spike.color_by_voltage()
    choose(bpy, "cai", own)
    scene = str(tmp_path / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=scene)
    bpy.ops.wm.open_mainfile(filepath=scene)
    own = next(one for one in bpy.context.scene.objects if one.override_library is not None)
    assert shows(bpy, own, sim, "cai") and limits(own) == of_data(sim, "cai")
    assert label_of(own) == "cai (mM)"
    data, values = about(own), sim.more["cai"].values
    assert (data.low, data.high) == pytest.approx((values.min(), values.max()))


def test_reload_keeps_the_choice(bpy, neuron, path):
    choose(bpy, "cai")
    bpy.ops.blender_spike.color_by_voltage(v_min=0, v_max=1e-3)
    bpy.ops.blender_spike.add_trace(section="soma")
    sim = write_other(path)
    bpy.ops.blender_spike.reload()
    assert shows(bpy, neuron, sim, "cai")
    assert limits(neuron) == pytest.approx([0, 1e-3])
    np.testing.assert_array_equal(rows(figure_of(neuron, "TRACE")), sim.more["cai"].values[:, 1])
    held = [thing for thing in bpy.data.objects if thing.hide_viewport]
    assert len(held) == 5
    for name in ("ina", "v"):
        choose(bpy, name)
        assert shows(bpy, neuron, sim, name)


def write_other(path, **changes):
    sim = dataclasses.replace(several(simulation(branched(), seed=6), seed=7), **changes)
    write(path, sim)
    return read(path)


def test_reload_without_the_quantity_says_so(bpy, neuron, path, capfd):
    from blender_spike.common.figures.drawing import find_drawing
    from blender_spike.common.nodes.modifiers import set_inputs

    choose(bpy, "cai")
    bpy.ops.blender_spike.add_color_bar()
    bpy.ops.blender_spike.add_trace(section="soma")
    set_inputs(find_drawing(figure_of(neuron, "AXES")), {"Y To": 1.0})
    sim = write_other(path, more={})
    bpy.ops.blender_spike.reload()
    assert figure_input(neuron, "AXES", "Y From") < -20
    out = capfd.readouterr().out
    assert "The file has no quantity 'cai' any more, so v is shown." in out
    assert shows(bpy, neuron, sim, "v")
    # As they were chosen for v, by the first import.
    assert limits(neuron) == of_data(several(simulation(branched())), "v")
    assert figure_input(neuron, "COLOR_BAR", "Unit") == "mV"


@pytest.mark.slow
def test_reload_brings_further_quantities(bpy, tmp_path):
    """The limits of what is shown stay as somebody chose them."""
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    neuron = load(bpy, path)
    bpy.ops.blender_spike.color_by_voltage(v_min=-70, v_max=0)
    sim = write_other(path)
    bpy.ops.blender_spike.reload()
    assert limits(neuron) == [-70, 0]
    for name in NAMES[1:]:
        choose(bpy, name)
        assert shows(bpy, neuron, sim, name) and limits(neuron) == of_data(sim, name)
    choose(bpy, "v")
    assert limits(neuron) == [-70, 0]


@pytest.mark.slow
def test_relinked_to_another_quantity(bpy, tmp_path):
    """In the same unit colors can be compared and stay; in another they would all be one."""
    neuron = load(bpy, write(tmp_path / "cell.pickle", simulation(branched())))
    bpy.ops.blender_spike.color_by_voltage(v_min=-70, v_max=0)
    for name, unit in (("vext", "mV"), ("cai", "mM")):
        sim = dataclasses.replace(simulation(branched(), seed=8), quantity=name, unit=unit)
        other = write(tmp_path / f"{name}.pickle", sim)
        bpy.ops.blender_spike.relink(filepath=str(other))
        assert limits(neuron) == ([-70, 0] if unit == "mV" else of_data(sim, name))


@pytest.mark.slow
def test_combined_neurons_have_what_all_of_them_had(bpy, tmp_path, capfd):
    sims = [several(simulation(branched(), seed=seed), seed=seed + 10) for seed in (1, 2)]
    del sims[1].more["ina"]
    first, second = (
        load(bpy, write(tmp_path / f"{name}.pickle", sim))
        for name, sim in zip(("first", "second"), sims, strict=True)
    )
    for one in (first, second):
        choose(bpy, "cai", one)
    first.select_set(True)
    bpy.context.view_layer.objects.active = first
    assert bpy.ops.blender_spike.combine() == {"FINISHED"}
    assert "Not all of them have ina" in capfd.readouterr().out
    for name in ("cai", "v"):
        choose(bpy, name, first)
        found = np.sort(voltages(bpy, first, 2))
        wanted = np.sort(np.concatenate([expected(sim.showing(name), 0.2) for sim in sims]))
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-8)
    held = [thing for thing in bpy.data.objects if thing.hide_viewport]
    assert len(held) == 4


@pytest.mark.slow
def test_a_neuron_that_shows_another_is_not_combined(bpy, path):
    first, second = load(bpy, path), load(bpy, path)
    choose(bpy, "cai", first)
    second.select_set(True)
    with pytest.raises(RuntimeError, match="holds cai in mM and .* v in mV"):
        bpy.ops.blender_spike.combine()


def test_layouts_of_a_copy_leave_its_quantities(bpy, tmp_path):
    """The copy gets cells of its own, and with them a collection of what it needs."""
    from blender_spike.playback.network import make_layout
    from blender_spike.playback.quantities import quantities_of

    network = several(point_network(np.eye(3) * 50, np.arange(4.0), np.ones((4, 3))))
    thing = load(bpy, write(tmp_path / "net.pickle", network))
    bpy.ops.object.duplicate(linked=True)
    copy = bpy.context.object
    assert copy != thing
    make_layout(copy, "Circle")
    for one in (thing, copy):
        assert set(quantities_of(one)) == {network.quantity, "cai", "ina"}


def test_a_mesh_copy_follows(bpy, neuron, path):
    """Its vertices' values, and the colors that they get."""
    sim = read(path)
    bpy.ops.blender_spike.mesh_copy()
    copy = bpy.context.object
    seen_colors = []
    for name in ("v", "cai"):
        choose(bpy, name, neuron)
        bpy.context.scene.frame_set(2)
        mesh = copy.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
        found = {np.float32(one.value) for one in mesh.attributes["voltage"].data}
        wanted = expected(sim.showing(name), 0.2)
        assert max(found) <= wanted.max() * (1 + 1e-5) and len(found) > 10
        seen_colors.append(np.array([one.color[:] for one in mesh.attributes["displayColor"].data]))
    # Colors of v's limits would be all alike.
    assert all(np.ptp(colors[:, 0]) > 0.3 for colors in seen_colors)


@pytest.mark.slow
def test_limits_are_of_one_unit(bpy, path, capfd):
    """Those from the data; limits that somebody gives are taken."""
    first, second = load(bpy, path), load(bpy, path)
    choose(bpy, "cai", first)
    second.select_set(True)
    wanted = r"The selected neurons show .* \(m[MV]\), .* \(m[MV]\); select those of one unit\."
    for call in (
        lambda: bpy.ops.blender_spike.set_limits(kind="DATA"),
        lambda: bpy.ops.blender_spike.color_by_voltage(v_min=0),
    ):
        with pytest.raises(RuntimeError, match=wanted):
            call()
    before = limits(second)
    bpy.ops.blender_spike.share_material()
    assert "Its limits are for cai, which is not shown by 'cell.001'." in capfd.readouterr().out
    # The panel says so too, until one of them is chosen for both.
    from blender_spike.panels.color import BLENDER_SPIKE_PT_color

    bpy.context.view_layer.objects.active = second
    assert "The limits are for cai" in drawn(bpy, BLENDER_SPIKE_PT_color)
    choose(bpy, "v", second)
    assert "The limits are for cai" not in drawn(bpy, BLENDER_SPIKE_PT_color)
    assert limits(first) == before
    assert shows(bpy, first, read(path), "v")
