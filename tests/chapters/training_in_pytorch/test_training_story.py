"""The stored training run: it is consistent in itself, and its feature maps are torch's."""

import numpy as np
import pytest
import torch

from cnncourse.chapters.training_in_pytorch.training import training_epochs, training_story
from cnncourse.course import stored


def test_accuracy_is_that_of_the_confusion_matrices():
    story = training_story()
    assert (story.confusion.sum(axis=(1, 2)) == story.test_images).all()
    right = np.trace(story.confusion, axis1=1, axis2=2) / story.test_images
    np.testing.assert_allclose(right, story.test_accuracy, atol=5e-5)


def test_it_shows_learning_from_a_network_that_guesses():
    story = training_story()
    assert story.test_accuracy[0] < 0.2
    assert story.test_accuracy[-1] > 0.94
    assert story.answers[1].argmax() != story.label == story.answers[-1].argmax()
    np.testing.assert_allclose(story.answers.sum(axis=1), 1, atol=0.01)


def test_feature_maps_are_those_of_a_torch_layer():
    story = training_story()
    drawn = stored("training_story")["drawn"]
    image = torch.tensor((story.digit / 255 - drawn["mean"]) / drawn["std"])[None, None]
    for epoch in (0, story.last_epoch):
        layer = torch.nn.Conv2d(1, 6, 5, padding=2, dtype=torch.float64)
        with torch.no_grad():
            layer.weight[:] = torch.tensor(story.filters[epoch])[:, None]
            layer.bias[:] = torch.tensor(drawn["epochs"][epoch]["bias"], dtype=torch.float64)
            expected = torch.relu(layer(image))[0].numpy()
        np.testing.assert_allclose(story.maps[epoch], expected, atol=1e-10)


def test_it_says_its_numbers():
    story = training_story()
    text = training_epochs.alt(epoch=3)
    assert f"{100 * story.test_accuracy[3]:.1f} % of the test images are right" in text
    assert training_epochs.alt(epoch=0).startswith("Before training: ")


@pytest.mark.parametrize("epoch", [-1, 13])
def test_an_epoch_that_never_was_is_refused(epoch):
    with pytest.raises(ValueError, match=rf"epoch: got {epoch}, .*range\(13\)"):
        training_epochs(epoch)
