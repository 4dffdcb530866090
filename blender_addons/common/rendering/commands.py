# SPDX-License-Identifier: GPL-3.0-or-later
"""An extension's own command: ``blender -b -c NAME …``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from .frames import exit_code


class Command:
    """A command of Blender's command line, for as long as an extension is enabled.

    Parameters
    ----------
    name : str
        An identifier; the extension's own.
    main : callable
        Gets the command's arguments.
    """

    def __init__(self, name: str, main: Callable[[list[str]], None]) -> None:
        self._name, self._main = name, main
        self._handle: Any = None

    def add(self) -> None:
        """Let Blender know the command."""
        utils: Any = bpy.utils
        self._handle = utils.register_cli_command(self._name, self.run)

    def remove(self) -> None:
        """Let Blender forget the command."""
        utils: Any = bpy.utils
        if self._handle is not None:
            utils.unregister_cli_command(self._handle)
            self._handle = None

    def run(self, arguments: list[str]) -> int:
        """Do it, and return the exit code."""
        return exit_code(self._main, arguments)
