"""Quizzes: the stored questions obey the schema, the HTML is static and the same each time."""

import json
import re
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from cnncourse.course import quiz, quizzes
from cnncourse.course.chapters import FOLDER
from cnncourse.course.quizzes import quiz_names

SCHEMA = json.loads(Path(quizzes.__file__).with_name("quiz.schema.json").read_text(encoding="utf-8"))


def stored(name: str) -> dict:
    return json.loads((FOLDER / name / "quiz.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", quiz_names())
def test_questions_obey_the_schema(name):
    jsonschema.Draft202012Validator(SCHEMA).validate(stored(name))


def test_the_schema_is_valid_and_can_fail():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    breaks = (
        lambda q: q["questions"][0]["choices"][0].update(right=True, text="x"),
        lambda q: [choice.pop("right", None) for choice in q["questions"][0]["choices"]],
        lambda q: q["questions"][0]["choices"][0].pop("why"),
        lambda q: q["questions"][0]["choices"][0].update(why="$x^2$"),
        lambda q: q["questions"][0].update(question="<b>bold</b>"),
        lambda q: q.pop("title"),
        lambda q: q["questions"].clear(),
    )
    for damage in breaks:
        broken = stored("convolution")
        assert validator.is_valid(broken)
        broken["questions"][0]["choices"].sort(key=lambda choice: choice.get("right", False))
        damage(broken)
        assert not validator.is_valid(broken)


@pytest.mark.parametrize("name", quiz_names())
def test_questions_are_fair(name):
    """No choice twice, code spans closed, and the right answer not always in the same place."""
    places = set()
    for question in quiz(name).questions:
        texts = [choice.text for choice in question.choices]
        assert len(set(texts)) == len(texts)
        places.add(next(i for i, choice in enumerate(question.choices) if choice.right))
        for text in (question.question, *texts, *(choice.why for choice in question.choices)):
            assert text.count("`") % 2 == 0
    assert len(places) >= 3


def lengths(question) -> tuple[int, list[int]]:
    """The length of the right choice, and those of the wrong ones."""
    right = next(len(choice.text) for choice in question.choices if choice.right)
    return right, [len(choice.text) for choice in question.choices if not choice.right]


@pytest.mark.parametrize("name", quiz_names())
def test_the_right_choice_cannot_be_seen_from_afar(name):
    """In each quiz, neither the length of a choice nor its place says that it is the right one."""
    questions = quiz(name).questions
    sizes = [lengths(question) for question in questions]
    assert 2 * sum(right > max(wrong) for right, wrong in sizes) <= len(questions)
    assert 2 * sum(right < min(wrong) for right, wrong in sizes) <= len(questions)
    assert all(right <= max(1.4 * max(wrong), max(wrong) + 6) for right, wrong in sizes)


def test_over_the_book_length_and_place_say_nothing():
    """Of four choices by chance: the longest, the shortest and each place are right one time in four."""
    questions = [question for name in quiz_names() for question in quiz(name).questions]
    sizes = [lengths(question) for question in questions]
    places = [[choice.right for choice in question.choices].index(True) for question in questions]
    shares = {
        "longest": np.mean([right > max(wrong) for right, wrong in sizes]),
        "shortest": np.mean([right < min(wrong) for right, wrong in sizes]),
        **{f"place {place}": np.mean(np.equal(places, place)) for place in range(4)},
    }
    assert all(0.08 < share < 1 / 3 for share in shares.values()), shares


@pytest.mark.parametrize("name", quiz_names())
def test_html_is_static(name):
    page = quiz(name)._repr_html_()
    assert page == quiz(name)._repr_html_()
    assert not re.search(r"https?:|//cdn|url\(|@import|\bid=|src=", page)
    assert page.count("<fieldset>") == page.count("<legend>") == len(quiz(name).questions)
    assert page.count('type="radio"') == sum(len(question.choices) for question in quiz(name).questions)
    assert len(page) < 40_000


def test_text_form_has_questions_and_answers():
    text = str(quiz("convolution"))
    assert "1. A 3 × 3 kernel" in text
    assert "   b) 26 × 26" in text
    assert "1b. 28 − 3 + 1 = 26" in text


def test_unknown_quiz_names_a_near_one():
    with pytest.raises(ValueError, match="Did you mean 'convolution'"):
        quiz("convolutions")
    with pytest.raises(ValueError, match="no quiz 7"):
        quiz(7)
