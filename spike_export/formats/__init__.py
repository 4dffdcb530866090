# SPDX-License-Identifier: BSD-3-Clause
"""What others write: `swc` tracings, `sonata` reports and circuits, `spike_files` with spike times.

`kinds` tells what a file is, by its content; `adapters` are the formats that `read` takes, each in
a module of its own, which gives `content`.

Files come from strangers, so each is read with limits, and each error names the file and the place.
`hdf5` does that for all HDF5 files.
"""
