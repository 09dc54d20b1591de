"""Trained weights: those that ship, and torchvision's, read from torch's cache."""

import io
import os
import tarfile
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image
from safetensors.torch import load_file

from cnncourse import models, train
from cnncourse.data.arrays import ImageData
from cnncourse.models.pretrained import FOLDER

SHIPPED = sorted(path.stem.rsplit("_", 1) for path in FOLDER.glob("*.safetensors"))
CIFAR10_JPEG = Path(os.environ.get("CNNCOURSE_DATA", "")) / "cifar10-jpeg.tar.xz"


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
    assert model.trained_on["mean"] == [0.485, 0.456, 0.406]


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


def test_offline_nothing_is_fetched(hub, monkeypatch):
    monkeypatch.setenv("CNNCOURSE_OFFLINE", "1")
    monkeypatch.setattr("torch.hub.urlopen", lambda *args, **kwargs: pytest.fail("tried to fetch"))
    with pytest.raises(OSError, match=r"CNNCOURSE_OFFLINE is set; fetch https.*checkpoints") as caught:
        models.create("resnet18", 1000, weights="imagenet")
    assert "\n" not in str(caught.value)


def test_offline_the_cache_serves(cached_resnet18, monkeypatch):
    monkeypatch.setenv("CNNCOURSE_OFFLINE", "1")
    model = models.create("resnet18", 1000, weights="imagenet")
    torch.testing.assert_close(model.conv1.weight, cached_resnet18.conv1.weight)


def test_refuses_what_has_no_weights():
    with pytest.raises(ValueError, match=r"'lenet5' has no ImageNet weights.*resnet18.*efficientnet_lite0"):
        models.create("lenet5", weights="imagenet")
    with pytest.raises(ValueError, match=r"in_channels=1 does not fit"):
        models.create("resnet18", in_channels=1, weights="imagenet")
    with pytest.raises(ValueError, match=r"weights='cifar' is unknown.*resnet20 with cifar10"):
        models.create("resnet18", weights="cifar")


def test_a_network_ships():
    assert ["resnet20", "cifar10"] in SHIPPED


@pytest.mark.parametrize(("name", "weights"), SHIPPED)
def test_what_ships_is_small_in_half_precision_and_says_how_it_was_made(name, weights):
    path = FOLDER / f"{name}_{weights}.safetensors"
    stored = load_file(path)
    assert path.stat().st_size <= 700_000
    assert {value.dtype for value in stored.values() if value.is_floating_point()} == {torch.float16}
    record = models.provenance(name, weights)
    assert {"command", "versions", "hardware", "train", "test_accuracy", "test_images"} <= set(record)
    model = models.create(name, weights=weights)
    assert model.trained_on == record["data"]
    for key, value in model.state_dict().items():
        torch.testing.assert_close(value, stored[key].to(value.dtype), rtol=0, atol=0)


def test_shipped_weights_with_other_classes_leave_the_head_new():
    torch.manual_seed(3)
    fresh = models.create("resnet20", num_classes=2)
    torch.manual_seed(3)
    model = models.create("resnet20", num_classes=2, weights="cifar10")
    torch.testing.assert_close(model.fc.weight, fresh.fc.weight)
    assert not torch.equal(model.conv1.weight, fresh.conv1.weight)
    assert model.trained_on["classes"] is None


@pytest.mark.skipif(not CIFAR10_JPEG.is_file(), reason="needs the pictures of CIFAR-10")
def test_the_shipped_network_is_as_good_as_its_record():
    model, record = models.create("resnet20", weights="cifar10"), models.provenance("resnet20", "cifar10")
    images, labels = [], []
    with tarfile.open(CIFAR10_JPEG) as archive:
        for member in archive:
            part, *folder = Path(member.name).parent.parts or ("",)
            if part == "test" and member.name.endswith("0.jpg"):  # 100 of each class
                image = Image.open(io.BytesIO(archive.extractfile(member).read()))
                images.append(np.moveaxis(np.asarray(image), 2, 0))
                labels.append(record["data"]["classes"].index(folder[0]))
    test = ImageData(np.stack(images), np.array(labels), tuple(record["data"]["classes"]))
    accuracy = train.evaluate(model, test).accuracy
    expected = record["test_accuracy"]
    assert abs(accuracy - expected) < 4 * np.sqrt(expected * (1 - expected) / len(test))


def test_training_goes_on_with_the_pixel_statistics_of_the_weights():
    rng = np.random.default_rng(0)
    pictures = ImageData(rng.integers(0, 256, (8, 3, 32, 32), np.uint8), np.arange(8) % 2, ("a", "b"))
    model = models.create("resnet20", num_classes=2, weights="cifar10")
    expected = models.provenance("resnet20", "cifar10")["data"]["mean"]
    assert list(pictures.mean) != expected
    train.fit(model, pictures, config=train.TrainConfig(epochs=1, progress=False))
    assert model.trained_on["mean"] == expected
    assert model.trained_on["classes"] == ["a", "b"]
    fresh = models.create("resnet20", num_classes=2)
    train.fit(fresh, pictures, config=train.TrainConfig(epochs=1, progress=False))
    assert fresh.trained_on["mean"] == list(pictures.mean)


def test_unknown_weights_name_those_that_ship():
    with pytest.raises(ValueError, match=r"weights='cifar100' is unknown.*resnet20 with cifar10"):
        models.provenance("resnet20", "cifar100")
