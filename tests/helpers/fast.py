# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cases of a test `make test-fast` runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def fast_first(
    names: str | tuple[str, ...], cases: Iterable[Any], *, fast: int = 1, **options: Any
) -> pytest.MarkDecorator:
    """Parametrize a test, with all cases but the first marked as slow; see `parametrize`."""
    alone = isinstance(names, str) and "," not in names

    def marked(number: int, case: Any) -> Any:
        if number < fast:
            return case
        given = isinstance(case, type(pytest.param()))
        values = case.values if given else [case] if alone else case
        marks = case.marks if given else ()
        identifier = case.id if given else None
        return pytest.param(*values, marks=[*marks, pytest.mark.slow], id=identifier)

    return pytest.mark.parametrize(
        names, [marked(number, case) for number, case in enumerate(cases)], **options
    )
