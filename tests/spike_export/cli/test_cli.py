# SPDX-License-Identifier: BSD-3-Clause
"""The command line: what it prints, writes and exits with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
import pytest

from spike_export import __version__, read
from spike_export.cli import main
from spike_export.models import demo_neuron, demo_synapses


def rows(table: str) -> dict[str, str]:
    """A printed table as a dict; a label begins its line, and what was wrapped does not."""
    found: dict[str, str] = {}
    for line in table.splitlines():
        if line[:1].strip():
            label, _, text = line.partition("  ")
            found[label] = text.strip()
        elif found:
            found[label] += f" {line.strip()}"
    return found


def test_info_shows_the_figures(command, layout, save):
    path = save(layout)
    code, table, errors = command("info", path)
    assert (code, errors) == (0, "")
    assert {key: text for key, text in rows(table).items() if key not in ("File", "Size")} == {
        "Format": "2",
        "Created by": "by hand",
        "Model": "a test",
        "Cells": "2 (Pyramidal[0], Basket[0])",
        "Sections": "4 (2 soma, 1 dend, 1 axon)",
        "Segments": "6",
        "3-D points": "8",
        "Frames": "4",
        "Duration": "0.3 ms",
        "Range": "-80 to 40 mV (v)",
        "Percentile": "1 %: -78.8, 50 %: -20, 99 %: 38.8",
        "Spikes": "2",
    }


def test_info_as_json(command, layout, save):
    layout["meta"]["nan"] = float("nan")
    path = save(layout)
    code, text, errors = command("info", path, "--json")
    assert (code, errors) == (0, "")
    figures = json.loads(text)
    assert figures.pop("percentiles") == pytest.approx({"1": -78.8, "50": -20, "99": 38.8})
    assert figures == {
        "file": str(path),
        "size_bytes": path.stat().st_size,
        "format_version": 2,
        "created_by": "by hand",
        "source": "a test",
        "quantity": "v",
        "unit": "mV",
        "meta": {"temperature_C": 6.3, "nan": None},
        "cells": [
            {"name": "Pyramidal[0]", "gid": 7, "sections": 3, "spikes": 2},
            {"name": "Basket[0]", "gid": None, "sections": 1, "spikes": None},
        ],
        "sections": 4,
        "sections_by_type": {"soma": 2, "dend": 1, "axon": 1},
        "segments": 6,
        "points": 8,
        "frames": 4,
        "start_ms": 0.0,
        "duration_ms": 0.3,
        "interval_ms": None,
        "lowest": -80.0,
        "highest": 40.0,
        "values_not_finite": 0,
        "more": [],
        "spikes": 2,
        "connections": 0,
        "layouts": [],
        "synapses": None,
        "surfaces": None,
        "classes": [],
    }


def test_info_shows_what_stands_out(command, layout, save, array):
    layout["cells"][1]["spikes"] = array(range(40), "<f8")
    layout["more"] = {"cai": {"unit": "mM", "values": array(np.full((4, 6), 0.5), "<f4")}}
    path = save(layout)
    table = rows(command("info", path)[1])
    assert table["Spikes"] == "42 (median 21 per cell, most 40 in Basket[0])"
    assert table["Also"] == "cai 0.5 to 0.5 mM"
    (more,) = json.loads(command("info", path, "--json")[1])["more"]
    assert (more["name"], more["unit"], more["percentiles"]["50"]) == ("cai", "mM", 0.5)


def test_info_of_the_older_format_invents_no_time(command, older, save):
    older[1]["Voltage"][1][:] = np.nan, np.inf, -np.inf
    path = save(older)
    table = rows(command("info", path)[1])
    assert table["Format"] == "older (list of sections)"
    assert table["Duration"] == "unknown: files in the older format store no times"
    assert table["Spikes"] == "not recorded"
    assert table["Not finite"] == "3 values"
    assert table["Range"] == "-65.1 to 0.2 mV (v)"
    figures = json.loads(command("info", path, "--json")[1])
    assert (figures["duration_ms"], figures["interval_ms"], figures["spikes"]) == (None, None, None)


def test_regular_frames_have_an_interval(command, layout, save, array):
    layout["time"] = array([5, 5.1, 5.2, 5.3], "<f8")
    table = rows(command("info", save(layout))[1])
    assert table["Frames"] == "4, one every 0.1 ms"
    assert table["Duration"] == "0.3 ms, from 5 ms on"


def test_small_values_and_single_ones_are_shown(command, layout, save, array):
    values = np.full((4, 6), 5e-5)
    values[1, 0], values[0, 0] = 2.34567e-4, np.nan
    layout["values"] = array(values, "<f4")
    layout["quantity"] = {"name": "cai", "unit": "mM"}
    table = rows(command("info", save(layout))[1])
    assert table["Range"] == "5e-05 to 0.0002346 mM (cai)"
    assert table["Not finite"] == "1 value"


def test_lines_are_whole_where_there_is_no_terminal(command, layout, save, in_terminal):
    layout["cells"][0]["name"] = " ".join(["Pyramidal"] * 20)
    path = save(layout, name="x" * 120 + ".pickle")
    lines = command("info", path)[1].splitlines()
    assert f"File        {path}" in lines
    assert f"Cells       2 ({layout['cells'][0]['name']}, Basket[0])" in lines
    in_terminal()
    assert max(map(len, command("info", path)[1].splitlines())) < 110, "a terminal has a width"


def test_characters_that_the_output_does_not_know(tmp_path):
    (tmp_path / "a.swc").write_text("1 1 0 0 0 5 -1\n2 3 0 50 0 1 1\n")
    done = subprocess.run(
        [sys.executable, "-m", "spike_export", "swc", "a.swc", "--check"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 points in 2 sections" in done.stdout
    assert "?m long; no errors found" in done.stdout


def test_what_is_read_is_not_replaced(command, layout, save, tmp_path):
    part = save(layout)
    (tmp_path / "a.swc").write_text("1 1 0 0 0 5 -1\n2 3 0 50 0 1 1\n")
    (tmp_path / "a.csv").write_text("cell,time\n1,2\n")
    (tmp_path / "link.swc").symlink_to("a.swc")
    before = part.read_bytes()
    for arguments in (
        ("swc", "a.swc", "-o", "link.swc"),
        ("from-spikes", "a.csv", "-o", "a.csv"),
        ("from-spikes", "a.csv", "--connections", "a.swc", "-o", "a.swc"),
        ("merge", "run.pickle", "-o", "run.pickle"),
    ):
        code, _, errors = command(*arguments, "--force")
        assert (code, errors) == (
            1, f"Error: Cannot write {arguments[-1]}: the command reads it.\n"
        )  # fmt: skip
    assert (tmp_path / "a.swc").read_text().startswith("1 1 0")
    assert (tmp_path / "a.csv").read_text().startswith("cell")
    assert part.read_bytes() == before


def test_text_of_a_file_is_neither_markup_nor_commands(command, layout, save):
    layout["source"] = "[red]a[/red] [/x] :smile: \x1b[2J\nb\ud800"
    layout["cells"][0]["name"] = "[link=file:///x]cell[/link]"
    code, table, _ = command("info", save(layout))
    assert code == 0
    assert rows(table)["Model"] == "[red]a[/red] [/x] :smile: ?[2J?b?"
    assert rows(table)["Cells"] == "2 ([link=file:///x]cell[/link], Basket[0])"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty (0 bytes)"),
        (b"text", "it is not a simulation file: it is not a pickle of protocol 2 or newer"),
        ({"format": "spike-export", "version": 4}, "format version 4"),
        ([], "it holds no sections"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_file_that_cannot_be_read(command, save, content, reason, options):
    code, output, errors = command("info", save(content), *options)
    assert (code, output) == (1, "")
    assert errors.startswith("Error: Cannot read run.pickle: ")
    assert reason in errors
    assert errors.count("\n") == 1


def test_a_file_that_is_missing(command, tmp_path):
    code, output, errors = command("info", tmp_path / "no.pickle")
    assert (code, output) == (1, "")
    assert errors == "Error: Cannot read no.pickle: file not found.\n"


@pytest.fixture
def quick(monkeypatch, layout, save):
    """A demo without NEURON."""
    simulation = read(save(layout))
    calls = []

    def simulate(tstop_ms, every_ms, progress, variables):
        calls.append((tstop_ms, every_ms, *variables))
        progress(tstop_ms)
        return simulation

    monkeypatch.setattr(demo_neuron, "simulate", simulate)
    return calls


@pytest.mark.usefixtures("h")
def test_demo_writes_and_shows_a_file(command, quick, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, output, errors = command("demo")
    assert (code, errors) == (0, "")
    assert quick == [(6.0, 0.05, "v")]
    assert rows(output)["File"] == "demo.pickle"
    assert read("demo.pickle").source == "a test"
    assert command("demo", "-o", "x.pickle", "--tstop", 2, "--every", 0.5)[0] == 0
    assert quick[1] == (2.0, 0.5, "v")
    assert read("x.pickle").n_frames == 4
    assert command("demo", "-o", "y.pickle", "--field")[0] == 0
    assert quick[2] == (6.0, 0.05, "v", "i_membrane_")
    monkeypatch.setattr(demo_synapses, "simulate", demo_neuron.simulate)
    assert command("demo", "-o", "z.pickle", "--kind", "synapses")[0] == 0
    assert quick[3] == (20.0, 0.125, "v")


def test_demo_into_a_folder_that_is_missing(command, quick, tmp_path):
    path = tmp_path / "no" / "x.pickle"
    code, _, errors = command("demo", "-o", path)
    assert code == 1
    assert errors == f"Error: Cannot write {path}: its folder does not exist.\n"
    assert not path.parent.exists()


@pytest.mark.parametrize(
    "options",
    [
        ("--every", "0"),
        ("--every", "-1"),
        ("--tstop", "0"),
        ("--every", "2", "--tstop", "1"),
        ("--every", "1", "--tstop", "1"),
        ("--every", "nan"),
        ("--tstop", "nan"),
        ("--tstop", "inf"),
        ("--tstop", "x"),
    ],
)
def test_demo_refuses_impossible_times(command, quick, tmp_path, monkeypatch, options):
    monkeypatch.chdir(tmp_path)
    code, _, errors = command("demo", *options)
    assert code == 2
    assert options[0].strip("-") in errors
    assert not quick
    assert not list(tmp_path.glob("demo*"))


def test_demo_without_neuron_says_how_to_get_it(command, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    # What Python makes of a module that is not there.
    monkeypatch.setitem(sys.modules, "neuron", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    code, _, errors = command("demo")
    assert code == 1
    assert "NEURON is not installed; install it with pip install 'spike-export[neuron]'" in errors
    assert not list(tmp_path.iterdir())


def test_reading_needs_no_neuron(layout, save):
    path = save(layout)
    code = f"""
import sys
sys.modules["neuron"] = None
import spike_export, spike_export.cli
assert spike_export.read({str(path)!r}).n_sections == 4
spike_export.write({str(path)!r}, spike_export.read({str(path)!r}))
assert "bpy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
def test_the_console_script(tmp_path):
    pytest.importorskip("neuron")
    script = Path(sys.executable).with_name("spike-export")
    if not script.exists():
        pytest.skip("spike-export is not installed beside this Python")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [script, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
        )

    # Two ends that no step hits: the last one is less than half a step before the end.
    run("demo", "-o", "run.pickle", "--tstop", "0.505", "--every", "0.1")
    simulation = read(tmp_path / "run.pickle")
    assert np.allclose(simulation.time_ms, [0, 0.1, 0.2, 0.3, 0.4, 0.5])
    assert simulation.created_by == f"spike-export {__version__}"
    figures = json.loads(run("info", "--json", "run.pickle").stdout)
    assert figures["frames"] == 6
    assert run("--version").stdout == f"spike-export, version {__version__}\n"


def test_help_explains_every_command(command):
    code, text, _ = command("-h")
    assert code == 0
    for name in main.commands:
        assert name in text
        code, own, _ = command(name, "--help")
        assert code == 0
        assert own.startswith("Usage: ")


def every_option(group: click.Group) -> Iterator[tuple[str, click.Option]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_option(command)
        yield from (
            (f"{name} {option.opts[-1]}", option)
            for option in command.params
            if isinstance(option, click.Option)
        )


def test_every_option_is_explained_and_names_its_default_in_one_way():
    for name, option in every_option(main):
        assert option.help, name
        assert "Without:" not in option.help, name


def test_no_summary_is_cut_off(command):
    for group in ((), ("figure",)):
        lines = command(*group, "--help")[1].splitlines()
        assert not [line for line in lines if line[:1] == " " and line.endswith("...")]


def test_no_command_takes_numbers_that_are_not_finite():
    """Of ranges, click lets NaN and infinity pass."""
    import click

    from spike_export.cli import main
    from spike_export.cli.console import Finite

    found = {}
    waiting = [((), main)]
    while waiting:
        path, one = waiting.pop()
        if isinstance(one, click.Group):
            context = click.Context(one)
            names = one.list_commands(context)
            waiting += [((*path, name), one.get_command(context, name)) for name in names]
        else:
            found |= {(*path, option.name): option.type for option in one.params}
    numbers = {
        where: kind
        for where, kind in found.items()
        if isinstance(kind, click.types.FloatParamType | click.FloatRange)
    }
    assert len(numbers) > 30
    assert [where for where, kind in numbers.items() if not isinstance(kind, Finite)] == []
    for text in ("nan", "inf", "-inf"):
        with pytest.raises(click.BadParameter):
            numbers["read", "every"].convert(text, None, None)
