# SPDX-License-Identifier: BSD-3-Clause
"""Other programs' files: `swc` tracings, `sonata` reports and circuits, `spike_files`.

`kinds` detects what a file is from its content; `adapters` are the formats that `read` reads, one
module each, which return `content`.

Files come from strangers, so each is read with limits, and each error names the file and the place.
`hdf5` does this for all HDF5 files.
"""
