"""torchvision's weights: read from torch's cache, and a clear line where they cannot be had."""

from urllib.error import URLError

import pytest
import torch
import torchvision

from cnncourse import models


@pytest.fixture
def hub(tmp_path):
    """An empty cache in the place of the user's."""
    before = torch.hub.get_dir()
    torch.hub.set_dir(str(tmp_path))
    (tmp_path / "checkpoints").mkdir()
    yield tmp_path / "checkpoints"
    torch.hub.set_dir(before)


@pytest.fixture
def cached_resnet18(hub):
    """torchvision's file name with a state_dict of known content, so that nothing needs to be fetched."""
    torch.manual_seed(1)
    network = torchvision.models.resnet18(weights=None)
    url = torchvision.models.ResNet18_Weights.IMAGENET1K_V1.url
    torch.save(network.state_dict(), hub / url.rsplit("/", 1)[1])
    return network.eval()


def test_weights_load_from_the_cache(cached_resnet18):
    model = models.create("resnet18", 1000, weights="imagenet").eval()
    x = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        torch.testing.assert_close(model(x), cached_resnet18(x))


def test_another_number_of_classes_keeps_the_head_new(cached_resnet18):
    model = models.create("resnet18", 10, weights="imagenet")
    assert model.fc.out_features == 10
    torch.testing.assert_close(model.layer4[1].conv2.weight, cached_resnet18.layer4[1].conv2.weight)


def test_googlenet_leaves_the_auxiliary_heads_and_rescales(hub):
    torch.manual_seed(1)
    theirs = torchvision.models.googlenet(
        weights=None, init_weights=False, aux_logits=True, transform_input=True
    )
    for module in theirs.modules():  # PyTorch's default would let the signal fade to nothing
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(module.weight)
    url = torchvision.models.GoogLeNet_Weights.IMAGENET1K_V1.url
    torch.save(theirs.state_dict(), hub / url.rsplit("/", 1)[1])
    model = models.create("googlenet_bn", 1000, weights="imagenet").eval()
    x = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        expected = theirs.eval()(x)
        assert (expected[0] - expected[1]).abs().max() > 0.01  # the images matter
        torch.testing.assert_close(model(x), expected, rtol=1e-4, atol=1e-4)


def test_without_network_the_text_says_how_to_get_them(hub, monkeypatch):
    def no_network(*args, **kwargs):
        raise URLError("no route to host")

    monkeypatch.setattr("torch.hub.urlopen", no_network)
    with pytest.raises(OSError, match=r"could not be fetched.*no route to host.*fetch https.*checkpoints"):
        models.create("resnet18", 1000, weights="imagenet")


def test_refuses_what_has_no_weights():
    with pytest.raises(ValueError, match=r"'lenet5' has no ImageNet weights.*resnet18"):
        models.create("lenet5", weights="imagenet")
    with pytest.raises(ValueError, match=r"in_channels=1 does not fit"):
        models.create("resnet18", in_channels=1, weights="imagenet")
    with pytest.raises(ValueError, match=r"weights='cifar' is unknown"):
        models.create("resnet18", weights="cifar")
