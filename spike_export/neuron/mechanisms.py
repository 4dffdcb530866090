# SPDX-License-Identifier: BSD-3-Clause
"""Compiled mechanisms: where NEURON's compiler puts them, and where they are found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

# BMTK and SONATA keep them in a folder with this name, and look for the library beside it.
_SONATA_FOLDER = "modfiles"
_MODELS = ("*.hoc", "*.py", "*.ses")


class MechanismsError(RuntimeError):
    """Mechanisms that are missing, or in several places; the text says where."""


def load_mechanisms(folder: Path) -> None:
    """Load the compiled mechanisms of a folder.

    Parameters
    ----------
    folder : Path
        Where `nrnivmodl` ran, or the folder with the .mod files that `library_folder` is for.

    Raises
    ------
    MechanismsError
        If there are none, or none for this machine; the text gives the command that compiles them.
    RuntimeError
        If NEURON cannot load them.
    """
    import neuron

    for place in dict.fromkeys((folder, library_folder(folder))):
        if has_library(place):
            # NEURON loads those in the working folder when imported, and does not load any twice.
            if place.resolve() != Path.cwd() and not neuron.load_mechanisms(str(place)):
                raise MechanismsError(
                    f"The mechanisms in {place} were compiled for another kind of machine; compile "
                    f"them for this one with spike-export compile {folder}."
                )
            return
    raise MechanismsError(
        f"{folder} contains no compiled mechanisms; compile them with spike-export compile "
        f"{folder}."
    )


def has_library(folder: Path) -> bool:
    """Whether a folder is one where `nrnivmodl` has run."""
    return next(_libraries(folder), None) is not None


def _libraries(folder: Path) -> Iterator[Path]:
    # On Linux and macOS in a folder named after the processor, on Windows beside the .mod files.
    for pattern in ("*/libnrnmech.*", "*/.libs/libnrnmech.*", "nrnmech.dll"):
        yield from folder.glob(pattern)


def source_folder(folder: Path) -> Path:
    """Find the .mod files: in a folder itself, or in its only subfolder with some.

    Raises
    ------
    MechanismsError
        If there are none, or several folders have them.
    """
    if not folder.is_dir():
        raise MechanismsError(f"There is no folder {folder}.")
    if any(folder.glob("*.mod")):
        return folder
    inside = sorted({path.parent for path in folder.glob("*/*.mod")})
    if len(inside) > 1:
        raise MechanismsError(
            f"{folder} contains no .mod files, but {', '.join(path.name for path in inside)} in it "
            "do; give one of them."
        )
    if not inside:
        raise MechanismsError(
            f"{folder} contains no .mod files; give the folder that contains them."
        )
    return inside[0]


def library_folder(sources: Path) -> Path:
    """Where the library of a folder's .mod files is searched for, and so where it should be.

    NEURON searches the folder in which a model is run, and BMTK the one that contains ``modfiles``.

    Parameters
    ----------
    sources : Path
        The folder with the .mod files.

    Returns
    -------
    Path
        The folder itself; or its parent, if `sources` is called ``modfiles``, or if the model is
        there and not beside the .mod files, unless the parent has .mod files too.
    """
    real = sources.resolve()
    above = real.parent
    if any(above.glob("*.mod")):
        return sources
    if real.name == _SONATA_FOLDER or (_has_model(above) and not _has_model(real)):
        return above
    return sources


def _has_model(folder: Path) -> bool:
    return any(next(folder.glob(pattern), None) is not None for pattern in _MODELS)
