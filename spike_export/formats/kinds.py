# SPDX-License-Identifier: BSD-3-Clause
"""What kind of file something is, from its content: one answer for all commands.

`recognize` tries the kinds with their own commands, then the modules in `adapters`, then all other
known kinds.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from . import adapters
from .content import Format, FormatError, Kind, unusable
from .import3d import kind_of
from .matrices import is_cell_name, is_time_name
from .peek import Peek
from .spike_arrays import PHY_TIMES, are_named

_ASC_WORD: Final = re.compile(
    r'\(\s*(?:CellBody|Axon|Dendrite|Apical|Color|ImageCoords|Thumbnail|Sections|"CellBody")',
    re.IGNORECASE,
)
_ARCHIVES: Final = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"GIF8", b"%PDF", b"RIFF")
_CONFIG_KEYS: Final = frozenset(["network", "networks", "components", "reports", "manifest", "run"])


def _is_swc(peek: Peek) -> bool:
    """Seven columns or more: integer id, type, parent, and a root; damaged ones by their name."""
    if peek.path.suffix.casefold() == ".swc" and peek.text:
        return True
    rows = [row for row in peek.number_rows if len(row) >= 7]
    fit = [row for row in rows if all(row[i].is_integer() for i in (0, 1, 6)) and row[5] >= 0]
    return (
        2 * len(fit) > len(peek.rows)
        and any(row[6] == -1 for row in fit)
        and len({row[0] for row in fit}) == len(fit)
    )


def _is_asc(peek: Peek) -> bool:
    lines = [line.strip() for line in peek.text.splitlines()]
    first = next((line for line in lines if line and not line.startswith(";")), "")
    return first.startswith(("(", '"')) and _ASC_WORD.search(peek.text) is not None


def _is_npz(peek: Peek) -> bool:
    return peek.head.startswith(b"PK\x03\x04") and b".npy" in peek.head[:300]


# Kinds with their own commands, tried before the adapters.
_OWN: Final = (
    Kind("sonata-report", "a SONATA report", "sonata FILE", lambda p: "report" in p.hdf5_names),
    Kind("sonata-spikes", "a SONATA spikes file", "from-spikes FILE",
         lambda p: "spikes" in p.hdf5_names),
    Kind("sonata-nodes", "a SONATA nodes file", "from-spikes SPIKES --positions FILE",
         lambda p: "nodes" in p.hdf5_names),
    Kind("sonata-edges", "a SONATA edges file", "from-spikes SPIKES --connections FILE",
         lambda p: "edges" in p.hdf5_names),
    # Of a run without reports, which may have spikes.
    Kind("sonata-config", "a SONATA configuration without reports", "from-spikes FILE",
         lambda p: {"network", "output"} <= p.json_keys and "reports" not in p.json_keys),
    Kind("sonata-config", "a SONATA configuration", "sonata FILE",
         lambda p: bool(p.json_keys & _CONFIG_KEYS)),
    Kind("spike-arrays", "an array of times or cells of spikes", "from-spikes FILE", are_named),
    Kind("neurolucida", "a Neurolucida file", "swc FILE", _is_asc),
    Kind("older-neurolucida", "an older Neurolucida file", "swc FILE",
         lambda p: kind_of(p.head) == "older Neurolucida"),
    Kind("eutectic", "a Eutectic file", "swc FILE", lambda p: kind_of(p.head) == "Eutectic"),
    Kind("morphml", "a cell in MorphML", "swc FILE",
         lambda p: "http://morphml.org/morphml/schema" in p.text and "segment" in p.text),
    Kind("swc", "an SWC file", "swc FILE", _is_swc),
)  # fmt: skip
_FOLDER: Final = Kind("phy", "a Kilosort or Phy folder", "from-spikes FILE", lambda _: False)
# Kinds tried after them.
_GENERAL: Final = (
    # Of spikes, for a multimeter's has an adapter.
    Kind("nest", "a recording of NEST's", "from-spikes FILE",
         lambda p: p.text.startswith("# NEST version")),
    Kind("pickle", "a pickle, as simulation files are", "info FILE", lambda p: p.is_pickle),
    Kind("mat", "a MATLAB file without a matrix", "", lambda p: p.head.startswith(b"MATLAB ")),
    Kind("neuroml-hdf5", "a NeuroML network in HDF5; save it as .nml", "",
         lambda p: "neuroml" in p.hdf5_names),
    Kind("hdf5", "an unknown kind of HDF5 file", "", lambda p: p.is_hdf5),
    Kind("npy", "a NumPy array, but not a matrix", "", lambda p: p.is_npy),
    Kind("npz", "an archive of NumPy arrays; save one of them as .npy", "", _is_npz),
    Kind("json", "an unknown kind of JSON file", "", lambda p: bool(p.json_keys)),
    Kind("neurolucida-xml", "a Neurolucida file in XML; save it as .asc", "",
         lambda p: p.xml_tag == "mbf"),
    Kind("xml", "an unknown kind of XML file", "", lambda p: bool(p.xml_tag)),
    Kind("archive", "an archive; unpack it first", "", lambda p: p.head.startswith(_ARCHIVES)),
    Kind("picture", "a picture or a film", "", lambda p: p.head.startswith(_PICTURES)),
    Kind("places", "a table of positions", "from-spikes SPIKES --positions FILE",
         lambda p: {"x", "y", "z"} <= set(p.column_names)),
    Kind("table", "a table", "from-spikes FILE",
         lambda p: any(len(row) > 1 for row in p.number_rows) or (
             any(map(is_cell_name, p.column_names)) and any(map(is_time_name, p.column_names)))),
    Kind("text", "a text", "", lambda p: bool(p.text) or not p.head),
    Kind("data", "an unknown kind of data", "", lambda _: True),
)  # fmt: skip


def formats() -> list[Format]:
    """Collect ``FORMAT`` from the modules in `adapters`, in the order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules(adapters.__path__))
    modules = [importlib.import_module(f"{adapters.__name__}.{name}") for name in names]
    return [module.FORMAT for module in modules]


def recognize(path: Path) -> Kind:
    """Detect what kind of file something is.

    Returns
    -------
    Kind
        A `Format` if ``spike-export read`` reads it.

    Raises
    ------
    FormatError
        If it cannot be read.
    """
    if (path / PHY_TIMES).is_file():
        return _FOLDER
    if not path.is_file():
        is_there = "it is not a regular file" if path.exists() else "file not found"
        is_there = "it is a folder" if path.is_dir() else is_there
        raise FormatError(f"Cannot read {path.name or path}: {is_there}.")
    try:
        peek = Peek(path)
        return next(kind for kind in (*_OWN, *formats(), *_GENERAL) if kind.matches(peek))
    except OSError as error:
        raise FormatError(f"Cannot read {path.name}: {error.strerror}.") from None


def expect(path: Path, names: Iterable[str]) -> None:
    """Refuse a file that another command reads, and name that command.

    Parameters
    ----------
    path : Path
        Files that are missing or cannot be opened are left to the reader.
    names : iterable of str
        The accepted kinds.

    Raises
    ------
    FormatError
    """
    if not path.is_file():
        return
    kind = recognize(path)
    if kind.name not in names:
        raise refusal(path, kind)


def is_hdf5(path: Path) -> bool:
    """Whether a file is HDF5, whatever its name, or has such a name and is damaged."""
    is_called_so = path.suffix.casefold() in (".h5", ".hdf5")
    return path.is_file() and (Peek(path).is_hdf5 or (is_called_so and not Peek(path).json_keys))


def is_json(path: Path) -> bool:
    """Whether a file contains a JSON object, whatever its name; False if it does not exist."""
    return path.is_file() and bool(Peek(path).json_keys)


def refusal(path: Path, kind: Kind) -> FormatError:
    """Make the error that says what a file is, and which command reads it."""
    if not kind.command:
        is_empty = path.is_file() and not path.stat().st_size
        return unusable(path, "it is empty" if is_empty else f"it is {kind.what}")
    command = kind.command.replace("FILE", path.name)
    return unusable(path, f"it is {kind.what}; use spike-export {command}")
