# SPDX-License-Identifier: BSD-3-Clause
"""What recorders have recorded is kept where its own place turns out to be taken."""

from __future__ import annotations

import pickle

import pytest

from spike_export import CellRecorder, Recorder, read
from spike_export.files.keeping import KeptElsewhereError


@pytest.fixture
def taken(tmp_path, monkeypatch):
    """A place for a file that has become a folder, as while a run went on."""
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "run.pickle"
    place.mkdir()
    return place


def test_a_recording_is_kept(h, taken):
    soma = h.Section(name="soma")
    with Recorder(every_ms=0.5) as recorder:
        h.finitialize(-65)
        h.continuerun(2)
        with pytest.raises(KeptElsewhereError) as caught:
            recorder.save(taken)
    kept = taken.with_name("run-2.pickle")
    assert caught.value.strerror == f"it is a folder; the result is in {kept} instead"
    assert caught.value.kept == kept
    assert read(kept).n_frames == 5
    del soma


def test_a_recording_in_the_older_format_is_kept(h, taken):
    soma = h.Section(name="soma")
    recorder = CellRecorder([soma])
    h.finitialize(-65)
    h.continuerun(2)
    with pytest.raises(KeptElsewhereError, match="the result is in .*run-2.pickle instead"):
        recorder.save_pickle(taken, FRAME_NUM=7)
    (found,) = pickle.loads(taken.with_name("run-2.pickle").read_bytes())
    assert len(found["Voltage"]) == 7
