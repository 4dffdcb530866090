# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels and color bars in the camera's picture, placed by `label_layout`."""
