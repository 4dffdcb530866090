# SPDX-License-Identifier: BSD-3-Clause
"""Simulations and arrays to files: a new file is complete or does not exist.

`from_arrays` checks arrays and makes a simulation from them, `writer` writes it in the current
format and `older_writer` in the older one. `whole_file` is used to write every file here.
"""
