# SPDX-License-Identifier: BSD-3-Clause
"""The version of spike-export: here, and nowhere else."""

__version__ = "0.2.0"
