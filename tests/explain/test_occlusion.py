"""Occlusion against a plain loop over squares."""

import numpy as np
import pytest
import torch

from cnncourse import explain


def by_loop(net, image, target, window, stride, value):
    """One square after the other, one image after the other."""

    def probability(pixels):
        with torch.no_grad():
            return net(torch.from_numpy(pixels)[None]).softmax(1)[0, target].item()

    total, count = np.zeros(image.shape[1:]), np.zeros(image.shape[1:])
    height, width = image.shape[1:]
    top = 0
    while True:
        top_here, left = min(top, height - window), 0
        while True:
            left_here = min(left, width - window)
            covered = image.copy()
            for c in range(len(image)):
                covered[c, top_here : top_here + window, left_here : left_here + window] = np.atleast_1d(
                    value
                )[c % np.size(value)]
            place = slice(top_here, top_here + window), slice(left_here, left_here + window)
            total[place] += probability(image) - probability(covered)
            count[place] += 1
            if left + window >= width:
                break
            left += stride
        if top + window >= height:
            break
        top += stride
    return total / count


@pytest.mark.parametrize(
    "window, stride, value, batch_size",
    [(2, 2, 0.0, 256), (3, 2, 0.5, 4), (4, 3, [1.0, -1.0, 0.25], 1), (8, 8, 0.0, 7), (5, 1, -2.0, 3)],
)
def test_against_a_plain_loop(tiny, window, stride, value, batch_size):
    net, images = tiny
    net.eval()
    targets = [0, 1, 2, 1]
    found = explain.occlusion(net, images, targets, window, stride, value, batch_size)
    for image, target, one in zip(images, targets, found):
        np.testing.assert_allclose(one, by_loop(net, image, target, window, stride, value), atol=1e-12)


def test_of_the_answer_by_default(tiny):
    net, images = tiny
    net.eval()
    with torch.no_grad():
        answers = net(torch.from_numpy(images)).argmax(1)
    found, named = (explain.occlusion(net, images, t, 4, 2) for t in (None, answers))
    np.testing.assert_array_equal(found, named)


def test_one_output_is_a_sigmoid():
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 1)).double()
    image = np.ones((1, 1, 2, 2))
    with torch.no_grad():
        before, after = (net(torch.from_numpy(x)).sigmoid().item() for x in (image, 0 * image))
    np.testing.assert_allclose(explain.occlusion(net, image, 0, 2, 2), before - after)


@pytest.mark.parametrize(
    "arguments, error, words",
    [
        ({"window": 9}, ValueError, "window must fit into images of 8 × 8 pixels, got 9"),
        ({"window": 2, "stride": 3}, ValueError, "stride must be at most the window, 2, got 3"),
        ({"stride": 0}, ValueError, "stride must be at least 1, got 0"),
        ({"window": 2.5}, TypeError, "window must be a whole number, got 2.5"),
        ({"window": True}, TypeError, "window .* got True"),
        ({"batch_size": 0}, ValueError, "batch_size .* got 0"),
        ({"value": [1.0, 2.0]}, ValueError, "value must be .* 3 channels, got 2 numbers"),
    ],
)
def test_refusals(tiny, arguments, error, words):
    net, images = tiny
    with pytest.raises(error, match=words):
        explain.occlusion(net, images, **{"window": 4, "stride": 2, **arguments})
