# SPDX-License-Identifier: BSD-3-Clause
"""Networks as libNeuroML writes them."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export import read


def test_places_and_connections(tmp_path, command, network, places):
    (tmp_path / "a.nml").write_text(network)
    code, out, error = command("read", "a.nml")
    assert code == 0, error
    assert "2 of 7 cells have no location and were left out." in out and "no values" in out
    made = read("a.pickle")
    assert [cell.name for cell in made.cells] == [
        "pyr[0]", "pyr[1]", "pyr[2]", "bask[0]", "bask[1]"
    ]  # fmt: skip
    np.testing.assert_array_equal(made.points_um[:, :3], places)
    assert made.connections.tolist() == [[2, 3], [0, 4], [3, 4]]
    assert made.values.tolist() == [[0] * 5]


def test_its_places_serve_for_other_files(tmp_path, command, network, places):
    (tmp_path / "a.nml").write_text(network)
    np.save(tmp_path / "m.npy", np.random.default_rng(0).random((30, 5)))
    code, _, error = command("read", "m.npy", "--positions", "a.nml", "--interval", 1)
    assert code == 0, error
    np.testing.assert_array_equal(read("m.pickle").points_um[:, :3], places)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("</network>", "", "it is damaged (mismatched tag"),
        ('z="-1.0"', 'z="up"', "it is damaged (could not convert"),
        ('size="3"', 'size="30000000"', "its population 'pyr' claims 30,000,000 cells"),
        ("location", "place", "it has no cell positions; a network has populations with instances"),
        ("\n<neuroml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>\n<neuroml',
         "it has a document type"),
        ('instance id="1"', 'instance id="0"', "it has two instances 0 in one population"),
        ('population id="bask"', 'population id="pyr"', "it has two populations 'pyr'"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(tmp_path, command, network, old, new, sentence):
    (tmp_path / "a.nml").write_text(network.replace(old, new))
    code, _, error = command("read", "a.nml")
    assert code == 1 and f"Cannot use a.nml: {sentence}" in error


def test_a_document_type_is_seen_in_any_encoding(tmp_path, command, network):
    for encoding in ("utf-8", "utf-16"):
        typed = (
            f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "c">]>{network}'
        )
        (tmp_path / "a.nml").write_bytes(typed.encode(encoding))
        code, _, error = command("read", "a.nml")
        assert code == 1 and "Cannot use a.nml: it has a document type" in error


def test_delays_are_kept_if_all_connections_have_one(tmp_path, command, network):
    """In ms, whatever the unit; otherwise, what was left out is said."""
    delayed = network.replace("<connection id", "<connectionWD delay='2.5 ms' id").replace(
        'weight="1.0"', 'weight="1.0" delay="1e-3s"'
    )
    (tmp_path / "a.nml").write_text(delayed)
    code, out, error = command("read", "a.nml")
    assert code == 0, error
    # The electrical one has none, that from a cell without a place does not count.
    assert "2 of 3 connections have a delay of at least 0 ms; since not all have one" in out
    assert read("a.pickle").delays_ms is None
    begin, end = delayed.index("<electricalProjection"), delayed.index("<inputList")
    (tmp_path / "a.nml").write_text(delayed[:begin] + delayed[end:])
    code, out, error = command("read", "a.nml", "--force")
    assert code == 0 and "delay" not in out, error
    made = read("a.pickle")
    assert made.connections.tolist() == [[2, 3], [0, 4]]
    assert made.delays_ms.tolist() == [2.5, 1]


def test_a_delay_that_is_no_time_is_refused(tmp_path, command, network):
    (tmp_path / "a.nml").write_text(network.replace('weight="1.0"', 'delay="2 mV"'))
    code, _, error = command("read", "a.nml")
    assert code == 1 and "the delay '2 mV' is not a time in s, ms or us" in error
