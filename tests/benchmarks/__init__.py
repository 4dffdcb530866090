# SPDX-License-Identifier: GPL-3.0-or-later
"""Measurements, most of them as ratios of two things in turn; run by ``make bench``."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# The add-ons, and what the tests share.
sys.path[:0] = [str(ROOT / "blender_addons"), str(ROOT / "tests")]
