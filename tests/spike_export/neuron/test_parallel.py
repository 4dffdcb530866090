# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export run`` under MPI: a ring of cells, dealt out to several processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers.fast import fast_first

from spike_export import read
from spike_export.neuron.parallel import (
    one_process_names,
    part_path,
    rename_cells,
    started_processes,
)

# Cells of a template, as many as the argument says. Each process notes what its cells end with.
RING = """
    import sys
    from pathlib import Path
    import numpy as np
    from neuron import h

    h.load_file("stdrun.hoc")
    h('''
    begintemplate Cell
    public soma, dend, synapse
    objref synapse
    create soma, dend[2]
    proc init() {
        soma { L = 20  diam = 20  insert hh  synapse = new ExpSyn(0.5) }
        connect dend[0](0), soma(1)
        connect dend[1](0), soma(0)
        dend[0] { L = 100  diam = 2  nseg = 3  insert pas }
        dend[1] { L = 50  diam = 1  insert pas }
    }
    endtemplate Cell
    ''')
    pc = h.ParallelContext()
    rank, ranks, count = int(pc.id()), int(pc.nhost()), int(sys.argv[1])
    cells, links = {}, []
    for gid in range(rank, count, ranks):
        cells[gid] = cell = h.Cell()
        cell.dend[0].L = 100 + 5 * gid
        pc.set_gid2node(gid, rank)
        link = h.NetCon(cell.soma(0.5)._ref_v, None, sec=cell.soma)
        link.threshold = 0
        pc.cell(gid, link)
    for gid, cell in cells.items():
        link = pc.gid_connect((gid - 1) % count, cell.synapse)
        link.weight[0], link.delay = 0.05, 1
        links.append(link)
        if gid == 0:
            clamp = h.IClamp(cell.soma(0.5))
            clamp.dur, clamp.amp = 1, 2
    heard, gids = h.Vector(), h.Vector()
    pc.spike_record(-1, heard, gids)
    pc.set_maxstep(10)
    h.finitialize(-65)
    pc.psolve(15)
    # Before version 2.4, NumPy makes nothing of a Vector that is empty.
    np.savez(f"own{rank}of{ranks}.npz", gids=gids.to_python(), times=heard.to_python(), **{
        str(gid): [s.v for part in (cell.soma, *cell.dend) for s in part]
        for gid, cell in cells.items()
    })
"""
NETWORK_IN_HOC = """
    load_file("stdrun.hoc")
    objref pc
    pc = new ParallelContext()
    create soma
    access soma
    insert hh
    tstop = 2
    run()
"""
LEAVE = "import os\npc.barrier()\nos._exit(0)\n"
QUIT = "pc.barrier()\npc.done()\nh.quit()\n"


@pytest.fixture
def model(tmp_path: Path) -> Callable[..., Path]:
    """Write a model; its parts are put one after another."""
    pytest.importorskip("neuron")

    def model(*parts: str) -> Path:
        path = tmp_path / "ring.py"
        path.write_text("\n".join(textwrap.dedent(part) for part in parts))
        return path

    return model


@pytest.fixture
def spike_export(tmp_path: Path, mpiexec: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command in several processes, with nobody at the keyboard."""
    version = subprocess.run([mpiexec, "--version"], capture_output=True, text=True, check=False)
    # Open MPI starts neither more processes than there are cores nor any for root, unless told to.
    more = ["--oversubscribe"] if "Open" in version.stdout else []
    as_root = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}

    def spike_export(
        processes: int,
        *arguments: object,
        interrupt_at: str = "",
        program: tuple[str, ...] = ("-m", "spike_export"),
    ) -> subprocess.CompletedProcess[str]:
        """Interrupt, as Ctrl-C does, when all processes have printed a word."""
        started = [mpiexec, *more, "-n", str(processes)] if processes > 1 else []
        command = [*started, sys.executable, *program, *map(str, arguments)]
        with subprocess.Popen(
            command,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **as_root},
        ) as process:
            too_late = threading.Timer(60, process.kill)
            too_late.start()
            assert process.stdout is not None
            seen = ""
            while interrupt_at and seen.count(interrupt_at) < processes:
                seen += process.stdout.read(1) or interrupt_at * processes
            if interrupt_at:
                process.send_signal(signal.SIGINT)
            output, errors = process.communicate()
            too_late.cancel()
        return subprocess.CompletedProcess(command, process.returncode, seen + output, errors)

    return spike_export


def parts_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.rank*.pickle"))


TWICE = "h.finitialize(-65)\npc.psolve(10)\n"


@pytest.mark.slow
@fast_first("capture", [(), ("--capture", 1)])
def test_one_of_several_runs_is_written(model, spike_export, tmp_path, capture):
    done = spike_export(2, "run", model(RING, TWICE), *capture, "--", 3)
    assert done.returncode == 0, done.stderr
    assert read(tmp_path / "ring.pickle").time_ms[-1] == pytest.approx(15 if capture else 10)
    assert done.stderr.count("ran 2 times; this is the last") == (not capture)


@pytest.mark.slow
def test_quantities_that_only_some_processes_have(model, spike_export, tmp_path):
    path = model(RING)
    options = [part for name in ("v", "IClamp.i", "g") for part in ("--variable", name)]
    alone = spike_export(1, "run", path, "-o", "one.pickle", *options, "--", 3)
    assert alone.returncode == 0, alone.stderr
    more = [*options, "--variable", "cai"]
    together = spike_export(2, "run", path, "-o", "two.pickle", *more, "--", 3)
    assert together.returncode == 0, together.stderr
    assert "No segment has cai, so it is not in the file." in together.stderr
    one, two = read(tmp_path / "one.pickle"), read(tmp_path / "two.pickle")
    assert set(one.quantities) == set(two.quantities) == {"v", "IClamp.i", "ExpSyn.g"}
    for name, quantity in one.quantities.items():
        assert np.array_equal(quantity.values, two.quantities[name].values, equal_nan=True), name
    assert np.isfinite(two.more["IClamp.i"].values[0]).sum() == 1


@pytest.mark.slow
@pytest.mark.parametrize("end", ["", QUIT, LEAVE], ids=["ends", "quits", "leaves"])
def test_four_processes_write_what_one_does(model, spike_export, tmp_path, end):
    path = model(RING, end)
    alone = spike_export(1, "run", path, "-o", "one.pickle", "--", 9)
    assert alone.returncode == 0, alone.stderr
    together = spike_export(4, "run", path, "-o", "four.pickle", "--", 9)
    assert together.returncode == 0, together.stderr
    assert together.stdout.count("four.pickle") == 1, "one table, of rank 0"
    assert "rank" not in together.stderr
    assert parts_in(tmp_path) == []
    one, four = read(tmp_path / "one.pickle"), read(tmp_path / "four.pickle")
    assert [cell.name for cell in four.cells] == [f"Cell[{i}]" for i in range(9)]
    assert [cell.name for cell in one.cells] == [cell.name for cell in four.cells]
    assert [cell.gid for cell in four.cells] == [cell.gid for cell in one.cells] == [*range(9)]
    for name in ("section_names", "source", "quantity", "unit", "meta"):
        assert getattr(four, name) == getattr(one, name), name
    for name in ("time_ms", "values", "section_cells", "section_types", "segment_counts",
                 "parents", "parent_x", "point_counts"):  # fmt: skip
        assert np.array_equal(getattr(four, name), getattr(one, name)), name
    # None has points, and each stands in a plane of its own.
    assert np.array_equal(four.points_um[:, :2], one.points_um[:, :2])
    assert np.unique(four.points_um[:, 2]).tolist() == [100.0 * i for i in range(9)]
    for cell, same in zip(four.cells, one.cells, strict=True):
        assert cell.spikes_ms is not None
        assert np.array_equal(cell.spikes_ms, same.spikes_ms)
    # NEURON's own account of the same four processes.
    for rank in range(4):
        with np.load(tmp_path / f"own{rank}of4.npz") as own:
            assert own["gids"].size > 0
            for gid in range(rank, 9, 4):
                last = four.values[-1, 5 * gid : 5 * gid + 5]
                assert np.array_equal(last, own[str(gid)].astype(np.float32))
                # Its threshold is 0 mV and at the middle of the soma, the recorder's -20 mV.
                heard = own["times"][own["gids"] == gid]
                assert four.cells[gid].spikes_ms.size == heard.size
                assert np.abs(four.cells[gid].spikes_ms - heard).max(initial=0) < 0.3


@pytest.mark.slow
@pytest.mark.parametrize("local", [0, 1])
def test_variable_steps_are_those_of_a_run_that_is_not_recorded(
    model, spike_export, tmp_path, local
):
    ring = RING.replace(
        "pc = h.Par", "if 'alone' in sys.argv:\n        h.nrnmpi_init()\n    pc = h.Par"
    )
    # MPICH takes a process that ends without leaving MPI for a crash: it kills the others, which
    # may still be writing, and reports success.
    leaves = "    if 'alone' in sys.argv:\n        pc.barrier()\n        h.quit()\n"
    switched_on = f"h.cvode.active(1)\n    h.cvode.use_local_dt({local})\n    pc.set_maxstep(10)"
    # Strong enough links for all cells to fire.
    ring = ring.replace("link.weight[0], link.delay = 0.05", "link.weight[0], link.delay = 0.5")
    path = model(ring.replace("pc.set_maxstep(10)", switched_on), leaves)
    heard = []
    for command, program in (
        (("run", path, "-o", "ring.pickle", "--", 6), ("-m", "spike_export")),
        ((path, 6, "alone"), ()),
    ):
        done = spike_export(2, *command, program=program)
        assert done.returncode == 0, done.stderr
        assert "may move" not in done.stderr
        for rank in range(2):
            saved = tmp_path / f"own{rank}of2.npz"
            with np.load(saved) as own:
                heard.append([own["gids"].tolist(), own["times"].tolist()])
            saved.unlink()
    assert heard[:2] == heard[2:], "bit by bit"
    assert sum(len(gids) for gids, _ in heard[:2]) > 1, heard
    assert read(tmp_path / "ring.pickle").time_ms[-1] == pytest.approx(15)


@pytest.mark.slow
def test_parts_stay_where_they_are_wanted(model, spike_export, tmp_path):
    path = model(RING)
    done = spike_export(4, "run", path, "--no-merge", "--every", 1, "--", 3)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ring.pickle").exists()
    assert parts_in(tmp_path) == [f"ring.rank000{rank}.pickle" for rank in range(3)]
    for rank, name in enumerate(parts_in(tmp_path)):
        assert name in done.stdout
        part = read(tmp_path / name)
        assert [(cell.name, cell.gid) for cell in part.cells] == [("Cell[0]", rank)]
    again = spike_export(4, "run", path, "--no-merge", "--", 3)
    assert again.returncode != 0
    assert (
        "rank 0: Error: ring.rank0000.pickle already exists; use --force to overwrite it."
        in again.stderr
    )


FAILS = """
    if rank == 2:
        import time
        while len(list(Path().glob("ring.rank*.pickle"))) < 3:
            time.sleep(0.01)
        raise ValueError("broken here")
"""


@pytest.mark.slow
def test_a_process_that_fails_ends_all_and_parts_stay(model, spike_export, tmp_path):
    done = spike_export(4, "run", model(RING, FAILS), "--", 4)
    assert done.returncode not in (0, 124)
    lines = done.stderr.splitlines()
    assert "rank 2: ValueError: broken here" in lines
    assert "rank 2: The model ended with an error at 15 ms; all processes were stopped." in lines
    assert not any(line.startswith("Traceback") for line in lines)
    parts = [f"ring.rank000{rank}.pickle" for rank in range(4)]
    assert parts_in(tmp_path) == parts
    assert f"rank 2: What had been recorded is in {', '.join(parts)}." in lines
    assert not (tmp_path / "ring.pickle").exists()
    assert [read(tmp_path / part).cells[0].gid for part in parts] == [*range(4)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "broken", "said"),
    [
        (
            "ring.py",
            "h.Vector(-1) if rank == 1 else None\npc.barrier()\n",
            "Arg out of range",
        ),
        ("net.hoc", "if (pc.id() == 1) { nosuchproc() }\npc.barrier()\n", "undefined function"),
    ],
)
def test_an_error_in_hoc_ends_all_and_is_told(model, spike_export, tmp_path, name, broken, said):
    path = model(RING if name == "ring.py" else NETWORK_IN_HOC, broken).rename(tmp_path / name)
    done = spike_export(2, "run", path, "-o", "ring.pickle", "--", 2)
    assert done.returncode != 0
    assert said in done.stderr
    assert "rank 1: The model ended with an error at" in done.stderr
    assert "rank 1: What had been recorded is in ring.rank0001.pickle" in (
        done.stderr.replace("ring.rank0000.pickle, ", "")
    )
    assert read(tmp_path / "ring.rank0001.pickle").n_frames > 1
    assert not (tmp_path / "ring.pickle").exists()


@pytest.mark.slow
def test_ctrl_c_keeps_and_names_the_parts(model, spike_export, tmp_path):
    # When there is something to keep.
    go = 'h.CVode().event(100, lambda: print("go", flush=True))\n'
    ring = textwrap.dedent(RING).replace("pc.psolve(15)", f"{go}pc.psolve(1e8)")
    done = spike_export(2, "run", model(ring), "--every", 20, "--", 2, interrupt_at="go")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("rank ")]
    assert any("Interrupted at" in line for line in lines), done.stderr
    named = {name for line in lines for name in re.findall(r"ring\.rank\d{4}\.pickle", line)}
    assert named == set(parts_in(tmp_path)) != set()
    assert all(read(tmp_path / name).n_frames > 1 for name in named)


@pytest.mark.slow
def test_a_process_that_fails_early_keeps_nobody_waiting(model, spike_export, tmp_path):
    broken = "if rank == 1:\n    raise SystemExit(3)\npc.barrier()\n"
    ring = textwrap.dedent(RING).replace("heard, gids =", f"{broken}heard, gids =")
    done = spike_export(2, "run", model(ring), "--", 4)
    assert done.returncode == 3
    assert "rank 1: The model ended with exit code 3; all processes were stopped." in done.stderr
    assert not list(tmp_path.glob("*.pickle"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--only", "apic"), "No process has anything to record. No section matches 'apic'"),
        (("--variable", "cai"), "no segment has the variable 'cai'"),
        (("-o", "nowhere/run.pickle"), "nowhere/run.pickle: its folder does not exist."),
    ],
)
def test_what_cannot_be_recorded_is_one_sentence(model, spike_export, tmp_path, options, sentence):
    done = spike_export(2, "run", model(RING), *options, "--", 4)
    assert done.returncode != 0
    assert any(
        line.startswith("rank ") and sentence in line for line in done.stderr.splitlines()
    ), done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*.pickle"))


@pytest.mark.slow
def test_a_dry_run_lists_the_cells_of_all(model, spike_export, tmp_path):
    done = spike_export(2, "run", model(RING), "--dry-run", "--", 3)
    assert done.returncode == 0, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    for cell in ("Cell[0] (rank 0)", "Cell[1] (rank 0)", "Cell[0] (rank 1)"):
        assert lines.count(f"{cell} 3 5 soma, 2 dend") == 1
    assert not list(tmp_path.glob("own*.npz")), "it stops before the run"


@pytest.mark.skipif(sys.platform != "linux", reason="hides the MPI library as Linux would find it")
def test_one_process_of_many_that_is_alone_refuses(model, tmp_path):
    for name in ("libmpi.so", "libmpich.so"):
        (tmp_path / name).write_text("no library")
    done = subprocess.run(
        [sys.executable, "-m", "spike_export", "run", str(model(RING)), "--", "3"],
        cwd=tmp_path,
        env={**os.environ, "PMI_SIZE": "4", "LD_LIBRARY_PATH": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "This is one of 4 processes, but NEURON cannot reach the others" in done.stderr
    assert not list(tmp_path.glob("*.pickle")), "else each would write over the others"


def test_processes_are_counted_from_the_environment():
    assert started_processes({}) == 1
    assert started_processes({"SLURM_NTASKS": "8"}) == 1, "a batch script that starts one process"
    for name in ("OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"):
        assert started_processes({name: "4"}) == 4
        assert started_processes({name: "many"}) == 1


def test_a_part_is_named_after_its_rank():
    assert part_path(Path("a/run.v2.pickle"), 3) == Path("a/run.v2.rank0003.pickle")


def test_cells_of_templates_are_numbered_by_gid():
    parts = [
        [("Cell[0]", 4), ("Cell[1]", 0), ("Stim[0]", None), ("py0", 7)],
        [("Cell[0]", 2), ("Stim[0]", 9), ("Own[5]", 8), ("py0", 6)],
    ]
    assert one_process_names(parts) == [
        {"Cell[0]": "Cell[2]", "Cell[1]": "Cell[0]"},
        {"Cell[0]": "Cell[1]"},
    ]


def test_sections_are_renamed_with_their_cell(save, layout):
    section = layout["cells"][0]["sections"][0]
    section["name"] = "Pyramidal[0].soma"
    layout["cells"][1]["sections"][0]["name"] = "Pyramidal[0].soma"
    renamed = rename_cells(read(save(layout)), {"Pyramidal[0]": "Pyramidal[10]"})
    assert [cell.name for cell in renamed.cells] == ["Pyramidal[10]", "Basket[0]"]
    assert renamed.section_names == (
        "Pyramidal[10].soma", "dend[0]", "axon", "Pyramidal[0].soma",
    )  # fmt: skip


@pytest.mark.slow
def test_what_was_put_together_is_kept_under_another_name(model, spike_export, tmp_path):
    # Its place becomes a folder while the model runs.
    path = model(RING, "if rank == 0:\n    Path('ring.pickle').mkdir()\n")
    done = spike_export(2, "run", path, "--", 3)
    kept = tmp_path / "ring-2.pickle"
    assert done.returncode
    assert (
        f"Error: Cannot write ring.pickle: it is a folder; the result is in {kept} instead."
        in done.stderr
    )
    assert "What was recorded until then" not in done.stderr
    assert len(read(kept).cells) == 3
    assert not list(tmp_path.glob("*rank*.pickle"))


@pytest.mark.slow
def test_synapses_are_those_of_one_process(model, spike_export, tmp_path):
    path = model(RING)
    alone = spike_export(1, "run", path, "-o", "one.pickle", "--synapses", "--", 5)
    assert alone.returncode == 0, alone.stderr
    together = spike_export(3, "run", path, "-o", "three.pickle", "--synapses", "--", 5)
    assert together.returncode == 0, together.stderr
    one, three = (read(tmp_path / f"{name}.pickle") for name in ("one", "three"))
    found, expected = three.synapses, one.synapses
    order = np.argsort(found.cells)
    assert expected.sources.tolist() == [4, 0, 1, 2, 3], "around the ring"
    assert np.array_equal(found.sources[order], expected.sources)
    assert np.array_equal(found.sections[order], expected.sections)
    assert np.array_equal(found.at(order).event_times_ms, expected.event_times_ms)
    assert expected.event_counts.all()
    spikes = [cell.spikes_ms for cell in one.cells]
    assert expected.event_times_ms[expected.event_counts[0]] == spikes[0][0] + 1
    assert "synapses_unknown" not in three.meta
    apart = spike_export(3, "run", path, "-o", "x.pickle", "--synapses", "--no-merge", "--", 5)
    assert "Note: Without a source in the file: 2 synapses, from cells" in apart.stderr
    assert (read(tmp_path / "x.rank0000.pickle").synapses.sources == -1).all()
