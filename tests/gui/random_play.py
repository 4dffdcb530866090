# SPDX-License-Identifier: GPL-3.0-or-later
"""Use controls at random, and undo and redo in between.

What a sequence does follows from its seed and its number alone, so one that fails can be played
again: ``SEED=1 SEQUENCE=17 make test-window ONLY=random``.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Iterator

import bpy
from controls import (
    Control,
    UnchangedError,
    controls_in_column,
    find_again,
    usable,
    use,
)
from happened_once import AGAIN, ONCE, first_line
from stages import LEFT, STAGES, Stage, is_shown, preferences, set_up
from undo_steps import History, listen
from window import Step, check, into_viewport, key, picture, show_panels, viewport, whole_panels

ACTS = 8
# In the middle there is most; at the edges there are small buttons.
_COLUMNS = {0.46: 4, 0.83: 2, 0.085: 1, 0.73: 1, 0.89: 1}
_SHADINGS = {"SOLID": 2, "MATERIAL": 1, "RENDERED": 2}
# Of colors, where colormaps are chosen, more than of others.
_FAVORED = ("color", "look")
# So many panels are looked at for a control.
_TRIES = 4


def play(environment: dict[str, str]) -> Step:
    """Play sequences, and say which was wrong and what it did.

    Parameters
    ----------
    environment : dict
        ``SEED`` (1); ``SEQUENCES``, how many (12); instead of that ``MINUTES``, how long, or
        ``SEQUENCE``, the number of a single one.
    """
    preferences()
    listen()
    # It stays in its folder: no sequence may depend on whether one before it made it.
    with viewport():
        bpy.ops.blender_brain.make_demo_atlas()
    seed = int(environment.get("SEED") or 1)
    played = 0
    for number in _numbers(environment):
        yield from _twice(seed, number)
        played += 1
    picture("the last sequence")
    check(bool(played), f"{played} random sequences of seed {seed} are undone and redone")


def _twice(seed: int, number: int) -> Step:
    """Play a sequence, and once more if it fails.

    Blender's own redo has lost a pointer between node groups once, which hundreds of plays of the
    same sequence did not show again. `run.py` names what happens once; what happens twice fails.
    """
    for attempt in (1, 2):
        done: list[str] = []
        try:
            yield from _sequence(seed, number, done)
        except Exception as error:
            told = "\n".join(f"  {what}" for what in done)
            again = f"SEED={seed} SEQUENCE={number} make test-window ONLY=random"
            print(f"FAILED: {error}\nIt came after:\n{told}\nAgain: {again}")
            print("\n".join(_node_groups()), flush=True)
            if attempt == 2:
                raise
            print(f"{AGAIN}{number}", flush=True)
            yield from key("ESC")
        else:
            if attempt == 2:
                print(f"{ONCE}{number}", flush=True)
            return


def _node_groups() -> Iterator[str]:
    """Describe which groups refer to which."""
    for group in bpy.data.node_groups:
        inside = {node.name: getattr(node, "node_tree", group) for node in group.nodes}
        refers = {name: one and one.name for name, one in inside.items() if one != group}
        yield f"  node group {group.name!r}: {group.users} users, refers to {refers}"


def _numbers(environment: dict[str, str]) -> Iterator[int]:
    if environment.get("SEQUENCE"):
        yield int(environment["SEQUENCE"])
        return
    minutes = float(environment.get("MINUTES") or 0)
    end, count = time.monotonic() + minutes * 60, int(environment.get("SEQUENCES") or 8)
    number = 0
    while time.monotonic() < end if minutes else number < count:
        yield number
        number += 1


def _sequence(seed: int, number: int, done: list[str]) -> Step:
    chance = random.Random(f"{seed} {number}")
    addon = chance.choice(sorted(STAGES))
    stage: Stage = chance.choice(STAGES[addon])
    (shading,) = chance.choices(list(_SHADINGS), list(_SHADINGS.values()))
    print(f"{first_line(number, seed)}{addon}, {stage.__name__}, {shading}", flush=True)

    def say(what: str) -> None:
        done.append(what)
        print(f"now: {what} (SEED={seed} SEQUENCE={number})", flush=True)

    yield from set_up(addon, stage, shading)
    history = History()
    # The two steps after the scene itself.
    first = history.active - 2
    for _ in range(ACTS):
        if chance.random() < 0.3:
            back = chance.randint(1, 3)
            say(f"undo {back}, redo {back - 1} or {back}")
            yield from into_viewport()
            yield from history.travel(min(back, history.active - first), back=True)
            yield from history.travel(back - chance.randint(0, 1), back=False)
        else:
            yield from _act(addon, chance, history, say)
    say("undo all, redo all")
    yield from into_viewport()
    yield from history.travel(history.active - first, back=True)
    yield from history.travel(len(history.names), back=False)


def _act(addon: str, chance: random.Random, history: History, say: Callable[[str], None]) -> Step:
    """Use a control, if one that can be used is found soon."""
    control = None
    for _ in range(_TRIES):
        control = yield from _some_control(addon, chance)
        if control is not None:
            break
    else:
        return
    say(control.name)
    try:
        yield from use(control, chance, history.note)
    except UnchangedError as error:
        # It is refused in a sentence, or grayed out, or has the value already.
        print(f"note: {error}", flush=True)
        yield from key("ESC")
        yield from into_viewport()
        history.note()
        return
    problem = history.after(control.name)
    assert not problem, problem


def _some_control(addon: str, chance: random.Random) -> Generator[None, None, Control | None]:
    """Put the pointer on a control of a panel, if that is shown and has one at this place."""
    panels = whole_panels(addon)
    weights = [3 if one.__name__.lower().endswith(_FAVORED) else 1 for one in panels]
    (panel,) = chance.choices(panels, weights)
    (column,) = chance.choices(list(_COLUMNS), list(_COLUMNS.values()))
    yield from show_panels(addon, of=panel)
    if not is_shown(addon):
        return None
    found = yield from controls_in_column(column)
    chosen = _one_of([one for one in found if usable(one, addon, LEFT)], chance)
    return None if chosen is None else (yield from find_again(chosen))


def _one_of(controls: list[Control], chance: random.Random) -> Control | None:
    colormaps = [one for one in controls if one.kind.partition("(")[0].endswith("colormap")]
    if colormaps and chance.random() < 0.5:
        return chance.choice(colormaps)
    return chance.choice(controls) if controls else None
