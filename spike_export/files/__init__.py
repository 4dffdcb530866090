# SPDX-License-Identifier: BSD-3-Clause
"""Simulations and arrays to files: a new file is complete or it is not there.

`from_arrays` checks arrays and makes a simulation of them, `writer` writes it in the present
format and `older_writer` in the older one. `whole_file` is how every file here is written.
"""
