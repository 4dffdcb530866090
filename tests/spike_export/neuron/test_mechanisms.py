# SPDX-License-Identifier: BSD-3-Clause
"""Where mechanisms are compiled to, and found."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spike_export.neuron.mechanisms import (
    MechanismsError,
    has_library,
    library_folder,
    load_mechanisms,
    source_folder,
)

MOD = "NEURON { SUFFIX spikey }\nASSIGNED { v }\nBREAKPOINT { }\n"


def files(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MOD if name.endswith(".mod") else "")
    return folder


@pytest.mark.parametrize(
    ("names", "asked", "sources", "place"),
    [
        (["x.mod", "main.hoc"], ".", ".", "."),
        (["mod/x.mod", "main.hoc"], ".", "mod", "."),
        (["mod/x.mod", "main.hoc"], "mod", "mod", "."),
        (["mod/x.mod", "y.mod", "main.hoc"], "mod", "mod", "mod"),
        (["mod/x.mod", "mod/main.py", "main.hoc"], "mod", "mod", "mod"),
        (["m/mechanisms/modfiles/x.mod"], "m/mechanisms", "m/mechanisms/modfiles", "m/mechanisms"),
        (["m/modfiles/x.mod"], "m/modfiles", "m/modfiles", "m"),
        (["m/mechanisms/x.mod"], "m/mechanisms", "m/mechanisms", "m/mechanisms"),
    ],
)
def test_the_library_comes_to_where_it_is_looked_for(tmp_path, names, asked, sources, place):
    root = files(tmp_path / "model", *names)
    found = source_folder(root / asked)
    assert found.resolve() == root / sources
    assert library_folder(found).resolve() == root / place


def test_several_folders_are_not_chosen_from(tmp_path):
    files(tmp_path, "a/x.mod", "b/y.mod")
    with pytest.raises(MechanismsError, match="but a, b in it do; give one of them"):
        source_folder(tmp_path)


@pytest.mark.parametrize(
    "library", ["x86_64/libnrnmech.so", "arm64/.libs/libnrnmech.so", "nrnmech.dll"]
)
def test_libraries_of_all_systems_are_known(tmp_path, library):
    assert not has_library(tmp_path)
    assert has_library(files(tmp_path, library))


def test_a_library_of_another_machine_is_not_taken_for_ours(tmp_path, capsys):
    pytest.importorskip("neuron")
    files(tmp_path, f"not_{platform.machine()}/libnrnmech.so")
    with pytest.raises(MechanismsError, match="compiled for another kind of machine"):
        load_mechanisms(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("finder", ["NEURON", "BMTK", "--mechanisms"])
def test_compiled_mechanisms_are_found(tmp_path, finder):
    pytest.importorskip("neuron")
    if not (shutil.which("g++") or shutil.which("c++") or shutil.which("clang++")):
        pytest.skip("needs a C++ compiler")
    folder = "mechanisms/modfiles" if finder == "BMTK" else "mod"
    files(tmp_path, f"{folder}/x.mod", "main.hoc")

    def run(*arguments: str, cwd: Path = tmp_path) -> str:
        done = subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "NEURON finds the mechanisms when a model is run in" in run(
        "-m", "spike_export", "compile", folder
    )
    # As BMTK loads what a configuration calls mechanisms_dir.
    load = "neuron.load_mechanisms('mechanisms');" if finder == "BMTK" else ""
    use = "s = neuron.h.Section(); s.insert('spikey'); print(s.has_membrane('spikey'))"
    if finder == "--mechanisms":
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "m.py").write_text(
            "import neuron\nh = neuron.h\nh.load_file('stdrun.hoc')\n"
            f"{use}\nh.finitialize(-65)\nh.continuerun(1)\n"
        )
        said = run("-m", "spike_export", "run", "../m.py", "--mechanisms", "../mod",
                   cwd=tmp_path / "elsewhere")  # fmt: skip
    else:
        said = run("-c", f"import neuron; {load} {use}")
    assert "True" in said
