"""Which hint a wrong answer gets."""

import numpy as np
import pytest

from cnncourse.chapters.convolution.exercises import convolve2d, output_size
from cnncourse.chapters.training_in_pytorch.exercises import softmax_then_log
from cnncourse.course import case, check

NAME = "convolution.convolve2d"


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda out: -out, "wrong sign"),
        (lambda out: 3 * out, "3 times"),
        (lambda out: out + 2, "off by the same number, 2"),
        (lambda out: out.T, "exchanged"),
        (lambda out: np.pad(out, ((0, 1), (0, 0))), "too many"),
        (lambda out: out * np.nan, "NaN"),
    ],
)
def test_general_hints(change, words):
    assert words in check(NAME, lambda image, kernel: change(convolve2d(image, kernel))).hint


@pytest.mark.parametrize(
    "value, words",
    [
        (3, "is a single number; an array with 2 axes is expected"),
        ([1, 2], "is an array with 1 axis; an array with 2 axes is expected"),
        (np.ones((2, 2, 2)), "is an array with 3 axes; an array with 2 axes is expected"),
    ],
)
def test_hint_counts_the_axes(value, words):
    assert words in check(NAME, lambda image, kernel: value).hint


@pytest.mark.parametrize("wrap", [lambda value: (value,), lambda value: [value]])
def test_a_number_in_brackets_is_no_number(wrap):
    result = check("convolution.output_size", lambda size, kernel_size: wrap(output_size(size, kernel_size)))
    assert result.message == "case 1 of 5: a single number is expected"
    assert "without brackets" in result.hint


def test_a_case_that_is_right_rules_out_a_mistake_that_gets_it_wrong():
    def right_on_case_1(size, kernel_size):
        return size - kernel_size + (size == 5)

    assert check("convolution.output_size", right_on_case_1).hint.startswith("Off by one.")


def test_log_of_a_softmax_is_not_taken_for_a_softmax_along_the_batch():
    """Both give infinity on case 3."""
    hint = check("training.cross_entropy", softmax_then_log).hint
    assert "log(0) is infinite" in hint
    assert "along the batch" not in hint


def test_case_1_tells_the_wrong_turns_of_the_kernel_apart():
    image, kernel = case("convolution.convolve2d", 1)
    turns = [
        kernel,
        kernel.T,
        kernel[::-1],
        kernel[:, ::-1],
        kernel[::-1, ::-1],
        np.rot90(kernel),
        np.rot90(kernel, 3),
    ]
    outputs = {convolve2d(image, turned).tobytes() for turned in turns}
    assert len(outputs) == len(turns)


def test_one_case_that_agrees_by_chance_gives_no_hint():
    """`samples % batch_size` equals the wrong `samples // batch_size` in some cases only."""
    for remainder in (
        lambda samples, batch_size: samples % batch_size,
        lambda samples, batch_size: samples * 0,
    ):
        result = check("neuron.steps_per_epoch", remainder)
        assert (result.status, result.hint) == ("fail", None)
    result = check("architectures.smallest_image", lambda side, layers: side * layers[0][1])
    assert (result.status, result.hint) == ("fail", None)


def test_a_mistake_that_is_right_in_a_case_explains_no_failure_there():
    """On the first case one batch too many is the right number; the tuple is what is wrong."""
    result = check("neuron.steps_per_epoch", lambda samples, batch_size: (samples // batch_size + 1,))
    assert "without brackets" in result.hint


def test_a_right_number_of_the_wrong_type_is_called_right():
    result = check("neuron.steps_per_epoch", lambda samples, batch_size: np.ceil(samples / batch_size))
    assert "its type is not" in result.hint
