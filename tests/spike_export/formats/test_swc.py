# SPDX-License-Identifier: BSD-3-Clause
"""SWC files: every fault has a line and a sentence, and what is mended is listed."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export.formats.swc import Finding, SwcError, describe, parse, read, split

GOOD = """\
# a cell
1 1 0 0 0 5 -1
2 3 0 5 0 1 1
3 3 0 20 0 0.5 2
4 3 -10 40 0 0.5 3
5 3 10 40 0 0.5 3
6 2 0 -5 0 0.5 1
7 2 0 -50 0 0.5 6
"""
LINES = GOOD.splitlines()


def with_line(number: int, text: str) -> str:
    """The good file with one line, counted from 1, put in another's place."""
    return "\n".join([*LINES[: number - 1], text, *LINES[number:]]) + "\n"


def refused(content: str | bytes, repair: bool = False) -> list[Finding]:
    data = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(SwcError) as caught:
        parse(data, repair)
    assert len(str(caught.value).splitlines()) == min(len(caught.value.findings), 11)
    for line in str(caught.value).splitlines():
        assert line.isprintable()
        assert line.endswith(".")
        assert len(line) < 300
    return caught.value.findings


def same(content: str | bytes, repair: bool = False, but: tuple[str, ...] = ("line",)) -> bool:
    """Whether a file holds the points of the good one."""
    points = parse(content if isinstance(content, bytes) else content.encode(), repair).points
    expected = parse(GOOD.encode()).points
    return len(points) == len(expected) and all(
        np.array_equal(points[name], expected[name])
        for name in expected.dtype.names or ()
        if name not in but
    )


def test_the_good_file():
    morphology = parse(GOOD.encode())
    assert morphology.mends == ()
    assert morphology.points["id"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert morphology.points["parent"].tolist() == [-1, 0, 1, 2, 2, 0, 5]
    assert morphology.points["line"].tolist() == [2, 3, 4, 5, 6, 7, 8]
    sections = split(morphology.points)
    assert sections.names == ("soma[0]", "axon[0]", "dend[0]", "dend[1]", "dend[2]")
    assert sections.parents.tolist() == [-1, 0, 0, 2, 2]
    assert sections.parent_x.tolist() == [0, 0.5, 0.5, 1, 1]
    assert np.allclose(sections.lengths_um, [10, 45, 15, 500**0.5, 500**0.5])
    assert sections.lines == (2, 7, 3, 5, 6)


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.replace(" ", "\t"),
        GOOD.replace("\n", "\n   "),
        GOOD.replace("\n", "  \n\n"),
        GOOD.rstrip("\n"),
        GOOD.replace("\n", " # its own comment\n"),
        GOOD + "# the end: 1,2;3\n\n",
        GOOD.replace("# a cell", "# zelle ä".encode("latin-1").decode("latin-1")),
        GOOD.replace("20 0 0.5", "2.0e1 -0.0 +.5"),
        GOOD.replace("\n2 3 ", "\n2.0 3.0 "),
    ],
    ids=["CRLF", "CR", "tabs", "leading", "trailing", "no end", "comments behind", "comments after",
         "umlaut", "exponents", "whole floats"],
)  # fmt: skip
def test_what_is_fine(content):
    assert same(content)
    assert parse(content.encode()).mends == ()


def test_latin_1_comments_are_fine():
    assert same("# Größe\n".encode("latin-1") + GOOD.encode())


@pytest.mark.parametrize("kind", [0, 5, 6, 7, 42])
def test_types_without_a_name(kind):
    points = parse(GOOD.replace("6 2 ", f"6 {kind} ").replace("7 2 ", f"7 {kind} ").encode()).points
    assert f"dend_{kind}[0]" in split(points).names


def test_ids_may_have_gaps_and_any_order():
    ids = {1: 700, 2: 3, 3: 2_000_000_000, 4: 0, 5: 41, 6: 40, 7: 8, -1: -1}
    rows = [line.split() for line in LINES[1:]]
    content = "\n".join(" ".join([str(ids[int(r[0])]), *r[1:6], str(ids[int(r[6])])]) for r in rows)
    assert same(content, but=("line", "id"))


HOPELESS = {
    "nothing": (b"", 0, "it holds no points"),
    "comments only": (b"# a\n\n# b\n", 0, "it holds no points"),
    "binary": (b"\x80\x04\x95\n\0\0\1", 2, "a zero byte: this is not a text file"),
    "utf-16": (GOOD.encode("utf-16"), 1, "the text is in UTF-16; save it as plain text (UTF-8)"),
    "prose": ("one two\n", 1, "it has 2 columns instead of 7"),
    "a missing column": (with_line(4, "3 3 0 20 0 2"), 4, "it has 6 columns instead of 7"),
    "a word": (with_line(4, "3 3 0 20 zero 1 2"), 4, "its z is 'zero', not a number"),
    "an underscore": (with_line(4, "3 3 0 2_0 0 1 2"), 4, "its y is '2_0', not a number"),
    "an escape": (with_line(4, "3 3 0 \x1b[2J 0 1 2"), 4, "its y is '?[2J', not a number"),
    "x not a number": (with_line(4, "3 3 nan 20 0 1 2"), 4,
                       "its x is 'nan', not within 1,000,000 µm of 0"),
    "y infinite": (with_line(4, "3 3 0 -inf 0 1 2"), 4,
                   "its y is '-inf', not within 1,000,000 µm of 0"),
    "z overflows": (with_line(4, "3 3 0 0 1e999 1 2"), 4,
                    "its z is '1e999', not within 1,000,000 µm of 0"),
    "a giant radius": (with_line(4, "3 3 0 20 0 1e5 2"), 4,
                       "its radius is '1e5', more than 10,000 µm"),
    "half an id": (with_line(4, "3.5 3 0 20 0 1 2"), 4,
                   "its id is '3.5', not a whole number from 0 to 2147483647"),
    "a negative id": (with_line(4, "-3 3 0 20 0 1 2"), 4,
                      "its id is '-3', not a whole number from 0 to 2147483647"),
    "a giant id": (with_line(4, "99999999999 3 0 20 0 1 2"), 4,
                   "its id is '99999999999', not a whole number from 0 to 2147483647"),
    "half a parent": (with_line(4, "3 3 0 20 0 1 1.5"), 4,
                      "its parent is '1.5', not the id of a point, or -1"),
    "a duplicate id": (with_line(5, "3 3 -10 40 0 1 3"), 5,
                       "the id 3 was already used in line 4"),
    "its own parent": (with_line(4, "3 3 0 20 0 1 3"), 4, "it is its own parent"),
    "a circle": (with_line(3, "2 3 0 5 0 1 4"), 3,
                 "it is its own ancestor, through 3 points in lines 3-5"),
    "no radius at all": ("1 1 0 0 0 0 -1\n2 3 9 9 9 nan 1\n", 1,
                         "its radius is not above 0.001 µm"),
    "a long line": (with_line(4, "3 3 0 20 0 1 2" + " " * 20_000), 4,
                    "it is longer than 10,000 characters"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "line", "problem"), HOPELESS.values(), ids=HOPELESS)
@pytest.mark.parametrize("repair", [False, True])
def test_what_cannot_be_mended(content, line, problem, repair):
    first = next(finding for finding in refused(content, repair) if finding.mend is None)
    assert (first.line, first.problem) == (line, problem)


MENDABLE = {
    "a byte-order mark": ("\ufeff" + "\n".join(LINES[1:]), [1], "byte-order mark", ("line",)),
    "commas": (GOOD.replace(" ", ","), [2, 3, 4, 5, 6, 7, 8], "by commas", ("line",)),
    "commas and blanks": (with_line(4, "3, 3, 0, 20, 0, 0.5, 2"), [4], "by commas", ("line",)),
    "semicolons": (with_line(4, "3;3;0,0;20;0;0,5;2"), [4], "separated by semicolons", ("line",)),
    "decimal commas": (with_line(4, "3 3 0,0 20 0 0,5 2"), [4], "decimal commas", ("line",)),
    "a repeated line": (with_line(4, f"{LINES[3]}\n{LINES[3]}"), [5], "id 3 was already "
    "used", ("line",)),
    "a zero radius": (with_line(5, "4 3 -10 40 0 0 3"), [5], "its radius is not above", ("line",)),
    "a radius not a number": (with_line(5, "4 3 -10 40 0 NaN 3"), [5], "is not a number",
                              ("line",)),
    "a negative radius": (with_line(5, "4 3 -10 40 0 -2 3"), [5], "not above", ("line",)),
    "a tiny radius": (with_line(5, "4 3 -10 40 0 1e-12 3"), [5], "not above", ("line",)),
    "a root without radius": (with_line(2, "1 1 0 0 0 0 -1"), [2], "not above",
                              ("line", "radius")),
    "a giant type": (with_line(5, "4 1e9 -10 40 0 0.5 3"), [5], "its type is '1e9'",
                     ("line", "type")),
    "a root of its own": (with_line(2, "1 1 0 0 0 5 1"), [2], "it is its own parent", ("line",)),
    "a parent after its child": ("\n".join([*LINES[:2], *LINES[4:], *LINES[2:4]]), [3, 4],
                                 "comes later, in line 8", ("line", "id", "x", "y", "radius",
                                                            "type", "parent")),
    "a missing parent": (GOOD + "8 3 90 0 0 1 77\n9 3 95 0 0 1 8\n", [9],
                         "its parent 77 is not in the file", ()),
    "no length": (GOOD + "8 3 10 40 0 1 5\n9 3 10 40 0 1 8\n10 3 0 90 0 1 5\n11 3 10 40 0 1 10\n"
                  "12 3 0 90 0 1 10\n13 3 0 90 0 1 12\n", [9, 13], "has no length", ()),
}  # fmt: skip


@pytest.mark.parametrize(("content", "lines", "problem", "but"), MENDABLE.values(), ids=MENDABLE)
def test_what_can_be_mended(content, lines, problem, but):
    findings = refused(content)
    assert [finding.line for finding in findings] == lines
    assert problem in findings[0].problem
    assert all(finding.mend for finding in findings)
    morphology = parse(content.encode(), repair=True)
    assert list(morphology.mends) == findings
    if but:
        assert same(content, repair=True, but=but)


NOTED = {
    "more columns": (with_line(4, LINES[3] + " 17 abc"), "it has 9 columns instead of 7", ()),
    "a header": ("id type x,y z r parent\n" + GOOD, "it holds words, not a point", ()),
    "a custom type": (with_line(5, "4 42 -10 40 0 0.5 3"), "its type is '42'", ("type",)),
    "a negative type": (with_line(5, "4 -3 -10 40 0 0.5 3"), "its type is '-3'", ("type",)),
    "another root's parent": (with_line(2, "1 1 0 0 0 5 -2"), "its parent is '-2', below -1", ()),
    "root's parent 0": (with_line(2, "1 1 0 0 0 5 0"), "its parent is 0, which is not a point", ()),
}


@pytest.mark.parametrize(("content", "problem", "but"), NOTED.values(), ids=NOTED)
def test_what_neuron_reads_is_read_with_a_note(content, problem, but):
    assert same(content, but=("line", *but))
    morphology = parse(content.encode())
    assert morphology.mends == ()
    (note,) = morphology.notes
    assert problem in note.problem
    assert note.line > 0


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("id type x y z parent radius", "names the parent before the radius"),
        ("id,type,x,y,z,diameter,parent", "names a diameter, where SWC has a radius"),
    ],
)
def test_a_header_of_other_columns_is_refused(header, reason):
    for repair in (False, True):
        assert reason in refused(f"{header}\n{GOOD}", repair)[0].problem


LOOSE = "8 2 90 0 0 1 -1\n9 2 95 0 0 1 8\n"


def test_a_loose_tree_is_joined_to_the_soma_with_a_note():
    morphology = parse((GOOD + LOOSE).encode())
    assert morphology.mends == ()
    assert describe(morphology.notes) == [
        "line 9: a tree of 2 points begins here that is connected to nothing; "
        "it is connected to the soma of line 2, 90 µm away, as NEURON does."
    ]
    assert (morphology.lost.points, morphology.total.points) == (0, 9)
    sections = split(morphology.points)
    loose = sections.names.index("axon[1]")
    assert (sections.parents[loose], sections.parent_x[loose]) == (0, 0.5)
    assert sections.lengths_um[loose] == 5


@pytest.mark.parametrize(
    ("content", "count"),
    [
        # The soma is a tree of its own, smaller than the other, before or behind it.
        ("1 1 0 0 0 8 -1\n2 3 0 0 0 1 -1\n3 3 20 0 0 1 2\n4 3 60 0 0 1 3\n", 4),
        ("2 3 0 0 0 1 -1\n3 3 20 0 0 1 2\n4 3 60 0 0 1 3\n5 1 0 0 0 8 -1\n", 4),
        # An axon leads to the soma, and a loose tree has to go to the soma, not to the axon.
        ("1 2 0 -90 0 1 -1\n2 2 0 -9 0 1 1\n3 1 0 0 0 8 2\n4 1 0 9 0 8 3\n"
         "5 3 30 0 0 1 -1\n6 3 60 0 0 1 5\n", 6),
    ],
    ids=["before", "behind", "inside"],
)  # fmt: skip
def test_the_soma_is_never_dropped(content, count):
    morphology = parse(content.encode(), repair=True)
    assert len(morphology.points) == count
    assert morphology.lost.points == 0
    sections = split(morphology.points)
    soma = sections.names.index("soma[0]")
    dend = sections.names.index("dend[0]")
    assert sections.parents[dend] == soma
    assert sections.parents.tolist().count(-1) == 1


def test_where_neuron_joins_a_loose_tree_to_something_else_it_waits_for_repair():
    behind = "2 3 0 0 0 1 -1\n3 3 20 0 0 1 2\n5 1 0 0 0 8 -1\n"
    assert [finding.line for finding in refused(behind)] == [1]
    two = GOOD + "8 1 300 0 0 5 -1\n9 3 300 9 0 1 8\n10 3 300 40 0 1 9\n"
    assert "these may be two cells" in describe(parse(two.encode()).notes)[0]
    # With two somata, a loose tree may be either's.
    assert [finding.line for finding in refused(two + "11 3 0 90 0 1 -1\n")] == [12]


def test_repairing_says_what_it_loses_and_refuses_to_lose_much():
    long = "".join(f"{i} 2 {i} 0 0 1 {i - 1 or -1}\n" for i in range(1, 101))
    few = long + "201 3 0 50 0 1 -1\n202 3 0 53 0 1 201\n"
    assert "no soma joins them" in refused(few)[0].problem
    morphology = parse(few.encode(), repair=True)
    assert (morphology.lost.points, morphology.lost.length_um) == (2, 3)
    assert (morphology.total.points, morphology.total.length_um) == (102, 102)
    many = few + "203 3 0 99 0 1 202\n"
    assert refused(many, repair=True)[0].problem == (
        "repairing it would lose 3 of its 103 points and 49 of its 148 µm, more than 5 %"
    )
    assert parse(many.encode(), repair=True, may_lose=0.5).lost.points == 3


def test_numbers_in_other_units():
    nm = GOOD.replace(" 0 20 0 0.5", " 0 20000 0 500").splitlines()[3] + "\n"
    (point,) = parse(nm.replace(" 2\n", " -1\n").encode(), unit_um=1e-3).points
    assert (point["y"], point["radius"]) == (20, 0.5)
    refused("1 1 5e6 0 0 5e3 -1\n")
    assert parse(b"1 1 5e6 0 0 5e3 -1\n", unit_um=1e-3).points["x"] == 5000


def test_order_is_restored():
    content = "\n".join(reversed(LINES))
    points = parse(content.encode(), repair=True).points
    assert points["id"][0] == 1
    assert (points["parent"] < np.arange(7)).all()
    names = {point["id"]: points["id"][point["parent"]] for point in points[1:]}
    assert names == {2: 1, 3: 2, 4: 3, 5: 3, 6: 1, 7: 6}


def test_a_section_without_length_is_dropped_and_what_hangs_on_it_is_kept():
    content = GOOD + "8 4 10 40 0 1 5\n9 4 10 40 0 1 8\n10 4 0 90 0 1 9\n11 3 0 90 5 1 9\n"
    assert [finding.line for finding in refused(content)] == [9]
    points = parse(content.encode(), repair=True).points
    assert points["id"].tolist() == [1, 2, 3, 4, 5, 10, 11, 6, 7]
    assert points["parent"].tolist() == [-1, 0, 1, 2, 2, 4, 4, 0, 7]
    soma = "1 1 0 0 0 5 -1\n2 1 0 0 0 5 1\n3 3 0 9 0 1 2\n4 3 0 19 0 1 3\n"
    assert parse(soma.encode(), repair=True).points["parent"].tolist() == [-1, 0, 1]


def test_unknown_radii_are_those_of_the_nearest_ancestor_or_of_a_child_at_the_root():
    content = "1 1 0 0 0 0 -1\n2 1 0 5 0 0 1\n3 1 0 9 0 4 2\n4 3 0 19 0 0 3\n5 3 0 29 0 0 4\n"
    assert parse(content.encode(), repair=True).points["radius"].tolist() == [4, 4, 4, 4, 4]


def test_everything_wrong_is_listed_at_once():
    content = "1 1 0 0 0 5 -1\n1 3 0 9 0 1 1\n2 3 x 9 0 1 1\n3,3,0,0,9,0,1\n4 3 0\n5 3 0 0 0 1 88\n"
    findings = refused(content)
    assert [finding.line for finding in findings] == [2, 3, 4, 5]
    assert [finding.line for finding in refused(content, repair=True)] == [2, 3, 5]


def test_ten_are_shown_and_the_rest_is_counted():
    content = GOOD + "".join(f"{i} 3 0\n" for i in range(8, 100))
    assert len(refused(content)) == 92
    with pytest.raises(SwcError, match=r"82 more like these were found\."):
        parse(content.encode())


def test_mends_of_one_kind_are_told_together():
    content = GOOD.replace(" ", ",").replace("#,a,cell", "1,1,0,0,0,5,-1")
    mends = parse(content.encode(), repair=True).mends
    assert describe(mends) == [
        "lines 1-8: the columns are separated by commas; they are read as blanks.",
        "line 2: the id 1 was already used in line 1; the repeated line is dropped.",
    ]
    assert describe([Finding(line, "a", "b") for line in (3, 9, 4, 5, 12)]) == [
        "lines 3-5, 9, 12: a; b."
    ]


def test_hostile_sizes(monkeypatch, tmp_path):
    assert refused(b"\n" * 1_000_001)[0].problem == "it has more than 1,000,000 lines"
    monkeypatch.setattr("spike_export.formats.swc.reading._LARGEST_FILE", 3 << 20)
    path = tmp_path / "large.swc"
    path.write_bytes(b"#" * ((3 << 20) + 5))
    with pytest.raises(SwcError, match="larger than 3 MiB"):
        read(path)


def test_ten_thousand_faults_are_enough():
    assert len(refused("1 2\n" * 50_000)) == 10_000


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["chain", "star", "piled", "circle"])
def test_deep_and_broad_trees(shape):
    count = 20_000
    rows = {
        "chain": (f"{i} 3 {i * 0.01:.2f} 0 0 1 {i - 1 or -1}" for i in range(1, count)),
        "star": (f"{i} 3 {i * 0.01:.2f} 0 0 1 {1 if i > 1 else -1}" for i in range(1, count)),
        "piled": (f"{i} {i % 3 + 1} 0 0 0 1 {i - 1 or -1}" for i in range(1, count)),
        "circle": (f"{i} 3 {i} 0 0 1 {i % (count - 1) + 1}" for i in range(1, count)),
    }[shape]
    data = "\n".join(rows).encode()
    if shape == "circle":
        assert "through 19999 points in lines 1-10 and so on" in refused(data)[0].problem
    else:
        sections = split(parse(data).points)
        assert len(sections.names) == {"chain": 1, "star": count - 2, "piled": 1}[shape]


def test_not_a_file(tmp_path):
    with pytest.raises(SwcError, match="it is a folder"):
        read(tmp_path)
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "no.swc")
