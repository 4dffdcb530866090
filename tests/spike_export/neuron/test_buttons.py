# SPDX-License-Identifier: BSD-3-Clause
"""Buttons in the files of a model, which is not run."""

from __future__ import annotations

import pytest

from spike_export.neuron.buttons import Button, find_buttons


def test_buttons_of_hoc(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "more.hoc").write_text(
        'load_file("mosinit.hoc")\nxradiobutton("Slow", "slow(1, 2)", 1)\n'
    )
    (tmp_path / "mosinit.hoc").write_text(
        r"""
        load_file("nrngui.hoc")
        load_file(1, "more.hoc")  xopen("missing.hoc")
        // xbutton("old", "old()")
        /* xbutton("older",
                   "older()") */
        xpanel("http://a.b")
        xbutton("Fig. 1D // (left)","fig1d()")
        xbutton ( "again" , "fig1d()" )
        xbutton("file", "load_file(\"fig2.hoc\")")
        { xcheckbox("drug", &drug, "set_drug()") xstatebutton("x", &drug) }
        xbutton("run()")
        xbutton(label, "unknown label()")
        xbutton("", "")
        xbutton("cut off", "
        """
    )
    assert find_buttons(tmp_path / "mosinit.hoc", [tmp_path / "lib"]) == [
        Button("Fig. 1D // (left)", "fig1d()"),
        Button("file", 'load_file("fig2.hoc")'),
        Button("drug", "set_drug()"),
        Button("run()", "run()"),
        Button("Slow", "slow(1, 2)"),
    ]


def test_buttons_of_python_are_in_python(tmp_path):
    (tmp_path / "cell.hoc").write_text('xbutton("hoc", "go(\\"a\\")")\n')
    (tmp_path / "model.py").write_text(
        """
h.load_file('cell.hoc')  # h.xbutton("old", "old()")
h.xbutton("One", one)
h.xbutton('Two', (fig.two, (1, "a")))
h.xbutton("Three", "three()")
h.xcheckbox("Four", (state, "x"), four)
h.xbutton("Five", lambda: five(1))
"""
    )
    assert [button.command for button in find_buttons(tmp_path / "model.py")] == [
        "one()", 'fig.two(1, "a")', "h('three()')", "four()", "h('go(\"a\")')",
    ]  # fmt: skip


@pytest.mark.slow
def test_what_cannot_be_read_has_no_buttons(tmp_path):
    assert find_buttons(tmp_path / "gone.hoc") == []
    (tmp_path / "long.hoc").write_bytes(b"xbutton(" * 50_000 + b'"a" \xff\0')
    assert find_buttons(tmp_path / "long.hoc") == []
