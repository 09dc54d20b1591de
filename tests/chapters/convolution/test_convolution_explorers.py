"""The numbers that the explorers and the quest show, against torch and against counting by hand."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnncourse.chapters.convolution.quest import (
    SECRET,
    column_answer,
    column_kernel,
    mystery_solved,
)
from cnncourse.chapters.convolution.windows import EDGE_IMAGE
from cnncourse.course.kernels import KERNELS, kernel_numbers, whole_numbers
from cnncourse.course.photo import grey_photo


def _torch_conv(image, kernel, **arguments):
    image, kernel = (torch.tensor(np.array(a))[None, None] for a in (image, kernel))
    return F.conv2d(image, kernel, **arguments)[0, 0].numpy()


def test_what_the_page_says_about_its_kernels_holds():
    photo = grey_photo()
    np.testing.assert_array_equal(_torch_conv(photo, KERNELS["identity"]), photo[1:-1, 1:-1])
    for blur in ("box blur", "Gaussian blur"):
        assert KERNELS[blur].sum() == pytest.approx(1)
        assert _torch_conv(photo, KERNELS[blur]).std() < photo.std()
    for edge in ("Sobel x", "Sobel y", "Laplacian"):
        assert KERNELS[edge].sum() == 0
    vertical, horizontal = EDGE_IMAGE, EDGE_IMAGE.T
    assert np.abs(_torch_conv(horizontal, KERNELS["Sobel x"])).max() == 0
    assert np.abs(_torch_conv(vertical, KERNELS["Sobel y"])).max() == 0
    np.testing.assert_array_equal(
        _torch_conv(vertical, KERNELS["Sobel x"]), np.tile([0, 1020, 1020, 0], (4, 1))
    )


@pytest.mark.parametrize("name", list(KERNELS))
def test_kernels_are_shown_as_whole_numbers_over_a_divisor(name):
    whole, divisor = whole_numbers(KERNELS[name])
    np.testing.assert_allclose(whole / divisor, KERNELS[name], atol=1e-15)
    assert divisor == {"box blur": 9, "Gaussian blur": 16}.get(name, 1)


def test_unknown_kernels_and_photographs_are_refused():
    with pytest.raises(ValueError, match=r"kernel must be .* got 'sobel'.*Sobel x"):
        kernel_numbers("sobel")
    with pytest.raises(ValueError, match=r"kernel must have rows and columns, got shape \(3,\)"):
        kernel_numbers([1, 2, 3])
    with pytest.raises(ValueError, match=r"name='cat' is no photograph.*pagoda"):
        grey_photo("cat")
    with pytest.raises(ValueError, match="side must divide 336, got 100"):
        grey_photo("pagoda", 100)


def test_the_answer_to_the_kernel_quest_is_the_one_with_no_difference():
    image = torch.tensor(np.array(grey_photo("pagoda", 84)))[None, None]
    for columns in np.ndindex(3, 3, 3):
        columns = tuple(int(c) - 1 for c in columns)
        expected = F.conv2d(image, torch.tensor(column_kernel(*columns))[None, None])[0, 0].numpy()
        np.testing.assert_allclose(column_answer(*columns), expected, atol=1e-9)
        same = np.allclose(expected, column_answer(*SECRET))
        assert mystery_solved(*columns)[0] == same


@pytest.mark.parametrize(
    "columns, word",
    [
        ((0, 1, 0), "comes out red"),
        ((-1, 0, 0), "comes out blue"),
        ((0, 0, 0), "nothing comes out"),
        ((-1, 0, 1), "lines are right, but red and blue are swapped"),
        ((1, -1, 0), "too thin"),
        ((0, -1, 1), "too thin, and red and blue are swapped"),
    ],
)
def test_the_hints_on_the_way_to_the_kernel(columns, word):
    solved, hint = mystery_solved(*columns)
    assert not solved
    assert word in hint
