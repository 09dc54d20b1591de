"""Every network against the numbers of its paper, and against torchvision where it has the same one."""

import re

import pytest
import torch
import torchvision
from torch import nn

from cnncourse import models
from cnncourse.models.pretrained import LITE0
from cnncourse.models.zoo import NETWORKS

# From the papers, layer arithmetic and torchvision, independent of our code:
# name -> (classes, channels, parameters).
PARAMETERS = {
    "perceptron": (10, 1, 784 * 10 + 10),
    "mlp": (10, 1, 784 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10),
    "lenet5": (10, 1, 61_706),
    "lenet5_1998": (10, 1, 156 + 12 + 1_516 + 32 + 48_120 + 10_164 + 850),
    "article1": (2, 3, 813_217),
    "article2": (10, 1, 7_850),
    "article3": (10, 1, 32 * 10 + (13 * 13 * 32 + 1) * 100 + 101 * 10),
    "article4": (10, 1, 1_199_882),
    "article5": (10, 1, 431_080),
    "alexnet": (1000, 3, 62_378_344),
    "alexnet_two_groups": (1000, 3, 60_965_224),
    "alexnet_torchvision": (1000, 3, 61_100_840),
    "zfnet": (
        1000,
        3,
        14_208 + 614_656 + 885_120 + 1_327_488 + 884_992 + 37_752_832 + 16_781_312 + 4_097_000,
    ),
    "vgg11": (1000, 3, 132_863_336),
    "vgg13": (1000, 3, 133_047_848),
    "vgg16": (1000, 3, 138_357_544),
    "vgg19": (1000, 3, 143_667_240),
    "vgg11_bn": (1000, 3, 132_868_840),
    "vgg13_bn": (1000, 3, 133_053_736),
    "vgg16_bn": (1000, 3, 138_365_992),
    "vgg19_bn": (1000, 3, 143_678_248),
    "nin": (
        1000,
        3,
        sum(
            (cin * k * k + 1) * c + 2 * (c + 1) * c
            for cin, c, k in ((3, 96, 11), (96, 256, 5), (256, 384, 3), (384, 1000, 3))
        ),
    ),
    "googlenet": (1000, 3, 6_998_552),
    "googlenet_bn": (1000, 3, 6_624_904),
    "resnet18": (1000, 3, 11_689_512),
    "resnet34": (1000, 3, 21_797_672),
    "resnet50": (1000, 3, 25_557_032),
    "resnet101": (1000, 3, 44_549_160),
    "resnet152": (1000, 3, 60_192_808),
    "resnext50": (1000, 3, 25_028_904),
    "mobilenet_v2": (1000, 3, 3_504_872),
    "efficientnet_lite0": (1000, 3, 4_652_008),
    "convnext_tiny": (1000, 3, 28_589_128),
}
# Table 6 of the ResNet paper, in millions, as printed there.
CIFAR_MILLIONS = {
    "resnet20": "0.27",
    "resnet32": "0.46",
    "resnet44": "0.66",
    "resnet56": "0.85",
    "resnet110": "1.7",
}


def create_meta(name, num_classes, in_channels):
    """A network without memory for its weights: VGG-19 is there at once."""
    with torch.device("meta"):
        return models.create(name, num_classes, in_channels)


def count(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


@pytest.mark.parametrize("name", models.names())
def test_a_network_has_the_parameters_that_its_row_states(name):
    row = models.about(name)
    assert count(create_meta(name, row.classes, row.image_shape[0])) == row.parameters


@pytest.mark.parametrize("name", PARAMETERS)
def test_rows_state_the_papers_numbers(name):
    row = models.about(name)
    assert (row.classes, row.image_shape[0], row.parameters) == PARAMETERS[name]


@pytest.mark.parametrize("name", CIFAR_MILLIONS)
def test_parameters_of_the_cifar_resnets(name):
    printed = CIFAR_MILLIONS[name]
    assert f"{models.about(name).parameters / 1e6:.{len(printed.split('.')[1])}f}" == printed


@pytest.mark.parametrize("name", models.names())
def test_a_row_says_what_the_network_is_and_where_it_is_described(name):
    row = models.about(name)
    assert row.text.endswith(".")
    place = r"section|table|figure|Article \d|Psychological Review|Nature|arXiv:1404"
    assert re.search(place, row.paper)
    assert row.paper.endswith(".")


@pytest.mark.parametrize("name", models.names())
def test_gives_one_row_of_outputs_per_image(name):
    model = create_meta(name, 7, 4)
    _, height, width = models.image_shape(name)
    model.eval()
    assert model(torch.empty(2, 4, height, width, device="meta")).shape == (2, 7)
    assert model.spec == {"name": name, "num_classes": 7, "in_channels": 4}


def sides(name, kinds, classes=1000):
    """Heights of the feature maps after the layers of some kinds, first of a run of equal ones."""
    channels, height, width = models.image_shape(name)
    table = models.summary(create_meta(name, classes, channels), (channels, height, width))
    return [row.output_shape[1] for row in table if row.kind in kinds and len(row.output_shape) == 3]


def test_sides_of_lenet():
    table = models.summary(create_meta("lenet5", 10, 1), (1, 28, 28))
    shapes = [row.output_shape for row in table if row.kind in ("Conv2d", "MaxPool2d", "Flatten", "Linear")]
    assert shapes == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (400,), (120,), (84,), (10,)]


def test_sides_of_lenet_1998():
    kinds = ("Conv2d", "ScaledAvgPool2d")
    got = sides("lenet5_1998", kinds, 10)
    assert [got[0], got[1], got[2], got[18], got[19]] == [28, 14, 10, 5, 1]  # C3 is 16 small convolutions


@pytest.mark.parametrize("name", ["alexnet", "alexnet_two_groups", "alexnet_torchvision"])
def test_sides_of_alexnet(name):
    assert sides(name, ("Conv2d", "MaxPool2d")) == [55, 27, 27, 13, 13, 13, 13, 6]


def test_sides_of_zfnet():
    assert sides("zfnet", ("Conv2d", "MaxPool2d")) == [110, 55, 26, 13, 13, 13, 13, 6]


@pytest.mark.parametrize("name", ["vgg11", "vgg13_bn", "vgg16", "vgg19"])
def test_sides_of_vgg(name):
    assert sides(name, ("MaxPool2d",)) == [112, 56, 28, 14, 7]


@pytest.mark.parametrize("name", ["googlenet", "googlenet_bn"])
def test_sides_and_channels_of_googlenet(name):
    model = create_meta(name, 1000, 3).eval()
    shapes = {}
    for part, module in model.named_children():
        module.register_forward_hook(lambda m, i, out, part=part: shapes.update({part: tuple(out.shape[1:])}))
    model(torch.empty(1, 3, 224, 224, device="meta"))
    route = ["conv1", "maxpool1", "conv3", "maxpool2", "maxpool3", "maxpool4", "avgpool"]
    assert [shapes[part][1] for part in route] == [112, 56, 56, 28, 14, 7, 1]
    blocks = ["conv1", "conv3"] + [part for part in shapes if part.startswith("inception")]
    assert [shapes[part][0] for part in blocks] == [64, 192, 256, 480, 512, 512, 512, 528, 832, 832, 1024]


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_sides_of_resnet(name):
    model = create_meta(name, 1000, 3).eval()
    got = []
    for module in (
        model.conv1,
        model.maxpool,
        model.layer1,
        model.layer2,
        model.layer3,
        model.layer4,
        model.avgpool,
    ):
        module.register_forward_hook(lambda m, i, out: got.append(out.shape[-1]))
    model(torch.empty(1, 3, 224, 224, device="meta"))
    assert got == [112, 56, 56, 28, 14, 7, 1]


SAME_AS_TORCHVISION = [name for name, row in NETWORKS.items() if row.imagenet not in (None, LITE0)]


def torchvision_twin(name, **arguments):
    architecture = models.about(name).imagenet
    if architecture == "googlenet":
        arguments |= {"aux_logits": False, "init_weights": False, "transform_input": True}
    return torchvision.models.get_model(architecture, weights=None, **arguments)


@pytest.mark.parametrize("name", SAME_AS_TORCHVISION)
def test_state_dict_is_torchvisions(name):
    with torch.device("meta"):
        theirs = torchvision_twin(name).state_dict()
    ours = create_meta(name, 1000, 3).state_dict()
    assert {key: value.shape for key, value in ours.items()} == {k: v.shape for k, v in theirs.items()}
    assert list(ours) == list(theirs)


@pytest.mark.parametrize(
    "name, side",
    [("resnet18", 64), ("resnet50", 64), ("googlenet_bn", 64), ("vgg11_bn", 32), ("resnext50", 64)],
)
def test_same_weights_give_torchvisions_outputs(name, side):
    torch.manual_seed(0)
    theirs = torchvision_twin(name, num_classes=10).eval()
    for module in theirs.modules():  # PyTorch's default would let the signal fade to nothing
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
    ours = models.create(name, 10).eval()
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(2, 3, side, side)
    with torch.inference_mode():
        expected = theirs(x)
        assert (expected[0] - expected[1]).abs().max() > 0.01  # the images matter
        torch.testing.assert_close(ours(x), expected, rtol=1e-4, atol=1e-4)


def test_alexnet_gives_torchvisions_outputs():
    torch.manual_seed(0)
    theirs = torchvision.models.alexnet(num_classes=5).eval()
    ours = models.create("alexnet_torchvision", 5).eval()
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(1, 3, 224, 224)
    with torch.inference_mode():
        torch.testing.assert_close(ours(x), theirs(x))


def test_article1_is_one_sigmoid_unit():
    model = models.create("article1", num_classes=2).eval()
    x = torch.randn(3, 3, 64, 64)
    with torch.inference_mode():
        z = model[:-1](x)  # the single logit
        logits = model(x)
    labels = torch.tensor([0, 1, 1])
    torch.testing.assert_close(logits.softmax(1)[:, 1:], z.sigmoid())
    expected = nn.functional.binary_cross_entropy_with_logits(z[:, 0], labels.float())
    torch.testing.assert_close(nn.functional.cross_entropy(logits, labels), expected)


def test_article2_has_the_loss_of_sigmoids_divided_by_their_sum():
    model = models.create("article2", in_channels=1)
    x, labels = torch.randn(5, 1, 28, 28), torch.tensor([0, 9, 3, 3, 1])
    sigmoids = model[:2](x).sigmoid()
    expected = -(sigmoids / sigmoids.sum(1, keepdim=True))[range(5), labels].log().mean()
    torch.testing.assert_close(nn.functional.cross_entropy(model(x), labels), expected)


def test_c3_of_lenet_1998_reads_what_the_paper_says():
    torch.manual_seed(0)
    c3 = models.create("lenet5_1998", in_channels=1)[4]
    x = torch.randn(1, 6, 5, 5, requires_grad=True)
    out = c3(x)
    connections = 0
    for map_index in range(16):
        grad = torch.autograd.grad(out[0, map_index].sum(), x, retain_graph=True)[0]
        connections += int((grad.abs().sum((0, 2, 3)) > 0).sum())
    assert connections == 60  # 6 maps of 3, 9 of 4, 1 of 6


def test_option_a_shortcut_has_no_parameters_and_keeps_the_signal():
    block = models.create("resnet20").layer2[0].eval()
    nn.init.zeros_(block.bn2.weight)  # silence the convolutions, leaving the shortcut
    x = torch.rand(1, 16, 8, 8)
    out = block(x)
    torch.testing.assert_close(out[:, :16], x[:, :, ::2, ::2])
    assert out[:, 16:].abs().max() == 0


def test_without_a_number_of_classes_there_are_ten():
    assert create_meta("vgg11", None, 3).spec["num_classes"] == 10


def test_unknown_name_lists_near_matches():
    with pytest.raises(
        ValueError, match=r"name must be one of .* got 'resnet-81'\. Did you mean .*'resnet18'"
    ):
        models.create("resnet-81")
    with pytest.raises(ValueError, match=r"There are 'perceptron'"):
        models.create("???")


@pytest.mark.parametrize(
    "arguments", [{"num_classes": 0}, {"num_classes": 2.5}, {"num_classes": True}, {"in_channels": -1}]
)
def test_refuses_wrong_numbers(arguments):
    with pytest.raises(ValueError, match=r"must be a whole number of at least 1"):
        models.create("lenet5", **arguments)
