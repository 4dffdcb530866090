# SPDX-License-Identifier: BSD-3-Clause
"""Files of arrays that are not read, and how to convert them."""

from __future__ import annotations

from typing import Final

_HDF5: Final = "import h5py, numpy; numpy.save('out.npy', h5py.File('FILE')['NAME'][()])"
_OTHERS: Final = (
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file, such as those of netCDF 4", _HDF5),
    (
        b"CDF",
        "a netCDF file",
        "import scipy.io, numpy; numpy.save('out.npy', "
        "scipy.io.netcdf_file('FILE', mmap=False).variables['NAME'][:])",
    ),
    (
        b"MATLAB 5.0 MAT-file",
        "a MATLAB file",
        "import scipy.io, numpy; numpy.save('out.npy', scipy.io.loadmat('FILE')['NAME'])",
    ),
)


def how_to_convert(content: bytes) -> str:
    """Say what a file is that is not read, and how to convert it.

    Parameters
    ----------
    content : bytes
        Its first 1024 bytes or more.

    Returns
    -------
    str
        To follow its name; empty for all other files.
    """
    if content.startswith(b"MATLAB 7.3 MAT-file"):
        # MATLAB stores columns first.
        return _sentence("a MATLAB 7.3 file", _HDF5.replace("[()]", "[()].T"))
    for start, kind, code in _OTHERS:
        if content.startswith(start) and (start != b"CDF" or content[3:4] in b"\1\2\5"):
            return _sentence(kind, code)
    return ""


def _sentence(kind: str, code: str) -> str:
    return f'it is {kind}; save the array in it as .npy: python -c "{code}"'
