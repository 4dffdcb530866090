# SPDX-License-Identifier: BSD-3-Clause
"""The process in which NEURON's Import3d reads one file: ``tracing`` to ``sections.json``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

_READERS: Final = {
    "Neurolucida": "Import3d_Neurolucida3",
    "older Neurolucida": "Import3d_Neurolucida_read",
    "Eutectic": "Import3d_Eutectic_read",
    "MorphML": "Import3d_MorphML",
}


class _Cell:
    """The owner of the sections."""

    all: list[Any]

    def __str__(self) -> str:
        """Return the prefix of the sections' names."""
        return "cell"


def main(kind: str, types: list[int]) -> None:
    """Read the file checked by `import3d`; NEURON's output goes to standard output."""
    from neuron import h

    h.load_file("stdrun.hoc")
    h.load_file("import3d.hoc")
    reader = getattr(h, _READERS[kind])()
    # If NEURON stops at an error, it returns nothing instead of 0.
    if reader.input("tracing") is None:
        return
    for section, found in zip(reader.sections, types, strict=False):
        section.type = found
        reader.type.append(found)
    cell = _Cell()
    h.Import3d_GUI(reader, 0).instantiate(cell)
    number = {section: index for index, section in enumerate(cell.all)}
    sections = []
    for section in cell.all:
        parent = section.parentseg()
        sections.append(
            {
                "name": section.name().removeprefix("cell."),
                "parent": -1 if parent is None else number[parent.sec],
                "x": 0.0 if parent is None else parent.x,
                "points": [
                    (section.x3d(i), section.y3d(i), section.z3d(i), section.diam3d(i))
                    for i in range(section.n3d())
                ],
            }
        )
    Path("sections.json").write_text(json.dumps(sections), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
