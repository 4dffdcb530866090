# SPDX-License-Identifier: GPL-3.0-or-later
"""An extension's own command: ``blender -b -c NAME …``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import bpy

from . import stage
from .frames import exit_code


class Command:
    """A command of Blender's command line that makes films, while an extension is enabled.

    Parameters
    ----------
    name : str
        An identifier; the extension's own.
    parse : callable
        Reads the command's arguments.
    build : callable
        Returns the scene to render, by the options.
    """

    def __init__(
        self,
        name: str,
        parse: Callable[[list[str]], argparse.Namespace],
        build: Callable[[argparse.Namespace], bpy.types.Scene],
    ) -> None:
        self.name, self._parse, self._build = name, parse, build
        self._handle: Any = None

    def add(self) -> None:
        """Let Blender know the command."""
        utils: Any = bpy.utils
        self._handle = utils.register_cli_command(self.name, self.run)

    def remove(self) -> None:
        """Let Blender forget the command."""
        utils: Any = bpy.utils
        if self._handle is not None:
            utils.unregister_cli_command(self._handle)
            self._handle = None

    def run(self, arguments: list[str]) -> int:
        """Build the scene, render, encode, and return the exit code."""
        return exit_code(self.make, arguments)

    def make(self, arguments: list[str]) -> None:
        """Build the scene, render, encode."""
        options = self._parse(arguments)
        stage.render_film(self._build(options), options)
