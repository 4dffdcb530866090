# SPDX-License-Identifier: BSD-3-Clause
"""A network as libNeuroML writes it, which LEMS simulations include."""

from __future__ import annotations

import pytest

_NETWORK = """
<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="net">
    <izhikevich2007Cell id="iz" C="100pF" v0="-60mV" k="0.7nS_per_mV" vr="-60mV" vt="-40mV"
        vpeak="35mV" a="0.03per_ms" b="-2nS" c="-50mV" d="100pA"/>
    <network id="net1">
        <population id="pyr" component="iz" size="3" type="populationList">
            <instance id="0"><location x="0.0" y="5.0" z="0.0"/></instance>
            <instance id="2"><location x="20.0" y="5.0" z="-2.0"/></instance>
            <instance id="1"><location x="10.0" y="5.0" z="-1.0"/></instance>
        </population>
        <population id="bask" component="iz" type="populationList">
            <instance id="0"><location x="0.0" y="5.0" z="7.0"/></instance>
            <instance id="1"><location x="10.0" y="5.0" z="7.0"/></instance>
        </population>
        <population id="noplace" component="iz" size="2"/>
        <projection id="p" presynapticPopulation="pyr" postsynapticPopulation="bask" synapse="s">
            <connection id="0" preCellId="../pyr/2/iz" postCellId="../bask/0/iz"/>
            <connectionWD id="1" preCellId="../pyr[0]" postCellId="../bask[1]" weight="1.0"/>
            <connection id="2" preCellId="../noplace/0/iz" postCellId="../bask/0/iz"/>
        </projection>
        <electricalProjection id="e">
            <electricalConnectionInstance id="0" preCell="../bask/0/iz" postCell="../bask/1/iz"/>
        </electricalProjection>
        <inputList id="i" component="pg" population="pyr">
            <input id="0" target="../pyr/0/iz" destination="synapses"/>
        </inputList>
    </network>
</neuroml>
"""
_PLACES = [[0, 5, 0], [10, 5, -1], [20, 5, -2], [0, 5, 7], [10, 5, 7]]


@pytest.fixture
def network() -> str:
    """Five cells with places, in an order that is not that of their numbers, and two without."""
    return _NETWORK


@pytest.fixture
def places() -> list[list[float]]:
    """Where they are."""
    return _PLACES
