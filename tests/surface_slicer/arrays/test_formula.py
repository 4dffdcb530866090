# SPDX-License-Identifier: GPL-3.0-or-later
"""Formulas against Python's own evaluation, and everything they may not contain."""

from __future__ import annotations

import time

import numpy as np
import pytest
from surface_slicer.arrays import formula
from surface_slicer.arrays.heightmap import HeightmapError

X, Y = np.meshgrid(np.linspace(-1, 2, 7), np.linspace(0.5, 3, 5))


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "3",
        "-x + +y",
        "x**2 - y/3 + 2*x*y",
        "x // .3 + y % .7",
        "exp(-(x-.25)**2/.02) * sin(2*pi*y)",
        "hypot(x, y) - arctan2(y, x)",
        "where(x > 0, sqrt(abs(x)), -1)",
        "minimum(x, y) + maximum(x, 1) * tanh(y) - log(y) ** e",
        "(x <= y) + 2*(x != 0.5) - (y == 3)",
        "clip(x, 0, 1) + sinc(x) + floor(y) + log10(y) + cosh(x)",
        formula.DEFAULT,
    ],
)
def test_as_numpy_computes_it(text):
    """The same text, run by Python with NumPy's functions."""
    names = {name: getattr(np, name) for name in formula._FUNCTIONS}
    with np.errstate(all="ignore"):
        expected = eval(text, {"x": X, "y": Y, "pi": np.pi, "e": np.e, **names})
    found = formula.evaluate(text, {"x": X, "y": Y})
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, np.broadcast_to(expected, X.shape), rtol=1e-15)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("x +", "ends too early"),
        ("z", "'z'"),
        ("sni(x)", "did you mean 'sin'"),
        ("__import__('os').system('true')", "__import__('os')"),
        ("().__class__", "().__class__"),
        ("x.real", "x.real"),
        ("(lambda: 1)()", "lambda"),
        ("[i for i in x]", "[i for i in x]"),
        ("'a' * 9", "'a'"),
        ("True", "True"),
        ("1j", "1j"),
        ("x[0]", "x[0]"),
        ("x and y", "x and y"),
        ("not x", "not x"),
        ("x if y else 0", "x if y else 0"),
        ("0 < x < 1", "0 < x < 1"),
        ("~x", "~x"),
        ("x @ y", "x @ y"),
        ("(y := x)", "y := x"),
        ("f'{x}'", "f'{x}'"),
        ("sin(x, y)", "sin takes 1 value, not 2"),
        ("sin(a=x)", "sin(a=x)"),
        ("sin(*x)", "*x"),
        ("exp", "'exp'"),
        ("x; y", "cannot be read"),
        ("x\0", "cannot be read"),
        ("x" * 3000, "3,000 characters"),
        ("+".join("x" * 900), "parts"),
        ("-" * 1500 + "x", "1,000 parts"),
        ("(" * 150 + "x" + ")" * 150 + "(", "cannot be read"),
        ("-" * 300 + "x", "nested too deeply"),
        ("1" + "0" * 1000, "too large"),
    ],
)
def test_what_a_formula_may_not_contain(text, words):
    """One sentence each that shows the part, and nothing is run."""
    with pytest.raises(HeightmapError) as caught:
        formula.evaluate(text, {"x": X, "y": Y})
    sentence = str(caught.value)
    assert words in sentence and len(sentence) < 200 and "\n" not in sentence


def test_towers_of_powers_take_no_time():
    """Python's integers would fill the memory."""
    began = time.process_time()
    assert np.isposinf(formula.evaluate("9**9**9**9", {"x": X})).all()
    assert (formula.evaluate("0*(9**9**9 > 1)", {"x": X}) == 0).all()
    assert time.process_time() - began < 5


def test_no_value_is_nan_or_infinite():
    """Division by zero and roots of negative numbers raise and warn of nothing."""
    zeros = np.zeros(3)
    assert np.isinf(formula.evaluate("1/x", {"x": zeros})).all()
    assert np.isnan(formula.evaluate("0/x + log(-1) + x % 0", {"x": zeros})).all()


def test_sampling_covers_the_range():
    """First and last column and row lie at the ends."""
    found = formula.sampled("x + 10*y", 3, 5, (1.0, 2.0), (-1.0, 1.0))
    np.testing.assert_allclose(found[0], 1 + np.arange(5) / 4 - 10)
    np.testing.assert_allclose(found[:, -1], [-8, 2, 12])
