"""The numbers that the explorers of chapters 3 and 4 show, against torch and against counting by hand."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnncourse.chapters.backpropagation.quest import KERNELS
from cnncourse.chapters.convolution.convolution import EDGE_IMAGE, convolution_at, convolution_step
from cnncourse.chapters.convolution.gallery import filtered, kernel_gallery
from cnncourse.chapters.padding_and_stride.borders import MODES, padded_and_blurred, padding_modes
from cnncourse.chapters.padding_and_stride.geometry import padding_stride_dilation, window_geometry
from cnncourse.course.kernels import kernel_numbers, whole_numbers
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
    with pytest.raises(ValueError, match=r"name: got 'cat'.*pagoda"):
        grey_photo("cat")
    with pytest.raises(ValueError, match="side: got 100, but it must divide 336"):
        grey_photo("pagoda", 100)


GEOMETRIES = [
    (p, s, d, n, k)
    for p, s, d, n, k in itertools.product((0, 1, 2), (1, 2, 3), (1, 2), (5, 7, 8), (1, 2, 3))
    if d * (k - 1) + 1 <= n + 2 * p
]


@pytest.mark.parametrize("padding, stride, dilation, size, kernel_size", GEOMETRIES)
def test_geometry_counts_what_torch_reads(padding, stride, dilation, size, kernel_size):
    geometry = window_geometry(padding, stride, dilation, size, kernel_size)
    image = torch.zeros(1, 1, size, size, requires_grad=True)
    kernel = torch.ones(1, 1, kernel_size, kernel_size)
    output = F.conv2d(image, kernel, stride=stride, padding=padding, dilation=dilation)
    # The gradient of the sum counts the windows that a pixel is in.
    output.sum().backward()
    assert output.shape[-1] == geometry.output
    np.testing.assert_array_equal(geometry.reads, image.grad[0, 0].numpy())
    assert geometry.multiplications == output.numel() * kernel_size**2


def test_the_geometry_says_its_numbers():
    text = padding_stride_dilation.alt(padding=0, stride=3, dilation=1)
    assert "output 2 × 2" in text
    assert "13 of 49 pixels are never seen" in text


@pytest.mark.parametrize("kernel_size", [1, 3, 9, 15])
@pytest.mark.parametrize("mode", list(MODES))
def test_the_blur_is_torch_s_with_the_same_padding_mode(mode, kernel_size):
    image, padded, blurred = padded_and_blurred(mode, kernel_size)
    layer = torch.nn.Conv2d(
        1, 1, kernel_size, padding=(kernel_size - 1) // 2, padding_mode=mode, bias=False, dtype=torch.float64
    )
    torch.nn.init.constant_(layer.weight, 1 / kernel_size**2)
    with torch.no_grad():
        expected = layer(torch.tensor(np.array(image))[None, None])[0, 0].numpy()
    np.testing.assert_allclose(blurred, expected, rtol=1e-10)
    assert padded.shape[0] == image.shape[0] + kernel_size - 1


def test_only_zeros_darken_the_border():
    tops = {mode: padded_and_blurred(mode, 9)[2][0].mean() for mode in MODES}
    before = padded_and_blurred("zeros", 9)[0][0].mean()
    assert tops["zeros"] < 0.7 * before
    assert tops["reflect"] == pytest.approx(before, rel=0.05)
    assert f"{tops['zeros']:.0f} after" in padding_modes.alt(mode="zeros", kernel_size=9)


def test_bad_modes_and_kernel_sizes_are_refused():
    with pytest.raises(ValueError, match=r"mode: got 'mirror'.*reflect"):
        padded_and_blurred("mirror")
    for size in (0, 4, 17):
        with pytest.raises(ValueError, match=f"kernel_size: got {size}"):
            padded_and_blurred("zeros", size)
