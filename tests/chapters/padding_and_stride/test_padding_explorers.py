"""The numbers that the explorers and the quest show, against torch and against counting by hand."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnncourse.chapters.padding_and_stride.borders import MODES, padded_and_blurred, padding_modes
from cnncourse.chapters.padding_and_stride.geometry import padding_stride_dilation, reach_14, window_geometry

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


def _verdicts(explorer):
    return {position: explorer.solved(**explorer.values(position)) for position in explorer.positions()}


def test_the_cheapest_way_to_14_that_sees_all_is_found_by_trying(shown):
    reach_14()
    prices = {}
    for position in shown[0].positions():
        values = shown[0].values(position)
        k, p, s = values["kernel_size"], values["padding"], values["stride"]
        image = torch.zeros(1, 1, 28, 28, requires_grad=True)
        output = F.conv2d(image, torch.ones(1, 1, k, k), stride=s, padding=p)
        output.sum().backward()
        if output.shape[-1] == 14 and bool((image.grad > 0).all()):
            prices[position] = output.numel() * k * k
    best = min(prices, key=prices.get)
    assert [position for position, verdict in _verdicts(shown[0]).items() if verdict[0]] == [best]


@pytest.mark.parametrize(
    "values, word",
    [
        ((3, 0, 1), "26 × 26 is too large"),
        ((3, 0, 2), "13 × 13 is too small"),
        ((1, 0, 2), "588 pixels are never seen"),
        ((3, 1, 2), "1,764 multiplications can be beaten"),
    ],
)
def test_the_hints_on_the_way_to_14(shown, values, word):
    reach_14()
    solved, hint = shown[0].solved(*values)
    assert not solved
    assert word in hint
