# SPDX-License-Identifier: BSD-3-Clause
"""A model is watched from another process, as Blender does it, while it runs as a command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from spike_export import read
from spike_export.cli import main
from spike_export.live.messages import LiveError, Question, read_frames
from spike_export.live.watcher import Watcher, free_port
from spike_export.neuron.broadcast import Broadcast

MODEL = """\
from neuron import h
h.load_file("stdrun.hoc")
soma = h.Section(name="soma")
soma.L = soma.diam = 20
soma.insert("hh")
h.tstop = 30
h.finitialize(-65)
while h.t < 30:
    h.fadvance()
    if h.t > 20:
        {last}
"""
SWC = "1 1 0 0 0 10 -1\n2 3 0 12 0 2 1\n3 3 0 60 0 2 2\n"


def watched(command: subprocess.Popen[str], port: int, folder: Path) -> tuple[int, str, str]:
    """How many frames have come, each as it is in the file; and how it was told to end."""
    watcher, run, frames, path, error = None, "", [], "", ""
    while True:
        if watcher is None:
            try:
                watcher = Watcher(port)
            except LiveError:
                assert command.poll() is None, command.communicate()
                continue
        answer = watcher.look(Question(run, sum(map(len, frames))))
        if answer is None or answer.kind == "wait":
            continue
        if answer.kind == "start":
            (folder / "first.pickle").write_bytes(answer.content)
            run, frames = answer.run, []
        elif answer.kind == "frames":
            segments = read(folder / "first.pickle").n_segments
            frames.append(read_frames(answer.content, 1, segments)[1][:, 0])
        else:
            path, error = answer.path, answer.error
            break
    watcher.close()
    text = "".join(command.communicate())
    if path:
        values = np.concatenate(frames) if frames else np.empty((0, 1))
        assert np.array_equal(values, read(path).values[: len(values)]), text
    return sum(map(len, frames)), path, error


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["model", "fails", "swc"])
def test_a_run_is_watched_to_its_end(h, tmp_path, kind):
    last = "raise RuntimeError" if kind == "fails" else "__import__('time').sleep(0.002)"
    (tmp_path / "model.py").write_text(MODEL.format(last=last))
    (tmp_path / "cell.swc").write_text(SWC)
    port, output = free_port(), tmp_path / "run.pickle"
    what = ["swc", "cell.swc", "--tstop=400"] if kind == "swc" else ["run", "model.py"]
    command = subprocess.Popen(
        [sys.executable, "-m", "spike_export", *what, "-o", output, "--live", f"--port={port}"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    count, path, _ = watched(command, port, tmp_path)
    # What was recorded before an error is written, too.
    assert path == str(output)
    if kind == "model":
        assert count > 50


def test_a_port_that_is_taken_ends_the_command_before_the_model_runs(h, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.py").write_text("raise RuntimeError")
    with Broadcast(0) as other:
        words = ["run", "model.py", "--live", "--port", str(other.port)]
        result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    assert f"Port {other.port} is taken" in result.output
    assert f"--port {other.port + 1}" in result.output
