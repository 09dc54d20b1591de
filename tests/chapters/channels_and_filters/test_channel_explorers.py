"""The numbers of the explorer and the quest of the chapter, against torch."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnncourse.chapters.channels_and_filters.channels import FILTERS, channel_responses, channel_sum
from cnncourse.chapters.channels_and_filters.quest import SECRET, mix_solved, mixed
from cnncourse.course.photo import colour_photo, grey_photo


def _photo(name, side):
    return torch.tensor(np.array(colour_photo(name, side)))[None]


@pytest.mark.parametrize("photo", ["flower", "pagoda"])
@pytest.mark.parametrize("name", list(FILTERS))
def test_the_sum_is_the_map_of_the_whole_filter(name, photo):
    whole = F.conv2d(_photo(photo, 56), torch.tensor(FILTERS[name])[None])[0, 0].numpy()
    responses = channel_responses(name, photo)
    np.testing.assert_allclose(responses.sum(axis=0), whole, atol=1e-9)
    for colour, kernel, response in zip(_photo(photo, 56)[0], FILTERS[name], responses):
        alone = F.conv2d(colour[None, None], torch.tensor(kernel)[None, None])[0, 0].numpy()
        np.testing.assert_allclose(response, alone, atol=1e-9)


def test_the_explorer_says_its_strongest_answer():
    total = channel_responses("edges of every colour").sum(axis=0)
    strongest = total.ravel()[np.abs(total).argmax()]
    assert strongest < 0
    assert f"= −{-strongest:.0f}." in channel_sum.alt(filter="edges of every colour", photo="flower")


@pytest.mark.parametrize("name", ["pagoda", "flower"])
def test_the_colours_are_those_of_the_grey_photograph(name):
    grey = np.tensordot([0.299, 0.587, 0.114], colour_photo(name, 56), axes=1)
    # Both are rounded to whole levels, one before and one after the colours are summed.
    np.testing.assert_allclose(grey, grey_photo(name, 56), atol=1)


def test_what_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"filter: got 'sepia'.*red only"):
        channel_responses("sepia")
    with pytest.raises(ValueError, match=r"name='cat' is no photograph.*flower"):
        colour_photo("cat")
    with pytest.raises(ValueError, match="side must divide 336, got 100"):
        colour_photo("flower", 100)


@pytest.mark.parametrize("weights", list(itertools.product([-1, 0, 1], repeat=3)))
def test_only_the_secret_weights_make_the_goal(weights):
    image = _photo("flower", 56)
    answers = [
        F.conv2d(image, torch.tensor(w, dtype=torch.float64).reshape(1, 3, 1, 1))[0, 0].numpy()
        for w in (weights, SECRET)
    ]
    np.testing.assert_allclose(mixed(*weights), answers[0], atol=1e-9)
    assert mix_solved(*weights)[0] == np.allclose(*answers)


@pytest.mark.parametrize(
    "weights, word",
    [
        ((0, 0, 0), "nothing comes out"),
        ((1, 1, 1), "must the weights sum to"),
        ((-1, 1, 0), "swapped"),
        ((1, 0, -1), "does not look at the blue channel"),
    ],
)
def test_the_hints_on_the_way_to_the_mix(weights, word):
    solved, hint = mix_solved(*weights)
    assert not solved
    assert word in hint
