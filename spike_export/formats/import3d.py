# SPDX-License-Identifier: BSD-3-Clause
"""Tracings other than SWC, read by NEURON's own Import3d: Neurolucida, Eutectic, MorphML.

Import3d trusts whatever it reads: it stops in the middle of a damaged file and keeps what it has,
and its XML reader evaluates names from the file as Python. So a file is checked here first, and
read in a separate process, in an empty folder.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal
from xml.parsers import expat

import numpy as np

from .swc import Finding, Sections, SwcError

Kind = Literal["SWC", "Neurolucida", "older Neurolucida", "Eutectic", "MorphML"]

_LARGEST_FILE: Final = 100 << 20
_LONGEST_LINE: Final = 1_000
_MOST_LINES: Final = 1_000_000
_LONGEST_RUN_S: Final = 600
_FARTHEST_UM: Final = 1e6
_THINNEST_UM: Final = 1e-3
_SHORTEST_UM: Final = 1e-4

_LOOKED_AT: Final = 1 << 16
_NUMBER: Final = rb"[+-]?[\d.]+(?:[eE][+-]?\d+)?"
# How the first meaningful line begins, in the order of detection.
_BEGINNINGS: Final[dict[Kind, re.Pattern[bytes]]] = {
    "MorphML": re.compile(rb"<(?:\?xml|neuroml|morphml)"),
    "Neurolucida": re.compile(rb"\(|;\s*V3"),
    "older Neurolucida": re.compile(rb"\[\d+,\d+\]\s*\("),
    "Eutectic": re.compile(
        rb"\d+\s+(?:[MTB]TO|CP|FS|SB|BP|NE|ES|[MTB]AE|S[OC][SPE]|O[SE]|OCP|D[SE]|DCP)\s+\d"
    ),
    "SWC": re.compile(rb"(?:" + _NUMBER + rb"[\s,;]+){2}"),
}
# The format of lines in files with one point per line.
_LINES: Final[dict[Kind, re.Pattern[bytes]]] = {
    "older Neurolucida": re.compile(
        rb"\[\d+,\d+\]\s*\((?:\s*" + _NUMBER + rb"\s*,){2}\s*" + _NUMBER + rb"\s*\)\s*" + _NUMBER
    ),
    "Eutectic": re.compile(rb"\d+\s+[A-Z]{2,3}\s+\d+(?:\s+" + _NUMBER + rb"){4}"),
}
_NAMESPACE: Final = re.compile(r"http://morphml\.org/[a-z]+/schema")
_PAIR: Final = re.compile(rb'"[^"\n]*"|;[^\n]*|[()]|\n|[^\s,]')
_TYPES: Final = {"soma": 1, "axon": 2, "apic": 4, "dend": 3}


@dataclass(frozen=True, slots=True, eq=False)
class Tracing:
    """Sections of a cell, and what NEURON said about the file."""

    sections: Sections
    notes: tuple[str, ...]


def kind_of(data: bytes) -> Kind:
    """Detect the format of a tracing, as NEURON does, from the first meaningful line.

    Parameters
    ----------
    data : bytes
        The file, or its beginning.

    Returns
    -------
    {"SWC", "Neurolucida", "older Neurolucida", "Eutectic", "MorphML"}
        SWC if no line is conclusive.
    """
    for line in data[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").splitlines():
        for kind, beginning in _BEGINNINGS.items():
            if beginning.match(line.strip()):
                return kind
    return "SWC"


def read(path: Path, unit_um: float = 1.0) -> Tracing:
    """Read a tracing in a format other than SWC.

    Parameters
    ----------
    unit_um : float
        The unit of the file's numbers, in µm.

    Raises
    ------
    SwcError
        If it is damaged, malicious, or has more than one cell.
    ModuleNotFoundError
        If NEURON is not installed.
    OSError
        If it cannot be read.
    """
    with path.open("rb") as stream:
        data = stream.read(_LARGEST_FILE + 1)
    kind = kind_of(data)
    if len(data) > _LARGEST_FILE:
        raise _error(f"it is larger than {_LARGEST_FILE >> 20} MiB")
    types: list[int] = []
    if kind == "MorphML":
        types = _check_xml(data)
    else:
        _check_text(data)
        if kind == "Neurolucida":
            _check_pairs(data)
        else:
            _check_lines(data, kind)
    if importlib.util.find_spec("neuron") is None:
        raise ModuleNotFoundError(name="neuron")
    found, notes = _import(data, kind, types)
    return Tracing(_sections(found, unit_um), notes)


def _error(problem: str, line: int = 0) -> SwcError:
    return SwcError([Finding(line, problem)])


def _check_text(data: bytes) -> None:
    zero = data.find(b"\0")
    if zero >= 0:
        raise _error("a zero byte: this is not a text file", data.count(b"\n", 0, zero) + 1)
    lines = data.split(b"\n")
    if len(lines) > _MOST_LINES:
        raise _error(f"it has more than {_MOST_LINES:,} lines")
    for number, line in enumerate(lines, 1):
        if len(line) > _LONGEST_LINE:
            raise _error(f"it is longer than {_LONGEST_LINE:,} characters", number)


def _check_lines(data: bytes, kind: Kind) -> None:
    """Refuse lines after the first point that NEURON would skip as titles."""
    begun = False
    for number, line in enumerate(map(bytes.strip, data.split(b"\n")), 1):
        is_point = _LINES[kind].match(line) is not None
        if begun and line and not is_point and not line.startswith((b";", b"#")):
            raise _error("this line is not a point", number)
        begun |= is_point or _BEGINNINGS[kind].match(line) is not None


def _check_pairs(data: bytes) -> None:
    """Refuse what NEURON would read only in part without an error."""
    line, opened = 1, []
    for token in _PAIR.finditer(data):
        match token[0][:1]:
            case b"\n":
                line += 1
            case b"(":
                opened.append(line)
            case b")":
                if not opened:
                    raise _error("a bracket closes here that was not opened", line)
                opened.pop()
            case b";":
                pass
            case _ if not opened:
                raise _error("there is text outside all brackets", line)
    if opened:
        raise _error(
            "a bracket opens here that is never closed: the file is incomplete or damaged",
            opened[0],
        )


def _check_xml(data: bytes) -> list[int]:
    """Types of the cables in the order in which NEURON reads them, by their groups' names."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _error("its text is not UTF-8") from None
    parser = expat.ParserCreate(namespace_separator=" ")
    cables: dict[str, str] = {}
    open_tags: list[str] = []
    cable = group = ""

    def refuse(*_: Any) -> None:
        raise _error("it declares entities or a document type", parser.CurrentLineNumber)

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal cable, group
        namespace, _, name = tag.rpartition(" ")
        if not (_NAMESPACE.fullmatch(namespace) and re.fullmatch(r"[A-Za-z]\w*", name)):
            raise _error(
                "it is XML, but neither MorphML nor NeuroML 1, the only XML formats that NEURON "
                "reads",
                parser.CurrentLineNumber,
            )
        open_tags.append(name)
        if len(open_tags) > 100:
            raise _error("its elements are nested too deeply", parser.CurrentLineNumber)
        if name == "segment":
            cables.setdefault(attributes.get("cable", ""), "")
        elif name == "cablegroup":
            group = attributes.get("name", "")
        elif name == "cable":
            cable = attributes.get("id", "")
            words("".join([group, " ", attributes.get("name", "")]))

    def end(_: str) -> None:
        nonlocal group
        if open_tags.pop() == "cablegroup":
            group = ""

    def words(text: str) -> None:
        if cable in cables and len(cables[cable]) < 1000:
            cables[cable] += f" {text}"

    def characters(text: str) -> None:
        if open_tags and open_tags[-1] == "group":
            words(text)

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = characters
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise _error(f"it is not XML: {expat.ErrorString(error.code)}", error.lineno) from None
    return [
        next((kind for word, kind in _TYPES.items() if word in words.casefold()), 0)
        for words in cables.values()
    ]


def _import(data: bytes, kind: Kind, types: list[int]) -> tuple[Any, tuple[str, ...]]:
    """Read the file in a separate process; return what it found, and what NEURON printed."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "tracing"), Path(folder, "sections.json")
        source.write_bytes(data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n"))
        try:
            ended = subprocess.run(
                [sys.executable, "-m", f"{__package__}.import3d_process", kind, json.dumps(types)],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LONGEST_RUN_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _error(f"NEURON did not read it within {_LONGEST_RUN_S} s") from None
        said = ended.stdout.decode("utf-8", "replace").replace("\r", "\n").splitlines()
        said = [" ".join(line.split()) for line in said]
        if not target.is_file():
            line = next((int(m[1]) for s in said if (m := re.match(r"line (\d{1,9}): ", s))), 0)
            problem = "NEURON cannot read this line" if line else "NEURON cannot read it"
            raise _error(problem, line)
        return json.loads(target.read_text("utf-8")), _notes(said)


def _notes(said: list[str]) -> tuple[str, ...]:
    """Convert what NEURON printed to sentences, without progress and headings."""
    dull = re.compile(r"\d+ lines read|tracing problems|ignore \{.*|\W*")
    lines = [line for line in said if not dull.fullmatch(line)]
    return tuple(f"NEURON says: {line.rstrip('.')}." for line in lines)


def _sections(found: Any, unit_um: float) -> Sections:
    if not found:
        raise _error("NEURON finds no cell in it")
    roots = [section["name"] for section in found if section["parent"] < 0]
    if len(roots) > 1:
        raise _error(
            f"it holds {len(roots):,} unconnected trees, the first two being "
            f"{roots[0]} and {roots[1]}; NEURON joins trees to a contour named CellBody or Soma, "
            "and each cell needs its own file"
        )
    points = [np.array(section["points"], np.float64) * unit_um for section in found]
    for section, shape in zip(found, points, strict=True):
        name = section["name"]
        if not np.isfinite(shape).all() or np.abs(shape).max() > _FARTHEST_UM:
            raise _error(f"{name} has a point that is not within {_FARTHEST_UM:,.0f} µm of 0")
        if (shape[:, 3] < _THINNEST_UM).any():
            raise _error(f"{name} has a point without a diameter")
        if np.linalg.norm(np.diff(shape[:, :3], axis=0), axis=1).sum() < _SHORTEST_UM:
            raise _error(f"{name} has no length: all its points are in the same place")
    return Sections(
        names=tuple(section["name"] for section in found),
        parents=np.array([section["parent"] for section in found], np.int32),
        parent_x=np.array([section["x"] for section in found], np.float64),
        point_counts=np.array([len(shape) for shape in points], np.int32),
        points_um=np.concatenate(points),
        lines=(0,) * len(found),
    )
