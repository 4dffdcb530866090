# SPDX-License-Identifier: BSD-3-Clause
"""Which file of a package imports which other one, read from the source without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

Graph = Mapping[str, frozenset[str]]


def import_graph(package: Path) -> Graph:
    """Read what the files of a package import from each other.

    Parameters
    ----------
    package : Path
        Its folder. Links in it count as what they lead to.

    Returns
    -------
    mapping of str to frozenset of str
        For each file, by its dotted name within the package (``""`` for the package's own
        ``__init__.py``), the files that it names in an import, wherever that stands, except for the
        type checker's alone. A module's parent packages, which Python runs as well, do not count.
    """
    files = {_name(path.relative_to(package)): path for path in _sources(package)}
    return {
        name: frozenset(_imported(name, path, package.name, files.keys())) - {name}
        for name, path in files.items()
    }


def circle(graph: Graph) -> list[str]:
    """Find files that import each other, directly or through others.

    Returns
    -------
    list of str
        The files of one such circle, the first one again at its end; empty if there is none.
    """
    done: set[str] = set()

    def search(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name not in done:
            for target in sorted(graph[name]):
                if found := search(target, [*way, name]):
                    return found
            done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := search(name, []))), [])


def arrows_up(graph: Graph, rooms: Sequence[str]) -> list[str]:
    """List imports of a file from a room above the importing file's own.

    Parameters
    ----------
    graph : mapping of str to frozenset of str
        From `import_graph`.
    rooms : sequence of str
        Folders and files directly in the package, from the lowest one to the highest; ``""`` is
        the package's ``__init__.py``.

    Returns
    -------
    list of str
        ``"importing file -> imported file"``.

    Raises
    ------
    ValueError
        If a room of the package is not named, or a named one is not there.
    """
    present = {_room(name) for name in graph}
    if present != set(rooms):
        raise ValueError(f"these rooms are not the package's: {sorted(present ^ set(rooms))}")
    level = {room: index for index, room in enumerate(rooms)}
    return sorted(
        f"{name} -> {target}"
        for name, targets in graph.items()
        for target in targets
        if level[_room(target)] > level[_room(name)]
    )


def _room(name: str) -> str:
    return name.partition(".")[0]


def _sources(folder: Path) -> Iterable[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from _sources(path)
        elif path.suffix == ".py":
            yield path


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(name: str, path: Path, package: str, known: Iterable[str]) -> Iterable[str]:
    known = set(known)
    parts = [package, *filter(None, name.split("."))]
    # The package that an import with one dot begins at.
    here = parts if path.name == "__init__.py" else parts[:-1]
    for node in _at_run_time(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            targets = []
            for alias in node.names:
                file = f"{module}.{alias.name}"
                targets.append(file if file.removeprefix(f"{package}.") in known else module)
        else:
            continue
        for target in targets:
            if target == package or target.startswith(f"{package}."):
                within = target[len(package) + 1 :]
                if within in known:
                    yield within


def _at_run_time(node: ast.AST) -> Iterable[ast.AST]:
    """All nodes below one, without the branches of ``if TYPE_CHECKING:``."""
    for child in ast.iter_child_nodes(node):
        if (
            isinstance(child, ast.If)
            and isinstance(child.test, ast.Name)
            and child.test.id == "TYPE_CHECKING"
        ):
            for other in child.orelse:
                yield other
                yield from _at_run_time(other)
            continue
        yield child
        yield from _at_run_time(child)
