# SPDX-License-Identifier: GPL-3.0-or-later
"""What the extensions share; nothing here registers anything in Blender."""
