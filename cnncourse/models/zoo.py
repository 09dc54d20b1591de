"""Every network, one row each: how it is built, for which images, what it costs, and who described it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from torch import nn

from cnncourse.models import alexnet, articles, lenet, mlp, pretrained
from cnncourse.models.convnext import ConvNeXt
from cnncourse.models.densenet import densenet
from cnncourse.models.efficientnet_lite import EfficientNetLite0
from cnncourse.models.googlenet import GoogLeNet
from cnncourse.models.mobilenet import MobileNetV2
from cnncourse.models.nin import nin
from cnncourse.models.resnet import ResNet
from cnncourse.models.resnet_cifar import CifarResNet
from cnncourse.models.vgg import VGG
from cnncourse.models.zfnet import zfnet


@dataclass(frozen=True)
class Network:
    """What is known of a network before it is built: one row of the registry.

    Attributes
    ----------
    build : callable
        (num_classes, in_channels) -> nn.Module.
    image_shape : (int, int, int)
        Channels, height and width of the images it was made for, pixels.
    classes : int
        Number of classes it was made for.
    parameters : int
        Trainable ones, for those images and classes.
    text : str
        What it is.
    paper : str
        Who described it, and where.
    imagenet : str or None
        Where its ImageNet weights are, if anywhere: the name of the same network in torchvision, or of a
        package of weights.
    """

    build: Callable[[int, int], nn.Module]
    image_shape: tuple[int, int, int]
    classes: int
    parameters: int
    text: str
    paper: str
    imagenet: str | None = None


_DIGITS, _SMALL_PHOTOS, _PHOTOS, _LARGER_PHOTOS = (1, 28, 28), (3, 32, 32), (3, 224, 224), (3, 227, 227)

_D2L = "Zhang et al., Dive into Deep Learning, section"
_LENET = (
    "LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, Proc. IEEE 86 "
    "(1998), section II.B and figure 2"
)
_ALEXNET = (
    "Krizhevsky, Sutskever, Hinton: ImageNet classification with deep convolutional neural networks, "
    "NIPS 2012"
)
_VGG = (
    "Simonyan, Zisserman: Very deep convolutional networks for large-scale image recognition, "
    "arXiv:1409.1556 (2014), section 2.1 and table 1, column"
)
_GOOGLENET = "Szegedy et al.: Going deeper with convolutions, arXiv:1409.4842 (2014), section 5 and table 1"
_BATCH_NORM = "Batch normalisation: Ioffe, Szegedy, arXiv:1502.03167 (2015), section"
_MOBILENET = (
    "Sandler et al.: MobileNetV2: Inverted residuals and linear bottlenecks, arXiv:1801.04381 (2018), "
    "section 3.3 and table 2"
)
_CONVNEXT = "Liu et al.: A ConvNet for the 2020s, arXiv:2201.03545 (2022), section 2 and figure 4"
_RESNET = (
    "He, Zhang, Ren, Sun: Deep residual learning for image recognition, arXiv:1512.03385 (2015), section"
)


def _vgg(depth: int, column: str, parameters: int, batch_norm: bool = False) -> Network:
    """A row of VGG."""
    text, paper, name = f"VGG-{depth}: configuration {column}.", f"{_VGG} {column}.", f"vgg{depth}"
    if batch_norm:
        text = f"VGG-{depth} with batch normalisation, which is younger, after each convolution."
        paper, name = f"{paper} {_BATCH_NORM} 3.2.", f"{name}_bn"
    return Network(partial(VGG, depth, batch_norm), _PHOTOS, 1000, parameters, text, paper, name)


def _resnet(depth: int, blocks: str, parameters: int) -> Network:
    """A row of the ResNets for ImageNet."""
    text, paper = f"ResNet-{depth}: stages of {blocks} blocks.", f"{_RESNET} 3.3, table 1."
    return Network(partial(ResNet, depth), _PHOTOS, 1000, parameters, text, paper, f"resnet{depth}")


def _cifar_resnet(depth: int, parameters: int) -> Network:
    """A row of the ResNets for CIFAR-10."""
    text = f"ResNet-{depth} for small images: 16, 32 and 64 channels, {(depth - 2) // 6} blocks each."
    paper = f"{_RESNET} 4.2, table 6."
    return Network(partial(CifarResNet, depth, False), _SMALL_PHOTOS, 10, parameters, text, paper)


NETWORKS: dict[str, Network] = {
    "perceptron": Network(
        mlp.perceptron, _DIGITS, 10, 7_850,
        "One linear layer on the pixels: each class has one template.",
        f"Rosenblatt: The perceptron, Psychological Review 65 (1958). As softmax regression: {_D2L} 4.1.",
    ),
    "mlp": Network(
        mlp.mlp, _DIGITS, 10, 109_386,
        "Two hidden layers of 128 and 64 units.",
        "Rumelhart, Hinton, Williams: Learning representations by back-propagating errors, Nature 323 "
        "(1986).",
    ),
    "lenet5": Network(
        lenet.lenet5, _DIGITS, 10, 61_706,
        "LeNet-5 as it is taught today: padding 2, ReLU, max pooling, dense third layer.",
        f"{_LENET}. With padding 2: {_D2L} 7.6.",
    ),
    "lenet5_1998": Network(
        lenet.lenet5_1998, (1, 32, 32), 10, 60_850,
        "LeNet-5 of 1998: sparse C3, trainable sub-sampling, scaled tanh. The paper counts 60,000 weights, "
        "156 + 12 + 1,516 + 32 + 48,120 + 10,164, up to layer F6; its output compared F6 with ten fixed "
        "drawings of the digits. A linear layer takes their place here, which adds 84·10 + 10 = 850.",
        f"{_LENET}, table I; appendix A for the squashing function.",
    ),
    "article1": Network(
        articles.article1, (3, 64, 64), 2, 813_217,
        "Cats and dogs: two convolutions of 32 filters, one hidden layer, one sigmoid unit for two classes; "
        "more classes get a logit each.",
        'Article 1 of the five: "cats/dogs CNN", 25 epochs at batch 32.',
    ),
    "article2": Network(
        articles.article2, _DIGITS, 10, 7_850,
        "MNIST with one dense layer of sigmoid units, trained on the cross-entropy of their outputs divided "
        "by their sum. There is no convolution in it.",
        "Article 2 of the five: Adam, batch 32, 5 epochs.",
    ),
    "article3": Network(
        articles.article3, _DIGITS, 10, 542_230,
        "MNIST with one convolution and one pooling layer. The article's listing has lost its numbers: the "
        "order and the 3×3 kernels are its own, 32 filters and 100 hidden units our choice.",
        "Article 3 of the five: 10 epochs.",
    ),
    "article4": Network(
        articles.article4, _DIGITS, 10, 1_199_882,
        "MNIST with two convolutions and dropout.",
        "Article 4 of the five: batch 128, 12 epochs, after Keras' examples/mnist_cnn.py.",
    ),
    "article5": Network(
        articles.article5, _DIGITS, 10, 431_080,
        "MNIST in PyTorch: two convolutions of 5×5, each pooled, and two dense layers.",
        "Article 5 of the five. The same sizes stand in Caffe's LeNet example.",
    ),
    "alexnet": Network(
        partial(alexnet.paper_form, 1), _LARGER_PHOTOS, 1000, 62_378_344,
        "AlexNet in a single tower of 96, 256, 384, 384 and 256 maps. The paper says 224×224, but "
        "(224 - 11)/4 + 1 is not 55; 227 is what its authors' code used.",
        f"{_ALEXNET}, section 3.5 and figure 2; without the split of section 3.2.",
    ),
    "alexnet_two_groups": Network(
        partial(alexnet.paper_form, 2), _LARGER_PHOTOS, 1000, 60_965_224,
        "AlexNet as printed: layers 2, 4 and 5 are split in two halves, since one GPU of 2012 was too small.",
        f'{_ALEXNET}, sections 3.2 and 3.5: "60 million parameters".',
    ),
    "alexnet_torchvision": Network(
        alexnet.TorchvisionAlexNet, _PHOTOS, 1000, 61_100_840,
        "AlexNet as torchvision has it: 64, 192, 384, 256 and 256 maps, no response normalisation.",
        "Krizhevsky: One weird trick for parallelizing convolutional neural networks, arXiv:1404.5997 "
        "(2014).",
        "alexnet",
    ),
    "zfnet": Network(
        zfnet, _PHOTOS, 1000, 62_357_608,
        "ZFNet: AlexNet with a first layer of 7×7 and stride 2 instead of 11×11 and stride 4. Contrast "
        "normalisation is written as local response normalisation; neither has parameters.",
        "Zeiler, Fergus: Visualizing and understanding convolutional networks, arXiv:1311.2901 (2013), "
        "section 4.1 and figure 3.",
    ),
    "vgg11": _vgg(11, "A", 132_863_336),
    "vgg13": _vgg(13, "B", 133_047_848),
    "vgg16": _vgg(16, "D", 138_357_544),
    "vgg19": _vgg(19, "E", 143_667_240),
    "vgg11_bn": _vgg(11, "A", 132_868_840, batch_norm=True),
    "vgg13_bn": _vgg(13, "B", 133_053_736, batch_norm=True),
    "vgg16_bn": _vgg(16, "D", 138_365_992, batch_norm=True),
    "vgg19_bn": _vgg(19, "E", 143_678_248, batch_norm=True),
    "nin": Network(
        nin, _LARGER_PHOTOS, 1000, 7_439_608,
        "Network in network for ImageNet: four convolutions, each followed by two of 1×1, and a global mean. "
        "The paper's own networks are for CIFAR and MNIST; this one has AlexNet's first kernels.",
        f"Lin, Chen, Yan: Network in network, arXiv:1312.4400 (2013), sections 3.1 and 3.2; {_D2L} 8.3.",
    ),
    "googlenet": Network(
        partial(GoogLeNet, False), _PHOTOS, 1000, 6_998_552,
        "GoogLeNet as in the paper: biases, no batch normalisation, a true 5×5 branch.",
        f"{_GOOGLENET}.",
    ),
    "googlenet_bn": Network(
        partial(GoogLeNet, True), _PHOTOS, 1000, 6_624_904,
        "GoogLeNet as torchvision has it: batch normalisation, and 3×3 where the paper has 5×5.",
        f"{_GOOGLENET}. {_BATCH_NORM} 4.2.",
        "googlenet",
    ),
    "resnet18": _resnet(18, "2, 2, 2 and 2 basic", 11_689_512),
    "resnet34": _resnet(34, "3, 4, 6 and 3 basic", 21_797_672),
    "resnet50": _resnet(50, "3, 4, 6 and 3 bottleneck", 25_557_032),
    "resnet101": _resnet(101, "3, 4, 23 and 3 bottleneck", 44_549_160),
    "resnet152": _resnet(152, "3, 8, 36 and 3 bottleneck", 60_192_808),
    "resnet20": _cifar_resnet(20, 269_722),
    "resnet32": _cifar_resnet(32, 464_154),
    "resnet44": _cifar_resnet(44, 658_586),
    "resnet56": _cifar_resnet(56, 853_018),
    "resnet110": _cifar_resnet(110, 1_727_962),
    "se_resnet20": Network(
        partial(CifarResNet, 20, True), _SMALL_PHOTOS, 10, 272_095,
        "ResNet-20 with squeeze-and-excitation at the end of each block.",
        "Hu, Shen, Sun: Squeeze-and-excitation networks, arXiv:1709.01507 (2018), section 3 and figure 3.",
    ),
    "resnext50": Network(
        partial(ResNet, "resnext50"), _PHOTOS, 1000, 25_028_904,
        "ResNeXt-50: bottleneck blocks of 32 groups with 4 channels each in the first stage.",
        "Xie et al.: Aggregated residual transformations for deep neural networks, arXiv:1611.05431 (2017), "
        "table 1.",
        "resnext50_32x4d",
    ),
    "densenet40": Network(
        partial(densenet, 40, 12), _SMALL_PHOTOS, 10, 1_019_722,
        "DenseNet of 40 layers for small images: each adds 12 maps to all those before it.",
        "Huang, Liu, van der Maaten, Weinberger: Densely connected convolutional networks, arXiv:1608.06993 "
        "(2017), section 3 and table 2.",
    ),
    "mobilenet_v2": Network(
        partial(MobileNetV2, False), _PHOTOS, 1000, 3_504_872,
        "MobileNetV2: inverted residuals of depthwise convolutions.",
        f"{_MOBILENET}.",
    ),
    "mobilenet_v2_small": Network(
        partial(MobileNetV2, True), _SMALL_PHOTOS, 10, 150_410,
        "MobileNetV2's blocks in a form for small images: 7 of them, up to 64 channels.",
        f"{_MOBILENET}; the small form is ours.",
    ),
    "efficientnet_lite0": Network(
        EfficientNetLite0, _PHOTOS, 1000, 4_652_008,
        "EfficientNet-Lite0: EfficientNet-B0 without squeeze-and-excitation, with ReLU6, and padded as "
        "TensorFlow does.",
        "Tan, Le: EfficientNet: Rethinking model scaling for convolutional neural networks, arXiv:1905.11946 "
        "(2019), section 4 and table 1. The Lite form was published with its weights in 2020.",
        pretrained.LITE0,
    ),
    "convnext_tiny": Network(
        partial(ConvNeXt, "tiny"), _PHOTOS, 1000, 28_589_128,
        "ConvNeXt-T: depthwise 7×7, layer normalisation and GELU; stages of 3, 3, 9 and 3 blocks.",
        f"{_CONVNEXT}.",
    ),
    "convnext_small_images": Network(
        partial(ConvNeXt, "small images"), _SMALL_PHOTOS, 10, 1_177_642,
        "ConvNeXt's blocks in a form for small images: stages of 1, 1, 3 and 1, 32 to 256 channels.",
        f"{_CONVNEXT}; the small form is ours.",
    ),
}  # fmt: skip
