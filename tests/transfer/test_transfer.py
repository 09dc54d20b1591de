"""Bodies and heads: what is frozen stays to the last bit, and features are what the head reads."""

import copy
import dataclasses

import numpy as np
import pytest
import torch
import torchvision
from small_bodies import MEAN, STD, config, make_images, make_net
from torch import nn

from cnncourse import data, models, train, transfer


def state_of(module):
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}


def differing(before, module):
    return {name for name, tensor in module.state_dict().items() if not torch.equal(before[name], tensor)}


# Features


def test_features_are_the_penultimate_activations():
    images, net = make_images(), make_net().eval()
    pixels = torch.from_numpy(images.images).double() / 255
    pixels = (pixels - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)
    with torch.no_grad():
        expected = net.double()[:-1](pixels)
    net.float().train()
    found = transfer.features(net, images, batch_size=7)
    np.testing.assert_allclose(found.values, expected.numpy(), atol=1e-5)
    assert found.values.dtype == np.float32
    np.testing.assert_array_equal(found.labels, images.labels)
    assert (found.classes, found.name) == (images.classes, "greys")


def test_features_leave_the_network_as_it_was():
    net = make_net().train()
    before = state_of(net)
    transfer.features(net, make_images())
    assert net.training
    assert not net[5]._forward_pre_hooks
    assert differing(before, net) == set()


def test_features_of_a_resnet_are_its_pooled_maps():
    net = models.create("resnet20").eval()
    images = make_images(side=32)
    found = transfer.features(net, images, mean=MEAN, std=STD)
    with torch.no_grad():
        logits = net.fc(torch.from_numpy(found.values))
    prepared = transfer.prepare(images, net, mean=MEAN, std=STD)
    net.trained_on = {"mean": MEAN, "std": STD}
    expected = train.evaluate(net, prepared).probability
    np.testing.assert_allclose(logits.softmax(1).numpy(), expected, atol=1e-5)
    assert found.values.shape == (24, 64)


def test_features_before_a_convolution_are_maps():
    net = torchvision.models.squeezenet1_1(num_classes=4)
    found = transfer.features(net, make_images(n=2, classes=2, side=64), mean=MEAN, std=STD)
    assert found.values.shape == (2, 512, 3, 3)


def test_rows_of_features_can_be_taken():
    found = transfer.features(make_net(), make_images())
    part = found.take([5, 1])
    np.testing.assert_array_equal(part.values, found.values[[5, 1]])
    np.testing.assert_array_equal(part.labels, [2, 1])
    assert repr(part) == "FeatureData(greys: 2 images of 24 features, 3 classes)"
    row, label = found[4]
    assert torch.equal(row, torch.from_numpy(found.values[4]))
    assert label == 1


def test_a_head_on_features_is_the_head_on_the_frozen_network():
    """Whole batches, so that their order does not count; the body has dropout and batch norm."""
    images, settings = make_images(), config(epochs=20, batch_size=24, schedule="constant")
    net = transfer.freeze(transfer.replace_head(make_net(), 3, seed=4))
    prepared = transfer.prepare(images, net)
    head = copy.deepcopy(net[5])
    rows = transfer.features(net, images)
    history = train.fit(net, prepared, prepared, settings)
    alone = train.fit(head, rows, rows, settings)
    assert history.column("train_loss")[-1] < 0.9 * history.column("train_loss")[0]
    np.testing.assert_allclose(alone.column("train_loss"), history.column("train_loss"), rtol=1e-4)
    np.testing.assert_allclose(alone.column("valid_loss"), history.column("valid_loss"), rtol=1e-4)
    torch.testing.assert_close(head.weight, net[5].weight, rtol=1e-4, atol=1e-5)
    assert train.evaluate(head, rows).classes == ("a", "b", "c")


# Preparing images


def test_images_get_the_statistics_of_the_body():
    images, net = make_images(), make_net()
    prepared = transfer.prepare(images, net)
    assert (prepared.mean, prepared.std) == (MEAN, STD) != (images.mean, images.std)
    assert prepared.images is images.images
    assert transfer.prepare(images, net, mean=STD).mean == STD


def test_grey_images_become_colour_for_a_body_that_takes_colour():
    grey = make_images(channels=1)
    prepared = transfer.prepare(grey, make_net())
    np.testing.assert_array_equal(prepared.images, np.concatenate([grey.images] * 3, axis=1))


def test_a_trained_network_says_its_own_statistics():
    images = make_images(channels=1, side=28)
    net = models.create("perceptron", num_classes=3, in_channels=1)
    train.fit(net, images, config=config(epochs=1))
    other = dataclasses.replace(images, mean=(0.9,), std=(0.1,))
    assert transfer.prepare(other, net).mean == images.mean


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda net: delattr(net, "trained_on"), "does not say how .* pass mean and std"),
        (lambda net: net.trained_on.update(mean=None, std=None), "does not say how"),
        (lambda net: net.trained_on.update(mean=[0.5], std=[0.2]), "3 channels and the body takes 1"),
    ],
)
def test_images_that_cannot_be_prepared(change, complaint):
    net = make_net()
    change(net)
    with pytest.raises(ValueError, match=complaint):
        transfer.prepare(make_images(), net)


def test_no_image_gives_no_features():
    with pytest.raises(ValueError, match="holds no image"):
        transfer.features(make_net(), make_images().take([]))


# Heads

OURS = {"resnet20": "fc", "resnet50": "fc", "vgg16": "classifier.6", "googlenet": "fc", "lenet5": "11"}
THEIRS = {
    "resnet18": "fc",
    "alexnet": "classifier.6",
    "densenet121": "classifier",
    "mobilenet_v2": "classifier.1",
    "vit_b_16": "heads.head",
    "inception_v3": "fc",
}


@pytest.mark.parametrize("name", models.names())
def test_every_model_of_the_zoo_gets_a_head(name, without_memory):
    net = models.create(name, num_classes=7, in_channels=models.image_shape(name)[0]).eval()
    found = transfer.head_name(net)
    assert found == OURS.get(name, found)
    assert transfer.replace_head(net, 4) is net
    assert net.spec["num_classes"] == 4
    assert net.spec["name"] == name
    output = net(torch.empty(2, *models.image_shape(name)))
    assert output.shape == (2, 4)


@pytest.mark.filterwarnings("ignore:The default weight initialization of inception_v3")
@pytest.mark.parametrize(("name", "head"), THEIRS.items())
def test_torchvisions_heads(name, head, without_memory):
    net = torchvision.models.get_model(name).eval()
    assert transfer.head_name(net) == head
    transfer.replace_head(net, 4)
    side = 299 if name == "inception_v3" else 224
    assert net(torch.empty(2, 3, side, side)).shape == (2, 4)


def test_the_body_stays_and_the_head_is_fresh():
    net = make_net()
    before = state_of(net)
    generator = torch.get_rng_state()
    transfer.replace_head(net, 5, seed=1)
    assert differing(before, net) == {"5.weight", "5.bias"}
    assert torch.equal(torch.get_rng_state(), generator)
    again, other = (transfer.replace_head(make_net(), 5, seed=seed)[5].weight for seed in (1, 2))
    assert torch.equal(net[5].weight, again)
    assert not torch.equal(net[5].weight, other)


def test_a_new_head_forgets_the_old_classes():
    net = transfer.replace_head(models.create("resnet20", weights="cifar10"), 3)
    assert net.trained_on["classes"] is None
    assert transfer.prepare(make_images(), net).mean == tuple(net.trained_on["mean"])
    pictures = make_images(n=4, classes=2, side=32)
    assert train.predict(net, pictures.images).shape == (4, 3)


def test_a_head_keeps_its_kind():
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 3), nn.Linear(3, 2, bias=False)).double()
    head = transfer.replace_head(net, 6)[2]
    assert head.bias is None
    assert head.weight.shape == (6, 3)
    assert head.weight.dtype == torch.float64


def test_a_network_of_one_layer_has_no_head():
    for net in (nn.Linear(3, 2), nn.ReLU()):
        with pytest.raises(ValueError, match="has no head apart from a body"):
            transfer.head_name(net)


def test_article_1s_single_output_cannot_be_exchanged():
    with pytest.raises(ValueError, match="article1 makes 2 outputs from the 1 of its last layer"):
        transfer.replace_head(models.create("article1", num_classes=2), 3)


@pytest.mark.parametrize("number", [0, -1, 2.0, True, "two"])
def test_a_number_of_classes_that_is_none(number):
    with pytest.raises(ValueError, match=r"num_classes=.* whole number of at least 1"):
        transfer.replace_head(make_net(), number)


# Freezing


@pytest.mark.parametrize("momentum_and_decay", [(0.0, 0.0), (0.9, 0.01)])
def test_a_frozen_body_does_not_change_by_a_bit(momentum_and_decay):
    momentum, decay = momentum_and_decay
    net = transfer.freeze(transfer.replace_head(make_net(), 3))
    before = state_of(net)
    settings = config(momentum=momentum, weight_decay=decay)
    train.fit(net, transfer.prepare(make_images(), net), config=settings)
    assert differing(before, net) == {"5.weight", "5.bias"}


def test_without_held_statistics_a_body_does_change():
    """What the test above would miss if nothing could change: rates of 0 leave batch norm running."""
    net = transfer.replace_head(make_net(), 3)
    before = state_of(net)
    train.fit(net, transfer.prepare(make_images(), net), config=config(lr_scales={"0.": 0, "1.": 0}))
    changed = differing(before, net)
    assert {"0.1.running_mean", "1.1.running_var"} <= changed
    assert "0.0.weight" not in changed


def test_some_layers_are_frozen_and_the_others_learn():
    net = transfer.freeze(transfer.replace_head(make_net(), 3), "0")
    before = state_of(net)
    train.fit(net, transfer.prepare(make_images(), net), config=config())
    changed = differing(before, net)
    assert not any(name.startswith("0.") for name in changed)
    assert {"1.0.weight", "1.1.running_mean", "5.weight"} <= changed


def test_names_are_whole_names():
    net = nn.Sequential(*[nn.Linear(2, 2) for _ in range(12)])
    transfer.freeze(net, "1")
    assert [i for i, layer in enumerate(net) if not layer.weight.requires_grad] == [1]


def test_a_copy_of_a_frozen_network_is_frozen():
    """An average of the weights is such a copy."""
    net = transfer.freeze(transfer.replace_head(make_net(), 3))
    before = state_of(net)
    train.fit(net, transfer.prepare(make_images(), net), config=config(ema=0.5))
    assert differing(before, net) == {"5.weight", "5.bias"}


def test_layers_thaw():
    net = transfer.unfreeze(transfer.freeze(make_net(3)), "1")
    before = state_of(net)
    train.fit(net, transfer.prepare(make_images(), net), config=config(epochs=1))
    changed = differing(before, net)
    assert {"1.0.weight", "1.1.running_mean"} <= changed
    assert not any(name.startswith("0.") for name in changed)
    transfer.unfreeze(net)
    assert all(weight.requires_grad for weight in net.parameters())
    net.train()(torch.zeros(2, 3, 8, 8))
    assert net[0][1].training
    assert net[4].training


def test_freezing_twice_is_freezing_once():
    net = transfer.freeze(transfer.freeze(make_net()))
    assert all(len(module._forward_pre_hooks) <= 1 for module in net.modules())
    transfer.unfreeze(net)
    net.train()(torch.zeros(2, 3, 8, 8))
    assert all(module.training for module in net.modules())


@pytest.mark.parametrize("function", [transfer.freeze, transfer.unfreeze])
def test_a_layer_that_is_not_there(function):
    net = models.create("resnet20")
    with pytest.raises(ValueError, match=r"no layer 'layer4' in the network. Did you mean 'layer"):
        function(net, "conv1", "layer4")
    with pytest.raises(ValueError, match="There are 'conv1', 'bn1'"):
        function(net, "xyz")
    assert all(weight.requires_grad for weight in net.parameters())


# The body that ships


def test_features_of_the_shipped_body_tell_apart_what_it_never_saw():
    """Drawn crosses and rings are no class of CIFAR-10."""
    body = models.create("resnet20", weights="cifar10")
    rows = transfer.features(body, data.shapes(160, seed=5, classes=("cross", "ring")))
    head = nn.Linear(64, 2)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    train.fit(head, rows.take(slice(0, 80)), config=config(epochs=30, optimizer="adamw", lr=0.01))
    assert train.evaluate(head, rows.take(slice(80, 160))).accuracy > 0.8
