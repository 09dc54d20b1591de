"""The numbers of the explorers and the quest, against torch."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnncourse.chapters.pooling.pooling import POOL_IMAGE, pooled, pooling_step
from cnncourse.chapters.pooling.quest import SECRET, pooled_photo, pooling_solved
from cnncourse.chapters.pooling.shifts import moved_digit, pooling_shift, unchanged
from cnncourse.course.photo import grey_photo


@pytest.mark.parametrize("dx", [0, 1, 2, 3])
def test_the_digit_moves_whole(dx):
    np.testing.assert_array_equal(np.roll(moved_digit(0), dx, axis=1), moved_digit(dx))
    assert moved_digit(dx).sum() == moved_digit(0).sum() > 0


@pytest.mark.parametrize("dx", [-1, 4])
def test_a_digit_that_would_leave_the_field_is_refused(dx):
    with pytest.raises(ValueError, match=f"dx: got {dx}, but the digit has room for 0 to 3"):
        moved_digit(dx)


@pytest.mark.parametrize("window", [1, 2, 3, 4, 6, 12])
@pytest.mark.parametrize("dx", [0, 1, 2, 3])
def test_the_counts_are_those_of_torch(dx, window):
    fields = torch.tensor(np.stack([moved_digit(0), moved_digit(dx)]))[:, None]
    first, second = F.max_pool2d(fields, window)[:, 0]
    before, after, same, live, live_same = unchanged(dx, window)
    np.testing.assert_array_equal(before, first.numpy())
    np.testing.assert_array_equal(after, second.numpy())
    empty = torch.maximum(first, second) == 0
    assert same == first.numel() - int((first - second).count_nonzero())
    assert (live, live_same) == (int((~empty).sum()), same - int(empty.sum()))


def test_the_shift_says_its_numbers():
    _, _, same, live, live_same = unchanged(1, 2)
    text = pooling_shift.alt(dx=1, window=2)
    assert f"{same} of 36 outputs are unchanged; of the {live} that are not empty, {live_same} are" in text


SETTINGS = list(itertools.product(["max", "average"], [2, 3, 4, 6], [2, 3, 4]))


@pytest.mark.parametrize("kind, window, stride", SETTINGS)
def test_only_the_secret_settings_make_the_goal(kind, window, stride):
    image = torch.tensor(np.array(grey_photo("pagoda", 84)))[None, None]
    pool = {"max": F.max_pool2d, "average": F.avg_pool2d}
    expected = pool[kind](image, window, stride)[0, 0].numpy()
    np.testing.assert_allclose(pooled_photo(kind, window, stride), expected, rtol=1e-12)
    goal = pool[SECRET[0]](image, *SECRET[1:])[0, 0].numpy()
    same = expected.shape == goal.shape and np.allclose(expected, goal)
    assert pooling_solved(kind, window, stride)[0] == same


@pytest.mark.parametrize(
    "settings, word",
    [
        (("max", 2, 2), "42 × 42 is too large. A larger stride"),
        (("max", 4, 4), "21 × 21 is too small. A smaller stride"),
        (("max", 2, 3), "28 × 28 is too large by one"),
        (("average", 4, 3), "too dark"),
        (("max", 6, 3), "spread too far"),
    ],
)
def test_the_hints_on_the_way_to_the_pooling(settings, word):
    solved, hint = pooling_solved(*settings)
    assert not solved
    assert word in hint


def test_what_the_hints_say_of_the_light_holds():
    goal = pooled_photo(*SECRET)
    assert pooled_photo("average", 4, 3).mean() < goal.mean() < pooled_photo("max", 6, 3).mean()
    assert pooled_photo("average", 6, 3).mean() < goal.mean()


@pytest.mark.parametrize("kind", ["max", "average", "sum"])
def test_pooling_is_torch_s(kind):
    image = torch.tensor(POOL_IMAGE)[None, None]
    expected = {
        "max": F.max_pool2d(image, 2),
        "average": F.avg_pool2d(image, 2),
        "sum": F.avg_pool2d(image, 2, divisor_override=1),
    }[kind]
    np.testing.assert_array_equal(pooled(kind), expected[0, 0].numpy())


@pytest.mark.parametrize(
    "kind, worked",
    [
        ("max", "the largest of 1, 3, 2, 9 is 9"),
        ("average", "(1 + 3 + 2 + 9) / 4 = 3.75"),
        ("sum", "1 + 3 + 2 + 9 = 15"),
    ],
)
def test_pooling_works_out_its_window(kind, worked):
    assert worked in pooling_step.alt(kind=kind, position=0)


def test_pooling_refuses_what_is_not_there():
    with pytest.raises(ValueError, match=r"kind: got 'mean', .*average"):
        pooled("mean")
    with pytest.raises(ValueError, match=r"position: got 9, .*range\(9\)"):
        pooling_step("max", 9)
