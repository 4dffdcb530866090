# SPDX-License-Identifier: GPL-3.0-or-later
"""The troubleshooting pages explain each sentence that the code can show, and no other."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
from sentences import GAP, ROOT, is_quoted, says, shown  # noqa: E402

PAGES = sorted((ROOT / "docs" / "troubleshooting").glob("*.md"))
# The first column of a row of a table holds one sentence, or several with the same cure.
ROWS = [
    cell
    for page in PAGES
    for cell in re.findall(r"^\| (`.+?`) \|", page.read_text(encoding="utf-8"), re.MULTILINE)
]
QUOTES = [quote for cell in ROWS for quote in re.findall(r"`(.+?)`(?:<br>|$)", cell)]


def test_pages_quote_sentences():
    assert len(PAGES) > 4
    assert len(shown()) > 400


def test_quotes_are_compared_as_a_whole():
    assert says("it is cut off after … bytes", "it is cut off after … bytes")
    assert not says("it is cut off after … frames", "it is cut off after … bytes")
    assert not says("bytes … it is cut off", "it is cut off after … bytes")


@pytest.mark.parametrize(
    "sentence",
    [
        "it is empty (0 bytes)",
        "Nothing had been recorded, so nothing is written.",
        "Spikes are missing, because … was not found.",
        "a zero byte: this is not a text file",
        "ffmpeg failed: …",
        "no morphology is known for it",
        "… had no values and were left out.",
        "No section matches …; the model has ….",
    ],
    ids=["raised", "echoed", "noted", "listed", "returned", "clause", "format", "variable"],
)
def test_sentences_are_found_however_they_are_shown(sentence):
    assert sentence in shown()


@pytest.mark.slow
@pytest.mark.parametrize("quote", QUOTES)
def test_quote_is_in_the_code(quote):
    assert is_quoted(quote)


@pytest.mark.parametrize("sentence", sorted(shown()))
def test_sentence_is_explained(sentence):
    """At least half of its own words are quoted, so that a search finds it."""
    words = len(sentence.replace(GAP, " ").split())
    best = max(
        (len(quote.replace(GAP, " ").split()) for quote in QUOTES if says(quote, sentence)),
        default=0,
    )
    assert 2 * best >= words, f"{shown()[sentence]} says it, no page explains it"
