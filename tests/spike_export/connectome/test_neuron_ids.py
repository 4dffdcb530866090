# SPDX-License-Identifier: BSD-3-Clause
"""Ids of 18 digits, exact or not at all."""

from __future__ import annotations

import re

import pytest

from spike_export.connectome.neuron_ids import IdError, id_of_name, parsed_ids

TRUE = [720575940621039145, 720575940604737708, 720575940626838909, 720575940622838154]


def read(texts):
    return parsed_ids(texts, range(2, len(texts) + 2), "root_id")


def test_ids_never_pass_through_a_float():
    assert read([str(one) for one in TRUE]) == TRUE
    assert read([f"'{TRUE[0]}", f'"{TRUE[1]}"', " 007 ", "1734350788.0"]) == [
        *TRUE[:2], 7, 1734350788,
    ]  # fmt: skip
    assert read([str(2**64 - 1)]) == [2**64 - 1]


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ([f"{one:.14e}" for one in TRUE], "line 2: the root_id is '7.20575940621039e+17', a float"),
        ([f"{one}.0" for one in TRUE], "a float, which rounds numbers; export the table"),
        ([str(round(one, -3)) for one in TRUE], "as if a spreadsheet had rounded them"),
        ([str(int(float(one))) for one in TRUE], "as if a float had rounded them"),
        (["12", "KC"], "line 3: the root_id is 'KC', not a whole number"),
        (["-1"], "not a whole number"),
        ([""], "not a whole number"),
        ([str(2**64)], "not a whole number"),
        (["١٢"], "not a whole number"),
    ],
)
def test_rounded_ids_are_refused(texts, reason):
    with pytest.raises(IdError, match=re.escape(reason)):
        read(texts)


def test_a_single_id_may_end_in_zeros():
    assert read([str(round(TRUE[0], -3)), *map(str, TRUE)])[0] == round(TRUE[0], -3)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        (str(TRUE[0]), TRUE[0]),
        ("neuron_1734350788", 1734350788),
        ("KC-a", None),
        ("5813_2", None),
        ("9" * 30, None),
    ],
)
def test_the_id_in_a_file_s_name(name, number):
    assert id_of_name(name) == number
