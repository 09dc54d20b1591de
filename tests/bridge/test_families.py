"""Every family of torchvision's classifiers, and the course's own networks, in NumPy alone."""

import numpy as np
import pytest
import torch
import torchvision
from networks import assert_same, images, randomise

from cnncourse import models

# Relative to the largest logit; float64 rounds at 10⁻¹⁶, and EfficientNet V2 is 40 blocks deep.
TOLERANCE = 1e-9
# Name, side of the images in pixels (the smallest that shows every layer more than one position), arguments.
NETWORKS = [
    ("alexnet", 64, {}),
    ("vgg11_bn", 32, {"init_weights": False}),
    ("googlenet", 64, {"init_weights": False, "transform_input": True}),
    ("inception_v3", 75, {"init_weights": False, "transform_input": True}),
    ("resnet18", 64, {}),
    ("resnet50", 64, {}),
    ("resnext50_32x4d", 64, {}),
    ("wide_resnet50_2", 32, {}),
    ("densenet121", 64, {}),
    ("squeezenet1_0", 48, {}),
    ("squeezenet1_1", 48, {}),
    ("mobilenet_v2", 64, {}),
    ("mobilenet_v3_small", 64, {}),
    ("mobilenet_v3_large", 64, {}),
    ("shufflenet_v2_x0_5", 64, {}),
    ("shufflenet_v2_x1_0", 64, {}),
    ("efficientnet_b0", 64, {}),
    pytest.param("efficientnet_v2_s", 64, {}, marks=pytest.mark.slow),
    ("mnasnet0_5", 64, {}),
    ("regnet_x_400mf", 64, {}),
    ("regnet_y_400mf", 64, {}),
    ("convnext_tiny", 64, {}),
    pytest.param("vgg16", 64, {"init_weights": False}, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("name", "side", "arguments"), NETWORKS)
def test_torchvision_network_in_numpy(name, side, arguments):
    network = torchvision.models.get_model(name, weights=None, **arguments).double()
    logits = assert_same(randomise(network), images(2, 3, side, side), TOLERANCE)
    assert logits.shape == (2, 1000)
    # The comparison would see nothing if the numbers had faded before the logits.
    assert np.abs(logits[0] - logits[1]).max() > 0.01 * np.abs(logits).max()


# Size of one image and dtype; the course's networks beside those that torchvision has as well.
COURSE_NETWORKS = {
    "lenet5": (1, 28, 28),
    "lenet5_1998": (1, 32, 32),
    "nin": (3, 99, 99),
    "googlenet": (3, 48, 48),
    "resnet20": (3, 32, 32),
    "se_resnet20": (3, 32, 32),
    "densenet40": (3, 16, 16),
    "mobilenet_v2_small": (3, 32, 32),
    "efficientnet_lite0": (3, 63, 64),
    "convnext_small_images": (3, 32, 32),
    "article1": (3, 64, 64),
    "article2": (1, 28, 28),
    "article3": (1, 28, 28),
    "article4": (1, 28, 28),
    "article5": (1, 28, 28),
}


@pytest.mark.parametrize("name", COURSE_NETWORKS)
def test_network_of_the_course_in_numpy(name):
    size = COURSE_NETWORKS[name]
    network = models.create(name, in_channels=size[0]).double()
    assert_same(randomise(network), images(2, *size), TOLERANCE)


def test_float32():
    network = randomise(torchvision.models.resnet18(weights=None))
    assert_same(network, images(2, 3, 64, 64, dtype=np.float32), tolerance=1e-4)


def test_a_changed_weight_is_seen():
    network = randomise(torchvision.models.squeezenet1_1(weights=None).double())
    x = images(2, 3, 48, 48)
    before = assert_same(network, x)
    with torch.no_grad():
        network.features[0].weight[0, 0, 0, 0] += 1
    assert not np.allclose(assert_same(network, x), before)
