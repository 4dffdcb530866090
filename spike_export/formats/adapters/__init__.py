# SPDX-License-Identifier: BSD-3-Clause
"""Files of other programs, one module for each format; `kinds` finds what is in this folder.

A module's ``FORMAT`` says how its files are recognized and what is in them; nothing else needs to
know about it.
"""
