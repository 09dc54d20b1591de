"""What must hold for every exercise: run over all of them, with all their wrong answers."""

import copy

import numpy as np
import pytest
import torch

from cnncourse.course import check, names, solution
from cnncourse.course.calls import call
from cnncourse.course.exercises import Exercise
from cnncourse.course.find import exercise_named

ALL = names()
FUNCTIONS = [name for name in ALL if exercise_named(name).wants_function]
VALUES = [name for name in ALL if not exercise_named(name).wants_function]
MISTAKES = [(name, i) for name in ALL for i in range(len(exercise_named(name).mistakes))]


def run_cell(text: str, exercise: Exercise) -> object:
    """Run the text of a cell as a notebook would, with NumPy imported, and return the answer."""
    namespace = {"np": np}
    exec(compile(text, f"<cell of {exercise.name}>", "exec"), namespace)
    return namespace[exercise.variable]


def mapped(value: object, change) -> object:
    """Apply `change` to each returned value."""
    return tuple(change(part) for part in value) if isinstance(value, tuple) else change(value)


def changed_output(function, change):
    """The same function with changed output, under the same signature."""
    return lambda *args: mapped(function(*args), change)


@pytest.mark.parametrize("name", ALL)
def test_stub_is_not_attempted(name):
    result = check(name, run_cell(exercise_named(name).stub, exercise_named(name)))
    assert (result.status, bool(result)) == ("not attempted", False)


@pytest.mark.parametrize("name", ALL)
def test_solution_text_passes(name):
    result = check(name, run_cell(solution(name), exercise_named(name)))
    assert result.status == "pass", str(result)


@pytest.mark.parametrize("name, number", MISTAKES)
def test_every_wrong_answer_fails_with_its_hint(name, number):
    mistake = exercise_named(name).mistakes[number]
    result = check(name, mistake.answer)
    assert result.status == "fail", f"it solves all cases; drop it or add a case: {mistake.hint}"
    assert result.hint == mistake.hint, str(result)


@pytest.mark.parametrize("name", ALL)
def test_there_are_three_wrong_answers_with_hints_of_their_own(name):
    hints = [mistake.hint for mistake in exercise_named(name).mistakes]
    assert len(hints) >= 3, "add a mistake that learners make"
    assert len(hints) == len(set(hints)), "two mistakes have the same hint"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_constants_fail(name):
    exercise = exercise_named(name)
    constants = [expected for _, expected in exercise.worked]
    for constant in [*constants, 0, 1, 0.5, (), [], "", np.zeros((3, 3)), False, True]:
        result = check(name, lambda *args, constant=constant: constant)
        assert result.status == "fail", f"{constant!r} passes"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_answer_right_on_the_first_case_only_fails(name):
    exercise = exercise_named(name)
    first = exercise.worked[0][1]
    seen = []

    def right_once(*args):
        seen.append(args)
        return exercise.reference(*args) if len(seen) == 1 else first

    assert check(name, right_once).status == "fail"


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("constant", [0, 1, -1, 255, [], [[]], "", np.zeros((3, 3)), np.ones((4, 4)), False])
def test_constants_are_no_answer_to_a_value(name, constant):
    assert not check(name, constant)


def _like(kind):
    def change(value):
        array = np.asarray(value)
        if kind == "list":
            return array.tolist()
        if kind == "fortran order":
            return np.asfortranarray(array)
        if kind == "not contiguous":
            return np.repeat(array[..., None], 2, axis=-1)[..., 0]
        # A size must stay an integer; anything else may come in any float type.
        target = {"float32": np.float32, "float16": np.float16}[kind]
        return array.astype(target)

    return change


@pytest.mark.parametrize("kind", ["list", "fortran order", "not contiguous", "float32"])
@pytest.mark.parametrize("name", ALL)
def test_other_forms_of_the_solution_pass(name, kind):
    exercise = exercise_named(name)
    if exercise.whole and kind == "float32":
        change = np.int32
    else:
        change = _like(kind)
    if exercise.wants_function:
        result = check(name, changed_output(exercise.reference, change))
    else:
        result = check(name, mapped(exercise.reference, change))
    assert result.status == "pass", str(result)


@pytest.mark.parametrize("name", ALL)
def test_tensors_pass(name):
    exercise = exercise_named(name)

    def change(value):
        return torch.tensor(value, requires_grad=np.asarray(value).dtype.kind == "f")

    answer = changed_output(exercise.reference, change) if exercise.wants_function else None
    result = check(name, answer or mapped(np.asarray(exercise.reference), change))
    assert result.status == "pass", str(result)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_cases_are_the_same_each_time_and_the_solution_keeps_them(name):
    exercise = exercise_named(name)
    cases, again = exercise.cases(), exercise.cases()
    assert len(cases) >= 3, "add a case"
    for case, twin in zip(cases, again, strict=True):
        before = copy.deepcopy(case.args)
        outcome = call(exercise.reference, case.args)
        assert outcome.error == ""
        assert outcome.changed == ()
        for one, other, kept in zip(case.args, twin.args, before, strict=True):
            np.testing.assert_array_equal(one, other)
            np.testing.assert_array_equal(one, kept)


@pytest.mark.parametrize("name", ALL)
def test_words(name):
    exercise = exercise_named(name)
    for text in (exercise.title, exercise.prompt, *(mistake.hint for mistake in exercise.mistakes)):
        assert text == text.strip() != ""
        assert text.count("`") % 2 == 0
        assert "$" not in text  # shown in terminals too
    assert exercise.variable in exercise.prompt or not exercise.wants_function
