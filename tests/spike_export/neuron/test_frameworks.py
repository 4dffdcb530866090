# SPDX-License-Identifier: BSD-3-Clause
"""Places that BMTK, NetPyNE and LFPy keep outside NEURON, by objects with their attributes.

What the packages do is repeated here in their own terms; with BMTK 1.2, NetPyNE 1.1 and LFPy 2.3
themselves, places agreed to 0.0001 µm.
"""

from __future__ import annotations

import gc
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from spike_export import Recorder
from spike_export.neuron.frameworks import fit
from spike_export.neuron.model import group_cells


@pytest.fixture
def package(monkeypatch):
    """Pretend that a package is loaded."""

    def package(name: str, **has: Any) -> None:
        module = ModuleType(name)
        for key, value in has.items():
            if isinstance(value, type):
                value.__module__ = name
            setattr(module, key, value)
        monkeypatch.setitem(sys.modules, name, module)

    return package


def drawn(h, name: str, cell: Any = None) -> list[Any]:
    """A bent cell whose soma is not at the origin, of two sections."""
    own = {} if cell is None else {"cell": cell}
    soma, dend = h.Section(name=f"{name}soma", **own), h.Section(name=f"{name}dend", **own)
    for x in (100, 110, 120):
        soma.pt3dadd(x, 20, -7, 15)
    for place in ((120, 20, -7), (150, 60, 10), (155, 90, 70)):
        dend.pt3dadd(*place, 2)
    dend.nseg = 3
    dend.connect(soma(1))
    return [soma, dend]


def recorded(h):
    with Recorder(every_ms=0.5) as recorder:
        h.finitialize(-65)
        h.continuerun(1)
    return recorder.simulation()


def places(simulation, cell: int) -> np.ndarray:
    own = np.repeat(simulation.section_cells == cell, simulation.point_counts)
    return simulation.points_um[own, :3].astype(np.float64)


def turn(axis: int, angle: float) -> np.ndarray:
    """Right-handed, of columns."""
    a, b = (axis + 1) % 3, (axis + 2) % 3
    turned = np.eye(3)
    turned[a, a] = turned[b, b] = np.cos(angle)
    turned[b, a], turned[a, b] = np.sin(angle), -np.sin(angle)
    return turned


def test_bmtk_turns_about_z_then_y_then_x_and_brings_the_soma_s_points_to_the_place(h, package):
    class Cell:
        def __init__(self, number: int) -> None:
            self.sections = drawn(h, f"c{number}")
            self.hobj = SimpleNamespace(all=self.sections, soma=self.sections[:1])
            self.population_name, self.node_id = "cortex", number
            self.soma_position = np.array([[10.0 * number], [5.0], [-300.0]])
            self.node = SimpleNamespace(
                rotation_angle_xaxis=0.3,
                rotation_angle_yaxis=-1.1,
                rotation_angle_zaxis=float(number),
            )

    class BioCell(Cell):
        pass

    package("bmtk.simulator.bionet.cell", Cell=Cell)
    cells = [BioCell(3), BioCell(4)]
    simulation = recorded(h)
    assert [cell.name for cell in simulation.cells] == ["cortex[3]", "cortex[4]"]
    before = np.array([(100, 20, -7), (110, 20, -7), (120, 20, -7), (120, 20, -7), (150, 60, 10),
                       (155, 90, 70)])  # fmt: skip
    for index, cell in enumerate(cells):
        turned = turn(0, 0.3) @ turn(1, -1.1) @ turn(2, float(cell.node_id))
        wanted = (before - (110, 20, -7)) @ turned.T + cell.soma_position.ravel()
        assert np.abs(places(simulation, index) - wanted).max() < 1e-3
    # NEURON itself has them where they were.
    assert cells[0].sections[0].x3d(0) == 100


def test_the_soma_counts_where_it_is_not_recorded(h, package):
    class Cell:
        def __init__(self) -> None:
            self.sections = drawn(h, "c")
            self.hobj = SimpleNamespace(all=self.sections, soma=self.sections[:1])
            self.population_name, self.node_id = "cortex", 0
            self.soma_position = np.array([1.0, 2.0, 3.0])
            self.node = SimpleNamespace()

    package("bmtk.simulator.bionet.cell", Cell=Cell)
    cell = Cell()
    with Recorder(cell.sections[1:], every_ms=0.5) as recorder:
        h.finitialize(-65)
        h.continuerun(1)
    assert np.allclose(places(recorder.simulation(), 0)[0], (120 - 110 + 1, 2, 3), atol=1e-3)


@pytest.mark.parametrize("mirrored", [False, True])
def test_lfpy_s_segments_end_where_it_says(h, package, mirrored):
    class Cell:
        def __init__(self) -> None:
            self.allseclist = drawn(h, "")
            ends = np.array([[100, 120], [120, 133], [133, 147], [147, 155.0]])
            self.x, self.y, self.z = ends, ends * 0, ends * 0

    package("LFPy.cell", Cell=Cell)
    cell = Cell()
    # Ends of segments along the points, as LFPy collects them from NEURON.
    arcs = np.concatenate([[0], np.cumsum([np.hypot(np.hypot(30, 40), 17),
                                           np.hypot(np.hypot(5, 30), 60)])])  # fmt: skip
    points = np.array([(120, 20, -7), (150, 60, 10), (155, 90, 70.0)])
    dend = np.stack(
        [np.interp(np.linspace(0, arcs[-1], 4), arcs, points[:, i]) for i in range(3)], axis=1
    )
    here = np.concatenate(
        [[[(100, 20, -7), (120, 20, -7)]], np.stack([dend[:-1], dend[1:]], axis=1)]
    )
    turned = turn(2, 2.0) @ turn(0, -0.4)
    if mirrored:
        turned = np.diag([-1, 1, 1]) @ turned
    there = here @ turned.T + (1000, -50, 3)
    cell.x, cell.y, cell.z = np.moveaxis(there, -1, 0)
    whole = np.array([(100, 20, -7), (110, 20, -7), (120, 20, -7), *points])
    assert np.abs(places(recorded(h), 0) - (whole @ turned.T + (1000, -50, 3))).max() < 1e-2


def test_lfpy_may_place_a_cell_after_finitialize_and_have_placed_it_itself(h, package):
    class Cell:
        pass

    class NetworkPopulation:
        pass

    package("LFPy.cell", Cell=Cell)
    package("LFPy.network", NetworkPopulation=NetworkPopulation)
    cell, population = Cell(), NetworkPopulation()
    soma = h.Section(name="soma")
    for x in (0, 10):
        soma.pt3dadd(x, 0, 0, 5)
    cell.allseclist = [soma]
    cell.x, cell.y, cell.z = np.array([[0.0, 10.0]]), np.zeros((1, 2)), np.zeros((1, 2))
    population.name, population.gids, population.cells = "L5", [7], [cell]
    with Recorder(every_ms=0.5) as recorder:
        h.finitialize(-65)
        h.continuerun(1)
        assert np.allclose(places(recorder.simulation(), 0)[:, 0], (0, 10))
        cell.y = cell.y + 40
    simulation = recorder.simulation()
    assert simulation.cells[0].name == "L5[7]"
    assert np.allclose(places(simulation, 0), [(0, 40, 0), (10, 40, 0)])


def test_points_that_no_move_brings_there_stay():
    here = np.random.default_rng(0).normal(size=(6, 3)) * 100
    assert fit(here, here) is None
    assert fit(here, here * 2) is None
    move = fit(here, here @ turn(1, 0.5).T + 7)
    assert np.allclose(move.rotation, turn(1, 0.5))


@pytest.fixture
def netpyne(h, package):
    """Make cells as NetPyNE does, with points of their own or none."""

    class CompartCell:
        def __init__(self, gid: int, points: list[Any] | None, relative: bool) -> None:
            self.gid = gid
            self.tags = {"pop": "PYR", "x": 10.0 * gid, "y": 20.0, "z": 30.0}
            soma = h.Section(name="soma", cell=self)
            soma.L = 40
            geom: dict[str, Any] = {"L": 40}
            if points is not None:
                geom["pt3d"] = points
                shift = (self.tags["x"], -20.0, 30.0) if relative else (0, 0, 0)
                for x, y, z, diameter in points:
                    soma.pt3dadd(x + shift[0], y + shift[1], z + shift[2], diameter)
            self.secs = {"soma": {"hObj": soma, "geom": geom}}

    package("netpyne.cell.compartCell", CompartCell=CompartCell)

    def made(points: list[Any] | None, *, relative: bool = True, count: int = 2) -> list[Any]:
        package(
            "netpyne.sim",
            cfg=SimpleNamespace(invertedYCoord=True, pt3dRelativeToCellLocation=relative),
        )
        return [CompartCell(gid, points, relative) for gid in range(3, 3 + count)]

    return made


POINTS = [(1.0, 2.0, 3.0, 5.0), (41.0, 2.0, 3.0, 5.0)]


def test_netpyne_s_cells_without_points_stand_upright_where_their_tags_say(h, netpyne):
    cells = netpyne(None)
    simulation = recorded(h)
    assert [cell.name for cell in simulation.cells] == ["PYR[3]", "PYR[4]"]
    assert simulation.section_names == ("PYR[3].soma", "PYR[4].soma")
    for index, cell in enumerate(cells):
        # As NetPyNE's own updateShape: x and y of NEURON's define_shape exchanged, and z left out.
        ends = places(simulation, index)[[0, -1]]
        assert np.allclose(ends, [(cell.tags["x"], -20, 30), (cell.tags["x"], 20, 30)], atol=1e-3)
    assert "place" not in simulation.meta
    assert simulation.meta["shape"] == "made up where the model has no 3-D points"


def test_netpyne_s_cells_are_not_moved_twice(h, netpyne):
    kept = netpyne(POINTS)
    simulation = recorded(h)
    for index, x in enumerate((30, 40)):
        assert np.allclose(places(simulation, index)[0], (1 + x, 2 - 20, 3 + 30))
    assert kept


@pytest.mark.parametrize(("count", "moved"), [(2, True), (1, False)])
def test_netpyne_may_be_told_not_to_place_cells(h, netpyne, count, moved):
    kept = netpyne(POINTS, relative=False, count=count)
    wanted = (1 + 30, 2 - 20, 3 + 30) if moved else (1, 2, 3)
    assert np.allclose(places(recorded(h), 0)[0], wanted)
    assert kept


def test_objects_that_are_not_as_expected_are_left_alone(h, package):
    class Cell:
        allseclist: Any = None

    class CompartCell:
        def __getattr__(self, name: str) -> Any:
            raise AttributeError(name)

    package("LFPy.cell", Cell=Cell)
    package("bmtk.simulator.bionet.cell", Cell=type("Cell", (), {}))
    package("netpyne.cell.compartCell", CompartCell=CompartCell)
    kept = [Cell(), CompartCell()]
    sections = drawn(h, "")
    assert [cell.name for cell in group_cells(sections)] == ["soma"]
    assert np.allclose(places(recorded(h), 0)[0], (100, 20, -7))
    assert kept


def test_a_place_is_kept_where_its_object_is_gone(h, package):
    class Cell:
        def __init__(self) -> None:
            self.allseclist = [h.Section(name="soma")]
            for x in (0, 10):
                self.allseclist[0].pt3dadd(x, 0, 0, 5)
            self.x, self.y, self.z = np.array([[500.0, 510.0]]), np.zeros((1, 2)), np.zeros((1, 2))

    package("LFPy.cell", Cell=Cell)

    def simulate() -> Recorder:
        cell = Cell()
        recorder = Recorder(every_ms=0.5)
        h.finitialize(-65)
        h.continuerun(1)
        assert cell.x[0, 0] == 500
        return recorder

    with simulate() as recorder:
        gc.collect()
        assert np.allclose(places(recorder.simulation(), 0)[:, 0], (500, 510))
