# SPDX-License-Identifier: GPL-3.0-or-later
"""H.264 in MP4."""

from ..frames import H264

FORMAT = H264
