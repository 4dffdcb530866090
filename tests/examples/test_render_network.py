# SPDX-License-Identifier: GPL-3.0-or-later
"""The script that renders a network: cells light up, and fly into their layers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.blenders import run_script
from helpers.pictures import read_pixels

from spike_export import write
from spike_export.models import branching

# Nearly every test starts another Blender.
pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).resolve().parent.parent.parent / "examples" / "render_network.py"


def render(*arguments: object) -> subprocess.CompletedProcess[str]:
    return run_script(SCRIPT, *arguments)


@pytest.fixture
def file(tmp_path):
    model = branching.branching_model(4, 4, 1.0, 0.3, seed=2)
    return write(
        tmp_path / "net.pickle", branching.simulation(model, branching.run(model, 12, seed=2))
    )


def test_cells_fly_into_their_layers(file, tmp_path):
    result = render(
        file, tmp_path / "out", "--length", 9, "--ms-per-frame", 0.2, "--from", "shuffled grid",
        "--bloom", 0, "--resolution", "96x96", "--samples", 2, "--growth", 0,
        "--connection-glow", 0, "--no-pulses", "--colormap", "gray", "--start", 0.5,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    frames = [read_pixels(tmp_path / "out" / f"frame_{k:04d}.png")[..., 0] for k in range(9)]
    assert all(frame.max() > 50 for frame in frames)
    # On the way nothing stands in rows and columns.
    columns = [int((frame.max(axis=0) < 10).sum()) for frame in frames]
    assert columns[0] > columns[4]
    assert columns[8] > columns[4]
    # The four layers of four, with dark between them.
    lit = frames[8].max(axis=0) > 50
    assert int((np.diff(lit.astype(int)) == 1).sum()) == 4


def test_a_part_of_the_film_has_the_cells_on_their_way(file, tmp_path):
    """As in all of it: the movement is not squeezed into the part."""
    plain = (
        "--length", 9, "--bloom", 0, "--resolution", "96x96", "--samples", 2, "--no-pulses",
    )  # fmt: skip
    for folder, frames in (("some", "3-5"), ("one", "4")):
        result = render(file, tmp_path / folder, "--frames", frames, *plain)
        assert result.returncode == 0, result.stderr
    some, one = (read_pixels(tmp_path / name / "frame_0004.png") for name in ("some", "one"))
    np.testing.assert_array_equal(some, one)
    assert np.abs(some.astype(int) - read_pixels(tmp_path / "some/frame_0003.png")).max() > 50


def test_what_cannot_be_rendered_is_a_sentence(file, tmp_path):
    from helpers.simulations import branched, simulation

    cell = write(tmp_path / "cell.pickle", simulation(branched()))
    result = render(cell, tmp_path / "out")
    assert result.returncode == 1
    assert "Cannot render cell.pickle: its cells are not points." in result.stderr
    wrong = render(file, tmp_path / "out", "--to", "spiral")
    assert wrong.returncode == 1
    last = wrong.stderr.strip().splitlines()[-1]
    assert last.startswith("There is no layout 'spiral'; there are layers, shuffled grid, ")
    assert last.endswith("grid, layers, circle, sphere, shuffled.")


def test_variable_shows_that_quantity(tmp_path):
    """In its own limits; activity is shown from 0 to 1, whatever is reached."""
    from helpers.simulations import several

    from spike_export.networks.point_network import point_network

    rng = np.random.default_rng(5)
    network = point_network(
        rng.uniform(-90, 90, (6, 3)), np.arange(5.0), 0.1 + 0.7 * rng.random((5, 6))
    )
    sim = several(network)
    path = write(tmp_path / "net.pickle", sim)
    found = []
    for number, options in enumerate(((), ("--variable", "ina"), ("--v-max", "0.5"))):
        scene = tmp_path / f"{number}.blend"
        result = render(
            path, tmp_path / "frames", "--frames", "2-2", "--resolution", "32x32", "--samples", 1,
            "--bloom", 0, "--to", "grid", "--blend", scene, *options,
        )  # fmt: skip
        assert result.returncode == 0, result.stdout + result.stderr
        script = f"""
import json, bpy
bpy.ops.wm.open_mainfile(filepath={str(scene)!r}, use_scripts=False)
nodes = bpy.data.materials["net voltage"].node_tree.nodes["Limits"].inputs
print(json.dumps([one.default_value for one in list(nodes)[1:3]]))
"""
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        found.append(json.loads(done.stdout.splitlines()[-1]))
    ina = sim.more["ina"].values
    assert found == [[0, 1], pytest.approx([ina.min(), ina.max()]), [0, 0.5]]
    refused = render(path, tmp_path / "out", "--variable", "v")
    assert refused.returncode == 1
    assert "it has no quantity 'v'; there is activity, cai, ina." in refused.stderr
