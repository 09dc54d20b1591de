"""The numbers that the explorers and the quest show, against torch and against counting by hand."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnncourse.chapters.convolution.convolution import EDGE_IMAGE, convolution_at, convolution_step
from cnncourse.chapters.convolution.gallery import filtered, kernel_gallery
from cnncourse.chapters.convolution.quest import (
    SECRET,
    column_answer,
    column_kernel,
    mystery_solved,
)
from cnncourse.course.kernels import KERNELS, kernel_numbers, whole_numbers
from cnncourse.course.photo import grey_photo


def _torch_conv(image, kernel, **arguments):
    image, kernel = (torch.tensor(np.array(a))[None, None] for a in (image, kernel))
    return F.conv2d(image, kernel, **arguments)[0, 0].numpy()


@pytest.mark.parametrize("kernel", ["Sobel x", "Sobel y", np.arange(6.0).reshape(2, 3)])
def test_each_step_is_one_output_pixel(kernel):
    weights = kernel_numbers(kernel)
    rng = np.random.default_rng(3)
    image = rng.normal(size=(6, 7))
    expected = _torch_conv(image, weights)
    for position in range(expected.size):
        step = convolution_at(position, kernel, image)
        np.testing.assert_allclose(step.output, expected, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(step.total, expected.flat[position], rtol=1e-12, atol=1e-12)
        assert (step.row, step.column) == np.unravel_index(position, expected.shape)
        np.testing.assert_array_equal(step.products, step.window * weights)


def test_the_article_s_example_responds_in_the_two_middle_columns():
    output = convolution_at(0).output
    assert EDGE_IMAGE.shape == (6, 6)
    np.testing.assert_array_equal(output, np.tile([0, 1020, 1020, 0], (4, 1)))


@pytest.mark.parametrize("position", [-1, 16])
def test_a_position_off_the_output_is_refused(position):
    with pytest.raises(ValueError, match=rf"position: got {position}, but the output has 16 cells"):
        convolution_at(position)


def test_the_step_says_its_numbers():
    assert convolution_step.alt(position=1) == (
        "Step 2 of 16: the window at row 0, column 1 holds 0 0 255; 0 0 255; 0 0 255. Times the kernel "
        "−1 0 1; −2 0 2; −1 0 1 it gives 0 0 255; 0 0 510; 0 0 255. The sum, 1020, is the output at "
        "row 0, column 1."
    )


@pytest.mark.parametrize("photo", ["pagoda", "flower"])
@pytest.mark.parametrize("name", list(KERNELS))
def test_the_gallery_is_a_convolution_of_the_photograph(name, photo):
    expected = _torch_conv(grey_photo(photo), KERNELS[name])
    np.testing.assert_allclose(filtered(name, photo), expected, rtol=1e-10, atol=1e-9)


def test_what_the_gallery_says_about_its_kernels_holds():
    photo = grey_photo()
    np.testing.assert_array_equal(filtered("identity"), photo[1:-1, 1:-1])
    for blur in ("box blur", "Gaussian blur"):
        assert KERNELS[blur].sum() == pytest.approx(1)
        assert filtered(blur).std() < photo.std()
    for edge in ("Sobel x", "Sobel y", "Laplacian"):
        assert KERNELS[edge].sum() == 0
    vertical, horizontal = EDGE_IMAGE, EDGE_IMAGE.T
    assert np.abs(_torch_conv(horizontal, KERNELS["Sobel x"])).max() == 0
    assert np.abs(_torch_conv(vertical, KERNELS["Sobel y"])).max() == 0
    text = kernel_gallery.alt(kernel="box blur")
    assert f"{filtered('box blur').mean():.2f}" in text
    assert "1 1 1; 1 1 1; 1 1 1 divided by 9" in text


@pytest.mark.parametrize("name", list(KERNELS))
def test_kernels_are_shown_as_whole_numbers_over_a_divisor(name):
    whole, divisor = whole_numbers(KERNELS[name])
    np.testing.assert_allclose(whole / divisor, KERNELS[name], atol=1e-15)
    assert divisor == {"box blur": 9, "Gaussian blur": 16}.get(name, 1)


def test_unknown_kernels_and_photographs_are_refused():
    with pytest.raises(ValueError, match=r"kernel: got 'sobel'.*Sobel x"):
        kernel_numbers("sobel")
    with pytest.raises(ValueError, match=r"kernel: got shape \(3,\)"):
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
