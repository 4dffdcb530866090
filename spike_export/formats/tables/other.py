# SPDX-License-Identifier: BSD-3-Clause
"""Files of arrays that are not read, and how to convert them."""

from __future__ import annotations

import re
import struct
from typing import Final

KNOWN_BY: Final = 8192
"""How many bytes of a file tell what it is."""

_HDF5: Final = "import h5py, numpy; numpy.save('out.npy', h5py.File('FILE')['NAME'][()])"
# Its numbers may be packed as integers with a scale, and have gaps: h5py and SciPy tell neither.
_NETCDF: Final = (
    "import netCDF4, numpy; numpy.save('out.npy', "
    "numpy.ma.filled(netCDF4.Dataset('FILE')['NAME'][:].astype(float), numpy.nan))"
)
_MATLAB: Final = "import scipy.io, numpy; numpy.save('out.npy', scipy.io.loadmat('FILE')['NAME'])"
_PARQUET: Final = (
    "import numpy, pandas; numpy.save('out.npy', pandas.read_parquet('FILE').to_numpy())"
)
_HDF5_START: Final = b"\x89HDF\r\n\x1a\n"
# After a user block.
_HDF5_PLACES: Final = (0, 512, 1024, 2048, 4096)
_NETCDF_STARTS: Final = (b"CDF\1", b"CDF\2", b"CDF\5")
_NETCDF_WORDS: Final = (b"_Netcdf4", b"_NCProperties", b"DIMENSION_SCALE")


def how_to_convert(content: bytes) -> str:
    """Say what a file is that is not read, and how to convert it.

    Parameters
    ----------
    content : bytes
        Its first `KNOWN_BY` bytes or more.

    Returns
    -------
    str
        To follow its name; empty for all other files.
    """
    content = content[:KNOWN_BY]
    if content.startswith(b"MATLAB 7.3 MAT-file"):
        # MATLAB stores columns first.
        return _sentence("a MATLAB 7.3 file", _HDF5.replace("[()]", "[()].T"))
    if content.startswith(_NETCDF_STARTS):
        return _sentence("a netCDF file", _NETCDF)
    if any(content.startswith(_HDF5_START, place) for place in _HDF5_PLACES):
        if any(word in content for word in _NETCDF_WORDS):
            return _sentence("a netCDF 4 file", _NETCDF)
        return _sentence("an HDF5 file", _HDF5)
    if content.startswith(b"MATLAB 5.0 MAT-file") or _is_matlab_4(content):
        return _sentence("a MATLAB file", _MATLAB)
    if content.startswith(b"PAR1"):
        return _sentence("a Parquet file", _PARQUET)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "it is a workbook of an older Excel; save the sheet as CSV"
    if content.startswith(b"\x1f\x8b"):
        return "it is compressed by gzip; unpack it first"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "it is a GIF; save the picture as PNG or TIFF"
    return ""


def _is_matlab_4(content: bytes) -> bool:
    """Tell whether it begins as such files do: with numbers about an array, and its name."""
    if len(content) < 21:
        return False
    for order in "<>":
        kind, rows, columns, complex_, length = struct.unpack(f"{order}5i", content[:20])
        numbers = kind in range(5000) and rows > 0 and columns > 0 and complex_ in (0, 1)
        if numbers and 1 < length <= 64:
            return re.fullmatch(rb"[A-Za-z]\w*\0", content[20 : 20 + length]) is not None
    return False


def _sentence(kind: str, code: str) -> str:
    return f'it is {kind}; save the array in it as .npy: python -c "{code}"'
