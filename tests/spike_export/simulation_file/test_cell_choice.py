# SPDX-License-Identifier: BSD-3-Clause
"""Which cells a text asks for: names before all else, then numbers, wildcards, expressions."""

from __future__ import annotations

import pytest

from spike_export.simulation_file.cell_choice import NothingChosenError, chosen_cells

NAMES = ["Pyr[0]", "Pyr[1]", "Bas[0]", "v1 12", "7", "Cell(1, 2)", "a*b", "axb", "/x/", "Pyr[1]"]


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("", range(10)),
        (" , ", range(10)),
        ("Pyr[1]", [1, 9]),
        ("Pyr", [0, 1, 9]),
        ("2", [2]),
        ("7", [4]),
        ("1-3", [1, 2, 3]),
        ("0-99:4", [0, 4, 8]),
        ("8 - 99", [8, 9]),
        ("Bas[?], v1 *", [2, 3]),
        ("a*b", [6]),
        ("a?b", [6, 7]),
        ("/Pyr.[01]./", [0, 1, 9]),
        (r"/(Bas|Pyr)\[0\]|v1 \d{1,2}/, 4", [0, 2, 3, 4]),
        ("/x/", [8]),
        ("Cell(1, 2)", [5]),
        ("Bas[0],Cell(1, 2),0", [0, 2, 5]),
        ('"Cell(1, 2)", "7"', [4, 5]),
    ],
)
def test_what_is_chosen(wanted, chosen):
    assert chosen_cells(NAMES, wanted).tolist() == list(chosen)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("Pry", 'no cell is "Pry"; there are 10, "Pyr[0]", "Pyr[1]", "Bas[0]", "v1 12", …, num'),
        ('"2"', 'no cell is "2"'),
        ("10", 'no cell is "10"'),
        ("pyr*", 'no cell is "pyr*"'),
        ("/Pyr/", 'no cell is "/Pyr/"'),
        ("/(/", '"/(/" is not a valid regular expression: missing )'),
        ("Pyr[0], none", 'no cell is "none"'),
        ("Cell(1, 3)", 'no cell is "Cell(1"'),
    ],
)
def test_what_names_no_cell_is_refused(wanted, sentence):
    with pytest.raises(NothingChosenError) as caught:
        chosen_cells(NAMES, wanted)
    assert str(caught.value).startswith(sentence)


def test_in_one_of_several_processes_a_part_is_enough():
    assert chosen_cells(NAMES, "Pyr[0], Pyr[77]", all_parts=False).tolist() == [0]
    with pytest.raises(NothingChosenError):
        chosen_cells(NAMES, "Pyr[77]", all_parts=False)
