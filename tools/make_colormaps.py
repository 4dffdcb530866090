# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the colormap table that the add-ons ship.

The colors are taken from the installed `LIBRARIES`, whose versions are recorded in the table, and
from the text files in `COLORS`. The same versions and files give the same table, byte for byte,
under the same zlib.

The few that every page of ``spike-export web`` offers are written for it, too, as JSON: for each
name 256 sRGB-encoded colors as hexadecimal bytes.

Arrays in the file (``M`` maps, ``K`` aliases):

- ``names`` (M,) and ``sources`` (M,): strings, ordered by source, then name ignoring case;
- ``stops`` (M, 256, 3): uint16, sRGB-encoded, full scale 65535;
- ``aliases`` (K, 2): strings, a left-out name and the listed name with the same colors;
- ``libraries`` (L,) and ``versions`` (L,): strings.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.colors import ListedColormap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

STOPS = 256
LIBRARIES = {"matplotlib": "matplotlib", "seaborn": "seaborn.cm", "cmasher": "cmasher"}
"""Package name to the module whose import registers its maps with matplotlib."""
FILES = "files"
"""The source name of colormaps from files here."""
ROOT = Path(__file__).resolve().parents[1]
COLORS = ROOT / "tools" / "colormaps"
"""The folder of colormaps in text files, each with the colormap's name."""
DEFAULT_OUTPUT = ROOT / "blender_addons" / "common" / "colormaps" / "colormaps.npz"
PAGES = ROOT / "spike_export" / "web" / "page_colormaps.json"
"""The file of those that pages offer."""
ON_PAGES = (
    "plasma", "viridis", "inferno", "magma", "cividis", "turbo", "rocket", "mako", "cmr.ember",
    "hot", "gray", "jet", "coolwarm", "RdBu", "Spectral", "icefire",
)  # fmt: skip
"""Names of those, in the order in which they are offered."""


def collect_sources() -> dict[str, str]:
    """Find every forward colormap of the libraries.

    Returns
    -------
    dict of str to str
        Registered name to source library, in matplotlib's order of registration.

    Raises
    ------
    RuntimeError
        If matplotlib is configured to build its maps with a number of entries other than 256, or if
        a library was already imported, so that its maps cannot be told from others.
    """
    # A user's matplotlibrc may change this, and every table entry would change with it.
    if matplotlib.rcParams["image.lut"] != STOPS:
        raise RuntimeError("matplotlib's image.lut setting must be 256 to make this table")
    sources: dict[str, str] = {}
    for library, module in LIBRARIES.items():
        # They have no type information, and a dynamic import needs no exemption from the type
        # checker.
        importlib.import_module(module)
        new = [name for name in matplotlib.colormaps if name not in sources]
        if not new:
            raise RuntimeError(f"{library} has registered no colormaps; was it imported before?")
        sources |= dict.fromkeys(new, library)
    for path in sorted(COLORS.glob("*.txt")):
        matplotlib.colormaps.register(read_colors(path))
        sources[path.stem] = FILES
    return {name: library for name, library in sources.items() if not name.endswith("_r")}


def read_colors(path: Path) -> ListedColormap:
    """Read a colormap from a text file.

    Parameters
    ----------
    path : Path
        One line per color: red, green and blue, sRGB-encoded, 0 to 1; comments after ``#``. The
        colors fill equal parts of the colormap and are not interpolated, so a smooth one has 256 or
        more.

    Returns
    -------
    ListedColormap
        Named as the file.

    Raises
    ------
    ValueError
        If the file contains anything else, or has the name of another colormap.
    """
    if path.stem in matplotlib.colormaps or path.stem.endswith("_r"):
        raise ValueError(f"{path.name}: a colormap cannot be named {path.stem} here.")
    try:
        colors = np.loadtxt(path, ndmin=2)
    except ValueError as problem:
        raise ValueError(f"{path.name} is not a table of numbers: {problem}.") from None
    if colors.shape[1:] != (3,) or len(colors) < 2:
        raise ValueError(f"{path.name} has no two rows of red, green and blue.")
    if not np.all((colors >= 0) & (colors <= 1)):
        raise ValueError(f"{path.name} has a number that is not from 0 to 1.")
    return ListedColormap(colors, path.stem)


def sample(name: str) -> NDArray[np.uint16]:
    """Sample a registered colormap at the centers of 256 equal bins.

    Parameters
    ----------
    name : str
        Name in matplotlib's registry.

    Returns
    -------
    ndarray of uint16, shape (256, 3)
        sRGB-encoded red, green and blue, full scale 65535.

    Raises
    ------
    ValueError
        If the map is partly transparent, which the table cannot store.
    """
    # Bin centers work for every length of map: entry i of a 256-entry map, an even thinning of a
    # longer one, and for a qualitative map runs of equal stops with its colors unmixed.
    rgba = np.asarray(matplotlib.colormaps[name]((np.arange(STOPS) + 0.5) / STOPS))
    if not np.all(rgba[:, 3] == 1.0):
        raise ValueError(f"colormap {name} is not opaque")
    return np.rint(rgba[:, :3] * 65535.0).astype("<u2")


def build() -> dict[str, NDArray[Any]]:
    """Make all arrays of the table.

    Returns
    -------
    dict of str to ndarray
        The arrays that the module's docstring describes.
    """
    sources = collect_sources()
    order = {name: position for position, name in enumerate(sources)}
    stops = {name: sample(name) for name in sources}

    # Maps with the same colors are listed once, under the shortest name (gray, not gist_gray),
    # or where that ties the one that its library registers first (gray, not grey).
    listed: dict[bytes, str] = {}
    aliases: dict[str, str] = {}
    for name in sorted(sources, key=lambda name: (len(name), order[name])):
        first = listed.setdefault(stops[name].tobytes(), name)
        if first != name:
            aliases[name] = first
    names = sorted(listed.values(), key=lambda name: (sources[name], name.casefold(), name))

    # Byte order is spelled out so that the file does not depend on the machine.
    def text(values: object) -> NDArray[Any]:
        array = np.array(values, dtype=np.str_)
        return array.astype(array.dtype.newbyteorder("<"))

    return {
        "names": text(names),
        "sources": text([sources[name] for name in names]),
        "stops": np.stack([stops[name] for name in names]),
        "aliases": text(sorted(aliases.items())).reshape(-1, 2),
        "libraries": text(sorted(LIBRARIES)),
        "versions": text([importlib.metadata.version(library) for library in sorted(LIBRARIES)]),
    }


def write(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write arrays to an npz file whose bytes depend only on the arrays.

    Parameters
    ----------
    path : Path
        File to write.
    arrays : dict of str to ndarray
        Arrays of any shape, by name.
    """
    # np.savez_compressed does not guarantee the dates it writes, so the archive is made here.
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, array, version=(1, 0), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # otherwise Windows and the others write different bytes
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, buffer.getvalue(), compresslevel=9)


def page_colormaps() -> str:
    """Make the text of the colormaps that pages offer."""
    bins = (np.arange(STOPS) + 0.5) / STOPS
    colors = {name: np.asarray(matplotlib.colormaps[name](bins))[:, :3] for name in ON_PAGES}
    rows = {
        name: np.rint(rgb * 255).astype(np.uint8).tobytes().hex() for name, rgb in colors.items()
    }
    return json.dumps(rows, indent=0) + "\n"


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; by default those of the process.
    """
    parser = argparse.ArgumentParser(description="Write the colormap table that the add-ons ship.")
    parser.add_argument(
        "output", nargs="?", type=Path, default=DEFAULT_OUTPUT, help="file to write (%(default)s)"
    )
    output: Path = parser.parse_args(argv).output
    arrays = build()
    write(output, arrays)
    print(f"{len(arrays['names'])} colormaps, {output.stat().st_size} bytes: {output}")
    if output == DEFAULT_OUTPUT:
        PAGES.write_text(page_colormaps(), encoding="utf-8", newline="\n")
        print(f"{len(ON_PAGES)} of them for pages: {PAGES}")


if __name__ == "__main__":
    main()
