# SPDX-License-Identifier: GPL-3.0-or-later
"""Measurements, as ratios of paired runs in one process; run by ``make bench``."""
