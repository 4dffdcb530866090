# SPDX-License-Identifier: BSD-3-Clause
"""The exception of films for the browser."""


class WebFilmError(ValueError):
    """A film that cannot be made; the text is one sentence."""
