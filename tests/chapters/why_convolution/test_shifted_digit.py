"""The stored answers to moved digits, and what the chapter says about them."""

import numpy as np
import pytest

from cnncourse.chapters.why_convolution.shift import moved_digit, shift_study, shifted_digit
from cnncourse.course import stored


def test_the_stored_spread_is_that_of_the_networks():
    study = shift_study()
    for kind, by_shift in stored("shifted_digit")["accuracy_by_shift"].items():
        for at, dx in enumerate(study.shifts):
            each, spread = study.accuracy[kind][:, at], by_shift[str(dx)]
            assert spread["n"] == len(each)
            found = each.min(), np.median(each), each.max()
            np.testing.assert_allclose(found, [spread[name] for name in ("low", "median", "high")], atol=6e-5)


def test_probabilities_add_up_and_unmoved_all_networks_are_right():
    study = shift_study()
    home = study.shifts.index(0)
    for values in study.probability.values():
        np.testing.assert_allclose(values.sum(axis=2), 1, atol=0.006)
        assert (values[:, home].argmax(axis=1) == study.label).all()


def test_the_digit_moves_and_loses_no_ink():
    study = shift_study()
    assert study.label != 1
    for dx in study.shifts:
        moved = moved_digit(dx)
        assert moved.sum() == study.digit.sum()
        np.testing.assert_array_equal(moved, np.roll(study.digit, dx, axis=1))


def test_some_of_the_other_digits_do_lose_ink():
    study = shift_study()
    assert study.ink[study.shifts.index(0)] == 1
    assert study.ink[0] < 0.95
    assert study.ink[study.shifts.index(3)] > 0.99


def test_convolutions_are_better_at_every_shift():
    study = shift_study()
    gain = study.accuracy["cnn"].mean(axis=0) - study.accuracy["dense"].mean(axis=0)
    assert (gain > 0).all()
    assert gain[study.shifts.index(3)] > 0.25
    # Even the worst of the convolutional networks beats the best dense one, from 1 to 6 columns either way.
    for dx in (*range(-6, 0), *range(1, 7)):
        at = study.shifts.index(dx)
        assert study.accuracy["cnn"][:, at].min() > study.accuracy["dense"][:, at].max()


def test_the_words_have_the_numbers():
    study = shift_study()
    at = study.shifts.index(-2)
    text = shifted_digit.alt(dx=-2)
    assert text.startswith(f"A handwritten {study.label}, moved 2 columns to the left.")
    for kind in ("dense", "cnn"):
        assert f"{100 * study.accuracy[kind][:, at].mean():.1f} % rightly" in text
        said = study.probability[kind][:, at].argmax(axis=1)
        assert f"networks read {', '.join(map(str, said))};" in text
    assert "moved 1 column to the right." in shifted_digit.alt(dx=1)
    assert "in its place." in shifted_digit.alt(dx=0)


@pytest.mark.parametrize("dx", [-9, 9, 0.5])
def test_a_shift_that_was_not_measured_is_refused(dx):
    with pytest.raises(ValueError, match=rf"dx: got {dx}, .*range\(-8, 9\)"):
        shifted_digit(dx)
