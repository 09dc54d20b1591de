"""Every explorer and quest as a page: it is drawn, says something else in each frame, and is light."""

import base64
import inspect

import pytest

from cnncourse.course import chapters
from cnncourse.course.frames import make_explorer
from cnncourse.course.static_form import StaticForm


def _functions():
    """Each function that a chapter defines, with its place."""
    for chapter in chapters.names():
        for module in chapters.modules(chapter):
            for name, function in vars(module).items():
                if inspect.isfunction(function) and function.__module__ == module.__name__:
                    yield f"{chapter}.{name}", function


EXPLORERS = {name: function for name, function in _functions() if getattr(function, "choices", None)}
QUESTS = {
    name: function
    for name, function in _functions()
    if not inspect.signature(function).parameters and "quest" in function.__code__.co_names
}


def test_explorers_and_quests_are_found():
    # Few enough that live explorers may replace some; none would mean that nothing is looked at below.
    assert len(EXPLORERS) >= 10
    assert len(QUESTS) >= 10


@pytest.mark.parametrize("name", EXPLORERS)
def test_an_explorer_is_light_and_says_something_else_in_each_frame(name):
    _check(make_explorer(EXPLORERS[name], {}))


@pytest.mark.parametrize("name", QUESTS)
def test_a_quest_is_light_and_says_something_else_in_each_frame(name, shown):
    QUESTS[name]()
    _check(shown[0])


def _check(explorer):
    form = StaticForm(explorer)
    assert inspect.getdoc(explorer.draw)
    assert explorer.title[0].isupper()
    alts = [frame.alt for frame in form.frames]
    assert len(set(alts)) == len(alts)
    assert all(any(character.isdigit() for character in alt) for alt in alts)
    # Narrow enough for a phone, where the picture shrinks: its letters must not.
    assert form.frames[0].width <= 480
    sizes = [len(base64.b64encode(frame.picture)) for frame in form.frames]
    assert max(sizes) < 45_000
    assert len(form.html) < 1_000_000


@pytest.mark.parametrize("name", QUESTS)
def test_a_quest_can_be_solved_but_not_by_looking_away(shown, name):
    QUESTS[name]()
    explorer = shown[0]
    verdicts = {position: explorer.solved(**explorer.values(position)) for position in explorer.positions()}
    assert not verdicts[explorer.start][0]
    assert 1 <= sum(solved for solved, _ in verdicts.values()) <= len(verdicts) / 6
    assert all(hint.strip().endswith((".", "?")) for _, hint in verdicts.values())
    assert len(verdicts) <= 36
