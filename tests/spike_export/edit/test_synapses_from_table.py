# SPDX-License-Identifier: BSD-3-Clause
"""Synapses of a table on a file's cells, through ``spike-export convert --synapses``."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export import read


@pytest.fixture
def convert(command, layout, save, tmp_path):
    """Convert the branched cell and the point cell with a table; return synapses and output."""
    save(layout)

    def convert(*lines: str, options: tuple[object, ...] = ()):
        (tmp_path / "syn.csv").write_text("\n".join(lines))
        code, output, errors = command(
            "convert", "run.pickle", "x.pickle", "--force", "--synapses", "syn.csv", *options
        )
        synapses = read(tmp_path / "x.pickle").synapses if code == 0 else None
        return code, synapses, output + errors

    return convert


def test_sections_by_name_and_number(convert):
    code, synapses, said = convert(
        "cell,section,position,kind,weight,delay,source,times",
        "Pyramidal[0],dend[0],0.5,AMPA,1,0.5,Basket[0],0.1 0.2",
        "7,2,0.25,GABA,2,0.5,7,",
        "Basket[0],soma,0.5,GABA,3,0.5,none,0.3",
        "Granule[0],soma,0.5,GABA,3,0.5,none,0.3",
    )
    assert code == 0, said
    assert synapses.cells.tolist() == [0, 0, 1]
    assert synapses.sections.tolist() == [1, 2, 3]
    assert synapses.positions.tolist() == [0.5, 0.25, 0.5]
    assert synapses.kind_names == ("AMPA", "GABA")
    assert synapses.sources.tolist() == [1, 0, -1]
    assert synapses.event_times_ms.tolist() == [0.1, 0.2, 0.3]
    assert "1 of 4 rows of syn.csv are of unknown cells, 'Granule[0]' for example" in said
    assert "1 of 3 synapses have a source that is none of the cells." in said
    assert "Columns taken from the table: cell, section, position, kind" in said


def test_points_are_put_on_the_closest_cell(convert):
    code, synapses, said = convert(
        "x,y,z,times",
        "15,1.5,0,0.1",
        "-45,-0.5,0,",
        "100,0,8,",
        "0,500,0,0.2",
    )
    assert code == 0, said
    assert synapses.sections.tolist() == [1, 2, 3]
    length = 20 + 20 * 2**0.5
    assert synapses.positions.tolist() == pytest.approx([10 / length, 40 / 90, 0.5])
    assert "1 of 4 points are farther than 10 µm from the surface of their cell, up to 4" in said
    assert "half of them at most 0.5 µm from its surface" in said
    code, synapses, _ = convert("x,y,z", "0,500,0", "0,30,0", options=("--within", 600))
    assert len(synapses) == 2
    code, _, said = convert("x,y,z", "0,5e5,0")
    assert code == 1
    assert "none of its points is within 10 µm of a cell; the closest is" in said


def test_without_times_events_are_the_sources_spikes(convert):
    code, synapses, said = convert(
        "cell,section,position,source,delay",
        "Basket[0],0,0.5,Pyramidal[0],0.05",
        "Basket[0],0,0.5,Basket[0],0.05",
    )
    assert code == 0, said
    assert synapses.event_times_ms.tolist() == pytest.approx([0.175, 0.3])
    assert synapses.event_counts.tolist() == [2, 0]
    assert "events are the spikes of the sources, and the delays. 1 synapses have sources" in said
    assert "neither times nor sources" in convert("cell,section,position", "7,0,0")[2]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("section,position", "soma,1"), "it has no column for cell, but the simulation has 2"),
        (("cell,section,position", "7,soma[4],1"), "line 2 has the section 'soma[4]', but cell "
         "'Pyramidal[0]' has 3, the first of which is 'soma'."),
        (("cell,section,position", "7,3,1"), "line 2 has the section '3', but cell"),
        (("cell,section,position", "x,3,1"), "it has none of the cells; its first is 'x', but"),
        (("cell,section", "x,3"), "it does not say where synapses are"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(convert, tmp_path, lines, reason):
    code, _, said = convert(*lines)
    assert code == 1
    assert f"Error: Cannot use syn.csv: {reason}" in said
    assert not (tmp_path / "x.pickle").exists()


def test_synapses_that_were_there_are_replaced(convert, command, tmp_path):
    convert("cell,section,position", "7,0,0", "7,1,0")
    (tmp_path / "x.pickle").rename(tmp_path / "run.pickle")
    _, synapses, said = convert("cell,section,position", "7,0,0", options=("--cells", "0"))
    assert len(synapses) == 1
    assert "The 2 synapses that the file had are replaced." in said
    assert np.array_equal(synapses.cells, [0])
