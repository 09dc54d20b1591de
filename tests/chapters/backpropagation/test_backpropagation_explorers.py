"""The numbers of the explorer and the quest of the chapter, against torch's autograd."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnncourse.chapters.backpropagation.paths import GRADIENTS, KERNEL, paths_of, pixel_gradient
from cnncourse.chapters.backpropagation.quest import (
    _GRADIENT,
    _IMAGES,
    _WEIGHT,
    BATCHES,
    KERNELS,
    MASKS,
    SECRET,
    bug_found,
    find_gradient_bug,
    gradients_of,
)


@pytest.mark.parametrize("stride", [1, 2])
def test_the_sum_at_every_pixel_is_autograd_s(stride):
    image = torch.zeros(1, 1, 5, 5, dtype=torch.float64, requires_grad=True)
    output = F.conv2d(image, torch.from_numpy(KERNEL)[None, None], stride=stride)
    output.backward(torch.from_numpy(GRADIENTS[stride])[None, None])
    expected = image.grad[0, 0].numpy()
    for position in range(25):
        paths = paths_of(position, stride)
        assert paths.total == expected[paths.row, paths.column]
        np.testing.assert_array_equal(paths.gradient, expected)


@pytest.mark.parametrize("stride", [1, 2])
def test_the_weights_are_the_slopes_of_the_outputs(stride):
    for position in range(25):
        image = np.zeros((1, 1, 5, 5))
        image.flat[position] = 1
        output = F.conv2d(torch.from_numpy(image), torch.from_numpy(KERNEL)[None, None], stride=stride)
        np.testing.assert_array_equal(np.nan_to_num(paths_of(position, stride).weights), output[0, 0].numpy())


def test_the_middle_pixel_sees_the_kernel_turned():
    np.testing.assert_array_equal(paths_of(12).weights, KERNEL[::-1, ::-1])


def test_a_pixel_says_its_sum():
    assert pixel_gradient.alt(position=1) == (
        "Stride 1, the pixel at row 0, column 1 has touched 2 of 9 outputs. Weight times gradient of each: "
        "2·1 + 1·(−1) = 1."
    )


def test_a_pixel_or_stride_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"position: got 25, .*range\(25\)"):
        paths_of(25)
    with pytest.raises(ValueError, match="stride: got 3"):
        paths_of(0, 3)


def test_the_right_choices_are_autograd_s():
    images, weight = (torch.tensor(a, requires_grad=True) for a in (_IMAGES, _WEIGHT))
    F.relu(F.conv2d(images, weight)).backward(torch.from_numpy(_GRADIENT))
    grad_input, grad_weight = gradients_of("turned", "sum > 0", "summed")
    np.testing.assert_array_equal(grad_input, images.grad[0, 0].numpy())
    np.testing.assert_array_equal(grad_weight, weight.grad[0, 0].numpy())


def test_every_combination_of_faults_can_be_told_from_the_others():
    choices = list(itertools.product(KERNELS, MASKS, BATCHES))
    seen = {tuple(np.concatenate([g.ravel() + 0.0 for g in gradients_of(*choice)])) for choice in choices}
    assert len(seen) == len(choices) == 27


def test_only_the_two_faults_solve_the_quest(shown):
    find_gradient_bug()
    solved = [shown[0].values(p) for p in shown[0].positions() if shown[0].solved(**shown[0].values(p))[0]]
    assert solved == [dict(zip(("kernel", "mask", "batch"), SECRET))]
    first = shown[0].values(shown[0].start)
    assert first == {"kernel": "turned", "mask": "sum > 0", "batch": "summed"}


@pytest.mark.parametrize(
    "choices, word",
    [
        (("turned", "none", "averaged"), "let a gradient through"),
        (("turned", "sum > 0", "summed"), "same number everywhere"),
        (("transposed", "sum > 0", "averaged"), "The kernel enters only there"),
    ],
)
def test_the_hints_on_the_way_to_the_faults(choices, word):
    solved, hint = bug_found(*choices)
    assert not solved
    assert word in hint


@pytest.mark.parametrize("place", range(3))
def test_an_unknown_choice_is_refused(place):
    choices = list(SECRET)
    choices[place] = "wrong"
    with pytest.raises(ValueError, match=f"{('kernel', 'mask', 'batch')[place]}: got 'wrong'"):
        gradients_of(*choices)
