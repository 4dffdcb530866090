# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are not read, and the line that converts each: NWB, MATLAB, HERBS's pickles."""

from __future__ import annotations

from typing import Final

from ..point_set import Peek, PointFormat, PointSet
from ..tables import TableError

_HDF5: Final = b"\x89HDF\r\n\x1a\n"
_MATLAB: Final = b"MATLAB 5.0 MAT-file"
_NWB: Final = (
    "python -c \"from pynwb import NWBHDF5IO as N; N('{name}').read().electrodes.to_dataframe()"
    ".to_csv('electrodes.csv')\""
)
_MAT: Final = (
    "in MATLAB, load('{name}'); writematrix(cat(1, probe_ccf.trajectory_coords), 'probe.csv') for "
    "AP_histology, writematrix(pointList.pointList{{1}}(:, [3 2 1]), 'probe.csv') for SHARP-Track; "
    "then choose voxels of 10 µm"
)
_PICKLE: Final = (
    "python -c \"import pickle, numpy as n; s = pickle.load(open('{name}', 'rb'))['data'];"
    " n.save('probe.npy', n.concatenate(s['sites_vox']))\"; then choose voxels of 10 µm, the axes "
    "ML, AP, DV, and Flip for all three"
)


_ADVICE: Final = {
    "MATLAB": ("it is MATLAB's", _MAT),
    "HDF5": ("it is NWB or other HDF5", _NWB),
    "pickle": ("it is a pickle, as HERBS saves it, which can run programs when read", _PICKLE),
}


def _kind(peek: Peek) -> str:
    suffix = peek.path.suffix.casefold()
    if peek.begin.startswith(_MATLAB) or (_HDF5 in peek.begin and suffix == ".mat"):
        return "MATLAB"
    if _HDF5 in peek.begin:
        return "HDF5"
    is_pickle = peek.begin[:1] == b"\x80" and peek.begin[1:2] in (
        b"\x02",
        b"\x03",
        b"\x04",
        b"\x05",
    )
    return "pickle" if is_pickle or suffix in (".pkl", ".pickle") else ""


def _read(peek: Peek) -> PointSet:
    what, how = _ADVICE[_kind(peek)]
    how = how.format(name=peek.path.name)
    raise TableError(f"{peek.path.name}: {what}; convert it by {how}.")


FORMAT: Final = PointFormat("files of other programs", 5, lambda peek: bool(_kind(peek)), _read)
