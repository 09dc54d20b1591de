"""Data that do not fit into memory: torchvision's ImageFolder, read by worker processes, behind fit."""

import warnings

import numpy as np
import pytest
import torch
from PIL import Image
from small_training import make_data, make_net
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2

from cnncourse import train
from cnncourse.train import Augment, TrainConfig

TO_BYTES = v2.Compose([v2.PILToTensor(), v2.Grayscale()])


@pytest.fixture
def folder(tmp_path):
    """The bands as files, one sub-folder per class."""
    data = make_data(90)
    for number, (image, label) in enumerate(zip(data.images, data.labels)):
        place = tmp_path / data.classes[label]
        place.mkdir(exist_ok=True)
        Image.fromarray(image[0]).save(place / f"{number:02}.png")
    return tmp_path


def test_an_image_folder_is_streamed_by_workers(folder, tmp_path):
    images = ImageFolder(folder, TO_BYTES)
    config = TrainConfig(
        epochs=6, batch_size=16, workers=2, augment=Augment(flip=0.5, shift=0.1), progress=False
    )
    net = make_net()
    history = train.fit(net, images, DataLoader(images, 32, num_workers=2), config)
    assert history.records[-1].valid_accuracy > 0.9
    assert history.data == "ImageFolder"
    result = train.evaluate(net, images)
    assert result.classes == ("a", "b", "c")
    assert result.accuracy == history.records[-1].valid_accuracy
    assert int(result.confusion.sum()) == 90


def test_the_order_of_a_stream_comes_back_when_training_goes_on(folder, tmp_path_factory):
    """Ended after the first epoch, then resumed: the bits of a run in one piece; workers draw numbers too."""
    turned = v2.Compose([TO_BYTES, v2.RandomRotation(10)])
    images, out = ImageFolder(folder, turned), tmp_path_factory.mktemp("run")
    config = TrainConfig(epochs=3, batch_size=16, workers=2, augment=Augment(flip=0.5), progress=False)

    def interrupt(record, model):
        if record.epoch == 2:
            raise KeyboardInterrupt

    whole, again = make_net(), make_net(seed=5)
    train.fit(whole, images, config=config)
    train.fit(make_net(), images, config=config, callbacks=[interrupt], out=out)
    history = train.fit(again, images, config=config, out=out, resume=True)
    assert np.isfinite(history.column("train_loss")).all()
    for name, weights in whole.state_dict().items():
        assert torch.equal(weights, again.state_dict()[name]), name


class Watching(torch.nn.Module):
    """Notes the mean of every batch of more than one image, and gives three logits."""

    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(3))
        self.seen = {True: [], False: []}

    def forward(self, x):
        if len(x) > 1:
            self.seen[self.training].append(x.mean().item())
        return x.mean((1, 2, 3))[:, None] * self.scale


@pytest.mark.parametrize("before", [None, {"mean": [0.25], "std": [0.5]}])
def test_streamed_pixels_and_those_in_memory_are_normalised_alike(folder, before):
    data = make_data(90)
    one_channel = v2.Compose([v2.PILToTensor(), v2.Lambda(lambda pixels: pixels[:1])])
    images, net = ImageFolder(folder, one_channel), Watching()
    if before:
        net.trained_on = before
    config = TrainConfig(epochs=1, batch_size=90, schedule="constant", augment=Augment(), progress=False)
    train.fit(net, images, data, config)
    mean, std = (before["mean"], before["std"]) if before else (data.mean, data.std)
    expected = (data.images.mean() / 255 - mean[0]) / std[0]
    assert net.seen[True][-1] == pytest.approx(expected, abs=1e-4)
    assert net.seen[False][-1] == pytest.approx(expected, abs=1e-4)
    train.evaluate(net, images, batch_size=90)
    assert net.seen[False][-1] == pytest.approx(expected, abs=1e-4)


class Warning313(DataLoader):
    """Starts its workers as Python 3.12 and later do beside threads."""

    def __iter__(self):
        text = "This process (pid=1) is multi-threaded, use of fork() may lead to deadlocks in the child."
        warnings.warn(text, DeprecationWarning, stacklevel=1)
        return super().__iter__()


def test_workers_are_forked_knowingly():
    data = make_data()
    pairs = torch.utils.data.TensorDataset(torch.from_numpy(data.images), torch.from_numpy(data.labels))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train.evaluate(make_net(), Warning313(pairs, 16))
    with pytest.warns(DeprecationWarning, match=r"use of fork"):
        iter(Warning313(pairs, 16))
