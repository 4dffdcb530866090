# SPDX-License-Identifier: GPL-3.0-or-later
"""What people type finds the structures that they mean, or says what is near."""

from __future__ import annotations

import pytest
from blender_brain.atlas import Structure
from blender_brain.atlas.search import Search, UnknownStructureError

# Acronyms and names as in the Allen Institute's mouse ontology; the tree is cut short.
ROWS = [
    (997, "root", "root", ()),
    (8, "grey", "Basic cell groups and regions", (997,)),
    (695, "CTXpl", "Cortical plate", (997, 8)),
    (385, "VISp", "Primary visual area", (997, 8, 695)),
    (821, "VISp2/3", "Primary visual area, layer 2/3", (997, 8, 695, 385)),
    (593, "VISp1", "Primary visual area, layer 1", (997, 8, 695, 385)),
    (1089, "HPF", "Hippocampal formation", (997, 8, 695)),
    (1080, "HIP", "Hippocampal region", (997, 8, 695, 1089)),
    (375, "CA", "Ammon's horn", (997, 8, 695, 1089, 1080)),
    (382, "CA1", "Field CA1", (997, 8, 695, 1089, 1080, 375)),
    (463, "CA3", "Field CA3", (997, 8, 695, 1089, 1080, 375)),
    (726, "DG", "Dentate gyrus", (997, 8, 695, 1089, 1080)),
    (549, "TH", "Thalamus", (997, 8)),
    (599, "CM", "Central medial nucleus of the thalamus", (997, 8, 549)),
    (1097, "HY", "Hypothalamus", (997, 8)),
    (512, "CB", "Cerebellum", (997, 8)),
    (528, "CBX", "Cerebellar cortex", (997, 8, 512)),
    (1009, "fiber tracts", "fiber tracts", (997,)),
    (776, "cm", "cingulum bundle, medial", (997, 1009)),
    (794, "Ipf", "an upper-case one", (997, 1009)),
    (795, "ipF", "another", (997, 1009)),
    (2**40, "big", "An id beyond 16 and 32 bits", (997,)),
    (31, "312", "An acronym that looks like an id", (997,)),
    (312, "other", "The structure whose id that is", (997,)),
]


def structure(identity: int, acronym: str, name: str, above: tuple[int, ...] = ()) -> Structure:
    return Structure(identity, acronym, name, (1, 2, 3), (*above, identity), True)


@pytest.fixture(scope="module")
def search() -> Search:
    return Search([structure(*row) for row in ROWS])


def acronyms(structures: list[Structure]) -> list[str]:
    return [one.acronym for one in structures]


def test_a_term_means_just_this_structure(search):
    # 5 is the id of one area and the acronym of another.
    rows = [(1, "1", "area one"), (5, "V", "area five"), (9, "5", "another"), (6, "9", "nine")]
    numbered = [structure(*row) for row in rows]
    for among, ones in ((Search(numbered), numbered), (search, [structure(*r) for r in ROWS])):
        assert [among.find(among.term(one)) for one in ones] == [[one] for one in ones]
    assert [Search(numbered).term(one) for one in numbered] == ["1", "V", "5", "6"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CA3, DG, grey", ["CA3", "DG", "grey"]),
        ("CA3 DG grey", ["CA3", "DG", "grey"]),
        ("  CA3,,DG ;grey\n", ["CA3", "DG", "grey"]),
        ("dg, ca3", ["DG", "CA3"]),
        ("VISp2/3", ["VISp2/3"]),
        ("DG, DG, dg, 726, dentate gyrus", ["DG"]),
        ("463, 1099511627776", ["CA3", "big"]),
        ("Dentate gyrus", ["DG"]),
        ("dentate  GYRUS", ["DG"]),
        ("Primary visual area, layer 2/3, CA3", ["VISp2/3", "CA3"]),
        ("primary visual area", ["VISp"]),
        ("CA3 Dentate gyrus fiber tracts HPF", ["CA3", "DG", "fiber tracts", "HPF"]),
        ("fiber tracts", ["fiber tracts"]),
        ("312", ["312"]),
        ("", []),
        (" , ;", []),
    ],
)
def test_what_is_typed_is_found(search: Search, text: str, expected: list[str]):
    assert acronyms(search.find(text)) == expected


def test_case_decides_where_only_it_differs(search: Search):
    assert search.find_one("cm").id == 776
    assert search.find_one("CM").id == 599
    with pytest.raises(UnknownStructureError) as error:
        search.find("Cm")
    assert str(error.value) == (
        '"Cm" may be CM (Central medial nucleus of the thalamus) and'
        " cm (cingulum bundle, medial): use that exact spelling."
    )
    with pytest.raises(UnknownStructureError, match="Ipf .* and ipF"):
        search.find("ipf")


def test_equal_acronyms_are_told_apart_by_id():
    search = Search([structure(1, "X", "one"), structure(2, "X", "two")])
    with pytest.raises(UnknownStructureError) as error:
        search.find("X")
    assert str(error.value) == '"X" may be X (one, id 1) and X (two, id 2): use the id.'
    assert search.find("2")[0].name == "two"


def test_a_name_that_many_know_leads_to_the_acronyms(search: Search):
    near = acronyms(search.nearest("hippocampus"))
    assert near[:2] == ["HPF", "HIP"]
    assert {"CA", "CA1", "CA3", "DG"} <= set(near)
    with pytest.raises(UnknownStructureError) as error:
        search.find("hippocampus")
    assert str(error.value) == (
        '"hippocampus" has no single counterpart in this atlas; it may be HPF (Hippocampal'
        " formation) and HIP (Hippocampal region)."
    )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("cortex", "CTXpl"),
        ("cerebelum", "CB"),
        ("thalamic", "TH"),
        ("dentate", "DG"),
        ("visual cortical area", None),
        ("CA33", "CA3"),
        ("VISp23", "VISp2/3"),
        ("hypotalamus", "HY"),
        ("qqqqqq", None),
    ],
)
def test_nearest(search: Search, typed: str, expected: str | None):
    near = acronyms(search.nearest(typed))
    assert near[:1] == [] if expected is None else expected in near[:3]


def test_each_unknown_term_has_its_sentence(search: Search):
    with pytest.raises(UnknownStructureError) as error:
        search.find("CA3, qqqq, DGG, qqqq")
    assert str(error.value) == (
        'There is no structure "qqqq" in this atlas. There is no structure "DGG" in this atlas;'
        " the closest is DG (Dentate gyrus)."
    )
    assert acronyms(list(error.value.near)) == ["DG"]
    with pytest.raises(UnknownStructureError, match="995 more are unknown"):
        search.find(",".join(f"q{i}" for i in range(1000)))
    with pytest.raises(UnknownStructureError, match="name fewer regions"):
        search.find("x" * 10**6)


def test_unknown_words_that_belong_together_stay_together(search: Search):
    with pytest.raises(UnknownStructureError) as error:
        search.find("CA3 dentate girus DG")
    assert '"dentate girus"' in str(error.value) and "Dentate gyrus" in str(error.value)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("CA", ["CA", "CA1", "CA3"]),
        ("ca", ["CA", "CA1", "CA3"]),
        ("cm", ["cm", "CM"]),
        ("CM", ["CM", "cm"]),
        ("dent", ["DG"]),
        ("gyr dent", ["DG"]),
        ("visual 2", ["VISp2/3"]),
        ("2/3", ["VISp2/3"]),
        ("hippocampus", ["HPF", "HIP"]),
        ("zzz", []),
    ],
)
def test_completion(search: Search, typed: str, expected: list[str]):
    found = acronyms(search.complete(typed))
    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)


def test_completion_of_nothing_begins_with_the_largest(search: Search):
    found = search.complete("", limit=4)
    assert [len(one.path) for one in found] == [1, 2, 2, 2]


def test_completion_keeps_what_was_typed_before(search: Search):
    assert search.completions("CA3,dent") == [("CA3,Dentate gyrus", "DG")]
    assert search.completions("DG; Field CA1", limit=1) == [("DG; Field CA1", "CA1")]
    assert search.completions("dent") == [("Dentate gyrus", "DG")]
    assert search.completions("CA3, dg") == [("CA3, DG", "Dentate gyrus")]


@pytest.mark.parametrize("typed", ["dent", "CA3,dent", "CA3, dg", "hippocampal", "ca"])
def test_what_is_offered_holds_what_was_typed_and_is_understood(search: Search, typed: str):
    """Blender shows only those entries of which the first is true."""
    offered = search.completions(typed)
    assert offered
    for text, _ in offered:
        assert typed.casefold() in text.casefold()
        assert len(search.find(text)) == typed.count(",") + 1


# More of the same ontology: layers, and what common names mean.
MORE = [
    (4, "IC", "Inferior colliculus", (997,)),
    (6, "int", "internal capsule", (997,)),
    (721, "VISp4", "Primary visual area, layer 4", (997, 8, 695, 385)),
    (33, "VISp6a", "Primary visual area, layer 6a", (997, 8, 695, 385)),
    (305, "VISp6b", "Primary visual area, layer 6b", (997, 8, 695, 385)),
    (322, "SSp", "Primary somatosensory area", (997, 8, 695)),
    (985, "MOp", "Primary motor area", (997, 8, 695)),
    (31001, "ACA", "Anterior cingulate area", (997, 8, 695)),
    (972, "PL", "Prelimbic area", (997, 8, 695)),
    (44, "ILA", "Infralimbic area", (997, 8, 695)),
    (170, "LGd", "Dorsal part of the lateral geniculate complex", (997, 8, 549)),
    (178, "LGv", "Ventral part of the lateral geniculate complex", (997, 8, 549)),
    (295, "BLA", "Basolateral amygdalar nucleus", (997, 8)),
    (423, "CA2", "Field CA2", (997, 8, 695, 1089, 1080, 375)),
    (507, "MOB", "Main olfactory bulb", (997, 8, 695)),
    (500, "MO", "Somatomotor areas", (997, 8, 695)),
    (767, "MO5", "Somatomotor areas, Layer 5", (997, 8, 695, 500)),
    (795001, "PAG", "Periaqueductal gray", (997, 8)),
    (147, "LC", "Locus ceruleus", (997, 8)),
    (38, "PVH", "Paraventricular hypothalamic nucleus", (997, 8)),
    (1022, "GPe", "Globus pallidus, external segment", (997, 8)),
    (1031, "GPi", "Globus pallidus, internal segment", (997, 8)),
    (1026, "hf", "hippocampal fissure", (997, 1009)),
]


@pytest.fixture(scope="module")
def mouse() -> Search:
    return Search([structure(*row) for row in (*ROWS, *MORE)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("VISp 4", ["VISp4"]),
        ("visp 4, CA3", ["VISp4", "CA3"]),
        ("CA3 VISp 4 DG", ["CA3", "VISp4", "DG"]),
        ("VISp layer 4", ["VISp4"]),
        ("VISp, layer 4", ["VISp4"]),
        ("VISp L4", ["VISp4"]),
        ("layer 4 of VISp", ["VISp4"]),
        ("V1 layer 4", ["VISp4"]),
        ("VISp layer 2", ["VISp2/3"]),
        ("VISp layer 6b", ["VISp6b"]),
        ("V1, S1, M1", ["VISp", "SSp", "MOp"]),
        ("463 726", ["CA3", "DG"]),
        ("CA3 726", ["CA3", "DG"]),
        ("CA3, 4", ["CA3", "IC"]),
        ("['CA3', 'DG']", ["CA3", "DG"]),
        ('["Primary visual area, layer 1", "Ammon\'s horn"]', ["VISp1", "CA"]),
        ("('CA3',\n 'DG',)", ["CA3", "DG"]),
        ('"CA3", "DG"', ["CA3", "DG"]),
        ("[463, 726]", ["CA3", "DG"]),
        ("CA1/CA2", ["CA1", "CA2"]),
        ("CA1 / CA2 + DG", ["CA1", "CA2", "DG"]),
        ("VISp2/3", ["VISp2/3"]),
        ("DG (Dentate gyrus)", ["DG"]),
        ("Dentate gyrus (DG), CA3 (Field CA3)", ["DG", "CA3"]),
        ("DG: Dentate gyrus", ["DG"]),
        ("Ammon's horn", ["CA"]),
        ("olfactory bulb, OB", ["MOB"]),
        ("layer 5 motor cortex", ["MO5"]),
        ("periaqueductal grey, gray matter", ["PAG", "grey"]),
        ("locus coeruleus, PVN", ["LC", "PVH"]),
        ("whole brain", ["root"]),
        # Names as the Allen Institute's tables have them, without commas.
        ("Primary visual area layer 2/3", ["VISp2/3"]),
        ("globus pallidus internal segment", ["GPi"]),
    ],
)
def test_usual_ways_to_write_are_understood(mouse: Search, text: str, expected: list[str]):
    assert acronyms(mouse.find(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("VISp 6", ["VISp6a", "VISp6b"]),
        ("VISp layer 6", ["VISp6a", "VISp6b"]),
        ("CA3 4", []),
        ("LGN", ["LGd", "LGv"]),
        ("mPFC", ["ACA", "PL", "ILA"]),
        ("prefrontal", ["ACA", "PL", "ILA"]),
        ("hipocampus", ["HPF", "HIP"]),
        ("amigdala", ["BLA"]),
        ("thalmus", ["TH"]),
        ("CA1/CA4", ["CA"]),
        ("DG (Field CA3)", []),
        ("CA1-CA3", ["CA1", "CA3"]),
        ("globus pallidus", ["GPe", "GPi"]),
    ],
)
def test_what_is_not_certain_is_suggested(mouse: Search, text: str, expected: list[str]):
    with pytest.raises(UnknownStructureError) as error:
        mouse.find(text)
    assert set(expected) <= set(acronyms(list(error.value.near)))


def test_gray_matter_is_suggested_before_tracts(mouse: Search):
    near = acronyms(mouse.nearest("hippocampal"))
    assert near[:2] == ["HPF", "HIP"] and "hf" in near


def test_sides_are_no_structures(mouse: Search):
    with pytest.raises(UnknownStructureError, match='^"left" is no structure; Hemisphere, in'):
        mouse.find("left CA3")


def test_a_common_name_of_several_regions_names_them(mouse: Search):
    with pytest.raises(UnknownStructureError) as error:
        mouse.find("LGN")
    assert str(error.value) == (
        '"LGN" has no single counterpart in this atlas; it may be LGd (Dorsal part of the lateral'
        " geniculate complex) and LGv (Ventral part of the lateral geniculate complex)."
    )


def test_one_term_of_a_table_is_understood_alike(mouse: Search):
    for term in ("VISp 4", "V1 layer 4", "VISp4 (Primary visual area, layer 4)"):
        assert mouse.find_one(term).acronym == "VISp4"
    with pytest.raises(UnknownStructureError) as error:
        mouse.find_one("CA1/CA2")
    assert acronyms(list(error.value.near))[:2] == ["CA1", "CA2"]


def test_common_names_are_unique_and_never_overrule_an_atlas():
    rat = Search([structure(1, "V1", "Anything"), structure(2, "VISp", "Primary visual area")])
    assert rat.find_one("V1").id == 1
