"""evaluate and predict against scikit-learn and plain torch."""

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss
from small_training import make_data, make_net
from torch.utils.data import DataLoader, TensorDataset

from cnncourse import train
from cnncourse.train import TrainConfig


def test_evaluate_agrees_with_scikit_learn(bands, net):
    result = train.evaluate(net, bands, batch_size=7)  # 60 = 8·7 + 4: a short last batch
    np.testing.assert_array_equal(result.labels, bands.labels)
    np.testing.assert_array_equal(result.confusion, confusion_matrix(result.labels, result.predicted))
    assert result.accuracy == pytest.approx(accuracy_score(result.labels, result.predicted))
    probability = result.probability.astype(float)
    assert result.loss == pytest.approx(
        log_loss(result.labels, probability / probability.sum(1, keepdims=True)), rel=1e-5
    )
    assert result.classes == ("a", "b", "c")
    np.testing.assert_array_equal(result.probability.argmax(1), result.predicted)


def test_evaluate_leaves_mode_and_weights(bands, net):
    net.train()
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    train.evaluate(net, bands)
    assert net.training
    assert all(torch.equal(before[name], tensor) for name, tensor in net.state_dict().items())


def test_evaluate_normalises_as_in_training(bands, net):
    train.fit(net, bands, config=TrainConfig(epochs=1, progress=False))
    dark = make_data(seed=1)
    dark = type(dark)(dark.images // 2, dark.labels, dark.classes)  # its own mean would hide the darkness
    images = (torch.from_numpy(dark.images) / 255 - bands.mean[0]) / bands.std[0]
    with torch.inference_mode():
        expected = net.eval()(images).softmax(1)
    np.testing.assert_allclose(train.evaluate(net, dark).probability, expected, atol=1e-5)


def test_evaluate_takes_a_loader(bands, net):
    images = (torch.from_numpy(bands.images) / 255 - bands.mean[0]) / bands.std[0]
    dataset = TensorDataset(images, torch.from_numpy(bands.labels))
    direct = train.evaluate(net, bands)
    for stream in (dataset, DataLoader(dataset, batch_size=11)):
        result = train.evaluate(net, stream)
        np.testing.assert_allclose(result.probability, direct.probability, atol=1e-5)
        assert result.classes == ("0", "1", "2")


def test_evaluate_says_what_does_not_fit(bands, net):
    with pytest.raises(ValueError, match="holds no image"):
        train.evaluate(net, bands.take([]))
    with pytest.raises(ValueError, match=r"data has label 2, and the network only 2 outputs \(0 to 1\)"):
        train.evaluate(make_net(classes=2), bands)


def test_predict_gives_the_probabilities_of_evaluate(bands, net):
    train.fit(net, bands, config=TrainConfig(epochs=1, progress=False))
    np.testing.assert_allclose(
        train.predict(net, bands.images[:5]), train.evaluate(net, bands).probability[:5], atol=1e-5
    )


def test_predict_says_what_does_not_fit(bands, net):
    with pytest.raises(ValueError, match="does not say how its images were normalised"):
        train.predict(net, bands.images)
    train.fit(net, bands, config=TrainConfig(epochs=1, progress=False))
    for images in (bands.images[:, :, :4], bands.images[0], bands.images / 255):
        with pytest.raises(ValueError, match=r"this network takes uint8 of shape \(N, 1, 8, 8\)"):
            train.predict(net, images)
