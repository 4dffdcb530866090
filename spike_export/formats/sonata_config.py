# SPDX-License-Identifier: BSD-3-Clause
"""SONATA configuration files: where the report, nodes, morphologies and spikes are.

As in the SONATA developer guide (https://github.com/AllenInstitute/sonata), with the variants used
by the Allen Institute and the Blue Brain Project.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

_LARGEST_CONFIG: Final = 16 << 20
_LONGEST_PATH: Final = 4096
_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


class ConfigError(ValueError):
    """A configuration that lacks something; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class NodeFile:
    """A nodes file, and what belongs to it."""

    path: Path
    types: Path | None = None
    morphologies: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EdgeFile:
    """An edges file, and the table of its types."""

    path: Path
    types: Path | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that a report needs.

    Attributes
    ----------
    report : Path
    nodes : tuple of NodeFile
    morphologies : Path or None
        The folder, unless a population has its own.
    spikes : Path or None
    quantity : str
        Name of the variable; empty if unknown.
    alternatives : mapping from str to Path
        Folders of morphologies in other formats, ``h5v1`` and ``neurolucida-asc``.
    edges : tuple of EdgeFile
    inputs : mapping from Path to str
        Files with the spikes of cells that are not simulated, and the population that these belong
        to if a file does not say; empty if unknown.
    """

    report: Path
    nodes: tuple[NodeFile, ...] = ()
    morphologies: Path | None = None
    spikes: Path | None = None
    quantity: str = ""
    alternatives: Mapping[str, Path] = field(default_factory=dict)
    edges: tuple[EdgeFile, ...] = ()
    inputs: Mapping[Path, str] = field(default_factory=dict)


def read_config(path: Path, wanted: Sequence[str] = ()) -> dict[str, Sources]:
    """Find what a simulation's configuration names.

    Parameters
    ----------
    path : Path
        The simulation's configuration, or one that names it and the circuit's.
    wanted : sequence of str
        Names of reports; all if empty.

    Returns
    -------
    dict
        From a report's name to all that it needs, in the order wanted or that of the file.

    Raises
    ------
    ConfigError
        Also if there are several reports, none of which is wanted, and one has not been written.
    """
    simulation, circuit = _both(path)
    folder = simulation.optional_path("output", "output_dir") or simulation.folder
    reports = _choose(simulation, wanted)
    files = {name: _report_file(simulation, folder, name, own) for name, own in reports.items()}
    lost = [file.name for file in files.values() if not file.exists()]
    if lost and len(reports) > 1 and not wanted:
        raise simulation.error(
            f"it names the reports {_listed(reports)}, but there is no {lost[0]}; choose by "
            "--report"
        )
    spikes = _spikes(simulation, folder)
    has_own = "spikes_file" in simulation.table("output")
    of_all = Sources(
        report=path,
        nodes=_nodes(circuit),
        morphologies=circuit.optional_path("components", "morphologies_dir"),
        spikes=spikes if has_own or spikes.exists() else None,
        alternatives=_folders(circuit, circuit.table("components").get("alternate_morphologies")),
    )
    return {
        name: replace(of_all, report=files[name], quantity=_quantity(settings))
        for name, settings in reports.items()
    }


def read_edges_config(path: Path) -> tuple[tuple[EdgeFile, ...], dict[Path, str]]:
    """Find the edges that a circuit's configuration names, and a simulation's input spikes.

    Parameters
    ----------
    path : Path
        As for `read_config`.

    Returns
    -------
    edges, inputs
        As in `Sources`.

    Raises
    ------
    ConfigError
    """
    simulation, circuit = _both(path)
    return _edges(circuit), _inputs(simulation)


def read_spikes_config(path: Path) -> tuple[Path, tuple[NodeFile, ...]]:
    """Find the spikes that a simulation's configuration names, and its nodes.

    Parameters
    ----------
    path : Path
        As for `read_config`.

    Returns
    -------
    spikes : Path
        The SONATA file or, if missing, BMTK's table.
    nodes : tuple of NodeFile
        The nodes files that exist.

    Raises
    ------
    ConfigError
    """
    simulation, circuit = _both(path)
    folder = simulation.optional_path("output", "output_dir") or simulation.folder
    spikes = _spikes(simulation, folder)
    table = simulation.table("output").get("spikes_file_csv")
    if not spikes.exists() and table is not None:
        spikes = _inside(simulation, folder, table, "the table of spikes")
    if not spikes.exists():
        raise simulation.error(f"there is no {spikes.name} in its output folder")
    return spikes, tuple(file for file in _nodes(circuit) if file.path.exists())


def _both(path: Path) -> tuple[_Config, _Config]:
    """Read a simulation's configuration, and the circuit's that belongs to it."""
    simulation = _Config(path)
    circuit_from = simulation
    if "reports" not in simulation.content and "simulation" in simulation.content:
        simulation = _Config(simulation.path_at("simulation"))
    for config in (simulation, circuit_from):
        if "network" in config.content:
            return simulation, _Config(config.path_at("network"))
    beside = simulation.folder / "circuit_config.json"
    has_own = "networks" in simulation.content or not beside.is_file()
    return simulation, simulation if has_own else _Config(beside)


def _spikes(config: _Config, folder: Path) -> Path:
    name = config.table("output").get("spikes_file", "spikes.h5")
    return _inside(config, folder, name, "the file of spikes")


def _choose(config: _Config, wanted: Sequence[str]) -> dict[str, dict[str, Any]]:
    reports = {
        name: settings
        for name, settings in config.table("reports").items()
        if isinstance(settings, dict)
        and settings.get("enabled") is not False
        and settings.get("type", "compartment") in ("compartment", "summation")
        and settings.get("module", "membrane_report") in ("membrane_report", "SaveReport")
    }
    for name in wanted:
        if name not in reports:
            raise config.error(
                f"it has no compartment report {name!r:.60}"
                + (f"; there are {_listed(reports)}" if reports else "")
            )
    if not reports:
        raise config.error(
            "it names no compartment report; give the simulation_config.json of a run, or the "
            f"report's own file; spike-export from-spikes {config.file_name} shows its spikes"
        )
    return {name: reports[name] for name in wanted} if wanted else reports


def _listed(reports: Iterable[str]) -> str:
    return ", ".join(repr(name[:60]) for name in list(reports)[:10])


def _report_file(config: _Config, folder: Path, name: str, settings: dict[str, Any]) -> Path:
    file_name = settings.get("file_name", f"{name}.h5")
    path = _inside(config, folder, file_name, f"the file of report {name!r:.60}")
    if not path.exists() and path.suffix != ".h5":
        return path.with_name(f"{path.name}.h5")
    return path


def _quantity(settings: dict[str, Any]) -> str:
    quantity = settings.get("variable_name", "")
    if isinstance(quantity, list) and len(quantity) == 1:
        quantity = quantity[0]
    return quantity if isinstance(quantity, str) else ""


def _nodes(circuit: _Config) -> tuple[NodeFile, ...]:
    found = []
    listed = circuit.table("networks").get("nodes", [])
    for entry in listed if isinstance(listed, list) else []:
        if not isinstance(entry, dict) or not isinstance(entry.get("nodes_file"), str):
            raise circuit.error("an entry of its networks' nodes has no nodes_file")
        types = entry.get("node_types_file")
        populations = entry.get("populations")
        folders = {
            name: circuit.resolve(settings["morphologies_dir"])
            for name, settings in (populations if isinstance(populations, dict) else {}).items()
            if isinstance(settings, dict) and isinstance(settings.get("morphologies_dir"), str)
        }
        found.append(
            NodeFile(
                circuit.resolve(entry["nodes_file"]),
                circuit.resolve(types) if isinstance(types, str) and types != "NULL" else None,
                folders,
            )
        )
    return tuple(found)


def _edges(circuit: _Config) -> tuple[EdgeFile, ...]:
    found = []
    listed = circuit.table("networks").get("edges", [])
    for entry in listed if isinstance(listed, list) else []:
        if not isinstance(entry, dict) or not isinstance(entry.get("edges_file"), str):
            raise circuit.error("an entry of its networks' edges has no edges_file")
        types = entry.get("edge_types_file")
        found.append(
            EdgeFile(
                circuit.resolve(entry["edges_file"]),
                circuit.resolve(types) if isinstance(types, str) and types != "NULL" else None,
            )
        )
    return tuple(found)


def _inputs(simulation: _Config) -> dict[Path, str]:
    found = {}
    for settings in simulation.table("inputs").values():
        if isinstance(settings, dict) and settings.get("input_type") == "spikes":
            name = settings.get("input_file", settings.get("spike_file"))
            nodes = settings.get("node_set")
            if isinstance(name, str) and name.endswith(".h5"):
                found[simulation.resolve(name)] = nodes if isinstance(nodes, str) else ""
    return found


def _folders(circuit: _Config, listed: object) -> dict[str, Path]:
    folders = listed if isinstance(listed, dict) else {}
    return {kind: circuit.resolve(own) for kind, own in folders.items() if isinstance(own, str)}


def _inside(config: _Config, folder: Path, name: object, what: str) -> Path:
    """Find an output file, which must be in the output folder."""
    if not isinstance(name, str) or not name:
        raise config.error(f"the name of {what} is not text")
    path = (folder / config.expand(name)).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise config.error(f"{what} is outside the output folder")
    return path


class _Config:
    """One file, with the variables of its manifest."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.folder = path.resolve().parent
        self.content = self._load()
        self._variables: dict[str, str] = {"configdir": str(self.folder)}
        for name, value in self.table("manifest").items():
            if isinstance(value, str):
                self._variables[name.removeprefix("$").strip("{}")] = value

    @property
    def file_name(self) -> str:
        return self._path.name

    def error(self, problem: str) -> ConfigError:
        return ConfigError(f"Cannot use {self._path.name}: {problem}.")

    def table(self, name: str) -> dict[str, Any]:
        found = self.content.get(name, {})
        if not isinstance(found, dict):
            raise self.error(f"its {name!r} is not an object")
        return found

    def path_at(self, name: str) -> Path:
        value = self.content.get(name)
        if not isinstance(value, str):
            raise self.error(f"its {name!r} is not a path")
        return self.resolve(value)

    def optional_path(self, table: str, name: str) -> Path | None:
        value = self.table(table).get(name)
        return self.resolve(value) if isinstance(value, str) else None

    def resolve(self, text: str) -> Path:
        return self.folder / self.expand(text)

    def expand(self, text: str) -> str:
        """Substitute the manifest's variables, which may contain each other."""
        original = text
        for _ in range(len(self._variables) + 1):
            if "\0" in text or len(text) > _LONGEST_PATH:
                break
            text, count = _VARIABLE.subn(self._value, text)
            if not count:
                return text
        raise self.error(
            f"the path {original!r:.60} is too long, or its variables refer to each other"
        )

    def _value(self, match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name not in self._variables:
            raise self.error(f"the variable ${name[:60]} is not in its manifest")
        return self._variables[name]

    def _load(self) -> dict[str, Any]:
        try:
            if not self._path.exists():
                raise ConfigError(f"Cannot read {self._path.name}: file not found.")
            if not self._path.is_file():
                raise self.error("it is not a regular file")
            with self._path.open("rb") as stream:
                data = stream.read(_LARGEST_CONFIG + 1)
            if len(data) > _LARGEST_CONFIG:
                raise self.error(f"it is larger than {_LARGEST_CONFIG >> 20} MiB")
            content = json.loads(data)
        except OSError as error:
            raise self.error(error.strerror or str(error)) from None
        except json.JSONDecodeError as error:
            raise self.error(f"it is not JSON: line {error.lineno}, {error.msg}") from None
        except ConfigError:
            raise
        except (ValueError, RecursionError):
            raise self.error("it is not JSON") from None
        if not isinstance(content, dict):
            raise self.error("it is not a JSON object")
        return content
