# SPDX-License-Identifier: BSD-3-Clause
"""Names of cells and sections."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

# NEURON's name for an unnamed section: its address in memory.
_ADDRESS: Final = re.compile(r"__nrnsec_0x[0-9a-fA-F]+")


def hoc_owner(head: Any) -> Any:
    """Return the hoc template object that owns a section, or None."""
    from neuron import hoc

    owner = head.cell()
    return owner if isinstance(owner, hoc.HocObject) else None


def cell_key(head: Any) -> Any:
    """Return a key that is the same for all sections of a cell, and unique to it.

    Parameters
    ----------
    head : neuron Section
        One that has an owner, or the cell's first one.
    """
    owner = head.cell()
    if owner is None:
        return head
    # Python objects may all print alike; hoc objects get a new wrapper each time.
    return id(owner) if hoc_owner(head) is None else str(owner)


def cell_names(heads: Mapping[Any, Any], known: Mapping[Any, str]) -> dict[Any, str]:
    """Give all cells unique names.

    They are numbered as in hoc if Python gives them no name, or the same name to several.

    Parameters
    ----------
    heads : mapping
        From an object that represents a cell to its first section.
    known : mapping
        Names given by the package that made the cells; numbered if they are not unique.
    """
    given: dict[Any, str] = {}
    unnamed = set()
    for key, head in heads.items():
        owner = head.cell()
        given[key] = known.get(key) or (head.name() if owner is None else str(owner))
        if _ADDRESS.fullmatch(given[key]):
            given[key] = "cell"
            unnamed.add(key)
        elif given[key] == object.__repr__(owner):
            given[key] = type(owner).__name__
            unnamed.add(key)
    counts = Counter(given.values())
    names = {k: name for k, name in given.items() if counts[name] == 1 and k not in unnamed}
    taken = set(names.values())
    numbers: dict[str, Iterator[int]] = {}
    for key, name in given.items():
        if key not in names:
            following = numbers.setdefault(name, itertools.count())
            names[key] = next(
                numbered for number in following if (numbered := f"{name}[{number}]") not in taken
            )
    return names


def section_names(sections: Sequence[Any], cell_name: str) -> list[str]:
    """Name a cell's sections as NEURON does, with the cell's own name as prefix.

    Parameters
    ----------
    sections : sequence of neuron Section
        All of the cell.

    Returns
    -------
    list of str
        Sections without names are numbered: ``section[0]``.
    """
    numbers = itertools.count()
    names = []
    for section in sections:
        name: str = section.name()
        prefix = f"{section.cell()}."
        owned = name.startswith(prefix)
        own = name.removeprefix(prefix) if owned else name
        if _ADDRESS.fullmatch(own):
            own = f"section[{next(numbers)}]"
            owned = True
        names.append(f"{cell_name}.{own}" if owned else own)
    return names
