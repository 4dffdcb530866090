# SPDX-License-Identifier: BSD-3-Clause
"""Tracings that are no SWC: what NEURON itself makes of them, and what it must not see."""

from __future__ import annotations

import re

import numpy as np
import pytest
from helpers.fast import fast_first

from spike_export.formats.import3d import kind_of, read
from spike_export.formats.swc import SwcError

ASC = """\
; V3 text file written for MicroBrightField products.
(Sections)
("CellBody"
  (Color Red)
  (CellBody)
  (   -5.00    -5.00     0.00     0.10)
  (    5.00    -5.00     0.00     0.10)
  (    5.00     5.00     0.00     0.10)
  (   -5.00     5.00     0.00     0.10)
)  ;  End of contour

( (Color Blue)
  (Dendrite)
  (    4.00     0.00     0.00     2.00)  ; 1, 1
  (   30.00     0.00     0.00     1.50)  ; 1, 2
  (
    (   50.00    10.00     0.00     1.00)
    (   60.00    10.00     0.00     1.00)
    Normal
  |
    (   50.00   -10.00     0.00     1.00)
    Normal
  )
)
( (Axon)
  (   0.00     20.00     0.00     1.00)
  (   0.00     90.00     0.00     1.00)
  Normal
)
"""
OLDER = """\
[2,41] (-5.0,-5.0,0.0) 0.1
[1,42] (5.0,-5.0,0.0) 0.1
[1,42] (5.0,5.0,0.0) 0.1
[1,42] (-5.0,5.0,0.0) 0.1
[2,1] (4.0,0.0,0.0) 1.0
[1,2] (20.0,0.0,0.0) 1.0
[10,5] (30.0,0.0,0.0) 1.0
[2,2] (30.0,0.0,0.0) 1.0
[1,2] (50.0,10.0,0.0) 1.0
[2,2] (30.0,0.0,0.0) 1.0
[1,2] (50.0,-10.0,0.0) 1.0
"""
EUTECTIC = """\
 1 SOS 1 -5 -5 0 1
 2 SCP 1 5 -5 0 1
 3 SCP 1 5 5 0 1
 4 SOE 1 -5 5 0 1
 5 MTO 3 4 0 0 2
 6 CP 3 20 0 0 2
 7 BP 3 30 0 0 2
 8 CP 3 40 10 0 1
 9 NE 3 50 10 0 1
 10 CP 3 40 -10 0 1
 11 NE 3 50 -10 0 1
"""
XML = """\
<?xml version="1.0" encoding="UTF-8"?>
<neuroml xmlns="http://morphml.org/neuroml/schema"
  xmlns:mml="http://morphml.org/morphml/schema" xmlns:meta="http://morphml.org/metadata/schema">
<cells><cell name="c">
<mml:segments>
<mml:segment id="0" name="s" cable="0"><mml:proximal x="0" y="0" z="0" diameter="10"/>
<mml:distal x="10" y="0" z="0" diameter="10"/></mml:segment>
<mml:segment id="1" name="d" parent="0" cable="1"><mml:proximal x="10" y="0" z="0" diameter="2"/>
<mml:distal x="30" y="0" z="0" diameter="2"/></mml:segment>
<mml:segment id="2" name="d2" parent="1" cable="1">
<mml:distal x="60" y="0" z="0" diameter="1"/></mml:segment>
</mml:segments>
<mml:cables>
<mml:cable id="0" name="Body"><meta:group>soma_group</meta:group></mml:cable>
<mml:cable id="1" name="D" fractAlongParent="1"><meta:group>dendrite_group</meta:group></mml:cable>
</mml:cables>
</cell></cells></neuroml>
"""
FILES = {
    "Neurolucida": (ASC, "Import3d_Neurolucida3"),
    "older Neurolucida": (OLDER, "Import3d_Neurolucida_read"),
    "Eutectic": (EUTECTIC, "Import3d_Eutectic_read"),
    "MorphML": (XML, "Import3d_MorphML"),
}


class Owner:
    """What gives sections their cell's name."""

    def __str__(self) -> str:
        """Return the name."""
        return "cell"


# NEURON leaves the XML file open.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@fast_first(("kind", "text", "reader"), [(k, *v) for k, v in FILES.items()], fast=2, ids=FILES)
def test_sections_are_neurons_own(h, tmp_path, capfd, kind, text, reader):
    path = tmp_path / "cell.txt"
    path.write_text(text)
    assert kind_of(text.encode()) == kind
    sections = read(path).sections
    h.load_file("import3d.hoc")
    imported = getattr(h, reader)()
    imported.input(str(path))
    owner = Owner()
    h.Import3d_GUI(imported, 0).instantiate(owner)
    capfd.readouterr()
    names = [section.name().removeprefix("cell.") for section in owner.all]
    if kind == "MorphML":
        # NEURON gives them no types; the file's groups do.
        assert (names, sections.names) == (["dend_0[0]", "dend_0[1]"], ("soma[0]", "dend[0]"))
    else:
        assert sections.names == tuple(names)
        assert {"soma[0]", "dend[2]"} <= set(names)
    for section, points, parent, x in zip(
        owner.all, sections.points_of, sections.parents, sections.parent_x, strict=True
    ):
        above = section.parentseg()
        assert (-1 if above is None else owner.all.index(above.sec)) == parent
        assert above is None or above.x == x
        theirs = [
            (section.x3d(i), section.y3d(i), section.z3d(i), section.diam3d(i))
            for i in range(section.n3d())
        ]
        assert np.array_equal(theirs, points)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("# NeuroMorpho\n1 1 0 0 0 5 -1\n(", "SWC"),
        ("1,1,0,0,0,5,-1\n", "SWC"),
        ("id type x y z radius parent\n1 1 0 0 0 5 -1\n", "SWC"),
        ("", "SWC"),
        ('; a comment\n\n("Cell Body"\n', "Neurolucida"),
        ("<neuroml>", "MorphML"),
    ],
)
def test_kinds(text, kind):
    assert kind_of(text.encode()) == kind
    assert kind_of(b"\xef\xbb\xbf" + text.encode()) == kind


BAD = {
    "cut off": (ASC[:500], "line 12: a bracket opens here that is never closed"),
    "a bracket too many": (ASC.replace("Normal\n)", "Normal )\n)"), "that was not opened"),
    "words": (ASC.replace("( (Axon)", "axon ( (Axon)"), "line 25: there is text outside"),
    "no grammar": (ASC.replace("(Axon)", "(Axon) (3 (4))"), "NEURON cannot read this line"),
    "no point": (EUTECTIC.replace(" 7 BP 3", "x7 BP 3"), "line 7: this line is not a point"),
    "no number": (OLDER.replace("(20.0,", "(2O.0,"), "line 6: this line is not a point"),
    "no soma": (ASC.replace("CellBody", "Nucleus"), "it holds 2 unconnected trees"),
    "no diameter": (ASC.replace("90.00     0.00     1.00", "90.00"), "a point without a diameter"),
    "nothing": (";V3\n(Sections)\n", "NEURON"),
    "binary": (ASC.replace("Blue", "\0"), "line 12: a zero byte"),
    "a long line": (ASC + ";" * 2000, "longer than 1,000 characters"),
    "far away": (ASC.replace("90.00", "9e9"), "axon[0] has a point that is not within"),
    "NeuroML 2": (XML.replace("morphml.org/neuroml/schema", "www.neuroml.org/schema/neuroml2"),
                  "neither MorphML nor NeuroML 1"),
    "code": (XML.replace("http://morphml.org/metadata/schema", "x/open('PWNED','w')/y"),
             "neither MorphML nor NeuroML 1"),
    "entities": (XML.replace("<neuroml", '<!DOCTYPE a [<!ENTITY b "c">]><neuroml', 1),
                 "line 2: it declares entities or a document type"),
    "not XML": (XML[:500], "it is not XML"),
}  # fmt: skip


@fast_first(("text", "reason"), BAD.values(), fast=5, ids=BAD)
def test_what_is_refused(h, tmp_path, text, reason):
    path = tmp_path / "cell.asc"
    path.write_text(text)
    with pytest.raises(SwcError, match=re.escape(reason)) as caught:
        read(path)
    assert len(caught.value.findings) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["cell.asc"]


def test_what_neuron_guessed_is_noted_and_units_are_taken(h, tmp_path):
    path = tmp_path / "cell.asc"
    path.write_text(ASC.replace("\n", "\r\n"))
    tracing = read(path, unit_um=0.1)
    assert tracing.notes == (
        "NEURON says: Main branch starting at line 27 is outside the soma bounding boxes.",
        "NEURON says: Making a logical connection to center of nearest soma.",
    )
    assert tracing.sections.lengths_um[tracing.sections.names.index("axon[0]")] == pytest.approx(7)
